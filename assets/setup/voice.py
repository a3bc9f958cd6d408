"""Makes the shipped voice pack with espeak-ng: ``python assets/setup/voice.py [FOLDER]``.

The folder is assets/voice if none is named. The same sounds every time, and quick: a pack made by this
recipe is left as it is. A pack of recordings (its manifest has no ``recipe``) is never touched: a hall
puts its own folder in place and keeps it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hardware.speaker.chime import chime
from hardware.speaker.espeak import speak
from hardware.speaker.waves import Clip

RATE = 22050
CHINESE = ("-v", "cmn-latn-pinyin+f2", "-s", "185", "-p", "40", "-a", "90")
ENGLISH = ("-v", "en-gb+f2", "-s", "160", "-p", "40", "-a", "90")
QUIET = 260
"""Samples below this (of 32767) at either end are cut away."""
EDGE = 0.012
"""Seconds kept around the sound, faded so that joins do not click."""
PEAK = 24000
TIMING = {"gap": {"zh": 0.01, "en": 0.05}, "between": 0.6, "pauses": {"，": 0.18, ",": 0.18}}
"""Seconds between clips, between two sayings, and at a comma."""

PINYIN = {
    "零": "ling2", "一": "yi1", "二": "er4", "三": "san1", "四": "si4", "五": "wu3", "六": "liu4",
    "七": "qi1", "八": "ba1", "九": "jiu3", "十": "shi2", "百": "bai3",
    "请": "qing3", "号": "hao4", "到": "dao4", "号到": "hao4 dao4", "号窗口办理": "hao4 chuang1kou3 ban4li3",
    "窗口办理": "chuang1kou3 ban4li3",
}  # fmt: skip
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ENGLISH_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred"
).split()
PHRASES = ("ticket", "please proceed to counter")


def recipe() -> dict[str, dict[str, tuple[str, tuple[str, ...]]]]:
    """By language and words: what espeak-ng is given, and in which voice."""
    letters = {letter: (f"{letter}.", ENGLISH) for letter in LETTERS}
    return {
        "zh": {words: (pinyin, CHINESE) for words, pinyin in PINYIN.items()} | letters,
        "en": {words: (words, ENGLISH) for words in (*ENGLISH_WORDS, *PHRASES)} | letters,
    }


def trim(clip: Clip) -> Clip:
    """The sound without the silence around it, its peak brought to one level, its ends faded."""
    samples = array("h", clip.pcm)
    loud = [index for index, sample in enumerate(samples) if abs(sample) > QUIET]
    edge = round(EDGE * clip.rate)
    kept = samples[max(0, loud[0] - edge) : loud[-1] + edge]
    gain = PEAK / max(abs(sample) for sample in kept)
    count = len(kept)
    faded = (
        round(sample * gain * min(1.0, index / edge, (count - 1 - index) / edge))
        for index, sample in enumerate(kept)
    )
    return Clip(clip.rate, array("h", faded).tobytes())


def file_name(language: str, words: str) -> str:
    spelled = PINYIN.get(words, words) if language == "zh" else words
    return f"{language}/{spelled.replace(' ', '-')}.wav"


def stamp(program: str) -> str:
    """Changes when the recipe, this file's treatment of the sound or espeak-ng's version does."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    told = json.dumps(
        [recipe(), RATE, QUIET, EDGE, PEAK, TIMING, version.split("Data at")[0]], ensure_ascii=False
    )
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def is_ready(folder: Path, wanted: str) -> bool:
    """Whether ``folder`` holds this very pack whole, or a pack of recordings."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    if "recipe" not in manifest:
        return True
    names = [name for clips in manifest["clips"].values() for name in clips.values()]
    return manifest["recipe"] == wanted and all(
        (folder / name).is_file() for name in [*names, manifest["chime"]]
    )


def make(folder: Path, program: str, made_by: str) -> int:
    """Makes the pack beside ``folder`` and moves it into place whole; answers how many clips it has."""
    wanted = [
        (language, words, told, voice)
        for language, clips in recipe().items()
        for words, (told, voice) in clips.items()
    ]
    with ThreadPoolExecutor(4) as pool:
        sounds = list(pool.map(lambda clip: trim(speak(program, clip[2], clip[3])), wanted))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".voice-") as scratch:
        new = Path(scratch) / "voice"
        clips: dict[str, dict[str, str]] = {}
        for (language, words, _, _), sound in zip(wanted, sounds, strict=True):
            name = file_name(language, words)
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(sound.wav())
            clips.setdefault(language, {})[words] = name
        (new / "chime.wav").write_bytes(chime(RATE).wav())
        manifest = {
            "version": 1,
            "name": "espeak-ng",
            "recipe": made_by,
            "rate": RATE,
            "chime": "chime.wav",
            **TIMING,
            "clips": clips,
        }
        (new / "manifest.json").write_text(
            json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    return len(wanted)


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "voice"
    program = shutil.which("espeak-ng")
    if program is None:
        print("espeak-ng is not installed: apt-get install espeak-ng", file=sys.stderr)
        return 1
    made_by = stamp(program)
    if is_ready(folder, made_by):
        print(f"voice pack: ready at {folder}")
        return 0
    print(f"voice pack: {make(folder, program, made_by)} clips made at {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
