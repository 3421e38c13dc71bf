"""One synthetic publication from a seed and a number: everything a record needs, drawn from heavy-tailed tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from math import exp, log
from struct import Struct
from typing import Final, NamedTuple

from lienthu.faces.cli.sample.vocabulary import (
    DRAWS,
    Topic,
    sections,
    syllables,
    topics,
    weighted_table,
    zipf_table,
)

_SEED: Final = Struct("<QQ8s")
_UNPACK: Final = Struct("<32H").unpack

# Shares of material types and languages as catalogues of public libraries show them, in per mille.
MATERIALS: Final = {
    "book": 748, "article": 100, "serial": 40, "thesis": 42, "map": 10, "score": 10, "audio": 10,
    "audiobook": 8, "video": 10, "picture": 8, "electronic": 8, "manuscript": 6,
}  # fmt: skip
LANGUAGES: Final = {"vie": 880, "eng": 62, "fre": 22, "rus": 16, "chi": 12, "ger": 5, "lat": 3}
# First year of a span and its share: war, the slow years, Đổi mới, and growth since.
_SPANS: Final = ((1900, 1945, 30), (1946, 1975, 90), (1976, 1990, 150), (1991, 2005, 300), (2006, 2026, 430))

# Author of rank r writes in proportion to 1/(r + _EVEN): a few hundred write much, most write once or twice.
_AUTHORS: Final = 250_000
_EVEN: Final = 200
_LOG_AUTHORS: Final = log((_AUTHORS + _EVEN) / _EVEN)


class Publication(NamedTuple):
    """What is published. ``authors`` are names in direct order; ``isbn`` is 13 digits or empty."""

    number: int
    material: str
    language: str
    title: str
    subtitle: str
    part: str
    authors: tuple[str, ...]
    body: str
    place: str
    publisher: str
    year: int
    edition: int
    pages: int
    series: str
    series_number: int
    host: str
    isbn: str
    topic: Topic
    second_topic: Topic
    region: str
    draws: tuple[int, ...]


def draws(seed: int, purpose: bytes, number: int) -> tuple[int, ...]:
    """Thirty-two independent 16-bit numbers for ``number``; ``purpose`` (up to eight bytes) parts the streams."""
    return _UNPACK(blake2b(_SEED.pack(seed, number, purpose)).digest())


def isbn_of(number: int) -> str:
    """A valid ISBN-13 for every second publication number, each its own below one million.

    They lie in 978-604-500000 … 978-604-999999 (title part without check digit). Real Vietnamese publishers use
    that range too, so records that carry one say "synthetic" in 020 $q, 040 $a and 599.
    """
    twelve = f"978604{500_000 + number // 2 * 7_919 % 500_000:06d}"
    odd = sum(map(int, twelve[::2]))
    even = sum(map(int, twelve[1::2]))
    return f"{twelve}{-(odd + 3 * even) % 10}"


@cache
def _years() -> tuple[int, ...]:
    years, weights = [], []
    for first, last, share in _SPANS:
        for year in range(first, last + 1):
            years.append(year)
            # Within a span the later years hold more.
            weights.append(share * (1 + (year - first) / (last - first)) / (last - first + 1))
    return weighted_table(years, weights)


class _Tables:
    """Every table of a draw, built once: a few megabytes of references."""

    def __init__(self) -> None:
        words = sections()
        self.material = weighted_table(list(MATERIALS), list(MATERIALS.values()))
        self.language = weighted_table(list(LANGUAGES), list(LANGUAGES.values()))
        self.year = _years()
        self.topic = zipf_table(topics(), 0.8)
        self.form = zipf_table([_upper_first(f) for f in words["forms"]])
        self.tail = zipf_table(words["tails"])
        self.fiction_head = zipf_table([_upper_first(f) for f in words["fiction_heads"]], 0.6)
        self.fiction_tail = zipf_table(words["fiction_tails"], 0.6)
        self.surname = zipf_table(words["surnames"], 1.25)
        self.middle = zipf_table(words["middles"], 0.9)
        self.given = zipf_table(words["givens"], 0.7)
        self.place = zipf_table(words["places"])
        # Villages are named from few syllables, and now and then from any.
        rare = sorted(set(syllables()) - set(words["villages"]), key=lambda s: blake2b(s.encode()).digest())
        self.syllable = zipf_table(words["villages"] + rare, 0.7)
        self.publisher = zipf_table([_pair(p) for p in words["publishers"]], 0.8)
        self.foreign_publisher = zipf_table([_pair(p) for p in words["foreign_publishers"]], 0.5)
        self.series = zipf_table(words["series"])
        self.journal = zipf_table(words["journals"], 0.7)
        self.body = zipf_table(words["corporate"])
        self.word = {
            code: zipf_table(words[name], 0.9)
            for code, name in (
                ("eng", "english"),
                ("fre", "french"),
                ("rus", "russian"),
                ("chi", "chinese"),
                ("ger", "german"),
            )
        }
        self.foreign_head = zipf_table(words["foreign_heads"], 0.5)
        self.foreign_tail = zipf_table(words["foreign_tails"], 0.5)
        self.latin_head = zipf_table(words["latin_heads"], 0.5)
        self.latin_tail = zipf_table(words["latin_tails"], 0.5)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pair(text: str) -> tuple[str, str]:
    place, _, name = text.partition("=")
    return place, name


@cache
def tables() -> _Tables:
    """The tables of this process."""
    return _Tables()


def vietnamese_name(rank: int) -> str:
    """The name of the author of that rank, in direct order; every seventh is in two parts."""
    t = tables()
    mixed = rank * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    surname = t.surname[mixed >> 48]
    given = t.given[mixed >> 32 & 0xFFFF]
    if rank % 7 == 0:
        return f"{surname} {given}"
    return f"{surname} {t.middle[mixed >> 16 & 0xFFFF]} {given}"


def foreign_name(rank: int) -> str:
    """A Western name: an initial and a surname in two parts."""
    t = tables()
    mixed = rank * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    initial = "ABCDEFGHJKLMNPRSTVW"[mixed >> 8 & 0xFFFF & 15]
    return f"{initial}. {t.foreign_head[mixed >> 48]}{t.foreign_tail[mixed >> 32 & 0xFFFF]}"


def _rank(draw: int, finer: int) -> int:
    return int(_EVEN * exp((draw + finer / DRAWS) / DRAWS * _LOG_AUTHORS)) - _EVEN


def publication(seed: int, number: int) -> Publication:
    """The publication of that number; the same for the same seed, in every process."""
    d = draws(seed, b"work", number)
    t = tables()
    material = t.material[d[0]]
    language = t.language[d[1]]
    year = t.year[d[2]]
    topic = t.topic[d[3]]
    region = t.place[d[4]]
    title, subtitle = _TITLES.get(language, _western_title)(d, t, topic, region, language)
    name = vietnamese_name if language == "vie" else foreign_name
    authors: tuple[str, ...] = (name(_rank(d[10], d[11])),)
    body = ""
    if d[12] < 14_000:
        authors += (name(_rank(d[13], d[14])),)
        if d[12] < 4_000:
            authors += (name(_rank(d[14], d[13])),)
    elif d[12] > 62_000 or material == "serial":
        authors, body = (), t.body[d[13]]
    place, publisher = t.publisher[d[15]] if language == "vie" else t.foreign_publisher[d[15]]
    if year < 1945:
        publisher = ""
    part = ""
    if material == "book" and d[16] < 5_000:
        part = f"Tập {d[16] % 4 + 1}" if language == "vie" else f"Vol. {d[16] % 4 + 1}"
    if material == "article":
        host = t.journal[d[17]]
    else:
        host = ""
    return Publication(
        number,
        material,
        language,
        title,
        subtitle,
        part,
        authors,
        body,
        place,
        publisher,
        year,
        d[18] % 4 + 2 if d[18] < 9_000 else 0,
        d[19] % 560 + 40,
        t.series[d[20]] if d[20] < 8_000 else "",
        d[20] % 60 + 1,
        host,
        isbn_of(number) if number % 2 == 0 and year >= 1998 and material in ("book", "audiobook") else "",
        topic,
        t.topic[d[21]],
        region,
        d,
    )


def _vietnamese_title(d: tuple[int, ...], t: _Tables, topic: Topic, region: str, language: str) -> tuple[str, str]:
    """Fiction has an image, learned books a form and a topic; places and clans bring the rare words."""
    name = topic.name
    if topic.ddc.startswith("89"):
        title = f"{t.fiction_head[d[5]]} {t.fiction_tail[d[6]]}"
        if d[7] < 12_000:
            title = f"{title} {t.syllable[d[8]]} {t.syllable[d[9]]}"
        return title, _GENRES[d[7] & 3] if d[9] & 1 else ""
    shape = d[7] >> 12
    if shape < 4:
        title = f"{t.form[d[5]]} {name}"
    elif shape < 8:
        title = f"{_upper_first(name)} {t.tail[d[6]]}"
    elif shape < 11:
        title = f"{t.form[d[5]]} {name} {region}"
    elif shape < 13:
        title = f"{_upper_first(name)} làng {t.syllable[d[8]]} {t.syllable[d[9]]}"
    elif shape < 14:
        title = f"{_upper_first(name)} họ {t.surname[d[6]]} ở {t.syllable[d[8]]} {t.syllable[d[9]]}, {region}"
    elif shape < 15:
        if topic.ddc[0] == "5" or topic.ddc == "630":
            genus, species = _latin(d, t)
            title = f"{_upper_first(name)}: loài {genus} {species}"
        else:
            title = f"{t.form[d[5]]} {name}: đề tài mẫu số {d[8]}/{d[6] % 900}"
    else:
        title = f"{_upper_first(name)} và {t.topic[d[8]].name}"
    subtitle = ""
    if d[9] < 16_000:
        subtitle = f"{t.form[d[6]]} {t.topic[d[8]].name}"
    elif d[9] < 22_000:
        subtitle = f"{region} {1900 + d[8] % 127}"
    return title, subtitle


_GENRES = ("tiểu thuyết", "truyện ngắn", "thơ", "tập truyện")


def _latin(d: tuple[int, ...], t: _Tables) -> tuple[str, str]:
    genus = (t.latin_head[d[22]] + t.latin_tail[d[23]]).capitalize()
    return genus, t.latin_head[d[24]] + t.latin_head[d[26]] + t.latin_tail[d[25]]


def _latin_title(d: tuple[int, ...], t: _Tables, topic: Topic, region: str, language: str) -> tuple[str, str]:
    genus, species = _latin(d, t)
    return f"De {genus} {species}", ""


def _chinese_title(d: tuple[int, ...], t: _Tables, topic: Topic, region: str, language: str) -> tuple[str, str]:
    word = t.word["chi"]
    return word[d[5]] + word[d[6]] + (word[d[7]] if d[8] & 1 else ""), ""


def _western_title(d: tuple[int, ...], t: _Tables, topic: Topic, region: str, language: str) -> tuple[str, str]:
    word = t.word[language]
    joint = _JOINTS[language]
    title = f"{_upper_first(word[d[5]])} {joint[0]} {word[d[6]]}"
    if d[7] < 20_000:
        title = f"{title} {joint[1]} {t.foreign_head[d[8]]}{t.foreign_tail[d[9]]}"
    elif d[7] < 34_000:
        title = f"{title} {joint[1]} {word[d[8]]}"
    subtitle = ""
    if d[9] < 14_000:
        subtitle = f"{word[d[8]]} {joint[0]} {word[d[5]] if language == 'rus' else region}"
    return title, subtitle


_JOINTS = {
    "eng": ("of", "and"),
    "fre": ("et", "de"),
    "rus": ("и", "по"),
    "ger": ("und", "von"),
}
_Titler = Callable[[tuple[int, ...], _Tables, Topic, str, str], tuple[str, str]]
_TITLES: Final[dict[str, _Titler]] = {
    "vie": _vietnamese_title,
    "chi": _chinese_title,
    "lat": _latin_title,
}
