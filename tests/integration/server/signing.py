"""Signing in as a browser does: the form, its cookies, the page's token."""

from __future__ import annotations

import re

import requests

from tests.servers import ServerThread
from tests.waiting import LIMIT


class Browser(requests.Session):
    """A browser's cookies at one server; it follows no redirect by itself."""

    def __init__(self, server: ServerThread, language: str = "zh") -> None:
        super().__init__()
        self._server = server
        self.trust_env = False
        self.headers["Accept-Language"] = language

    def see(self, method: str, path: str, **more: object) -> requests.Response:
        address = self._server.url + path
        return self.request(method, address, timeout=LIMIT, allow_redirects=False, **more)  # type: ignore[arg-type]

    def fill_in(self, user: str, password: str, form: str | None = None) -> requests.Response:
        """The sign-in form, sent; ``form`` in place of what the page gave."""
        if form is None:
            self.see("GET", "/sign-in")
            form = self.cookies.get("liqu_form", path="/sign-in")
        return self.see("POST", "/sign-in", data={"user": user, "password": password, "form": form or ""})

    def sign_in(self, user: str) -> requests.Response:
        answer = self.fill_in(user, self._server.credentials["users"][user])
        assert answer.status_code == 303, answer.text
        return answer

    def csrf(self) -> str:
        """What the desk's page gives its script to send along."""
        found = re.search(r'<meta name="csrf" content="([^"]+)"', self.see("GET", "/desk").text)
        assert found
        return found[1]
