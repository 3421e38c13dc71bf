"""Real files, whole and damaged, with pymarc as the independent reference."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pymarc
import pytest

from lienthu.foundation.marc.iso2709 import parse, write
from lienthu.foundation.marc.marc8 import decode_marc8
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.problems import PROBLEMS, Unreadable
from lienthu.foundation.marc.split import split_iso2709

REAL = Path(__file__).resolve().parents[6] / "shared" / "data" / "marc"
ENCODING = {
    "jazz_1k.mrc": decode_marc8,
    "lul_fre_500.mrc": decode_marc8,
    "hebrew.marc": decode_marc8,
    "nepali.marc": bytes.decode,
    "FSL.marc": bytes.decode,
}


def real(name: str) -> list[bytes]:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with path.open("rb") as stream:
        return [p.raw for p in split_iso2709(stream)]


def texts(record: Record) -> list[tuple[str, ...]]:
    return [(f.tag, f.ind1, f.ind2, f.data, *(c + v for c, v in f.subfields)) for f in record.fields]


def from_pymarc(record: pymarc.Record) -> list[tuple[str, ...]]:
    return [
        (f.tag, " ", " ", f.data)
        if f.is_control_field()
        else (f.tag, f.indicator1, f.indicator2, "", *(s.code + s.value for s in f.subfields))
        for f in record.fields
    ]


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [
    lambda raw, rng: raw[: rng.randrange(len(raw))],
    lambda raw, rng: raw[(at := rng.randrange(len(raw))) :] + raw[:at],
    lambda raw, rng: raw[: (at := rng.randrange(len(raw)))] + bytes([rng.randrange(256)]) + raw[at + 1 :],
    lambda raw, rng: raw[: (at := rng.randrange(len(raw)))] + bytes([rng.choice(b"\x1d\x1e\x1f\0 09a")]) + raw[at:],
    lambda raw, rng: raw[: (at := rng.randrange(len(raw)))] + raw[at + rng.randrange(1, 15) :],
    lambda raw, rng: raw.replace(b"\x1e", b"", 1),
    lambda raw, rng: raw.replace(b"\x1f", b"\x1e", rng.randrange(1, 4)),
    lambda raw, rng: b"".join(bytes([b]) if rng.random() > 0.02 else bytes([rng.randrange(256)]) for b in raw),
]


@pytest.mark.parametrize("name", ENCODING)
def test_damaged_real_records_never_raise_anything_else(name: str) -> None:
    rng = random.Random(name)
    raws = real(name)
    read = 0
    refused: set[str] = set()
    for _ in range(800):
        raw = rng.choice(raws)
        for _ in range(rng.randrange(1, 4)):
            raw = rng.choice(MUTATIONS)(raw, rng) or b"0"
        try:
            parsed = parse(raw, ENCODING[name])
        except Unreadable as error:
            refused.add(error.problem.code)
        else:
            read += 1
            assert all(p.code in PROBLEMS for p in parsed.repairs)
            for field in parsed.record.fields:
                assert len(field.tag) == 3
                assert len(field.ind1) == len(field.ind2) == 1
                assert all(len(code) == 1 for code, _ in field.subfields)
    assert read > 400
    assert refused <= PROBLEMS.keys()


@pytest.mark.parametrize("name", ENCODING)
def test_real_files_read_as_pymarc_reads_them(name: str) -> None:
    raws = real(name)
    for raw in raws:
        ours = parse(raw, ENCODING[name]).record
        theirs = pymarc.Record(
            data=raw,
            to_unicode=True,
            force_utf8=name == "FSL.marc",
            utf8_handling="replace",
            hide_utf8_warnings=True,
        )
        expected = [tuple(unicodedata.normalize("NFC", part) for part in field) for field in from_pymarc(theirs)]
        got = [tuple(part.replace("\x98", "").replace("\x9c", "") for part in field) for field in texts(ours)]
        if any("\ufffd" in part for field in got for part in field):
            got = [tuple(part.replace("\ufffd", " ") for part in field) for field in got]
        assert strip_blanks(got) == strip_blanks(expected)


def strip_blanks(fields: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """pymarc drops subfields without text and reads some indicators otherwise; marks without a letter it drops."""
    return [tuple(part.rstrip() for part in field if len(part) != 1 or part == " ") for field in fields]


@pytest.mark.parametrize("name", ENCODING)
def test_lengths_in_characters_are_repaired_in_real_records(name: str) -> None:
    """The commonest fault of programs that moved to Unicode, made on purpose, costs no field."""
    for raw in real(name)[:100]:
        record = parse(raw, ENCODING[name]).record
        sound = write(record)
        base = int(sound[12:17])
        sizes = [len(f.decode()) + 1 for f in sound[base:-2].split(b"\x1e")]
        tags = [sound[i : i + 3] for i in range(24, base - 1, 12)]
        directory = b"".join(
            t + b"%04d%05d" % (n, sum(sizes[:i])) for i, (t, n) in enumerate(zip(tags, sizes, strict=True))
        )
        wrong = sound[:24] + directory + sound[base - 1 :]
        assert parse(wrong, bytes.decode).record.fields == parse(sound, bytes.decode).record.fields
