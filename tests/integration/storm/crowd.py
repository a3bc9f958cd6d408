"""A hall's people at work all at once: kiosks that take numbers, clerks who do all that a desk can.

Every request has an idempotency key. One that brought no answer, or 503, is asked again with the same key
until it is answered, at any of the hall's servers; and now and then an answered one too. What was answered is
written into the ``Book``.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .processes import HERE, Served

SERVICES = ("accept", "submit", "pickup", "consult", "green")
LIMIT = 60.0
"""Seconds within which a request is answered, however often the server is killed meanwhile."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and the final answer to it."""

    actor: str
    key: str
    path: str
    status: int
    body: Any


@dataclass(slots=True)
class Book:
    """What was acknowledged, by all clients together."""

    answers: list[Answered] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    asked_again: int = 0
    """Requests that had to be sent more than once."""
    told_again: int = 0
    """Answers that came from the server's memory: done before, the answer lost on the way."""
    refused: Tally[str] = field(default_factory=Tally)
    put_off: Tally[str] = field(default_factory=Tally)
    """Answers of 503, by code."""
    waiting: list[str] = field(default_factory=list)
    """Ids of tickets that somebody may cancel."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __str__(self) -> str:
        issued = sum(one.status == 201 for one in self.answers)
        return (
            f"{len(self.answers)} answers, {issued} tickets, {self.asked_again} requests asked again, "
            f"{self.told_again} told from memory, refused: {dict(self.refused)}"
        )

    def write(self, answer: Answered, tries: int, replayed: bool) -> None:
        with self.lock:
            self.answers.append(answer)
            self.asked_again += tries > 1
            self.told_again += replayed
            if answer.status >= 300:
                self.refused[answer.body["code"]] += 1


class Client:
    """One person or device; its link is to any of ``servers``, and to another when that one is gone."""

    def __init__(
        self, name: str, actor: str, token: str, servers: Sequence[Served], book: Book, dice: random.Random
    ) -> None:
        self.name = name
        self.actor = actor
        self.dice = dice
        self.book = book
        self.token = token
        self._servers = servers
        self._links: dict[int, http.client.HTTPConnection] = {}

    def ask(self, path: str, body: object = None) -> Answered:
        """The final answer, however often it has to be asked."""
        key = str(uuid.UUID(int=self.dice.getrandbits(128)))
        until = time.monotonic() + LIMIT
        tries = 0
        while True:
            server = self.dice.choice(self._servers)
            tries += 1
            got = self._send(server, key, path, body)
            if got is not None and got[0] != 503:
                status, replayed, told = got
                break
            if got is not None:
                with self.book.lock:
                    self.book.put_off[got[2]["code"]] += 1
            if time.monotonic() > until:
                raise TimeoutError(f"{self.name}: {path} was not answered in {LIMIT:.0f} s: {got}")
            if not server.up.wait(0.02 if len(self._servers) > 1 else LIMIT):
                continue
            if got is not None:
                time.sleep(0.02)  # 503 asks for patience
        answer = Answered(self.actor, key, path, status, told)
        self.book.write(answer, tries, replayed)
        if status < 300 and self.dice.random() < 0.1:
            self._same_again(answer, key, path, body)
        return answer

    def _same_again(self, answer: Answered, key: str, path: str, body: object) -> None:
        got = self._send(self.dice.choice(self._servers), key, path, body)
        if got is not None and got[0] != 503 and got[2] != answer.body:
            with self.book.lock:
                self.book.faults.append(f"{path}: first {answer.body}, then {got}")

    def _send(self, server: Served, key: str, path: str, body: object) -> tuple[int, bool, Any] | None:
        """(status, told from memory, body); None when no answer came."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        content = None
        if body is not None:
            content = json.dumps(body)
            headers["Content-Type"] = "application/json"
        link = self._links.get(server.port)
        if link is None:
            link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20, source_address=HERE)
            self._links[server.port] = link
        try:
            link.request("POST", f"/api/v1{path}", content, headers)
            answer = link.getresponse()
            text = answer.read()
            told = json.loads(text) if text else None
            return answer.status, answer.headers.get("Idempotent-Replayed") == "true", told
        except (OSError, http.client.HTTPException):
            link.close()
            del self._links[server.port]
            return None

    def close(self) -> None:
        for link in self._links.values():
            link.close()


class Worker(Protocol):
    """What a client does, again and again; and at last."""

    @property
    def name(self) -> str: ...

    def work(self) -> None: ...

    def end(self) -> None: ...

    def close(self) -> None: ...


class Kiosk(Client):
    """Takes numbers, as a kiosk or as one at the reception."""

    def work(self) -> None:
        body = {"service": self.dice.choice(SERVICES[:4]), "language": self.dice.choice(("zh", "en"))}
        if self.dice.random() < 0.2:
            body["priority"] = self.dice.choice(("elderly", "disabled", "military"))
        answer = self.ask("/halls/main/tickets", body)
        if answer.status == 201:
            with self.book.lock:
                self.book.waiting.append(answer.body["id"])

    def end(self) -> None:
        """Nothing is left undone at a kiosk."""


class Clerk(Client):
    """Does at one counter all that a desk can, not very carefully."""

    def __init__(self, counter: str, *other: Any) -> None:
        super().__init__(*other)
        self.counter = counter
        self._ticket: str | None = None
        self._state = ""
        self._apart: list[str] = []
        self._last: str | None = None
        self._at(self._do("open"))

    def work(self) -> None:
        chance = self.dice.random()
        if self._ticket is not None:
            self._step(self._ticket)
        elif chance < 0.70:
            self._call("call-next")
        elif chance < 0.78 and self._apart:
            id = self._apart.pop(self.dice.randrange(len(self._apart)))
            if self.dice.random() < 0.5:
                self._call("call", {"ticket": id})
            else:
                self._do_to(id, "resume")
        elif chance < 0.84 and self._last is not None:
            self._take_back(self._last)
        elif chance < 0.90:
            self._cancel()
        elif chance < 0.95:
            self._at(self._do("pause"))
            self._at(self._do("resume"))
        else:
            self._at(self._do("close"))
            self._at(self._do("open"))

    def end(self) -> None:
        """Finish what is at the counter and leave."""
        if self._ticket is not None:
            if self._state == "called":
                self._do_to(self._ticket, "start")
            self._do_to(self._ticket, "done")
            self._ticket = None
        self._do("close")

    def _step(self, id: str) -> None:
        called = {"start": 6, "miss": 2, "recall": 1}
        serving = {"done": 6, "park": 1, "transfer": 1}
        chances = called if self._state == "called" else serving
        step = self.dice.choices([*chances], [*chances.values()])[0]
        body = {"service": self.dice.choice(SERVICES[:4])} if step == "transfer" else None
        line = self._do_to(id, step, body)
        if line is None:
            return
        self._state = line["state"]
        if self._state in ("called", "serving"):
            return
        self._ticket = None
        self._last = id if step != "transfer" else None
        if self._state in ("missed", "parked"):
            self._apart.append(id)

    def _take_back(self, id: str) -> None:
        self._last = None
        line = self._do_to(id, "undo")
        if line is None:
            return
        if id in self._apart:
            self._apart.remove(id)
        if line["state"] in ("called", "serving"):
            self._ticket, self._state = id, line["state"]

    def _cancel(self) -> None:
        with self.book.lock:
            if not self.book.waiting:
                return
            id = self.book.waiting.pop(self.dice.randrange(len(self.book.waiting)))
        self._do_to(id, "cancel")

    def _call(self, verb: str, body: object = None) -> None:
        answer = self._do(verb, body)
        ticket = answer.body.get("ticket") if answer.status == 200 else None
        if ticket is not None:
            self._ticket, self._state, self._last = ticket["id"], ticket["state"], None

    def _do(self, verb: str, body: object = None) -> Answered:
        return self.ask(f"/halls/main/counters/{self.counter}/{verb}", body)

    def _do_to(self, id: str, step: str, body: object = None) -> Any | None:
        """The ticket's line; None when it was refused."""
        answer = self.ask(f"/tickets/{id}/{step}", body)
        return answer.body if answer.status == 200 else None

    def _at(self, answer: Answered) -> None:
        """Nothing that a clerk alone at a counter does with it is refused."""
        assert answer.status == 200, answer


class Team:
    """Clients, each in a thread, until ``stop``."""

    def __init__(self) -> None:
        self.book = Book()
        self._stopping = threading.Event()
        self._turn = threading.Condition()
        self._held = False
        self._busy = 0
        self._clients: list[Worker] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._run, args=(one,)) for one in self._clients]
        for thread in self._threads:
            thread.start()

    def done(self) -> int:
        """How many requests have been answered; fails when somebody could not go on."""
        assert not self.book.faults, self.book.faults
        return len(self.book.answers)

    def hold(self) -> None:
        """Go on when what everybody was at is answered; nobody begins anything until ``go_on``."""
        with self._turn:
            self._held = True
            assert self._turn.wait_for(lambda: not self._busy, 2 * LIMIT), "somebody does not come to an end"

    def go_on(self) -> None:
        with self._turn:
            self._held = False
            self._turn.notify_all()

    def stop(self) -> Book:
        """Let everybody finish: each request that is under way is answered, all are where they began."""
        self._stopping.set()
        self.go_on()
        for thread in self._threads:
            thread.join(2 * LIMIT)
        assert not any(thread.is_alive() for thread in self._threads)
        assert not self.book.faults, self.book.faults
        return self.book

    def _run(self, client: Worker) -> None:
        try:
            while not self._stopping.is_set():
                self._work(client)
            client.end()
        except Exception as error:
            with self.book.lock:
                self.book.faults.append(f"{client.name}: {error!r}")
        finally:
            client.close()

    def _work(self, client: Worker) -> None:
        with self._turn:
            self._turn.wait_for(lambda: not self._held)
            self._busy += 1
        try:
            client.work()
        finally:
            with self._turn:
                self._busy -= 1
                self._turn.notify_all()


class Crowd(Team):
    """A kiosk, two receptions and four clerks. At the end the counters are closed."""

    def __init__(
        self,
        credentials: dict[str, dict[str, str]],
        servers: Sequence[Served],
        *,
        seed: int = 1,
    ) -> None:
        super().__init__()
        dice = random.Random(seed)

        def more() -> tuple[Sequence[Served], Book, random.Random]:
            return servers, self.book, random.Random(dice.random())

        token = credentials["devices"]["kiosk-1"]
        self._clients.append(Kiosk("kiosk", "device:kiosk-1", token, *more()))
        # A kiosk's token takes a while to prove after each start; the desks that give numbers need not wait.
        for user in ("manager", "admin"):
            signed = sign_in(servers[0], user, credentials["users"][user])
            self._clients.append(Kiosk(user, f"staff:{user}", signed, *more()))
        for n in "1234":
            user = f"clerk{n}"
            signed = sign_in(servers[0], user, credentials["users"][user])
            self._clients.append(Clerk(n, user, f"staff:{user}", signed, *more()))


def sign_in(server: Served, user: str, password: str) -> str:
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20, source_address=HERE)
    try:
        body = json.dumps({"user": user, "password": password})
        link.request("POST", "/api/v1/sessions", body, {"Content-Type": "application/json"})
        token: str = json.loads(link.getresponse().read())["token"]
        return token
    finally:
        link.close()
