"""The message catalogues, without GNU gettext on the reader's machine:  python -m tools.catalogues [check]

`makemessages` (which needs GNU gettext, for developers) collects; this compiles both languages' .po into .mo with
polib and, for English, fills each translation with its msgid, so that both catalogues are complete.
"""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).parent.parent / "locale"
LANGUAGES = ("zh_Hans", "en")


def catalogue(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compile_all() -> None:
    """Writes each language's .mo beside its .po."""
    english = polib.pofile(str(catalogue("en")))
    for entry in english:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    english.save()
    for language in LANGUAGES:
        po = polib.pofile(str(catalogue(language)))
        po.save_as_mofile(str(catalogue(language).with_suffix(".mo")))


def unfinished(language: str) -> list[str]:
    """The msgids that have no translation, or only a fuzzy one."""
    po = polib.pofile(str(catalogue(language)))
    return [entry.msgid for entry in po if not entry.obsolete and (not entry.translated() or entry.fuzzy)]


def main() -> None:
    if sys.argv[1:] == ["check"]:
        missing = {language: unfinished(language) for language in LANGUAGES}
        for language, msgids in missing.items():
            sys.stdout.writelines(f"{language}: {msgid!r}\n" for msgid in msgids)
        sys.exit(any(missing.values()))
    compile_all()


if __name__ == "__main__":
    main()
