"""VISCII 1.1 (RFC 1456): every Vietnamese letter one byte, six rare capitals on control codes."""

from __future__ import annotations

from lienthu.foundation.vietnamese.text import nfc

_UPPER_HALF = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "Õắằặấầẩậẽẹếềểễệốồổỗ"
    "ỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵ"
    "ÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_CONTROLS = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
TABLE: dict[int, str] = _CONTROLS | {0x80 + offset: letter for offset, letter in enumerate(_UPPER_HALF)}
"""``str.translate`` table from the surface of the bytes.

Ỵ shares its byte with the ISO 2709 field terminator; split records before decoding."""

_BYTE_OF = {letter: byte for byte, letter in TABLE.items()}


def decode_surface(surface: str) -> str:
    """Vietnamese text (NFC) of VISCII bytes given one character per byte."""
    return nfc(surface.translate(TABLE))


def encode(text: str) -> bytes:
    """VISCII bytes. Raises UnicodeEncodeError for what VISCII cannot write, such as a long dash."""
    text = nfc(text)
    out = bytearray()
    for index, char in enumerate(text):
        byte = _BYTE_OF.get(char, ord(char))
        if byte > 0xFF or (char not in _BYTE_OF and (byte > 0x7F or byte in _CONTROLS)):
            raise UnicodeEncodeError("viscii", text, index, index + 1, "not in VISCII")
        out.append(byte)
    return bytes(out)
