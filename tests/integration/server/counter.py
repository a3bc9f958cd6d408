"""What the acceptor does at the counter, over HTTP."""

from __future__ import annotations

import io
import uuid
from typing import Any

import requests
from PIL import Image

from tests.servers import ServerThread

from .visits import SHOP, walked_in

CASES = "/halls/main/cases"
REVIEWS = ["demands", "regulation", "ability", "time", "fee"]


class Counter:
    """A person at the counter, with the case before them."""

    def __init__(self, server: ServerThread, user: str = "clerk1") -> None:
        self.server = server
        self.user = user
        self.token = server.sign_in(user)

    def do(self, method: str, path: str, body: object = None) -> Any:
        return self.server.ask(method, path, body, self.token)

    def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """(status, code) of a request that must be refused."""
        answer = self.server.request(
            method, f"/api/v1{path}", body, self.token, Idempotency_Key=str(uuid.uuid4())
        )
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["code"]

    def open(self, code: str) -> Any:
        return self.do("POST", f"{CASES}/open", {"code": code})

    def case(self, order: str) -> Any:
        return self.do("GET", f"{CASES}/{order}")

    def sheet(self, case: Any, **other: Any) -> dict[str, Any]:
        """A sheet on which all is right."""
        return {
            "version": case["version"],
            "counted": {line["item"]: line["declared"] for line in case["lines"]},
            "all_good": [line["item"] for line in case["lines"]],
            "reviewed": REVIEWS,
        } | other

    def save(self, case: Any, **other: Any) -> Any:
        return self.do("PUT", f"{CASES}/{case['id']}/sheet", self.sheet(case, **other))

    def known(self, case: Any, **other: Any) -> Any:
        body = {"customer": SHOP | other, "consent": "1"}
        return self.do("PUT", f"{CASES}/{case['id']}/customer", body)

    def sign(self, case: Any) -> Any:
        return self.do("POST", f"{CASES}/{case['id']}/sign", {"version": case["version"]})

    def accepted(self, pieces: int = 2, item: str = "price-scale") -> Any:
        """A new walk-in's case, signed."""
        case = self.open(walked_in(self.server, pieces, item)["order"]["number"])
        return self.sign(self.save(self.known(case)))

    def photo(self, case: Any, piece: int = 0, content: bytes | None = None) -> requests.Response:
        code = case["pieces"][piece]["code"]
        return requests.post(
            f"{self.server.url}/api/v1{CASES}/{case['id']}/pieces/{code}/photos",
            data=content if content is not None else picture(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/octet-stream",
                "Idempotency-Key": str(uuid.uuid4()),
            },
            timeout=20,
        )


def picture(width: int = 2400, height: int = 1800, kind: str = "JPEG") -> bytes:
    """A photo as a phone makes it: large, with where it was taken in its EXIF."""
    made = io.BytesIO()
    photo = Image.new("RGB", (width, height), (40, 90, 140))
    exif = photo.getexif()
    exif[0x010E] = "SECRET-PLACE"
    photo.save(made, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return made.getvalue()
