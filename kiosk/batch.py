"""``liqu-labels --config FILE --order NUMBER``: the desk prints the labels of a whole fleet; with ``--status
CODE`` instead, the status label (状态标识) of one piece as it is now.

Labels come from the server in parts and go to the printer as it has room, so that thousands need no more
memory than a few. What is printed for certain is told to the server, part by part. When the printer stops,
the command says from which piece on to begin again: no piece is left without a label, none has two unknown.
"""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.parse import quote

import requests
from pydantic import ValidationError

from hardware.printers.base import BatchPrinter, BatchStopped, DeviceError
from hardware.printers.registry import open_printer
from server.device.keys import DeviceFile, employed, identity_of
from server.device.secure import distrust
from server.protocol.booking import LabelPrinted, LabelView
from server.protocol.certificates import StatusLabelView
from server.protocol.orders import LabelsView

from .client import AGAIN, PAUSES, TIME_OUT, problem_in
from .config import Config, ConfigError, load
from .printouts import compose_labels, label_of
from .printouts.status_label import compose_status_label, status_label_of

PART = 200
"""Labels asked for at once."""


class Stopped(Exception):
    """It can't go on; the message says why and what to do."""


class Desk:
    """The server, as far as labels need it. ``sleep`` is for tests."""

    def __init__(self, config: Config, sleep: Callable[[float], object] = time.sleep) -> None:
        part = config.server
        self._base = f"{part.url}/api/v1"
        self._hall = part.hall
        self._session = requests.Session()
        if part.ca_file is not None:
            self._session.verify = str(part.ca_file)
        self._session.headers["Authorization"] = f"Bearer {part.token}"
        self._session.headers["Accept-Language"] = config.language
        self._sleep = sleep

    def part(self, order: str, first: int) -> LabelsView:
        """The next labels of the order from piece ``first`` on. Raises Stopped."""
        answer = self._ask("GET", f"/halls/{self._hall}/orders/{order}/labels?first={first}&most={PART}")
        try:
            return LabelsView.model_validate_json(answer.content)
        except ValidationError as error:
            raise Stopped(f"the server's answer can't be understood: {error.error_count()} faults") from error

    def printed(self, order: str, codes: Sequence[str], *, reprint: bool) -> None:
        """Tell what is printed for certain. Raises Stopped."""
        body = LabelPrinted(outcome="printed", codes=tuple(codes), reprint=reprint)
        self._ask("POST", f"/orders/{order}/prints", body.model_dump(mode="json"))

    def status(self, code: str) -> StatusLabelView:
        """What the status label of a piece says now. Raises Stopped."""
        answer = self._ask("GET", f"/halls/{self._hall}/status-labels/{quote(code, safe='')}")
        try:
            return StatusLabelView.model_validate_json(answer.content)
        except ValidationError as error:
            raise Stopped(f"the server's answer can't be understood: {error.error_count()} faults") from error

    def _ask(self, method: str, path: str, body: object = None) -> requests.Response:
        key = str(uuid.uuid4())
        for pause in (*PAUSES, None):
            try:
                answer = self._session.request(
                    method, self._base + path, json=body, headers={"Idempotency-Key": key}, timeout=TIME_OUT
                )
            except requests.RequestException as error:
                why = distrust(error) or f"the server can't be reached: {type(error).__name__}"
            else:
                if answer.ok:
                    return answer
                problem = problem_in(answer)
                why = f"{problem.title} {problem.detail}" if problem.title else problem.code
                if answer.status_code not in AGAIN:
                    raise Stopped(why)
            if pause is None:
                break
            self._sleep(pause)
        raise Stopped(why)


class Run:
    """The labels of one order, from piece ``first`` on. ``say`` hears (printed, of)."""

    def __init__(
        self, desk: Desk, order: str, first: int, *, reprint: bool, say: Callable[[int, int], None]
    ) -> None:
        self._desk = desk
        self._first = first
        self._reprint = reprint
        self._say = say
        self._begun = desk.part(order, first)
        self._codes: list[str] = []
        self._printed = self._told = 0

    def print(self, printer: BatchPrinter) -> int:
        """How many were printed. Raises Stopped, whose message names the piece to begin again with."""
        doubt = 0
        try:
            sheets = compose_labels(label_of(one) for one in self._labels())
            self._on_paper(printer.print_batch(sheets, self._on_paper))
            self._tell()
            return self._printed
        except BatchStopped as stopped:
            self._on_paper(stopped.printed)
            self._tell()
            doubt, why = stopped.sent - stopped.printed, str(stopped)
        except Stopped as stopped:
            why = str(stopped)
        last = self._first - 1 + self._printed
        unsure = f" Look at the next {doubt} on the roll: they may be printed." if doubt else ""
        raise Stopped(
            f"{why}. Printed for certain: up to piece {last}.{unsure} "
            f"When all is well again, go on with --from {last + 1}."
        )

    def _labels(self) -> Iterator[LabelView]:
        part = self._begun
        while part.labels:
            for one in part.labels:
                self._codes.append(one.code)
                yield one
            part = self._desk.part(self._begun.order, part.labels[-1].index + 1)

    def _on_paper(self, printed: int) -> None:
        self._printed = printed
        self._say(self._first - 1 + printed, self._begun.count)
        if printed - self._told >= PART:
            self._tell()

    def _tell(self) -> None:
        """Tell the server what has come out since the last time."""
        new = self._printed - self._told
        if new:
            self._desk.printed(self._begun.order, self._codes[:new], reprint=self._reprint)
            del self._codes[:new]
            self._told = self._printed


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all printed. 1: it stopped, the message says where. 2: the configuration is wrong."""
    parser = argparse.ArgumentParser(prog="liqu-labels", description="Prints the labels of a whole order.")
    parser.add_argument("--config", type=Path, required=True, help="the configuration, as of a kiosk")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--order", help="the order's case number")
    what.add_argument("--status", metavar="CODE", help="the piece whose status label is printed")
    parser.add_argument("--from", dest="first", type=int, default=1, help="the piece to begin with")
    parser.add_argument("--again", action="store_true", help="these labels were printed before")
    given = parser.parse_args(arguments)
    try:
        config = load(given.config)
        identity = identity_of(config.server, DeviceFile(config.state_dir))
        if identity is None:
            raise ConfigError("this machine is not paired yet: start liqu-kiosk on it first")
        config = replace(config, server=employed(config.server, identity))
        if config.labels is None:
            raise ConfigError("[labels] is missing: name the label printer's driver and address")
        printer = open_printer(config.labels)
        if not hasattr(printer, "print_batch"):
            raise ConfigError("[labels] driver: whole orders are printed by zpl-network or tspl-network")
        batch = cast(BatchPrinter, printer)
        if given.status:
            _print_status(Desk(config), batch, given.status)
            return 0
        done = Run(Desk(config), given.order, given.first, reprint=given.again, say=_say).print(batch)
        print(f"\n{done} labels are printed")  # noqa: T201
        return 0
    except (ConfigError, DeviceError, Stopped) as error:
        print(f"\nliqu-labels: {error}", file=sys.stderr)  # noqa: T201
        return 1 if isinstance(error, Stopped) else 2


def _print_status(desk: Desk, printer: BatchPrinter, code: str) -> None:
    """One status label. Raises Stopped, DeviceError."""
    view = desk.status(code)
    try:
        printer.print_batch(iter([compose_status_label(status_label_of(view))]), lambda printed: None)
    except BatchStopped as stopped:
        raise Stopped(f"{stopped}. The label was not printed") from None
    print(f"the status label {view.word.zh} of {view.code} is printed")  # noqa: T201


def _say(printed: int, count: int) -> None:
    print(f"\r{printed} / {count}", end="", flush=True)  # noqa: T201
