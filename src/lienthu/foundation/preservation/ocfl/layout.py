"""Where an object lies under the storage root: registered extension 0003-hash-and-id-n-tuple-storage-layout."""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import unquote

NAME: Final = "0003-hash-and-id-n-tuple-storage-layout"
TUPLE_SIZE: Final = 3
TUPLES: Final = 3
CONFIG: Final = {
    "digestAlgorithm": "sha256",
    "extensionName": NAME,
    "numberOfTuples": TUPLES,
    "tupleSize": TUPLE_SIZE,
}
LAYOUT: Final = {
    "description": "Hashed tuples, then the encoded object identifier as the folder's name",
    "extension": NAME,
}
_LONGEST: Final = 100
_UNSAFE: Final = re.compile(rb"[^A-Za-z0-9_-]")


def object_path(object_id: str) -> str:
    """Path of the object's folder below the root, with slashes."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    tuples = [digest[i * TUPLE_SIZE : (i + 1) * TUPLE_SIZE] for i in range(TUPLES)]
    encoded = _UNSAFE.sub(lambda m: b"%%%02x" % m[0][0], object_id.encode()).decode()
    if len(encoded) > _LONGEST:
        encoded = f"{encoded[:_LONGEST]}-{digest}"
    return "/".join([*tuples, encoded])


def object_id_of(folder: str) -> str | None:
    """The id that a folder's name tells; None when the name was cut and only the inventory knows."""
    return unquote(folder) if len(folder) <= _LONGEST else None
