"""The shape of the house: import contracts, style, types, and a few rules no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "lienthu"
LINTED = ("src", "tests", "tools", "benchmarks", "conftest.py")
LONGEST_FILE = 500
CODE = (".py", ".html", ".css", ".js")


def complaints(*command: str) -> str:
    """What a checker of this environment says when it is not content, "" when it is."""
    program = Path(sys.executable).with_name(command[0])
    if not program.exists():
        pytest.skip(f"{command[0]} is not installed (make setup)")
    done = subprocess.run([str(program), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout[-6000:] + done.stderr[-2000:]


def test_imports_point_down_only() -> None:
    said = complaints("lint-imports", "--config", ".importlinter")
    assert not said, said


def test_the_linter_is_content() -> None:
    said = complaints("ruff", "check", "--quiet", *LINTED)
    assert not said, said


def test_the_code_is_formatted() -> None:
    said = complaints("ruff", "format", "--quiet", "--check", *LINTED)
    assert not said, said


@pytest.mark.slow
def test_the_types_hold() -> None:
    said = complaints("mypy", "--no-error-summary")
    assert not said, said


def test_the_worker_knows_all_jobs() -> None:
    """What is not named in the settings is never imported by the worker: its jobs would fail, its hours pass."""
    from django.conf import settings

    there = {".".join(path.relative_to(SRC.parent).with_suffix("").parts) for path in SRC.rglob("jobs.py")}
    assert there == set(settings.PROCRASTINATE_IMPORT_PATHS)


def apps() -> list[Path]:
    return sorted(path.parent for path in SRC.rglob("apps.py") if path.parent != SRC / "config")


@pytest.mark.parametrize("app", apps(), ids=lambda path: str(path.relative_to(SRC)))
def test_an_app_begins_empty(app: Path) -> None:
    """Importing models from the ``__init__.py`` of an app breaks the loading of apps."""
    body = ast.parse((app / "__init__.py").read_text()).body
    code = [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    assert not code, f"{app.relative_to(ROOT)}/__init__.py holds code"


def test_every_installed_app_is_one_of_ours_by_its_apps_file() -> None:
    from django.conf import settings

    ours = {name.removeprefix("lienthu.") for name in settings.INSTALLED_APPS if name.startswith("lienthu.")}
    found = {str(path.relative_to(SRC)).replace("/", ".") for path in apps()}
    assert ours - {"config.apps.ConfigApp"} == found


@pytest.mark.parametrize("name", ["base", "dev", "alone"])
def test_python_lock_files_carry_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert not re.findall(r"https?://\S+|--(?:extra-)?index-url\S*|--find-links\S*", text)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    unhashed = [e.splitlines()[0] for e in entries if not e.startswith("#") and "--hash=sha256:" not in e]
    assert not unhashed, unhashed


def test_the_npm_lock_file_carries_digests_and_no_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    packages = len(re.findall(r'^    "node_modules/', text, re.MULTILINE))
    assert packages
    assert text.count('"integrity"') == packages


def test_no_file_is_too_long_to_be_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SRC.rglob("*")
        if path.suffix in CODE
        and "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not long, f"over {LONGEST_FILE} lines: {long}"


def test_the_environment_has_one_reader() -> None:
    """Values from outside are read in config/env.py; programs we start are given a copy of the whole environment."""
    reading = re.compile(r"os\.environ\.get\([^)]*\)|os\.getenv\([^)]*\)|os\.environ\[[^\]]*\](?!\s*=)")
    readers = [
        f"{path.relative_to(SRC)}: {found}"
        for path in SRC.rglob("*.py")
        if path != SRC / "config" / "env.py" and "tests" not in path.parts
        for found in reading.findall(path.read_text())
    ]
    assert not readers, readers


def test_whoever_silences_a_check_says_why() -> None:
    """A check that is silenced without a reason is silenced for ever."""
    silencing = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?:: [A-Z0-9, ]+|\[[a-z, -]+\])?(?P<reason>.*)")
    bare = []
    for folder in LINTED:
        for path in [ROOT / folder] if folder.endswith(".py") else sorted((ROOT / folder).rglob("*.py")):
            with path.open("rb") as f:
                comments = [t for t in tokenize.tokenize(f.readline) if t.type == tokenize.COMMENT]
            for comment in comments:
                said = silencing.search(comment.string)
                if said and not said["reason"].strip(" #-"):
                    bare.append(f"{path.relative_to(ROOT)}:{comment.start[0]}: {comment.string}")
    assert not bare, "\n".join(bare)


_ATTRIBUTE = re.compile(r'([\w:-]+)="[^"<>]*?\{\{ ([a-z_.]*\.(?:pk|id|seq|number|\w*_width)|forloop\.counter0?) \}\}')
_FOR_PEOPLE = {"aria-label", "title", "alt", "placeholder"}
_STRINGS = {"part.id"}  # a name of ours, not a key


def test_numbers_for_machines_are_written_without_separators() -> None:
    """A key, a page's number or a width in an attribute is not "1.234", as people in Viet Nam read it, but 1234."""
    wrong = [
        f"{path.relative_to(ROOT)}: {attribute}: {value}"
        for path in sorted((ROOT / "src").rglob("templates/**/*.html"))
        for attribute, value in _ATTRIBUTE.findall(path.read_text())
        if attribute not in _FOR_PEOPLE and value not in _STRINGS
    ]
    assert not wrong, f"write {{{{ value|stringformat:'d' }}}}: {wrong}"
