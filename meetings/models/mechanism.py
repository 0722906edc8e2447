import datetime

from django.db import models, transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Organization, Party
from agreement.models.activity import record
from agreement.models.bilingual import Bilingual
from agreement.workdays import OFFICE_TIME, Calendar
from domains.models import Domain, ProgressRecord, Task

PREPARATION_DAYS = 20
USUAL_HOUR = datetime.time(14, 30)


class MechanismQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number):
        return self.get(agreement__slug=agreement, number=number)

    def with_calendar(self, today):
        """Adds `held_meeting_on` and `noted_on` (last times it was held, by meetings and by the task's records) and of
        the next meeting `next_id`, `next_at`, `next_place`; `open_id` is any meeting neither held nor cancelled."""
        meetings = self.model._meta.get_field("meetings").related_model._default_manager.filter(
            mechanism=OuterRef("pk")
        )
        held, waiting = meetings.held(), meetings.open()
        start = datetime.datetime.combine(today, datetime.time.min, OFFICE_TIME)
        ahead = waiting.filter(starts_at__gte=start).order_by("starts_at", "id")
        noted = ProgressRecord.objects.filter(task=OuterRef("task"))
        return self.annotate(
            held_meeting_on=Subquery(held.values("held_on")[:1]),
            noted_on=Subquery(noted.order_by("-on").values("on")[:1]),
            next_id=Subquery(ahead.values("pk")[:1]),
            next_at=Subquery(ahead.values("starts_at")[:1]),
            next_place=Subquery(ahead.values("place")[:1]),
            open_id=Subquery(waiting.order_by("starts_at").values("pk")[:1]),
        )


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    for last in (day.day, 30, 29, 28):
        try:
            return datetime.date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


class Mechanism(Bilingual):
    """A body in which both sides meet and decide (联席会议、会商). Its host alternates; neither side presides by right."""

    class Level(models.IntegerChoices):
        DEPARTMENTS = 1, _("departments")
        LEADING_GROUP = 2, _("leading group")
        LEADERS = 3, _("main leaders")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="mechanisms")
    number = models.CharField(_("clause"), max_length=10)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, related_name="mechanisms", verbose_name=_("domain")
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="mechanisms", verbose_name=_("its commitment")
    )
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    interval_months = models.PositiveSmallIntegerField(_("interval in months"))
    first_host = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("first host"))
    host_alternates = models.BooleanField(_("host alternates"), default=True)
    rules = models.TextField(_("rules of procedure"), blank=True)
    to_confirm = models.BooleanField(_("to be confirmed"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects = MechanismQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "-level", "domain__number", "number"]
        verbose_name = _("joint mechanism")
        verbose_name_plural = _("joint mechanisms")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="mechanism_number_in_agreement"),
            models.CheckConstraint(condition=models.Q(interval_months__gte=1), name="mechanism_has_interval"),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.agreement.slug, self.number)

    natural_key.dependencies = ["agreement.agreement", "domains.domain", "domains.task"]  # type: ignore[attr-defined]

    def get_absolute_url(self):
        return reverse("mechanism", args=[self.agreement.slug, self.pk])

    def host_after(self, last) -> Party:
        """Who hosts next: the other side than at the meeting `last` (None: the first host), or always the first host."""
        if last is None or not self.host_alternates:
            return self.first_host
        return Party.objects.filter(agreement=self.agreement_id).exclude(pk=last.host_id).order_by("position")[0]

    def date_after(self, last_on: datetime.date | None, today: datetime.date, calendar: Calendar) -> datetime.date:
        """A working day for the next meeting when the last was on `last_on`.

        One interval later, on the next working day, or the one before when that would run into another month (the
        cadence is counted in months). Never nearer than the 20 working days two offices need to prepare (BRIEF 2.5).
        """
        earliest = calendar.add_workdays(today, PREPARATION_DAYS)
        if last_on is None:
            return earliest
        wanted = months_later(last_on, self.interval_months)
        day = calendar.on_or_after(wanted)
        return max(day if day.month == wanted.month else calendar.on_or_before(wanted), earliest)

    def plan_next(self, *, by, today, calendar, number=None):
        """Creates the next meeting: number, date by cadence, host in turn. Returns (meeting, whether it is new).

        `number` is the one the secretary saw announced: when a meeting of that number is there already (a double
        click, the other office a moment earlier) it is returned. Without it, a meeting still to be held is returned.
        """
        with transaction.atomic():
            mechanism = Mechanism.objects.select_for_update(of=("self",)).get(pk=self.pk)
            meetings = mechanism.meetings.all()
            there = meetings.filter(sequence=number) if number else meetings.open().filter(kind="regular")
            if meeting := there.first():
                return meeting, False
            last = meetings.order_by("-sequence").first()
            standing = meetings.filter(cancelled_on=None).order_by("-sequence").first()
            last_on = (standing.held_on or standing.day) if standing else None
            day = mechanism.date_after(last_on, today, calendar)
            meeting = meetings.create(
                agreement=mechanism.agreement,
                mechanism=mechanism,
                sequence=last.sequence + 1 if last else 1,
                starts_at=datetime.datetime.combine(day, USUAL_HOUR, OFFICE_TIME),
                host=mechanism.host_after(standing),
            )
            record(meeting, "planned", by=by, agreement=mechanism.agreement, changes={"starts_at": (None, day)})
            return meeting, True

    def seat(self, seats: dict[int, str], *, by) -> None:
        """Gives organizations (by id) their seats; "" takes a seat away. Organizations not named keep theirs."""
        with transaction.atomic():
            Mechanism.objects.select_for_update(of=("self",)).get(pk=self.pk)
            before = {member.organization_id: member for member in self.members.all()}
            names = dict(Organization.objects.filter(pk__in=seats).values_list("pk", "short_name"))
            changes = {}
            for organization, seat in seats.items():
                old = before[organization].seat if organization in before else ""
                if old == seat:
                    continue
                changes[names[organization]] = (old, seat)
                if seat:
                    MechanismMember.objects.update_or_create(
                        mechanism=self, organization_id=organization, defaults={"seat": seat}
                    )
                else:
                    before[organization].delete()
            if changes:
                record(self, "seated", by=by, agreement=self.agreement, changes=changes)


class MechanismMemberQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number, party, organization):
        return self.get(
            mechanism__agreement__slug=agreement,
            mechanism__number=number,
            organization__party__slug=party,
            organization__slug=organization,
        )


class MechanismMember(models.Model):
    """An organization's seat in a mechanism; a group's seat is each of its members'."""

    class Seat(models.TextChoices):
        CONVENER = "convener", _("convener")
        HEAD = "head", _("head of the group")
        DEPUTY = "deputy", _("deputy head")
        MEMBER = "member", _("member")

    mechanism = models.ForeignKey(Mechanism, models.CASCADE, related_name="members")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="seats", verbose_name=_("organization"))
    seat = models.CharField(_("seat"), max_length=8, choices=Seat, default=Seat.MEMBER)

    objects = MechanismMemberQuerySet.as_manager()

    class Meta:
        ordering = ["mechanism", "organization__party", "seat", "id"]
        constraints = [models.UniqueConstraint(fields=["mechanism", "organization"], name="mechanism_member_once")]

    def __str__(self):
        return f"{self.mechanism} · {self.organization}"

    def natural_key(self):
        return (*self.mechanism.natural_key(), self.organization.party.slug, self.organization.slug)

    natural_key.dependencies = ["meetings.mechanism", "agreement.organization"]  # type: ignore[attr-defined]
