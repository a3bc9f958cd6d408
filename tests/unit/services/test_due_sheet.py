"""Sheets of due items: read in any of their forms, and every fault told by its line."""

from __future__ import annotations

import io
import itertools
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from server.services.due_sheet import MOST_FAULTS, Read, day_of, read_sheet
from tests.contract.floors import demo_hall

HALL = demo_hall()
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
HEADS = "器具,到期日,件数,单位,联系人,电话,邮箱,编号"
GOOD = "焦度计,2026-12-31,2,明亮眼镜店,某某甲,138 1234 5678,wang@example.org,A-17"


def read(content: bytes) -> Read:
    ids = itertools.count(1)
    return read_sheet(content, HALL, "sheet", NOW, lambda: str(next(ids)))


def csv(*lines: str, heads: str = HEADS, encoding: str = "utf-8") -> bytes:
    return "\n".join([heads, *lines]).encode(encoding)


def xlsx(*rows: list[Any], heads: str = HEADS) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(heads.split(","))
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults(content: bytes) -> list[tuple[int, str, str]]:
    found = read(content)
    assert found.items == (), "something was taken in spite of a fault"
    return [(one.row, one.column, one.wrong.zh) for one in found.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_line_becomes_an_item_in_any_encoding_a_spreadsheet_writes(encoding: str) -> None:
    (one,) = read(csv(GOOD, encoding=encoding)).items
    assert (one.item, one.pieces, one.due_on) == ("lensmeter", 2, date(2026, 12, 31))
    assert (one.company, one.name, one.phone) == ("明亮眼镜店", "某某甲", "13812345678")
    assert (one.email, one.reference, one.source, one.hall) == ("wang@example.org", "A-17", "sheet", "main")


def test_a_workbook_with_real_dates_and_numbers_is_read_like_the_text() -> None:
    row = [
        "焦度计",
        date(2026, 12, 31),
        2,
        "明亮眼镜店",
        "某某甲",
        13812345678,
        "wang@example.org",
        "A-17",
    ]
    assert read(xlsx(row)).items == read(csv(GOOD)).items


def test_only_the_item_the_day_an_owner_and_a_contact_are_needed_and_headings_may_be_english() -> None:
    (one,) = read(csv("2026-12-31,lensmeter,0571-88888888,Shop", heads="due_on,item,phone,company")).items
    assert (one.item, one.pieces, one.phone, one.email) == ("lensmeter", 1, "057188888888", "")


def test_columns_that_we_do_not_know_and_empty_lines_are_left_alone() -> None:
    found = read(csv(GOOD + ",x", "", ",,,,,,,,", heads=HEADS + ",备注"))
    assert (len(found.items), found.faults) == (1, ())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026/1/8", date(2026, 1, 8)),
        ("2026.01.08", date(2026, 1, 8)),
        ("2026年1月8日", date(2026, 1, 8)),
        ("2026-12-31 00:00:00", date(2026, 12, 31)),
        ("2026-02-30", None),
        ("31.12.2026", None),
        ("46387", None),
        ("soon", None),
        ("２０２６-12-31", date(2026, 12, 31)),
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("line", "column", "wrong"),
    [
        (",2026-12-31,,店,,13812345678,,", "器具", "没有填写"),
        ("飞碟,2026-12-31,,店,,13812345678,,", "器具", "目录里没有“飞碟”"),
        ("焦度计,,,店,,13812345678,,", "到期日", "没有填写"),
        ("焦度计,明年,,店,,13812345678,,", "到期日", "“明年”不是日期"),
        ("焦度计,2126-12-31,,店,,13812345678,,", "到期日", "“2126-12-31”离今天太远"),
        ("焦度计,2026-12-31,0,店,,13812345678,,", "件数", "“0”不是件数"),
        ("焦度计,2026-12-31,2.5,店,,13812345678,,", "件数", "“2.5”不是件数"),
        ("焦度计,2026-12-31,10000,店,,13812345678,,", "件数", "“10000”不是件数"),
        ("焦度计,2026-12-31,٣,店,,13812345678,,", "件数", "“٣”不是件数"),
        ("焦度计,2026-12-31,,店,,1381234567,,", "电话", "电话号码有误"),
        ("焦度计,2026-12-31,,店,,,,", "电话", "没有联系方式"),
        ("焦度计,2026-12-31,,店,,13812345678,not an address,", "邮箱", "邮箱地址有误"),
        ("焦度计,2026-12-31,,,,13812345678,,", "单位", "不知道是谁的器具"),
        (f"焦度计,2026-12-31,,{'店' * 129},,13812345678,,", "单位", "内容太长"),
        (f"焦度计,2026-12-31,,店,{'王' * 65},13812345678,,", "联系人", "内容太长"),
        (f"焦度计,2026-12-31,,店,,13812345678,,{'9' * 65}", "编号", "内容太长"),
    ],
)
def test_what_is_wrong_in_a_line_is_told_by_line_and_column_in_its_own_sentence(
    line: str, column: str, wrong: str
) -> None:
    assert faults(csv(GOOD, line)) == [(3, column, wrong)]


def test_all_faults_of_a_sheet_are_told_together_with_what_to_write_in_both_languages() -> None:
    found = read(csv("飞碟,明年,,,,,,", GOOD))
    assert [one.column for one in found.faults] == ["器具", "到期日", "电话", "单位"]
    assert all(one.write.zh and one.write.en and one.wrong.en != one.wrong.zh for one in found.faults)
    assert found.items == ()


def test_a_sheet_full_of_faults_is_told_in_part_and_counted_whole() -> None:
    found = read(csv(*["飞碟,2026-12-31,,店,,13812345678,,"] * 80))
    assert (len(found.faults), found.more_faults) == (MOST_FAULTS, 30)


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ("器具,件数", "缺少“到期日”这一列"),
        ("到期日,件数", "缺少“器具”这一列"),
        ("器具,到期日,电话,手机", "有两列是同一项内容"),
    ],
)
def test_wrong_headings_are_told(heads: str, said: str) -> None:
    assert [(row, wrong) for row, _, wrong in faults(csv("a,b,c,d", heads=heads))] == [(1, said)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"PK\x03\x04 no workbook",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe\x00",
        b'a,b\n"open',
    ],
)
def test_what_is_no_table_at_all_has_a_sentence_of_its_own(content: bytes) -> None:
    ((row, _, wrong),) = faults(content)
    assert wrong
    assert row in (0, 1, 2)


def test_a_name_never_comes_back_in_a_fault() -> None:
    told = str(read(csv("焦度计,2026-12-31,,秘密公司,某甲,12345,x,9")).faults)
    assert all(secret not in told for secret in ("秘密公司", "某甲", "12345"))
