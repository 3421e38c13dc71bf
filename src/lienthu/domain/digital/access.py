"""The one door to what is digitised: gathers facts, asks the policy. Every route goes through here (RGT-5)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.core import signing
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from lienthu.domain.digital import policy
from lienthu.domain.digital.errors import AccessDenied, NoSuchObject
from lienthu.domain.digital.models import (
    AccessRule,
    DigitalObject,
    Page,
    PremisesNetwork,
    ReadingSeat,
    ReadingStation,
    RightsRecord,
)
from lienthu.domain.digital.policy import (
    Act,
    Audiences,
    Block,
    Decision,
    ObjectFacts,
    PageFacts,
    Reader,
    RightsFacts,
    Rule,
)
from lienthu.domain.digital.shipped.reading import shipped_rules
from lienthu.domain.network.policy import GRANTS, Permission
from lienthu.domain.network.selectors.rights import Signed, facts_of
from lienthu.foundation.kernel.digests import holder_key
from lienthu.platform.client_address import client_address

SYSTEM = Reader(tokens=frozenset({policy.PUBLIC, policy.SIGNED, policy.SYSTEM}))
"""The command line and background work: whoever can start them can read the disk."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An object that the reader may see, with the facts that decided it."""

    object: DigitalObject
    facts: ObjectFacts
    reader: Reader
    rules: tuple[Rule, ...]
    on: date

    def decide(self, act: Act, page: Page | None = None) -> Decision:
        """Whether the reader may do this, with the object or with this page of it."""
        page_facts = PageFacts(closed=page.closed) if page is not None else PageFacts()
        return policy.decide(self.facts, self.reader, act, self.rules, self.on, page_facts)

    def may(self, act: Act, page: Page | None = None) -> bool:
        """Whether the reader may do this."""
        return self.decide(act, page).allowed

    def require(self, act: Act, page: Page | None = None) -> None:
        """Raises AccessDenied unless the reader may do this."""
        if not (decision := self.decide(act, page)).allowed:
            assert decision.block is not None
            raise AccessDenied(decision.block, visible=decision.visible)

    @property
    def audiences(self) -> Audiences:
        """By which tokens it is open."""
        return policy.audiences(self.facts, self.rules, self.on)


STATION_COOKIE: Final = "lienthu_station"
VIEWER_COOKIE: Final = "iiif_access"
"""Lets viewers of other sites show pictures to an account; sent to VIEWER_PATH only, gone with signing out."""
VIEWER_PATH: Final = "/iiif/"
_STATION_SALT: Final = "digital.station"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and under which key seats are held (empty: a visitor of whom nothing is known cannot hold one).

    ``station``: at a paired reading station, whoever sits there; ``in_rooms``: in the rooms of a library.
    """

    reader: Reader
    holder: str
    station: bool = False
    in_rooms: bool = False


def who_asks(request: HttpRequest, user: Signed | None = None) -> Asking:
    """The reader behind a request: account (of the session, or ``user``), address, and the reading station."""
    station = _station_of(request.COOKIES.get(STATION_COOKIE, ""))
    user = request.user if user is None else user
    address = client_address(request)
    houses = _houses_of(address)
    holder = ""
    if user.is_authenticated and user.pk is not None:
        holder = holder_key("account", str(user.pk))
    elif station is not None:
        holder = holder_key("station", str(station.pk))
    elif houses and (visit := _visit_of(request)):
        # a reading room without stations; a whole house may share one address, so the visit tells who it is
        holder = holder_key("visit", f"{address} {visit}")
    if station is not None:
        houses |= {station.library_id}
    return Asking(_reader(user, houses, holder), holder, station is not None, bool(houses))


def _visit_of(request: HttpRequest) -> str:
    """The session of somebody without an account; "" where there is none, as for programs."""
    session = getattr(request, "session", None)
    return str(session.session_key or "") if session is not None else ""


def station_cookie(secret: str) -> str:
    """What a paired station carries."""
    return signing.dumps(secret, salt=_STATION_SALT)


def _station_of(cookie: str) -> ReadingStation | None:
    if not cookie or len(cookie) > 400:
        return None
    try:
        secret = signing.loads(cookie, salt=_STATION_SALT)
    except signing.BadSignature:
        return None
    return ReadingStation.objects.filter(
        secret=holder_key("secret", str(secret)), closed_at=None, paired_at__isnull=False
    ).first()


def reader_of(user: Signed, address: str) -> Reader:
    """Who asks, where there is no request: by account, address and the seats the account holds."""
    holder = holder_key("account", str(user.pk)) if user.is_authenticated and user.pk is not None else ""
    return _reader(user, _houses_of(address), holder)


def _reader(user: Signed, houses: frozenset[int], holder: str) -> Reader:
    tokens = {policy.PUBLIC}
    tokens.update(policy.premises(library_id) for library_id in houses)
    if user.is_authenticated and user.pk is not None:
        facts = facts_of(user)
        if facts.active and not facts.password_first:
            tokens.add(policy.SIGNED)
            for grant in facts.grants:
                digitises = Permission.DIGITISE in GRANTS[grant.role]
                if grant.library_id is None:
                    if digitises:
                        tokens.add(policy.STAFF_EVERYWHERE)
                    continue
                tokens.add(policy.member(grant.library_id))
                tokens.update(policy.inside(grant.library_id, house) for house in houses)
                if digitises:
                    tokens.add(policy.staff(grant.library_id))
    seats: frozenset[int] = frozenset()
    if holder:
        seats = frozenset(
            ReadingSeat.objects.filter(holder=holder, expires_at__gt=timezone.now()).values_list("object_id", flat=True)
        )
    return Reader(frozenset(tokens), seats)


def _houses_of(address: str) -> frozenset[int]:
    """The libraries in whose rooms the address stands."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return frozenset()
    if (mapped := getattr(ip, "ipv4_mapped", None)) is not None:
        ip = mapped
    networks = PremisesNetwork.objects.values_list("library_id", "cidr")
    return frozenset(library_id for library_id, cidr in networks if ip in _network(cidr))


@lru_cache(maxsize=2000)
def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr)


def every_rule() -> tuple[Rule, ...]:
    """The dated rules of all days: the administrator's where there are any for a status, otherwise the shipped ones."""
    own = [
        Rule(policy.Status(r.status), policy.Access(r.access), r.valid_from, r.valid_until)
        for r in AccessRule.objects.order_by("id")
    ]
    replaced = {rule.status for rule in own}
    return (*own, *(s.rule for s in shipped_rules() if s.rule.status not in replaced))


def rules_in_force(on: date) -> tuple[Rule, ...]:
    """The dated rules of that day."""
    return tuple(rule for rule in every_rule() if rule.holds(on))


def facts_of_objects(objects: Iterable[DigitalObject]) -> Mapping[int, ObjectFacts]:
    """What the policy needs to know of these objects (``library`` and ``collection`` loaded with them): one query."""
    objects = list(objects)
    newest = {
        row.object_id: row
        for row in RightsRecord.objects.filter(object__in=objects)
        .order_by("object_id", "-number")
        .distinct("object_id")
    }
    return {
        o.pk: ObjectFacts(
            id=o.pk,
            library_id=o.library_id,
            published=o.published_at is not None,
            taken_down=o.taken_down,
            hidden=o.library.closed or (o.collection is not None and o.collection.closed),
            rights=_rights(newest.get(o.pk)),
        )
        for o in objects
    }


def _rights(row: RightsRecord | None) -> RightsFacts | None:
    if row is None:
        return None
    return RightsFacts(
        status=policy.Status(row.status),
        copies_held=row.copies_held,
        protected_until=row.protected_until,
        permission=policy.Access(row.permission) if row.permission else None,
        permission_until=row.permission_until,
        download=row.download,
        watermark=row.watermark,
        premises=frozenset(row.premises),
    )


def open_object(public_id: str, reader: Reader) -> Opened:
    """The object under its public id, for this reader.

    Raises NoSuchObject where there is none and, word for word the same, where this reader may not know of it (RGT-5);
    AccessDenied for what was taken down.
    """
    found = DigitalObject.objects.select_related("library", "collection").filter(public_id=public_id).first()
    if found is None:
        raise NoSuchObject(public_id)
    on = timezone.localdate()
    opened = Opened(found, facts_of_objects([found])[found.pk], reader, rules_in_force(on), on)
    if opened.decide(Act.SEE).block is Block.NOT_THERE:
        raise NoSuchObject(public_id)
    opened.require(Act.SEE)
    return opened


def audiences_of(objects: Iterable[DigitalObject], on: date | None = None) -> Mapping[int, Audiences]:
    """By which tokens each object is open on a day: what the page index stores."""
    on = on or timezone.localdate()
    rules = rules_in_force(on)
    return {pk: policy.audiences(facts, rules, on) for pk, facts in facts_of_objects(objects).items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """By which tokens an object is open on a day, and the last day on which that stays so by dates alone."""

    audiences: Audiences
    until: date | None


def standings_of(objects: Iterable[DigitalObject], on: date | None = None) -> Mapping[int, Standing]:
    """What the page index stores of each object (``library`` and ``collection`` loaded with them): two queries."""
    on = on or timezone.localdate()
    rules = every_rule()
    return {
        pk: Standing(policy.audiences(facts, rules, on), policy.unchanged_until(facts, rules, on))
        for pk, facts in facts_of_objects(objects).items()
    }


def opened_for(objects: Iterable[DigitalObject], reader: Reader) -> Mapping[int, Opened]:
    """Objects as this reader meets them, to be asked ``may`` before anything is told of them: two queries."""
    objects = list(objects)
    on = timezone.localdate()
    rules = rules_in_force(on)
    facts = facts_of_objects(objects)
    return {o.pk: Opened(o, facts[o.pk], reader, rules, on) for o in objects}


def copies_of(record_ids: Iterable[int]) -> list[DigitalObject]:
    """What was digitised of these records, published or not, to be asked ``opened_for`` before anything is told."""
    objects = DigitalObject.objects.select_related("library", "collection").filter(record_id__in=list(record_ids))
    return list(objects.order_by("pk"))


def records_online(record_ids: Iterable[int]) -> set[int]:
    """The records of which everybody, or everybody who signs in, may read a digitised copy: one to four queries."""
    with connection.cursor() as cursor:  # asked of every record of the catalogue, and most were never digitised
        cursor.execute(
            "SELECT DISTINCT record_id FROM digital_digitalobject WHERE record_id = ANY(%s::bigint[])"
            " AND published_at IS NOT NULL",
            [list(record_ids)],
        )
        digitised = [row[0] for row in cursor.fetchall()]
    if not digitised:
        return set()
    copies = copies_of(digitised)
    online = objects_online(copies)
    return {o.record_id for o in copies if o.record_id is not None and o.pk in online}


def objects_online(objects: Iterable[DigitalObject]) -> set[int]:
    """Ids of those that everybody, or everybody who signs in, may read: two queries at most."""
    published = [o for o in objects if o.published_at is not None]
    if not published:
        return set()
    said = audiences_of(published)
    anybody = {policy.PUBLIC, policy.SIGNED}
    return {o.pk for o in published if policy.PUBLIC in said[o.pk].see and said[o.pk].read & anybody}
