"""The ground floor: the agreement, its parties, clauses, organizations, people, permissions, notices and audit."""

from agreement.celery import app as celery_app

__all__ = ["celery_app"]
