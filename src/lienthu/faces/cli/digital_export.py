"""``lienthu digital export``: an object as a bag for another system, its text, or a searchable PDF/A (DIG-8)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from lienthu.faces.cli.ground import Refusal


def add_arguments(acts: Any) -> None:
    """``export OBJECT [TARGET] --format FORMAT``; ``--out`` is another way to say TARGET."""
    export = acts.add_parser("export", help="pack an object for another system, or write its text or a PDF of it")
    export.add_argument("object", metavar="OBJECT")
    export.add_argument(
        "target", type=Path, nargs="?", help="bag: a folder to be made, or a .zip; others: a file, or a folder"
    )
    export.add_argument("--out", type=Path, metavar="PATH", help="the same as TARGET")
    export.add_argument("--format", choices=["bag", "alto", "hocr", "txt", "pdf"], default="bag")
    export.add_argument("--layer", default="original", choices=["original", "transcription", "translation"])
    export.add_argument("--json", action="store_true", help="the last line is one JSON object")


def export(options: argparse.Namespace) -> int:
    """Say where it was written."""
    target = options.target or options.out
    if options.format == "bag":
        return _bag(options, target)
    path = _written(options, target or Path())
    print(json.dumps({"file": str(path), "size": path.stat().st_size}) if options.json else path)
    return 0


def _bag(options: argparse.Namespace, target: Path | None) -> int:
    from lienthu.domain.digital.services.packages import export_bag
    from lienthu.platform.actor import Actor

    if target is None:
        raise Refusal("Say where the bag is to be made: a folder, or a file ending in .zip.")
    try:
        files = export_bag(options.object, target, actor=Actor.system("cli"))
    except FileExistsError as e:
        raise Refusal(f"{target} is there already; name another place.") from e
    report = json.dumps({"bag": str(target), "files": files}, ensure_ascii=False)
    print(report if options.json else f"{target}: a bag of {files} files.")
    return 0


def _written(options: argparse.Namespace, path: Path) -> Path:
    """The file, whole or not at all."""
    from lienthu.domain.digital import access
    from lienthu.domain.digital.models import Layer
    from lienthu.domain.digital.selectors.exports import Form, export_of

    opened = access.open_object(options.object, access.SYSTEM)
    export = export_of(opened, Form(options.format), layer=Layer(options.layer))
    path = path / export.name if path.is_dir() else path
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as f:
            for piece in export.pieces:
                f.write(piece)
        unfinished.replace(path)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return path
