"""Loads the demonstration: an invented story of the agreement, laid around a day."""

from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from agreement.models import Agreement
from agreement.workdays import calendar, office_today
from meetings.demo import issues, people, reports, second, sessions, tasks
from meetings.demo.story import Story


class Command(BaseCommand):
    help = "Loads the demonstration data. Needs DEMO; where they are already, nothing is touched."

    def add_arguments(self, parser):
        parser.add_argument("--today", type=date.fromisoformat, help="the day the story is laid around; default: today")
        parser.add_argument("--agreement", default="jiashan-xiuzhou", help="the agreement it is a story of")

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("This is no demonstration: DEMO is off. Its accounts have a published password.")
        agreement = Agreement.objects.filter(slug=options["agreement"]).first()
        if agreement is None:
            raise CommandError(f"There is no agreement {options['agreement']} yet: run load_agreement first.")
        if people.is_there():
            self.say(options, "The demonstration is here already; nothing was touched. A new database gets a new one.")
            return
        today = options["today"] or office_today()
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            tell(Story(agreement, today, calendar()))
        self.say(options, f"The demonstration is laid around {today}.")

    def say(self, options, words):
        if options["verbosity"]:
            self.stdout.write(words)


def tell(story: Story) -> None:
    """Writes the whole of `story` into the database."""
    people.bring_in(story)
    tracks = tasks.lay_out(story)
    sessions.convene(story, tracks)
    issues.raise_all(story)
    reports.write(story, tracks)
    story.tell()
    second.make(story.today, story.day)
