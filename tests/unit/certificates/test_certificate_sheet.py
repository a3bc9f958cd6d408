"""What stands on a certificate, read back from its file as anybody could."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from server.certificates.typeset import Typesetter, pages_of
from server.domain.certificates import Sheet

from .certificate_samples import CODE, ENGLISH, LONG, URL, sheet


@cache
def typesetter() -> Typesetter:
    return Typesetter()


def made(tmp_path: Path, one: Sheet, *, specimen: bool = False) -> Path:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(typesetter().set(one, specimen=specimen))
    return path


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def words(path: Path) -> str:
    """All that stands on it, without spaces, for what is set apart reads apart."""
    return re.sub(r"\s+", "", run("pdftotext", "-raw", path, "-"))


def picture(path: Path, page: int, dots: int = 150) -> Image.Image:
    run(
        "pdftoppm",
        "-r",
        str(dots),
        "-f",
        str(page),
        "-l",
        str(page),
        "-png",
        "-singlefile",
        path,
        path.with_suffix(""),
    )
    return Image.open(path.with_suffix(".png"))


def test_every_field_of_the_trade_stands_on_it(tmp_path: Path) -> None:
    text = words(made(tmp_path, sheet()))
    for said in (
        "示例市计量测试检定所",
        "ExampleCityInstituteofMetrology",
        "检定证书",
        "VERIFICATIONCERTIFICATE",
        "证书编号：JD2026-00042",
        "明亮眼镜店",
        "焦度计",
        "Focimeter",
        "JDY-5",
        "20240117",
        "某某光学仪器有限公司",
        "JJG580-2005",
        "合格",
        "批准丙",
        "核验乙",
        "检定甲",
        "2026年11月20日",
        "2027年11月19日",
        "21.3°C",
        "48%",
        "光学实验室302",
        "LQ-OPT-001",
        "GX2026-00123",
        "2027-03-01",
        "(示)法计(2024)00000号",
        "第1页共2页",
        "第2页共2页",
        "以下空白",
        "本证书未经授权部分复制无效",
        "外壳有一处划痕",
        CODE,
    ):
        assert said in text, said
    assert "样张" not in text


def test_a_notice_of_failure_has_no_last_valid_day_and_names_what_failed(tmp_path: Path) -> None:
    text = words(made(tmp_path, sheet("unqualified", "JT2026-00003")))
    assert "检定结果通知书" in text
    assert "不合格项目：顶焦度示值误差（第2点）" in text
    assert "2027年" not in text


def test_a_calibration_says_neither_verdict_nor_interval(tmp_path: Path) -> None:
    text = words(made(tmp_path, sheet("calibrated", "JZ2026-00009")))
    assert "校准证书" in text
    assert "校准日期" in text
    for none in ("结论", "合格", "符合", "2027年", "建议复校"):
        assert none not in text, none


@pytest.mark.parametrize("one", [LONG, ENGLISH], ids=["forty rows", "English client"])
def test_what_is_long_goes_on_over_pages_and_loses_nothing(tmp_path: Path, one: Sheet) -> None:
    path = made(tmp_path, one)
    text = words(path)
    pages = pages_of(path.read_bytes())
    assert f"第{pages}页共{pages}页" in text
    assert "以下空白" in text
    rows = len(one.content.values)
    assert f"第{rows}点" in text
    assert re.sub(r"\s+", "", one.content.client) in text
    # Each page is whole: it names its certificate.
    assert text.count(one.number) >= pages


def test_the_qr_code_leads_to_the_check_of_this_certificate(tmp_path: Path) -> None:
    codes = zxingcpp.read_barcodes(picture(made(tmp_path, sheet()), 1))
    assert [code.text for code in codes] == [URL]


def test_an_unsigned_one_says_so_across_every_page(tmp_path: Path) -> None:
    path = made(tmp_path, LONG, specimen=True)
    pages = pages_of(path.read_bytes())
    assert pages >= 4
    for page in range(1, pages + 1):
        text = run("pdftotext", "-raw", "-f", str(page), "-l", str(page), path, "-")
        # Set aslant: each sign of it is read by itself.
        assert {"样", "张"} <= set(text), page
        colours = picture(path, page, 40).convert("RGB").getcolors(1 << 20) or []
        red = sum(count for count, (r, g, b) in colours if r > g + 20 and r > b + 20)
        assert red > 2000, page
    assert "数字签名" not in words(path)


def test_it_is_pdf_a_2b_with_every_font_inside(tmp_path: Path) -> None:
    path = made(tmp_path, sheet())
    told = run("pdfinfo", "-meta", path)
    assert re.search(r"pdfaid:part[>=\"]+2", told)
    assert re.search(r"pdfaid:conformance[>=\"]+B", told)
    fonts = run("pdffonts", path).splitlines()[2:]
    assert fonts
    # Columns from the right: object and generation, unicode, subset, embedded.
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts), fonts
    assert b"/OutputIntents" in path.read_bytes()


def test_the_same_certificate_is_the_same_file_to_the_byte() -> None:
    assert typesetter().set(sheet(), specimen=False) == Typesetter().set(sheet(), specimen=False)


@pytest.mark.parametrize(
    "name",
    [
        "𠮷祥眼镜店",
        "😀眼镜店",
        "บริษัทแว่นตา",
        "한국안경",
        "ab\ufffec",
        "".join(map(chr, range(0x1F600, 0x1F640))),
    ],
)
def test_a_sign_that_no_font_has_keeps_no_certificate_from_being_made(tmp_path: Path, name: str) -> None:
    assert "〓" in words(made(tmp_path, sheet(client=name, remark=name)))


def test_what_looks_like_markup_is_printed_as_it_was_written(tmp_path: Path) -> None:
    said = "#panic(x) $x^2$ [*a*] @b <c> = e // f"
    assert re.sub(r"\s+", "", said) in words(made(tmp_path, sheet(remark=said)))
