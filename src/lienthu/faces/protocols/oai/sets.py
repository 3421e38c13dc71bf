"""Sets: by library, material type, collection and origin (rule OAI-10). A record is told with all it is in."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

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
