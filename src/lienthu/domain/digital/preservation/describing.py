"""The METS document of an object, from what is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from lienthu.domain.digital.description import OTHER_TITLES, Elements
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.preservation.rows import Told
from lienthu.foundation.preservation.mets import ELEMENTS, Division, Document, File, Page
from lienthu.foundation.preservation.premis import Basis, Event, Rights

# What our words for rights are in PREMIS: the ground, and the status where the ground is copyright.
_GROUNDS: Final[Mapping[Status, tuple[Basis, str]]] = {
    Status.OFFICIAL: ("copyright", "publicdomain"),
    Status.PUBLIC_DOMAIN: ("copyright", "publicdomain"),
    Status.IN_COPYRIGHT: ("copyright", "copyrighted"),
    Status.UNKNOWN: ("copyright", "unknown"),
    Status.LICENSED: ("license", ""),
    Status.PERMITTED: ("other", "permission of the holder"),
}


def document_of(
    object_id: str, told: Told, library: str, texts: Mapping[int, Sequence[File]], described: Elements
) -> Document:
    """METS of an object of this library. ``texts``: the files with the text of a page, by the page's number;
    ``described``: what it is, its record's part included.
    """
    obj = told["object"]
    files = [
        File(f["path"], f["media_type"] or "application/octet-stream", f["size"], f["sha256"], "master")
        for f in told["files"]
    ]
    return Document(
        object_id=object_id,
        label=obj["title"],
        kind=obj["kind"],
        created=_second(obj["created_at"]),
        modified=_second(max(_times(told))),
        creator=library,
        description=_description(obj["title"], described),
        files=(*files, *(file for of_page in texts.values() for file in of_page)),
        pages=tuple(_page(page, texts) for page in sorted(told["pages"], key=lambda p: p["position"])),
        parts=_parts(told["sections"]),
        events=tuple(_events(told)),
        rights=tuple(_rights(row) for row in told["rights"]),
    )


def _description(title: str, described: Elements) -> dict[str, tuple[str, ...]]:
    said = {name: tuple(described.get(name, ())) for name in ELEMENTS}
    said["title"] = (title, *described.get(OTHER_TITLES, ()))
    return {name: values for name, values in said.items() if values}


def _page(page: Told, texts: Mapping[int, Sequence[File]]) -> Page:
    files = [page["file"]] if page["file"] else []
    files += [file.path for file in texts.get(page["seq"], ())]
    return Page(page["seq"], page["label"], "missing" if page["state"] == "missing" else "page", tuple(files))


def _parts(sections: Sequence[Told]) -> tuple[Division, ...]:
    """The contents as a tree: a section of a deeper level belongs to the one before it."""

    def below(rows: Sequence[Told]) -> tuple[Division, ...]:
        divisions: list[Division] = []
        start = 0
        while start < len(rows):
            end = start + 1
            while end < len(rows) and rows[end]["level"] > rows[start]["level"]:
                end += 1
            row = rows[start]
            divisions.append(
                Division(
                    kind="issue" if row["issued"] else "chapter",
                    label=row["title"],
                    pages=(row["page"],) if row["page"] is not None else (),
                    description={"date": (row["issued"],)} if row["issued"] else {},
                    parts=below(rows[start + 1 : end]),
                )
            )
            start = end
        return tuple(divisions)

    return below(sections)


def _events(told: Told) -> list[Event]:
    obj = told["object"]
    events = [
        Event("received", "ingestion", _second(obj["created_at"]), obj["created_by"], f"{len(told['files'])} files")
    ]
    for number, move in enumerate(told["moves"], 1):
        detail = f"{move['before']} → {move['after']}" + (f": {move['reason']}" if move["reason"] else "")
        kind = "publication" if move["after"] == "published" else "metadata modification"
        events.append(Event(f"move-{number}", kind, _second(move["at"]), move["by"], detail))
    for number, row in enumerate(told["takedowns"], 1):
        events.append(Event(f"takedown-{number}", "redaction", _second(row["at"]), row["by"], row["reason"]))
        if row["lifted_at"]:
            events.append(
                Event(
                    f"lift-{number}", "unredaction", _second(row["lifted_at"]), row["lifted_by"], row["lifted_reason"]
                )
            )
    made: dict[tuple[str, str, str], list[str]] = {}
    for text in told["texts"]:
        made.setdefault((text["source"], text["engine"], text["by"]), []).append(text["at"])
    for number, ((source, engine, by), times) in enumerate(sorted(made.items()), 1):
        kind = "modification" if source in ("corrected", "typed") else "text recognition"
        detail = f"{len(times)} texts, {source}" + (f", {engine}" if engine else "")
        events.append(Event(f"text-{number}", kind, _second(max(times)), by, detail))
    return events


def _rights(row: Told) -> Rights:
    basis, status = _GROUNDS[Status(row["status"])]
    return Rights(
        identifier=f"rights-{row['number']}",
        basis=basis,
        status=status or row["licence"] or row["status"],
        note=f"{row['basis']} ({row['basis_date']})" + (f"; {row['note']}" if row["note"] else ""),
        restriction=row["permission"],
        begins=row["basis_date"],
        ends=row["permission_until"] or row["protected_until"] or "",
    )


def _times(told: Told) -> list[str]:
    times: list[Any] = [told["object"]["created_at"], told["object"]["published_at"]]
    times += [row["at"] for name in ("moves", "texts", "takedowns") for row in told[name]]
    times += [row["lifted_at"] for row in told["takedowns"]]
    times += [row["decided_at"] for row in told["rights"]]
    return [time for time in times if time]


def _second(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
