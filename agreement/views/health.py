"""Two questions machines ask: is this process alive, and can it do its work."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agreement.models import Delivery, Heartbeat

_migrated = False


@login_not_required
@require_safe
def healthz(request):
    """Alive: no database, no broker, so that a database that is away restarts nobody."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request):
    """Ready: the database takes writes and has every migration. 503 otherwise, saying which.

    For watchers it also says how many seconds ago notices were last planned and since when the oldest mail is due.
    """
    now = timezone.now()
    try:
        if not _is_migrated():
            return JsonResponse({"status": "migrations missing"}, status=503)
        Heartbeat.objects.update_or_create(name="ready", defaults={"at": now})
        planned = Heartbeat.objects.filter(name="plan").values_list("at", flat=True).first()
        oldest = Delivery.objects.due(now).order_by("next_at").values_list("next_at", flat=True).first()
    except Error as error:
        return JsonResponse({"status": f"database: {type(error).__name__}"}, status=503)
    return JsonResponse(
        {
            "status": "ok",
            "planned_seconds_ago": planned and round((now - planned).total_seconds()),
            "oldest_due_seconds": round((now - oldest).total_seconds()) if oldest else 0,
        }
    )


def _is_migrated() -> bool:
    """Whether every migration is applied; once it is, it stays so for the life of this process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
