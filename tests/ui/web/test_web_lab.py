"""The lab's people work by scanner and large fields: from the label to the last signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.integration.server.benches import GOOD, STANDARD, Bench
from tests.servers import ServerThread

from .conftest import Visit

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = ("", "/sign", "/questions", "/equipment", "/climate", "/people")


@pytest.fixture
def bench(hall: ServerThread) -> Bench:
    return Bench(hall)


def signed_in(visit: Visit, bench: Bench, user: str = "verifier1", width: int = 1280, **other: Any) -> Page:
    page = visit(width, 900, **other)
    token = bench.stage.as_(user)
    page.context.add_cookies([{"name": "liqu_session", "value": token, "url": bench.hall.url}])
    return page


def go(page: Page, bench: Bench, path: str = "", language: str = "zh") -> None:
    page.goto(f"{bench.hall.url}/lab{path}?lang={language}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")


def scan(page: Page, code: str) -> None:
    """As a wedge scanner does: it types where the cursor is, and ends with Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def fill(page: Page, **other: str) -> None:
    """The lensmeter's form, good but for what ``other`` says."""
    values = GOOD | other
    labels = {
        "m10": "球镜度 −10 m⁻¹ 示值误差",
        "m5": "球镜度 −5 m⁻¹ 示值误差",
        "p5": "球镜度 +5 m⁻¹ 示值误差",
        "p10": "球镜度 +10 m⁻¹ 示值误差",
        "prism": "棱镜度 5 cm/m 示值误差",
    }
    for id, label in labels.items():
        page.get_by_label(label, exact=True).fill(values[id])
    page.get_by_role("radiogroup", name="柱镜轴位和打印点").get_by_label(values["axis"], exact=True).check()


def test_lab_people_come_in_at_the_bench(visit: Visit, bench: Bench) -> None:
    page = visit(1280, 900)
    page.goto(f"{bench.hall.url}/sign-in?lang=zh")
    page.fill("#user", "verifier1")
    page.fill("#password", bench.hall.credentials["users"]["verifier1"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{bench.hall.url}/lab")
    expect(page.get_by_role("heading", name="检定台")).to_be_visible()


def test_from_the_label_to_the_last_signature_by_scanner(visit: Visit, bench: Bench) -> None:
    code = bench.received()[0]
    standard = bench.do("GET", f"/equipment/{STANDARD}")["code"]
    page = signed_in(visit, bench)
    go(page, bench)
    expect(page.locator(".lab-row")).to_have_count(2)
    scan(page, code)
    expect(page.locator(".case-number")).to_have_text(code)
    expect(page.get_by_role("button", name="现在开始检定")).to_be_visible()
    scan(page, code)
    expect(page.locator("#said")).to_have_text("已开始检定")
    fill(page)
    # The scanner is fired while the cursor is anywhere: what is scanned goes to the scanner's field.
    page.locator("h1").click()
    page.get_by_label("扫描标准器；再扫一次样品标签，就签字").focus()
    scan(page, standard)
    expect(page.locator(".lab-standards")).to_contain_text("BZ-001 顶焦度标准镜片组")
    expect(page.locator(".lab-proposed")).to_have_text("按结果建议：合格")
    scan(page, code)
    expect(page.locator(".scan .problem")).to_contain_text("还没有环境记录")
    page.get_by_role("button", name="记录环境").click()
    page.get_by_label("温度（℃）").fill("20.5")
    page.get_by_label("湿度（%RH）").fill("48")
    page.keyboard.press("Enter")
    expect(page.locator(".lab-room")).to_contain_text("20.5 ℃ · 48 %RH")
    page.get_by_role("button", name="检定员签字").click()
    expect(page.locator("#said")).to_have_text("已签字，等核验")
    for user, button, told in (
        ("reviewer1", "核验签字", "已核验，等批准"),
        ("approver1", "批准签字", "已批准，证书正在制作"),
    ):
        other = signed_in(visit, bench, user)
        go(other, bench)
        other.get_by_role("link", name="1 份结果等您签字").click()
        other.get_by_role("link", name="焦度计").click()
        other.get_by_role("button", name=button).click()
        expect(other.locator("#said")).to_have_text(told)
    signed = other.locator(".lab-result")
    for name in ("一号检定员", "一号核验员", "一号批准人"):
        expect(signed).to_contain_text(name)


def test_a_value_out_of_its_limits_is_seen_at_once_and_fails_the_piece(visit: Visit, bench: Bench) -> None:
    code = bench.testing()
    bench.air()
    page = signed_in(visit, bench)
    go(page, bench, f"/sample/{code}")
    fill(page, m10="−0.10")
    expect(page.locator(".lab-verdict").first).to_have_text("✗ 超限")
    expect(page.locator(".lab-proposed")).to_have_text("按结果建议：不合格")
    expect(page.get_by_role("radiogroup", name="结论").get_by_label("合格", exact=True)).to_be_disabled()
    page.get_by_label("选标准器").select_option(label="BZ-001 顶焦度标准镜片组")
    page.get_by_role("button", name="检定员签字").click()
    expect(page.locator("#said")).to_have_text("已签字，等核验")
    assert bench.do("GET", f"/samples/{code}")["results"][0]["conclusion"] == "unqualified"


def test_a_forgotten_field_is_named_and_gets_the_cursor(visit: Visit, bench: Bench) -> None:
    code = bench.testing()
    page = signed_in(visit, bench)
    go(page, bench, f"/sample/{code}")
    page.get_by_role("button", name="检定员签字").click()
    expect(page.locator("#problem")).to_contain_text("请填写：球镜度 −10 m⁻¹ 示值误差")
    expect(page.get_by_label("球镜度 −10 m⁻¹ 示值误差", exact=True)).to_be_focused()


def test_a_fault_is_asked_answered_on_the_phone_and_acted_on(visit: Visit, bench: Bench) -> None:
    code = bench.testing()
    page = signed_in(visit, bench)
    go(page, bench, f"/sample/{code}")
    page.get_by_role("button", name="发现故障").click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("故障现象").fill("示值不稳")
    drawer.get_by_role("button", name="通知客户").click()
    question = page.locator(".lab-question")
    expect(question).to_contain_text("等客户答复")
    expect(page.locator(".told.warn")).to_contain_text("客户答复之前不能继续检定")
    expect(page.get_by_role("button", name="检定员签字")).to_have_count(0)
    question.get_by_role("button", name="记下电话答复").click()
    drawer.get_by_label("客户答复").select_option("repair_and_retest")
    drawer.get_by_role("button", name="保存").click()
    question.get_by_role("button", name="按答复处理").click()
    expect(page.get_by_role("button", name="检定员签字")).to_be_visible()


def test_a_scan_of_a_device_shows_its_state_and_a_bad_check_takes_it_out(visit: Visit, bench: Bench) -> None:
    code = bench.do("GET", f"/equipment/{STANDARD}")["code"]
    page = signed_in(visit, bench)
    go(page, bench, "/equipment")
    scan(page, code)
    drawer = page.locator("#drawer")
    expect(drawer.locator(".lab-label")).to_have_text("合格")
    drawer.get_by_role("button", name="登记核查").click()
    drawer.get_by_label("状态").select_option("no")
    drawer.get_by_label("备注").fill("漂移")
    drawer.get_by_role("button", name="保存").click()
    expect(page.locator("#said")).to_have_text("核查已登记")
    row = page.locator("tr", has_text=STANDARD)
    expect(row.locator(".lab-label")).to_have_text("停用")


def test_a_manager_enters_a_training_that_lapses(visit: Visit, bench: Bench) -> None:
    page = signed_in(visit, bench, "manager")
    go(page, bench, "/people")
    page.get_by_role("button", name="登记资格或培训").click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("人员").select_option("verifier2")
    drawer.get_by_label("类别").select_option("training")
    drawer.get_by_label("名称").fill("操作培训")
    drawer.get_by_label("从哪天起").fill("2025-12-01")
    drawer.get_by_label("有效期至").fill("2026-12-01")
    drawer.get_by_role("button", name="保存").click()
    expect(page.locator(".lab-lapses")).to_contain_text("二号检定员 · 培训")


def test_a_manager_changes_a_limit_of_the_form_and_the_rest_stays(visit: Visit, bench: Bench) -> None:
    page = signed_in(visit, bench, "manager")
    page.goto(f"{bench.hall.url}/manage/catalogue?lang=zh")
    before = item(bench)
    page.get_by_role("button", name="修改 焦度计").click()
    form = page.get_by_role("group", name="结果单")
    form.get_by_label("上限").first.fill("0.05")
    page.get_by_label("温度到（℃）").fill("28")
    page.click("#sheet-save")
    expect(page.locator("#said")).to_have_text("已保存")
    after = item(bench)
    assert after["readings"][0].pop("high") == "0.05"
    assert before["readings"][0].pop("high") == "0.09"
    assert after.pop("climate")["celsius"] == [15, 28]
    assert before.pop("climate")["celsius"] == [15, 30]
    assert after == before


def item(bench: Bench) -> Any:
    """The lensmeter as the manager has set it."""
    found = bench.stage.do("GET", "/halls/main/offer/items", user="manager")
    return next(one for one in found if one["id"] == "lensmeter")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_and_nothing_sticks_out_on_a_phone(
    visit: Visit, bench: Bench, axe: Axe, language: str
) -> None:
    held, _ = bench.held()
    testing = bench.testing()
    resting = bench.received(item="sphygmomanometer", pieces=1)[0]
    bench.do("POST", f"/samples/{resting}/rest")
    bench.tested()
    number = bench.do("GET", f"/samples/{held}")["row"]["order"]
    pieces = [f"/sample/{code}" for code in (held, testing, resting)]
    page = signed_in(visit, bench, "manager", bypass_csp=True)
    phone = signed_in(visit, bench, "reviewer1", 390)
    found: dict[str, Any] = {}
    for path in (*PAGES, *pieces, f"/order/{number}"):
        go(page, bench, path, language)
        found[path] = axe(page)
        go(phone, bench, path, language)
        if phone.evaluate(SIDEWAYS):
            found[path] = [*found[path], "it sticks out on a phone"]
    assert found == {path: [] for path in found}
