"""Documentation under test: rules, rooms, commands, settings and links are what the code has."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from lienthu.faces.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "lienthu"
READMES = (ROOT / "README.md", ROOT / "README.vi.md")
# Prefix of a family of rules → the document that states them.
SPECS = {
    "IMP": ROOT / "docs/specs/import.md",
    "JOIN": ROOT / "docs/specs/import.md",
    "SEA": ROOT / "docs/specs/search.md",
    "CLU": ROOT / "docs/specs/clusters.md",
    "OAI": ROOT / "docs/specs/exchange.md",
    "HAR": ROOT / "docs/specs/harvesting.md",
    "QUA": ROOT / "docs/specs/joining.md",
    "REP": ROOT / "docs/specs/joining.md",
    "MAT": ROOT / "docs/specs/matching.md",
    "DIG": ROOT / "docs/specs/digital.md",
    "IMG": ROOT / "docs/specs/images.md",
    "PRE": ROOT / "docs/specs/presentation.md",
    "PRS": ROOT / "docs/specs/preservation.md",
    "ING": ROOT / "docs/specs/digital.md",
    "FTS": ROOT / "docs/specs/fulltext.md",
    "RDR": ROOT / "docs/specs/reader.md",
    "REG": ROOT / "docs/specs/register.md",
    "RGT": ROOT / "docs/specs/rights.md",
    "WFL": ROOT / "docs/specs/workflow.md",
    "NW": SRC / "domain/network/README.md",
}
NUMBER = re.compile(rf"\b({'|'.join(SPECS)})-(\d+)(?:\s*(?:to|…|–|-)\s*(?:\1-)?(\d+)\b)?")
FAMILIES = tuple(family for family in SPECS if family != "NW")  # each in a specification of its own
_FAMILY = "|".join(FAMILIES)
STATED = re.compile(rf"^\*\*({_FAMILY})-(\d+)\*\* (.*?)(?=^\*\*(?:{_FAMILY})-|^#|\Z)", re.MULTILINE | re.DOTALL)
Rule = tuple[str, int]
# Variables that our own programs set for those they start; nobody else needs to know them.
BETWEEN_OUR_PROGRAMS = {"LIENTHU_SUPERVISED", "LIENTHU_NO_COST_LIMIT"}


def documents() -> list[Path]:
    return sorted([*READMES, *(ROOT / "docs").rglob("*.md"), *SRC.rglob("README.md")])


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def numbers_in(text: str) -> set[Rule]:
    """The rules a text names; "IMP-1 to IMP-12" names twelve."""
    found = set()
    for family, first, last in NUMBER.findall(text):
        found |= {(family, n) for n in range(int(first), int(last or first) + 1)}
    return found


@cache
def cited() -> dict[Rule, str]:
    """Rules that code and tests name, each with one place."""
    files = [p for top in (SRC, ROOT / "tests") for p in sorted(top.rglob("*.py")) if p != Path(__file__)]
    return {rule: named(path) for path in files for rule in numbers_in(text_of(path))}


@cache
def stated() -> dict[Rule, str]:
    """Rules that the specifications state, each with its text."""
    found: dict[Rule, str] = {}
    for path in dict.fromkeys(SPECS[family] for family in FAMILIES):
        for family, number, text in STATED.findall(text_of(path)):
            found[family, int(number)] = text
    return found


def written(rules: set[Rule]) -> list[str]:
    return [f"{family}-{number}" for family, number in sorted(rules)]


# ------------------------------------------------------------------------------------------------------------- rules


def test_every_rule_the_code_names_is_stated() -> None:
    known = set(stated()) | {rule for rule in numbers_in(text_of(SPECS["NW"])) if rule[0] == "NW"}
    lost = set(cited()) - known
    assert not lost, {name: cited()[rule] for name, rule in zip(written(lost), sorted(lost), strict=True)}


def test_every_stated_rule_is_named_by_the_code_or_a_test() -> None:
    assert len(stated()) > 40
    orphans = set(stated()) - set(cited())
    assert not orphans, "\n".join(written(orphans))


def test_no_number_is_given_twice_and_none_is_left_out() -> None:
    for path in dict.fromkeys(SPECS[family] for family in FAMILIES):
        given = Counter((family, int(number)) for family, number, _ in STATED.findall(text_of(path)))
        assert not [rule for rule, n in given.items() if n > 1]
        for family in {family for family, _ in given}:
            numbers = sorted(n for f, n in given if f == family)
            assert numbers == list(range(1, len(numbers) + 1)), f"{family}: {numbers}"


def test_every_rule_names_the_code_that_does_it() -> None:
    wrong = []
    for (family, number), text in stated().items():
        code = re.search(r"^- Code: (.+)$", text, re.MULTILINE)
        paths = re.findall(r"`([^`]+)`", code[1]) if code else []
        wrong += [f"{family}-{number}: {p}" for p in paths if not (SRC / p.partition("::")[0]).exists()]
        wrong += [] if paths else [f"{family}-{number}: names no code"]
    assert not wrong, "\n".join(wrong)


def test_every_rule_names_a_test_that_exists() -> None:
    wrong = []
    for (family, number), text in stated().items():
        proof = re.search(r"^- Test: (.+)$", text, re.MULTILINE)
        proofs = re.findall(r"`([^`]+)`", proof[1]) if proof else []
        if not proofs:
            wrong.append(f"{family}-{number}: no test")
        for name in proofs:
            file, _, function = name.partition("::")
            path = ROOT / file if file.startswith("tests/") else SRC / file
            if not path.exists() or not re.search(rf"^\s*def {re.escape(function)}\b", text_of(path), re.MULTILINE):
                wrong.append(f"{family}-{number}: there is no {name}")
    assert not wrong, "\n".join(wrong)


# --------------------------------------------------------------------------------------------------------------- map


def rooms() -> list[str]:
    """Every room of the house, as the map names it."""
    found = [str(f.relative_to(SRC)) for floor in ("foundation", "domain") for f in sorted((SRC / floor).iterdir())]
    found += [str(path.parent.relative_to(SRC)) for path in sorted((SRC / "faces").rglob("apps.py"))]
    found = [room for room in found if (SRC / room / "__init__.py").exists() and _holds_code(SRC / room)]
    return [*found, "faces/cli", "platform", "config"]


def _holds_code(folder: Path) -> bool:
    return any(path.stat().st_size for path in folder.rglob("*.py"))


@pytest.mark.parametrize("room", rooms())
def test_every_room_is_on_the_map(room: str) -> None:
    assert f"`{room}`" in text_of(ROOT / "docs/map.md")


def test_paths_on_the_map_exist() -> None:
    wrong = []
    for name in re.findall(r"`([\w./-]+(?:/[\w.-]*|\.(?:py|md|txt|toml|json)))`", text_of(ROOT / "docs/map.md")):
        in_a_room = "/" not in name.rstrip("/") and next(SRC.rglob(name.rstrip("/")), None)
        if not in_a_room and not any((top / name).exists() for top in (SRC, ROOT)):
            wrong.append(name)
    assert not wrong, "\n".join(wrong)


def test_functions_on_the_map_exist() -> None:
    """The map names services and selectors as `module.function()` below the heading of their room."""
    wrong = []
    for room, body in re.findall(r"^### `([\w/]+)`\n(.*?)(?=^#|\Z)", text_of(ROOT / "docs/map.md"), re.M | re.S):
        code = "\n".join(text_of(p) for p in (SRC / room).rglob("*.py") if "tests" not in p.parts)
        for function in re.findall(r"`(\w+)\(\)`", body):
            if not re.search(rf"^\s*(?:async )?def {function}\b|^class {function}\b", code, re.MULTILINE):
                wrong.append(f"{room}: {function}()")
    assert not wrong, "\n".join(wrong)


# ------------------------------------------------------------------------------------------ commands, settings, codes


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("readme", READMES, ids=named)
def test_every_command_is_in_both_readmes(command: str, readme: Path) -> None:
    assert re.search(rf"`lienthu {command}\b", text_of(readme))


@pytest.mark.parametrize("document", documents(), ids=named)
def test_no_document_names_a_command_that_is_not_there(document: Path) -> None:
    said = re.findall(r"[`/ ]lienthu ([a-z]+)\b", "\n".join(re.findall(r"`[^`\n]+`|^ {4}.*$", text_of(document), re.M)))
    assert not set(said) - set(COMMANDS), set(said) - set(COMMANDS)


@pytest.mark.parametrize("document", documents(), ids=named)
def test_no_document_names_a_make_target_that_is_not_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert not set(re.findall(r"`make ([a-z]+)`", text_of(document))) - targets


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_settings_in_the_readme_are_those_of_the_code(readme: Path) -> None:
    read = set(re.findall(r'"((?:LIENTHU_)?[A-Z][A-Z_]+)"', text_of(SRC / "config/env.py")))
    told = set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", text_of(readme), re.MULTILINE))
    assert told == read - BETWEEN_OUR_PROGRAMS


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_sample_accounts_in_the_readme_are_those_of_the_code(readme: Path) -> None:
    accounts = re.findall(r'SampleAccount\("(\w+)", "([\w-]+)"', text_of(SRC / "faces/cli/seeding.py"))
    assert accounts
    told = re.findall(r"^\| `(\w+)` \| `([\w-]+)` \|", text_of(readme), re.MULTILINE)
    assert sorted(told) == sorted(accounts)


def test_both_readmes_say_the_same() -> None:
    """As far as a program can tell: the same headings, and the same commands in the same order."""
    english, vietnamese = (text_of(path) for path in READMES)
    assert len(re.findall(r"^#+ ", english, re.M)) == len(re.findall(r"^#+ ", vietnamese, re.M))
    assert re.findall(r"`((?:make|lienthu) [^`]+)`", english) == re.findall(r"`((?:make|lienthu) [^`]+)`", vietnamese)


def test_every_reason_why_the_database_cannot_start_is_explained() -> None:
    code = "\n".join(text_of(path) for path in (SRC / "platform/postgres").glob("*.py"))
    codes = set(re.findall(r'CannotStart\(\s*"([a-z-]+)"|code = "([a-z-]+)"', code))
    known = {first or second for first, second in codes}
    assert len(known) > 8
    advice = text_of(ROOT / "docs/operations/install.md").partition("## Troubleshooting")[2]
    told = set(re.findall(r"^\| `([a-z-]+)` \|", advice, re.MULTILINE))
    assert told == known


# ------------------------------------------------------------------------------------------------- links, good manners


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("document", documents(), ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (document.parent / file) if file else document
        headings = [_anchor(h) for h in re.findall(r"^#+ (.+)$", text_of(path.resolve()), re.MULTILINE)]
        if not path.exists() or (anchor and anchor not in headings):
            wrong.append(target)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("document", documents(), ids=named)
def test_no_document_names_an_index_or_a_folder_of_one_machine(document: Path) -> None:
    bad = r"pypi\.org|pythonhosted|registry\.npmjs|--index-url|proxy\.golang|(?<![\w.])/(?:work|root|home/\w+|Users)/"
    assert not re.findall(bad, text_of(document))


def test_decisions_are_numbered_and_whole() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        headings = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)
        assert headings == ["Context", "Decision", "Why", "Consequences", "Licence"], page.name
        assert len(text_of(page).splitlines()) <= 80, f"{page.name}: a decision is one page"
