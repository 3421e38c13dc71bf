"""From base publications to labelled pairs: shares of kinds, training and test, damage, identifiers."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from vnpairs import damage
from vnpairs.chance import Chance, number
from vnpairs.different import CHANGES
from vnpairs.handwritten import written
from vnpairs.practice import PRACTICES, Card, Writer
from vnpairs.publication import Publication, publications
from vnpairs.same import FULL, TEST_ONLY, WAYS, Side, as_set

SEED = "lienthu-vn-1"
SPLITS = ("train", "test")
TRAIN_PERCENT = 60
SIBLINGS = 275
"""At most so many pairs of two lines of one family."""
NEIGHBOURS = 72
STRANGERS = 75
UNTOUCHED = frozenset({"001", "008", "020", "022", "041", "082"})
LETTERS_ONLY = frozenset({"245"})
COMMON_HARM = (
    damage.without_marks, damage.tcvn3_undecoded, damage.decomposed, damage.tcvn3_capitals_lost, damage.mistyped,
    damage.scanned, damage.tone_on_first, damage.tone_on_second, damage.i_for_y, damage.capitals,
)  # fmt: skip
RARE_HARM = (damage.vni_undecoded, damage.viqr, damage.utf8_twice, damage.eth_for_d, damage.question_marks)


class Pair(NamedTuple):
    """A labelled pair as it is written out."""

    split: str
    label: int
    kind: str
    note: str
    families: tuple[str, ...]
    left: dict[str, object]
    right: dict[str, object]


def build() -> list[Pair]:
    """All pairs, those of the training half first."""
    base = publications()
    split = _splits(base)
    pairs = [
        *_same(base, split),
        *_changed(base, split),
        *_volumes_and_sets(base, split),
        *_one_number(base, split),
        *_siblings(base, split),
        *_strangers(base, split),
        *_handwritten(split),
    ]
    ordered = sorted(pairs, key=lambda p: (SPLITS.index(p.split), number(SEED, "order", p.kind, p.note)))
    return [_numbered(p) for p in ordered]


def _splits(base: list[Publication]) -> dict[str, str]:
    """Families to training and test, each sort of family in the same proportion."""
    sorts: dict[str, list[str]] = defaultdict(list)
    for family in dict.fromkeys(p.family for p in base):
        members = [p for p in base if p.family == family]
        relations = "+".join(sorted({p.relation for p in members if p.relation} | {m.kind for m in members}))
        sorts[relations + ("/parts" if members[0].part else "")].append(family)
    found: dict[str, str] = {}
    rare: list[str] = []
    for families in sorts.values():
        if len(families) < 3:
            rare += families
            continue
        ranked = sorted(families, key=lambda f: number(SEED, "split", f))
        found |= {f: "train" if i < round(len(ranked) * TRAIN_PERCENT / 100) else "test" for i, f in enumerate(ranked)}
    ranked = sorted(rare, key=lambda f: number(SEED, "split", f))
    return found | {
        f: "train" if i < round(len(ranked) * TRAIN_PERCENT / 100) else "test" for i, f in enumerate(ranked)
    }


def _family_split(family: str, split: dict[str, str]) -> str:
    return split.get(family) or ("train" if number(SEED, "split", family) % 100 < TRAIN_PERCENT else "test")


def _same(base: list[Publication], split: dict[str, str]) -> Iterator[Pair]:
    used: Counter[str] = Counter()
    for kind, (share, way) in {**WAYS, **TEST_ONLY}.items():
        wanted = {"train": 0 if kind in TEST_ONLY else round(share * TRAIN_PERCENT / 100)}
        wanted["test"] = share - wanted["train"]
        for half in SPLITS:
            mine = [p for p in base if split[p.family] == half]
            for p in _least_used(mine, used, kind):
                if not wanted[half]:
                    break
                sides = way(p, Chance(SEED, kind, p.key))
                if sides is None:
                    continue
                left, right = _record(sides[0], kind, p.key), _record(sides[1], kind, p.key)
                if _text(left) == _text(right):
                    continue
                wanted[half] -= 1
                used[p.key] += 1
                yield _pair(half, 1, kind, p.key, (p.family,), left, right)


def _changed(base: list[Publication], split: dict[str, str]) -> Iterator[Pair]:
    used: Counter[str] = Counter()
    for kind, (share, change) in CHANGES.items():
        wanted = {"train": round(share * TRAIN_PERCENT / 100)}
        wanted["test"] = share - wanted["train"]
        for half in SPLITS:
            mine = [p for p in base if split[p.family] == half]
            for p in _least_used(mine, used, kind):
                if not wanted[half]:
                    break
                other = change(p, Chance(SEED, kind, p.key))
                if other is None:
                    continue
                wanted[half] -= 1
                used[p.key] += 1
                yield _different(half, kind, p.key, p.family, p, other)


def _volumes_and_sets(base: list[Publication], split: dict[str, str]) -> Iterator[Pair]:
    """A volume and the record of its whole set."""
    wanted = Counter(train=15, test=10)
    for p in sorted(base, key=lambda p: number(SEED, "set", p.key)):
        half = split[p.family]
        if wanted[half] and p.kind == "book" and p.part.isdigit() and int(p.part) < 5 and not p.facts.get("school"):
            wanted[half] -= 1
            together = as_set(p, max(int(p.part), 2) + number("of", p.key) % 3)
            yield _different(half, "volume-and-set", p.key, p.family, p, together)


def _one_number(base: list[Publication], split: dict[str, str]) -> Iterator[Pair]:
    """Two works of one house under one ISBN, by a mistake in the house or at the desk."""
    wanted = Counter(train=10, test=6)
    numbered = sorted((p for p in base if p.isbn and p.kind == "book"), key=lambda p: number(SEED, "one number", p.key))
    for i, p in enumerate(numbered):
        half = split[p.family]
        others = [
            q
            for q in numbered[i + 1 :]
            if q.publishers == p.publishers and split[q.family] == half and q.family != p.family
        ]
        if wanted[half] and others:
            wanted[half] -= 1
            other = replace(others[0], isbn=p.isbn, set_isbn="")
            yield _different(half, "isbn-shared", f"{p.key} {other.key}", p.family, replace(p, set_isbn=""), other)


def _siblings(base: list[Publication], split: dict[str, str]) -> Iterator[Pair]:
    """Two lines of one family, at first those that the hand relates to the first line."""
    families: dict[str, list[Publication]] = defaultdict(list)
    for p in base:
        families[p.family].append(p)
    found: list[tuple[int, str, Publication, Publication]] = []
    for members in families.values():
        for i, right in enumerate(members[1:], start=1):
            nearest = members[int(right.facts.get("to", 1)) - 1]
            found.append((0, right.relation or "sibling", nearest, right))
            found += [(1, "sibling", left, right) for left in members[:i] if left is not nearest]
    found.sort(key=lambda row: (row[0], number(SEED, row[2].key, row[3].key)))
    for _, kind, left, right in found[:SIBLINGS]:
        yield _different(split[left.family], kind, f"{left.key} {right.key}", left.family, left, right)


def _strangers(base: list[Publication], split: dict[str, str]) -> Iterator[Pair]:
    """Neighbours share a person, a series, or publisher and year; strangers share nothing in particular."""
    for half in SPLITS:
        share = TRAIN_PERCENT if half == "train" else 100 - TRAIN_PERCENT
        mine = [p for p in base if split[p.family] == half]
        mine.sort(key=lambda p: number(SEED, "strangers", p.key))
        near = [
            (a, b, why)
            for i, a in enumerate(mine)
            for b in mine[i + 1 :]
            if a.family != b.family and (why := _shared(a, b))
        ]
        near.sort(
            key=lambda row: (row[2] != "same-author", row[2] != "same-series", number(SEED, row[0].key, row[1].key))
        )
        for a, b, why in _spread(near, NEIGHBOURS * share // 100):
            yield _different(half, why, f"{a.key} {b.key}", a.family, a, b)
        for i in range(STRANGERS * share // 100):
            a, b = mine[i % len(mine)], mine[(i * 7 + 3) % len(mine)]
            if a.family != b.family:
                yield _different(half, "stranger", f"{a.key} {b.key}", a.family, a, b)


def _spread(
    near: list[tuple[Publication, Publication, str]], count: int
) -> Iterator[tuple[Publication, Publication, str]]:
    used: Counter[str] = Counter()
    for a, b, why in near:
        if count and used[a.key] < 2 and used[b.key] < 2:
            count -= 1
            used.update((a.key, b.key))
            yield a, b, why


def _shared(a: Publication, b: Publication) -> str:
    if {x.name for x in a.people if not x.body} & {x.name for x in b.people if not x.body}:
        return "same-author"
    if a.series and a.series == b.series:
        return "same-series"
    if a.publishers and a.publishers == b.publishers and a.year == b.year:
        return "same-publisher-year"
    return ""


def _handwritten(split: dict[str, str]) -> Iterator[Pair]:
    for i, w in enumerate(written(), start=1):
        yield Pair(
            _family_split(w.family, split),
            w.label,
            f"hand-{w.kind}",
            f"{w.family} {i}: {w.note}",
            (w.family,),
            w.left,
            w.right,
        )


def _different(half: str, kind: str, note: str, family: str, a: Publication, b: Publication) -> Pair:
    """A quarter come from one library or two of one habit, some are damaged like the positives."""
    chance = Chance(SEED, kind, note)
    left, right = chance.shuffled(PRACTICES)[:2]
    if a.family == b.family or chance.percent(30):
        left, right = (p if not p.brief or chance.percent(35) else chance.one(FULL) for p in (left, right))
    if chance.percent(28):
        right = left
    if a.family == b.family:  # what tells them apart must be told
        left, right = (
            replace(p, rest="b" if p.rest == "none" else p.rest, dropped=p.dropped - {"rest"}) for p in (left, right)
        )
    if kind in ("isbn-shared", "isbn-kept"):
        left, right = (p if p.isbn and not p.brief else FULL[0] for p in (left, right))
    harm = None
    if chance.percent(28):
        harm = chance.one(COMMON_HARM if half == "train" or chance.percent(60) else RARE_HARM)
    where = (
        LETTERS_ONLY
        if harm in (damage.mistyped, damage.scanned, damage.capitals, damage.tcvn3_capitals_lost)
        else frozenset()
    )
    sides = Side(a, left), Side(b, right, harm, where)
    families = tuple(dict.fromkeys((family, a.family, b.family)))
    return _pair(half, 0, kind, note, families, *(_record(side, kind, note) for side in sides))


def _least_used(mine: Iterable[Publication], used: Counter[str], kind: str) -> list[Publication]:
    return sorted(mine, key=lambda p: (used[p.key], number(SEED, kind, p.key)))


def _record(side: Side, kind: str, key: str) -> dict[str, object]:
    record = Writer(Card(side.publication, side.practice)).record("")
    if side.harm is None:
        return record
    chance = Chance(SEED, "harm", kind, key)
    seldom = side.harm in (damage.mistyped, damage.scanned)
    for entry in record["fields"]:
        for tag, content in entry.items():
            if tag in UNTOUCHED or (side.tags and tag not in side.tags):
                continue
            pairs = [next(iter(pair.items())) for pair in content["subfields"]]
            content["subfields"] = [
                {code: side.harm(value, chance) if not seldom or _slips(tag, code, side.harm, chance) else value}
                for code, value in pairs
            ]
    return record


def _slips(tag: str, code: str, harm: damage.Damage, chance: Chance) -> bool:
    """A slip of the hand is in the title; a scanner mistakes letters elsewhere too."""
    return (tag, code) == ("245", "a") or (harm is damage.scanned and chance.percent(35))


def _text(record: dict[str, object]) -> str:
    return json.dumps(record["fields"], ensure_ascii=False)


def _pair(
    split: str, label: int, kind: str, note: str, families: tuple[str, ...],
    left: dict[str, object], right: dict[str, object],
) -> Pair:  # fmt: skip
    if Chance(SEED, "turn", kind, note).percent(50):
        left, right = right, left
    return Pair(split, label, kind, note, families, left, right)


def _numbered(pair: Pair) -> Pair:
    def named(record: dict[str, object], side: int) -> dict[str, object]:
        name = f"vn{number(SEED, 'id', pair.kind, pair.note, side):016x}"[:14]
        fields: list[dict[str, object]] = [f for f in record["fields"] if "001" not in f]
        return {"leader": record["leader"], "fields": [{"001": name}, *fields]}

    return pair._replace(left=named(pair.left, 0), right=named(pair.right, 1))


def identifier(record: dict[str, object]) -> str:
    """The 001 of a record."""
    fields: list[dict[str, str]] = record["fields"]
    return fields[0]["001"]


def _groups(pairs: list[Pair]) -> list[str]:
    """Of each pair what must stay together in cross-validation: families that a pair has in common are one group."""
    group: dict[str, str] = {}

    def root(family: str) -> str:
        while (up := group.setdefault(family, family)) != family:
            family = up
        return family

    for pair in pairs:
        for family in pair.families[1:]:
            group[root(family)] = root(pair.families[0])
    return [root(pair.families[0]) for pair in pairs]


def files(pairs: list[Pair]) -> dict[str, str]:
    """The text of the files, by name."""
    found = {}
    for half in SPLITS:
        mine = [p for p in pairs if p.split == half]
        records = [json.dumps(r, ensure_ascii=False, separators=(",", ":")) for p in mine for r in (p.left, p.right)]
        found[f"{half}.jsonl"] = "\n".join(records) + "\n"
        table = io.StringIO()
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(["id1", "id2", "label", "kind", "note", "group"])
        for pair, group in zip(mine, _groups(mine), strict=True):
            rows.writerow([identifier(pair.left), identifier(pair.right), pair.label, pair.kind, pair.note, group])
        found[f"{half}_labels.csv"] = table.getvalue()
    return found
