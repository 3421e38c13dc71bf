"""Whether a heading is an authority: pure, scored in the open (rules AUT-4 to AUT-9, docs/specs/authorities.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

from lienthu.foundation.marc.authority import PERSON, Heading
from lienthu.foundation.vietnamese.fold import fold, has_diacritics
from lienthu.foundation.vietnamese.names import LifeDates
from lienthu.foundation.vietnamese.tokens import exact_tokens, folded_tokens

LINK_AT: Final = 0.9
SUGGEST_AT: Final = 0.5
MARGIN: Final = 0.03
"""Two authorities closer to one another than this are both only suggested."""
MOST_SUGGESTED: Final = 5
YOUNGEST: Final = 8
"""Nobody is published earlier than at this age."""

_WEIGHTS: Final = {"name": 0.55, "dates": 0.25, "rivals": 0.1, "rarity": 0.1}
_HEADING: Final = {"heading", "former"}
_Y_FOR_I: Final = str.maketrans("ýỳỷỹỵy", "íìỉĩịi")

# Given names folded. A name made of these alone is borne by many: nothing but dates or a number tells who is meant.
_FAMILIES: Final = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh trương mai đào lâm"
    " hà".split()
)
_FAMILIES_UNMARKED: Final = frozenset(map(fold, _FAMILIES))
_GIVEN: Final = frozenset(
    "van thi duc minh huu quang xuan ngoc thanh anh thu hong kim hung dung tuan hai long nam son hoa lan huong hanh"
    " mai linh phuong thao trang tam binh cuong dat hieu khanh kien loc manh nga nhung phuc quan quynh tai thang thinh"
    " thuy tien toan trung tu tuyet viet vinh yen bao chi cong dai giang hien hoang huy khoa lien luong my nghia nhan"
    " oanh phong sang tan the thien thuan tri truc tuyen uyen vuong du an chinh dong hai hoai".split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One name under which an authority is found. ``authority`` is the one that counts after merges."""

    authority: int
    kind: str
    form: str
    text: str
    name: str
    heading: str
    birth: int | None
    death: int | None
    identifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What people said of this heading and an authority. ``here``: of this record only; it counts before the rest."""

    authority: int
    same: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What follows for one authority: linked, or suggested."""

    authority: int
    linked: bool
    by_person: bool
    score: float
    reasons: tuple[dict[str, Any], ...]


@lru_cache(maxsize=60_000)
def bag_of(kind: str, name: str) -> str:
    """Rule AUT-4. Kind and folded words, sorted: what two names must share to be compared. Empty for no words."""
    words = folded_tokens(name)
    if not words:
        return ""
    text = f"{kind}:{' '.join(sorted(words))}"
    return text if len(text) <= 160 else f"{text[:120]}#{blake2b(text.encode(), digest_size=16).hexdigest()}"


@lru_cache(maxsize=60_000)
def spelling(name: str) -> tuple[str, ...]:
    """The words with one tone placement, and i for y where both spell the same (kỹ, kĩ; Lý, Lí)."""
    return tuple(map(_one_i, exact_tokens(name)))


def _one_i(word: str) -> str:
    return word.translate(_Y_FOR_I) if len(word) <= 3 and word[:1] in "hklmst" and word[-1:] in "ýỳỷỹỵy" else word


@lru_cache(maxsize=60_000)
def digest_of(heading: Heading) -> bytes:
    """Names a heading as people decide on it: kind, words, years; not how it is punctuated or in which order typed."""
    text = "\x1f".join((heading.kind, " ".join(spelling(heading.name)), str(heading.dates and tuple(heading.dates))))
    return blake2b(text.encode(), digest_size=16).digest()


def is_common(name: str) -> bool:
    """Whether many people bear the name: a frequent family name with frequent given names (AUT-6)."""
    words = folded_tokens(name)
    if len(words) < 2:
        return True
    family = exact_tokens(name)[0] in _FAMILIES if has_diacritics(name) else words[0] in _FAMILIES_UNMARKED
    return family and len(words) <= 4 and all(w in _GIVEN for w in words[1:])  # Nguyên Hồng is no Nguyễn Hồng


def judge(
    heading: Heading, candidates: Iterable[Candidate], told: Sequence[Told] = (), year: int | None = None
) -> list[Judged]:
    """Rules AUT-5 to AUT-9: the authority of a heading, or those it may be, best first. ``year``: of publication.

    The order of ``candidates`` and of ``told`` does not matter. At most one is linked, and then it stands alone.
    """
    said = _said(told)
    by_authority: dict[int, list[Candidate]] = {}
    for c in candidates:
        if c.kind == heading.kind and said.get(c.authority) is not False:
            by_authority.setdefault(c.authority, []).append(c)
    chosen = sorted(a for a, same in said.items() if same and a in by_authority)
    if chosen:
        best = _best_name(heading, by_authority[chosen[0]])
        sides = (heading.text, best.text if best else by_authority[chosen[0]][0].heading)
        return [Judged(chosen[0], True, True, 1.0, (_reason("person", 1.0, 1.0, *sides, "decided by a person"),))]
    named = {id_: sorted(shared) for id_, names in by_authority.items() if (shared := _shared(heading, names))}
    if len(named) == 1:
        ((id_, keys),) = named.items()
        return [Judged(id_, True, False, 1.0, (_reason("identifier", 1.0, 1.0, keys[0], keys[0], "same number"),))]
    scored = []
    possible = {
        id_: best
        for id_, names in by_authority.items()
        if (best := _best_name(heading, names)) is not None and not _conflict(heading, best, year)
    }
    for id_, best in possible.items():
        features = _features(heading, best, len(possible) - 1)
        total = sum(_WEIGHTS[f] for f in features)
        score = round(sum(_WEIGHTS[f] * s for f, (s, _) in features.items()) / total, 3)
        if score >= SUGGEST_AT:
            scored.append(Judged(id_, False, False, score, _explain(heading, best, features)))
    scored.sort(key=lambda j: (-j.score, j.authority))
    if scored and scored[0].score >= LINK_AT and (len(scored) == 1 or scored[0].score - scored[1].score >= MARGIN):
        first = scored[0]
        return [Judged(first.authority, True, False, first.score, first.reasons)]
    return scored[:MOST_SUGGESTED]


def _said(told: Sequence[Told]) -> Mapping[int, bool]:
    out = {t.authority: t.same for t in told if not t.here}
    here = {t.authority: t.same for t in told if t.here}
    if any(here.values()):  # in this record it is another one than elsewhere
        out = dict.fromkeys(out, False)
    return out | here


def _shared(heading: Heading, names: Sequence[Candidate]) -> frozenset[str]:
    return frozenset(heading.identifiers) & frozenset().union(*(c.identifiers for c in names))


def _likeness(heading: Heading, c: Candidate) -> tuple[float, str]:
    """How alike two names of one bag are; 0 where their marks contradict each other (AUT-5)."""
    left, right = spelling(heading.name), spelling(c.name)
    if left == right:
        return (1.0, "heading") if c.form in _HEADING else (0.9, "variant")
    if sorted(left) == sorted(right):
        return 0.75, "other order"
    if has_diacritics(heading.name) != has_diacritics(c.name):
        return 0.7, "marks missing"
    return 0.0, "marks differ"


def _best_name(heading: Heading, names: Sequence[Candidate]) -> Candidate | None:
    """The name of an authority that is most like the heading; None where the marks of all contradict it."""
    names = [c for c in names if c.name]  # those found by their number have none
    if not names:
        return None
    best = max(names, key=lambda c: (_likeness(heading, c)[0], c.form, c.text, c.birth or 0, c.death or 0))
    return best if _likeness(heading, best)[0] else None


def _dates(heading: Heading, c: Candidate) -> tuple[float, str] | None:
    """How well the years agree; None where they contradict each other (AUT-6)."""
    left = heading.dates or LifeDates(None, None)
    pairs = ((left.birth, c.birth), (left.death, c.death))
    if any(one and other and one != other for one, other in pairs):
        return None
    if any(one and one == other for one, other in pairs):
        return 1.0, "same years"
    if any(one or other for one, other in pairs):
        return (0.6, "only the authority has years") if not heading.dates else (0.5, "only the heading has years")
    return 0.8, "no years"


def _conflict(heading: Heading, c: Candidate, year: int | None) -> bool:
    if heading.kind != PERSON:
        return False
    too_early = year is not None and c.birth is not None and year < c.birth + YOUNGEST
    return _dates(heading, c) is None or too_early


def _features(heading: Heading, c: Candidate, rivals: int) -> dict[str, tuple[float, str]]:
    out = {
        "name": _likeness(heading, c),
        "rivals": (0.0, f"{rivals} more of this name") if rivals else (1.0, "the only one of this name"),
    }
    if heading.kind == PERSON:
        dates = _dates(heading, c) or (0.0, "years differ")
        common = is_common(heading.name) and dates[0] < 1.0
        out["dates"] = dates
        out["rarity"] = (0.0, "a name of many people") if common else (1.0, "")
    return out


def _years(birth: int | None, death: int | None) -> str:
    return f"{birth or ''}-{death or ''}" if birth or death else ""


def _explain(heading: Heading, c: Candidate, features: Mapping[str, tuple[float, str]]) -> tuple[dict[str, Any], ...]:
    own = _years(*heading.dates) if heading.dates else ""
    sides = {"name": (heading.text, c.text), "dates": (own, _years(c.birth, c.death))}
    out = []
    for feature, (score, note) in features.items():
        left, right = sides.get(feature, ("", ""))
        out.append(_reason(feature, score, _WEIGHTS[feature], left, right, note))
    return tuple(out)


def _reason(feature: str, score: float, weight: float, left: str, right: str, note: str) -> dict[str, Any]:
    return {"feature": feature, "score": score, "weight": weight, "left": left, "right": right, "note": note}
