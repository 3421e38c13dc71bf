"""Names of persons as catalogues write them: direct or inverted, with dates, roles and titles.

"Vũ Trọng Phụng", "Phụng, Vũ Trọng, 1912-1939" and "Vũ Trọng Phụng (1912-1939) chủ biên" are one man. Names
are compared as bags of folded syllables plus dates; the form in the source is kept by whoever calls.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.text import clean
from lienthu.foundation.vietnamese.tokens import folded_tokens

_REMEMBERED = 60_000  # names come again and again


class LifeDates(NamedTuple):
    """Years of birth and death; None where the source does not say."""

    birth: int | None
    death: int | None


# Folded: parts of a heading that say what the person did, not who it was.
_ROLES = frozenset(
    re.split(
        r"\s*[|]\s*",
        """dich|nguoi dich|dich gia|bien dich|dich va chu thich|phien am|phien dich|chu bien|ch b|
        tong chu bien|dong chu bien|bien soan|b s|bien tap|b t|suu tam|s t|suu tam va bien soan|
        hieu dinh|h d|gioi thieu|loi gioi thieu|tuyen chon|tuyen tap|minh hoa|ve minh hoa|tranh|anh|
        ve bia|trinh bay|chu giai|chu thich|khao cuu|khao chu|viet loi tua|de tua|tac gia|soan gia|
        soan|dao dien|bien kich|nhac|loi|doc|nguoi doc|huong dan|nguoi huong dan|cong tac vien|
        va nhung nguoi khac|va nnk|nnk|et al|va cac tac gia khac|editor|editors|ed|eds|edited by|
        author|joint author|translator|trans|tr|transl|translated by|compiler|comp|illustrator|ill|
        illus|introduction|foreword|narrator|photographer|contributor|degree supervisor|
        thesis advisor|aut|edt|trl|cmp|editeur|traducteur|trad""",
    )
)
# Roles that are given names as well when they begin with a capital.
_ROLES_OR_NAMES = frozenset({"anh", "tranh", "nhac", "loi", "doc", "soan", "dich"})
_ROLE_ENDING = re.compile(
    r"\s+(?:(?:người\s+|biên\s+)?dịch|(?:tổng |đồng )?chủ biên|biên soạn|biên tập"
    r"|sưu tầm(?:\s+và\s+\S+ \S+)?|hiệu đính|giới thiệu|tuyển chọn|minh họa|minh hoạ|chú giải|chú thích|soạn"
    r"|ch\.\s?b\.?|b\.\s?s\.?|s\.\s?t\.?|h\.\s?đ\.?|editors?|eds?\.|translator|trans\."
    r"|\.\.\.|…|et al\.?|và nnk\.?|và những người khác)\s*$"
)
_ROLE_OPENING = re.compile(r"^\s*(?P<role>[^:,;]{2,30}):\s+")
_ALIAS = re.compile(r"^\s*(?:tức|bút danh|tên thật|bí danh|i\.e\.|pseud\.?)\s*:?\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TITLES = re.compile(
    r"^(?:(?:P?GS|P?TS|ThS|TSKH|CN|KS|KTS|BS|BSCK|CKII?|DS|LS|THS|Ths|Th\.S|P?Gs|Ts|NSND|NSƯT|NGND|NGƯT|TTND|TTƯT"
    r"|Dr|Prof|Mrs?|Ms|Sir)(?:\.+\s*|,\s*|\s+))+"
)
_RANKS = re.compile(r"^(?:(?:(?:phó )?giáo sư|tiến s[ĩỹ]|thạc s[ĩỹ]|bác s[ĩỹ]|k[ĩỹ] sư)\s+)+", re.IGNORECASE)

_YEAR = r"(?:ca\.?\s*|c\.\s*|khoảng\s+)?(\d{3,4})\s*\??"
_SPAN = re.compile(rf"(?<![\d-]){_YEAR}\s*[-–—]\s*(?:{_YEAR}|(?=[\s),.;\]]|$))(?!\d|-\d)")
_DEATH_ONLY = re.compile(rf"(?:^|[\s(,])(?:[-–—]\s*|d\.\s*|mất\s+(?:năm\s+)?|m\.\s*|died\s+){_YEAR}", re.IGNORECASE)
_BIRTH_ONLY = re.compile(rf"(?:^|[\s(,])(?:b\.\s*|sinh\s+(?:năm\s+)?|s\.\s*|born\s+){_YEAR}", re.IGNORECASE)
_DATES = re.compile(
    r"(?:(?:b|d|s|m|fl)\.\s*|sinh(?: năm)?\s+|mất(?: năm)?\s+|born\s+|died\s+)?"
    rf"(?<!\d){_YEAR}(?:\s*[-–—]\s*(?:{_YEAR})?)?"
    rf"|[-–—]\s*{_YEAR}|\bthế kỷ\s+\w+|\b\d{{1,2}}th cent\.?",
    re.IGNORECASE,
)

_DATED = re.compile(r"\d|thế kỷ", re.IGNORECASE)
_PARTED = re.compile(r"[,;]")
_INITIAL = re.compile(r"(?:^|[\s.])[^\W\d_]$")
_WORDS = re.compile(r"\w+")

# Heads of bodies whose names hold commas: "Sở Văn hóa, Thể thao và Du lịch" is not an inverted name.
_BODIES = re.compile(
    r"^(?:sở|bộ|viện|trường|ban|uỷ ban|ủy ban|hội|tổng cục|cục|vụ|nhà xuất bản|nxb|công ty|đại học|học viện"
    r"|trung tâm|thư viện|bảo tàng|văn phòng|tỉnh|thành phố|huyện|đảng|đoàn|liên hiệp|tập đoàn|quỹ|tạp chí"
    r"|báo|toà|tòa)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=_REMEMBERED)
def name_key(s: str) -> frozenset[str]:
    """Folded syllables of a personal name, whatever their order; no dates, roles, titles or pen names.

    Initials count as syllables of one letter. Empty for a text that names nobody.
    """
    return frozenset(folded_tokens(direct_form(s)))


@lru_cache(maxsize=_REMEMBERED)
def direct_form(s: str) -> str:
    """The name in the order it is spoken: "Phụng, Vũ Trọng, 1912-1939" gives "Vũ Trọng Phụng".

    Dates, roles, academic titles and whatever stands in brackets are left out. Names of bodies keep their
    order.
    """
    text = clean(s)
    # most names hold none of these: asking for a character is much cheaper than looking for a pattern
    if "(" in text or "[" in text:
        text = _BRACKETS.sub(" ", text)
    if ":" in text:
        text = _ROLE_OPENING.sub(_without_role, text)
    if _DATED.search(text):
        text = _DATES.sub(" ", text)
    parts = [bare for part in _PARTED.split(text) if (bare := _bare(part)) and not _is_role(bare)]
    if not parts:
        return ""
    if len(parts) == 1 or _BODIES.match(parts[0]):
        return ", ".join(parts)
    if not parts[1][0].isupper():  # "Hồ Chí Minh, chủ tịch nước": an epithet
        return parts[0]
    return f"{parts[1]} {parts[0]}"


def pen_names(s: str) -> tuple[str, ...]:
    """Other names given in brackets: "Nguyễn Sen (Tô Hoài)" gives ("Tô Hoài",)."""
    found = []
    for bracket in _BRACKETS.findall(clean(s)):
        for part in re.split(r"[,;]", bracket[1:-1]):
            bare = _bare(
                re.sub(
                    r"^\s*(?:tức|bút danh|tên thật|bí danh|i\.e\.|pseud\.?)\s*:?\s*",
                    "",
                    part,
                    flags=re.IGNORECASE,
                )
            )
            if bare and bare[0].isupper() and not re.search(r"\d", bare) and _letters(bare) not in _ROLES:
                found.append(bare)
    return tuple(found)


def life_dates(s: str) -> LifeDates | None:
    """Years of birth and death in a name heading; None where it has none.

    "1765-1820", "1920-", "-1945", "b. 1950", "sinh 1950", "d. 1820", "ca. 1380-1442?" are read.
    """
    text = clean(s)
    if match := _SPAN.search(text):
        return LifeDates(int(match[1]), int(match[2]) if match[2] else None)
    birth = _BIRTH_ONLY.search(text)
    death = _DEATH_ONLY.search(text)
    if not birth and not death:
        return None
    return LifeDates(int(birth[1]) if birth else None, int(death[1]) if death else None)


def _is_role(part: str) -> bool:
    letters = _letters(part)
    return letters in _ROLES and not (letters in _ROLES_OR_NAMES and part[0].isupper())


def _without_role(match: re.Match[str]) -> str:
    return "" if _letters(match["role"]) in _ROLES else match[0]


def _bare(part: str) -> str:
    """One part without titles before it, roles behind it and stray punctuation."""
    text = _ROLE_ENDING.sub("", " " + part.strip())
    text = _RANKS.sub("", _TITLES.sub("", text.strip())).strip(" .:/=[]()…-–—?*\"'“”")
    # An initial keeps its stop, a sentence does not.
    return text + "." if part.rstrip(" /:").endswith(".") and _INITIAL.search(text) else text


def _letters(part: str) -> str:
    return " ".join(_WORDS.findall(fold(part)))
