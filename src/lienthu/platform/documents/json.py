"""A report as JSON, with the numbers as numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lienthu.platform.documents.model import Document


def to_json(document: Document) -> dict[str, Any]:
    """Sections by key; each block names what it is: text, tiles, table or comparisons."""
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "made_at": document.made_at.isoformat(),
        "facts": dict(document.facts),
        "sections": {
            s.key: {"title": s.title, "blocks": [{"is": type(b).__name__.lower(), **asdict(b)} for b in s.blocks]}
            for s in document.sections
        },
        "footer": document.footer,
    }
