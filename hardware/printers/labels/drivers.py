"""The label drivers by name: settings in, printers out. Nothing is connected yet.

Both: ``host``, ``port`` (9100), and the labels on the roll: ``width_mm`` (50), ``height_mm`` (30),
``gap_mm`` (2).
"""

from __future__ import annotations

from ..escpos.drivers import SEND_LIMIT, load_transports
from ..escpos.lines import NetworkLine
from ..settings import Config, Settings
from .driver import LabelPrinter
from .language import Language, Stock
from .tspl import Tspl
from .zpl import Zpl


def open_zpl(config: Config) -> LabelPrinter:
    return _open(config, Zpl())


def open_tspl(config: Config) -> LabelPrinter:
    return _open(config, Tspl())


def _open(config: Config, language: Language) -> LabelPrinter:
    settings = Settings(config)
    host, port = settings.text("host"), settings.whole("port", 9100, 1, 65535)
    stock = Stock(
        width=settings.whole("width_mm", 50, 20, 108),
        height=settings.whole("height_mm", 30, 10, 300),
        gap=settings.whole("gap_mm", 2, 0, 10),
    )
    settings.done()
    load_transports()
    return LabelPrinter(lambda: NetworkLine(host, port, SEND_LIMIT), language, stock)
