"""`{% load portal %}`: what the portal's templates need beyond the shared components."""

from __future__ import annotations

from typing import NamedTuple

from django import template

from lienthu.foundation.marc.model import Field, Record

register = template.Library()


class MarcLine(NamedTuple):
    """A field as the MARC view prints it: indicators with # for blank."""

    tag: str
    indicators: str
    data: str
    subfields: tuple[tuple[str, str], ...]


@register.filter
def marc_lines(record: Record) -> list[MarcLine]:
    """The leader and the fields of a record in their order."""
    leader = MarcLine("LDR", "", record.leader.replace(" ", "#"), ())
    return [leader, *map(_line, record.fields)]


def _line(field: Field) -> MarcLine:
    if field.is_control:
        return MarcLine(field.tag, "", field.data.replace(" ", "#"), ())
    return MarcLine(field.tag, (field.ind1 + field.ind2).replace(" ", "#"), "", field.subfields)
