"""The settings as they are, with a beat for people in a hurry."""

from celery.schedules import schedule

from agreement.settings import *  # noqa: F403

CELERY_BEAT_SCHEDULE = {
    "plan": {"task": "notices.plan", "schedule": schedule(1), "options": {"expires": 50}},
    "drain": {"task": "notices.drain", "schedule": schedule(0.5), "options": {"expires": 12}},
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 0.5
