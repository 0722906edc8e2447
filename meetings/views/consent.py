"""Each side's office says yes to the agenda, and to the decisions; or takes its word back."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from agreement.permissions import members_only
from agreement.workdays import office_today
from meetings.models import Answer, Consent, Meeting
from meetings.permissions import WRITERS
from meetings.telling import tell_meeting, tell_other_office
from meetings.views.meeting import meeting_of

ASKED = {
    "agenda": gettext_noop("Your consent is asked: agenda of %(meeting)s"),
    "decisions": gettext_noop("Your consent is asked: decisions of %(meeting)s"),
}
REACHED = {
    "agenda": gettext_noop("Both sides have agreed: agenda of %(meeting)s"),
    "decisions": gettext_noop("Both sides have confirmed: decisions of %(meeting)s"),
}


@members_only(*WRITERS)
@require_POST
def consent(request, agreement, pk, stage):
    """Gives (default) or withdraws ("act" is "withdraw") the own side's consent to what `version` was."""
    if stage not in Consent.Stage.values:
        raise Http404
    meeting = meeting_of(agreement, pk)
    side = request.membership.party
    back = redirect("agenda", agreement.slug, pk) if stage == "agenda" else redirect(meeting)
    if request.POST.get("act") == "withdraw":
        with transaction.atomic():
            locked = Meeting.objects.locked(pk)
            if locked.is_open if stage == "agenda" else locked.decisions_are_open:
                for given in locked.consents.filter(stage=stage, party=side):
                    given.withdraw(by=request.user)
                    messages.info(request, _("Your side's consent is withdrawn."))
        return back
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 10 else 0
    with transaction.atomic():
        answer = Consent.give(meeting, stage, party=side, by=request.user, on=office_today(), version=seen)
        if answer == Answer.AGREED:
            tell_meeting(meeting, REACHED[stage])
        elif answer == Answer.WAITING:
            given = meeting.consents.get(stage=stage, party=side)
            tell_other_office(given, ASKED[stage], named=meeting, side=side, path=back.url)
    level = messages.SUCCESS if answer in (Answer.AGREED, Answer.WAITING) else messages.WARNING
    messages.add_message(request, level, answer.label)
    return back
