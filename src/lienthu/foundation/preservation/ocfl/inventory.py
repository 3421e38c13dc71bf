"""The inventory of an object (OCFL 1.1, section 3.5): what every version holds, and where its bytes lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

import orjson

from lienthu.foundation.preservation.ocfl.errors import NoSuchFile, ObjectDamaged

TYPE: Final = "https://ocfl.io/1.1/spec/#inventory"
ALGORITHM: Final = "sha512"
FIXITY: Final = "sha256"
NAME: Final = "inventory.json"
SIDECAR: Final = f"{NAME}.{ALGORITHM}"
DECLARATION: Final = "0=ocfl_object_1.1"
_VERSION: Final = re.compile(r"v([1-9][0-9]{0,6})")
_CONTENT: Final = re.compile(r"v[1-9][0-9]{0,6}/content/.+")
_SHA512: Final = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Version:
    """One version: who made it when and why, and the digest of every logical file in it."""

    created: str
    message: str
    user: str
    state: Mapping[str, str]


@dataclass(frozen=True)
class Inventory:
    """What an object holds. Digests are SHA-512 in hex; content paths are relative to the object's folder."""

    object_id: str
    versions: tuple[Version, ...]
    manifest: Mapping[str, str]
    sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def head(self) -> int:
        """Number of the newest version."""
        return len(self.versions)

    def version(self, number: int | None = None) -> Version:
        """A version by its number, the newest without one. Raises NoSuchFile."""
        wanted = self.head if number is None else number
        if not 1 <= wanted <= self.head:
            raise NoSuchFile(f"{self.object_id} has no version {wanted}")
        return self.versions[wanted - 1]

    def files(self, version: int | None = None) -> Mapping[str, str]:
        """Logical path → SHA-512 of a version, the newest without a number."""
        return self.version(version).state

    def content_path(self, logical: str, version: int | None = None) -> str:
        """Where the bytes of a logical file lie. Raises NoSuchFile."""
        try:
            return self.manifest[self.files(version)[logical]]
        except KeyError:
            raise NoSuchFile(f"{self.object_id} holds no {logical!r}") from None

    def sha256_of(self, logical: str, version: int | None = None) -> str:
        """SHA-256 of a logical file, from the fixity block."""
        return self.sha256[self.content_path(logical, version)]

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Content path → SHA-512."""
        return {path: digest for digest, path in self.manifest.items()}

    def grown(
        self,
        *,
        added: Mapping[str, str],
        removed: Iterable[str],
        content: Mapping[str, str],
        sha256: Mapping[str, str],
        by: Version,
    ) -> Inventory:
        """With one more version: logical paths added (with their digests) and removed, new content and its SHA-256."""
        gone = set(removed)
        before = self.versions[-1].state if self.versions else {}
        state = {path: digest for path, digest in before.items() if path not in gone} | dict(added)
        version = Version(by.created, by.message, by.user, state)
        return Inventory(
            self.object_id, (*self.versions, version), {**self.manifest, **content}, {**self.sha256, **sha256}
        )

    def dumps(self) -> bytes:
        """As inventory.json."""
        manifest = {digest: [path] for digest, path in self.manifest.items()}
        fixity: dict[str, list[str]] = {}
        for path, digest in self.sha256.items():
            fixity.setdefault(digest, []).append(path)
        value = {
            "id": self.object_id,
            "type": TYPE,
            "digestAlgorithm": ALGORITHM,
            "head": f"v{self.head}",
            "contentDirectory": "content",
            "manifest": manifest,
            "versions": {f"v{n}": _version(v) for n, v in enumerate(self.versions, 1)},
            "fixity": {FIXITY: fixity},
        }
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"

    @classmethod
    def loads(cls, data: bytes) -> Inventory:
        """Read an inventory of ours. Raises ObjectDamaged: whatever is odd in it, no path of it leads astray."""
        try:
            return cls._read(orjson.loads(data))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as e:
            raise ObjectDamaged(f"An inventory cannot be read: {e}") from e

    @classmethod
    def _read(cls, raw: dict[str, Any]) -> Inventory:
        if raw["type"] != TYPE or raw["digestAlgorithm"] != ALGORITHM or raw.get("contentDirectory") != "content":
            raise ValueError("it is of another version or kind than this program writes")
        manifest: dict[str, str] = {}
        for digest, paths in raw["manifest"].items():
            if not _SHA512.fullmatch(digest) or not paths or not all(_safe(p) for p in paths):
                raise ValueError("its manifest names a path or a digest that cannot be")
            manifest[digest] = paths[0]
        count = len(raw["versions"])
        if raw["head"] != f"v{count}" or not count:
            raise ValueError("its versions are not in a row")
        versions = tuple(_read_version(raw["versions"][f"v{n}"], manifest) for n in range(1, count + 1))
        sha256 = {path: d for d, paths in raw.get("fixity", {}).get(FIXITY, {}).items() for path in paths}
        return cls(str(raw["id"]), versions, manifest, sha256)


def _safe(path: str) -> bool:
    return bool(_CONTENT.fullmatch(path)) and not any(part in ("", ".", "..") for part in path.split("/"))


def _version(version: Version) -> dict[str, Any]:
    state: dict[str, list[str]] = {}
    for path, digest in sorted(version.state.items()):
        state.setdefault(digest, []).append(path)
    return {
        "created": version.created,
        "message": version.message,
        "user": {"name": version.user},
        "state": state,
    }


def _read_version(raw: dict[str, Any], manifest: Mapping[str, str]) -> Version:
    state = {path: digest for digest, paths in raw["state"].items() for path in paths}
    if not set(state.values()) <= set(manifest):
        raise ValueError("a version names content that the manifest does not")
    return Version(str(raw["created"]), str(raw.get("message", "")), str(raw.get("user", {}).get("name", "")), state)


def version_number(folder: str) -> int | None:
    """3 for "v3"; None for a name that is no version's."""
    found = _VERSION.fullmatch(folder)
    return int(found[1]) if found else None


def written(at: datetime) -> str:
    """A moment as inventories tell it (RFC 3339, seconds, UTC)."""
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sidecar_of(digest: str) -> bytes:
    """Content of the file beside an inventory that tells its digest."""
    return f"{digest} {NAME}\n".encode()
