"""Bringing a meeting's agenda up to date, again and again, without losing what people did to it."""

import datetime

from agreement.models.activity import record
from agreement.workdays import Calendar
from meetings.composition import Line, compose
from meetings.models import AgendaItem, Meeting

Section = AgendaItem.Section


def generate(meeting: Meeting, *, by, today: datetime.date, calendar: Calendar) -> dict[str, int]:
    """Composes the agenda into `meeting`'s items; returns how many were added, renewed, marked as gone and taken off.

    Items nobody touched get their new words, or go when their source is gone. Edited words, the order, items added by
    hand and removed items stay; an item somebody worked on whose source is gone is marked. Raises Refused when closed.
    """
    done = {"added": 0, "renewed": 0, "vanished": 0, "gone": 0, "kept": 0}
    with meeting.writing_agenda() as locked:
        lines = compose(locked, today=today, calendar=calendar)
        existing = {item.source: item for item in locked.items.exclude(source="")}
        places = {section: locked.items.next_position(section) for section in Section.values}
        for line in lines:
            item = existing.pop(line.source, None)
            if item is None:
                _add(locked, line, places[line.section])
                places[line.section] += 1
                done["added"] += 1
            elif item.removed_at is None and _renew(item, line):
                done["renewed"] += 1
        for item in existing.values():
            if item.removed_at is None:
                done[_let_go(item)] += 1
        for section in Section.values:
            locked.items.close_ranks(section)
        done.pop("kept")
        if any(done.values()):
            record(
                locked,
                "agenda_generated",
                by=by,
                agreement=locked.agreement,
                changes={name: (None, number) for name, number in done.items() if number},
            )
            locked.agenda_changed(by=by)
    return done


def _add(meeting, line: Line, position):
    AgendaItem.objects.create(
        meeting=meeting,
        section=line.section,
        position=position,
        title=line.title,
        text=line.text,
        presenter=line.presenter,
        minutes=line.minutes,
        source=line.source,
        **line.links,
    )


def _renew(item, line) -> bool:
    """Gives an item its present words unless a person wrote them; whether anything changed."""
    facts = {"vanished": False}
    if not item.edited:
        facts |= {"title": line.title, "text": line.text, "presenter": line.presenter, "minutes": line.minutes}
    changed = [name for name, value in facts.items() if getattr(item, name) != value]
    for name in changed:
        setattr(item, name, facts[name])
    if changed:
        item.version += 1
        item.save(update_fields=[*changed, "version"])
    return bool(changed)


def _let_go(item) -> str:
    """What happens to an item whose source is gone: taken off when nobody touched it, otherwise marked."""
    if item.edited or item.moved or item.decisions.exists():
        if item.vanished:
            return "kept"
        item.vanished = True
        item.version += 1
        item.save(update_fields=["vanished", "version"])
        return "vanished"
    item.delete()
    return "gone"
