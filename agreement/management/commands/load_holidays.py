"""manage.py load_holidays [FILE]: the days off and the days made up for, as the State Council decrees them each year."""

import csv
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from agreement.models import WorkdayException
from agreement.workdays import calendar, office_today, seed_workdays

WORDS = {"off": False, "work": True, "休": False, "班": True}


class Command(BaseCommand):
    help = "Adds the years known to the installed library, or a year from a file of lines like 2027-01-01,off,元旦 (or work)."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args, file=None, **options):
        added = self._from_file(file) if file else seed_workdays()
        self.stdout.write(f"{added} days added or changed.")
        next_year = office_today().year + 1
        if calendar().is_provisional(next_year):
            self.stdout.write(f"The notice for {next_year} is not loaded: Monday to Friday count as working days.")

    def _from_file(self, file: Path) -> int:
        """Takes over the file's days, all or none, over what was there; CommandError names the first bad line."""
        rows = []
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                for number, line in enumerate(csv.reader(lines), start=1):
                    if line and any(cell.strip() for cell in line):
                        rows.append(self._row(number, line))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        with transaction.atomic():
            WorkdayException.objects.bulk_create(
                {row.day: row for row in rows}.values(),
                update_conflicts=True,
                unique_fields=["day"],
                update_fields=["is_workday", "name"],
            )
        return len(rows)

    def _row(self, number: int, line: list[str]) -> WorkdayException:
        day, word, name = [cell.strip() for cell in [*line, "", ""][:3]]
        try:
            return WorkdayException(day=date.fromisoformat(day), is_workday=WORDS[word.lower()], name=name[:60])
        except (ValueError, KeyError) as error:
            raise CommandError(f"Line {number} is not like 2027-01-01,off,元旦: {','.join(line)}") from error
