"""Who has which role where, and since when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models.dated import Dated, ends_after_start
from lienthu.domain.network.models.libraries import Library
from lienthu.domain.network.policy import PROVINCE_WIDE, Role

ROLE_NAMES = {
    Role.READER: _("Reader"),
    Role.LIBRARIAN: _("Librarian"),
    Role.LIBRARY_MANAGER: _("Library manager"),
    Role.UNION_EDITOR: _("Union catalogue editor"),
    Role.PROVINCIAL_ADMIN: _("Provincial administrator"),
}
_PROVINCE_WIDE = sorted(role.value for role in PROVINCE_WIDE)


class RoleAssignment(Dated):
    """One role of one person. Province-wide roles name no library; every other role names exactly one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, name) for r, name in ROLE_NAMES.items()])
    library = models.ForeignKey(
        Library, verbose_name=_("library"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            ends_after_start("roleassignment_period", empty_allowed=True),
            models.CheckConstraint(
                condition=Q(role__in=_PROVINCE_WIDE, library__isnull=True)
                | (~Q(role__in=_PROVINCE_WIDE) & Q(library__isnull=False)),
                name="roleassignment_scope",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "library"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="roleassignment_once",
            ),
        ]
        indexes = [models.Index(fields=["library", "role"], name="roleassignment_library")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.library_id or '*'}"
