"""ocfl-py, the reference implementation of OCFL in Python, as a second opinion on what we write."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path


def _load() -> types.ModuleType:
    # Its file layer imports the one for S3, whose many packages ask for an older python-dateutil than ours; no folder
    # needs them. A class of the right name is enough for the import.
    if "s3fs" not in sys.modules:
        placeholder = types.ModuleType("s3fs")
        placeholder.S3FileSystem = type("S3FileSystem", (), {})
        sys.modules["s3fs"] = placeholder
    return importlib.import_module("ocfl")


def complaints(root: Path) -> list[str]:
    """What ocfl-py finds wrong in a storage root and every object in it, every byte read; empty when it is content."""
    store = _load().StorageRoot(root=str(root))
    sound = store.validate(validate_objects=True, check_digests=True, log_warnings=False, log_errors=True)
    found = [f"{path}: {said}" for path, said in store.errors]
    if not sound:
        found.append(f"root: {store.log.status_str()}")
    if store.good_objects != store.num_objects:
        found.append(f"{store.good_objects} of {store.num_objects} objects are good")
    if store.num_objects != len(list(root.rglob("0=ocfl_object_1.1"))):
        found.append("it does not see all objects")
    return found
