"""Both catalogues are complete, and what is shipped compiled is what stands in the sources."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.utils.translation import override
from django.utils.translation.template import templatize

from agreement.forms import OnceForm
from tools.catalogues import LANGUAGES, catalogue, unfinished

ROOT = Path(__file__).parent.parent
CALLS = {
    "gettext",
    "gettext_lazy",
    "_",
    "pgettext",
    "pgettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "npgettext_lazy",
}


def messages_in(source: str) -> set[str]:
    """The msgids a Python source (or a template turned into one) asks to be translated."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            position = 1 if name.startswith(("p", "np")) else 0
            if len(node.args) > position and isinstance(node.args[position], ast.Constant):
                found.add(node.args[position].value)
    return found


def asked_for() -> set[str]:
    """Every msgid in the project's own Python and templates."""
    found = set()
    for app in ("agreement", "domains", "meetings"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= messages_in(path.read_text())
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        turned = templatize(path.read_text(), origin=str(path))
        for match in re.finditer(r"n?p?gettext\(.*?\)(?=\s|$)", turned):
            try:
                found |= messages_in(match.group(0))
            except SyntaxError:
                continue
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_or_fuzzy(language):
    assert unfinished(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_code_is_in_the_catalogue(language):
    known = {entry.msgid for entry in polib.pofile(str(catalogue(language))) if not entry.obsolete}
    assert (
        sorted(
            message.replace("%%", "%")
            for message in asked_for()
            if message.replace("%%", "%") not in known and message not in known
        )
        == []
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_sources(language):
    compiled = polib.mofile(str(catalogue(language).with_suffix(".mo")))
    source = polib.pofile(str(catalogue(language)))
    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled} == {
        (e.msgctxt, e.msgid): (e.msgstr, {int(k): v for k, v in e.msgstr_plural.items()})
        for e in source
        if not e.obsolete
    }


def test_placeholders_are_the_same_in_chinese():
    wrong = []
    for entry in polib.pofile(str(catalogue("zh_Hans"))):
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        wanted = set(re.findall(r"%\(\w+\)s|\{\w+\}", entry.msgid + entry.msgid_plural))
        wrong += [entry.msgid for text in texts if text and not set(re.findall(r"%\(\w+\)s|\{\w+\}", text)) <= wanted]
    assert wrong == []


def test_chinese_is_what_users_see_first(client, db):
    assert (
        'lang="zh-Hans"' in client.get("/accounts/login/").content.decode()
        or 'lang="zh-hans"' in client.get("/accounts/login/").content.decode()
    )


def test_a_form_speaks_the_readers_language():
    with override("zh-hans"):
        form = OnceForm({"once": "nonsense"})
        assert re.search(r"[\u4e00-\u9fff]", str(form.errors))
