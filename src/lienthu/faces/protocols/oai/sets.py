"""Sets: by library, material type, collection and origin (rule OAI-10). A record is told with all it is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MATERIALS: Final[Mapping[str, Promise]] = {
    "book": pgettext_lazy("material", "Book"),
    "serial": pgettext_lazy("material", "Newspaper or journal"),
    "article": pgettext_lazy("material", "Article or chapter"),
    "map": pgettext_lazy("material", "Map"),
    "score": pgettext_lazy("material", "Printed music"),
    "audio": pgettext_lazy("material", "Sound recording"),
    "audiobook": pgettext_lazy("material", "Audiobook"),
    "video": pgettext_lazy("material", "Film or video"),
    "picture": pgettext_lazy("material", "Picture or photograph"),
    "electronic": pgettext_lazy("material", "Electronic resource"),
    "thesis": pgettext_lazy("material", "Thesis"),
    "manuscript": pgettext_lazy("material", "Manuscript"),
    "kit": pgettext_lazy("material", "Kit"),
    "object": pgettext_lazy("material", "Object"),
    "mixed": pgettext_lazy("material", "Mixed material"),
}
COLLECTIONS: Final[Mapping[str, Promise]] = {"local-history": _("Local history"), "children": _("For children")}
OWN_ORIGIN: Final = "own"
OWN_NAME: Final = _("Not harvested from elsewhere")
# Codes of libraries may have two characters that a setSpec must not have.
_NOT_IN_SPEC: Final = re.compile(r"[^A-Za-z0-9\-_.]")
_ESCAPED: Final = re.compile(r"!([0-9A-F]{2})")


def library_spec(code: str) -> str:
    """ "library:VN-QNTV"; a character no setSpec has stands as "!" and its number."""
    return "library:" + _NOT_IN_SPEC.sub(lambda m: f"!{ord(m[0]):02X}", code)


def split_spec(spec: str) -> tuple[str, str]:
    """Kind and value of a setSpec; ("", "") where it is none of ours."""
    kind, colon, value = spec.partition(":")
    if not colon or ":" in value:
        return "", ""
    return kind, _ESCAPED.sub(lambda m: chr(int(m[1], 16)), value)
