"""Where the rooms of a library are on the net: ranges of addresses, and reading stations (RGT-11)."""

from __future__ import annotations

import ipaddress
import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import PremisesNetwork, ReadingStation
from lienthu.foundation.kernel.digests import holder_key
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

_WIDEST_V4, _WIDEST_V6 = 12, 32
# Behind a proxy that nobody told of everybody comes from this machine: then everybody would be in the rooms.
_THIS_MACHINE = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


@transaction.atomic
def add_network(library_id: int, cidr: str, *, note: str = "", actor: Actor) -> PremisesNetwork:
    """Add a range of addresses. Raises DigitalRefused for what is no range, or one so wide that it is no building."""
    try:
        network = ipaddress.ip_network(cidr.strip(), strict=False)
    except ValueError:
        raise DigitalRefused(_("Write a range of addresses such as 203.113.10.0/24.")) from None
    if network.is_loopback or any(own in network for own in _THIS_MACHINE):
        raise DigitalRefused(_("Write a range of addresses such as 203.113.10.0/24."))
    if network.prefixlen < (_WIDEST_V4 if network.version == 4 else _WIDEST_V6):
        raise DigitalRefused(_("This range is too wide for the rooms of a library."))
    try:
        with transaction.atomic():
            row = PremisesNetwork.objects.create(library_id=library_id, cidr=str(network), note=clean(note)[:200])
    except IntegrityError:
        raise DigitalRefused(_("This range is there already.")) from None
    audit.record("digital.network_added", row, actor=actor, library_id=library_id, cidr=row.cidr)
    return row


@transaction.atomic
def remove_network(library_id: int, network_id: int, *, actor: Actor) -> None:
    """Take a range away; requests from there are ordinary ones again at once."""
    row = PremisesNetwork.objects.filter(library_id=library_id, pk=network_id).first()
    if row is not None:
        audit.record("digital.network_removed", row, actor=actor, library_id=library_id, cidr=row.cidr)
        row.delete()


@transaction.atomic
def open_station(library_id: int, name: str, *, actor: Actor) -> tuple[ReadingStation, str]:
    """A new reading station and the secret by which it is paired, which is shown once and kept as a digest only."""
    if not clean(name):
        raise DigitalRefused(_("Give the station a name: where it stands."))
    secret = secrets.token_urlsafe(24)
    row = ReadingStation.objects.create(
        library_id=library_id,
        name=clean(name)[:120],
        secret=holder_key("secret", secret),
        opened_by=actor.name[:120],
    )
    audit.record("digital.station_opened", row, actor=actor, library_id=library_id, name=row.name)
    return row, secret


@transaction.atomic
def pair_station(secret: str) -> tuple[ReadingStation, str]:
    """Called from the station itself, once: the address for pairing is worth nothing afterwards.

    Returns the secret that the station carries from now on. Raises DigitalRefused.
    """
    row = (
        ReadingStation.objects.select_for_update()
        .filter(secret=holder_key("secret", secret), paired_at=None, closed_at=None)
        .first()
    )
    if row is None:
        raise DigitalRefused(_("This address has been used, or the station was closed. Ask for a new one."))
    carried = secrets.token_urlsafe(32)
    row.secret, row.paired_at = holder_key("secret", carried), timezone.now()
    row.save(update_fields=["secret", "paired_at"])
    audit.record("digital.station_paired", row, actor=Actor.system("station"), library_id=row.library_id)
    return row, carried


@transaction.atomic
def close_station(library_id: int, station_id: int, *, actor: Actor) -> None:
    """The station reads as an ordinary visitor again, at once."""
    row = ReadingStation.objects.filter(library_id=library_id, pk=station_id, closed_at=None).first()
    if row is not None:
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
        audit.record("digital.station_closed", row, actor=actor, library_id=library_id, name=row.name)
