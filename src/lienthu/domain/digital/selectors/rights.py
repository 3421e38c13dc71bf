"""What is recorded of rights and take-downs."""

from __future__ import annotations

from lienthu.domain.digital.models import DigitalObject, RightsRecord, Takedown


def rights_of(obj: DigitalObject) -> list[RightsRecord]:
    """All records, the newest first: it counts (RGT-1)."""
    return list(obj.rights.order_by("-number"))


def newest_rights(obj: DigitalObject) -> RightsRecord | None:
    """The record that counts."""
    return obj.rights.order_by("-number").first()


def takedown_in_force(obj: DigitalObject) -> Takedown | None:
    """The take-down that hides it, if one does."""
    return obj.takedowns.filter(lifted_at=None).first()
