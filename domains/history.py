"""Who changed what when, in words: the activity rows of a task and of all that belongs to it."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreement.models import Activity
from agreement.models.activity import key_of
from domains.models import Issue, Report

# What happened, by noun and verb; the sentence begins with the person.
DEEDS = {
    ("task", "started"): gettext_lazy("started the task"),
    ("task", "changed"): gettext_lazy("changed the task"),
    ("task", "created"): gettext_lazy("created the task"),
    ("milestone", "moved"): gettext_lazy("updated the milestone"),
    ("milestone", "changed"): gettext_lazy("changed the milestone"),
    ("milestone", "added"): gettext_lazy("added the milestone"),
    ("milestone", "rescheduled"): gettext_lazy("moved the date of the milestone, by decision"),
    ("progressrecord", "counted"): gettext_lazy("recorded progress"),
    ("progressrecord", "held"): gettext_lazy("recorded that it was held"),
    ("issue", "raised"): gettext_lazy("raised the issue"),
    ("issue", "escalated"): gettext_lazy("put the issue one level up"),
    ("issue", "sent_down"): gettext_lazy("gave the issue back to the level below"),
    ("issue", "closed"): gettext_lazy("closed the issue"),
    ("report", "submitted"): gettext_lazy("submitted the report"),
    ("report", "accepted"): gettext_lazy("accepted the report"),
    ("report", "returned"): gettext_lazy("returned the report"),
    ("taskowner", "joined"): gettext_lazy("named the organization"),
    ("taskowner", "left"): gettext_lazy("took out the organization"),
    ("taskowner", "took_lead"): gettext_lazy("made the lead"),
}
# Facts in `changes` that are no field of the noun.
FACTS = {"words": gettext_lazy("in words"), "reason": gettext_lazy("reason")}


def seen_by(membership):
    """The activities that change something this person sees: not the other side's own, but for issues between two leads.

    Even that something happened is the other side's own affair: a poll must not tell it.
    """
    between_leads = Issue.objects.visible_to(membership).filter(agreement=membership.agreement_id, peak_level=0)
    keys = between_leads.order_by().values(key=Concat(Value("issue:"), Cast("pk", CharField())))
    return Activity.objects.filter(Q(side=None) | Q(side=membership.party_id) | Q(subject__in=keys))


def task_history(task, membership):
    """The activities of `task` and its parts that this person may see, newest first; a queryset for paging.

    What one person may not see (an issue between two leads, a draft report) leaves no trace on their page either.
    """
    unseen = [
        f"{name}:{pk}"
        for name, rows in (("issue", Issue.objects), ("report", Report.objects))
        for pk in rows.filter(task=task)
        .exclude(pk__in=rows.visible_to(membership).filter(task=task).values("pk"))
        .values_list("pk", flat=True)
    ]
    rows = Activity.objects.filter(agreement=task.agreement, parent=key_of(task)).visible_to(membership)
    return rows.exclude(subject__in=unseen).select_related("by").order_by("-id")


def in_words(activities) -> list[dict]:
    """Each activity as {who, on_behalf, deed, label, changes: [{field, old, new}], at}."""
    return [_told(activity) for activity in activities]


def _told(activity):
    noun = activity.subject.partition(":")[0]
    model = _models().get(noun)
    deed = DEEDS.get((noun, activity.verb)) or (
        _("changed: %(noun)s") % {"noun": model._meta.verbose_name} if model else activity.verb
    )
    return {
        "who": str(activity.by) if activity.by else _("the system"),
        "on_behalf": activity.on_behalf,
        "deed": deed,
        "label": "" if noun == "task" else _label(noun, activity.label),
        "at": activity.at,
        "changes": [
            {
                "field": _field_words(model, name),
                "old": _value_words(model, name, old),
                "new": _value_words(model, name, new),
            }
            for name, (old, new) in activity.changes.items()
            if (old or None) != (new or None)
        ],
    }


def _label(noun, label):
    """The label without the task's number, which stands above it anyway, and without the version of a report."""
    return label.partition(" ")[2].rpartition(" v")[0] or label if noun in ("report", "progressrecord") else label


def _models():
    return {model._meta.model_name: model for model in apps.get_models() if model.__module__.split(".")[1] == "models"}


def _field(model, name):
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _field_words(model, name):
    field = _field(model, name)
    return field.verbose_name if field is not None else FACTS.get(name, name)


def _value_words(model, name, value):
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    field = _field(model, name)
    choices = dict(getattr(field, "flatchoices", None) or [])
    if value in choices:
        return choices[value]
    return f"{value}%" if name == "percent" else str(value)
