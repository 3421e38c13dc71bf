"""The repository at /oai/union: publications, each with the holdings of all libraries (rules OAI-16, OAI-17)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from lienthu.domain.catalog.selectors import ItemRow, items_of
from lienthu.domain.network.selectors import LibraryFacts, library_facts
from lienthu.domain.union.harvest_selectors import (
    StampRow,
    changed_publication,
    changed_publications,
    earliest_publication,
)
from lienthu.domain.union.selectors import MemberRow, members_of
from lienthu.faces.protocols.oai.bases import Entry, Selection, Set
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import from_canonical

_LOCAL: Final = re.compile(r"union/([1-9][0-9]{0,17})")
# What speaks of one library only: numbers and dates of its record, its copies, its holdings statements.
_OF_ONE_LIBRARY: Final = frozenset({"001", "003", "005", "035", "841", "852", "853", "854", "855", "859", "863", "864",
                                    "865", "866", "867", "868", "876", "877", "878", "952"})  # fmt: skip


class Publications:
    """Made for one request. It has no sets: who wants a part harvests the records."""

    key = "u"
    path = "/oai/union"

    def __init__(self, name: str, site: str) -> None:
        """``name``: of the repository in identifiers; ``site``: address of the portal without a slash at its end."""
        self._name = name
        self._site = site

    def sample(self) -> str:
        """An identifier such as those of the items."""
        return self._identifier(4711)

    def sets(self) -> Iterable[Set]:
        """None."""
        return ()

    def earliest(self) -> datetime | None:
        """The lowest datestamp."""
        return earliest_publication()

    def page(
        self, wanted: Selection, after: tuple[datetime, int] | None, limit: int, *, content: bool, links: bool
    ) -> list[Entry]:
        """Publications in the order of their changes."""
        return self._entries(changed_publications(wanted.since, wanted.before, after, limit), content)

    def how_many(self, wanted: Selection) -> int | None:
        """Not counted."""
        return None

    def one(self, identifier: str, *, links: bool) -> Entry | None:
        """The publication with this identifier."""
        prefix = f"oai:{self._name}:"
        match = _LOCAL.fullmatch(identifier.removeprefix(prefix))
        row = changed_publication(int(match[1])) if match and identifier.startswith(prefix) else None
        return self._entries([row], True)[0] if row else None

    def _identifier(self, cluster_id: int) -> str:
        return f"oai:{self._name}:union/{cluster_id}"

    def _entries(self, rows: Sequence[StampRow], content: bool) -> list[Entry]:
        members = members_of([r.cluster_id for r in rows if not r.deleted])  # of open libraries only
        held: dict[int, list[ItemRow]] = {}
        for item in items_of([m.record_id for some in members.values() for m in some]) if content else ():
            held.setdefault(item.record_id, []).append(item)
        libraries = library_facts() if content else {}
        return [
            Entry(
                id=r.cluster_id,
                identifier=self._identifier(r.cluster_id),
                datestamp=r.datestamp,
                deleted=r.cluster_id not in members,
                sets=(),
                record=self._joined(r, members[r.cluster_id], held, libraries)
                if content and r.cluster_id in members
                else None,
                link=f"{self._site}/records/{r.cluster_id}/",
            )
            for r in rows
        ]

    def _joined(
        self,
        row: StampRow,
        members: Sequence[MemberRow],
        held: dict[int, list[ItemRow]],
        libraries: dict[int, LibraryFacts],
    ) -> Record:
        """The preferred record with the numbers, addresses (856) and copies (852) of all members."""
        records = {m.record_id: from_canonical(m.marc) for m in members}
        shown = records[row.preferred_id if row.preferred_id in records else members[0].record_id]
        fields = [Field("001", data=str(row.cluster_id)), Field("003", data=self._name)]
        fields += [f for f in shown.fields if f.tag not in _OF_ONE_LIBRARY and f.tag != "856"]
        fields += dict.fromkeys(f for record in records.values() for f in record.of("856"))
        for m in members:
            code = libraries[m.library_id].code
            if m.control_number:
                fields.append(Field("035", subfields=(("a", f"({code}){m.control_number}"),)))
            fields += [_copy(code, item) for item in held.get(m.record_id, ())] or [
                Field("852", subfields=(("a", code),))
            ]
        fields.sort(key=lambda f: f.tag)  # stable: inside of a tag the order stays
        return Record(shown.leader, tuple(fields))


def _copy(code: str, item: ItemRow) -> Field:
    if item.statement:
        return Field("866", " ", "0", (("a", item.statement), ("5", code)))
    told = (
        ("a", code), ("b", item.branch_text), ("c", item.location), ("h", item.call_number), ("p", item.barcode),
        ("z", item.note),
    )  # fmt: skip
    return Field("852", subfields=tuple((c, value) for c, value in told if value))
