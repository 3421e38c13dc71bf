"""The cover of a publication as a file, for sharing and for other programs."""

from __future__ import annotations

from hashlib import blake2b

from lienthu.faces.web.portal.works import full_title, names_of, year_text
from lienthu.faces.web.ui.covers import cover_svg
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.normalise import from_canonical

# Raised when covers are drawn differently, so that browsers fetch them anew.
_DESIGN = 1


def cover_digest(marc: str) -> str:
    """A validator for HTTP: changes with the record and with the design."""
    return blake2b(marc.encode(), digest_size=8, salt=str(_DESIGN).encode()).hexdigest()


def cover_of(cluster_id: int, marc: str) -> str:
    """The cover made from a record in canonical form, as the lists draw it."""
    d = describe(from_canonical(marc))
    return cover_svg(
        title=full_title(d), author=names_of(d), year=year_text(d), material_type=d.material_type, key=str(cluster_id)
    )
