"""TLS towards the server: whom a device trusts, and what a technician does when that does not hold.

Nothing here ever falls back to plain, or to a certificate that is not checked.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Literal


class CaFileError(OSError):
    """The file of the hall's own authority can't be used; the message says what to do.

    While at work it is one more reason for no line, and tried again.
    """


def context_of(url: str, ca_file: Path | None) -> ssl.SSLContext | None:
    """How certificates are checked for ``url``; None for a plain one.

    With ``ca_file`` that authority alone is trusted, without it those of the machine. Raises CaFileError.
    """
    if not url.startswith("https://"):
        return None
    if ca_file is None:
        return ssl.create_default_context()
    try:
        text = ca_file.read_text(encoding="utf-8")
    except OSError as error:
        raise CaFileError(f"can't read ca_file {ca_file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CaFileError(f"ca_file {ca_file} is not PEM: {_PEM}") from error
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise CaFileError(f"ca_file {ca_file} is not PEM: {_PEM}")
    try:
        return ssl.create_default_context(cadata=text)
    except ssl.SSLError as error:
        raise CaFileError(f"ca_file {ca_file} holds no certificate that can be read: {_PEM}") from error


_PEM = "copy the hall's ca.pem from the server again; it begins with -----BEGIN CERTIFICATE-----"


Fault = Literal["", "authority", "name", "not_yet", "expired", "plain"]
"""What is wrong with the server's certificate. ``plain``: it speaks no TLS there at all."""


def fault_of(error: BaseException) -> Fault:
    """Why ``error`` came, when it came of the certificate."""
    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return _FAULTS.get(one.verify_code, "authority")
        if isinstance(one, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(one):
            return "plain"
    return ""


def distrust(error: BaseException) -> str:
    """What is wrong with the server's certificate and what to do, for a log; empty when it is not that."""
    return ADVICE[fault_of(error)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """``error`` and whatever it carries: libraries wrap each other's errors."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, vars(one).get("reason"), *one.args]


_FAULTS: dict[int, Fault] = {9: "not_yet", 10: "expired", 62: "name", 64: "name"}
"""By OpenSSL's X509_V_ERR codes; all others: it is not from an authority that is trusted."""

ADVICE: dict[Fault, str] = {
    "": "",
    "authority": "the server's certificate is not from an authority that this device trusts: copy the hall's "
    "ca.pem from the server and name it as [server] ca_file",
    "name": "the server's certificate is for another name: write [server] url with the name or address for "
    "which it was made, or make it anew on the server with liqu-server tls",
    "not_yet": "the server's certificate is not valid yet: set this machine's clock right",
    "expired": "the server's certificate has run out: make it anew on the server with liqu-server tls, and "
    "look at this machine's clock",
    "plain": 'the server speaks no TLS there: [server] url must begin with "http://", or have another port',
}
