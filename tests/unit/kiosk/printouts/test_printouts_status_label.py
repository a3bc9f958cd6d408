"""Status labels for printers that have black alone."""

from __future__ import annotations

from datetime import date

import pytest
import zxingcpp
from PIL import Image, ImageChops

from kiosk.printouts.status_label import State, StatusLabel, compose_status_label, status_label_of
from server.protocol import codes
from server.protocol.certificates import StatusLabelView
from server.protocol.views import Text

SAMPLE, PIECE = codes.code_of("S", 7919 * 10**9), codes.code_of("E", 104729 * 10**9)
STATES: tuple[State, ...] = ("good", "limited", "stopped")


def label(state: State = "good", **other: object) -> StatusLabel:
    facts: dict[str, object] = {
        "state": state,
        "code": SAMPLE,
        "name": "焦度计",
        "number": "JD2026-00042",
        "institution": "示例市计量测试检定所",
        "url": f"https://hall.example.gov.cn/again/{SAMPLE}",
        "on": date(2026, 11, 20),
        "until": date(2027, 11, 19),
    }
    return StatusLabel(**facts | other)  # type: ignore[arg-type]


def drawn(one: StatusLabel) -> Image.Image:
    return compose_status_label(one).image.convert("L")


@pytest.mark.parametrize("state", STATES)
def test_a_label_is_50_by_30_mm_and_its_code_reads_back(state: State) -> None:
    one = label(state)
    image = drawn(one)
    assert image.size == (400, 240)
    # The fine band around a label is no quiet zone: a phone sees the label on something white.
    paper = Image.new("L", (480, 320), 255)
    paper.paste(image, (40, 40))
    large = paper.resize((1440, 960), Image.Resampling.NEAREST)
    assert one.url in [code.text for code in zxingcpp.read_barcodes(large)]


def test_the_three_states_differ_in_their_frames_too_not_in_words_alone() -> None:
    edges = [drawn(label(state)).crop((0, 0, 400, 14)) for state in STATES]
    for first, second in ((0, 1), (1, 2), (0, 2)):
        differing = sum(ImageChops.difference(edges[first], edges[second]).histogram()[1:])
        assert differing > 400, (STATES[first], STATES[second])


@pytest.mark.parametrize(
    "hard",
    [
        {"name": "红外耳温计与非接触式额温计组合型电子测温仪器标准器" * 2},
        {"institution": "某" * 60},
        {"number": "LQ-OPT-" + "0123456789" * 4},
        {"url": "https://a-very-long-name-of-a-hall.metrology.example.gov.cn/again/" + SAMPLE},
        {"on": None, "until": None},
    ],
    ids=lambda hard: ",".join(hard),
)
def test_what_is_long_or_missing_breaks_nothing(hard: dict[str, object]) -> None:
    image = drawn(label(**hard))
    assert image.size == (400, 240)
    frame = drawn(label()).crop((0, 236, 400, 240))
    assert image.crop((0, 236, 400, 240)).tobytes() == frame.tobytes()


def test_a_label_carries_a_samples_or_a_pieces_code_only() -> None:
    assert label(code=PIECE).code == PIECE
    for wrong in ("", "S123", codes.code_of("Z", 1), "hello"):
        with pytest.raises(ValueError, match="status label"):
            label(code=wrong)


def test_it_says_what_the_server_says() -> None:
    view = StatusLabelView(
        kind="equipment",
        code=PIECE,
        state="limited",
        word=Text(zh="准用", en="Limited use"),
        why=None,
        name=Text(zh="标准镜片", en="Lenses"),
        number="LQ-OPT-001",
        on=None,
        until=date(2027, 3, 1),
        hall="main",
        institution=Text(zh="示例所", en=""),
        url=f"https://hall.example/check/{PIECE}",
    )
    one = status_label_of(view)
    assert (one.state, one.code, one.name, one.until) == ("limited", PIECE, "标准镜片", date(2027, 3, 1))
