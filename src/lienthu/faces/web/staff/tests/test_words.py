"""Every code that an import may report has a sentence, and every sentence a Vietnamese one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation import override
from django.utils.translation.template import templatize

import lienthu
from lienthu.domain.catalog.encoding import AUTO, CHOICES
from lienthu.domain.catalog.exporting import EXPORT_FORMATS
from lienthu.domain.catalog.models import ImportBatch, Item
from lienthu.domain.catalog.reading import FORMATS, HARVESTED
from lienthu.faces.web.staff import problems, words
from lienthu.foundation.marc.holdings import PRESETS
from lienthu.foundation.marc.problems import DETAILS, PROBLEMS, in_english, seen
from lienthu.foundation.marc.tabular import FIELDS

SOURCE = Path(lienthu.__file__).parent
FACE = SOURCE / "faces" / "web" / "staff"
APPS = frozenset(p.parent.name for p in FACE.glob("*/locale"))
"""The desks with catalogues of their own."""
_CODE = re.compile(r"(?:Problem|Unreadable)\(\s*\"([a-z0-9-]+)\"")
_REPORTED = re.compile(r"\.content\.label, \"([a-z-]+)\"")
_REFUSED = re.compile(r"TabularRefused\(\s*\"([a-z-]+)\"(?: if \w+ else \"([a-z-]+)\")?")


def code_of(*folders: str) -> str:
    files = [f for folder in folders for f in (SOURCE / folder).rglob("*.py") if "tests" not in f.parts]
    return "\n".join(f.read_text(encoding="utf-8") for f in files)


def test_no_problem_is_without_a_sentence() -> None:
    text = code_of("foundation/marc", "domain/catalog", "domain/union")
    used = set(_CODE.findall(text)) | set(_REPORTED.findall(text))
    assert {"encoding-label", "repeated-control-number", "barcode-taken", "digits-lost"} <= used, "the search is blind"
    assert (used | set(PROBLEMS)) - set(problems.SENTENCES) == set()


def test_no_refused_table_is_without_a_sentence() -> None:
    used = {code for pair in _REFUSED.findall(code_of("foundation/marc")) for code in pair if code}
    assert len(used) > 8
    assert used - set(problems.REFUSED_TABLES) == set()


def test_every_code_of_the_catalogue_has_words() -> None:
    assert set(words.FORMATS) == {*FORMATS, HARVESTED}
    assert set(words.EXPORTS) == set(EXPORT_FORMATS)
    assert set(words.ENCODINGS) == set(CHOICES) - {AUTO}
    assert set(words.STATUS) == set(ImportBatch.Status.values)
    assert set(words.ITEM_STATUS) == set(Item.Status.values)
    assert set(words.FIELDS) == set(FIELDS)
    assert set(words.PRESETS) == {"", *PRESETS}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with (FACE / "locale/vi/LC_MESSAGES/django.po").open("rb") as f:
        return read_po(f, locale="vi")


def test_every_sentence_of_the_code_is_translated(catalog: Catalog) -> None:
    missing, seen = [], 0
    for path in FACE.rglob("*.py"):
        if {"tests", *APPS} & set(path.relative_to(FACE).parts):
            continue
        for strings, context in _said_in(path):
            seen += 1
            message = catalog.get(strings[0], context)
            if message is None or not message.string:
                missing.append((path.name, strings[0]))
    assert seen > 200, "the search is blind"
    assert missing == []


def _said_in(path: Path) -> Iterator[tuple[list[str], str | None]]:
    """What a file has translated: strings, singular first, and their context.

    A call without a literal says a sentence that stands marked elsewhere; it has nothing to look up here.
    """
    keywords = ["_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"]
    with path.open("rb") as f:
        for _line, function, arguments, _comments in extract_python(f, keywords, [], {}):
            strings = [arguments] if isinstance(arguments, str) else [a for a in arguments or () if a]
            context = strings.pop(0) if function.startswith("pgettext") and strings else None
            if strings:
                yield strings, context


def test_every_sentence_of_the_pages_is_translated(catalog: Catalog) -> None:
    missing, seen = [], 0
    for path in (FACE / "templates").rglob("*.html"):
        for call in re.finditer(r"(n|p|np)?gettext\(", text := templatize(path.read_text(encoding="utf-8"))):
            strings = _leading_strings(text[call.end() :])
            context = strings.pop(0) if call.group(1) == "p" else None
            seen += 1
            message = catalog.get(strings[0], context)
            if message is None or not message.string:
                missing.append((path.name, strings[0]))
    assert seen > 200, "the search is blind"
    assert missing == []


def _leading_strings(text: str) -> list[str]:
    """The string arguments a call begins with."""
    out = []
    while match := re.match(r"[\s,]*u?r?('(?:[^'\\]|\\.)*'|\"\"\".*?\"\"\"|\"(?:[^\"\\]|\\.)*\")", text, re.DOTALL):
        out.append(str(eval(match.group(1))))  # a string literal that Django itself wrote
        text = text[match.end() :]
    return out


def test_placeholders_survive_translation(catalog: Catalog) -> None:
    holder = re.compile(r"%\(\w+\)[sd]")
    for message in catalog:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[-1]  # the form for any number
        target = message.string if isinstance(message.string, str) else message.string[0]
        assert target, source
        assert set(holder.findall(source)) == set(holder.findall(target)), source


def test_what_was_seen_is_said_in_the_language_of_the_reader() -> None:
    assert problems.DETAILS.keys() == DETAILS.keys()
    for code, text in DETAILS.items():
        params = [str(n) for n in range(text.count("{"))]
        with override("en"):
            assert problems.detail_text(seen(code, *params)) == text.format(*params) == in_english(seen(code, *params))
        with override("vi"):
            assert problems.detail_text(seen(code, *params)) != text.format(*params), code


def test_what_is_no_words_is_shown_as_it_was_seen() -> None:
    for detail in ("245", "", "#", "#row", "#row\x1f1\x1f2", "#nothing\x1f1", "{0} \x1f"):
        assert problems.detail_text(detail) == in_english(detail) == detail
    hostile = seen("row-column-value", 1, 2, "#row\x1f{0}{x}%s<b>")
    assert in_english(hostile) == "row 1, column 2: #row␟{0}{x}%s<b>"


def test_no_code_puts_english_words_into_a_detail() -> None:
    literal = re.compile(r"Problem\(\s*[\w\"-]+(?: if \w+ else \"[a-z-]+\")?,\s*f?\"([^\"]*)\"")
    for said in literal.findall(code_of("foundation", "domain")):
        assert not re.search(r"[A-Za-z]{3,}", re.sub(r"\{[^}]*\}", "", said)), said
