"""The words of column headers in Vietnamese and English lists."""

from __future__ import annotations

import re
from typing import Final

from lienthu.foundation.vietnamese.fold import fold

# Alternatives are folded, with i for y and abbreviations written out (see `words_of`).
HEADERS: Final[dict[str, str]] = {
    "title": (
        "title|nhan de|nhan de chinh|ten sach|ten tai lieu|ten an pham|tieu de|tua sach|tua de"
        "|ten bai|ten bai viet|ten bai trich|book title|name|ten|nhan de tai lieu"
        "|ten sach tai lieu|ten sach bao"
    ),
    "subtitle": "subtitle|phu de|nhan de phu|thong tin lien quan nhan de|tieu de phu|sub title",
    "author": (
        "author|tac gia|tac gia chinh|ho ten tac gia|ten tac gia|ho va ten tac gia|authors"
        "|tac gia ca nhan|nguoi bien soan|creator"
    ),
    "other_authors": (
        "other authors|tac gia khac|dong tac gia|tac gia phu|tac gia bo sung|dich gia|nguoi dich"
        "|translator|chu bien|contributors|tac gia tap the"
    ),
    "publisher": "publisher|nha xuat ban|ten nha xuat ban|co quan xuat ban|noi phat hanh",
    "place": "place|noi xuat ban|dia diem xuat ban|place of publication|publication place|noi",
    "year": "year|nam xuat ban|nam|nam in|publication year|date|nam phat hanh|published|ngai xuat ban",
    "edition": "edition|lan xuat ban|lan tai ban|tai ban|lan in",
    "extent": ("extent|so trang|trang|pages|number of pages|mo ta vat li|so to|tong so trang|do dai|vat li"),
    "dimensions": "dimensions|kho|kho sach|kho co|kich thuoc|kho giai|size|co",
    "isbn": "isbn|chi so isbn|ma isbn|so isbn|isbn 13|isbn 10|isbn13|ma so isbn",
    "issn": "issn|chi so issn|ma issn|so issn",
    "subjects": "subjects|chu de|de muc chu de|subject|tieu de de muc|de muc",
    "keywords": "keywords|tu khoa|keiword|keiwords|tu khoa tu do|tags",
    "classification": (
        "classification|mon loai|ki hieu phan loai|phan loai|chi so phan loai|ddc|so phan loai"
        "|chi so ddc|ma ddc|khung phan loai ddc|ma phan loai|dewei|khpl|kihieu phan loai"
        "|chi so mon loai|ki hieu mon loai|kihpl|bbk"
    ),
    "call_number": (
        "call number|ki hieu xep gia|ki hieu|xep gia|so goi|kihieu xep gia|khxg|chi so xep gia"
        "|shelf mark|ma xep gia|so xep gia"
    ),
    "barcode": (
        "barcode|dang ki ca biet|so dang ki ca biet|ma vach|ma dang ki ca biet|so ca biet"
        "|ma ca biet|so dang ki|dang ki|ma sach|accession number|accession no|so vao so|bar code"
        "|so dang ki tong quat|ma xep kho"
    ),
    "location": (
        "location|kho|ki hieu kho|vi tri|ten kho|ma kho|phong|shelf|gia sach|ke|noi luu tru"
        "|kho luu tru|noi de|noi luu giu"
    ),
    "branch": ("branch|chi nhanh|thu vien|diem|co so|don vi|library|diem thu vien|ten thu vien|don vi quan li"),
    "copies": ("copies|so luong|so ban|sl|so ban sach|so cuon|so luong ban|quantiti|tong so ban|ban|so quien"),
    "language": "language|ngon ngu|ma ngon ngu|tieng|lang|ngu",
    "material_type": (
        "material type|loai tai lieu|dang tai lieu|loai hinh|loai hinh tai lieu|tipe|loai sach"
        "|loai an pham|loai|vat mang tin"
    ),
    "summary": ("summary|tom tat|noi dung|abstract|description|tom tat noi dung|mo ta|gioi thieu|chu giai|summari"),
    "series": "series|tung thu|bo sach|tu sach|ten bo sach|ten tung thu",
    "price": ("price|don gia|gia|gia tien|gia bia|gia sach|tri gia|gia thanh|don gia vnd|gia vnd|don gia dong"),
    "control_number": (
        "control number|ma tai lieu|so bieu ghi|mfn|id|ma bieu ghi|ma an pham|record number|so kiem soat"
    ),
    "notes": "notes|ghi chu|phu chu|note|remarks|chu thich|tinh trang",
    "url": "url|link|duong dan|lien ket|website|dia chi|links|dia chi truc tuien|file|toan van",
    "host_title": ("host title|nguon trich|ten bao|ten tap chi|nguon|bao tap chi|an pham me|trich tu|journal|trong"),
    "volume": "volume|tap|so bao|tap so|quien|so tap|ki|so|phan tap|volume number|issue",
}
# Running numbers and sums: nothing of the book.
IGNORED: Final = frozenset(("stt", "tt", "no", "so tt", "so thu tu", "thu tu", "thanh tien", "tong tien", "#"))
_WRITTEN_OUT: Final = {
    "xb": "xuat ban",
    "nxb": "nha xuat ban",
    "dkcb": "dang ki ca biet",
    "dk": "dang ki",
    "dki": "dang ki",
    "cb": "ca biet",
    "tg": "tac gia",
    "kh": "ki hieu",
    "kihieu": "ki hieu",
    "pl": "phan loai",
    "tl": "tai lieu",
    "noixb": "noi xuat ban",
    "namxb": "nam xuat ban",
    "nhaxb": "nha xuat ban",
}
_NOT_WORD: Final = re.compile(r"[^\w#]+")


def words_of(header: str) -> str:
    """A header without marks, case and punctuation, y as i, abbreviations written out."""
    folded = fold(header.replace("\n", " ")).replace("y", "i")
    words = [w for w in _NOT_WORD.sub(" ", folded.replace("_", " ").replace(".", " ")).split() if w]
    return " ".join(_WRITTEN_OUT.get(w, w) for w in words)


def _lexicon() -> dict[str, str]:
    names: dict[str, str] = {}
    for name, alternatives in HEADERS.items():
        for alternative in alternatives.split("|"):
            names.setdefault(words_of(alternative), name)
    return names


LEXICON: Final = _lexicon()
# Longest first, so that "nha xuat ban" is found before "ban".
PHRASES: Final = sorted((p for p in LEXICON if len(p) > 3), key=len, reverse=True)
