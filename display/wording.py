"""What the voice says, in words that a voice pack has clips for: digits one by one, counters as numbers."""

from __future__ import annotations

from server.protocol.language import both
from server.protocol.views import Call
from server.protocol.words import Language

HAN = "零一二三四五六七八九"
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spelled(number: str, language: Language) -> str:
    """A ticket's number sign by sign: A012 is ``A零一二`` or ``A zero one two``; others are left out."""
    digits = HAN if language == "zh" else ENGLISH
    signs = [digits[int(sign)] if sign in "0123456789" else sign.upper() for sign in number if _is_said(sign)]
    return "".join(signs) if language == "zh" else " ".join(signs)


def counted(counter: str, language: Language) -> str:
    """A counter's name as it is counted: 12 is ``十二`` or ``twelve``; with letters in it, sign by sign."""
    if not (counter.isascii() and counter.isdigit()) or not 0 < int(counter) < 1000:
        return spelled(counter, language)
    return _han(int(counter)) if language == "zh" else _english(int(counter))


def call_sentence(call: Call) -> str:
    """What is said of ``call``, in its ticket's language, once."""
    return both(
        "display",
        "请{number}号到{counter}号窗口办理",
        number=spelled(call.number, call.language),
        counter=counted(call.counter, call.language),
    ).in_(call.language)


def _is_said(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _han(value: int) -> str:
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    words = f"{HAN[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else HAN[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (HAN[ones] if ones else "")


def _english(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    words = [f"{ENGLISH[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        words += [TENS[rest // 10]] + ([ENGLISH[rest % 10]] if rest % 10 else [])
    elif rest >= 10:
        words.append(TEENS[rest - 10])
    elif rest:
        words.append(ENGLISH[rest])
    return " ".join(words)
