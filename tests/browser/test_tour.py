"""The story of the first day, in a real browser: one side works, the other side sees it, the office prepares a meeting."""

import re

from playwright.sync_api import expect

AGREEMENT = "/jiashan-xiuzhou"


def test_a_milestone_moved_from_the_board_is_seen_by_the_other_sides_leader(visit):
    staff = visit("jiashan.transport")
    staff.goto(f"{AGREEMENT}/domains/2/")
    card = staff.locator(".taskcard", has=staff.locator(".number", has_text=re.compile(r"^2\.3$")))
    card.locator(".taskcard-title a").click()
    drawer = staff.locator("#drawer-body")
    form = drawer.locator("form:has([name=percent])").first
    form.locator("[name=percent]").fill("60")
    form.locator("button").first.click()
    expect(drawer).to_contain_text("60")
    leader = visit("xiuzhou.leader")
    leader.goto(f"{AGREEMENT}/")
    expect(leader.locator("main")).to_contain_text("2.3")
    leader.goto(f"{AGREEMENT}/tasks/2.3/")
    expect(leader.locator("main")).to_contain_text("60")


def test_the_same_works_without_javascript(visit):
    staff = visit("xiuzhou.transport", javascript=False)
    staff.goto(f"{AGREEMENT}/domains/2/")
    staff.locator(".taskcard", has=staff.locator(".number", has_text=re.compile(r"^2\.3$"))).locator(
        ".taskcard-title a"
    ).click()
    expect(staff).to_have_url(re.compile(r"/tasks/2\.3/$"))
    form = staff.locator("form:has([name=percent])").first
    form.locator("[name=percent]").fill("71")
    form.locator("button").first.click()
    expect(staff.locator("main")).to_contain_text("71")


def test_a_board_on_a_second_screen_shows_the_change(visit):
    screen = visit("xiuzhou.leader")
    screen.goto(f"{AGREEMENT}/domains/2/")
    before = screen.locator("#board").inner_html()
    staff = visit("jiashan.transport", javascript=False)
    staff.goto(f"{AGREEMENT}/tasks/2.3/")
    form = staff.locator("form:has([name=percent])").first
    form.locator("[name=percent]").fill("63")
    form.locator("button").first.click()
    screen.wait_for_function(
        "before => document.querySelector('#board').innerHTML !== before", arg=before, timeout=30_000
    )
    expect(screen.locator("#board")).to_contain_text("2.3")


def test_the_secretary_creates_the_leading_groups_next_meeting_and_its_agenda(visit):
    office = visit("jiashan.secretary")
    office.goto(f"{AGREEMENT}/meetings/")
    office.get_by_role("link", name="领导小组联席会议").first.click()
    office.locator("form[action$='/meetings/new/'] button").first.click()
    expect(office).to_have_url(re.compile(r"/meetings/\d+/"))
    office.locator("a[href$='/agenda/']").first.click()
    office.locator("form[action$='/generate/'] button").first.click()
    expect(office.locator("main")).to_contain_text("滞后")


def test_what_was_typed_survives_an_expired_session(visit):
    staff = visit("jiashan.ecology")
    staff.goto(f"{AGREEMENT}/tasks/3.1/issues/new/")
    words = "监测数据口径不一致，" * 20
    staff.fill("[name=facts]", words)
    staff.fill("[name=title]", "监测口径")
    staff.context.clear_cookies()
    staff.locator("form:has([name=facts]) button[type=submit], form:has([name=facts]) button:not([type])").first.click()
    dialog = staff.locator("dialog[open], main")
    expect(dialog.first).to_be_visible()
    assert staff.locator("[name=facts]").first.input_value() == words
