"""manage.py check_agreement: what it counts, and when it is red."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agreement.models import Clause
from domains.models import TaskOwner
from tests.cast import make_milestone, make_task


def check(*arguments):
    out = StringIO()
    call_command("check_agreement", *arguments, stdout=out)
    return out.getvalue()


def test_it_counts_clauses_leads_and_milestones_per_part(cast):
    make_milestone(make_task(cast))
    printed = check("delta")
    assert "2 parties; 6 organizations, 2 of them towns and streets; 2 groups; 1 tasks" in printed
    row = next(line for line in printed.splitlines() if line.endswith("基础设施"))
    assert row.split() == ["6", "1", "1", "0", "1", "1", "1", "基础设施"]
    assert "without" not in printed.split("all", 1)[1]


def test_a_clause_without_task_is_named_and_makes_it_red(cast):
    make_task(cast)
    Clause.objects.create(
        agreement=cast.agreement, section=cast.clause.section, number="2.4", position=2, heading="没有任务的条款"
    )
    out = StringIO()
    with pytest.raises(CommandError, match="1 clauses have no task") as red:
        call_command("check_agreement", "delta", stdout=out)
    assert red.value.returncode == 1
    assert "2.4 没有任务的条款" in out.getvalue()


def test_a_missing_lead_is_a_gap_of_that_side_but_not_red(cast):
    make_task(cast)
    TaskOwner.objects.filter(party=cast.west.party).delete()
    printed = check("delta")
    assert "Tasks without a lead in west:\n  2.3" in printed
    assert "Tasks without a lead in east" not in printed


def test_other_agreements_do_not_count(cast):
    make_task(cast)
    with pytest.raises(CommandError):
        check()  # the outsider's agreement has a clause and no task
    assert "harbour" not in check("delta")


def test_an_unknown_agreement_is_said_so(db):
    with pytest.raises(CommandError, match="no agreement nowhere"):
        check("nowhere")
