"""Real processes, really killed: nothing is lost, nothing is told twice, and what may be double on the wire is counted."""

import os
import shutil
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

from tests.installation import Installation, kill, wait_until
from tests.smtp_sink import SinkServer

MAILS = 24
CAST = f"""
from tests.cast import make_agreement, make_mechanism, person
cast = make_agreement()
make_mechanism(cast)
for n in range({MAILS}):
    person(f"p{{n}}", cast.agreement, cast.east.towns, "staff")
"""
CLEAR = """
for rows in (DeliveryAttempt, Delivery, Notice, ChannelHealth):
    rows.objects.all().delete()
"""
MANY_MAILS = """
from agreement.notices.ledger import add_deliveries
from agreement.workdays import Calendar
people = dict(Membership.objects.filter(user__username__startswith="p").values_list("user", "organization"))
now = timezone.now()
notice = Notice.objects.create(agreement=Agreement.objects.get(), subject="clause:1", occasion="evt:1", series="event",
    urgent=True, fire_at=now, valid_until=now + timedelta(days=1), payload={"title": "通知", "path": "/x/"})
add_deliveries({notice: people}, now=now, calendar=Calendar(), channels=["mail"])
"""
LEDGER = """
rows = Delivery.objects.filter(channel="mail")
answer = {
    "states": {state: rows.filter(state=state).count() for state in set(rows.values_list("state", flat=True))},
    "failed": list(rows.filter(state="failed").values_list("reason", flat=True)),
    "ids": [f"<d{pk}.delta@127.0.0.1>" for pk in rows.values_list("pk", flat=True)],
    "uncertain": sum(rows.values_list("uncertain", flat=True)),
    "shown": Delivery.objects.filter(channel="inapp").count(),
    "notices": Notice.objects.count(),
}
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    made = Installation(tmp_path_factory.mktemp("installation"), REDIS_URL=own_redis(), EMAIL_HOST="")
    made.tell(CAST)
    yield made
    made.close()


def own_redis() -> str:
    """A database of the given Redis that nobody else uses; empty where there is none."""
    given = os.environ.get("REDIS_URL", "")
    return urlunsplit(urlsplit(given)._replace(path="/15")) if given else ""


@pytest.fixture
def server():
    server = SinkServer()
    yield server
    server.stop()


def send_with_kills(installation, server, failpoints, *how):
    """Runs the killed senders to their end; returns how many were killed and the ledger."""
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port)}
    installation.tell(CLEAR, MANY_MAILS, **mail)
    process = installation.start("tests.killed_workers", *how, DEBUG_FAILPOINTS="1", FAILPOINTS=failpoints, **mail)
    wait_until(lambda: process.poll() is not None, seconds=60, why="every mail has its end")
    assert process.returncode == 0, installation.log()
    kills = int(installation.log().rsplit('"kills": ', 1)[1].split("}")[0])
    return kills, installation.tell(LEDGER)


def test_killed_where_nothing_can_be_on_the_wire_it_sends_each_mail_exactly_once(installation, server):
    kills, ledger = send_with_kills(installation, server, "claimed=0.2,wire=0.2,marked=0.2")
    assert kills >= 3
    assert ledger["states"] == {"sent": MAILS}
    assert set(server.sink.ids()) == set(ledger["ids"])
    assert max(server.sink.ids().values()) == 1


def test_killed_between_the_server_s_yes_and_our_commit_it_loses_nothing_and_counts_every_copy(installation, server):
    kills, ledger = send_with_kills(installation, server, "claimed=0.1,accepted=0.3,marked=0.1")
    copies = server.sink.ids()
    assert kills >= 3
    assert set(copies) == set(ledger["ids"])  # nothing lost
    assert 0 < sum(copies.values()) - MAILS <= ledger["uncertain"] <= kills  # each copy is in the ledger
    assert max(copies.values()) <= 2
    assert set(ledger["failed"]) <= {"uncertain"}


def test_a_sender_that_marks_first_would_lose_mails(installation, server):
    """The negative control: the same kills, but marked as sent before it is sent."""
    kills, _ledger = send_with_kills(installation, server, "accepted=0.4", "mark-first")
    assert kills >= 3
    assert len(server.sink.ids()) < MAILS


# The whole machinery: worker and beat as they run, killed and started again

MEETING_TOMORROW = """
from agreement.workdays import OFFICE_TIME, office_today
from meetings.models import Mechanism, Meeting
mechanism = Mechanism.objects.get()
starts_at = datetime.combine(office_today() + timedelta(days=1), datetime.min.time(), OFFICE_TIME) + timedelta(hours=23)
Meeting.objects.create(agreement=mechanism.agreement, mechanism=mechanism, sequence=1, starts_at=starts_at,
    host=mechanism.first_host, place="二楼会议室")
"""
MEMBERS = 6  # a secretary, a leader and an officer of either side
TWO_MINUTES_LATER = "Delivery.objects.filter(state='sending').update(lease_until=timezone.now() - timedelta(seconds=1))"
ONCE_MORE = """
from agreement.notices.outbox import drain
from agreement.notices.planner import plan
plan(timezone.now()), plan(timezone.now()), drain(), drain()
"""


def worker_and_beat(installation, **more):
    celery = ["celery", "--quiet", "--app=agreement"]
    worker = installation.start(*celery, "worker", "--pool=solo", "--loglevel=WARNING", **more)
    beat = installation.start(*celery, "beat", f"--schedule={installation.folder / 'beat'}", "--pidfile=")
    return worker, beat


def empty_the_broker(installation):
    if url := own_redis():
        with redis.Redis.from_url(url) as client:
            client.flushdb()
    else:
        shutil.rmtree(installation.folder / "broker")


def kept_mails(installation) -> list[str]:
    return sorted(path.name for path in (installation.folder / "outbox").rglob("*.eml"))


def test_the_reminder_for_tomorrow_arrives_once_though_worker_and_beat_are_killed_and_the_broker_emptied(installation):
    installation.tell(CLEAR, MEETING_TOMORROW)
    # The first worker dies in the worst moment of all: the mail is out, the row does not say so yet.
    worker, beat = worker_and_beat(installation, DEBUG_FAILPOINTS="1", FAILPOINTS="accepted=1")
    wait_until(lambda: worker.poll() is not None, seconds=40, why="the worker is killed by its failpoint")
    assert worker.returncode == -9, installation.log()
    kill(beat)
    assert len(kept_mails(installation)) == 1
    empty_the_broker(installation)
    left = installation.tell(LEDGER, TWO_MINUTES_LATER)
    assert left["states"]["sending"] >= 1
    assert left["shown"] == MEMBERS
    worker, beat = worker_and_beat(installation)
    wait_until(lambda: len(kept_mails(installation)) == MEMBERS, seconds=40, why="everybody is reminded")
    kill(worker)
    kill(beat)
    end = installation.tell(TWO_MINUTES_LATER, ONCE_MORE, LEDGER)
    assert (end["notices"], end["shown"], end["states"]) == (1, MEMBERS, {"sent": MEMBERS})
    mails = kept_mails(installation)
    assert len(mails) == len(set(mails)) == MEMBERS
