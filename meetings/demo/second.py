"""A second, small agreement, so that strangers can be seen to be strangers."""

from agreement.models import Agreement, Clause, Membership, Organization, Party, Role, Section
from domains.models import Domain, Milestone, Task, TaskOwner
from meetings.demo.people import person, published_password
from meetings.demo.story import contents


def make(today, day) -> None:
    """Creates the agreement of fixtures/demo/second.yaml and its secretary, the account "outsider".

    `day` turns a number of days from `today` into a date.
    """
    facts = contents("second")
    agreement = Agreement.objects.create(
        slug=facts["slug"], title=facts["title"], title_en=facts["title_en"], signed_on=day(-400), remark="（演示）"
    )
    parties = [
        Party.objects.create(
            agreement=agreement,
            position=place,
            slug=slug,
            name=name,
            name_en=name_en,
            short_name=short,
            short_name_en=en,
        )
        for place, (slug, name, name_en, short, en) in enumerate(facts["parties"], 1)
    ]
    units = {(party.slug, slug): _unit(party, place, slug, name, en) for party in parties for place, (slug, name, en) in enumerate(facts["organizations"], 1)}  # fmt: skip
    section = Section.objects.create(
        agreement=agreement, number=1, part="6", title=facts["section"], title_en=facts["section_en"]
    )
    slug, name, name_en = facts["domain"]
    domain = Domain.objects.create(
        agreement=agreement, number=1, slug=slug, name=name, name_en=name_en, section=section
    )
    for place, (number, title, title_en, step, step_en, due) in enumerate(facts["tasks"], 1):
        clause = Clause.objects.create(
            agreement=agreement, section=section, number=number, position=place, heading=title, heading_en=title_en
        )
        task = Task.objects.create(
            agreement=agreement,
            domain=domain,
            number=number,
            position=place,
            title=title,
            title_en=title_en,
            kind="project",
            progress_kind="steps",
            cooperation="halves",
            started_on=day(-120),
        )
        task.clauses.add(clause)
        for party in parties:
            TaskOwner.objects.create(task=task, organization=units[party.slug, "transport"], role="lead")
        Milestone.objects.create(task=task, position=1, title=step, title_en=step_en, due_on=day(due))
    outsider = person("outsider", "郁听雨", 901, published_password())
    outsider.save()
    Membership.objects.create(
        agreement=agreement,
        user=outsider,
        organization=units[parties[0].slug, "drc"],
        role=Role.SECRETARY,
        title="合作办负责人（演示）",
        title_en="Secretary of the office (demo)",
        is_liaison=True,
    )


def _unit(party, place, slug, name, name_en):
    return Organization.objects.create(
        party=party,
        slug=slug,
        name=f"{party.name}{name}",
        name_en=f"{party.name_en} {name_en}",
        short_name=f"{party.short_name}{name}",
        short_name_en=f"{party.short_name_en} {name_en}",
        kind="department",
        is_coordinating_office=slug == "drc",
        position=place,
        to_confirm=False,
    )
