"""A hall brought into a state by the people in it, over HTTP alone."""

from __future__ import annotations

from typing import Any

from tests.servers import ServerThread


class Stage:
    """Who did what so far; each person signs in once."""

    def __init__(self, server: ServerThread) -> None:
        self.server = server
        self.kiosk = server.credentials["devices"]["kiosk-1"]
        self._tokens: dict[str, str] = {}

    def as_(self, user: str) -> str:
        """The person's token."""
        if user not in self._tokens:
            self._tokens[user] = self.server.sign_in(user)
        return self._tokens[user]

    def sign_out(self) -> None:
        """Everybody signs in anew from now on, as after a night."""
        self._tokens.clear()

    def do(self, method: str, path: str, body: object = None, user: str = "clerk1") -> Any:
        return self.server.ask(method, path, body, self.as_(user))

    def counter(self, step: str, counter: str = "1", user: str = "clerk1") -> Any:
        return self.do("POST", f"/halls/main/counters/{counter}/{step}", user=user)

    def take(self, service: str = "accept", **more: str) -> str:
        """The id of a new ticket."""
        id: str = self.server.take_number(service, **more)["id"]
        return id

    def step(self, ticket: str, *steps: str) -> str:
        for step in steps:
            self.do("POST", f"/tickets/{ticket}/{step}")
        return ticket

    def called(self) -> str:
        """The id of a ticket that has just been called to counter 1."""
        self.counter("open")
        return self.call(self.take())

    def call(self, ticket: str) -> str:
        assert self.counter("call-next")["ticket"]["id"] == ticket
        return ticket

    def settings(self, **changed: object) -> None:
        now = self.do("GET", "/halls/main/settings", user="manager")
        rules = now["rules"] | changed.pop("rules", {})  # type: ignore[operator]
        self.do("PUT", "/halls/main/settings", now | changed | {"rules": rules}, user="manager")

    def service(self, id: str, **changed: object) -> None:
        known = self.do("GET", "/halls/main/services", user="manager")
        one = next(one for one in known if one["id"] == id)
        self.do("PUT", f"/halls/main/services/{id}", one | changed, user="manager")
