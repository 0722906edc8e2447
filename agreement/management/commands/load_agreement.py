"""Loads an agreement from a folder of fixtures: creates what is missing, and leaves alone what is there."""

from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, models, transaction

from agreement.workdays import seed_workdays

YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it


@dataclass(frozen=True)
class Record:
    """One entry of a fixture file, and where it stands."""

    file: str
    place: int
    data: dict

    def __str__(self):
        fields = self.data.get("fields") or {}
        known_as = next((fields[name] for name in ("number", "slug", "organization") if name in fields), "")
        return f"{self.file}, record {self.place}: {self.data.get('model', 'no model')} {known_as}".rstrip()


class Missing(Exception):
    """A record refers to something that is not there, or not there yet."""


class Known:
    """What exists, by model and natural key: one query a model, however many records refer to it.

    Django's own deserializer asks the database for every reference of every record, thousands of times.
    """

    def __init__(self):
        self._of: dict[type[models.Model], dict[tuple, models.Model]] = {}

    def of(self, model) -> dict[tuple, models.Model]:
        if model not in self._of:
            rows = model._default_manager.select_related()  # a natural key reaches through the references
            self._of[model] = {each.natural_key(): each for each in rows}
        return self._of[model]

    def find(self, model, key):
        """The object of `model` with this natural key; raises Missing."""
        try:
            return self.of(model)[tuple(key)]
        except KeyError:
            raise Missing(f"there is no {model._meta.label} {list(key)}") from None


class Command(BaseCommand):
    help = "Loads an agreement from a folder of YAML fixtures. What exists, by its natural key, is never touched."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, help="the folder, for example fixtures/jiashan-xiuzhou")

    def handle(self, directory, **options):
        records = [record for file in files_in(directory) for record in read(file)]
        with transaction.atomic():
            days = seed_workdays()
            created = load(records)
        if options["verbosity"]:
            self.stdout.write(f"{len(records)} records read, {created.total()} created; {days} days added to calendar.")
            for label, count in sorted(created.items()):
                self.stdout.write(f"  {count:4}  {label}")


def files_in(directory: Path) -> list[Path]:
    """The fixtures of the folder; CommandError when there are none."""
    if not directory.is_dir():
        raise CommandError(f"There is no folder {directory}.")
    if files := sorted(directory.glob("*.yaml")):
        return files
    raise CommandError(f"There are no .yaml files in {directory}.")


def read(file: Path) -> list[Record]:
    """The records of `file`, in Django's fixture format with natural keys; CommandError when it is something else."""
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=YAML) or []  # noqa: S506 - a safe loader, see YAML
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandError(f"{file.name} is not readable YAML: {error}") from error
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise CommandError(f"{file.name} must be a list of records, each with `model` and `fields`.")
    return [Record(file.name, place, each) for place, each in enumerate(data, 1)]


def load(records: list[Record]) -> Counter:
    """Creates what is missing, in whatever order records refer to each other; returns how many of each model.

    Call it in a transaction. Raises CommandError naming file and record.
    """
    known, created = Known(), Counter[str]()
    waiting, in_vain = deque(records), 0
    while waiting:
        record = waiting.popleft()
        try:
            created.update(create(record, known))
            in_vain = 0
        except Missing as reason:  # perhaps a later record brings it
            waiting.append(record)
            in_vain += 1
            if in_vain > len(waiting):
                raise CommandError(f"{record}: {reason}.") from None
        except ValidationError as error:
            raise CommandError(f"{record}: {error}") from error
        except (FieldDoesNotExist, LookupError, TypeError, ValueError, Error) as error:
            raise CommandError(f"{record}: {type(error).__name__}: {error}") from error
    return created


def create(record: Record, known: Known) -> list[str]:
    """Creates the object of `record` unless it is there; returns its model's label if it did. Raises Missing."""
    model = apps.get_model(record.data["model"])
    values, many = {}, {}
    for name, value in record.data["fields"].items():
        field = model._meta.get_field(name)
        if field.many_to_many:
            many[name] = [known.find(field.related_model, key) for key in value]
        elif field.is_relation and value is not None:
            values[name] = known.find(field.related_model, value)
        else:
            values[name] = value
    noun = model(**values)
    references = [field.name for field in model._meta.fields if field.is_relation]
    noun.clean_fields(exclude=references)
    if noun.natural_key() in known.of(model):
        return []
    noun.save()
    for name, others in many.items():
        getattr(noun, name).set(others)
    known.of(model)[noun.natural_key()] = noun
    return [model._meta.label]
