"""The agreement in fixtures/: all of it is there, and loading it never takes anything away."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agreement.models import Agreement, Clause, Organization, Party, WorkdayException
from domains.models import Domain, Task, TaskOwner
from meetings.models import Mechanism, MechanismMember

FIXTURES = Path(__file__).parents[1] / "fixtures" / "jiashan-xiuzhou"
SLUG = "jiashan-xiuzhou"


@pytest.fixture
def loaded(db):
    call_command("load_agreement", FIXTURES, verbosity=0)
    return Agreement.objects.get(slug=SLUG)


def test_it_holds_the_whole_agreement(loaded):
    assert loaded.parties.count() == 2
    units = Organization.objects.of_agreement(loaded)
    assert units.exclude(kind__in=["town", "group"]).count() == 57
    assert units.filter(kind="town").count() == 18
    assert units.filter(kind="group").count() == 2
    numbers = [0, 1, 2, 3, 4, 5, 6, 7]
    assert [Clause.objects.filter(agreement=loaded, section__number=n).count() for n in numbers] == [
        9, 9, 14, 10, 8, 9, 10, 4,
    ]  # fmt: skip
    assert Domain.objects.filter(agreement=loaded).count() == 7
    assert Mechanism.objects.filter(agreement=loaded).count() == 9


def test_each_commitment_has_one_task_with_a_lead_on_each_side(loaded):
    tasks = Task.objects.filter(agreement=loaded)
    assert tasks.count() == 73
    for task in tasks.prefetch_related("clauses", "owners"):
        assert [clause.number for clause in task.clauses.all()] == [task.number]
        leads = [owner for owner in task.owners.all() if owner.role == "lead"]
        assert {owner.party_id for owner in leads} == {party.pk for party in loaded.parties.all()}, task
        assert all(owner.position == 1 for owner in leads)
    assert tasks.filter(kind="mechanism").count() == 26
    assert list(tasks.filter(clauses__section__part="x").values_list("domain__number", flat=True)) == [0] * 4


def test_nothing_is_dated_and_everything_is_to_be_confirmed(loaded):
    tasks = Task.objects.filter(agreement=loaded)
    assert not tasks.exclude(due_on=None, started_on=None, ended_on=None, cancelled_on=None).exists()
    assert not tasks.filter(to_confirm=False).exists()
    assert not TaskOwner.objects.filter(to_confirm=False).exists()
    assert not Mechanism.objects.filter(agreement=loaded, to_confirm=False).exists()
    assert not tasks.filter(due_text="").exists()


def test_every_text_is_there_in_both_languages(loaded):
    pairs = {
        Clause: ["heading", "summary"],
        Task: ["title", "goal"],
        Domain: ["name"],
        Mechanism: ["name"],
        Party: ["name", "short_name"],
        Organization: ["name", "short_name"],
    }
    for model, fields in pairs.items():
        for row in model.objects.all():
            for field in fields:
                assert getattr(row, field) and getattr(row, f"{field}_en"), (row, field)
    assert all(15 <= len(title) <= 30 for title in Task.objects.values_list("title", flat=True))


def test_bureaus_face_each_other_as_they_are(loaded):
    facing = {
        slug: set(
            Organization.objects.get(party__slug="xiuzhou", slug=slug).counterparts.values_list("slug", flat=True)
        )
        for slug in ("industry", "agriculture", "hightech", "transport")
    }
    assert facing == {
        "industry": {"industry", "commerce"},
        "agriculture": {"agriculture", "water"},
        "hightech": {"etdz"},
        "transport": {"transport"},
    }
    commerce = Organization.objects.get(party__slug="jiashan", slug="commerce")
    assert [each.slug for each in commerce.counterparts.all()] == ["industry"]
    assert set(Organization.objects.filter(is_coordinating_office=True).values_list("slug", flat=True)) == {"drc"}
    for group in Organization.objects.filter(kind="group"):
        assert group.members.count() == 9
        assert group.members.filter(party=group.party, kind="town").count() == 9


def test_both_sides_convene_every_mechanism(loaded):
    for mechanism in Mechanism.objects.filter(agreement=loaded):
        conveners = MechanismMember.objects.filter(mechanism=mechanism, seat="convener")
        assert sorted(conveners.values_list("organization__party__slug", flat=True)) == ["jiashan", "xiuzhou"]
        assert mechanism.task.number == mechanism.number
        if mechanism.task.progress_kind == "cadence":
            assert mechanism.task.interval_months == mechanism.interval_months


def test_loading_again_changes_nothing_that_users_have_edited(loaded):
    Task.objects.filter(number="2.3").update(title="改过的标题", target=None)
    bureau = Organization.objects.get(party__slug="jiashan", slug="transport")
    bureau.counterparts.clear()
    Clause.objects.get(number="x.2b").tasks.clear()
    day = WorkdayException.objects.first()
    WorkdayException.objects.filter(pk=day.pk).update(name="地方调整", is_workday=not day.is_workday)
    TaskOwner.objects.filter(task__number="0.1").delete()

    call_command("load_agreement", FIXTURES, verbosity=0)

    assert Task.objects.get(number="2.3").title == "改过的标题"
    assert not bureau.counterparts.exists()
    assert WorkdayException.objects.get(pk=day.pk).name == "地方调整"
    assert TaskOwner.objects.filter(task__number="0.1").count() == 4  # what was missing has come back
    assert Task.objects.count() == 73


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {model: domains.domain, fields: {agreement: [nowhere], number: 1, slug: a, name: b}}", r"\['nowhere'\]"),
        (
            "- {model: agreement.agreement, fields: {slug: admin, title: a, signed_on: 2020-04-24}}",
            "slug",
        ),
        ("- {model: agreement.agreement, fields: {slug: b, titel: a, signed_on: 2020-04-24}}", "titel"),
        ("- {model: agreement.agreement, fields: {slug: b", "not readable"),
        ("just words", "list of records"),
        ("- {model: no.model, fields: {}}", "no.model|'no'"),
    ],
)
def test_a_fault_is_told_with_file_and_record_and_nothing_is_loaded(db, tmp_path, text, said):
    good = "- {model: agreement.agreement, fields: {slug: good, title: a, signed_on: 2020-04-24}}\n"
    (tmp_path / "a.yaml").write_text(good)
    (tmp_path / "faulty.yaml").write_text(text)
    with pytest.raises(CommandError, match=said) as told:
        call_command("load_agreement", tmp_path, verbosity=0)
    assert "faulty.yaml" in str(told.value)
    assert not Agreement.objects.exists()


def test_records_may_come_before_what_they_refer_to(db, tmp_path):
    (tmp_path / "a.yaml").write_text(
        "- {model: agreement.party, fields: {agreement: [later], slug: p, position: 1, name: p, short_name: p}}"
    )
    (tmp_path / "b.yaml").write_text(
        "- {model: agreement.agreement, fields: {slug: later, title: a, signed_on: 2020-04-24}}"
    )
    call_command("load_agreement", tmp_path, verbosity=0)
    assert Party.objects.get().agreement.slug == "later"


def test_loading_again_asks_a_query_a_model_not_a_record(loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        call_command("load_agreement", FIXTURES, verbosity=0)


def test_a_folder_that_is_not_there_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("load_agreement", tmp_path / "nowhere")
    with pytest.raises(CommandError, match=r"no \.yaml"):
        call_command("load_agreement", tmp_path)
