"""manage.py notices: one round of planning and sending, for a machine without a worker or to see that it works."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from agreement.notices.outbox import drain
from agreement.notices.planner import plan


class Command(BaseCommand):
    help = "Writes down the notices due now and sends what waits; worker and beat do the same by themselves."

    def handle(self, *args, **options):
        planned = plan(timezone.now())
        self.stdout.write(f"{planned} deliveries planned, {drain()} mails sent.")
