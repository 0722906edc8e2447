"""My work: what the reader owes in all their agreements, most urgent first."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreement.models import Membership
from agreement.permissions import CONTENT
from agreement.workdays import calendar, office_today
from domains.owing import work_of


@require_GET
def my_work(request):
    """The page of what waits for the reader, agreement by agreement."""
    posts = Membership.objects.current().filter(user=request.user, role__in=CONTENT)
    posts = list(posts.select_related("agreement", "organization__party"))
    if len(posts) == 1:
        # One agreement: its navigation around the page.
        request.membership, request.agreement = posts[0], posts[0].agreement
    today, days = office_today(), calendar()
    return render(request, "me/work.html", {"parts": [work_of(post, today, days) for post in posts], "today": today})
