"""``lienthu digital collection``: make, change, close and open collections (DIG-10)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lienthu.faces.cli.ground import Refusal

if TYPE_CHECKING:
    from lienthu.domain.digital.models import Collection

_GROUPS = ("public", "education", "armed_forces")


def add_arguments(acts: Any) -> None:
    """One word each for what can be done with collections."""
    collection = acts.add_parser("collection", help="list, make, change, close and open collections")
    verbs = collection.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="all collections, in the order in which readers see them")
    new = verbs.add_parser("new", help="make a collection")
    new.add_argument("--library", required=True, metavar="CODE")
    change = verbs.add_parser("change", help="say something else of a collection; what is not named stays")
    close = verbs.add_parser("close", help="let only the library's own people know of it, at once")
    reopen = verbs.add_parser("open", help="let everybody know of it again")
    for sub in (new, change, close, reopen):
        sub.add_argument("code", metavar="COLLECTION")
    for sub in (new, change):
        sub.add_argument("--name", required=sub is new)
        sub.add_argument("--description")
        sub.add_argument("--owner-group", choices=_GROUPS, help="those of the armed forces are always closed")
        sub.add_argument("--place", type=int, metavar="N", help="lower numbers stand first, equal ones by name")
    new.add_argument("--closed", action="store_true", help="only the library's own people know of it")
    for sub in verbs.choices.values():
        sub.add_argument("--json", action="store_true", help="the last line is one JSON object")


def _collection(options: argparse.Namespace) -> int:
    from lienthu.faces.cli.indexing import catch_up

    if options.verb == "list":
        return _list(options)
    row = _VERBS[options.verb](options)
    catch_up()
    print(json.dumps(_facts(row), ensure_ascii=False) if options.json else _line(row))
    return 0


def _list(options: argparse.Namespace) -> int:
    from lienthu.domain.digital.selectors.board import every_collection

    rows = every_collection()
    if options.json:
        print(json.dumps({"collections": [_facts(row) for row in rows]}, ensure_ascii=False))
    else:
        for row in rows:
            print(_line(row))
    return 0


def _new(options: argparse.Namespace) -> Collection:
    from lienthu.domain.digital.services.collecting import CollectionFacts, create_collection
    from lienthu.domain.network.selectors import library_by_code

    facts = replace(_said(options, CollectionFacts("")), closed=options.closed)
    return create_collection(options.code, library_by_code(options.library), facts, actor=_actor())


def _change(options: argparse.Namespace) -> Collection:
    from lienthu.domain.digital.services.collecting import CollectionFacts, amend_collection

    row = _row(options)
    return amend_collection(row.pk, _said(options, CollectionFacts.of(row)), actor=_actor())


def _close(options: argparse.Namespace) -> Collection:
    from lienthu.domain.digital.services.collecting import close_collection

    return close_collection(_row(options).pk, actor=_actor())


def _open(options: argparse.Namespace) -> Collection:
    from lienthu.domain.digital.services.collecting import reopen_collection

    return reopen_collection(_row(options).pk, actor=_actor())


def _said(options: argparse.Namespace, facts: Any) -> Any:
    given = {name: getattr(options, name) for name in ("name", "description", "owner_group", "place")}
    return replace(facts, **{name: value for name, value in given.items() if value is not None})


def _row(options: argparse.Namespace) -> Collection:
    from lienthu.domain.digital.selectors.board import every_collection

    found = next((row for row in every_collection() if row.code == options.code), None)
    if found is None:
        raise Refusal(f"There is no collection {options.code}.")
    return found


def _facts(row: Collection) -> dict[str, Any]:
    return {
        "code": row.code, "name": row.name, "library": row.library.code, "owner_group": row.owner_group,
        "closed": row.closed, "place": row.place,
    }  # fmt: skip


def _line(row: Collection) -> str:
    state = "closed" if row.closed else "open"
    return f"{row.code:24}  {state:6}  {row.owner_group:12}  {row.library.code:12}  {row.name}"


def _actor() -> Any:
    from lienthu.platform.actor import Actor

    return Actor.system("cli")


_VERBS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "new": _new,
    "change": _change,
    "close": _close,
    "open": _open,
}

ACTS: dict[str, Callable[[argparse.Namespace], int]] = {"collection": _collection}
