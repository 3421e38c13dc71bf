"""What the index knows of a publication does not depend on the way it was read (SEA-1)."""

from __future__ import annotations

from lienthu.faces.cli.sample.generator import generate
from lienthu.foundation.marc.describe import describe, describe_canonical
from lienthu.foundation.marc.normalise import canonical, normalise


def test_a_stored_record_is_described_like_the_record_itself() -> None:
    for record in map(normalise, generate(400, 11)):
        assert describe_canonical(canonical(record)) == describe(record)
