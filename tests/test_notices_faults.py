"""Real processes, really killed: nothing is lost, nothing is told twice, and what may be double on the wire is counted."""

import os
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

from tests.installation import Installation, wait_until
from tests.smtp_sink import SinkServer

MAILS = 30
SET_UP = f"""
from agreement.notices.ledger import add_deliveries
from agreement.workdays import Calendar
from tests.cast import make_agreement, person
agreement = make_agreement().agreement
office = Organization.objects.filter(slug="office").first()
people = [person(f"p{{n}}", agreement, office, "staff") for n in range({MAILS})]
now = timezone.now()
notice = Notice.objects.create(agreement=agreement, subject="clause:1", occasion="evt:1", series="event", urgent=True,
    fire_at=now, valid_until=now + timedelta(days=1), payload={{"title": "通知", "path": "/x/"}})
add_deliveries({{notice: {{user.pk: office.pk for user in people}}}}, now=now, calendar=Calendar(), channels=["mail"])
"""
LEDGER = """
rows = Delivery.objects.filter(channel="mail")
answer = {
    "states": {state: rows.filter(state=state).count() for state in set(rows.values_list("state", flat=True))},
    "failed": list(rows.filter(state="failed").values_list("reason", flat=True)),
    "ids": [f"<d{pk}.delta@127.0.0.1>" for pk in rows.values_list("pk", flat=True)],
    "uncertain": sum(rows.values_list("uncertain", flat=True)),
}
"""


@pytest.fixture
def server():
    server = SinkServer()
    yield server
    server.stop()


@pytest.fixture
def installation(tmp_path, server):
    made = Installation(tmp_path, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(server.port), SITE_URL="http://127.0.0.1:8000")
    made.tell(SET_UP)
    yield made
    made.close()


def send_with_kills(installation, failpoints, *how):
    """Runs the killed senders to their end; returns how many were killed and the ledger."""
    process = installation.start("tests.killed_workers", *how, DEBUG_FAILPOINTS="1", FAILPOINTS=failpoints)
    wait_until(lambda: process.poll() is not None, seconds=60, why="every mail has its end")
    assert process.returncode == 0, installation.log()
    kills = int(installation.log().rsplit('"kills": ', 1)[1].split("}")[0])
    return kills, installation.tell(LEDGER)


def test_killed_where_nothing_can_be_on_the_wire_it_sends_each_mail_exactly_once(installation, server):
    kills, ledger = send_with_kills(installation, "claimed=0.2,wire=0.15,marked=0.15")
    assert kills >= 3
    assert ledger["states"] == {"sent": MAILS}
    assert set(server.sink.ids()) == set(ledger["ids"])
    assert max(server.sink.ids().values()) == 1


def test_killed_between_the_server_s_yes_and_our_commit_it_loses_nothing_and_counts_every_copy(installation, server):
    kills, ledger = send_with_kills(installation, "claimed=0.1,accepted=0.2,marked=0.1")
    copies = server.sink.ids()
    assert kills >= 3
    assert set(copies) == set(ledger["ids"])  # nothing lost
    assert 0 < sum(copies.values()) - MAILS <= ledger["uncertain"] <= kills  # each copy is in the ledger
    assert max(copies.values()) <= 2
    assert set(ledger["failed"]) <= {"uncertain"}


def test_a_sender_that_marks_first_would_lose_mails(installation, server):
    """The negative control: the same kills, but marked as sent before it is sent."""
    kills, _ledger = send_with_kills(installation, "accepted=0.3", "mark-first")
    assert kills >= 3
    assert len(server.sink.ids()) < MAILS


# The whole machinery: worker and beat as they run, killed and started again

MEETING_TOMORROW = """
from agreement.workdays import OFFICE_TIME, office_today
from meetings.models import Meeting
from tests.cast import make_agreement, make_mechanism
cast = make_agreement()
mechanism = make_mechanism(cast)
starts_at = datetime.combine(office_today() + timedelta(days=1), datetime.min.time(), OFFICE_TIME) + timedelta(hours=23)
Meeting.objects.create(agreement=cast.agreement, mechanism=mechanism, sequence=1, starts_at=starts_at,
    host=cast.east.party, place="二楼会议室")
"""
MACHINERY = """
mails, shown = Delivery.objects.filter(channel="mail"), Delivery.objects.filter(channel="inapp")
plan = Heartbeat.objects.filter(name="plan").first()
answer = {
    "planned": plan and plan.at.isoformat(),
    "notices": Notice.objects.count(),
    "mails": {state: mails.filter(state=state).count() for state in set(mails.values_list("state", flat=True))},
    "shown": shown.count(),
}
"""
MEMBERS = 6


def worker_and_beat(installation, **more):
    worker = installation.start(
        "celery", "--quiet", "--app=agreement", "worker", "--pool=solo", "--loglevel=WARNING", **more
    )
    beat = installation.start(
        "celery", "--quiet", "--app=agreement", "beat", f"--schedule={installation.folder / 'beat'}", "--pidfile="
    )
    return worker, beat


def kept_mails(installation):
    return sorted(path.name for path in (installation.folder / "outbox").rglob("*.eml"))


def the_reminder_survives(installation, between):
    installation.tell(MEETING_TOMORROW)
    # The first worker dies in the worst moment of all: the mail is out, the row does not say so yet.
    worker, beat = worker_and_beat(installation, DEBUG_FAILPOINTS="1", FAILPOINTS="accepted=1")
    wait_until(lambda: worker.poll() is not None, why="the worker is killed by its failpoint")
    assert worker.returncode == -9, installation.log()
    beat.kill()
    beat.wait(10)
    assert len(kept_mails(installation)) == 1
    left = installation.tell(MACHINERY)
    assert left["mails"]["sending"] >= 1
    assert left["shown"] == MEMBERS
    between()
    # What the lease's two minutes would do.
    installation.tell(
        "Delivery.objects.filter(state='sending').update(lease_until=timezone.now() - timedelta(seconds=1))"
    )
    worker, beat = worker_and_beat(installation)
    wait_until(lambda: len(kept_mails(installation)) == MEMBERS, why="everybody is reminded")
    os.kill(worker.pid, 9)
    os.kill(beat.pid, 9)
    worker.wait(10)
    beat.wait(10)
    installation.tell("from agreement.notices.planner import plan; plan(timezone.now()); plan(timezone.now())")
    installation.tell(
        "Delivery.objects.filter(state='sending').update(lease_until=timezone.now() - timedelta(seconds=1))\n"
        "from agreement.notices.outbox import drain; drain()"
    )
    end = installation.tell(MACHINERY)
    assert end == {"planned": end["planned"], "notices": 1, "mails": {"sent": MEMBERS}, "shown": MEMBERS}
    mails = kept_mails(installation)
    assert len(mails) == len(set(mails)) == MEMBERS


@pytest.fixture
def embedded(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = Installation(tmp_path, REDIS_URL="", EMAIL_HOST="")
    yield made
    made.close()


def test_the_reminder_for_tomorrow_arrives_once_though_worker_and_beat_are_killed(embedded):
    the_reminder_survives(embedded, between=lambda: None)


@pytest.mark.postgres
@pytest.mark.redis
def test_the_same_on_postgresql_and_redis_though_redis_is_emptied_too(tmp_path, redis_database):
    made = Installation(tmp_path, REDIS_URL=redis_database.url, EMAIL_HOST="")
    try:
        the_reminder_survives(made, between=redis_database.client.flushdb)
    finally:
        made.close()


@pytest.fixture
def redis_database():
    """A database of the given Redis that nobody else uses."""
    url = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path="/15"))
    client = redis.Redis.from_url(url)
    client.flushdb()
    yield SimpleNamespace(url=url, client=client)
    client.flushdb()
    client.close()
