"""Reading the arguments of a request. Pure; any input is either understood or refused (rules OAI-1, OAI-2, OAI-11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lienthu.faces.protocols.oai.errors import OaiRefused
from lienthu.faces.protocols.oai.tokens import Token, read_token

# verb -> (required, optional); resumptionToken stands alone
VERBS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset()),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}
LISTS: Final = frozenset({"ListIdentifiers", "ListRecords"})
_RESUMABLE: Final = LISTS | {"ListSets"}
_LONGEST: Final = 2000
_SET: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_PREFIX: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-_.!~*'();/?:@&=+$,%#]+")
_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SECOND: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that makes sense. ``told``: the arguments as they came, for the request element of the answer.

    ``since`` is inclusive, ``before`` exclusive. ``token`` is set when a list is being continued; the other arguments
    are then those of the list's first request.
    """

    verb: str
    told: Mapping[str, str]
    identifier: str = ""
    prefix: str = ""
    set_spec: str = ""
    since: datetime | None = None
    before: datetime | None = None
    token: Token | None = None


def read_arguments(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The request in these (name, value) pairs. Raises OaiRefused."""
    arguments: dict[str, str] = {}
    repeated = set()
    for name, value in pairs:
        if name in arguments:
            repeated.add(name)
        arguments[name] = value
    verb = arguments.pop("verb", "")
    if verb not in VERBS or "verb" in repeated:
        known = ", ".join(VERBS)
        raise OaiRefused("badVerb", f"Give one verb of {known}, with GET in the address or with POST as a form.")
    if repeated:
        raise OaiRefused("badArgument", "An argument must not be repeated.")
    if any(len(value) > _LONGEST for value in arguments.values()):
        code = "badResumptionToken" if set(arguments) == {"resumptionToken"} else "badArgument"
        raise OaiRefused(code, f"No argument is longer than {_LONGEST} characters.")
    if "resumptionToken" in arguments and verb in _RESUMABLE:
        if len(arguments) > 1:
            raise OaiRefused("badArgument", "resumptionToken stands alone: it knows the other arguments.")
        token = read_token(arguments["resumptionToken"], verb)
        return _checked(Asked(verb, arguments, token=token), token.arguments())
    return _checked(Asked(verb, arguments), arguments)


def _checked(asked: Asked, arguments: Mapping[str, str]) -> Asked:
    required, optional = VERBS[asked.verb]
    if unknown := set(arguments) - required - optional:
        named = ", ".join(sorted(name for name in unknown if _PREFIX.fullmatch(name) and len(name) < 40))
        raise OaiRefused("badArgument", f"{asked.verb} does not take {named or 'such arguments'}.")
    if missing := required - {name for name, value in arguments.items() if value}:
        raise OaiRefused("badArgument", f"{asked.verb} needs {', '.join(sorted(missing))}.")
    if (prefix := arguments.get("metadataPrefix", "")) and not _PREFIX.fullmatch(prefix):
        raise OaiRefused("badArgument", "metadataPrefix has characters that no prefix has.")
    if "set" in arguments and not _SET.fullmatch(arguments["set"]):
        raise OaiRefused("badArgument", "set is not a setSpec; ListSets names those there are.")
    since, before = _period(arguments)
    return Asked(
        asked.verb, asked.told, arguments.get("identifier", ""), prefix, arguments.get("set", ""), since, before,
        asked.token,
    )  # fmt: skip


def _period(arguments: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    since, until = (_moment(name, arguments[name]) if name in arguments else None for name in ("from", "until"))
    if since and until:
        if since[1] != until[1]:
            raise OaiRefused("badArgument", "from and until must have the same granularity.")
        if since[0] > until[0]:
            raise OaiRefused("badArgument", "from must not be later than until.")
    return (since[0] if since else None), (_end(*until) if until else None)


def _moment(name: str, text: str) -> tuple[datetime, bool]:
    """The moment and whether it is a day. Raises OaiRefused."""
    match = _DAY.fullmatch(text) or _SECOND.fullmatch(text)
    try:
        if match and text.isascii():
            return datetime.fromisoformat(text).replace(tzinfo=UTC), match.re is _DAY
    except ValueError:
        pass
    raise OaiRefused("badArgument", f"{name} is written YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, in UTC.")


def _end(moment: datetime, is_day: bool) -> datetime:
    """The first second behind an inclusive ``until``."""
    try:
        return moment + (timedelta(days=1) if is_day else timedelta(seconds=1))
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def echoable(asked: Mapping[str, str]) -> dict[str, str]:
    """Those arguments of a request that may stand as attributes of the request element."""
    shapes = {"identifier": _IDENTIFIER, "metadataPrefix": _PREFIX, "set": _SET}
    return {
        name: value
        for name, value in asked.items()
        if value.isascii() and value.isprintable() and (name not in shapes or shapes[name].fullmatch(value))
    }
