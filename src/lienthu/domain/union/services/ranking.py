"""Which library is best at what: set by union editors, used when a publication is shown (CLU-17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from lienthu.domain.network.models import Library
from lienthu.domain.union.elect import GROUPS
from lienthu.domain.union.errors import RankRefused
from lienthu.domain.union.models import SourceRank
from lienthu.domain.union.services.touch import touch_libraries
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit


@transaction.atomic
def set_source_ranks(library: Library, ranks: Mapping[str, int], *, actor: Actor) -> None:
    """Set a library's place (1 the best) in field groups; an empty mapping takes it out of all. Raises RankRefused.

    All its publications are told to the index, which shows them by what is elected then.
    """
    if not set(ranks) <= set(GROUPS) or not all(1 <= place <= 999 for place in ranks.values()):
        raise RankRefused.unknown()
    if ranks:
        SourceRank.objects.update_or_create(library=library, defaults={"ranks": dict(ranks)})
    else:
        SourceRank.objects.filter(library=library).delete()
    audit.record("union.ranks_set", library, actor=actor, library_id=library.pk, ranks=dict(ranks))
    touch_libraries([library.pk])


@transaction.atomic
def rank_group(group: str, library_ids: Sequence[int], *, actor: Actor) -> None:
    """Put libraries in order in one field group, the best first; those left out are unranked there.

    Only libraries whose place changed are written and told of. Raises RankRefused for a group or library there is not.
    """
    order = list(dict.fromkeys(library_ids))
    found = Library.objects.in_bulk(order)
    if group not in GROUPS or len(found) != len(order):
        raise RankRefused.unknown()
    rows = list(SourceRank.objects.select_for_update())
    ranks = {row.library_id: row.ranks for row in rows}
    before = {library_id: places[group] for library_id, places in ranks.items() if group in places}
    after = {library_id: place for place, library_id in enumerate(order, 1)}
    moved = {i for i in before.keys() | after.keys() if before.get(i) != after.get(i)}
    for library in Library.objects.filter(pk__in=moved):
        kept = {name: place for name, place in ranks.get(library.pk, {}).items() if name != group}
        if library.pk in after:
            kept[group] = after[library.pk]
        set_source_ranks(library, kept, actor=actor)
