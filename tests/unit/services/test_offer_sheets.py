"""The catalogue as a sheet: out and in again changes nothing, and what is wrong is told line by line."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from server.domain.hall import Hall
from server.protocol.offer import ItemBody
from server.protocol.words import CUSTOMER_TYPES
from server.services import sheets
from server.services.demo import DEMO_HALL, hall_from
from server.services.offer import item_body, item_from
from server.services.offer_sheets import planned
from server.services.sheets_items import COLUMNS, exported

HALL = hall_from(json.loads(DEMO_HALL.read_text(encoding="utf-8")))
HEADS = [column.zh for column in COLUMNS]
WIDE = [column.wide for column in COLUMNS]
Write = Callable[[Sequence[Sequence[Any]]], bytes]


def csv_of(rows: Sequence[Sequence[Any]]) -> bytes:
    return sheets.write_csv(HEADS, rows)


def gbk_of(rows: Sequence[Sequence[Any]]) -> bytes:
    return csv_of(rows).decode("utf-8-sig").encode("gb18030")


def xlsx_of(rows: Sequence[Sequence[Any]]) -> bytes:
    return sheets.write_xlsx("目录", HEADS, rows, WIDE)


FORMATS = [csv_of, gbk_of, xlsx_of]


def with_item(body: ItemBody) -> Hall:
    """The hall with this one item only."""
    catalogue = HALL.offer.catalogue
    items = {body.id: item_from(body, None)}
    return replace(HALL, offer=replace(HALL.offer, catalogue=replace(catalogue, items=items)))


def row_of(id: str, **cells: str) -> list[Any]:
    """The demo's row of ``id`` with some cells written anew, by heading."""
    row = list(exported(HALL)[list(HALL.offer.catalogue.items).index(id)])
    for head, cell in cells.items():
        row[HEADS.index(head)] = cell
    return row


def faults(content: bytes, hall: Hall = HALL) -> list[tuple[int, str, str, str]]:
    plan = planned(content, hall)
    assert dict(plan.items) == dict(hall.offer.catalogue.items), "nothing is half-imported"
    report = plan.report
    assert (report.new, report.changed, report.unchanged) == ((), (), 0)
    assert all(fault.wrong.en and fault.write.en for fault in report.faults)
    return [(fault.row, fault.column, fault.wrong.zh, fault.write.zh) for fault in report.faults]


# Out and in again -------------------------------------------------------------------------------

SIGNS = "=+-@'\",.年%元；;|"


def words(most: int, without: str = "") -> st.SearchStrategy[str]:
    """Any text of one line, and often the signs that mean something in a sheet."""
    anything = st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters=without)
    signs = st.sampled_from([sign for sign in SIGNS if sign not in without])
    return st.text(anything | signs, min_size=1, max_size=most).map(str.strip).filter(bool)


ENTRY = words(20, ";；|")
DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MINUTES = st.floats(0, 2880, allow_nan=False) | st.integers(0, 2880).map(float)


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), strategy)


@st.composite
def histories(draw: st.DrawFn, **values: st.SearchStrategy[Any]) -> list[dict[str, Any]]:
    days = draw(st.lists(DAY, unique=True, max_size=3))
    return [{"since": day, **{name: draw(value) for name, value in values.items()}} for day in days]


@st.composite
def bodies(draw: st.DrawFn) -> ItemBody:
    caps = sorted(draw(st.tuples(*[st.integers(1, 9999)] * 2)))
    regulation = {"since": draw(DAY), "value": draw(ENTRY)}
    later = [one for one in draw(histories(value=ENTRY)) if one["since"] != regulation["since"]]
    reason = st.fixed_dictionaries({"zh": maybe(ENTRY), "en": maybe(ENTRY)})
    yuan = st.decimals(0, 9999999, places=2, allow_nan=False).map(str) | st.integers(0, 9999999).map(str)
    return ItemBody.model_validate(
        {
            "id": draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)),
            "name": {"zh": draw(words(20)), "en": draw(maybe(words(20)))},
            "field": draw(st.sampled_from(sorted(HALL.offer.catalogue.fields))),
            "section": draw(words(20)),
            "service": draw(st.sampled_from(sorted(HALL.services))),
            "regulations": [regulation, *later],
            "caps": {"order": draw(st.integers(1, 9999)), "slot": caps[0], "day": caps[1]},
            "unit_minutes": draw(st.floats(0.1, 2880)),
            "setup_minutes": draw(MINUTES),
            "review_minutes": draw(MINUTES),
            "rest_minutes": draw(st.integers(0, 10080)),
            "cycle_months": draw(st.none() | st.integers(1, 240)),
            "kind": draw(st.sampled_from(["compulsory", "calibration"])),
            "mode": draw(st.sampled_from(["hall", "vehicle_lane", "on_site"])),
            "while_you_wait": draw(st.booleans()),
            "for_whom": draw(st.sets(st.sampled_from(CUSTOMER_TYPES), min_size=1)),
            "fragile": draw(st.booleans()),
            "accessories": draw(
                st.lists(st.fixed_dictionaries({"zh": ENTRY, "en": maybe(ENTRY)}), max_size=3)
            ),
            "notice": draw(st.none() | st.fixed_dictionaries({"zh": words(60), "en": maybe(words(60))})),
            "fees": draw(histories(yuan=yuan, percent=st.integers(0, 100), reason=reason)),
            "promise_days": draw(histories(value=st.integers(1, 250))),
            "contact": draw(maybe(st.from_regex(r"[0-9][0-9 ()+-]{0,20}[0-9]", fullmatch=True))),
            "active": draw(st.booleans()),
        }
    )


@pytest.mark.parametrize("write", FORMATS)
@settings(max_examples=50, deadline=None)
@given(body=bodies())
def test_what_was_exported_changes_nothing_when_imported(write: Write, body: ItemBody) -> None:
    hall = with_item(body)
    plan = planned(write(exported(hall)), hall)
    assert plan.report.faults == ()
    assert (plan.report.new, plan.report.changed) == ((), ())
    assert plan.report.unchanged == len(hall.offer.catalogue.items)
    assert plan.items == hall.offer.catalogue.items


@pytest.mark.parametrize("write", FORMATS)
def test_a_sheet_adds_changes_and_leaves(write: Write) -> None:
    new = row_of("lensmeter", 编号="lensmeter-2", 名称="焦度计二")
    plan = planned(write([row_of("balance", 单件分钟="30"), row_of("taximeter"), new]), HALL)
    assert (plan.report.new, plan.report.changed) == (("lensmeter-2",), ("balance",))
    assert (plan.report.unchanged, plan.report.kept) == (1, 12)
    assert plan.items["balance"].unit_minutes == 30
    assert plan.items["lensmeter-2"].notice == HALL.offer.catalogue.items["lensmeter"].notice


def test_english_headings_and_words_are_understood() -> None:
    keep = [
        "Id",
        "Name (Chinese)",
        "Field",
        "Section",
        "Service",
        "Regulations",
        "cycle (MONTHS)",
        "Kind",
        "Where",
    ]
    heads = [
        *keep,
        "Minutes a piece",
        "Most in an order",
        "Most in a slot",
        "Most a day",
        "For whom",
        "Fragile",
    ]
    row = [
        "new-one",
        "新器具",
        "Trade",
        "力学室",
        "Drop-off",
        "2026年1月1日起 JJG 1-2020",
        "first",
        "calibration",
    ]
    row += ["Vehicle lane", "１２.５", "1", "2", "3", "Resident,company", "yes"]
    plan = planned(sheets.write_csv(heads, [row]), HALL)
    assert plan.report.faults == ()
    made = plan.items["new-one"]
    assert (made.field, made.service, made.kind, made.mode) == (
        "trade",
        "submit",
        "calibration",
        "vehicle_lane",
    )
    assert (made.unit_minutes, made.cycle_months, made.fragile) == (12.5, None, True)
    assert made.for_whom == {"resident", "company"}
    assert made.regulation(date(2026, 1, 1)) == "JJG 1-2020"


def test_columns_left_out_stay_as_they_are() -> None:
    needed = [column for column in COLUMNS if column.needed]
    row = [row_of("balance")[COLUMNS.index(column)] for column in needed]
    plan = planned(sheets.write_csv([column.zh for column in needed], [row]), HALL)
    assert (plan.report.unchanged, plan.report.changed) == (1, ())


def test_a_changed_notice_is_the_next_version_and_a_version_is_never_given_twice() -> None:
    body = item_body(HALL.offer.catalogue.items["balance"])
    was = HALL.offer.catalogue.items["balance"]

    def noticed(text: str | None) -> ItemBody:
        return body.model_copy(
            update={
                "notice": ItemBody.model_validate(
                    body.model_dump() | {"notice": text and {"zh": text}}
                ).notice
            }
        )

    second = item_from(noticed("新的须知"), was)
    same = item_from(noticed("新的须知"), second)
    gone = item_from(noticed(None), same)
    again = item_from(noticed("又一个须知"), gone)
    assert [one.notice and one.notice.version for one in (was, second, same, gone, again)] == [
        1,
        2,
        2,
        None,
        3,
    ]
    assert item_from(noticed("新的须知"), item_from(noticed(None), was)).notice.version == 2  # type: ignore[union-attr]


def test_cells_that_a_spreadsheet_would_run_are_disarmed_in_a_csv() -> None:
    hall = with_item(
        item_body(HALL.offer.catalogue.items["balance"]).model_copy(update={"section": "=cmd|' /C calc'!A0"})
    )
    told = csv_of(exported(hall)).decode("utf-8-sig")
    assert ",'=cmd" in told
    assert ",=cmd" not in told


def test_formulas_are_text_in_a_workbook() -> None:
    hall = with_item(item_body(HALL.offer.catalogue.items["balance"]).model_copy(update={"section": "=1+1"}))
    book = load_workbook(io.BytesIO(xlsx_of(exported(hall))))
    place = HEADS.index("科室") + 1
    cells = [row[place - 1] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]


# What is wrong in a cell ------------------------------------------------------------------------


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
@pytest.mark.parametrize(
    ("head", "cell", "wrong"),
    [
        ("编号", "有 空格", "“有 空格”不能这样写"),
        ("编号", "", "没有填写"),
        ("名称", "", "没有填写"),
        ("名称", "长" * 33, "内容太长"),
        ("民生领域", "航天", "没有“航天”这个选项"),
        ("业务", "办证", "没有“办证”这个选项"),
        ("检定规程", "JJG 1036-2022", "“JJG 1036-2022”看不懂"),
        ("检定规程", "2026-02-30 JJG 1036-2022", "没有“2026-02-30”这一天"),
        ("检定规程", "2026-01-01", "“”看不懂"),
        ("检定规程", "2026-01-01 甲；2026-01-01 乙", "有两条从同一天开始"),
        ("检定规程", "1990-01-01 甲", "“1990-01-01”不在范围内"),
        ("检定周期（月）", "一年", "“一年”不是数字"),
        ("检定周期（月）", "0", "“0”不在范围内"),
        ("单件分钟", "十", "“十”不是数字"),
        ("单件分钟", "nan", "“nan”不是数字"),
        ("单件分钟", "0", "“0”不在范围内"),
        ("静置分钟", "1.5", "“1.5”不是数字"),
        ("每单上限", "10000", "“10000”不在范围内"),
        ("每时段上限", "99", "每时段上限大于每天上限"),
        ("性质", "免检", "没有“免检”这个选项"),
        ("办理方式", "网上", "没有“网上”这个选项"),
        ("可立等", "也许", "没有“也许”这个选项"),
        ("服务对象", "居民、外宾", "没有“外宾”这个选项"),
        ("附件", "| only English", "“”不能这样写"),
        ("送检须知", "长" * 201, "内容太长"),
        ("收费", "2026-01-01 很贵", "“很贵”看不懂"),
        ("收费", "2026-01-01 10元 101%", "“101”不在范围内"),
        ("承诺工作日", "2026-01-01 五天", "“五天”不是数字"),
        ("联系电话", "打给我", "“打给我”不能这样写"),
    ],
)
def test_what_is_wrong_in_a_cell_is_told_with_its_row_and_column(
    write: Write, head: str, cell: str, wrong: str
) -> None:
    found = faults(write([row_of("taximeter"), row_of("balance", **{head: cell})]))
    assert [(row, column, told) for row, column, told, _ in found] == [(3, head, wrong)]


def test_every_fault_of_a_sheet_is_told_at_once() -> None:
    rows = [row_of("balance", 单件分钟="十", 性质="免检"), row_of("taximeter", 每单上限="0")]
    assert [(row, column) for row, column, _, _ in faults(csv_of(rows))] == [
        (2, "性质"),
        (2, "单件分钟"),
        (3, "每单上限"),
    ]


def test_a_duplicate_names_the_row_it_repeats() -> None:
    found = faults(csv_of([row_of("balance"), row_of("taximeter"), row_of("balance", 单件分钟="9")]))
    assert found == [(4, "编号", "编号重复", "与第2行相同，每种器具只写一行。")]


def test_faults_beyond_a_hundred_are_counted() -> None:
    rows = [row_of("balance", 编号=f"n-{number}", 单件分钟="十") for number in range(130)]
    report = planned(csv_of(rows), HALL).report
    assert (len(report.faults), report.more_faults) == (100, 30)


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    rows = [row_of("balance"), [""] * len(HEADS), row_of("taximeter", 单件分钟="十")]
    assert [row for row, *_ in faults(csv_of(rows))] == [4]


# What is wrong with the headings ----------------------------------------------------------------


def test_a_missing_column_is_named() -> None:
    place = HEADS.index("检定规程")
    rows = [[cell for at, cell in enumerate(row_of("balance")) if at != place]]
    found = faults(sheets.write_csv([head for head in HEADS if head != "检定规程"], rows))
    assert [told[:3] for told in found] == [(1, "检定规程", "缺少这一列")]


def test_an_unknown_column_is_named_with_the_one_that_was_perhaps_meant() -> None:
    heads = [*HEADS, "检定规乘", "颜色"]
    found = faults(sheets.write_csv(heads, [[*row_of("balance"), "x", "红"]]))
    assert found[0] == (1, "检定规乘", "没有这一列", "是不是“检定规程”？不需要的列请删掉。")
    assert found[1] == (1, "颜色", "没有这一列", "请删掉这一列。")


def test_a_column_that_comes_twice_is_named() -> None:
    found = faults(sheets.write_csv([*HEADS, "编号"], [[*row_of("balance"), "x"]]))
    assert [told[:3] for told in found] == [(1, "编号", "这一列出现了两次")]


def test_a_cell_under_no_heading_is_told() -> None:
    found = faults(sheets.write_csv(HEADS, [[*row_of("balance"), "多"]]))
    assert [told[:3] for told in found] == [(2, str(len(HEADS) + 1), "这一列没有标题")]


# Files that are no sheets -----------------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def swapped(content: bytes, name: str, make: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part made anew."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts[name] = make(parts[name])
    return zipped(**parts)


def bomb() -> bytes:
    return swapped(
        xlsx_of([row_of("balance")]),
        "xl/worksheets/sheet1.xml",
        lambda part: part + b" " * (sheets.MOST_UNPACKED + 1),
    )


def encrypted_zip() -> bytes:
    content = bytearray(xlsx_of([row_of("balance")]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def wide_book() -> bytes:
    book = Workbook()
    book.active.append([f"列{number}" for number in range(80)])  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
BOOK = xlsx_of([row_of("balance")])


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        pytest.param(b"", "文件是空的", id="nothing"),
        pytest.param(b" \r\n ", "文件是空的", id="blank"),
        pytest.param(b"\xef\xbb\xbf", "文件是空的", id="only a mark"),
        pytest.param(b"hello", "这不是表格文件", id="a word"),
        pytest.param("你好\n世界\n".encode(), "这不是表格文件", id="a letter"),
        pytest.param(b"%PDF-1.7\n1,2\n", "这不是表格文件", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n,,", "这不是表格文件", id="png"),
        pytest.param(b"<html><table></table></html>", "这不是表格文件", id="html"),
        pytest.param(b'{"a\x00": 1, 2}', "这不是表格文件", id="nul"),
        pytest.param(csv_of([]), "只有表头，没有内容", id="headings only"),
        pytest.param(xlsx_of([]), "只有表头，没有内容", id="headings only, xlsx"),
        pytest.param("编号,名称\n".encode("utf-16"), "文字编码读不出来", id="utf-16"),
        pytest.param("编号,名称\n".encode() + b"\xff\xff,\xff\n", "文字编码读不出来", id="neither"),
        pytest.param("编号,名称\na,\x01\n".encode(), "文字编码读不出来", id="control signs"),
        pytest.param('编号,名称\na,"天平\n'.encode(), "引号没有配对，后面的内容读不出来", id="open quote"),
        pytest.param('编号,名称\na,"天"平\n'.encode(), "引号没有配对，后面的内容读不出来", id="torn quote"),
        pytest.param("编号,名称\n".encode() + b"a,b\n" * 2001, "行数太多", id="too many rows"),
        pytest.param(csv_of([row_of("balance", 送检须知="长" * 8001)]), "内容太长", id="too long a cell"),
        pytest.param(b"a," * 70 + b"b\n", "列数太多", id="too many columns"),
        pytest.param(wide_book(), "列数太多", id="too many columns, xlsx"),
        pytest.param(b"a,b\n" * (1 << 20) + b"a", "文件太大", id="too large"),
        pytest.param(sheets.OLE + b"\x00" * 500, "这是旧版 .xls 文件", id="xls"),
        pytest.param(sheets.OLE + sheets.ENCRYPTED, "文件加了密码", id="password"),
        pytest.param(encrypted_zip(), "文件加了密码", id="encrypted zip"),
        pytest.param(zipped(**{"a.csv": csv_of([])}), "这是压缩包，不是 .xlsx 表格", id="zip"),
        pytest.param(BOOK[: len(BOOK) // 2], "文件损坏，打不开", id="half a workbook"),
        pytest.param(b"PK\x03\x04" + b"x" * 300, "文件损坏，打不开", id="no zip inside"),
        pytest.param(
            swapped(BOOK, "xl/worksheets/sheet1.xml", lambda part: part[:-200]),
            "文件损坏，打不开",
            id="torn xml",
        ),
        pytest.param(
            swapped(BOOK, "xl/worksheets/sheet1.xml", lambda part: DOCTYPE + part),
            "文件损坏，打不开",
            id="entities",
        ),
        pytest.param(bomb(), "文件太大", id="zip bomb"),
    ],
)
def test_a_file_that_is_no_sheet_is_told_by_its_own_sentence(content: bytes, wrong: str) -> None:
    found = faults(content)
    assert [told for _, _, told, _ in found] == [wrong]


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_no_bytes_break_the_import(content: bytes) -> None:
    assert faults(content)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(BOOK) - 1), byte=st.integers(0, 255))
def test_a_damaged_workbook_is_told_or_reads_as_it_should(place: int, byte: int) -> None:
    content = BOOK[:place] + bytes([byte]) + BOOK[place + 1 :]
    plan = planned(content, HALL)
    assert plan.report.faults or plan.items["balance"].id == "balance"
