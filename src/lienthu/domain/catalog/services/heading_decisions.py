"""What people say of headings and authorities: counts before every rule, and is never overruled (rule AUT-9)."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lienthu.domain.catalog.authority_models import Authority, HeadingDecision, HeadingLink
from lienthu.domain.catalog.errors import AuthorityRefused
from lienthu.domain.catalog.services.linking import ask_for_sweep, lock_for_change, relink
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

_AT_ONCE = 2000  # records renewed in the act itself; what is beyond follows in the background


@transaction.atomic
def decide_heading(
    *, digest: bytes, authority_id: int, same: bool, actor: Actor, record_id: int | None = None
) -> HeadingDecision:
    """Say that a heading is, or is not, this authority: in one record, or wherever it stands.

    It counts for records that come later too. Saying the opposite withdraws what was said before. Raises
    AuthorityRefused where no record has such a heading beside this authority.
    """
    lock_for_change()
    authority = Authority.objects.select_related("root", "source").filter(pk=authority_id).first()
    link = HeadingLink.objects.filter(heading_digest=digest, **({"record_id": record_id} if record_id else {})).first()
    if authority is None or authority.root.deleted or link is None:
        raise AuthorityRefused(_("Nothing stands under this heading any more. Open the list again."))
    root = authority.root
    earlier = HeadingDecision.objects.filter(heading_digest=digest, record_id=record_id, withdrawn_by="")
    against = earlier.filter(authority__root=root)
    if same:  # a heading is one authority: what was said to be it before is no longer
        against = against | earlier.filter(verdict=HeadingDecision.Verdict.SAME)
    HeadingDecision.objects.filter(pk__in=list(against.values_list("pk", flat=True))).update(
        withdrawn_by=actor.name[:120]
    )
    verdict = HeadingDecision.Verdict.SAME if same else HeadingDecision.Verdict.DIFFERENT
    said = HeadingDecision.objects.create(
        heading_digest=digest, heading=link.heading, record_id=record_id, authority=root, verdict=verdict,
        by=actor.name[:120],
    )  # fmt: skip
    audit.record(
        "authority.heading_decided", root, actor=actor, heading=link.heading, same=same, record=record_id,
        library_id=root.source.library_id,
    )  # fmt: skip
    _follow(digest, record_id)
    return said


@transaction.atomic
def withdraw_decision(decision_id: int, *, actor: Actor) -> None:
    """Take back what was said: the rules count again. Raises AuthorityRefused when it was taken back before."""
    lock_for_change()
    said = HeadingDecision.objects.select_for_update(of=("self",)).filter(pk=decision_id, withdrawn_by="").first()
    if said is None:
        raise AuthorityRefused(_("This decision has been taken back already."))
    said.withdrawn_by = actor.name[:120]
    said.save(update_fields=["withdrawn_by"])
    audit.record("authority.decision_withdrawn", said.authority, actor=actor, heading=said.heading)
    _follow(bytes(said.heading_digest), said.record_id)


def _follow(digest: bytes, record_id: int | None) -> None:
    if record_id is not None:
        relink([record_id])
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT record_id FROM catalog_headinglink WHERE heading_digest = %s ORDER BY record_id LIMIT %s",
            [digest, _AT_ONCE + 1],
        )
        ids = [row[0] for row in cursor.fetchall()]
    relink(ids[:_AT_ONCE])
    # a withdrawn refusal leaves no row to be found by, and there may be more than were done here
    ask_for_sweep()
