"""Setting what scans are measured against. Rule WFL-17."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.digital.errors import Conflict, ProfileRefused
from lienthu.domain.digital.models import Project, QualityProfile
from lienthu.domain.digital.quality import LIMITS
from lienthu.domain.digital.selectors.profiles import ProfileState, profile_state, row_of
from lienthu.domain.digital.shipped.reading import Profile
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


@transaction.atomic
def set_profile(profile: Profile, *, seen: str, actor: Actor) -> ProfileState:
    """Let this stand under its code, in place of what does now; a new code is a new profile.

    ``seen``: the stamp of what the person looked at, "" for a code that nothing stands under. A profile that is the
    shipped one is not written: the shipped one stands again. Raises ProfileRefused, Conflict.
    """
    profile = replace(profile, name=clean(profile.name)[:200], basis=clean(profile.basis)[:300])
    _check(profile)
    before = _locked(profile.code)
    if (before.stamp if before else "") != seen:
        raise Conflict
    if before is not None and before.profile == profile and before.own is (before.shipped != profile):
        return before
    if before is not None and before.shipped == profile:
        QualityProfile.objects.filter(code=profile.code).delete()
    else:
        QualityProfile.objects.update_or_create(
            code=profile.code,
            defaults={
                "name": profile.name,
                "limits": profile.limits,
                "basis": profile.basis,
                "valid_from": profile.valid_from,
            },
        )
    after = profile_state(profile.code)
    assert after is not None
    audit.record(
        "digital.profile_set",
        None,
        actor=actor,
        code=profile.code,
        before=row_of(before.profile) if before else None,
        after=row_of(after.profile),
        shipped=not after.own,
    )
    return after


@transaction.atomic
def drop_profile(code: str, *, seen: str, actor: Actor) -> None:
    """Let a profile of the administrator's own go. Raises ProfileRefused where one is shipped or projects use it."""
    before = _locked(code)
    if before is None or before.stamp != seen:
        raise Conflict
    if before.shipped is not None:
        raise ProfileRefused(_("This profile comes with the system. Change it, or put the shipped one back."))
    if users := list(Project.objects.filter(profile=code).order_by("name").values_list("name", flat=True)[:3]):
        raise ProfileRefused(
            _("Projects are measured against it: %(names)s. Give them another profile first.")
            % {"names": ", ".join(users)}
        )
    QualityProfile.objects.filter(code=code).delete()
    audit.record("digital.profile_dropped", None, actor=actor, code=code, before=row_of(before.profile), after=None)


def _locked(code: str) -> ProfileState | None:
    list(QualityProfile.objects.select_for_update().filter(code=code))
    return profile_state(code)


def _check(profile: Profile) -> None:
    if not _CODE.fullmatch(profile.code) or len(profile.code) > 40:
        raise ProfileRefused(_("A code has small letters, digits and hyphens only."))
    if not profile.name:
        raise ProfileRefused(_("Give the profile a name."))
    if not profile.basis:
        raise ProfileRefused(_("Say what the profile rests on: the regulation, or the decision of the library."))
    for name, value in profile.limits.items():
        if name not in LIMITS:
            raise ProfileRefused(_("“%(name)s” is nothing that is measured.") % {"name": name})
        least, most = LIMITS[name].least, LIMITS[name].most
        if not math.isfinite(value) or not least <= value <= most:
            raise ProfileRefused(
                _("“%(name)s” lies between %(least)g and %(most)g.") % {"name": name, "least": least, "most": most}
            )
