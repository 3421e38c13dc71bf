"""What scans are measured against: shipped profiles and the administrator's in their place. Rules WFL-14, WFL-17."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from lienthu.domain.digital.models import DigitalObject, Page, QualityProfile
from lienthu.domain.digital.quality import LIMITS
from lienthu.domain.digital.shipped.reading import Profile, shipped_profiles
from lienthu.platform.models import AuditEntry

SET: Final = "digital.profile_set"
DROPPED: Final = "digital.profile_dropped"


def profiles() -> list[Profile]:
    """The profiles: the administrator's in place of shipped ones of the same code, then the administrator's others."""
    return [state.profile for state in profile_states()]


def profile_of(obj: DigitalObject) -> Profile:
    """What the scans of an object are measured against: its project's profile, a map's for maps."""
    wanted = obj.project.profile if obj.project else ("map" if obj.kind == "map" else "document")
    known = profiles()
    return next((p for p in known if p.code == wanted), known[0])


@dataclass(frozen=True, slots=True)
class ProfileState:
    """What stands under a code: the administrator's (``own``) or the shipped one, which is there beside it."""

    profile: Profile
    own: bool
    shipped: Profile | None

    @property
    def stamp(self) -> str:
        """Another profile has another one."""
        return hashlib.sha256(repr((self.own, row_of(self.profile))).encode()).hexdigest()[:16]


def row_of(profile: Profile) -> dict[str, Any]:
    """A profile as the audit trail keeps it."""
    return {
        "name": profile.name,
        "limits": dict(sorted(profile.limits.items())),
        "basis": profile.basis,
        "from": profile.valid_from.isoformat() if profile.valid_from else None,
    }


def profile_in(code: str, row: Mapping[str, Any]) -> Profile:
    """The profile that the audit trail kept."""
    return Profile(
        code, row["name"], dict(row["limits"]), row["basis"], date.fromisoformat(row["from"]) if row["from"] else None
    )


def profile_states() -> list[ProfileState]:
    """Every profile with where it comes from, in the order in which they are offered: one query."""
    shipped = {p.code: p for p in shipped_profiles()}
    own = {
        p.code: Profile(p.code, p.name, p.limits, p.basis, p.valid_from)
        for p in QualityProfile.objects.order_by("code")
    }
    codes = [*shipped, *(code for code in own if code not in shipped)]
    return [ProfileState(own.get(code) or shipped[code], code in own, shipped.get(code)) for code in codes]


def profile_state(code: str) -> ProfileState | None:
    """What stands under this code; None where nothing does."""
    return next((state for state in profile_states() if state.profile.code == code), None)


@dataclass(frozen=True, slots=True)
class PastProfile:
    """A change of a profile, as the audit trail keeps it; None: there was, or is, no profile of that code."""

    entry: AuditEntry
    before: Profile | None
    after: Profile | None


def profile_history(code: str, *, limit: int = 30) -> list[PastProfile]:
    """The changes of a profile, the newest first."""
    rows = AuditEntry.objects.filter(action__in=[SET, DROPPED], detail__code=code).order_by("-id")[:limit]
    return [
        PastProfile(row, *(profile_in(code, told) if (told := row.detail[k]) else None for k in ("before", "after")))
        for row in rows
    ]


def _measured_against(code: str) -> QuerySet[Page]:
    """Pages with a picture of objects that this profile is for, except what is hidden (RGT-3)."""
    loose = {"document": ~Q(object__kind="map"), "map": Q(object__kind="map")}.get(code, Q(pk=None))
    open_house = Q(object__library__closed=False) & (Q(object__collection=None) | Q(object__collection__closed=False))
    return Page.objects.filter(
        open_house,
        Q(object__project__profile=code) | (Q(object__project=None) & loose),
        state=Page.State.READY,
    )


def misses_of(code: str, limits: Mapping[str, float]) -> dict[str, int]:
    """How many measured pages would miss each of these limits, by the finding: one query (WFL-17)."""
    pages = _measured_against(code)
    legible = ~Q(quality__contains={"blank": True})
    counts: dict[str, Any] = {}
    for limit, bound in limits.items():
        about = LIMITS[limit]
        fact = "file__facts__bits" if about.fact == "bits" else f"quality__{about.fact}"
        wrong = Q(**{f"{fact}__{'lt' if about.worse == 'below' else 'gt'}": bound})
        if about.fact == "skew_degrees":
            wrong |= Q(**{f"{fact}__lt": -bound})
        counts[about.finding] = Count("pk", filter=wrong & legible if about.finding in ("blur", "skew") else wrong)
    found: dict[str, int] = pages.aggregate(**counts) if counts else {}
    return found


def measured_against(code: str) -> int:
    """How many pages this profile is for."""
    return _measured_against(code).count()
