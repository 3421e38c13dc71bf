"""One form of a record for storage and comparison, and the digests that tell whether two records are the
same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

import orjson

from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import Problem
from lienthu.foundation.marc.repair import CODES, legal_subfields, legal_tag
from lienthu.foundation.vietnamese.text import clean, is_clean, nfc

_LEADER: Final = re.compile(r"00000[0-9A-Za-z ][A-Za-z][0-9A-Za-z ]{2}a2200000[0-9A-Za-z ]{3}4500")
_ILLEGAL_IN_LEADER: Final = re.compile(r"[^0-9A-Za-z]")
_DEFAULT_TYPE: Final = "a"

# Control fields are positional: blanks stay, only what no format can carry goes.
_UNSTORABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_INDICATOR_VALUES: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyz ")
_CONTROL_TAGS: Final = frozenset(f"{n:03}" for n in range(1, 10))
_DATA_TAGS: Final = frozenset(f"{n:03}" for n in range(10, 1000))
_DIGEST_SIZE: Final = 16
_UNIDENTIFYING: Final = frozenset({"001", "003", "005"})
_UNCHANGING: Final = frozenset({"005"})


def normalise(record: Record) -> Record:
    """Rule IMP-24. The record as it is stored: idempotent, and the same after a trip through ISO 2709, MARCXML or JSON.

    Text is NFC and clean (see :func:`lienthu.foundation.vietnamese.text.clean`); empty subfields and fields
    are left out; tags, indicators and codes are legal in MARCXML; control fields stand first, otherwise the
    order is kept. Computed positions of the leader hold zeros, leader/09 is ``a``; other illegal characters
    are blank, but for leader/06, which must not be: language material is assumed.
    """
    # most records are in order, and looking is much cheaper than building them anew
    fields = record.fields if _is_normal(record.fields) else rebuilt(record.fields)
    return Record(_leader(record.leader), fields)


def rebuilt(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields as :func:`normalise` stores them, each made anew."""
    control: list[Field] = []
    data: list[Field] = []
    ignored: list[Problem] = []
    make = tuple.__new__
    for field in fields:
        tag, ind1, ind2, subfields, value = field
        if not (tag.isdigit() and tag.isascii() and len(tag) == 3) or tag == "000":
            tag = legal_tag(tag, ignored)
        if tag < "010":
            value = _control_data(value or " ".join([v for _, v in subfields]))
            if value.strip():
                control.append(make(Field, (tag, " ", " ", (), value)))
            continue
        if value and not subfields:
            subfields = (("a", value),)
        pairs = [(code, text) for code, raw in subfields if (text := clean(raw))]
        if not pairs:
            continue
        for code, _ in pairs:
            if code not in CODES:
                pairs = _legal_pairs(tag, pairs, ignored)
                break
        data.append(make(Field, (tag, _indicator(ind1), _indicator(ind2), tuple(pairs), "")))
    return (*control, *data)


def _is_normal(fields: tuple[Field, ...]) -> bool:
    """True only if :func:`rebuilt` would leave all fields as they are; False says nothing."""
    texts: list[str] = []
    data_began = False
    for tag, ind1, ind2, subfields, value in fields:
        if tag in _DATA_TAGS:
            data_began = True
            if value or not subfields or ind1 not in _INDICATOR_VALUES or ind2 not in _INDICATOR_VALUES:
                return False
            for code, text in subfields:
                if not text or code not in CODES:
                    return False
                texts.append(text)
        elif (
            data_began or tag not in _CONTROL_TAGS or subfields or ind1 != " " or ind2 != " "
            or not (value.isascii() and value.isprintable()) or not value.strip()
        ):  # fmt: skip
            return False
    return is_clean(texts)


def _legal_pairs(tag: str, pairs: list[tuple[str, str]], ignored: list[Problem]) -> list[tuple[str, str]]:
    legal = legal_subfields(tag, pairs, ignored)
    return [(code, text) for code, raw in legal if (text := clean(raw))]


def _indicator(indicator: str) -> str:
    if indicator in _INDICATOR_VALUES and len(indicator) == 1:
        return indicator
    lower = indicator.lower()
    return lower if len(lower) == 1 and lower in _INDICATOR_VALUES else " "


def _control_data(data: str) -> str:
    if data.isascii() and data.isprintable():
        return data
    return nfc(_UNSTORABLE.sub("", data))


def _leader(leader: str) -> str:
    if not (leader.isascii() and len(leader) == 24):
        leader = "".join([c if c.isascii() else " " for c in leader[:24]]).ljust(24)
    fixed = f"00000{leader[5:9]}a2200000{leader[17:20]}4500"
    if _LEADER.fullmatch(fixed):
        return fixed
    status, kind, others, coded = fixed[5], fixed[6], fixed[7:9], fixed[17:20]
    kind = kind if kind.isalpha() else _DEFAULT_TYPE
    status, others, coded = (_ILLEGAL_IN_LEADER.sub(" ", part) for part in (status, others, coded))
    return f"00000{status}{kind}{others}a2200000{coded}4500"


def canonical(record: Record) -> str:
    """Compact JSON text ``[leader,[[tag,data]|[tag,ind1ind2,[[code,value],...]],...]]`` of a normalised
    record.
    """
    return orjson.dumps([record.leader, _rows(record.fields)]).decode()


def canonical_and_digest(record: Record) -> tuple[str, bytes]:
    """:func:`canonical` and :func:`content_digest` of a record, its fields laid out once."""
    rows = _rows(record.fields)
    written = identified = orjson.dumps([record.leader, rows])
    if changing := [row for row in rows if row[0] in _UNCHANGING]:
        one = orjson.dumps(changing[0]) + b","  # quotes within texts are escaped: it cannot be found in one of them
        if len(changing) == 1 and rows[-1] is not changing[0]:
            identified = written.replace(one, b"", 1)
        else:
            identified = orjson.dumps([record.leader, [row for row in rows if row[0] not in _UNCHANGING]])
    return written.decode(), blake2b(identified, digest_size=_DIGEST_SIZE).digest()


def from_canonical(text: str | bytes) -> Record:
    """The record of :func:`canonical`. Raises ``ValueError`` if the text is something else."""
    leader, rows = canonical_rows(text)
    try:
        return Record(leader, tuple([field_of_row(row) for row in rows]))
    except (ValueError, TypeError, IndexError) as error:
        raise ValueError(f"not a canonical MARC record: {error}") from error


def canonical_rows(text: str | bytes) -> tuple[str, list[list[Any]]]:
    """Leader and fields of :func:`canonical` as they stand there, for who needs few of the fields."""
    try:
        leader, rows = orjson.loads(text)
        return leader, rows
    except (ValueError, TypeError) as error:
        raise ValueError(f"not a canonical MARC record: {error}") from error


def field_of_row(row: list[Any]) -> Field:
    """One field of :func:`canonical_rows`."""
    make = tuple.__new__  # as in normalise: a million records are read back for each index
    if len(row) == 2:
        return make(Field, (row[0], " ", " ", (), row[1]))
    tag, indicators, subfields = row
    return make(Field, (tag, indicators[0], indicators[1], tuple([(code, value) for code, value in subfields]), ""))


def digest(record: Record) -> bytes:
    """16 bytes that name the content of a normalised record without its identifiers (001, 003) and 005.

    What identifies a record that has no control number.
    """
    return _digest(record, _UNIDENTIFYING)


def content_digest(record: Record) -> bytes:
    """16 bytes over all but the date of the last transaction (005): equal means that nothing has changed."""
    return _digest(record, _UNCHANGING)


def _digest(record: Record, without: frozenset[str]) -> bytes:
    return _digest_of_rows(record.leader, [row for row in _rows(record.fields) if row[0] not in without])


def _digest_of_rows(leader: str, rows: list[list[Any]]) -> bytes:
    return blake2b(orjson.dumps([leader, rows]), digest_size=_DIGEST_SIZE).digest()


def _rows(fields: Iterable[Field]) -> list[list[Any]]:
    return [
        [tag, data] if tag < "010" else [tag, ind1 + ind2, subfields] for tag, ind1, ind2, subfields, data in fields
    ]
