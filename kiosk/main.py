"""``liqu-kiosk --config FILE``: reads the configuration and puts the kiosk together."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.printers.base import DeviceError
from server.device.again import begin_anew, was_stopped
from server.device.keys import DeviceFile, Identity, Keys, employed, identity_of

from . import model as m
from .config import Config, ConfigError, load
from .devices import LabelPlace
from .duties import After, Duties, enrol

if TYPE_CHECKING:
    from .client import HttpServer
    from .paper import Roll
    from .ports import Labels, Memory, Paper


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until closed from the staff corner or by a signal. 2: the configuration is wrong."""
    parser = argparse.ArgumentParser(prog="liqu-kiosk", description="The touchscreen app of a service hall.")
    parser.add_argument("--config", type=Path, required=True, help="the configuration, a TOML file")
    parser.add_argument("--check", action="store_true", help="check the configuration and end")
    given = parser.parse_args(arguments)
    try:
        config = load(given.config)
        check_devices(config)
        file = DeviceFile(config.state_dir)
        identity = identity_of(config.server, file)
        if given.check:
            return 0
        _log()
        if identity is None or was_stopped():
            after = enrol(config, file, identity)
        else:
            after = run(config, file, identity)
    except (ConfigError, DeviceError) as error:
        print(f"liqu-kiosk: {error}", file=sys.stderr)  # noqa: T201  # for the technician
        return 2
    except KeyboardInterrupt:
        return 0
    if after != "end":
        begin_anew(stopped=after == "stopped")
    return 0


def check_devices(config: Config) -> None:
    """Look at the devices' settings; nothing is connected. Raises ConfigError or DeviceError."""
    from hardware.printers.documents import open_document_printer
    from hardware.printers.registry import open_printer

    from .printouts.label import WIDTH
    from .scanning import open_scanning

    open_scanning(config.scanner)
    if config.printer is not None:
        open_printer(config.printer).close()
    if config.certificates is not None:
        open_document_printer(config.certificates).close()
    if config.labels is not None:
        labels = open_printer(config.labels)
        labels.close()
        if labels.width < WIDTH:
            raise ConfigError("[labels] its paper is narrower than a label (50 mm): set width_mm right")


def run(config: Config, file: DeviceFile, identity: Identity) -> After:
    """Put the parts together, run them on one loop. Raises ConfigError or DeviceError before any window."""
    from .window import prepare

    config = replace(config, server=employed(config.server, identity))
    keys = Keys(identity, file)

    prepare(config.screen)
    # Kivy reads its settings when first imported, so all that imports it comes after.
    from .alone_work import open_reserve
    from .certificates import DocumentPaper
    from .client import HttpServer
    from .collecting import ERRANDS
    from .following import open_line
    from .label_memory import LabelFile
    from .memory import TicketFile
    from .paper import NoPaper, PaperPrinter
    from .scanning import open_scanning
    from .speaking import open_voice

    def now() -> datetime:
        return datetime.now(UTC)

    voice = open_voice(config.voice) if config.voice else None
    scanning = open_scanning(config.scanner)
    paper: Paper = NoPaper()
    roll = None
    if config.printer is not None:
        printer = PaperPrinter(
            config.printer,
            width_mm=config.width_mm,
            hall=config.server.hall,
            device=config.server.device,
            now=now,
        )
        paper, roll = printer, printer.roll
    labels: Labels
    labels, place = _labels(config, roll)
    try:
        memory = TicketFile(config.state_dir, now=now)
        label_memory = LabelFile(config.state_dir, now=now)
    except OSError as error:
        raise ConfigError(f"[state] dir {config.state_dir} can't be made: {error.strerror}") from error
    server = HttpServer(config.server, keys)
    try:
        reserve = open_reserve(
            config.state_dir,
            hall=config.server.hall,
            key=config.server.seal_key or identity.seal_key,
            send=server.once,
        )
    except OSError as error:
        raise ConfigError(f"[state] dir {config.state_dir} can't be used: {error.strerror}") from error
    documents = DocumentPaper(config.certificates) if config.certificates is not None else None
    try:
        from kivy.core.window import Window

        from .app import KioskApp
        from .widgets.area import Metrics

        if Window is None:
            raise ConfigError("no screen: is DISPLAY set, and is the X server running?")
        width, height = (int(Window.width), int(Window.height))
        app = KioskApp(
            rules=m.Rules(
                pin=config.pin,
                language=config.language,
                voice_offered=voice is not None,
                labels=place,
                viewfinder=scanning.finder is not None,
                errands=tuple(errand for errand in ERRANDS if errand not in config.leave_out),
                booking="book" not in config.leave_out,
            ),
            metrics=Metrics(width, height, config.screen.diagonal_inches),
            server=server,
            paper=paper,
            memory=memory,
            labels=labels,
            label_memory=label_memory,
            scanner=scanning.scanner,
            finder=scanning.finder,
            wedge=scanning.wedge,
            voice=voice,
            documents=documents,
            line=open_line(config.server, keys),
            reserve=reserve,
            certificate_printer="none" if documents is None else "offline",
            printer="none" if config.printer is None else "offline",
            label_printer="offline" if place == "own" else "none",
        )
        return asyncio.run(_live(app, config, keys, server, paper, memory))
    finally:
        if scanning.scanner is not None:
            scanning.scanner.stop()
        if documents is not None:
            documents.close()
        labels.close()
        paper.close()
        server.close()


def _labels(config: Config, tickets: Roll | None) -> tuple[Labels, LabelPlace]:
    """Where labels come out: their own printer, else the ticket printer's roll if it is wide enough."""
    from .labels import LabelPaper, NoLabels, fits
    from .paper import Roll

    if config.labels is not None:
        return LabelPaper(Roll(config.labels), own=True), "own"
    if config.labels_on_tickets and tickets is not None and fits(tickets):
        return LabelPaper(tickets, own=False), "tickets"
    return NoLabels(), "none"


async def _live(
    app: object, config: Config, keys: Keys, server: HttpServer, paper: Paper, memory: Memory
) -> After:
    from server.device.watchdog import beat

    from .app import KioskApp
    from .live import listen

    assert isinstance(app, KioskApp)  # noqa: S101  # Kivy is imported late
    for number in (signal.SIGTERM, signal.SIGINT):
        # SDL would make it a wish to close the window, which the kiosk refuses to everyone.
        asyncio.get_running_loop().add_signal_handler(number, app.stop)
    # Enough for all that may wait for a silent server, and a number and its paper beside it.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(16, "kiosk"))
    duties = Duties(config, keys, app, server, paper, memory)
    tasks = [
        asyncio.create_task(listen(config.server, app.heard, keys)),
        asyncio.create_task(duties.run()),
        asyncio.create_task(beat()),
    ]
    if config.control_port is not None:
        from .script import Control

        tasks.append(asyncio.create_task(Control(app).serve(config.control_port)))
    try:
        await app.async_run("asyncio")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await app.leave()
    return duties.after


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("kivy").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)


if __name__ == "__main__":
    raise SystemExit(main())
