"""Which encoding are these bytes in? Decode them with every candidate and judge the texts.

Validity cannot tell single-byte encodings apart: every byte string is valid TCVN3. Two kinds of evidence
can. For Vietnamese: words with marks are well-formed syllables (most of them, or the text is something else).
Against a candidate, whatever the language: replacement and control characters, signs inside words, capitals
in the middle of words, Vietnamese letters in words that are not Vietnamese, UTF-8 that shows as "Ã©". A text
in another language earns nothing and loses nothing under the right decoder, so utf-8 and marc-8, which are
preferred where scores are equal, keep it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from lienthu.foundation.vietnamese.encodings.surface import UTF8_SHOWN
from lienthu.foundation.vietnamese.letters import MARKED
from lienthu.foundation.vietnamese.syllables import is_latin, is_syllable

BUDGET = 64 * 1024
"""Bytes of sample that are looked at in all."""

_PIECE = 4096
_PREFERRED = ("utf-8", "marc-8", "latin-1", "cp1258")


class Guess(NamedTuple):
    """One candidate; score near 1 for Vietnamese, 0 for clean text in another language, less for wrong."""

    encoding: str
    score: float
    sample: str


class _Evidence(NamedTuple):
    vietnamese: int = 0  # words with marks that are Vietnamese syllables
    foreign: int = 0  # words with marks that are not
    plain_foreign: int = 0  # words without marks that are not Vietnamese syllables
    faults: float = 0.0

    def credit(self, chance: int) -> float:
        """What the Vietnamese words count: all where they prevail, nothing where they may be chance.

        ``chance`` is how many syllables another language may show by accident.
        """
        if not self.vietnamese:
            return 0.0
        purity = (self.vietnamese / (self.vietnamese + self.foreign + chance) - 0.4) / 0.3
        density = (self.vietnamese / (self.vietnamese + self.plain_foreign) - 0.15) / 0.2
        return self.vietnamese * _clamped(purity) * _clamped(density)


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))


def rank(samples: Sequence[bytes], candidates: Mapping[str, Callable[[bytes], str]]) -> list[Guess]:
    """Order candidate decoders by how well they explain the samples, best first.

    Samples are texts, fields or whole ISO 2709 records, whose structure is skipped; at most 64 KB of them are
    read, those with bytes over 7F first. Decoders may raise ValueError (UnicodeDecodeError is one): that
    counts against them for the field it happened in. Empty samples give every candidate 0.
    """
    groups = _groups(samples)
    # Scores are a share of the words that need decoding at all; in VIQR those are only seen afterwards.
    words = float(sum(value.high_words for group in groups for value in group))
    totals: list[tuple[float, str, str]] = []
    for name, decode in candidates.items():
        total = most_credit = 0.0
        shown = ""
        reads_utf8 = _reads_utf8(decode)
        for group in groups:
            text, failures = _decoded(group, decode, reads_utf8=reads_utf8)
            evidence = judge(text)
            # French "où" is VNI for "ó"; in bytes that are all ASCII, "no. 5" and "to be?" are VIQR as well.
            credit = evidence.credit(chance=1 if any(value.high_words for value in group) else 2)
            most_credit += credit
            total += credit - evidence.faults - failures
            if not shown or (shown.isascii() and not text.isascii()):
                shown = _excerpt(text)
        words = max(words, most_credit, 1.0)
        totals.append((total, name, shown))
    guesses = [Guess(name, round(total / words, 4), shown) for total, name, shown in totals]
    guesses.sort(key=lambda guess: (-guess.score, _preference(guess.encoding)))  # stable: then as passed in
    return guesses


def _preference(name: str) -> int:
    return _PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED)


# --- What to look at ---

_VALUE_END = re.compile(rb"[\x1d\x1e]|\x1f.?", re.DOTALL)
_LEADER_OR_DIRECTORY = re.compile(rb"[0-9]{5}[a-z0-9 ]{7}|[0-9]{12}")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_WORD = re.compile(rb"[!-~]*[\x80-\xff][!-\xff]*")


class _Value(NamedTuple):
    """One value of a field, or one text: what a decoder is given."""

    data: bytes
    high_words: int  # words with bytes over 7F
    is_utf8: bool  # UTF-8 beyond ASCII, which other encodings hardly ever are by chance


def _value(data: bytes) -> _Value:
    high_words = len(_HIGH_WORD.findall(data))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _Value(data, high_words, False)
    return _Value(data, high_words, high_words > 0)


def _groups(samples: Sequence[bytes]) -> list[list[_Value]]:
    """Values of the samples in groups of at least some hundred bytes: a single title proves too little."""
    pieces = [piece for sample in samples for piece in _pieces(sample)]
    telling = [piece for piece in pieces if _HIGH.search(piece)]
    silent = [piece for piece in pieces if not _HIGH.search(piece)]
    chosen = _spread(telling, BUDGET * 3 // 4) if silent else _spread(telling, BUDGET)
    chosen += _spread(silent, BUDGET - sum(map(len, chosen)))
    groups: list[list[_Value]] = []
    size = _PIECE
    for piece in chosen:
        if size >= 400:
            groups.append([])
            size = 0
        groups[-1] += map(_value, _values(piece))
        size += len(piece)
    return groups


def _pieces(sample: bytes) -> list[bytes]:
    """A long sample in pieces of about 4 KB, cut at blanks or field ends: ASCII in every encoding."""
    pieces = []
    start = 0
    while len(sample) - start > _PIECE:
        end = max(sample.rfind(b" ", start, start + _PIECE), sample.rfind(b"\x1e", start, start + _PIECE))
        end = end + 1 if end > start else start + _PIECE
        pieces.append(sample[start:end])
        start = end
    return [*pieces, sample[start:]]


def _spread(pieces: list[bytes], budget: int) -> list[bytes]:
    """As many pieces as the budget allows, evenly from first to last."""
    total = sum(map(len, pieces))
    if total <= budget:
        return pieces
    chosen = []
    position = 0.0
    step = total / max(budget, 1)
    while position < len(pieces) and (budget := budget - len(pieces[int(position)])) >= 0:
        chosen.append(pieces[int(position)])
        position += step
    return chosen


def _values(piece: bytes) -> list[bytes]:
    """The values in a piece of an ISO 2709 file, which is how decoders expect them; else the whole piece."""
    return [v for v in _VALUE_END.split(piece) if v.strip() and not _LEADER_OR_DIRECTORY.match(v)]


def _reads_utf8(decode: Callable[[bytes], str]) -> bool:
    try:
        return len(decode("é".encode())) == 1
    except ValueError:
        return False


def _decoded(values: list[_Value], decode: Callable[[bytes], str], *, reads_utf8: bool) -> tuple[str, float]:
    """The text, a line per value, and what the decoder failed to read."""
    texts = []
    failures = 0.0
    for value in values:
        try:
            texts.append(decode(value.data))
        except ValueError:
            failures += max(1, value.high_words)
        if value.is_utf8 and not reads_utf8:
            failures += value.high_words / 2
    return "\n".join(texts), failures


def _excerpt(text: str) -> str:
    lines = text.splitlines() or [""]
    return " ".join(next((line for line in lines if not line.isascii()), lines[0]).split())[:120]


# --- How to judge it ---

_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
# 98 and 9C frame what does not sort (MARC 21), so they are no sign of misreading.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x97\x99-\x9b\x9d-\x9f\ufffd\ue000-\uf8ff]")
_STRAY_MARK = re.compile("(?<=[\\s!-@])[\u0300-\u036f]")
_LEFT_OVER_MARK = re.compile("[\u0300-\u036f]")
# Signs that stand between letters, behind a letter or before one only where bytes were misread. Guillemets,
# apostrophes, the middle dot and the copyright sign have honest places next to letters and are missing here.
_MISPLACED_SIGN = re.compile(
    "(?<=[^\\W\\d_])[¡¢£¤¥¦§¨©«¬\xad®¯°±²³´¶¸¹»¼½¾¿×÷−‚ƒ„…†‡‰‹˜™›€](?=[^\\W\\d_])"
    "|(?<=[a-z])[¤¥¦§¨¬\xad¯±¶¸¹¼½¾×÷−ªµ]"
    "|[¤¥¦§¨¬\xad®¯¶¸¹¼½¾×÷ªµ](?=[a-z])"
)
# In misread MARC-8 the diacritic shows as a letter before its vowel: "Bibliotháeque".
_STACKED_VOWELS = re.compile("[áâ][aeiouAEIOU]|è[aouAOU]|ä[aoAO]|ã[aiu]|ðc")
_VIETNAMESE_ONLY = frozenset(MARKED) - frozenset(map(chr, range(0x100)))


def judge(text: str) -> _Evidence:
    """Count what speaks for Vietnamese in a decoded text and what speaks against the decoding."""
    vietnamese = foreign = plain_foreign = 0
    faults = float(sum(len(fault.findall(text)) for fault in (_CONTROL, _STRAY_MARK, UTF8_SHOWN, _MISPLACED_SIGN)))
    for word in _WORD.findall(text):
        if word.isascii():
            plain_foreign += len(word) > 1 and not is_syllable(word)
        elif len(word) == 1:
            continue  # too little to say anything: French "à", or what is left of a misread word
        elif is_syllable(word):
            if _has_plausible_case(word):
                vietnamese += 1
            else:
                faults += 1
        elif is_latin(word):
            foreign += 1
            faults += _faults_of(word)
    return _Evidence(vietnamese, foreign, plain_foreign, faults)


def _has_plausible_case(word: str) -> bool:
    return word[1:].islower() or len(word) == 1 or word.isupper()


def _faults_of(word: str) -> float:
    """Of a Latin word with marks that is no Vietnamese syllable."""
    faults = 0.3 * len(_LEFT_OVER_MARK.findall(word))
    if not _VIETNAMESE_ONLY.isdisjoint(word):
        faults += 1
    if not word.isupper() and any(char.isupper() and not char.isascii() for char in word[1:]):
        faults += 1
    if _STACKED_VOWELS.search(word):
        faults += 0.5
    return faults
