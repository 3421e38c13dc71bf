"""What a record says, as plain immutable values."""

from __future__ import annotations

from typing import Final, NamedTuple

MATERIAL_TYPES: Final = (
    "book",
    "serial",
    "article",
    "map",
    "score",
    "audio",
    "audiobook",
    "video",
    "picture",
    "electronic",
    "thesis",
    "manuscript",
    "kit",
    "object",
    "mixed",
)


class Person(NamedTuple):
    """A person, body or meeting named in a heading.

    ``name`` is the heading as the source gives it, direct or inverted, without closing punctuation; ``role``
    the relator term ($e) or, where there is none, its code ($4); ``dates`` is $d; ``heading_tag`` is "100" …
    """

    name: str
    role: str = ""
    dates: str = ""
    heading_tag: str = "700"


class Link(NamedTuple):
    """An http or https address of 856. ``kind``: resource, version, contents, cover or related."""

    url: str
    label: str
    kind: str


class Host(NamedTuple):
    """The host item of 773, or the set of 800 to 830 and 490.

    ``control_number`` is $w without its "(organisation)" prefix, ``part`` is $g, of a set $v.
    """

    title: str
    control_number: str = ""
    issn: str = ""
    isbn: str = ""
    part: str = ""
    relation: str = ""


class Description(NamedTuple):
    """One bibliographic record in the terms of display, matching and search. Absent is "" or () or None.

    ``title`` is 245 $a and $b with " : " between (" = " before a parallel title, " ; " before a second work).
    ``isbns`` are valid ISBN-13 digits only, ``isbns_other`` the cancelled and the wrong ones as printed.
    ``classification`` has the Dewey numbers first. ``acquired`` is the yyyy-mm-dd of 008/00-05. ``set_link`` is the
    multi-volume set or series whose record is named by number. ``original_title`` is the uniform title (240, 130) or
    the title of what this is a translation of (765, 534, 246 with such a label).
    ``scale`` is the denominator of a map's scale in digits (255 $a, 034 $b). ``succession`` are the earlier and later
    titles of a serial (780, 785).
    """

    title: str = ""
    title_proper: str = ""
    subtitle: str = ""
    part: str = ""
    responsibility: str = ""
    title_original_script: str = ""
    other_titles: tuple[str, ...] = ()
    authors: tuple[Person, ...] = ()
    other_names: tuple[str, ...] = ()
    publisher: str = ""
    place: str = ""
    year: int | None = None
    date_text: str = ""
    edition: str = ""
    extent: str = ""
    series: tuple[str, ...] = ()
    series_volume: str = ""
    languages: tuple[str, ...] = ()
    material_type: str = "book"
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    classification: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    isbns_other: tuple[str, ...] = ()
    issns: tuple[str, ...] = ()
    national_numbers: tuple[str, ...] = ()
    control_number: str = ""
    summary: str = ""
    contents: str = ""
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    online: bool = False
    host: Host | None = None
    audience_children: bool = False
    acquired: str = ""
    set_link: Host | None = None
    original_title: str = ""
    scale: str = ""
    succession: tuple[Host, ...] = ()

    @property
    def belongs_to(self) -> Host | None:
        """What this is a part of by its record number: its host (773), else its set (830 $w and the like)."""
        if self.host is not None and self.host.control_number:
            return self.host
        return self.set_link or self.host
