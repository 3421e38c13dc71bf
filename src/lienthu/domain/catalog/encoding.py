"""Which character set a file is in, decided on its bytes, and how each record of it is decoded (rules IMP-4 to IMP-7).

The label in a leader is a claim, not a fact: bytes win over it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lienthu.foundation.marc.iso2709 import Parsed, leader_encoding, parse
from lienthu.foundation.marc.marc8 import decode_marc8
from lienthu.foundation.marc.problems import Problem, seen
from lienthu.foundation.vietnamese.encodings import DECODERS, Decoder, Guess, UnknownEncoding, decoder, rank

AUTO: Final = "auto"
UTF_8: Final = "utf-8"
MARC_8: Final = "marc-8"
# Encodings whose bytes are themselves valid UTF-8 or ASCII: the fault is in the characters, not in the bytes.
_IN_TEXT: Final = frozenset({"viqr", "utf-8-double", "tcvn3-in-utf-8", "vni-in-utf-8", "viscii-in-utf-8"})
_IN_BYTES: Final = ("tcvn3", "vni", "viscii", "cp1258", "latin-1")
CHOICES: Final = (AUTO, MARC_8, *DECODERS)
_SOUND: Final = re.compile("[\u1ea0-\u1ef9]")
"""Letters of Vietnamese alone: no other encoding in disguise shows them."""


@dataclass(frozen=True, slots=True)
class EncodingPlan:
    """How the records of a file are decoded.

    ``name`` is the verdict shown to people. ``legacy`` decodes records that are not valid UTF-8, ``in_text`` (or "")
    mends records that are. ``forced``: a person chose ``name`` and every record is read so.
    """

    name: str
    legacy: str = MARC_8
    in_text: str = ""
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Detection:
    """The plan proposed for a file and every guess behind it, best first, each with a sample of its reading."""

    plan: EncodingPlan
    guesses: tuple[Guess, ...]


def find_decoder(name: str) -> Decoder:
    """The decoder of a name in ``CHOICES`` but ``auto``. Raises UnknownEncoding."""
    return decode_marc8 if name == MARC_8 else decoder(name)


def forced_plan(name: str) -> EncodingPlan:
    """The plan for an encoding that a person chose. Raises UnknownEncoding."""
    if name not in CHOICES or name == AUTO:
        raise UnknownEncoding(name, CHOICES)
    return EncodingPlan(name, legacy=name, forced=True)


def detect(samples: Sequence[bytes]) -> Detection:
    """Decide from sample records (bytes as received). Without any byte above ASCII the answer is UTF-8, or VIQR."""
    valid = [s for s in samples if _is_utf8(s)]
    broken = [s for s in samples if not _is_utf8(s)]
    legacy, guesses = MARC_8, []
    if broken:
        candidates: dict[str, Decoder] = {name: decoder(name) for name in _IN_BYTES}
        candidates[MARC_8] = decode_marc8
        guesses = rank(broken, candidates)
        if guesses:
            legacy = guesses[0].encoding
    in_text = ""
    telling = [s for s in valid if not s.isascii()] or valid
    if telling:
        ranked = rank(telling, {UTF_8: decoder(UTF_8), **{name: decoder(name) for name in _IN_TEXT}})
        guesses += ranked
        if ranked and ranked[0].encoding != UTF_8:
            in_text = ranked[0].encoding
    marked_valid = sum(1 for s in valid if not s.isascii())
    name = legacy if len(broken) > marked_valid else (in_text or UTF_8)
    if broken and len(broken) <= marked_valid and not in_text:
        name = UTF_8
    guesses.sort(key=lambda g: (g.encoding != name, -g.score))
    return Detection(EncodingPlan(name, legacy=legacy, in_text=in_text), tuple(guesses))


def in_disguise(data: bytes, name: str) -> bool:
    """Whether valid UTF-8 is text of that encoding in disguise, and not sound Unicode in the same file (IMP-6)."""
    if name == "viqr" or data.isascii():
        return name == "viqr" and data.isascii()
    if _SOUND.search(data.decode("utf-8")):
        return False
    scores = {guess.encoding: guess.score for guess in rank([data], {n: decoder(n) for n in (UTF_8, name)})}
    return scores[name] >= scores[UTF_8]


def line_decoder(plan: EncodingPlan) -> Decoder:
    """How each line of a text table is decoded: by itself, as records are (IMP-6)."""
    if plan.forced:
        return find_decoder(plan.name)
    legacy, plain = find_decoder(plan.legacy), decoder(UTF_8)
    mend = decoder(plan.in_text) if plan.in_text else plain

    def decode(line: bytes) -> str:
        if not _is_utf8(line):
            return legacy(line)
        return mend(line) if plan.in_text and in_disguise(line, plan.in_text) else plain(line)

    return decode


def read_iso2709(raw: bytes, plan: EncodingPlan) -> tuple[Parsed, str]:
    """Parse one record by the plan; also the encoding it was read in. Raises Unreadable."""
    if plan.forced:
        return parse(raw, find_decoder(plan.name)), plan.name
    if raw.isascii() and b"\x1b" not in raw and plan.in_text != "viqr":
        return parse(raw, decoder(UTF_8)), UTF_8
    claimed = leader_encoding(raw)
    if b"\x1b" in raw and claimed != UTF_8 and raw.isascii():
        return parse(raw, decode_marc8), MARC_8
    if _is_utf8(raw):
        name = plan.in_text if plan.in_text and in_disguise(raw, plan.in_text) else UTF_8
        try:
            parsed = parse(raw, decoder(name))
        except ValueError:
            name, parsed = UTF_8, parse(raw, decoder(UTF_8))
        if name == UTF_8 and claimed == MARC_8:
            parsed = _with(parsed, Problem("encoding-label", seen("leader-bytes", "MARC-8", "UTF-8")))
        return parsed, name
    parsed = parse(raw, find_decoder(plan.legacy))
    if claimed == UTF_8:
        parsed = _with(parsed, Problem("encoding-label", seen("leader-bytes", "UTF-8", plan.legacy)))
    return parsed, plan.legacy


def _with(parsed: Parsed, problem: Problem) -> Parsed:
    return Parsed(parsed.record, (*parsed.repairs, problem))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
