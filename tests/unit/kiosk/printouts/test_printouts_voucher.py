"""The voucher and the pick-up ticket on paper: their codes scan back, and what they say fits every roll."""

from __future__ import annotations

from typing import Any

import pytest
import zxingcpp

from hardware.printers.base import DOTS, Width
from kiosk.printouts import compose_ticket, compose_voucher
from server.protocol.views import Text
from server.protocol.words import Language
from tests.ui import kiosk_returning as back
from tests.ui import kiosk_visits as visits
from tests.ui.kiosk_states import TICKET, WALL

WIDTHS: tuple[Width, ...] = (58, 80)
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def read(sheet: Any) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(sheet.image.convert("L"))]


@pytest.mark.parametrize("width_mm", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_on_every_voucher_scans_back(width_mm: Width, language: Language) -> None:
    sheet = compose_voucher(back.VOUCHER, width_mm=width_mm, language=language, printed_at=WALL)
    assert read(sheet) == [back.VOUCHER.url]
    assert sheet.width == DOTS[width_mm]


def test_a_second_voucher_says_so_and_the_first_does_not() -> None:
    first, again = (
        compose_voucher(back.VOUCHER, width_mm=80, language="zh", printed_at=WALL, reprint=reprint)
        for reprint in (False, True)
    )
    assert again.height > first.height
    assert read(first) == read(again)


def test_a_vouchers_name_for_the_log_is_no_more_than_the_last_digits() -> None:
    sheet = compose_voucher(back.VOUCHER, width_mm=80, language="zh", printed_at=WALL)
    assert sheet.job == visits.NUMBER[-4:]


@pytest.mark.parametrize("width_mm", WIDTHS)
def test_the_longest_words_break_no_voucher(width_mm: Width) -> None:
    long = Text(zh="市质量技术监督检验检测研究院计量业务受理服务大厅（东区）" * 2, en="A very long name " * 9)
    view = back.VOUCHER.model_copy(
        update={"hall_name": long, "lines": visits.LEFT * 3, "verdict": visits.VERDICT_LEFT}
    )
    for language in LANGUAGES:
        assert read(compose_voucher(view, width_mm=width_mm, language=language, printed_at=WALL)) == [
            view.url
        ]


@pytest.mark.parametrize("width_mm", WIDTHS)
@pytest.mark.parametrize("pieces", [back.ALL, back.SOME, back.MANY])
def test_a_pick_up_ticket_lists_what_is_ready_and_still_leads_to_its_page(
    width_mm: Width, pieces: Any
) -> None:
    plain = compose_ticket(TICKET, width_mm=width_mm, printed_at=WALL)
    sheet = compose_ticket(TICKET, width_mm=width_mm, printed_at=WALL, pickup=back.pickup(pieces))
    assert sheet.height > plain.height
    assert read(sheet) == [TICKET.url]
