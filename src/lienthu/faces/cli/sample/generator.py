"""Plausible Vietnamese MARC in any number, for load and benchmarks: deterministic, labelled, of bounded memory.

Record ``i`` is either a new publication or, with the probability ``duplicate_share``, another library's record of
an earlier one. Nothing is remembered: a duplicate finds its publication again by its number. Each record says
"synthetic" in 040 $a, 599 and, if it has an ISBN, 020 $q. ISBNs: see `publications.isbn_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from lienthu.faces.cli.sample.dialects import SHORT_PLACES, i_for_y, inverted, new_tone_placement
from lienthu.faces.cli.sample.publications import Publication, draws, publication, tables
from lienthu.faces.cli.sample.vocabulary import DRAWS, Topic
from lienthu.foundation.marc.model import Field, Record

LIBRARIES: Final = tuple(f"VN-SYN{n:02d}" for n in range(1, 41))
"""Library codes that cannot be taken for real ones."""

_LEADERS: Final = {
    "book": "am", "article": "ab", "serial": "as", "thesis": "am", "map": "em", "score": "cm", "audio": "jm",
    "audiobook": "im", "video": "gm", "picture": "km", "electronic": "mm", "manuscript": "tm",
}  # fmt: skip
_COUNTRY: Final = {"vie": "vm ", "eng": "xxu", "fre": "fr ", "rus": "ru ", "chi": "cc ", "ger": "gw ", "lat": "it "}
# 008/18-34 of each material type; position 22 (audience) stays blank here.
_MIDDLES: Final = {
    "thesis": "      m    000 0 ",
    "audiobook": "            f    ",
    "video": "               v ",
    "picture": "               i ",
    "map": "       a         ",
}
_LABEL: Final = Field("599", " ", " ", (("a", "synthetic"),), "")
_SOURCE: Final = Field("040", " ", " ", (("a", "SYNTHETIC"), ("b", "vie")), "")


def generate(
    records: int,
    seed: int = 1,
    *,
    duplicate_share: float = 0.2,
    libraries: Sequence[str] = LIBRARIES,
) -> Iterator[Record]:
    """``records`` synthetic records; the first ``n`` are the same whatever the total. Raises ValueError for a
    share outside 0 … 1 and for no libraries."""
    return (
        record for record, _ in generate_labelled(records, seed, duplicate_share=duplicate_share, libraries=libraries)
    )


def generate_iso2709(
    records: int,
    seed: int = 1,
    *,
    duplicate_share: float = 0.2,
    libraries: Sequence[str] = LIBRARIES,
) -> Iterator[bytes]:
    """The same records as `generate`, each as one ISO 2709 record in UTF-8 (what `iso2709.write` makes of it)."""
    return map(_iso2709, generate(records, seed, duplicate_share=duplicate_share, libraries=libraries))


def generate_labelled(
    records: int,
    seed: int = 1,
    *,
    duplicate_share: float = 0.2,
    libraries: Sequence[str] = LIBRARIES,
) -> Iterator[tuple[Record, int]]:
    """The records of `generate` with the number of the publication each one describes: equal number, same thing.

    A publication's number is the position, from 0, of the first record that describes it.
    """
    if not 0.0 <= duplicate_share < 1.0:
        raise ValueError(f"duplicate_share {duplicate_share} is not in 0 … 1")
    if not libraries:
        raise ValueError("no libraries")
    threshold = round(duplicate_share * DRAWS)
    return _labelled(records, seed, threshold, tuple(libraries))


def generate_after(
    held: int,
    records: int,
    seed: int = 1,
    *,
    skip: int = 0,
    duplicate_share: float = 0.5,
    held_share: float = 0.2,
    libraries: Sequence[str] = LIBRARIES,
) -> Iterator[tuple[Record, bool]]:
    """What comes to a catalogue that holds ``generate(held, seed)``; and whether it describes something held there.

    ``skip``: how many of them have come already. ``held_share``: the share of duplicates the catalogue was made with.
    """
    for position in range(held + skip, held + skip + records):
        own = draws(seed, b"copy", position)
        number = position
        if held and own[0] < round(duplicate_share * DRAWS):
            earlier = (own[1] << 16 | own[2]) * held >> 32
            number = _publication_number(seed, earlier, draws(seed, b"copy", earlier), round(held_share * DRAWS))
        yield _record(publication(seed, number), position, own, number != position, tuple(libraries)), number < held


def _labelled(records: int, seed: int, threshold: int, libraries: tuple[str, ...]) -> Iterator[tuple[Record, int]]:
    for position in range(records):
        own = draws(seed, b"copy", position)
        number = _publication_number(seed, position, own, threshold)
        yield _record(publication(seed, number), position, own, number != position, libraries), number


def _publication_number(seed: int, position: int, own: tuple[int, ...], threshold: int) -> int:
    """Follow a duplicate to an earlier record, and if that is one too, on to the publication itself."""
    while position and own[0] < threshold:
        # Two draws make 32 bits: enough to reach every earlier record.
        position = (own[1] << 16 | own[2]) * position >> 32
        own = draws(seed, b"copy", position)
    return position


def _record(p: Publication, position: int, own: tuple[int, ...], varied: bool, libraries: tuple[str, ...]) -> Record:
    """The record number ``position``; ``varied`` lets its library write differently from the first one."""
    habits = own[3] if varied else 0
    missing = own[4] if varied else 0xFFFF
    plain = habits & 1 == 0
    fields = [
        Field("001", " ", " ", (), f"syn{position:08d}"),
        Field("008", " ", " ", (), _f008(p, own)),
    ]
    if p.isbn and missing > 18_000:
        shown = p.isbn if habits & 64 == 0 else f"{p.isbn[:3]}-{p.isbn[3:6]}-{p.isbn[6:]}"
        fields.append(Field("020", " ", " ", (("a", shown), ("q", "synthetic")), ""))
    fields.append(_SOURCE)
    if missing > 9_000:
        fields.append(_classed(p.topic.ddc))
    name = p.authors[0] if p.authors else p.body
    heading = inverted(name) if habits & 2 and p.authors else name
    if p.authors:
        fields.append(Field("100", "0" if heading is name else "1", " ", (("a", heading),), ""))
    else:
        fields.append(Field("110", "2", " ", (("a", heading),), ""))
    fields.append(_title(p, habits, missing, name))
    if p.edition and missing > 6_000:
        word = "Tái bản lần thứ" if plain else "Tb. lần"
        fields.append(Field("250", " ", " ", (("a", f"{word} {p.edition - 1}"),), ""))
    fields.append(_imprint(p, habits))
    if missing & 0xF and p.material != "serial":
        unit = "tr." if p.language == "vie" else "p."
        fields.append(Field("300", " ", " ", (("a", f"{p.pages} {unit} ;"), ("c", f"{19 + p.pages % 12} cm")), ""))
    if p.series:
        fields.append(Field("490", "0", " ", (("a", p.series), ("v", str(p.series_number))), ""))
    fields.append(_LABEL)
    fields += _subjects(p, own, missing)
    for added in p.authors[1:]:
        shown = inverted(added) if habits & 2 else added
        fields.append(Field("700", "0", " ", (("a", shown),), ""))
    if p.host:
        where = f"Số {p.draws[27] % 12 + 1} ({p.year}), tr. {p.pages}-{p.pages + p.draws[27] % 9}"
        fields.append(Field("773", "0", " ", (("t", p.host), ("g", where)), ""))
    else:
        fields.append(_item(p, position, own, varied, libraries, name))
    return Record(f"00000n{_LEADERS[p.material]} a2200000 a 4500", tuple(fields))


def _f008(p: Publication, own: tuple[int, ...]) -> str:
    entered = f"{own[5] % 27:02d}{own[6] % 12 + 1:02d}{own[7] % 28 + 1:02d}"
    kind, end = ("c", "9999") if p.material == "serial" else ("s", "    ")
    middle = _MIDDLES.get(p.material, " " * 17)
    return f"{entered}{kind}{p.year}{end}{_COUNTRY[p.language]}{middle}{p.language} d"


@lru_cache(maxsize=1024)
def _classed(ddc: str) -> Field:
    return Field("082", "0", "4", (("2", "23"), ("a", ddc)), "")


@lru_cache(maxsize=4096)
def _subject(topic: Topic) -> Field:
    return Field("650", " ", "7", (("a", topic.name[:1].upper() + topic.name[1:]), ("2", "btkvn")), "")


@lru_cache(maxsize=4096)
def _region(name: str) -> Field:
    return Field("651", " ", "7", (("a", name), ("2", "btkvn")), "")


def _subjects(p: Publication, own: tuple[int, ...], missing: int) -> list[Field]:
    found = [_subject(p.topic)]
    if p.draws[28] < 30_000 and missing > 20_000:
        found.append(_subject(p.second_topic))
    if p.draws[28] & 3 == 0 and missing > 12_000:
        found.append(_region(p.region))
    if own[8] < 16_000:
        found.append(Field("653", " ", " ", (("a", tables().topic[own[9]].name),), ""))
    return found


def _title(p: Publication, habits: int, missing: int, name: str) -> Field:
    title, subtitle = p.title, p.subtitle
    if habits:
        if habits & 4:
            title, subtitle = new_tone_placement(title), new_tone_placement(subtitle)
        if habits & 24 == 24:
            title = i_for_y(title)
        if habits & 0xE00 == 0xE00:
            title = title.upper()
        if missing < 7_000:
            subtitle = ""
    parts = [("a", f"{title}." if p.part else f"{title} :" if subtitle else f"{title} /")]
    if p.part:
        parts.append(("n", f"{p.part} :" if subtitle else f"{p.part} /"))
    if subtitle:
        parts.append(("b", f"{subtitle} /"))
    parts.append(("c", ", ".join(p.authors) if len(p.authors) > 1 else name))
    return Field("245", "1", "0", tuple(parts), "")


def _imprint(p: Publication, habits: int) -> Field:
    place, publisher = p.place, p.publisher
    if habits & 1:
        place = SHORT_PLACES.get(place, place)
    if habits & 32 and publisher and p.language == "vie":
        publisher = f"Nxb. {publisher}"
    if not publisher or p.material in ("article", "thesis", "manuscript"):
        return Field("260", " ", " ", (("a", f"{place},"), ("c", str(p.year))), "")
    return Field("260", " ", " ", (("a", f"{place} :"), ("b", f"{publisher},"), ("c", str(p.year))), "")


def _item(
    p: Publication,
    position: int,
    own: tuple[int, ...],
    varied: bool,
    libraries: tuple[str, ...],
    name: str,
) -> Field:
    home = p.draws[29] % len(libraries)
    if varied and len(libraries) > 1:
        # Any library but the first one's.
        home = (home + 1 + own[10] % (len(libraries) - 1)) % len(libraries)
    mark = f"{name[:1]}{p.draws[30] % 900 + 100}{p.title[:1]}"
    return Field(
        "852",
        "0",
        "1",
        (("a", libraries[home]), ("c", "Kho mượn"), ("h", p.topic.ddc), ("i", mark), ("p", f"SYN{position:08d}")),
        "",
    )


def _iso2709(record: Record) -> bytes:
    """What `iso2709.write` makes of a record whose values hold no delimiters, in half the time."""
    directory = ""
    bodies = []
    start = 0
    for tag, ind1, ind2, subfields, data in record.fields:
        if subfields:
            text = ind1 + ind2
            for code, value in subfields:
                text += f"\x1f{code}{value}"
            body = text.encode()
        else:
            body = data.encode()
        length = len(body) + 1
        directory += f"{tag}{length:04d}{start:05d}"
        start += length
        bodies.append(body)
    bodies.append(b"\x1d")
    base = 25 + len(directory)
    leader = record.leader
    head = f"{base + start + 1:05d}{leader[5:9]}a22{base:05d}{leader[17:20]}4500{directory}\x1e"
    return head.encode() + b"\x1e".join(bodies)
