"""Refusals and damage of the store, each with a stable code."""

from __future__ import annotations

from typing import ClassVar


class StoreError(Exception):
    """The store could not do what was asked. The message says why."""

    code: ClassVar[str] = "store"


class NoSuchObject(StoreError):
    """There is no object of this id."""

    code = "no-such-object"


class NoSuchFile(StoreError):
    """The version of the object names no such file."""

    code = "no-such-file"


class ObjectExists(StoreError):
    """An object of this id is there; it gets a new version, it is not created again."""

    code = "object-exists"


class ObjectBusy(StoreError):
    """Somebody else is writing."""

    code = "object-busy"


class PathRefused(StoreError):
    """A logical path that no version may name: absolute, climbing, not portable, or in the way of another."""

    code = "path-refused"


class SourceRefused(StoreError):
    """What was to be stored is not a plain file."""

    code = "source-refused"


class ObjectDamaged(StoreError):
    """The inventory of the object is missing, cut off, or not what its digest says."""

    code = "object-damaged"
