"""Who can be given digitisation work."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from lienthu.domain.network.models import RoleAssignment
from lienthu.domain.network.policy import GRANTS, Permission
from lienthu.platform.models import User


def digitisers_of(library_id: int) -> QuerySet[User]:
    """People whose role in the library lets them digitise there today."""
    roles = [role.value for role, granted in GRANTS.items() if Permission.DIGITISE in granted]
    today = timezone.localdate()
    held = RoleAssignment.objects.as_of(today).filter(library_id=library_id, role__in=roles)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("username")
