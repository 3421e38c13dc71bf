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
    "picture-lost": _("The picture of this page is lost, and there is no file to make it of again. Replace the page."),
    "archive-damaged": _("The archive is damaged. Pack it again."),
    "archive-too-large": _("The archive holds more than is taken at once. Split it."),
    "file-too-large": _("A file in the archive is too large."),
    "too-many-files": _("The archive holds too many files. Split it into volumes."),
    "too-deep": _("The folders in the archive are nested too deep."),
    "bomb": _("The archive would grow out of all proportion and is not opened."),
    "nested-archive": _("There is an archive inside. Unpack it and hand over the files themselves."),
    "method": _("The archive is packed in a way that is not read. Pack it as an ordinary ZIP."),
    "name-twice": _("The archive holds one name twice."),
    "unsafe-name": _("The archive names a file outside itself and is not opened."),
    "link": _("This is a link to another place. Hand over the file itself."),
    "no-room": _("There is no room on the disk to unpack this."),
    "not-a-file": _("There is something in it that is no ordinary file."),
    "not-a-zip": _("This is no ZIP file."),
    "not-a-tar": _("This is no tar file."),
    "not-a-bag": _("This is no bag (BagIt)."),
    "bag-encoding": _("The bag's lists are not in UTF-8."),
    "bag-fetch": _("The bag wants files to be fetched from elsewhere. Put them in."),
    "bag-file-missing": _("A file that the bag lists is missing."),
    "bag-file-unexpected": _("There is a file in the bag that it does not list."),
    "bag-manifest": _("A list of the bag cannot be read."),
    "bag-no-manifest": _("The bag has no list of its files with digests that are trusted."),
    "bag-oxum": _("The bag holds more or less than it says."),
    "bag-version": _("The bag is of a version that is not read."),
    "bag-wrong-digest": _("A file in the bag is not what was packed: its digest is wrong."),
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
