"""A small cast everybody knows: two sides of one agreement, one person of each role, and an outsider with an agreement of their own."""

import datetime
from types import SimpleNamespace

from agreement.models import Agreement, Clause, Membership, Organization, Party, Role, Section, User
from domains.models import Domain, Milestone, Task, TaskOwner
from meetings.models import Mechanism, MechanismMember

TODAY = datetime.date(2026, 11, 23)  # a Monday
PASSWORD = "only-in-tests-1"


def make_agreement(slug="delta", names=("east", "west")):
    """An agreement with two sides; each side has an office, a transport bureau and a town in a group of towns."""
    agreement = Agreement.objects.create(
        slug=slug, title=f"{slug}协议", title_en=f"{slug} agreement", signed_on=datetime.date(2020, 4, 24)
    )
    cast = SimpleNamespace(agreement=agreement, parties=[])
    for position, name in enumerate(names):
        party = Party.objects.create(
            agreement=agreement, slug=name, position=position, name=f"{name}县", short_name=name[:2]
        )
        cast.parties.append(party)
        office, transport, town = (
            Organization.objects.create(
                party=party,
                slug=key,
                name=f"{name}{key}局",
                short_name=f"{name}{key}",
                kind=kind,
                is_coordinating_office=key == "office",
                position=place,
            )
            for place, (key, kind) in enumerate(
                [("office", "department"), ("transport", "department"), ("town", "town")]
            )
        )
        towns = Organization.objects.create(
            party=party, slug="towns", name="各镇", short_name="各镇", kind="group", position=9
        )
        towns.members.add(town)
        side = SimpleNamespace(party=party, office=office, transport=transport, town=town, towns=towns)
        side.secretary = person(f"{name}.secretary", agreement, office, Role.SECRETARY)
        side.staff = person(f"{name}.staff", agreement, transport, Role.STAFF)
        side.other = person(f"{name}.town", agreement, town, Role.STAFF)
        side.leader = person(f"{name}.leader", agreement, office, Role.LEADER)
        setattr(cast, name, side)
    cast.admin = person(f"{slug}.admin", agreement, None, Role.ADMINISTRATOR)
    section = Section.objects.create(agreement=agreement, number=2, part="6", title="基础设施")
    cast.clause = Clause.objects.create(
        agreement=agreement, section=section, number="2.3", position=1, heading="公路提速", heading_en="Road works"
    )
    cast.domain = Domain.objects.create(
        agreement=agreement, number=2, slug="infrastructure", name="基础设施", motto="一张网", section=section
    )
    return cast


def person(username, agreement, organization, role):
    """A user with one current membership."""
    user = User.objects.create_user(username, f"{username}@example.test", PASSWORD, name=username)
    user.post = Membership.objects.create(
        agreement=agreement, user=user, organization=organization, role=role, is_liaison=role == Role.STAFF
    )
    return user


def make_task(cast, number="2.3", *, progress_kind="works", started_on=TODAY - datetime.timedelta(days=200), **facts):
    """A task of the cast's domain, led by both transport bureaus, with one milestone a side under `facts`' control."""
    task = Task.objects.create(
        agreement=cast.agreement,
        domain=cast.domain,
        number=number,
        position=Task.objects.filter(agreement=cast.agreement).count(),
        title=f"事项{number}",
        kind="project",
        progress_kind=progress_kind,
        cooperation="halves",
        started_on=started_on,
        interval_months=3 if progress_kind == "cadence" else None,
        target=10 if progress_kind == "count" else None,
        **facts,
    )
    task.clauses.add(cast.clause)
    for party in cast.parties:
        TaskOwner.objects.create(task=task, organization=getattr(cast, party.slug).transport, role="lead", position=1)
    return task


def make_milestone(task, organization=None, **facts):
    """A milestone of `task`; by default of both sides, due in 60 days, on schedule."""
    values = {
        "title": "节点",
        "starts_on": TODAY - datetime.timedelta(days=60),
        "due_on": TODAY + datetime.timedelta(days=60),
        "percent": 60,
    } | facts
    return Milestone.objects.create(
        task=task, position=task.milestones.count() + 1, organization=organization, **values
    )


def make_mechanism(cast, number="x.2c", level=2, **facts):
    """A joint mechanism of both offices and transport bureaus."""
    values = {"name": "领导小组联席会议", "interval_months": 6, "first_host": cast.parties[0], "domain": None} | facts
    mechanism = Mechanism.objects.create(agreement=cast.agreement, number=number, level=level, **values)
    for party in cast.parties:
        side = getattr(cast, party.slug)
        for organization, seat in ((side.office, "convener"), (side.transport, "member")):
            MechanismMember.objects.create(mechanism=mechanism, organization=organization, seat=seat)
    return mechanism
