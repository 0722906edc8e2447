"""The ledger (台账): every task in one table, with the columns offices use."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreement.models import Organization
from agreement.permissions import members_only
from agreement.workdays import calendar, office_today
from domains.forms.ledger import LedgerForm
from domains.health import Terms
from domains.ledger import SORTS, asked_tasks, ledger_rows
from domains.models import Domain

ROWS = 50


@members_only()
@require_GET
def ledger(request, agreement):
    """All tasks, filtered and sorted by the query string; what it does not understand there is left out."""
    parties = list(agreement.parties.all())
    organizations = list(Organization.objects.of_agreement(agreement))
    domains = list(Domain.objects.filter(agreement=agreement))
    form = LedgerForm(request.GET, parties=parties, organizations=organizations, domains=domains)
    terms = Terms.of(agreement, office_today(), calendar())
    tasks = asked_tasks(agreement, form.wishes, form.order, terms, organizations)
    page = Paginator(tasks.with_progress(parties).values(), ROWS).get_page(request.GET.get("page"))
    contacts = request.GET.get("contacts") == "yes"
    rows = ledger_rows(list(page.object_list), terms, parties, request.membership, contacts=contacts)
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "parties": parties,
        "contacts": contacts,
        "order": form.order,
        "sorts": _sorts(request, form.order),
        "chosen": [(form.in_words(name), _without(request, name)) for name in form.wishes],
        "without_contacts": _without(request, "contacts"),
        "today": terms.today,
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "domains/_ledger.html" if fragment else "domains/ledger.html", context)


def _without(request, name) -> str:
    """The query string with the filter `name`, and the page, left out."""
    query = request.GET.copy()
    for key in (name, "page"):
        query.pop(key, None)
    return "?" + query.urlencode()


def _sorts(request, order) -> dict:
    """For each column that sorts: where its header leads, and how it is sorted now."""
    links = {}
    for name in SORTS:
        query = request.GET.copy()
        query.pop("page", None)
        query["sort"] = f"-{name}" if order == name else name
        state = "ascending" if order == name else "descending" if order == f"-{name}" else ""
        links[name] = {"link": "?" + query.urlencode(), "state": state}
    return links
