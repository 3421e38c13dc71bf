"""What can be wrong with a file or page: a stable code in the tables, a sentence for people on the screens."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lienthu.platform.sandbox import Failed

SENTENCES: dict[str, Promise] = {
    "empty": _("The file is empty. Scan the page again."),
    "damaged": _("The file is damaged or cut off. Copy it again from the scanner, or scan the page again."),
    "truncated": _("The file is cut off. Copy it again from the scanner, or scan the page again."),
    "encrypted": _("The PDF is protected by a password. Save it without one and take it in again."),
    "unsupported": _("This is no picture and no PDF that can be read. Save it as TIFF, JPEG, PNG or PDF."),
    "unsupported-samples": _("The picture holds its colours in a way that cannot be read. Save it with 8 or 16 bits."),
    "polyglot": _("The file pretends to be two things at once and is not opened."),
    "implausible-size": _("The file claims a size that it cannot have, and is not opened."),
    "too-many-pixels": _("The picture is too large. Scan it in parts, or with a lower resolution."),
    "image-too-large": _("The picture is too large to recognise its text."),
    "too-many-frames": _("The file holds too many pages. Split it into volumes."),
    "no-such-frame": _("The file holds fewer pages than when it was taken in."),
    "unreadable-image": _("The picture could not be read for recognising its text."),
    "no-ocr-data": _("The data for recognising this language are not installed."),
    "no-file": _("The page has no file."),
    "memory": _("Reading it took more memory than is allowed. It can be tried again."),
    "time": _("Reading it took too long. It can be tried again."),
    "crashed": _("The program that reads it broke down. It can be tried again, or the page scanned again."),
}


def problem_of(failure: Failed) -> str:
    """The code to keep of a failed call in the sandbox."""
    return failure.reason if failure.kind == "refused" else failure.kind


def sentence_of(code: str) -> str:
    """What to tell people; an unknown code is told as it is."""
    return str(SENTENCES.get(code, code))
