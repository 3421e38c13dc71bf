"""Names of a list as headings: persons in direct order, bodies, "many authors", roles in brackets."""

from __future__ import annotations

import re
from typing import Final

from lienthu.foundation.marc.export.contributors import is_vietnamese_name
from lienthu.foundation.marc.model import Field
from lienthu.foundation.vietnamese.fold import fold

_NOBODY: Final = re.compile(r"(?:nhieu|tap the) tac gia|khuyet danh|khong ro|n\.?a\.?|-+|\?+|vo danh|various")
_BODY: Final = re.compile(
    r"(?:so|bo|ban|uy ban|ubnd|vien|truong|hoi dong|hoi|thu vien|dang (?:bo|uy|cong san)|tinh uy|thanh uy"
    r"|huyen uy|cong ty|tong cuc|cuc|trung tam|nha xuat ban|nxb|lien doan|doan thanh nien|quoc hoi|chinh phu"
    r"|dai hoc|hoc vien|toa an|bao tang|phong|tong cong ty|tap doan|cong hoa|university|ministry|institute)\s.+"
)
_ROLE_WORDS: Final = (
    r"chủ biên|ch\.?\s?b\.?|cb\.?|biên soạn|b\.?s\.?|biên tập|dịch|d\.|người dịch|sưu tầm|s\.?t\.?|tuyển chọn"
    r"|hiệu đính|h\.?đ\.?|minh hoạ|minh họa|khảo chứng|giới thiệu|editor|eds?\.?|translator|trans\.?|illustrator"
)
_BRACKETED: Final = re.compile(rf"\s*\(({_ROLE_WORDS})\)\s*$", re.IGNORECASE)
_TRAILING: Final = re.compile(
    r"\s+(chủ biên|ch\.\s?b\.|cb\.|biên soạn|b\.s\.|dịch|sưu tầm|hiệu đính)\s*$", re.IGNORECASE
)
_LEADING: Final = re.compile(r"^(chủ biên|người dịch|dịch giả|dịch|biên soạn|cb)\s*[:.]\s*", re.IGNORECASE)
_FULL_ROLES: Final = {
    "chb": "chủ biên",
    "cb": "chủ biên",
    "bs": "biên soạn",
    "d": "dịch",
    "st": "sưu tầm",
    "hđ": "hiệu đính",
}
_AND: Final = re.compile(r"\s+(?:và|&|and)\s+")


def separate(cells: list[str]) -> list[str]:
    """Single names: "A và B" always apart, "A, B" only where both are whole Vietnamese names.

    So "Phụng, Vũ Trọng" stays one name.
    """
    names: list[str] = []
    for cell in cells:
        for text in _AND.split(cell) if not _BODY.fullmatch(fold(cell)) else [cell]:
            parts = [p.strip() for p in text.split(",") if p.strip()]
            whole = [_role_apart(p)[0] for p in parts]
            if len(parts) > 1 and all(is_vietnamese_name(p) and "," not in p for p in whole):
                names += parts
            else:
                names.append(text.strip())
    return [n for n in names if n]


def _role_apart(name: str) -> tuple[str, str]:
    for pattern in (_BRACKETED, _TRAILING, _LEADING):
        if match := pattern.search(name):
            rest = (name[: match.start()] + name[match.end() :]).strip()
            if rest:
                role = match.group(1).lower()
                return rest, _FULL_ROLES.get(role.replace(".", "").replace(" ", ""), role)
    return name, ""


def name_fields(authors: list[str], others: list[str]) -> list[Field]:
    """100 or 110 for the first author, 700 or 710 for all others. "Nhiều tác giả" and its like get no
    heading.
    """
    fields: list[Field] = []
    for position, text in enumerate([*(separate(authors) or [""]), *separate(others)]):
        name, role = _role_apart(text)
        if not name or _NOBODY.fullmatch(fold(name)):
            continue
        main = position == 0
        subfields = (("a", f"{name}," if role else name), ("e", role)) if role else (("a", name),)
        if _BODY.fullmatch(fold(name)):
            fields.append(Field("110" if main else "710", "2", " ", subfields))
        else:
            inverted = "," in name and not is_vietnamese_name(name.partition(",")[0])
            fields.append(Field("100" if main else "700", "1" if inverted else "0", " ", subfields))
    return fields
