"""Who did what, and how names are written: Vietnamese ones whole and in direct order."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from lienthu.foundation.marc.describe.values import Description, Person
from lienthu.foundation.marc.export.parts import safe
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.syllables import is_syllable

# The family names that nearly all Vietnamese bear, folded.
_FAMILY_WORDS: Final = """
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan lam mai trinh dao ha cao
    luong luu ta chau quach to thai phung truong ton tang tong la mac vuong kieu chu bach nghiem an quan khuat
    thach dam giang ninh hua tieu cu lo nong be ma van
"""
_FAMILIES: Final = frozenset(_FAMILY_WORDS.split())
_UNMISTAKABLE: Final = frozenset({"nguyen", "tran", "pham", "hoang", "huynh", "bui", "duong", "trinh", "dinh"})
_FULLER_FORM: Final = re.compile(r"\s*\([^)]*\)")
_GENERATION: Final = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
# Tested in this order: "biên dịch" is a translation, "hiệu đính" neither.
_ROLES: Final = (
    ("translator", re.compile(r"dich\b|phien am|\btrl\b|translat|traduct|ubersetz")),
    (
        "editor",
        re.compile(r"chu bien|bien soan|bien tap|tuyen|suu tam|\b(?:edt|com|cmp)\b|editor|compil|\bed\b"),
    ),
    ("author", re.compile(r"tac gia|soan|viet$|\baut\b|author|auteur|\bcre\b|creator")),
)


class Name(NamedTuple):
    """A name ready for a citation: ``literal`` is all of it; a western person also has family and given."""

    literal: str
    family: str = ""
    given: str = ""
    suffix: str = ""
    is_body: bool = False

    @property
    def direct(self) -> str:
        """As one says it: "John A. Smith", "Nguyễn Du"."""
        if not self.family:
            return self.literal
        return " ".join(p for p in (self.given, self.family, self.suffix) if p)

    @property
    def inverted(self) -> str:
        """As one files it: "Smith, John A.", but "Nguyễn Du"."""
        if not self.family:
            return self.literal
        return ", ".join(p for p in (self.family, self.given, self.suffix) if p)


class Contributors(NamedTuple):
    """The names by what they did; ``editor_role`` is how the source calls the first editor."""

    authors: list[Name]
    editors: list[Name]
    translators: list[Name]
    editor_role: str


def is_vietnamese_name(name: str) -> bool:
    """Whether every word is a Vietnamese syllable and one part begins with a family name.

    A name without marks counts if its family name is one that other languages do not have.
    """
    words = name.replace(",", " ").split()
    if not 2 <= len(words) <= 6:
        return False
    if name.isascii():
        return words[0].lower() in _UNMISTAKABLE
    if not all(is_syllable(w) or (len(w) == 1 and w.isalpha()) for w in words):
        return False
    heads = [part.split()[0] for part in name.split(",") if part.strip()]
    return any(fold(head) in _FAMILIES for head in heads)


def vietnamese_direct(name: str) -> str:
    """The direct form: "Phụng, Vũ Trọng" and "Vũ, Trọng Phụng" are both "Vũ Trọng Phụng"."""
    first, comma, rest = (p.strip() for p in name.partition(","))
    if not comma or not rest:
        return first or rest
    rest = " ".join(rest.replace(",", " ").split())
    family_first = fold(first.split()[0]) in _FAMILIES if first else False
    family_after = fold(rest.split()[0]) in _FAMILIES
    # "Hà, Lê": both could be family names; Vietnamese catalogues invert to the given name, one word.
    if family_first and not family_after:
        return f"{first} {rest}"
    return f"{rest} {first}"


def to_name(person: Person) -> Name:
    """The name of a heading, without titles, fuller forms and dates."""
    if person.heading_tag[1:] in ("10", "11"):
        return Name(safe(person.name), is_body=True)
    name = _FULLER_FORM.sub("", safe(person.name)).strip()
    first, _, title = name.partition(",")
    if len(title.split()) > 1 and is_vietnamese_name(first):
        return Name(first)  # "Trần Nhân Tông, Vua Việt Nam"
    if is_vietnamese_name(name):
        return Name(vietnamese_direct(name))
    parts = [p.strip() for p in name.split(",")]
    if len(parts) == 1 or not parts[0] or not parts[1]:
        return Name(name)
    suffix = next((p for p in parts[2:] if _GENERATION.fullmatch(p)), "")
    return Name(name, parts[0], parts[1], suffix)


def role_of(person: Person) -> str:
    """author, editor, translator or other."""
    if not person.role:
        return "author"
    folded = fold(person.role)
    for role, pattern in _ROLES:
        if pattern.search(folded):
            return role
    return "author" if person.heading_tag.startswith("1") else "other"


def contributors(desc: Description) -> Contributors:
    """The names of ``desc`` sorted by role."""
    authors: list[Name] = []
    editors: list[Name] = []
    translators: list[Name] = []
    editor_role = ""
    for person in desc.authors:
        name = to_name(person)
        if not name.literal:
            continue
        role = role_of(person)
        if role == "author":
            authors.append(name)
        elif role == "editor":
            editors.append(name)
            if len(person.role) > 3:  # a word, not a relator code
                editor_role = editor_role or safe(person.role)
        elif role == "translator":
            translators.append(name)
    return Contributors(authors, editors, translators, editor_role)
