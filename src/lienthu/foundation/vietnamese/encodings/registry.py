"""The encodings by name: decoders for import, encoders for samples and tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from unicodedata import normalize

from lienthu.foundation.vietnamese.encodings import tcvn3, viqr, viscii, vni
from lienthu.foundation.vietnamese.encodings.surface import (
    UTF8_SHOWN,
    shown_as_cp1252,
    surface_of_bytes,
    surface_of_text,
)
from lienthu.foundation.vietnamese.letters import TONE_MARKS
from lienthu.foundation.vietnamese.text import nfc

Decoder = Callable[[bytes], str]
"""Bytes to NFC text; raises UnicodeDecodeError only for bytes that the encoding cannot contain."""

Encoder = Callable[[str], bytes]
"""Text to bytes; raises UnicodeEncodeError for characters that the encoding cannot write."""

_Surface = Callable[[str], str]


class UnknownEncoding(LookupError):
    """No decoder of that name; ``name`` holds it."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(f"unknown encoding {name!r}; known: {', '.join(known or DECODERS)}")
        self.name = name


def _decode_utf8(data: bytes) -> str:
    return nfc(data.decode("utf-8").removeprefix("\ufeff"))


def _raw(decode_surface: _Surface) -> Decoder:
    return lambda data: decode_surface(surface_of_bytes(data))


def _in_utf8(decode_surface: _Surface) -> Decoder:
    return lambda data: decode_surface(surface_of_text(_decode_utf8(data)))


def _decode_tcvn3_in_utf8(data: bytes) -> str:
    # A cleaned text has Đ where byte D0 stood; inside a word that byte was é.
    text = re.sub("(?<=[A-Za-z])\u0110", "\u00d0", _decode_utf8(data))
    return tcvn3.decode_surface(surface_of_text(text))


def _decode_utf8_double(data: bytes) -> str:
    """Text written to UTF-8 twice; what was written once stays, as happens in files with two histories."""
    return nfc(UTF8_SHOWN.sub(_once_less, _decode_utf8(data)))


def _once_less(match: re.Match[str]) -> str:
    try:
        return surface_of_text(match[0]).encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:  # an overlong form or a surrogate
        return match[0]


_CP1258 = {byte: bytes([byte]).decode("cp1258", "replace").replace("\ufffd", chr(byte)) for byte in range(0x80, 0x100)}


def _decode_cp1258(data: bytes) -> str:
    return nfc(surface_of_bytes(data).translate(_CP1258))


def _decode_latin1(data: bytes) -> str:
    return nfc(shown_as_cp1252(data))


DECODERS: Mapping[str, Decoder] = MappingProxyType(
    {
        "utf-8": _decode_utf8,
        "tcvn3": _raw(tcvn3.decode_surface),
        "vni": _raw(vni.decode_surface),
        "viqr": viqr.decode,
        "viscii": _raw(viscii.decode_surface),
        "cp1258": _decode_cp1258,
        "utf-8-double": _decode_utf8_double,
        "tcvn3-in-utf-8": _decode_tcvn3_in_utf8,
        "vni-in-utf-8": _in_utf8(vni.decode_surface),
        "viscii-in-utf-8": _in_utf8(viscii.decode_surface),
        "latin-1": _decode_latin1,
    }
)
"""Decoder by name. ``latin-1`` is read as Windows does it; ``X-in-utf-8`` is X taken for Windows-1252 and
saved as UTF-8."""


def _encode_cp1258(text: str) -> bytes:
    # Shapes are precomposed in this code page, tones combine.
    spread = "".join(_tone_apart(char) for char in nfc(text))
    return spread.encode("cp1258")


def _tone_apart(char: str) -> str:
    parts = normalize("NFD", char)
    tones = [mark for mark in parts if mark in TONE_MARKS]
    return normalize("NFC", "".join(mark for mark in parts if mark not in TONE_MARKS)) + "".join(tones)


def _shown_in_utf8(encode: Encoder) -> Encoder:
    return lambda text: shown_as_cp1252(encode(text)).encode("utf-8")


def _encode_utf8(text: str) -> bytes:
    return text.encode("utf-8")


ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "utf-8": _encode_utf8,
        "utf-8-nfd": lambda text: normalize("NFD", text).encode("utf-8"),
        "tcvn3": tcvn3.encode,
        "vni": vni.encode,
        "viqr": viqr.encode,
        "viscii": viscii.encode,
        "cp1258": _encode_cp1258,
        "utf-8-double": _shown_in_utf8(_encode_utf8),
        "tcvn3-in-utf-8": _shown_in_utf8(tcvn3.encode),
        "vni-in-utf-8": _shown_in_utf8(vni.encode),
        "viscii-in-utf-8": _shown_in_utf8(viscii.encode),
    }
)
"""Encoder by name, for sample data and tests."""


def decoder(name: str) -> Decoder:
    """The decoder of that name. Raises UnknownEncoding."""
    try:
        return DECODERS[name]
    except KeyError:
        raise UnknownEncoding(name) from None
