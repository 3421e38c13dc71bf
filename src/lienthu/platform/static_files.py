"""Scripts, styles and fonts as they are served: compressed once, under names that change with their content.

Django's manifest and WhiteNoise do the work; here is only when it is done: by ``lienthu run``, before the first page
is answered, and again when any file has changed. Where nothing was collected (tests, single commands) the files are
served as they lie in the source, under their plain names.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_RULES: Final = 1  # rises when files are collected differently


class ServedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Names with digests, in styles and between modules of scripts too; plain ones as long as nothing is collected."""

    support_js_module_import_aggregation = True
    # Without source maps: they are for whoever works on those libraries, and larger than the libraries themselves.
    patterns = tuple(p for p in CompressedManifestStaticFilesStorage.patterns if p[0] != "*.js")

    def stored_name(self, name: str) -> str:
        """The name under which a file is served."""
        return str(super().stored_name(name)) if self.hashed_files else name


def collect() -> bool:
    """Make the files ready to be served, if they are not; whether there was anything to do.

    One process at a time. A process that is killed leaves no mark that all is done: the next one begins anew.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    mark = root.with_name("collected")
    with root.with_name("lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = _digest()
        if mark.exists() and mark.read_text() == digest:
            return False
        mark.unlink(missing_ok=True)
        storage: Any = staticfiles_storage
        before = set(storage.load_manifest()[0].values())
        # a list of its own: the command adds to it
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(settings.STATIC_LEFT_OUT))
        # pages that were loaded before still ask for the files of before; those of earlier versions go
        _keep_only(root, {storage.manifest_name, *before, *storage.hashed_files.values()})
        mark.write_text(digest)
    return True


def _digest() -> str:
    """What the served files are made of, as one digest."""
    made = hashlib.blake2b(repr((_RULES, settings.STATIC_LEFT_OUT)).encode(), digest_size=20)
    found: dict[str, str] = {}
    for finder in get_finders():
        for path, storage in finder.list(settings.STATIC_LEFT_OUT):
            prefix = getattr(storage, "prefix", "") or ""
            found.setdefault(f"{prefix}/{path}", storage.path(path))
    for name, file in sorted(found.items()):
        made.update(f"\0{name}\0{os.path.getsize(file)}\0".encode())
        made.update(Path(file).read_bytes())
    return made.hexdigest()


def _keep_only(root: Path, names: set[str]) -> None:
    for folder, _folders, files in os.walk(root, topdown=False):
        for file in files:
            path = Path(folder, file)
            if str(path.relative_to(root)).removesuffix(".gz").removesuffix(".br") not in names:
                path.unlink()
        if not os.listdir(folder) and Path(folder) != root:
            os.rmdir(folder)
