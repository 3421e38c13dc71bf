"""What a new version of an object adds to the store, made while it is written: never all texts in memory.

ALTO of the texts in force stands beside the words as we keep them, for other systems. METS comes last, when the
digests of everything else are known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from lienthu.domain.digital.preservation import snapshot
from lienthu.domain.digital.preservation.describing import document_of
from lienthu.domain.digital.preservation.rows import Told
from lienthu.domain.digital.preservation.snapshot import Snapshot
from lienthu.foundation.pagetext.alto import write_alto
from lienthu.foundation.pagetext.model import PageText
from lienthu.foundation.preservation import mets
from lienthu.foundation.preservation.mets import File
from lienthu.foundation.preservation.ocfl import Source, Store

ALTO: Final = "alto/"
_MEDIA_TYPE: Final = "application/xml"


def alto_path(text: Told) -> str:
    """Where the ALTO of a version of a text lies in the object."""
    return f"{ALTO}{text['page']:05d}-{text['layer']}-{text['number']}.xml"


class Additions(Mapping[str, Source]):
    """Path → content of what is not in the store yet; to be gone through once, in order."""

    def __init__(self, taken: Snapshot, kept: Store, store_id: str) -> None:
        self._taken, self._kept, self._store_id = taken, kept, store_id
        self._held = kept.inventory(store_id).files()
        self._texts = [text for text in taken.told["texts"] if self._missing(text)]
        self._paths = [path for text in self._texts for path in self._missing(text)]
        self._contents = snapshot.contents(taken.object.pk, frozenset(text["path"] for text in self._texts))
        self._content: tuple[str, bytes] = ("", b"")
        self._alto: dict[str, File] = {}
        self._altos = {alto_path(text): text for text in self._texts}
        self._pages = {page["seq"]: page for page in taken.told["pages"]}

    @property
    def gone(self) -> frozenset[str]:
        """What the newest version holds and the next one does not: texts of removed pages, ALTO not in force."""
        wanted = {path for text in self._taken.told["texts"] for path in _paths_of(text)}
        return frozenset(path for path in self._held if path.startswith((snapshot.TEXTS, ALTO))) - wanted

    def __iter__(self) -> Iterator[str]:
        return iter([*self._paths, snapshot.TOLD, snapshot.METS])

    def __len__(self) -> int:
        return len(self._paths) + 2

    def __getitem__(self, path: str) -> Source:
        if path == snapshot.TOLD:
            return self._taken.dumps()
        if path == snapshot.METS:
            return self._mets()
        if path.startswith(snapshot.TEXTS):
            return self._words(path)
        if path.startswith(ALTO):
            return self._write_alto(path)
        raise KeyError(path)

    def _missing(self, text: Told) -> list[str]:
        return [path for path in _paths_of(text) if path not in self._held]

    def _words(self, path: str) -> bytes:
        while self._content[0] != path:
            try:
                self._content = next(self._contents)
            except StopIteration:
                raise snapshot.Busy(f"{path} went while it was told") from None
        return self._content[1]

    def _write_alto(self, path: str) -> bytes:
        text = self._altos[path]
        page = self._pages[text["page"]]
        words = PageText.from_json(orjson.loads(self._words(text["path"])))
        data = write_alto(words, image=page["file"] or "", number=page["seq"])
        self._alto[path] = File(path, _MEDIA_TYPE, len(data), hashlib.sha256(data).hexdigest(), "text")
        return data

    def _mets(self) -> bytes:
        inventory, folder = self._kept.inventory(self._store_id), self._kept.folder_of(self._store_id)
        of_pages: dict[int, list[File]] = {}
        for text in self._taken.told["texts"]:
            if not text["current"]:
                continue
            path = alto_path(text)
            if path not in self._alto:
                size = (folder / inventory.content_path(path)).stat().st_size
                self._alto[path] = File(path, _MEDIA_TYPE, size, inventory.sha256_of(path), "text")
            of_pages.setdefault(text["page"], []).append(self._alto[path])
        return mets.write(
            document_of(
                self._store_id, self._taken.told, self._taken.object.library.name, of_pages, self._taken.described
            )
        )


def _paths_of(text: Told) -> list[str]:
    return [text["path"], alto_path(text)] if text["current"] else [text["path"]]
