"""The Vietnamese translation is complete: what a screen can say in English it can say in Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "lienthu"
KEYWORDS = {
    name + lazy: spec
    for lazy in ("", "_lazy", "_noop")
    for name, spec in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
} | {"_": None, "_lazy": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
# Words of Django's own catalogue that we use as they are.
BY_DJANGO = frozenset({"Vietnamese", "English"})


class Message(NamedTuple):
    """A sentence of the code: its context ("" for none), its singular and plural ("" for none)."""

    context: str
    singular: str
    plural: str = ""


@cache
def apps() -> list[Path]:
    return sorted(path.parent for path in SRC.rglob("apps.py"))


def home_of(path: Path) -> Path | None:
    """The innermost app that a file belongs to."""
    return max((app for app in apps() if app in path.parents), key=lambda app: len(app.parts), default=None)


def spoken_in(path: Path) -> Iterator[Message]:
    """The translatable sentences of a Python file or a template."""
    text = path.read_text()
    if path.suffix != ".py":
        # what is not a sentence becomes X and blanks; indentation would be an error of Python
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, said, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        parts = (said,) if isinstance(said, str) else tuple(said)
        if parts and parts[0]:
            yield Message(context or "", *parts[:2])


@cache
def sentences() -> dict[Path, dict[Message, str]]:
    """App → its sentences, each with one place where it stands."""
    found: dict[Path, dict[Message, str]] = {}
    files = [*SRC.rglob("*.py"), *(p for p in SRC.rglob("*") if "templates" in p.parts and p.is_file())]
    for path in sorted(files):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        home = home_of(path)
        for message in spoken_in(path):
            if message.singular not in BY_DJANGO:
                found.setdefault(home or SRC, {}).setdefault(message, str(path.relative_to(SRC)))
    return found


def catalogues() -> list[Path]:
    return sorted(SRC.rglob("locale/vi/LC_MESSAGES/django.po"))


@cache
def read(path: Path) -> Catalog:
    with path.open("rb") as f:
        return read_po(f, locale="vi")


def named(path: Path) -> str:
    return str(path.relative_to(SRC))


def test_sentences_are_found() -> None:
    """Guards the tests below: an extractor that finds nothing would make them all green."""
    assert sum(len(said) for said in sentences().values()) > 500
    assert {m.plural for said in sentences().values() for m in said} - {""}
    assert {m.context for said in sentences().values() for m in said} - {""}


def test_every_app_that_speaks_has_a_catalogue() -> None:
    mute = {
        named(app): len(said)
        for app, said in sentences().items()
        if not (app / "locale/vi/LC_MESSAGES/django.po").exists()
    }
    assert not mute, f"apps with sentences and no Vietnamese catalogue: {mute}"


@pytest.mark.parametrize("path", catalogues(), ids=lambda p: named(p.parents[3]))
def test_nothing_is_missing(path: Path) -> None:
    catalogue = read(path)
    missing = []
    for message, place in sentences().get(path.parents[3], {}).items():
        entry = catalogue.get(message.singular, message.context or None)
        if entry is None or bool(message.plural) != isinstance(entry.id, tuple | list):
            missing.append(f"{place}: {message.singular!r}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("path", catalogues(), ids=lambda p: named(p.parents[3]))
def test_nothing_is_left_over(path: Path) -> None:
    """A sentence that nobody says any more may be said by another app, and would be translated twice."""
    spoken = {(m.context, m.singular) for m in sentences().get(path.parents[3], {})}
    ids = [(e.context or "", e.id if isinstance(e.id, str) else e.id[0]) for e in read(path) if e.id]
    left = [singular for context, singular in ids if (context, singular) not in spoken]
    assert not left, f"no longer in the code: {left}"


@pytest.mark.parametrize("path", catalogues(), ids=lambda p: named(p.parents[3]))
def test_nothing_is_fuzzy_or_untranslated(path: Path) -> None:
    catalogue = read(path)
    wrong = []
    for entry in catalogue:
        if not entry.id:
            continue
        said = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        if entry.fuzzy or len(said) < 1 or not all(s and s.strip() for s in said):
            wrong.append(f"{'fuzzy' if entry.fuzzy else 'untranslated'}: {entry.id!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", catalogues(), ids=lambda p: named(p.parents[3]))
def test_vietnamese_has_one_plural_form(path: Path) -> None:
    text = path.read_text()
    assert re.search(r"Plural-Forms: *nplurals=1; *plural=0", text), "Plural-Forms must be nplurals=1; plural=0"
    assert "msgstr[1]" not in text


@pytest.mark.parametrize("path", catalogues(), ids=lambda p: named(p.parents[3]))
def test_placeholders_are_the_same(path: Path) -> None:
    wrong = []
    for entry in read(path):
        if not entry.id:
            continue
        asked = entry.id if isinstance(entry.id, str) else entry.id[-1]
        said = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        for text in said:
            if text and sorted(PLACEHOLDER.findall(asked)) != sorted(PLACEHOLDER.findall(text)):
                wrong.append(f"{asked!r} / {text!r}")
    assert not wrong, "\n".join(wrong)


def test_what_is_said_in_two_apps_is_translated_alike() -> None:
    """Django puts all catalogues into one and the first app's word counts: who means another gives a context."""
    said: dict[tuple[str, str], dict[str, list[str]]] = {}
    for path in catalogues():
        for entry in read(path):
            if entry.id:
                first = entry.id if isinstance(entry.id, str) else entry.id[0]
                text = entry.string if isinstance(entry.string, str) else entry.string[0]
                said.setdefault((entry.context or "", first), {}).setdefault(text, []).append(named(path.parents[3]))
    unlike = {key: words for key, words in said.items() if len(words) > 1}
    assert not unlike, unlike
