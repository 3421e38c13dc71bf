"""Small readings the formats share: text safe for XML on one line, degree of a thesis, pages and issue."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from lienthu.foundation.marc.describe.values import Description

# What XML 1.0 forbids (production 2, Char), surrogates included.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAGES: Final = re.compile(
    r"\b(?:tr|trang|pp?|pages?)\b\.?\s*([0-9]+(?:\s*[-–—]\s*[0-9]+)?(?:\s*[,+]\s*[0-9]+(?:\s*[-–—]\s*[0-9]+)?)*)",
    re.IGNORECASE,
)
_ISSUE: Final = re.compile(r"(?:\bsố|\bso\b|\bno\b\.?|\bissue|n°|№)\s*\.?\s*([0-9][0-9/+\-]*)", re.IGNORECASE)
_VOLUME: Final = re.compile(
    r"(?:\btập|\btap\b|\bquyển|\bvol\b\.?|\bvolume|\bt\.|\bq\.)\s*([0-9]+|[IVXLC]+\b)", re.IGNORECASE
)
_DEGREE: Final = re.compile(
    r"luận án|luận văn|khoá luận|khóa luận|đồ án|thesis|dissertation|thèse|doctor|master", re.IGNORECASE
)
_DOCTORAL: Final = re.compile(r"luận án|tiến sĩ|tiến sỹ|ph\.?\s?d|doctor|doctoral|thèse|dissertation", re.IGNORECASE)
_DAILY: Final = re.compile(r"\b(?:báo|nhật báo|bao)\b|news|times|herald|gazette|journal de", re.IGNORECASE)
_JOURNAL: Final = re.compile(r"tạp chí|tap chi|thông tin|nghiên cứu|journal|review", re.IGNORECASE)


class Place(NamedTuple):
    """Where in its host an article stands; each may be empty."""

    volume: str
    issue: str
    pages: str


def safe(text: str) -> str:
    """``text`` on one line, without characters that XML forbids."""
    return " ".join(_NOT_XML.sub("", text).split())


def place_in_host(part: str) -> Place:
    """Volume, issue and pages of 773 $g: "T. 2, số 5 (3/2010), tr. 12-15"."""
    pages = _PAGES.search(part)
    issue = _ISSUE.search(part)
    volume = _VOLUME.search(part)
    return Place(
        volume.group(1) if volume else "",
        issue.group(1).rstrip("-/+") if issue else "",
        re.sub(r"\s*[-–—]\s*", "–", pages.group(1)) if pages else "",
    )


def thesis_note(desc: Description) -> str:
    """The note of a thesis that names the degree, or ""."""
    return next((note for note in desc.notes if _DEGREE.search(note)), "")


def is_doctoral(note: str) -> bool:
    """Whether a thesis note speaks of a doctorate ("Luận án" is doctoral, "Luận văn" is not)."""
    return bool(_DOCTORAL.search(note))


def is_newspaper(host_title: str) -> bool:
    """Whether a host title is that of a newspaper rather than of a journal."""
    return bool(_DAILY.search(host_title)) and not _JOURNAL.search(host_title)


def first_page_count(extent: str) -> str:
    """The number of pages of an extent statement: "312" of "312 tr. : minh hoạ ; 21 cm"."""
    match = re.search(r"([0-9]{1,5})\s*(?:tr|trang|p|pages?|pp)\b", extent)
    return match.group(1) if match else ""


def full_title(desc: Description) -> str:
    """Title, subtitle after ": " and part after ". ", as citations write it."""
    title = desc.title.replace(" : ", ": ")
    if desc.part:
        title = f"{title}. {desc.part}" if title else desc.part
    return title
