"""Rights, publication and taking down (RGT-1, RGT-8)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital import policy
from lienthu.domain.digital.errors import CannotPublish, DigitalRefused, PublishingDoubtful
from lienthu.domain.digital.models import DigitalObject, RightsRecord, Stage, StageMove, Takedown
from lienthu.domain.digital.policy import Access, Concern, Status
from lienthu.domain.digital.selectors.rights import publish_facts
from lienthu.domain.digital.services.acts import lock, note
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person states about the rights in an object."""

    status: Status
    basis: str
    basis_date: date
    copies_held: int | None = None
    protected_until: date | None = None
    permission: Access | None = None
    permission_until: date | None = None
    licence: str = ""
    personal_data: bool = False
    watermark: bool = False
    download: bool = False
    premises: tuple[int, ...] = ()
    note: str = ""


@transaction.atomic
def record_rights(public_id: str, rights: Rights, *, actor: Actor) -> RightsRecord:
    """Add what is known about the rights; the newest counts (RGT-1). Raises DigitalRefused without a basis."""
    obj = lock(public_id)
    if not clean(rights.basis):
        raise DigitalRefused(_("Say what it rests on: the law, the contract or the letter."))
    if rights.copies_held is not None and rights.copies_held < 0:
        raise DigitalRefused(_("The number of copies cannot be below zero."))
    if rights.status is Status.PERMITTED and rights.permission is Access.SEATS and not rights.copies_held:
        raise DigitalRefused(_("Say how many copies are held: so many may read at once."))
    number = (obj.rights.aggregate(n=Max("number"))["n"] or 0) + 1
    row = RightsRecord.objects.create(
        object=obj,
        number=number,
        status=rights.status,
        basis=clean(rights.basis)[:500],
        basis_date=rights.basis_date,
        copies_held=rights.copies_held,
        protected_until=rights.protected_until,
        permission=rights.permission or "",
        permission_until=rights.permission_until,
        licence=rights.licence[:200],
        personal_data=rights.personal_data,
        watermark=rights.watermark,
        download=rights.download,
        premises=list(rights.premises),
        note=clean(rights.note),
        decided_by=actor.name[:120],
    )
    shown = obj.published_at is not None  # what readers have may be closed by what is known now
    note("digital.rights_recorded", obj, actor=actor, restricts=shown, number=number, status=rights.status)
    return row


@transaction.atomic
def publish(public_id: str, *, even_so: Collection[Concern] = (), actor: Actor) -> DigitalObject:
    """Open an object to readers, as far as its rights go. Raises CannotPublish (RGT-1), PublishingDoubtful (RGT-16).

    ``even_so``: the concerns that the person was told of and sets aside; any other one is told first.
    """
    obj = lock(public_id)
    facts = publish_facts(obj)
    if not (decision := policy.decide_publication(facts)).allowed:
        assert decision.block is not None
        raise CannotPublish(decision.block)
    if obj.published_at is None:
        concerns = policy.concerns_about(facts)
        if set(concerns) - set(even_so):
            raise PublishingDoubtful(concerns, facts)
        obj.published_at = timezone.now()
        StageMove.objects.create(object=obj, before=obj.stage, after=Stage.PUBLISHED, by=actor.name[:120])
        obj.stage = Stage.PUBLISHED
        note("digital.published", obj, actor=actor, even_so=concerns)
    return obj


@transaction.atomic
def withdraw(public_id: str, *, reason: str, actor: Actor) -> DigitalObject:
    """Take a published object back to its desk. Raises DigitalRefused without a reason (WFL-9)."""
    obj = lock(public_id)
    if not clean(reason):
        raise DigitalRefused(_("Say why: the reason is kept in the audit trail."))
    if obj.published_at is not None:
        obj.published_at = None
        StageMove.objects.create(
            object=obj, before=obj.stage, after=Stage.DESCRIBED, reason=clean(reason)[:500], by=actor.name[:120]
        )
        obj.stage = Stage.DESCRIBED
        note("digital.withdrawn", obj, actor=actor, restricts=True, reason=clean(reason)[:500])
    return obj


@transaction.atomic
def take_down(public_id: str, *, reason: str, actor: Actor) -> Takedown:
    """Hide an object everywhere at once (RGT-8). Raises DigitalRefused without a reason; a second one adds nothing."""
    obj = lock(public_id)
    if not clean(reason):
        raise DigitalRefused(_("Say why: the reason is kept in the audit trail."))
    if (standing := obj.takedowns.filter(lifted_at=None).first()) is not None:
        return standing
    row = Takedown.objects.create(object=obj, reason=clean(reason)[:1000], by=actor.name[:120])
    obj.taken_down = True
    note("digital.taken_down", obj, actor=actor, restricts=True, reason=row.reason)
    return row


@transaction.atomic
def lift_takedown(public_id: str, *, reason: str, actor: Actor) -> None:
    """Bring back what was taken down (RGT-8). Raises DigitalRefused without a reason."""
    obj = lock(public_id)
    if not clean(reason):
        raise DigitalRefused(_("Say why: the reason is kept in the audit trail."))
    standing = obj.takedowns.filter(lifted_at=None).first()
    if standing is None:
        return
    standing.lifted_at, standing.lifted_by = timezone.now(), actor.name[:120]
    standing.lifted_reason = clean(reason)[:1000]
    standing.save()
    obj.taken_down = False
    note("digital.takedown_lifted", obj, actor=actor, reason=standing.lifted_reason)
