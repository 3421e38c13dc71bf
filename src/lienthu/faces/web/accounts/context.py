"""What every template may ask about the person in front of it. Nothing is read before it is asked."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, rights_of


class SignedIn:
    """The person who looks at the page. For anonymous visitors no query is made, whatever is asked."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __bool__(self) -> bool:
        user = getattr(self._request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def name(self) -> str:
        """The name to show; empty for a visitor."""
        return str(self._request.user) if self else ""

    @cached_property
    def rights(self) -> Rights:
        """What the person may do, read once a page."""
        return rights_of(self._request.user)

    @property
    def may_view_staff(self) -> bool:
        """Whether the staff desk opens for this person."""
        return bool(self) and self.rights.allowed(Permission.VIEW_STAFF)

    @property
    def may_edit_network(self) -> bool:
        """Whether this person keeps the register of libraries."""
        return bool(self) and self.rights.allowed(Permission.EDIT_NETWORK)

    @property
    def may_edit_union(self) -> bool:
        """Whether this person works on the union catalogue."""
        return bool(self) and self.rights.allowed(Permission.EDIT_UNION)


def signed_in(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``signed_in``, true for a person who has signed in, with ``name`` and ``may_…``."""
    return {"signed_in": SimpleLazyObject(lambda: SignedIn(request))}
