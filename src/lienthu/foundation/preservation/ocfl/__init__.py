"""OCFL 1.1: objects with versions, kept so that they can be read without this program."""

from lienthu.foundation.preservation.ocfl.errors import (
    NoSuchFile,
    NoSuchObject,
    ObjectBusy,
    ObjectDamaged,
    ObjectExists,
    PathRefused,
    SourceRefused,
    StoreError,
)
from lienthu.foundation.preservation.ocfl.inventory import Inventory, Version
from lienthu.foundation.preservation.ocfl.port import Content, ObjectStore, Problem, Source
from lienthu.foundation.preservation.ocfl.store import Store

__all__ = [
    "Content",
    "Inventory",
    "NoSuchFile",
    "NoSuchObject",
    "ObjectBusy",
    "ObjectDamaged",
    "ObjectExists",
    "ObjectStore",
    "PathRefused",
    "Problem",
    "Source",
    "SourceRefused",
    "Store",
    "StoreError",
    "Version",
]
