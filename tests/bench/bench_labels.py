"""Labels a second: composed, put into a printer's language, and sent over TCP to one that answers at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from datetime import date

from hardware.printers.labels.driver import LabelPrinter
from hardware.printers.labels.drivers import open_tspl, open_zpl
from hardware.printers.simulator.dialects import DIALECTS, Health
from kiosk.printouts import Label, compose_labels
from server.protocol.codes import code_of

from .figures import Figure

COUNT = 500
WELL = Health(out_of_paper=False, paper_low=False, cover_open=False, jammed=False, waiting=0)


class Eager:
    """A printer that takes everything and draws nothing, so that it is never the slower one."""

    def __init__(self, question: bytes, answer: bytes) -> None:
        self._question, self._answer = question, answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            while data := connection.recv(65536):
                if data.endswith(self._question):
                    connection.sendall(self._answer)


def run() -> list[Figure]:
    return [_labels("ZPL", "zpl", b"~HS", open_zpl), _labels("TSPL", "tspl", b"\x1b!?", open_tspl)]


def _labels(name: str, language: str, question: bytes, opens: Callable[..., LabelPrinter]) -> Figure:
    eager = Eager(question, DIALECTS[language].answer(0, WELL))
    printer = opens({"host": "127.0.0.1", "port": eager.port})
    pieces = (
        Label(
            code=code_of("S", 7919 * 10**9 * number),
            order="20261121-0042",
            item="玻璃量器 移液管 分度吸量管 10 mL",
            index=number,
            count=COUNT,
            hall="市计量院",
            due=date(2026, 11, 27),
            fragile=True,
        )
        for number in range(1, COUNT + 1)
    )
    began = time.perf_counter()
    printed = printer.print_batch(compose_labels(pieces))
    return Figure(
        f"labels a second, composed and sent as {name}", f"{printed / (time.perf_counter() - began):.0f}"
    )
