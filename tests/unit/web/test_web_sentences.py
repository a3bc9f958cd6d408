"""What the pages say: everything in both languages, nothing unsaid, nothing that no page says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from server.protocol.language import catalogue
from server.protocol.views import TicketView, WaitRange
from server.protocol.words import PRIORITIES, TicketState
from server.web import follow, sentences
from server.web.account_words import PAIRING
from server.web.collect_words import COLLECT
from server.web.desk import onward
from server.web.health_words import BADGE, HEALTH, TODAY
from server.web.lease_words import LEASES
from server.web.look import STATIC, token_values, written_out
from server.web.public import ticket_key, wait_key
from server.web.render import policy

PAGES: dict[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "index": (sentences.INDEX, ("index.js", "base.js")),
    "ticket": (sentences.TICKET, ("ticket.js", "base.js")),
    "board": (sentences.BOARD | sentences.BOARD_OTHER, ("board.js", "base.js")),
    "counter": (sentences.COUNTER, ("counter.js",)),
    "choose": (sentences.CHOOSE | sentences.TROUBLE, ("choose.js", "api.js")),
    "desk": (sentences.DESK | sentences.TROUBLE, ("desk.js", "base.js", "api.js")),
    "case": (follow.SAYS, ("follow.js",)),
    "pickup": (COLLECT, ("collect.js", "api.js")),
    "manage": (
        sentences.MANAGE | sentences.TROUBLE | PAIRING | LEASES,
        ("manage.js", "manage_pairing.js", "manage_leases.js", "forms.js", "api.js"),
    ),
    "today": (
        sentences.MANAGE | sentences.TROUBLE | PAIRING | BADGE | TODAY,
        ("manage.js", "manage_today.js", "forms.js", "api.js"),
    ),
    "health": (sentences.MANAGE | sentences.TROUBLE | BADGE | HEALTH, ("manage_health.js", "api.js")),
}
SAID = re.compile(r"""\bsay\(\s*["']([a-z_0-9]+)["']\s*[,)]""")
PLACE = re.compile(r"\{([a-z_]+)\}")


def script(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_script_says_only_what_its_page_brings(page: str) -> None:
    known, scripts = PAGES[page]
    said = {key for name in scripts for key in SAID.findall(script(name))}
    assert said
    assert said - known.keys() == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_sentence_has_its_english_with_the_same_places(page: str) -> None:
    english = catalogue("web", "en")
    for sentence in set(PAGES[page][0].values()) - set(sentences.BOARD_OTHER.values()):
        assert english(sentence) != sentence, sentence
        assert set(PLACE.findall(english(sentence))) == set(PLACE.findall(sentence))


def test_every_state_of_a_ticket_has_its_title_and_its_word_of_advice() -> None:
    for state in (*get_args(TicketState), "next"):
        assert sentences.TICKET[f"title_{state}"]
        assert sentences.TICKET[f"say_{state}"]


def test_every_priority_but_the_ordinary_has_its_name_at_the_desk() -> None:
    assert {f"priority_{one}" for one in PRIORITIES if one != "ordinary"} <= sentences.DESK.keys()


@pytest.mark.parametrize(
    ("low", "high", "key"),
    [(0, 0, "wait_none"), (5, 5, "wait_one"), (0, 5, "wait_within"), (10, 15, "wait_range")],
)
def test_a_wait_is_said_as_people_say_it(low: int, high: int, key: str) -> None:
    assert wait_key(WaitRange(low=low, high=high)) == key
    assert key in sentences.WAIT
    assert key in sentences.BOARD


def test_a_ticket_with_nobody_ahead_is_next_only_while_it_waits() -> None:
    def ticket(state: str, ahead: int) -> TicketView:
        return TicketView.model_construct(state=state, ahead=ahead)

    assert ticket_key(ticket("waiting", 0)) == "next"
    assert ticket_key(ticket("waiting", 1)) == "waiting"
    assert ticket_key(ticket("called", 0)) == "called"


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "//evil.example",
        "https://evil.example/desk",
        "/desk/../../x",
        "/api/v1/x",
        "/desk\n",
        "/deskx",
    ],
)
def test_signing_in_leads_to_pages_of_ours_only(wanted: str | None) -> None:
    assert onward(wanted) == "/desk"


@pytest.mark.parametrize("wanted", ["/desk", "/desk/main/1", "/manage/staff"])
def test_signing_in_leads_back(wanted: str) -> None:
    assert onward(wanted) == wanted


@pytest.mark.parametrize("host", ["hall.example:8600", "127.0.0.1"])
def test_the_policy_allows_nothing_from_elsewhere_but_the_hosts_own_link(host: str) -> None:
    assert policy(host).count("ws://") == 1
    assert f"ws://{host} " in policy(host)
    assert "unsafe" not in policy(host)


@pytest.mark.parametrize("host", ["a; script-src *", "a b", "", "a:1;b", "x" + chr(10)])
def test_a_strange_host_gets_no_place_in_the_policy(host: str) -> None:
    assert "ws://" not in policy(host)


@pytest.mark.parametrize("sheet", ["board.css", "counter.css"])
def test_television_browsers_meet_no_variables(sheet: str) -> None:
    assert "var(" not in written_out((STATIC / sheet).read_text(encoding="utf-8"))


@pytest.mark.parametrize("sheet", sorted(path.name for path in Path(STATIC).glob("*.css")))
def test_every_colour_that_a_sheet_names_is_a_token(sheet: str) -> None:
    named = set(re.findall(r"var\(--(colour-[a-z-]+)", script(sheet)))
    assert named - token_values().keys() == set()


@pytest.mark.parametrize(
    "name", ["base.js", "live.js", "board.js", "counter.js", "announcer.js", "ticket.js"]
)
def test_scripts_for_televisions_and_in_app_browsers_stay_with_the_old_language(name: str) -> None:
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", script(name), flags=re.S)
    assert not re.findall(r"=>|`|\bconst\b|\blet\b|\basync\b|\bclass\b", text)
