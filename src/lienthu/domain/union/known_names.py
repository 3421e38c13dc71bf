"""Names known to be one person's: pen names, former names and spellings, from authorities. Pure. Rule MAT-26."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.statements import name_forms

Forms = tuple[str, str]
"""A name as ordered words, exact and folded (``name_forms``)."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Another form of a name → the heading of its authority, by exact words: Nguyễn Du is not Nguyễn Dữ."""

    headings: Mapping[str, Forms] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]]) -> KnownNames:
        """From (other form, heading) pairs. A form that two authorities have settles nothing and is left out."""
        found: dict[str, Forms | None] = {}
        mains: set[str] = set()
        for other, heading in rows:
            forms = name_forms(heading)
            mains.add(forms[0])
            exact = name_forms(other)[0]
            if exact and forms[0] and exact != forms[0]:
                found[exact] = forms if found.get(exact, forms) == forms else None
        # a form that is the heading of another authority is that person's name first
        return cls({exact: forms for exact, forms in found.items() if forms is not None and exact not in mains})

    def settled(self, f: Fingerprint) -> Fingerprint:
        """The fingerprint with every known name under its heading; the same object where none is."""
        if not self.headings or not any(name in self.headings for name in f.names):
            return f
        forms = [self.headings.get(e, (e, n)) for e, n in zip(f.names, f.names_folded, strict=True)]
        forms = list(dict.fromkeys(forms))
        return f._replace(names=tuple(e for e, _ in forms), names_folded=tuple(n for _, n in forms))


NONE = KnownNames()
