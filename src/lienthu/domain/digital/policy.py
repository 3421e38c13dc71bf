"""Who may see and read what: one pure function for every route. Rules RGT-1 to RGT-8, docs/specs/rights.md.

Whatever is not granted is denied. Readers are known by *tokens* that they carry, objects say by which tokens they may
be seen, found and read (``Audiences``): the same sets answer a request for a tile and filter the page index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

PUBLIC = "public"
"""Carried by everyone."""
SIGNED = "signed"
"""Carried by everyone who signed in."""


def premises(library_id: int) -> str:
    """Carried by a reader in the rooms of a library."""
    return f"premises:{library_id}"


def member(library_id: int) -> str:
    """Carried by the library's own people: everyone with a role there."""
    return f"member:{library_id}"


def inside(library_id: int, house_id: int) -> str:
    """Carried by the own people of a library while they are in the rooms of a house: both at once, as one token."""
    return f"inside:{library_id}:{house_id}"


def houses_among(tokens: Iterable[str]) -> frozenset[int]:
    """The libraries in whose rooms these tokens are given out."""
    parted = (token.split(":") for token in tokens)
    return frozenset(int(parts[-1]) for parts in parted if parts[0] in ("premises", "inside"))


SYSTEM = "system"
"""Carried by the command line and background work only, never by a request."""
STAFF_EVERYWHERE = "staff:*"
"""Carried by those who digitise in the whole province. Opens nothing that is hidden (RGT-3)."""


def staff(library_id: int) -> str:
    """Carried by those who digitise in the library."""
    return f"staff:{library_id}"


class Access(StrEnum):
    """The classes of access, from most to least open."""

    OPEN = "open"
    SIGNED = "signed"
    PREMISES = "premises"
    SEATS = "seats"
    CLOSED = "closed"


class Status(StrEnum):
    """What the law or a contract says of an object."""

    OFFICIAL = "official"  # texts of authorities: no protection
    PUBLIC_DOMAIN = "public_domain"
    LICENSED = "licensed"  # the holder gave an open licence
    PERMITTED = "permitted"  # the holder allows what the record says, as long as it says
    IN_COPYRIGHT = "in_copyright"
    UNKNOWN = "unknown"  # holder not known or not found


class Act(StrEnum):
    """What somebody wants to do with an object or page."""

    SEE = "see"  # know that it is there: title, contents, rights
    FIND = "find"  # know on which pages a word stands, without its words
    READ = "read"  # pictures and text, whole or in part, snippets and suggestions included
    DOWNLOAD = "download"  # as a file
    WORK = "work"  # prepare, correct, describe


class Block(StrEnum):
    """Why something is denied."""

    NOT_THERE = "not_there"  # for this reader it does not exist
    TAKEN_DOWN = "taken_down"
    NOT_PUBLISHED = "not_published"
    NO_RIGHTS = "no_rights"
    NO_PAGES = "no_pages"
    SIGN_IN = "sign_in"
    PREMISES_ONLY = "premises_only"
    SEAT_NEEDED = "seat_needed"
    CLOSED = "closed"
    PAGE_CLOSED = "page_closed"
    NO_DOWNLOAD = "no_download"
    STAFF_ONLY = "staff_only"


@dataclass(frozen=True, slots=True)
class RightsFacts:
    """The newest rights record of an object."""

    status: Status
    copies_held: int | None = None
    protected_until: date | None = None
    permission: Access | None = None
    permission_until: date | None = None
    download: bool = False
    watermark: bool = False
    premises: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated rule: within these days (both included) this status gives this access (RGT-2)."""

    status: Status
    access: Access
    valid_from: date
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on that day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What the decision needs to know of an object."""

    id: int
    library_id: int
    published: bool
    taken_down: bool
    hidden: bool  # closed collection or library: there for its own people only
    rights: RightsFacts | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. ``seats``: the objects at which this reader sits now."""

    tokens: frozenset[str] = frozenset({PUBLIC})
    seats: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Audiences:
    """The tokens that open an object; any one of them will do. ``seats``: how many may read at once, None: no limit."""

    see: frozenset[str] = frozenset()
    find: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    download: frozenset[str] = frozenset()
    work: frozenset[str] = frozenset()
    seats: int | None = None
    access: Access = Access.CLOSED


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with what stands in the way. ``visible``: whether the reader may be told that it exists."""

    allowed: bool
    block: Block | None = None
    visible: bool = True


def decide_access(rights: RightsFacts, rules: Sequence[Rule], on: date) -> Access:
    """The class of access on that day. RGT-2: by the dated rules; RGT-4: protection and permissions run out."""
    status = rights.status
    if status is Status.IN_COPYRIGHT and rights.protected_until is not None and rights.protected_until < on:
        status = Status.PUBLIC_DOMAIN
    if status is Status.PERMITTED:
        if rights.permission is not None and (rights.permission_until is None or on <= rights.permission_until):
            return _with_copies(rights.permission, rights)
        status = Status.IN_COPYRIGHT
    found = [rule.access for rule in rules if rule.status is status and rule.holds(on)]
    if not found:
        return Access.CLOSED
    return _with_copies(max(found, key=list(Access).index), rights)  # rules that contradict: the stricter counts


def _with_copies(access: Access, rights: RightsFacts) -> Access:
    """Where seats limit the readers and no copy is held, nobody may read, whoever allowed the seats (RGT-7)."""
    return Access.CLOSED if access is Access.SEATS and not rights.copies_held else access


def audiences(facts: ObjectFacts, rules: Sequence[Rule], on: date) -> Audiences:
    """By which tokens the object may be seen, found, read, taken home and worked on, on that day (RGT-3 to RGT-7)."""
    own = frozenset({member(facts.library_id), staff(facts.library_id)})
    work = frozenset({staff(facts.library_id), SYSTEM})
    if not facts.hidden:
        work |= {STAFF_EVERYWHERE}
    if facts.rights is None or not facts.published or facts.taken_down:
        return Audiences(work=work)
    access = decide_access(facts.rights, rules, on)
    rooms = facts.rights.premises or {facts.library_id}
    houses = frozenset(premises(i) for i in rooms)
    allowed: frozenset[str] = {
        Access.OPEN: frozenset({PUBLIC}),
        Access.SIGNED: frozenset({SIGNED}) | houses,
        Access.PREMISES: houses,
        Access.SEATS: frozenset({SIGNED}) | houses,
        Access.CLOSED: frozenset(),
    }[access]
    see = frozenset({PUBLIC})
    if facts.hidden:
        # inside a closed house "everyone" is its own people (RGT-3); the rooms stay rooms for them too (RGT-17)
        see = own
        if access is Access.PREMISES:
            allowed = frozenset(inside(facts.library_id, i) for i in rooms)
        else:
            allowed = own if allowed else frozenset()
    download = allowed if facts.rights.download and access in (Access.OPEN, Access.SIGNED) else frozenset()
    return Audiences(
        see=see,
        find=allowed,
        read=allowed,
        download=download,
        work=work,
        seats=facts.rights.copies_held if access is Access.SEATS else None,
        access=access,
    )


def unchanged_until(facts: ObjectFacts, rules: Sequence[Rule], on: date) -> date | None:
    """The last day on which the audiences are those of ``on``, as far as dates alone change them; None: no end known.

    ``rules``: every rule there is, those of the future too.
    """
    days: set[date] = set()
    if facts.rights is not None:
        ends = {facts.rights.protected_until, facts.rights.permission_until}
        days |= {day + timedelta(days=1) for day in ends if day is not None and day < date.max}
    for rule in rules:
        days.add(rule.valid_from)
        if rule.valid_until is not None and rule.valid_until < date.max:
            days.add(rule.valid_until + timedelta(days=1))
    now = audiences(facts, rules, on)
    for day in sorted(day for day in days if day > on):
        if audiences(facts, rules, day) != now:
            return day - timedelta(days=1)
    return None


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the decision needs to know of a page."""

    closed: bool = False


_WHOLE = PageFacts()


def decide(
    facts: ObjectFacts, reader: Reader, act: Act, rules: Sequence[Rule], on: date, page: PageFacts = _WHOLE
) -> Decision:
    """Whether the reader may do this with the object, or with this page of it: the one decision (RGT-5)."""
    opened = audiences(facts, rules, on)
    if opened.work & reader.tokens:
        return Decision(True)  # those who digitise here see what they work on, published or not
    if not opened.see & reader.tokens:
        gone = facts.taken_down and facts.published and not facts.hidden
        return Decision(False, Block.TAKEN_DOWN if gone else Block.NOT_THERE, visible=False)
    if act is Act.WORK:
        return Decision(False, Block.STAFF_ONLY)
    if act is Act.SEE:
        return Decision(True)
    if not opened.read & reader.tokens:
        return Decision(False, _why(opened.access))
    if page.closed:
        return Decision(False, Block.PAGE_CLOSED)
    if act is Act.FIND:
        return Decision(True)
    if opened.seats is not None and facts.id not in reader.seats:
        return Decision(False, Block.SEAT_NEEDED)
    if act is Act.DOWNLOAD and not opened.download & reader.tokens:
        return Decision(False, Block.NO_DOWNLOAD)
    return Decision(True)


def _why(access: Access) -> Block:
    return {
        Access.SIGNED: Block.SIGN_IN,
        Access.SEATS: Block.SIGN_IN,
        Access.PREMISES: Block.PREMISES_ONLY,
    }.get(access, Block.CLOSED)


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """What decides whether an object may be published."""

    has_rights: bool
    pages_ready: int
    pages_failed: int = 0
    pages_waiting: int = 0
    pages_closed: int = 0
    personal_data: bool = False


class Concern(StrEnum):
    """What speaks against publishing now, and a person may set aside (RGT-16)."""

    PAGES_FAILED = "pages_failed"
    PAGES_WAITING = "pages_waiting"
    NOBODY_CLOSED = "nobody_closed"  # personal data inside, and no page is closed


def concerns_about(facts: PublishFacts) -> tuple[Concern, ...]:
    """What a person has to be told before readers get it."""
    raised = {
        Concern.PAGES_FAILED: facts.pages_failed > 0,
        Concern.PAGES_WAITING: facts.pages_waiting > 0,
        Concern.NOBODY_CLOSED: facts.personal_data and not facts.pages_closed,
    }
    return tuple(concern for concern, stands in raised.items() if stands)


def decide_publication(facts: PublishFacts) -> Decision:
    """Whether an object may go to readers: rights first (RGT-1), and something to read."""
    if not facts.has_rights:
        return Decision(False, Block.NO_RIGHTS)
    if not facts.pages_ready:
        return Decision(False, Block.NO_PAGES)
    return Decision(True)


AT_REST = timedelta(minutes=10)
"""So long nothing was changed: what is being worked on is not written to the store after every click."""
AT_LATEST = timedelta(hours=2)
"""So long at most an object waits that is worked on all day."""


def decide_preservation(
    changed_first: datetime, changed_last: datetime, now: datetime, *, restricted: bool = False
) -> bool:
    """Whether an object that differs from the store is told there now; what closes something waits for no rest (PRS-8).

    Otherwise a database that is built anew from the store meanwhile would open what was closed.
    """
    return restricted or now - changed_last >= AT_REST or now - changed_first >= AT_LATEST
