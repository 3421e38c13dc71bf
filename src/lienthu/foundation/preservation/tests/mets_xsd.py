"""The METS schema, with what it would fetch from the net taken from beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

SCHEMA = Path(__file__).resolve().parents[6] / "shared/data/schemas/mets/mets.xsd"


class _Local(etree.Resolver):
    def resolve(self, url: str, public_id: str, context: object) -> object:
        if url.endswith("xlink.xsd"):
            return self.resolve_filename(str(Path(__file__).with_name("xlink.xsd")), context)
        return None


@cache
def _schema(path: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local())
    return etree.XMLSchema(etree.parse(str(path), parser))


def complaints(document: bytes) -> list[str]:
    """What the schema says against a METS document; skips the test where the schema is not beside the checkout."""
    if not SCHEMA.exists():
        pytest.skip("the METS schema is not beside the checkout (shared/data/schemas/mets)")
    schema = _schema(SCHEMA)
    schema.validate(etree.fromstring(document))
    return [str(error) for error in schema.error_log]
