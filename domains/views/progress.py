"""Progress of tasks that are counted, or held within an interval."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreement.models import Organization
from agreement.permissions import demand, members_only
from agreement.workdays import office_today
from domains.forms.progress import ProgressForm
from domains.models import Task
from domains.permissions import acts_on_behalf, may_update, part_in
from domains.views.answers import changed, get_task, show_task


@members_only()
@require_POST
def progress_new(request, agreement, number):
    task = get_task(agreement, number)
    demand(may_update(request.membership, task))
    if task.progress_kind not in (Task.ProgressKind.COUNT, Task.ProgressKind.CADENCE):
        raise Http404
    form = ProgressForm(request.POST, task=task, today=office_today(), user=request.user)
    form.place = "progress"
    if not form.is_valid():
        return show_task(request, task, bound=form, status=422)
    form.add(
        organization=Organization.objects.filter(pk=part_in(request.membership, task)).first(),
        by=request.user,
        on_behalf=acts_on_behalf(request.membership),
    )
    return changed(request, task, _("Recorded."), anchor="#progress")
