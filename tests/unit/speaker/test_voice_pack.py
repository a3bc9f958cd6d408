"""Voice packs: what they say, and what they say when they cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.speaker.chime import LENGTH, chime
from hardware.speaker.pack import PAUSES, VoicePack, split
from hardware.speaker.speech import MissingClip, PackBroken
from hardware.speaker.waves import Clip, join, read_wav, silence

RATE = 8000


def make_pack(folder: Path, zh: dict[str, float], en: dict[str, float], **more: Any) -> Path:
    """A pack whose clips last as many seconds as named."""
    clips: dict[str, dict[str, str]] = {"zh": {}, "en": {}}
    for language, lengths in (("zh", zh), ("en", en)):
        for number, (words, seconds) in enumerate(lengths.items()):
            name = f"{language}-{number}.wav"
            (folder / name).write_bytes(silence(RATE, seconds).wav())
            clips[language][words] = name
    manifest = {"version": 1, "rate": RATE, "gap": {"zh": 0, "en": 0}, "clips": clips, **more}
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder


def test_a_sentence_is_its_clips_one_after_another(tmp_path: Path) -> None:
    pack = VoicePack(make_pack(tmp_path, {"请": 0.5, "A": 0.25, "零": 0.25, "号": 1.0}, {}))
    assert pack.render("请A零零号", "zh").seconds == pytest.approx(2.25)


def test_the_longest_clip_that_fits_is_taken() -> None:
    assert split("请号窗口办理号", "zh", ("请", "号", "号窗口办理"), PAUSES) == ("请", "号窗口办理", "号")


def test_english_words_are_whole_and_their_case_does_not_matter() -> None:
    clips = ("ticket", "a", "please proceed to counter", "three")
    assert split("Ticket A, please proceed to counter three.", "en", clips, PAUSES) == (
        "ticket", "a", ",", "please proceed to counter", "three", ".",
    )  # fmt: skip
    with pytest.raises(MissingClip) as caught:
        split("tickets", "en", ("ticket",), PAUSES)
    assert caught.value.piece == "tickets"


def test_the_missing_piece_is_named(tmp_path: Path) -> None:
    pack = VoicePack(make_pack(tmp_path, {"请": 0.1, "号": 0.1}, {}))
    with pytest.raises(MissingClip) as caught:
        pack.render("请选择业务号", "zh")
    assert (caught.value.language, caught.value.piece) == ("zh", "选择业务")


def test_a_comma_is_a_pause(tmp_path: Path) -> None:
    pack = VoicePack(make_pack(tmp_path, {"请": 0.5}, {}, pauses={"，": 0.25}))
    assert pack.render("请，请", "zh").seconds == pytest.approx(1.25)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    make_pack(tmp_path, {"请": 0.5, "号": 0.5}, {})
    (tmp_path / "zh-1.wav").unlink()
    pack = VoicePack(tmp_path)
    assert pack.faults() == ("zh-1.wav is named in the manifest and is not there",)
    with pytest.raises(PackBroken, match=r"zh-1\.wav"):
        pack.render("号", "zh")


def test_a_clip_of_another_rate_and_a_file_that_is_no_sound_are_named(tmp_path: Path) -> None:
    make_pack(tmp_path, {"请": 0.5, "号": 0.5}, {})
    (tmp_path / "zh-0.wav").write_bytes(silence(44100, 0.1).wav())
    (tmp_path / "zh-1.wav").write_bytes(b"no sound")
    first, second = VoicePack(tmp_path).faults()
    assert "44100" in first
    assert "zh-1.wav" in second


def test_a_clip_outside_the_pack_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (tmp_path / "other.wav").write_bytes(silence(RATE, 0.1).wav())
    make_pack(folder, {}, {})
    manifest = {"version": 1, "rate": RATE, "clips": {"zh": {"请": "../other.wav"}}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(PackBroken, match="outside"):
        VoicePack(folder).render("请", "zh")


@pytest.mark.parametrize("text", ["", "{}", '{"version": 9, "rate": 8000, "clips": {}}', '{"version": 1}'])
def test_a_manifest_that_cannot_be_used_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(PackBroken):
        VoicePack(tmp_path)


def test_no_pack_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PackBroken, match="make setup"):
        VoicePack(tmp_path / "absent")


def test_the_chime_is_soft_about_a_second_long_and_always_the_same() -> None:
    sound = chime(22050)
    assert sound == chime(22050)
    assert sound.seconds == pytest.approx(LENGTH, abs=0.01)
    peak = max(
        abs(int.from_bytes(sound.pcm[i : i + 2], "little", signed=True)) for i in range(0, len(sound.pcm), 2)
    )
    assert 6000 < peak < 24000
    assert sound.pcm[-2:] == b"\0\0"


@given(st.lists(st.binary(max_size=40).map(lambda raw: raw[: len(raw) // 2 * 2]), max_size=6))
def test_joining_and_writing_lose_nothing(pieces: list[bytes]) -> None:
    sound = join(RATE, [Clip(RATE, piece) for piece in pieces])
    assert sound.pcm == b"".join(pieces)
    assert read_wav(sound.wav()) == sound


def test_clips_of_two_rates_do_not_join() -> None:
    with pytest.raises(ValueError, match="44100"):
        join(RATE, [silence(44100, 0.1)])
