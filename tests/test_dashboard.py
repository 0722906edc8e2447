"""The dashboard: five answers in order, equal for both sides, cheap to refresh, and nothing of the other side's own."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from agreement.models.activity import record
from agreement.workdays import Calendar
from domains.health import Terms
from domains.models import Domain, Issue, Report, Task, TaskOwner
from domains.panels import Overview
from meetings.models import Consent, Meeting
from tests.cast import TODAY, make_mechanism, make_milestone, make_task

DAY = datetime.timedelta(days=1)
PANELS = ["overall", "late", "wanted", "decisions", "meetings"]


@pytest.fixture(autouse=True)
def on_that_monday(monkeypatch):
    """The cast lives on TODAY. The clock is asked in views only; fixed there, sessions and tokens keep real time."""
    monkeypatch.setattr("agreement.views.dashboard.office_today", lambda: TODAY)


def dashboard(cast):
    return reverse("dashboard", args=[cast.agreement.slug])


def panel(cast, name):
    return reverse("dashboard-panel", args=[cast.agreement.slug, name])


def make_issue(cast, task, side, level, title, **facts):
    values = {"ask": f"请求{title}", "facts": "事实", "raised_on": TODAY - 20 * DAY, "level_since": TODAY - 12 * DAY}
    return Issue.objects.create(
        agreement=cast.agreement, task=task, organization=side.transport, raised_by=side.staff,
        title=title, level=level, peak_level=level, **values | facts,
    )  # fmt: skip


def make_report(task, side, state, words="本期情况"):
    return Report.objects.create(
        task=task, organization=side.transport, period="2026-10", state=state, work_done=words, author=side.staff,
        submitted_at=timezone.now(),
    )  # fmt: skip


def late_task(cast, number="2.3", days=12, **facts):
    task = make_task(cast, number)
    make_milestone(task, title=f"节点{number}", due_on=TODAY - days * DAY, **facts)
    return task


def test_it_answers_the_five_questions_in_their_order(cast, sign_in):
    make_mechanism(cast)
    page = sign_in(cast.east.leader).get(dashboard(cast)).content.decode()
    places = [page.index(f'id="panel-{name}"') for name in PANELS]
    assert places == sorted(places)
    assert page.count("<h1>") == 1


def test_it_shows_every_task_as_a_light_that_leads_to_it(cast, sign_in):
    for number in ("2.1", "2.2", "2.3"):
        make_task(cast, number)
    page = sign_in(cast.west.staff).get(dashboard(cast)).content.decode()
    for number in ("2.1", "2.2", "2.3"):
        assert f'href="{reverse("task", args=["delta", number])}" title="{number} ' in page


def test_its_numbers_lead_to_the_lists_behind_them(cast, sign_in):
    late_task(cast)
    page = sign_in(cast.east.leader).get(dashboard(cast)).content.decode()
    ledger = reverse("ledger", args=["delta"])
    for query in ("", "?light=red", "?light=red&amp;domain=2", "?light=red&amp;side=east", "?light=red&amp;side=west"):
        assert f'href="{ledger}{query}"' in page, query
    assert f'href="{reverse("domain-board", args=["delta", 2])}"' in page


def test_it_says_of_what_is_late_why_and_whose(cast, sign_in):
    late_task(cast, days=12)
    page = sign_in(cast.west.leader).get(panel(cast, "late")).content.decode()
    assert "节点2.3" in page and "12" in page
    assert "easttransport" in page and "westtransport" in page


def test_it_shows_a_missing_lead_as_a_gap(cast, sign_in):
    task = late_task(cast)
    TaskOwner.objects.filter(task=task, party=cast.west.party).delete()
    page = sign_in(cast.east.leader).get(panel(cast, "late")).content.decode()
    assert 'class="gap"' in page
    overview = Overview(cast.agreement, TODAY)
    assert [side["gaps"] for side in overview.sides] == [0, 1]


def test_it_names_the_longest_late_first_and_only_the_first_six(cast, sign_in):
    for place in range(1, 12):
        late_task(cast, f"2.{place}", days=place)
    overview = Overview(cast.agreement, TODAY)
    assert [row["days"] for row in overview.late_shown] == [11, 10, 9, 8, 7, 6]
    assert len(overview.late) == 11
    page = sign_in(cast.east.leader).get(panel(cast, "late")).content.decode()
    assert page.count('class="days"') == 6


def test_it_measures_both_sides_alike_in_the_order_of_signing(cast):
    both = late_task(cast, "2.1")
    make_milestone(both, cast.west.transport, due_on=TODAY - DAY)
    alone = make_task(cast, "2.2")
    TaskOwner.objects.filter(task=alone, party=cast.east.party).delete()
    east, west = Overview(cast.agreement, TODAY).sides
    assert [east["party"], west["party"]] == cast.parties
    assert (east["led"], west["led"]) == (1, 2)
    assert (east["late"], west["late"]) == (0, 1)
    assert east["late_together"] == west["late_together"] == 1
    assert east.keys() == west.keys()


def test_it_counts_every_task_once_in_domain_and_total(cast):
    ecology = Domain.objects.create(agreement=cast.agreement, number=4, slug="ecology", name="生态")
    late_task(cast, "2.1")
    make_task(cast, "2.2", started_on=None)
    moved = make_task(cast, "4.1")
    Task.objects.filter(pk=moved.pk).update(domain=ecology)
    make_task(cast, "2.4", ended_on=TODAY, outcome="achieved")
    overview = Overview(cast.agreement, TODAY)
    assert sum(each["count"] for each in overview.tally) == 4
    assert [(each["domain"].number, len(each["tasks"])) for each in overview.domains] == [(2, 3), (4, 1)]
    for each in overview.domains:
        assert sum(light["count"] for light in each["tally"]) == len(each["tasks"])


# --- what must I decide


def test_it_asks_leaders_for_what_came_up_to_them_and_secretaries_for_all_that_is_joint(cast, sign_in):
    task = make_task(cast)
    for level in (1, 2, 3):
        make_issue(cast, task, cast.east, level, f"第{level}级事项")
    wanted = {
        cast.west.leader: {2, 3},
        cast.east.leader: {2, 3},
        cast.west.secretary: {1, 2, 3},
    }
    for person, levels in wanted.items():
        page = sign_in(person).get(panel(cast, "wanted")).content.decode()
        assert {level for level in (1, 2, 3) if f"第{level}级事项" in page} == levels, person


def test_it_asks_staff_for_what_is_asked_of_their_unit(cast, sign_in):
    task = make_task(cast)
    make_issue(cast, task, cast.east, 1, "问到我方", asked_of=cast.west.transport)
    make_issue(cast, task, cast.east, 1, "问到别处", asked_of=cast.west.office)
    page = sign_in(cast.west.staff).get(panel(cast, "wanted")).content.decode()
    assert "问到我方" in page and "问到别处" not in page


def test_it_counts_the_reports_that_wait_for_ones_own_office_only(cast, sign_in):
    make_report(make_task(cast), cast.east, "submitted")
    reporting = f'href="{reverse("reporting-current", args=["delta"])}">'
    for person, shown in ((cast.east.secretary, True), (cast.west.secretary, False), (cast.east.leader, False)):
        assert (reporting in sign_in(person).get(panel(cast, "wanted")).content.decode()) is shown


def test_it_tells_a_secretary_that_the_other_side_waits_for_a_consent(cast, sign_in):
    meeting = Meeting.objects.create(
        agreement=cast.agreement, mechanism=make_mechanism(cast), sequence=1, host=cast.east.party,
        starts_at=timezone.now() + 9 * DAY,
    )  # fmt: skip
    Consent.objects.create(meeting=meeting, stage="agenda", party=cast.east.party, by=cast.east.secretary)
    agenda = f'href="{reverse("agenda", args=["delta", meeting.pk])}"'
    for person, shown in ((cast.west.secretary, True), (cast.east.secretary, False), (cast.west.staff, False)):
        assert (agenda in sign_in(person).get(panel(cast, "wanted")).content.decode()) is shown
    Consent.objects.create(meeting=meeting, stage="agenda", party=cast.west.party, by=cast.west.secretary)
    assert agenda not in sign_in(cast.west.secretary).get(panel(cast, "wanted")).content.decode()


def test_it_drops_an_issue_that_is_closed(cast, sign_in):
    issue = make_issue(cast, make_task(cast), cast.east, 2, "已办结事项")
    issue.close("resolved", by=cast.east.secretary, on=TODAY, version=1)
    assert "已办结事项" not in sign_in(cast.west.leader).get(panel(cast, "wanted")).content.decode()


# --- who sees what


def test_it_shows_nothing_of_the_other_sides_own(cast, sign_in):
    """Canaries: an issue at level 0 and a report not accepted change neither a word nor a number over there."""
    task = make_task(cast)
    make_milestone(task)
    make_report(task, cast.west, "accepted")
    make_report(task, cast.east, "accepted")
    readers = [cast.west.staff, cast.west.secretary, cast.west.leader, cast.west.other]
    before = [stripped(sign_in(reader).get(dashboard(cast))) for reader in readers]
    make_issue(cast, task, cast.east, 0, "金丝雀问题", asked_of=cast.east.office)
    Report.objects.create(
        task=task, organization=cast.east.transport, period="2026-11", state="submitted", work_done="金丝雀报告",
        author=cast.east.staff,
    )  # fmt: skip
    after = [stripped(sign_in(reader).get(dashboard(cast))) for reader in readers]
    # A lead of the task, and so of the matter, may read of level 0; even then not on what is everybody's.
    assert before == after


def stripped(response):
    """The page but for tokens and the stamp."""
    page = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value|data-etag)="[^"]*"', "", response.content.decode())
    return page.replace("\n", " ")


def test_it_is_not_there_for_outsiders_and_not_for_administrators(cast, sign_in):
    for url in (dashboard(cast), *(panel(cast, name) for name in PANELS)):
        assert sign_in(cast.outsider).get(url).status_code == 404
        assert sign_in(cast.elsewhere.south.staff).get(url).status_code == 404
        assert sign_in(cast.admin).get(url).status_code == 403


def test_it_asks_strangers_to_sign_in(cast, client):
    assert client.get(dashboard(cast)).status_code == 302
    assert client.get(panel(cast, "late"), HTTP_HX_REQUEST="true").status_code == 401


def test_it_only_reads(cast, sign_in):
    client = sign_in(cast.east.leader)
    assert client.post(dashboard(cast)).status_code == 405
    assert client.post(panel(cast, "late")).status_code == 405
    assert client.get(panel(cast, "nonsense")).status_code == 404


# --- refreshing


@pytest.mark.parametrize("name", PANELS)
def test_each_panel_costs_a_304_until_something_happens(cast, sign_in, name):
    task = make_task(cast)
    client = sign_in(cast.east.leader)
    first = client.get(dashboard(cast)).content.decode()
    etag = re.search(rf'id="panel-{name}"[^>]*data-etag="&quot;([^"]+)&quot;"', first)[1]
    unchanged = client.get(panel(cast, name), HTTP_IF_NONE_MATCH=f'"{etag}"', HTTP_HX_REQUEST="true")
    assert unchanged.status_code == 304 and not unchanged.content
    record(task, "changed", by=cast.west.secretary, agreement=cast.agreement)
    changed = client.get(panel(cast, name), HTTP_IF_NONE_MATCH=f'"{etag}"', HTTP_HX_REQUEST="true")
    assert changed.status_code == 200
    assert changed["ETag"] != f'"{etag}"'
    assert "<html" not in changed.content.decode()


def test_its_panels_say_what_the_page_says(cast, sign_in):
    late_task(cast)
    client = sign_in(cast.east.leader)
    page = re.sub(r"\s+", " ", client.get(dashboard(cast)).content.decode())
    for name in PANELS:
        alone = re.sub(r"\s+", " ", client.get(panel(cast, name)).content.decode()).strip()
        alone = re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", alone)
        assert alone in re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page), name


def test_the_other_sides_leader_sees_a_milestone_moved(cast, sign_in):
    task = make_task(cast, "2.3")
    milestone = make_milestone(task, cast.east.transport, percent=0)
    for side in (cast.east, cast.west):
        make_report(task, side, "accepted")
    client = sign_in(cast.west.leader)
    before = client.get(panel(cast, "overall"))
    assert 'class="dot light-red"' in before.content.decode() or 'class="dot light-amber"' in before.content.decode()
    assert milestone.move_to(60, by=cast.east.staff, on=TODAY, version=1)
    after = client.get(panel(cast, "overall"), HTTP_IF_NONE_MATCH=before["ETag"])
    assert after.status_code == 200
    assert 'class="dot light-green"' in after.content.decode()


def queries_of(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as made:
        assert client.get(url).status_code == 200
    return len(made)


def test_it_costs_the_same_with_five_tasks_and_with_sixty(cast, sign_in, django_assert_max_num_queries):
    make_mechanism(cast)
    client = sign_in(cast.east.secretary)

    def grow(first, last):
        for place in range(first, last):
            task = late_task(cast, f"2.{place}") if place % 2 else make_task(cast, f"2.{place}")
            make_issue(cast, task, cast.east, 2, f"事项{place}")
            make_report(task, cast.east, "submitted")

    grow(0, 5)
    few = queries_of(client, dashboard(cast), django_assert_max_num_queries)
    grow(5, 60)
    many = queries_of(client, dashboard(cast), django_assert_max_num_queries)
    assert many == few <= 22
    assert queries_of(client, panel(cast, "late"), django_assert_max_num_queries) <= 9


def test_its_picture_is_as_long_as_there_are_tasks(cast, sign_in):
    for place in range(7):
        make_task(cast, f"2.{place}")
    page = sign_in(cast.east.leader).get(panel(cast, "overall")).content.decode()
    assert 'viewBox="0 0 7 6"' in page
    assert "style=" not in page


def test_it_judges_by_the_terms_of_the_agreement(cast):
    late_task(cast)
    overview = Overview(cast.agreement, TODAY)
    assert overview.terms == Terms.of(cast.agreement, TODAY, Calendar())
