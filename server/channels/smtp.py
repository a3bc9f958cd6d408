"""A message as an e-mail. ``Message-ID`` is made of the message's id: a mailbox that gets it twice can tell.

smtplib blocks, so each delivery runs in a thread of its own few; one that lasts too long has its socket taken
away.
"""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from typing import Final, Literal

from server.domain.messages import Address, Delivered, Letter, Outcome, Rejected, Unclear

THREADS: Final = 4
SERVICE_CLOSING: Final = 421
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Post:
    """The mail server. ``timeout``: seconds for all of one delivery. ``sender``: the address in From."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = 30.0
    ca_file: str = ""


class Smtp:
    """Sends letters to their e-mail address."""

    def __init__(self, name: str, post: Post) -> None:
        self.name = name
        self._post = post
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"smtp {name}")
        self._context = ssl.create_default_context(cafile=post.ca_file or None)

    def reaches(self, address: Address) -> bool:
        return bool(address.email)

    async def send(self, letter: Letter) -> Outcome:
        try:
            mail = mail_of(letter, self._post.sender)
        except (ValueError, IndexError, MessageError):
            return Rejected("bad address")
        delivery = _Delivery(self._post, self._context, mail)
        try:
            async with asyncio.timeout(self._post.timeout):
                return await asyncio.get_running_loop().run_in_executor(self._threads, delivery.run)
        except TimeoutError:
            return Unclear("timeout")
        finally:
            delivery.end()

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def mail_of(letter: Letter, sender: str) -> EmailMessage:
    """The e-mail: Chinese first, then English. Raises ValueError for an address that is none."""
    to = Mailbox(addr_spec=letter.to.email)
    mail = EmailMessage(policy=WIRE)
    mail["Message-ID"] = f"<{letter.id}@{Mailbox(addr_spec=sender).domain}>"
    mail["Date"] = letter.at
    mail["From"] = Mailbox(letter.hall_name.zh, addr_spec=sender)
    mail["To"] = to
    mail["Subject"] = f"{letter.subject.zh} · {letter.subject.en}"
    mail["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{letter.link}" if letter.link else ""
    mail.set_content(f"{letter.body.zh}\n\n{letter.body.en}{link}\n", charset="utf-8", cte="base64")
    return mail


def judged(code: int) -> Outcome:
    """What a reply to the sender, the recipient or the text means (RFC 5321: 4 now, 5 for good)."""
    reason = f"smtp {code}"
    return Rejected(reason) if 500 <= code < 600 else Unclear(reason)


class _Delivery:
    """One e-mail over one connection, in a thread; ``end`` may be called from another."""

    def __init__(self, post: Post, context: ssl.SSLContext, mail: EmailMessage) -> None:
        self._post = post
        self._context = context
        self._mail = mail
        self._client: smtplib.SMTP | None = None

    def end(self) -> None:
        """Take the socket away: whoever reads from it goes on with an error."""
        held = self._client.sock if self._client is not None else None
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def run(self) -> Outcome:
        try:
            client = self._opened()
        except smtplib.SMTPAuthenticationError as error:
            # The house's own password is at fault, not the message: it waits until that is put right.
            return Unclear(f"smtp {error.smtp_code} sign-in")
        except smtplib.SMTPNotSupportedError:
            return Unclear("smtp cannot secure or sign in")
        except smtplib.SMTPResponseException as error:
            return Unclear(f"smtp {error.smtp_code}")
        except (OSError, smtplib.SMTPException) as error:
            return Unclear(_why(error))
        try:
            return self._deliver(client)
        finally:
            # What it says on leaving no longer matters.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()

    def _opened(self) -> smtplib.SMTP:
        post = self._post
        client: smtplib.SMTP
        if post.security == "tls":
            client = smtplib.SMTP_SSL(timeout=post.timeout, context=self._context)
        else:
            client = smtplib.SMTP(timeout=post.timeout)
        # Known before it connects, so that ``end`` reaches a server that never greets. The name is what the
        # certificate is checked against; smtplib takes it in the constructor only, together with connecting.
        client._host = post.host  # type: ignore[attr-defined]
        self._client = client
        try:
            code, _ = client.connect(post.host, post.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, "")
            client.ehlo_or_helo_if_needed()
            if post.security == "starttls":
                client.starttls(context=self._context)
                client.ehlo()
            if post.user:
                client.login(post.user, post.password)
        except BaseException:
            client.close()
            raise
        return client

    def _deliver(self, client: smtplib.SMTP) -> Outcome:
        try:
            client.send_message(self._mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=SERVICE_CLOSING)
            return judged(code)
        except smtplib.SMTPResponseException as error:
            return judged(error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return Rejected("address needs SMTPUTF8")
        except (OSError, smtplib.SMTPException) as error:
            return Unclear(_why(error))
        return Delivered()


def _why(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "timeout"
        case ssl.SSLError():
            return "tls"
        case smtplib.SMTPServerDisconnected():
            return "link broken"
        case _:
            return "no link"
