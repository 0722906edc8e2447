"""The story of the first day, in a real browser: one side works, the other side sees it, the office prepares a meeting."""

import re

from playwright.sync_api import expect

AGREEMENT = "/jiashan-xiuzhou"
EAST, WEST = "嘉善段路面工程", "秀洲段路面工程"


def move(place, milestone, percent):
    """Opens the form of the milestone of this title in `place` (a page or the drawer), and sends it."""
    row = place.locator("li.milestone", has_text=milestone).first
    row.locator("details.act summary").first.click()
    row.locator("[name=percent]").first.fill(str(percent))
    row.locator("form button").first.click()


def card(board, number):
    """The title link of a task's card."""
    cards = board.locator(
        ".taskcard", has=board.locator(".number", has_text=re.compile(rf"^\s*{re.escape(number)}\s*$"))
    )
    return cards.locator(".taskcard-title a")


def test_a_milestone_moved_from_the_board_is_seen_by_the_other_sides_leader(visit):
    leader = visit("xiuzhou.leader")
    leader.goto(f"{AGREEMENT}/")
    at_risk = leader.locator("main a[href*='/tasks/2.3/']").first
    expect(at_risk).to_contain_text("预警")
    staff = visit("jiashan.transport")
    staff.goto(f"{AGREEMENT}/domains/2/")
    card(staff, "2.3").click()
    drawer = staff.locator("#drawer-body")
    expect(drawer).to_contain_text(EAST)
    move(drawer, EAST, 60)
    expect(drawer).to_contain_text("60%")
    leader.goto(f"{AGREEMENT}/")
    expect(at_risk).to_contain_text("推进中")
    leader.goto(f"{AGREEMENT}/tasks/2.3/")
    expect(leader.locator("li.milestone", has_text=EAST).first).to_contain_text("60%")


def test_the_same_works_without_javascript(visit):
    staff = visit("xiuzhou.transport", javascript=False)
    staff.goto(f"{AGREEMENT}/domains/2/")
    card(staff, "2.3").click()
    expect(staff).to_have_url(re.compile(r"/tasks/2\.3/$"))
    move(staff, WEST, 71)
    expect(staff.locator("li.milestone", has_text=WEST).first).to_contain_text("71%")


def test_a_board_on_a_second_screen_shows_the_change(visit):
    screen = visit("xiuzhou.leader")
    screen.goto(f"{AGREEMENT}/domains/2/")
    before = screen.locator("#board").inner_html()
    staff = visit("jiashan.transport", javascript=False)
    staff.goto(f"{AGREEMENT}/tasks/2.3/")
    move(staff, EAST, 63)
    screen.wait_for_function(
        "before => document.querySelector('#board').innerHTML !== before", arg=before, timeout=30_000
    )
    assert screen.locator("#board").inner_html() != before


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
