"""Says whether every clause of an agreement has its task, who leads it on each side, and what is still a gap."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from agreement.models import Agreement, Clause, Organization
from domains.models import Milestone, Task, TaskOwner


class Command(BaseCommand):
    help = "Prints, per part, the clauses with and without task, the leads of each side and the milestones."

    def add_arguments(self, parser):
        parser.add_argument("agreement", nargs="?", help="the agreement's address; default: all of them")

    def handle(self, agreement, **options):
        agreements = Agreement.objects.filter(slug=agreement) if agreement else Agreement.objects.all()
        if not agreements:
            raise CommandError(f"There is no agreement {agreement}." if agreement else "There is no agreement yet.")
        without = [clause for each in agreements for clause in self.report(each)]
        if without:
            raise CommandError(f"{len(without)} clauses have no task.", returncode=1)

    def report(self, agreement) -> list[Clause]:
        """Prints the state of one agreement; returns the clauses that have no task."""
        parties = list(agreement.parties.all())
        clauses = list(Clause.objects.filter(agreement=agreement).select_related("section"))
        tasks = tasks_of_clauses(agreement)
        leads = TaskOwner.objects.leads().filter(task__agreement=agreement)
        led = {party.pk: set(leads.filter(party=party).values_list("task", flat=True)) for party in parties}
        milestones = Counter(Milestone.objects.filter(task__agreement=agreement).values_list("task", flat=True))

        kinds = Counter(Organization.objects.of_agreement(agreement).values_list("kind", flat=True))
        groups = kinds.pop("group", 0)
        self.stdout.write(f"{agreement.slug}: {agreement}")
        self.stdout.write(
            f"{len(parties)} parties; {kinds.total()} organizations, {kinds['town']} of them towns and streets; "
            f"{groups} groups; {Task.objects.filter(agreement=agreement).count()} tasks\n\n"
        )
        sections = {clause.section_id: clause.section for clause in clauses}
        rows = [["part", "clauses", "with task", "without", *(f"lead {p.slug}" for p in parties), "milestones", ""]]
        rows += [
            [
                section.part,
                *self.counts([clause for clause in clauses if clause.section_id == pk], tasks, led, milestones),
                section.title,
            ]
            for pk, section in sections.items()
        ]
        rows.append(["all", *self.counts(clauses, tasks, led, milestones), ""])
        self.write_table(rows)

        without = [clause for clause in clauses if not tasks[clause.pk]]
        self.write_list("Clauses without a task", [str(clause) for clause in without])
        for party in parties:
            gaps = [str(c) for c in clauses if tasks[c.pk] and not tasks[c.pk] & led[party.pk]]
            self.write_list(f"Tasks without a lead in {party.slug}", gaps)
        self.stdout.write("")
        return without

    def counts(self, clauses, tasks, led, milestones):
        """The figures of a row of the table for these clauses."""
        of_part = set().union(*(tasks[clause.pk] for clause in clauses))
        having = sum(bool(tasks[clause.pk]) for clause in clauses)
        return [
            len(clauses),
            having,
            len(clauses) - having,
            *(sum(bool(tasks[clause.pk] & ours) for clause in clauses) for ours in led.values()),
            sum(milestones[task] for task in of_part),
        ]

    def write_table(self, rows):
        widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            *figures, words = row  # the title comes last: Chinese characters are two columns wide
            cells = (str(cell).rjust(width) for cell, width in zip(figures, widths, strict=False))
            self.stdout.write("  ".join([*cells, words]).rstrip())

    def write_list(self, heading, lines):
        if lines:
            self.stdout.write(f"\n{heading}:")
            for line in lines:
                self.stdout.write(f"  {line}")


def tasks_of_clauses(agreement) -> dict[int, set[int]]:
    """The ids of the tasks made of each clause of `agreement`, by the clause's id."""
    found: dict[int, set[int]] = {
        pk: set() for pk in Clause.objects.filter(agreement=agreement).values_list("pk", flat=True)
    }
    for clause, task in Task.clauses.through.objects.filter(clause__agreement=agreement).values_list("clause", "task"):
        found[clause].add(task)
    return found
