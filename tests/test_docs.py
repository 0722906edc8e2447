"""What is written beside the code stays true: settings, parts, files and commands that the documents name."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
READMES = ["README.md", "README.zh-CN.md"]
DOCUMENTS = [
    *READMES,
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md")),
]
# Made by run.py, an example, or a name of something that is no file of ours.
NOT_HERE = {".env", ".venv/", "var/", "var/secret_key", "var/db.sqlite3", "var/db.sqlite3-wal", "var/db.sqlite3-shm"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_asked_for() -> set[str]:
    """The names settings.py asks the environment for, by environment.text, flag, number or words."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(read("agreement/settings.py")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "environment"
        and isinstance(node.args[0], ast.Constant)
    }


def settings_explained(readme: str) -> set[str]:
    """The names in the first column of the table of settings."""
    return set(re.findall(r"^\| `([A-Z_]+)` \|", read(readme), re.MULTILINE))


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_explained_and_nothing_else_is(readme):
    assert settings_asked_for() == settings_explained(readme)


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", read(lock), re.MULTILINE))


def test_every_part_has_its_licence_and_reason():
    words = set(re.findall(r"[a-z0-9][a-z0-9._-]*[a-z0-9]", read("docs/dependencies.md").lower()))
    assert {name for name in locked("requirements-dev.lock") if name.lower() not in words} == set()


def test_the_versions_of_the_document_are_those_of_the_lock():
    told = {}
    for names, versions in re.findall(r"^\| ([^|]+) \| ([0-9][^|]*) \|", read("docs/dependencies.md"), re.MULTILINE):
        names = [name for name in names.split(", ") if not name.startswith("with ")]
        told |= {
            name.strip().lower(): version.strip() for name, version in zip(names, versions.split(", "), strict=True)
        }
    assert len(told) > 20
    lock = {name.lower(): version for name, version in locked("requirements-dev.lock").items()}
    assert {
        name: (version, lock.get(name)) for name, version in told.items() if not lock.get(name, "").startswith(version)
    } == {}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_it_names_is_there(document):
    text = read(document)
    named = set(
        re.findall(
            r"`([\w.-]*/?(?:[\w.-]+/)*[\w.-]+\.(?:py|md|yml|css|txt|toml|yaml|lock)|[\w.-]+/(?:[\w.-]+/)*)`", text
        )
    )
    linked = set(re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text))
    folder = (ROOT / document).parent
    missing = {name for name in named - NOT_HERE if "<" not in name and not exists(name, folder)}
    missing |= {target for target in linked if not (folder / target).exists()}
    assert missing == set()


def exists(name: str, folder: Path) -> bool:
    """Whether a file or folder of that name is at the top, beside the document, or (a bare name) anywhere in the apps."""
    if (ROOT / name).exists() or (folder / name).exists():
        return True
    return any(any((ROOT / app).rglob(name.rstrip("/"))) for app in ("agreement", "domains", "meetings"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_management_command_it_names_is_there(document):
    named = set(
        re.findall(r"(?:run\.py|manage\.py|python manage\.py) manage ([a-z_]+)|manage\.py ([a-z_]+)", read(document))
    )
    assert {name for pair in named for name in pair if name} - {*get_commands(), "version"} == set()


def headings(readme: str) -> int:
    return len(re.findall(r"^## ", read(readme), re.MULTILINE))


def test_both_languages_say_the_same():
    english, chinese = (read(name) for name in READMES)
    assert headings(READMES[0]) == headings(READMES[1])
    for pattern in (r"!\[[^]]*\]\(([^)]+)\)", r"^    (python3 run\.py\S*|docker compose.*)", r"^\| `([a-z.]+)`"):
        assert re.findall(pattern, english, re.MULTILINE) == re.findall(pattern, chinese, re.MULTILINE)
    assert english.count("\n|") == chinese.count("\n|")
