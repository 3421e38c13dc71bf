"""How a library's files are read: column mapping and holding rules, saved with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from lienthu.domain.catalog.models import Source
from lienthu.foundation.marc.holdings import rules_from_list
from lienthu.foundation.marc.tabular import FIELDS
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit


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
    """Save by which rules copies are read from MARC records. Raises HoldingRuleInvalid."""
    rules_from_list(list(rules))
    source.holding_rules = list(rules)
    source.save(update_fields=["holding_rules"])
    audit.record("source.holding_rules_set", source, actor=actor, library_id=source.library_id)


@transaction.atomic
def set_encoding(source: Source, encoding: str, *, actor: Actor) -> None:
    """Save the character set that a person chose for this source's files; "" means: look each time."""
    if encoding != source.encoding:
        source.encoding = encoding
        source.save(update_fields=["encoding"])
        audit.record("source.encoding_set", source, actor=actor, library_id=source.library_id, encoding=encoding)
