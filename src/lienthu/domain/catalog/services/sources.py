"""A library's sources, its former systems, and how their files are read: columns, holding rules, character set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lienthu.domain.catalog.errors import SourceRefused
from lienthu.domain.catalog.models import Source
from lienthu.domain.catalog.services.copies import follow_at_once
from lienthu.domain.catalog.source_selectors import sources_for
from lienthu.domain.network.models import Library
from lienthu.foundation.marc.holdings import rules_from_list, rules_to_list
from lienthu.foundation.marc.tabular import FIELDS
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

_LONGEST_NAME = 200
_LONGEST_CODE = 36  # of the column's 40, with room for a number


@transaction.atomic
def open_source(library: Library, name: str, *, actor: Actor) -> Source:
    """The source of that name, opened when the library has none: another system, whose numbers are its own (IMP-34).

    Raises SourceRefused for a name without letters.
    """
    name = " ".join(clean(name).split())[:_LONGEST_NAME]
    stem = slugify(fold(name))[:_LONGEST_CODE].strip("-")
    if not stem:
        raise SourceRefused(_("Name the system by words, such as the name of its program: “iLib”, “Koha 2019”."))
    number = 1
    while True:
        code = stem if number == 1 else f"{stem}-{number}"
        source, created = Source.objects.get_or_create(library=library, code=code, defaults={"name": name})
        if created:
            audit.record("source.opened", source, actor=actor, library_id=library.pk, code=code, name=name)
        if created or fold(source.name or source.code) == fold(name):
            return source
        number += 1


def chosen_source(library: Library, *, source_id: int | None, new_source: str, actor: Actor) -> Source | None:
    """The source that a person chose for a file: a new one by its name, one of the library's by its number, or None.

    Raises SourceRefused for a number that is none of the library's.
    """
    if new_source:
        return open_source(library, new_source, actor=actor)
    if source_id is None:
        return None
    if source_id not in {row.id for row in sources_for(library.pk)}:
        raise SourceRefused(_("This library has no such system. Choose one of the list, or name a new one."))
    return Source.objects.get(pk=source_id)


@transaction.atomic
def set_column_mapping(source: Source, mapping: Mapping[str, str], *, actor: Actor) -> None:
    """Save which column of a table is which field; a column given without a known field is forgotten."""
    chosen = {h: name for h, name in {**source.column_mapping, **mapping}.items() if name in FIELDS}
    if chosen != source.column_mapping:
        source.column_mapping = chosen
        source.save(update_fields=["column_mapping"])
        audit.record("source.columns_set", source, actor=actor, library_id=source.library_id, columns=len(chosen))


@transaction.atomic
def set_holding_rules(source: Source, rules: Sequence[Mapping[str, Any]], *, actor: Actor) -> None:
    """Save by which rules copies are read from MARC records; none: the standard ones. Raises HoldingRuleInvalid.

    The copies of records that are there follow when `copies.begin` is called: by whoever asks for it, or by the next
    import (IMP-38).
    """
    kept = rules_to_list(rules_from_list(list(rules)))
    now = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    source.holding_rules, source.copies_by = now.holding_rules, now.copies_by
    if kept == source.holding_rules:
        return
    source.holding_rules = kept
    source.save(update_fields=["holding_rules"])
    follow_at_once(source)
    tags = [rule["tag"] for rule in kept]
    audit.record("source.holding_rules_set", source, actor=actor, library_id=source.library_id, tags=tags)


@transaction.atomic
def set_encoding(source: Source, encoding: str, *, actor: Actor) -> None:
    """Save the character set that a person chose for this source's files; "" means: look each time."""
    if encoding != source.encoding:
        source.encoding = encoding
        source.save(update_fields=["encoding"])
        audit.record("source.encoding_set", source, actor=actor, library_id=source.library_id, encoding=encoding)
