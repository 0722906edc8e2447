"""Every page a role can reach from its navigation: accessible (axe), within the window, no error in the console."""

import pytest
from axe_playwright_python.sync_playwright import Axe

# Every page once, by somebody who may do most on it; then those that look different to the others.
PAGES = {
    "jiashan.transport": [
        "", "text/", "domains/0/", "domains/2/", "tasks/2.3/", "tasks/2.3/issues/new/", "ledger/", "issues/", "reporting/",
        "/me/", "/me/notices/", "/me/outbox/", "/accounts/password/",
    ],
    "xiuzhou.secretary": [
        "", "meetings/", "reporting/", "office/", "tasks/2.3/", "tasks/2.3/edit/", "tasks/2.3/owners/", "tasks/2.3/milestones/new/",
        "mechanisms/1/", "mechanisms/1/edit/", "issues/1/", "meetings/1/", "meetings/1/agenda/", "organizations/1/", "/me/",
    ],
    "jiashan.leader": ["", "office/", "/me/"],
}  # fmt: skip
SERIOUS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


def addresses(role):
    """What this role's tour visits."""
    return [page if page.startswith("/") else f"/jiashan-xiuzhou/{page}" for page in PAGES[role]]


def findings(page):
    """What axe has to say against the page, shortly."""
    violations = Axe().run(page, options=SERIOUS).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in violations]


def wider(page):
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_accessible_and_fits(visit, role):
    page = visit(role, bypass_csp=True)
    trouble = {}
    for address in addresses(role):
        answer = page.goto(address)
        told = [f"HTTP {answer.status}"] * (answer.status != 200) + findings(page)
        for width in (1366, 360):
            page.set_viewport_size({"width": width, "height": 768})
            told += [f"{over} px too wide at {width}"] if (over := wider(page)) > 0 else []
        if told:
            trouble[address] = told
    assert trouble == {}


def test_the_sign_in_page_is_accessible(visit):
    page = visit(bypass_csp=True)
    page.goto("/accounts/login/")
    assert findings(page) == []


def test_the_strict_policy_is_broken_nowhere(visit):
    page = visit("xiuzhou.secretary")
    for address in {*addresses("xiuzhou.secretary"), *addresses("jiashan.transport")}:
        page.goto(address, wait_until="load")
    assert page.troubles == []
