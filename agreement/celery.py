"""The worker's and beat's way in. Each app's jobs live in its jobs.py; the schedule is in settings.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agreement.settings")
app = Celery("agreement")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
