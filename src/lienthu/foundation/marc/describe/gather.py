"""What is collected while the fields of one record pass by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lienthu.foundation.marc.describe.values import Host, Link, Person
from lienthu.foundation.marc.model import Field


class Gathered:
    """The mutable notebook of one pass; `crosswalk` turns it into a `Description`."""

    __slots__ = (
        "audience_words",
        "authors",
        "carrier",
        "classification",
        "content",
        "contents",
        "date_text",
        "edition",
        "extent",
        "f006",
        "f007",
        "f008",
        "fallback_year_texts",
        "genre_words",
        "host",
        "imprint_rank",
        "isbns",
        "isbns_other",
        "issns",
        "languages",
        "links",
        "medium",
        "national_numbers",
        "notes",
        "number",
        "original_script",
        "original_title",
        "other_names",
        "other_titles",
        "part",
        "place",
        "places",
        "publisher",
        "responsibility",
        "scale",
        "series",
        "series_volume",
        "set_by",
        "set_link",
        "subjects",
        "subtitle",
        "succession",
        "summary",
        "thesis",
        "title",
        "title_proper",
    )

    def __init__(self) -> None:
        self.number = ""
        self.f006 = ""
        self.f007 = ""
        self.f008 = ""
        self.title = ""
        self.title_proper = ""
        self.subtitle = ""
        self.part = ""
        self.responsibility = ""
        self.medium = ""
        self.original_script = ""
        self.original_title = ""
        self.other_titles: list[str] = []
        self.authors: list[Person] = []
        self.other_names: list[str] = []
        self.publisher = ""
        self.place = ""
        self.date_text = ""
        self.imprint_rank = 9
        self.edition = ""
        self.extent = ""
        self.series: list[str] = []
        self.series_volume = ""
        self.set_by = ""
        self.set_link: Host | None = None
        self.languages: list[str] = []
        self.content = ""
        self.carrier = ""
        self.genre_words = ""
        self.audience_words = ""
        self.subjects: list[str] = []
        self.places: list[str] = []
        self.classification: list[tuple[int, str]] = []
        self.isbns: list[str] = []
        self.isbns_other: list[str] = []
        self.issns: list[str] = []
        self.national_numbers: list[str] = []
        self.summary = ""
        self.contents = ""
        self.notes: list[str] = []
        self.links: list[Link] = []
        self.host: Host | None = None
        self.thesis = False
        self.scale = ""
        self.succession: list[Host] = []
        self.fallback_year_texts: list[str] = []


Handler = Callable[[Gathered, Field], None]
Handlers = Mapping[str, Handler]
