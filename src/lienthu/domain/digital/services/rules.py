"""Setting the dated rules of access. Rules RGT-12, RGT-13."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.db import connection, transaction

from lienthu.domain.digital.errors import Conflict, RulesRefused
from lienthu.domain.digital.models import AccessRule
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.ruling import RULED, RuleFault, fault_of
from lienthu.domain.digital.selectors.rules import StatusRules, row_of, rules_of, shipped_of
from lienthu.domain.digital.services.touch import touch_objects_ruled
from lienthu.domain.digital.shipped.reading import StatedRule
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit
from lienthu.platform.services.epoch import bump_at_commit

_LOCK: Final = 7_406_215  # advisory lock: one change of rules at a time, also where no row is there to be locked


@transaction.atomic
def set_rules(status: Status, rules: Sequence[StatedRule], *, seen: str, actor: Actor) -> StatusRules:
    """Let these rules speak of a status, in place of all that do now. In force at once, for every route.

    ``seen``: the stamp of the rules that the person looked at. Rules that are those shipped are not written: the
    shipped ones speak again. Raises RulesRefused for rules that cannot be, Conflict where others set some meanwhile.
    """
    if status not in RULED:
        raise RulesRefused(RuleFault.NONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    before = rules_of(status)
    if before.stamp != seen:
        raise Conflict
    rules = sorted((replace(r, basis=clean(r.basis)[:500]) for r in rules), key=lambda r: r.rule.valid_from)
    if (fault := fault_of(rules)) is not None:
        raise RulesRefused(fault)
    shipped = tuple(rules) == shipped_of(status)
    if tuple(rules) == before.rules and shipped is not before.own:
        return before
    AccessRule.objects.filter(status=status).delete()
    if not shipped:
        AccessRule.objects.bulk_create(
            AccessRule(
                status=status,
                access=stated.rule.access,
                valid_from=stated.rule.valid_from,
                valid_until=stated.rule.valid_until,
                basis=stated.basis,
                certainty=stated.certainty,
            )
            for stated in rules
        )
    # What pictures are remembered as public must be asked anew; the page index holds back what has news (FTS-7).
    touch_objects_ruled(status)
    bump_at_commit()
    after = rules_of(status)
    audit.record(
        "digital.rules_set",
        None,
        actor=actor,
        status=status.value,
        before=[row_of(stated) for stated in before.rules],
        after=[row_of(stated) for stated in after.rules],
        shipped=shipped,
    )
    return after
