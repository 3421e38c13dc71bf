"""How libraries write the same book: spelling, names, abbreviations, character sets and file faults."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from lienthu.foundation.marc.model import Field, Record

Encoder = Callable[[str], bytes]

_NEW_TONE = {
    "òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ",
    "òe": "oè", "óe": "oé", "ỏe": "oẻ", "õe": "oẽ", "ọe": "oẹ",
    "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ",
}  # fmt: skip
_NEW_TONE |= {k.capitalize(): v.capitalize() for k, v in _NEW_TONE.items()}
_TONED_PAIR = re.compile(r"(?<![qQ])(?:[òóỏõọÒÓỎÕỌ][ae]|[ùúủũụÙÚỦŨỤ]y)(?!\w)")
_Y_SYLLABLE = re.compile(r"\b([hklmstHKLMST])([yỳýỷỹỵ])(?!\w)")
_I_FOR_Y = dict(zip("yỳýỷỹỵ", "iìíỉĩị", strict=True))

# What cataloguers write for the commonest places of publication.
SHORT_PLACES = {
    "Hà Nội": "H.",
    "Thành phố Hồ Chí Minh": "Tp. Hồ Chí Minh",
    "Sài Gòn": "S.",
    "Quảng Ninh": "Q.N.",
}
SHORT_PUBLISHERS = {
    "Khoa học xã hội": "KHXH",
    "Chính trị quốc gia": "CTQG",
    "Hội Nhà văn": "Hội nhà văn",
    "Đại học Quốc gia Hà Nội": "ĐHQGHN",
}
# Characters a single-byte Vietnamese encoding cannot write, and what typists used instead.
_PLAIN = str.maketrans({"–": "-", "—": "-", "’": "'", "œ": "oe", "Œ": "Oe", "…": "..."})
_FOREIGN = re.compile("[\u0370-\u1e9f\u1f00-\u1fff\u2e80-\U0010ffff]")


def new_tone_placement(text: str) -> str:
    """Tone marks as school books place them since the 1980s: hòa → hoà, thủy → thuỷ; quý stays."""
    return _TONED_PAIR.sub(lambda m: _NEW_TONE.get(m[0], m[0]), text)


def i_for_y(text: str) -> str:
    """Open syllables in i: kỹ → kĩ, lý → lí, Mỹ → Mĩ."""
    return _Y_SYLLABLE.sub(lambda m: m[1] + _I_FOR_Y[m[2]], text)


def inverted(name: str) -> str:
    """A Vietnamese name with the given name first: "Vũ Trọng Phụng" → "Phụng, Vũ Trọng"; one word stays."""
    words = name.split()
    if len(words) < 2 or words[-1].islower():  # a title such as Thượng sĩ is no given name
        return name
    return f"{words[-1]}, {' '.join(words[:-1])}"


def call_mark(author: str, title: str) -> str:
    """A sample mark in the manner of Vietnamese Cutter tables: initial, number, initial of the title."""
    name = (author or title).split()[-1]
    digits = sum((i + 3) * ord(c) for i, c in enumerate(name)) % 900 + 100
    initial = re.match(r"(?i)ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|\w", name)
    return f"{(initial[0] if initial else 'X').upper()}{digits}{title[:1].upper()}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The habits of one library.

    ``place`` and ``publisher`` say how the imprint is written; ``misses`` is the chance that an optional
    field is left out; ``dates`` whether headings carry years of life; ``tones`` and ``i_y`` whether spelling
    follows the newer rules, ``mixed`` letting each record choose.
    """

    names: Literal["direct", "inverted"] = "direct"
    dates: bool = True
    isbd: bool = True
    place: Literal["full", "short"] = "full"
    publisher: Literal["full", "nxb", "short"] = "full"
    tones: Literal["old", "new", "mixed"] = "old"
    i_y: bool = False
    original_script: bool = True
    misses: float = 0.0
    double_spaces: float = 0.0
    sentence_case: bool = False


def apply(record: Record, dialect: Dialect, rng: random.Random) -> Record:
    """``record`` as the library with this dialect would have written it."""
    newer = dialect.tones == "new" or (dialect.tones == "mixed" and rng.random() < 0.5)
    fields = []
    for field in record.fields:
        if field.is_control:
            fields.append(field)
            continue
        if not dialect.original_script and (field.tag in ("880", "240") or _FOREIGN.search(_text(field))):
            continue
        if dialect.misses and field.tag in _OPTIONAL and rng.random() < dialect.misses:
            continue
        fields.append(_rewritten(field, dialect, newer, rng))
    return record.with_fields(fields)


_OPTIONAL = frozenset({"041", "082", "246", "250", "300", "653", "700", "710"})
_SPELLED = frozenset({"245", "246", "490", "500", "650", "653"})


def _text(field: Field) -> str:
    return "".join(value for _, value in field.subfields)


def _rewritten(field: Field, dialect: Dialect, newer: bool, rng: random.Random) -> Field:
    subfields = list(field.subfields)
    if not dialect.original_script:
        subfields = [(c, v) for c, v in subfields if c != "6"]
    if field.tag in ("100", "700"):
        subfields = _person(subfields, dialect)
    elif field.tag == "260":
        subfields = _imprint(subfields, dialect)
    if field.tag in _SPELLED:
        if newer:
            subfields = [(c, new_tone_placement(v)) for c, v in subfields]
        if dialect.i_y:
            subfields = [(c, i_for_y(v)) for c, v in subfields]
    if not dialect.isbd:
        subfields = [(c, v.rstrip(" :/;,") if c != "c" or field.tag != "245" else v) for c, v in subfields]
    if field.tag == "245" and dialect.double_spaces and rng.random() < dialect.double_spaces:
        subfields = [(c, v.replace(" ", "  ", 1) + " ") for c, v in subfields]
    if field.tag == "245" and dialect.sentence_case:
        subfields = [(c, v.upper() if c == "a" else v) for c, v in subfields]
    return field._replace(subfields=tuple(subfields))


def _person(subfields: list[tuple[str, str]], dialect: Dialect) -> list[tuple[str, str]]:
    out = []
    for code, value in subfields:
        if code == "d" and not dialect.dates:
            continue
        if code == "a":
            bare = value.rstrip(",")
            if dialect.names == "inverted":
                bare = inverted(bare)
            value = bare
        out.append((code, value))
    if len(out) > 1 and dialect.isbd:
        out[0] = (out[0][0], out[0][1] + ",")
    return out


def _imprint(subfields: list[tuple[str, str]], dialect: Dialect) -> list[tuple[str, str]]:
    out = []
    for code, value in subfields:
        bare = value.rstrip(" :,")
        tail = value[len(bare) :]
        if code == "a" and dialect.place == "short":
            bare = SHORT_PLACES.get(bare, bare)
        elif code == "b" and dialect.publisher == "nxb":
            bare = f"Nxb. {bare}"
        elif code == "b" and dialect.publisher == "short":
            bare = SHORT_PUBLISHERS.get(bare, bare)
        out.append((code, bare + tail))
    return out


def typeable(record: Record) -> Record:
    """``record`` in the characters of single-byte Vietnamese encodings: no other scripts, plain dashes."""
    fields = []
    for field in record.fields:
        if field.is_control:
            fields.append(field)
            continue
        subfields = tuple((c, v.translate(_PLAIN)) for c, v in field.subfields)
        if not any(_FOREIGN.search(v) for _, v in subfields):
            fields.append(field._replace(subfields=subfields))
    return record.with_fields(fields)


def iso2709_in(record: Record, encode: Encoder, *, leader_09: str = " ", wrong_length: int | None = None) -> bytes:
    """One ISO 2709 record in another encoding than UTF-8.

    The directory counts bytes. ``wrong_length`` is what a faulty program wrote as the record length: 0 leaves
    it at 00000, any other number is added to the true one.
    """
    directory = b""
    body = b""
    for tag, ind1, ind2, subfields, data in record.fields:
        if tag < "010":
            content = encode(data)
        else:
            content = (ind1 + ind2).encode("ascii")
            for code, value in subfields:
                content += b"\x1f" + code.encode("ascii") + encode(value)
        content += b"\x1e"
        directory += f"{tag}{len(content):04d}{len(body):05d}".encode("ascii")
        body += content
    base = 24 + len(directory) + 1
    length = base + len(body) + 1
    if wrong_length is not None:
        length = length + wrong_length if wrong_length else 0
    leader = record.leader
    head = f"{length:05d}{leader[5:9]}{leader_09}22{base:05d}{leader[17:20]}4500"
    return head.encode("ascii") + directory + b"\x1e" + body + b"\x1d"


def joined(records: Iterable[bytes], rng: random.Random, stray: tuple[bytes, ...] = (b"",)) -> bytes:
    """The records one after the other, with one of ``stray`` behind each."""
    return b"".join(record + rng.choice(stray) for record in records)


def plain(text: str) -> str:
    """``text`` with the dashes and quotes a typewriter has."""
    return text.translate(_PLAIN)


def forgiving(encode: Encoder) -> Encoder:
    """``encode``, but what it cannot write loses its marks, and failing that becomes a question mark."""

    def encode_all(text: str) -> bytes:
        try:
            return encode(text)
        except UnicodeEncodeError:
            return b"".join(_encode_one(encode, char) for char in text)

    return encode_all


def _encode_one(encode: Encoder, char: str) -> bytes:
    for attempt in (char, unicodedata.normalize("NFKD", char)[:1], "?"):
        try:
            return encode(attempt)
        except UnicodeEncodeError:
            continue
    return b"?"
