"""Sources are set up, changed, paused and taken up again (rules HAR-1, HAR-2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.catalog.services.batches import source_of
from lienthu.domain.network.models import Library
from lienthu.domain.union.harvesting import policy
from lienthu.domain.union.harvesting.errors import HarvestRefused
from lienthu.domain.union.harvesting.models import HarvestSource
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit
from lienthu.platform.services.sealing import CannotUnseal, seal, unseal

SECRETS: Final = "harvest"
_CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_PREFIX: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]{1,60}")
_SET: Final = re.compile(r"(?:[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*)?")
_ORIGIN_CHANGED: Final = ("address", "set_spec", "prefix", "kind")


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What people say of a source. ``secret`` None: leave the stored one as it is; "": forget it."""

    name: str
    kind: str
    address: str
    source_code: str = "main"
    set_spec: str = ""
    prefix: str = "marcxml"
    username: str = ""
    secret: str | None = None
    schedule: str = "24h"
    overlap_minutes: int = 15
    stale_hours: int | None = None
    private_allowed: bool = False


@transaction.atomic
def create_source(*, code: str, library: Library, facts: SourceFacts, actor: Actor) -> HarvestSource:
    """Set up a source. Raises HarvestRefused for a value that cannot be, or a code that is taken."""
    code = code.strip().lower()
    if not _CODE.fullmatch(code):
        raise HarvestRefused("code", _("A code has letters a–z, digits and hyphens, 40 at most."), "code")
    if HarvestSource.objects.filter(code=code).exists():
        raise HarvestRefused("code-taken", _("There is a source with this code already."), "code")
    harvest = HarvestSource(code=code, library=library)
    _describe(harvest, facts)
    harvest.next_at = timezone.now() if harvest.schedule else None
    harvest.save()
    audit.record("harvest.source_created", harvest, actor=actor, library_id=library.pk, **_told(harvest))
    return harvest


@transaction.atomic
def amend_source(harvest_id: int, *, facts: SourceFacts, actor: Actor) -> HarvestSource:
    """Change a source. Where it fetches from another place afterwards, everything is fetched again.

    Raises HarvestRefused for a value that cannot be.
    """
    harvest = HarvestSource.objects.select_for_update().select_related("library").get(pk=harvest_id)
    before = {name: getattr(harvest, name) for name in _ORIGIN_CHANGED}
    schedule = harvest.schedule
    _describe(harvest, facts)
    if before != {name: getattr(harvest, name) for name in _ORIGIN_CHANGED}:
        if harvest.runs.filter(status="running").exists():
            raise HarvestRefused("running", _("It is being harvested now. Stop that first."), "address")
        harvest.runs.exclude(token="").update(token="")  # no list of the former place is gone on with
        harvest.since, harvest.repository, harvest.sightings, harvest.host_key = None, {}, {}, ""
        if facts.secret is None and urlsplit(before["address"]).netloc != urlsplit(harvest.address).netloc:
            harvest.secret = ""  # a password is never sent to another host than it was entered for
    if schedule != harvest.schedule:
        harvest.next_at = next_time_of(harvest)
    harvest.save()
    audit.record("harvest.source_amended", harvest, actor=actor, library_id=harvest.library_id, **_told(harvest))
    return harvest


@transaction.atomic
def pause(harvest_id: int, *, actor: Actor) -> HarvestSource:
    """Stop asking a source by schedule. A run that is under way ends by itself."""
    return _set_active(harvest_id, False, actor)


@transaction.atomic
def take_up(harvest_id: int, *, actor: Actor) -> HarvestSource:
    """Ask a paused source by schedule again, at once for the first time."""
    return _set_active(harvest_id, True, actor)


@transaction.atomic
def forget_host_key(harvest_id: int, *, actor: Actor) -> None:
    """Believe the next key that the SFTP server shows."""
    harvest = HarvestSource.objects.select_for_update().get(pk=harvest_id)
    harvest.host_key = ""
    harvest.save(update_fields=["host_key"])
    audit.record("harvest.host_key_forgotten", harvest, actor=actor, library_id=harvest.library_id)


def password_of(harvest: HarvestSource) -> str:
    """The stored password or key. Raises HarvestRefused when this install cannot read it."""
    try:
        return unseal(harvest.secret, purpose=SECRETS)
    except CannotUnseal:
        raise HarvestRefused(
            "secret", _("The stored password cannot be read by this install. Enter it again.")
        ) from None


def next_time_of(harvest: HarvestSource, *, stopped: bool = False) -> datetime | None:
    """When the source is asked next, in the time zone of the install."""
    return policy.next_time(harvest.schedule, timezone.now(), ZoneInfo(settings.TIME_ZONE), stopped=stopped)


def _set_active(harvest_id: int, active: bool, actor: Actor) -> HarvestSource:
    harvest = HarvestSource.objects.select_for_update().get(pk=harvest_id)
    if harvest.active != active:
        harvest.active = active
        harvest.stale_since = None
        harvest.next_at = timezone.now() if active and harvest.schedule else None
        harvest.save(update_fields=["active", "stale_since", "next_at", "updated_at"])
        action = "harvest.source_taken_up" if active else "harvest.source_paused"
        audit.record(action, harvest, actor=actor, library_id=harvest.library_id)
    return harvest


def _describe(harvest: HarvestSource, facts: SourceFacts) -> None:
    harvest.name = clean(facts.name)[:200] or harvest.code
    if facts.kind not in HarvestSource.Kind.values:
        raise HarvestRefused("kind", _("There is no such kind of source."), "kind")
    harvest.kind = facts.kind
    harvest.address = _address(facts.kind, clean(facts.address).strip())
    if not _SET.fullmatch(facts.set_spec.strip()):
        raise HarvestRefused(
            "set", _("A set has letters, digits and -_.!~*'() in parts divided by colons."), "set_spec"
        )
    if not _PREFIX.fullmatch(facts.prefix.strip()):
        raise HarvestRefused("prefix", _("A metadata format is named by letters, digits and -_.!~*'()."), "prefix")
    schedule = " ".join(facts.schedule.split())
    if not policy.is_schedule(schedule):
        raise HarvestRefused(
            "schedule",
            _("Give hours such as 24h, or five fields of cron such as “0 2 * * *”, at most every 5 minutes."),
            "schedule",
        )
    if not 0 <= facts.overlap_minutes <= 60 * 24 * 31:
        raise HarvestRefused("overlap", _("The overlap is between 0 minutes and 31 days."), "overlap_minutes")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", facts.source_code):
        raise HarvestRefused("source", _("The name of the system has letters, digits and hyphens."), "source_code")
    harvest.source = source_of(harvest.library, facts.source_code)
    harvest.set_spec, harvest.prefix = facts.set_spec.strip(), facts.prefix.strip()
    harvest.username = facts.username.strip()[:120]
    if facts.secret is not None:
        harvest.secret = seal(facts.secret, purpose=SECRETS)
    harvest.schedule, harvest.overlap_minutes = schedule, facts.overlap_minutes
    harvest.stale_hours = policy.stale_hours(schedule) if facts.stale_hours is None else max(0, facts.stale_hours)
    harvest.private_allowed = facts.private_allowed


def _address(kind: str, address: str) -> str:
    if kind == HarvestSource.Kind.FOLDER:
        if not address.startswith("/") or ".." in Path(address).parts or "\x00" in address:
            raise HarvestRefused("address", _("Give the whole path of the folder, beginning with /."), "address")
        if Path(address).resolve().is_relative_to(Path(settings.DATA_DIR)):
            raise HarvestRefused("address", _("The data folder of this install is not for that."), "address")
        return address[:500]
    schemes = ("sftp",) if kind == HarvestSource.Kind.SFTP else ("http", "https")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or len(address) > 500 or any(c.isspace() for c in address):
        wanted = "sftp://máy-chủ/thư-mục" if kind == HarvestSource.Kind.SFTP else "https://thư-viện.vn/oai"
        raise HarvestRefused("address", _("Give a whole address such as %s.") % wanted, "address")
    if parts.username or parts.password:
        raise HarvestRefused(
            "address-secret", _("Enter user name and password in their own fields, not in the address."), "address"
        )
    return address.partition("#")[0]


def _told(harvest: HarvestSource) -> dict[str, object]:
    """What of a source the audit trail holds: never a secret."""
    return {
        "code": harvest.code, "kind": harvest.kind, "address": harvest.address, "set": harvest.set_spec,
        "prefix": harvest.prefix, "schedule": harvest.schedule, "private_allowed": harvest.private_allowed,
        "with_secret": bool(harvest.secret),
    }  # fmt: skip
