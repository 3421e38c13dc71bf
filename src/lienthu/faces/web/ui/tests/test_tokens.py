import re
from itertools import combinations, product
from pathlib import Path

import pytest

UI = Path(__file__).parents[1]
STATIC = UI / "static" / "ui"
MODULES = UI.parents[4] / "node_modules"


def block(css: str, opening: str) -> dict[str, str]:
    body = css[css.index(opening) + len(opening) :]
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", body[: body.index("}")]))


CSS = (STATIC / "tokens.css").read_text()
LIGHT = block(CSS, ":root {")
DARK = block(CSS, ':root[data-theme="dark"] {')
TEXTS = ("ink", "ink-2", "ink-3", "jade", "jade-2", "red", "ochre")


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_system_preference_and_the_switch_give_the_same_dark() -> None:
    assert block(CSS, ':root:not([data-theme="light"]) {') == DARK


@pytest.mark.parametrize("theme", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *product(TEXTS, ("paper", "surface", "sunken", "raised")),
        *(("on-jade", "jade"), ("on-jade", "jade-2"), ("on-red", "red-2"), ("on-ink", "ink"), ("mark-ink", "mark")),
        *(("jade-2", "jade-soft"), ("red-2", "red-soft"), ("ochre", "ochre-soft"), ("ink", "jade-soft")),
        *(("ink-3", "jade-soft"), ("ink", "red-soft"), ("ink", "ochre-soft")),
    ],
)  # fmt: skip
def test_text_keeps_a_contrast_of_4_5(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[f"--{text}"], theme[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
def test_edges_of_controls_and_the_focus_keep_a_contrast_of_3(theme: dict[str, str]) -> None:
    for line in ("line-strong", "focus"):
        for ground in ("paper", "surface", "sunken"):
            assert contrast(theme[f"--{line}"], theme[f"--{ground}"]) >= 3


def test_every_token_used_is_defined() -> None:
    for sheet in STATIC.glob("*.css"):
        used = set(re.findall(r"var\((--[\w-]+)", sheet.read_text()))
        assert used <= set(LIGHT), sheet.name


def points(ranges: str) -> set[int]:
    found: set[int] = set()
    for part in ranges.split(","):
        start, _, end = part.strip().removeprefix("U+").partition("-")
        found |= set(range(int(start, 16), int(end or start, 16) + 1))
    return found


def test_no_letter_is_claimed_by_two_font_files_and_vietnamese_needs_two() -> None:
    faces: dict[tuple[str, ...], list[tuple[str, set[int]]]] = {}
    for face in re.findall(r"@font-face \{(.*?)\}", (STATIC / "fonts.css").read_text(), re.S):
        rule = dict(re.findall(r"([\w-]+): ([^;]+);", face))
        style = (rule["font-family"], rule["font-style"], rule["font-weight"])
        faces.setdefault(style, []).append((rule["src"], points(rule["unicode-range"])))
    alphabet = {ord(letter) for letter in "aăâbcdđeêghiklmnoôơpqrstuưvxyẤỂộữĩũỵ₫"}
    for subsets in faces.values():
        for (_, one), (_, other) in combinations(subsets, 2):
            assert not one & other
        needed = [source for source, letters in subsets if letters & alphabet]
        assert len(needed) == 2
        assert not any("latin-ext" in source for source in needed)


def test_font_files_named_in_the_sheet_exist() -> None:
    if not MODULES.is_dir():
        pytest.skip("npm packages are not installed here")
    for path in re.findall(r'url\("\.\./npm/([^"]+)"\)', (STATIC / "fonts.css").read_text()):
        assert (MODULES / path).is_file(), path


def test_templates_hold_nothing_the_content_security_policy_forbids() -> None:
    for template in (UI / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|hx-on", text), template.name
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), template.name


def test_every_class_in_the_templates_is_styled() -> None:
    sheets = "".join(sheet.read_text() for sheet in STATIC.glob("*.css"))
    known = set(re.findall(r"\.([a-z][\w-]*)", sheets))
    known |= {"theme-switch", "visually-hidden"}
    structural = re.compile(r"__(list|links)$")
    for template in (UI / "templates").rglob("*.html"):
        plain = re.sub(r"[\w-]*\{%.*?%\}|[\w-]*\{\{.*?\}\}[\w-]*", " ", template.read_text(), flags=re.S)
        for value in re.findall(r'class="([^"]*)"', plain):
            for name in value.split():
                assert name in known or structural.search(name) or name.endswith("-"), (template.name, name)


def test_the_lock_file_names_no_index() -> None:
    lock = MODULES.parent / "package-lock.json"
    assert "resolved" not in lock.read_text()
