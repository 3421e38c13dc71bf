"""Normal forms of what catalogue records state: volumes, editions, publishers, places, extents, names. Pure.

Two cataloguers write one thing in many ways; here each way becomes one key. The features of `scoring` compare keys.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from lienthu.foundation.vietnamese.encodings.registry import decoder
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.names import direct_form
from lienthu.foundation.vietnamese.syllables import syllable_share
from lienthu.foundation.vietnamese.tokens import folded_tokens, token_pairs

_REMEMBERED: Final = 30_000  # names, publishers and extents come again and again

_ROMANS: Final = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()
_ROMAN: Final = {roman: str(number) for number, roman in enumerate(_ROMANS, 1)}
_SPOKEN: Final = {
    word: str(i) for i, word in enumerate(["mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"], 1)
}
_ENGLISH: Final = {
    word: str(i)
    for i, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1
    )
}
_NUMBERS: Final = {**_SPOKEN, "nhat": "1", "dau": "1", "nhi": "2", "tu": "4", **_ROMAN, **_ENGLISH}
_TITLE_NUMBERS: Final = {r: n for r, n in _ROMAN.items() if len(r) > 1 and r not in ("vi", "xi")} | _ENGLISH

# ------------------------------------------------------------------------------------------------ volumes and parts

_VOLUME_WORDS: Final = re.compile(
    r"\b(?:tap|quyen|cuon|phan|vol|volume|thu|no|so|ky|part|book|pt|bk|t|q)(?:\b\.?\s*|(?=\d))"
)
_STARTS: Final = re.compile(r"\W*(?:tap|quyen|cuon|phan|vol|volume|thu|no|so|ky|part|book|pt|bk|t|q)(?:\b|(?=\d))")
_COUNT: Final = (
    r"(?P<n>\d{1,3}|[IVX]{1,6}|(?:thứ\s+)?(?:một|nhất|hai|nhì|ba|bốn|tư|năm|sáu|bảy|tám|chín|mười))(?![\w/])"
)
# "… Tập 2", "… T.II" at the end; "Tập 2: …" at the beginning; "… tập 3: …" inside
_VOLUME_AT_END: Final = re.compile(
    rf"[\s.,:;(\[\-–]+(?:(?:tập|quyển|cuốn|phần|vol(?:ume)?|part|q|t|p)\.?\s*){_COUNT}\s*[)\].]*$", re.IGNORECASE
)
_VOLUME_FIRST: Final = re.compile(rf"\s*(?:tập|quyển|cuốn|t\.|q\.|vol\.)\s*{_COUNT}[\s.,:;\-–]*", re.IGNORECASE)
_VOLUME_INSIDE: Final = re.compile(
    rf"(?P<head>.+?)[\s.,:;(\-–]+(?:tập|quyển)\s*{_COUNT}\s*[).,:;\-–]+\s*(?P<tail>\S.*)$", re.IGNORECASE
)


@lru_cache(maxsize=_REMEMBERED)
def volume_key(part: str) -> str:
    """ "Tập 2", "T.II", "Quyển hai" of a part designation in one form: folded, its word dropped, roman as arabic.

    A title of the part follows its number: "Tập 3, Thám tử nghiệp dư" is "3 tham tu nghiep du".
    """
    if not part:
        return ""
    words = re.findall(r"\w+", _VOLUME_WORDS.sub(" ", fold(part), count=1) if _STARTS.match(fold(part)) else fold(part))
    if words:
        words[0] = _NUMBERS.get(words[0]) or words[0].lstrip("0") or words[0]
    return " ".join(words)


def volume_number(key: str) -> str:
    """The number a volume key begins with; the whole key where it begins with none."""
    head = key.partition(" ")[0]
    return head if head.isdigit() else key


def volume_in_title(title: str, subtitle: str = "") -> tuple[str, str, str]:
    """Title and subtitle without the volume that one of them names, and its key.

    "Lịch sử Việt Nam. T.2", "Kính vạn hoa : Tập 2, Những con gấu bông", "Kính vạn hoa tập 3: Thám tử nghiệp dư".
    """
    if (match := _VOLUME_AT_END.search(title)) and (head := title[: match.start()].rstrip(" .,:;-–([")):
        return head, subtitle, volume_key(match["n"])
    if subtitle and (match := _VOLUME_FIRST.match(subtitle)):
        return title, subtitle[match.end() :], volume_key(match["n"])
    if subtitle and (match := _VOLUME_AT_END.search(" " + subtitle)):
        return title, subtitle[: max(0, match.start() - 1)], volume_key(match["n"])
    if match := _VOLUME_INSIDE.match(title):
        return match["head"], f"{match['tail']} {subtitle}".strip(), volume_key(match["n"])
    return title, subtitle, ""


def volume_in_extent(extent: str) -> str:
    """The volume that stands before the pages: "T.1 (720 tr.)", "Tập một - 123 pages"; "3 tập" names none."""
    match = _VOLUME_FIRST.match(extent)
    return volume_key(match["n"]) if match else ""


# Words that make another book of the same title, in their order of precedence; the textbook itself says nothing.
_KINDS: Final = (
    "giao vien", "vo bai tap", "bai tap", "huong dan", "nang cao", "truyen tranh", "song ngu", "sach noi", "dien tu",
    "tom tat", "dap an", "toan tap", "tuyen tap", "phu luc", "tranh lien hoan", "kich ban", "tieng anh", "chuyen de",
    "de kiem tra", "on tap", "quy hoach", "hien trang", "dia hinh", "hanh chinh",
)  # fmt: skip


def kind_named(folded_words: list[str]) -> str:
    """Which kind of book the title names: "sách giáo viên" is not "sách giáo khoa". "" for none."""
    text = f" {' '.join(folded_words)} "
    return ", ".join(kind for kind in _KINDS if f" {kind} " in text)


_HOST_WORDS: Final = re.compile(r"^(?:tap chi|t c|tc|bao|ky yeu|tap san|chuyen san)\s+")
_HOST_TAIL: Final = re.compile(r"\s+(?:(?:nam )?\d{4}|so \d|tap \d|tr \d|vol \d|no \d|\d).*$")


def host_key(host: str) -> str:
    """A host's title folded, without "Tạp chí" before and the issue behind: "T/c NCLS, số 278" is "ncls"."""
    words = " ".join(folded_tokens(host))
    return _HOST_WORDS.sub("", _HOST_TAIL.sub("", words)) or words


def abbreviates(short: str, name: str) -> bool:
    """Whether a single word is made of a name's initials: "hnv" of "Hội Nhà văn", even when the key dropped "nhà"."""
    if " " in short or not 2 <= len(short) <= 8 or " " not in name:
        return False
    letters = iter(short)
    initials = [word[0] for word in name.split()]
    return short[0] == initials[0] and len(short) - len(initials) in (0, 1, 2) and all(i in letters for i in initials)


def numbers_in(folded_words: list[str]) -> str:
    """The numbers of a title in their order, joined by spaces: digits, plain roman numerals, English ordinals."""
    found = []
    for word in folded_words:
        if word[0].isdigit():
            found.append(word.lstrip("0") or "0")
        elif word in _TITLE_NUMBERS:
            found.append(_TITLE_NUMBERS[word])
    return " ".join(found)


# ------------------------------------------------------------------------------------------------ editions

_SPOKEN_ORDINAL: Final = re.compile(r"\b(lan thu|thu|lan) ([a-z]+)")
_EDITION_NUMBER: Final = re.compile(r"(?<!\d)\d{1,2}(?!\d)")  # four digits are a year
_ORDINAL_EDITION: Final = re.compile(
    r"(?:lan thu|lan|ed|edition|xuat ban lan)\s*(\d+)|(\d+)(?:st|nd|rd|th|d)?\s*(?:ed|lan)"
)
_REVISED: Final = re.compile(r"sua chua|bo sung|chinh ly|chinh li|rev|enl|corr|augm|expanded|new ed|nouv")
_REPRINT: Final = re.compile(r"tai ban|in lai|reprint|\brepr|facsim|reissue|impression|anh ban|chup lai")
_WORD: Final = re.compile(r"\w+")


@lru_cache(maxsize=_REMEMBERED)
def edition_key(edition: str) -> str:
    """An edition statement as "number kind": "Tái bản lần thứ 2" → "2 r", "In lần 3" → "3", "1st rev. ed." → "1 v".

    ``r`` says reprint or tái bản, ``v`` revised. "" where the statement says none of this.
    """
    if not edition:
        return ""
    text = _SPOKEN_ORDINAL.sub(lambda m: f"{m[1]} {_NUMBERS.get(m[2], m[2])}", fold(edition))
    text = " ".join(_ENGLISH.get(word, word) for word in _WORD.findall(text))
    match = _ORDINAL_EDITION.search(text)
    number = next((g for g in match.groups() if g), "") if match else next(iter(_EDITION_NUMBER.findall(text)), "")
    kind = ("r" if _REPRINT.search(text) else "") + ("v" if _REVISED.search(text) else "")
    return f"{number.lstrip('0')} {kind}".strip()


# ------------------------------------------------------------------------------------------------ publishers, places

_PUBLISHER_NOISE: Final = frozenset(
    """nxb nha xuat ban publisher publishers publishing publications press pub co cty cong ty tnhh cp co phan company
    inc ltd limited and the of sons bros brothers university univ u verlag editions edition editeur libr librairie
    thong tin va mtv tap doan xn""".split()
)
_PUBLISHER_WORDS: Final = {
    "government": "govt", "gov't": "govt", "printing": "print", "print": "print", "office": "off",
    "gpo": "govt print off",
    "g": "", "p": "", "o": "", "ktts": "khoa hoc ky thuat", "khkt": "khoa hoc ki thuat", "ctqg": "chinh tri quoc gia",
    "khxh": "khoa hoc xa hoi", "dhqg": "dai hoc quoc gia", "dhqghn": "dai hoc quoc gia ha noi",
    "dhsp": "dai hoc su pham", "qdnd": "quan doi nhan dan", "vhtt": "van hoa", "gd": "giao duc", "tphcm": "ho chi minh",
    "hcm": "ho chi minh", "tre": "tre", "hn": "ha noi",
}  # fmt: skip
_NXB: Final = re.compile(r"\bn\.?\s?x\.?\s?b\b\.?", re.IGNORECASE)
_PLACE_NOISE: Final = frozenset("tp thanh pho city tinh province and etc n y s l".split())
_PLACES: Final = {
    "h": "ha noi", "hn": "ha noi", "hanoi": "ha noi", "s": "sai gon", "sg": "sai gon", "saigon": "sai gon",
    "hcm": "ho chi minh", "tphcm": "ho chi minh", "hcmc": "ho chi minh", "qn": "quang ninh", "hp": "hai phong",
    "ny": "new york", "d": "", "c": "", "mass": "", "ill": "", "calif": "", "pa": "", "eng": "", "england": "",
}  # fmt: skip


@lru_cache(maxsize=_REMEMBERED)
def publisher_key(publisher: str) -> str:
    """A publisher's name folded, without "Nxb.", "Nhà xuất bản" and the like, common abbreviations spelled out.

    A name that consists of nothing else keeps its words: "Nxb. Tổng hợp" is "tong hop", "Thông tin" stays itself.
    """
    if not publisher:
        return ""
    words = folded_tokens(_NXB.sub(" ", publisher.replace("'", "")))
    spelled = " ".join(_PUBLISHER_WORDS.get(w, w) for w in words).split()
    kept = [w for w in spelled if w not in _PUBLISHER_NOISE]
    return " ".join(kept or spelled)


@lru_cache(maxsize=_REMEMBERED)
def place_key(place: str) -> str:
    """A place of publication folded and spelled out: "H.", "Hanoi" and "Hà Nội" are "ha noi" (rule MAT-14)."""
    if not place:
        return ""
    words = folded_tokens(place)
    spelled = " ".join(_PLACES.get(w, w) for w in words if w not in _PLACE_NOISE).split()
    return " ".join(spelled or words)


# ------------------------------------------------------------------------------------------------ extent


class Extent(NamedTuple):
    """What 300 says in numbers: pages (or leaves) of the main sequence, volumes, height in cm. None where silent."""

    pages: int | None
    volumes: int | None
    height: int | None


# "3 p. l.," and "2 l.," count leaves before the text, plates stand apart: neither is the text's length
_UNCOUNTED: Final = re.compile(
    r"\d*\s*p?\.?\s*[lℓ]\b\.?\s*,|"
    r"\[?\d+\]?\s*p\.?\s*[lℓ]\b|\d+\]?\s*(?:leaves|leaf|l\.?|p\.?)?\s*(?:of )?(?:plates?|pl)\b"
)
_PAGES: Final = re.compile(
    r"(?P<numbers>[\d\[\]()?, -]*\d[\])?]*)\s*(?:p\b|pp\b|pages?|tr\b|trang|l\b|leaves|leaf|to\b|s\b|с\b|ff?\b)"
)
_RANGE: Final = re.compile(r"(\d{1,5})\]?\s*-\s*(\d{1,5})")
_PAGES_BEHIND: Final = re.compile(r"^\W*(?:tr|p|pp|trang)\b\.?\s*(?P<from>\d{1,5})\s*-\s*(?P<last>\d{1,5})")
_NUMBER: Final = re.compile(r"\d{1,5}")
_LEAVES_BEFORE: Final = re.compile(r"\[?\d+\]?\s*p\.?\s*[lℓ]\b")  # alone they tell nothing of the text
_NOT_ARABIC: Final = re.compile(
    r"\[?\b(?!l\b)[ivxlc]+\b\]?(?:\s*[,-]|(?=\s*pp?\b))|-\s*\[?[ivxlc]+\b\]?|\bnumb(?:ered)?\b\.?"
)
_LEFT_OVER: Final = re.compile(r",[\s,]*(?=pp?\b)")
_THOUSANDS: Final = re.compile(r"(?<![\d.,])([1-3])[.,](\d{3})(?=\s*(?:p\b|pages?\b|tr\b|trang\b))")
_SLIP: Final = re.compile(r"(?<=\d)l(?=\d|\]?\s*p\b)|(?<=\[)l(?=\])")  # "4l6 p.", "[l] p."
_BROKEN: Final = re.compile(r"(?<=\d)\]?\.\s+(?=\[?\d)")  # "86. [1] p."
_VOLUMES: Final = re.compile(r"(\d{1,3})\s*(?:v\b|vol|tap\b|quyen\b|q\b|t\b|bd\b|cuon\b)")
_HEIGHT: Final = re.compile(r"(\d{1,3})(?:[.,]\d| 1/2)?\s*(?:x\s*\d+\s*)?cm")
_COPIES: Final = re.compile(r"\b\d{1,4}\s*(?:ban|b)\b")


@lru_cache(maxsize=_REMEMBERED)
def extent_of(extent: str) -> Extent:
    """Read "xii, 312 tr. : minh hoạ ; 21 cm" as 312 pages of 21 cm; "2 v." or "3 tập" as volumes."""
    if not extent:
        return Extent(None, None, None)
    text = _COPIES.sub(" ", fold(extent))
    height = _HEIGHT.search(text)
    body = text[: height.start()] if height else text
    volumes = _VOLUMES.search(body)
    return Extent(
        _pages(body.partition(":")[0]), int(volumes[1]) if volumes else None, int(height[1]) if height else None
    )


def _pages(body: str) -> int | None:
    """Pages of the main sequence: the largest of "xii, 312, [4] p."; a range that begins late is an article's.

    Not so one that goes on from what is counted before it: "xxxii, [33]-191 p." has 191 pages.
    """
    body = _BROKEN.sub(", ", _SLIP.sub("1", _THOUSANDS.sub(r"\1\2", body)))
    text = _LEFT_OVER.sub(" ", _NOT_ARABIC.sub(" ", _UNCOUNTED.sub(" ", body)))
    for said in (body, text):
        if match := _PAGES_BEHIND.match(said):
            return _span(int(match["from"]), int(match["last"]), goes_on=False)
    found = [*_PAGES.finditer(text)] or [*_PAGES.finditer(_LEAVES_BEFORE.sub(" ", body))]
    lengths: list[int] = []
    goes_on = text != body
    for match in found:
        numbers = match["numbers"]
        singles = [int(n) for n in _NUMBER.findall(_RANGE.sub(" ", numbers))]
        goes_on = goes_on or bool(singles)
        lengths += [_span(int(m[1]), int(m[2]), goes_on=goes_on) for m in _RANGE.finditer(numbers)]
        lengths += singles
    return max(lengths, default=None)


def _span(begins: int, last: int, *, goes_on: bool) -> int:
    return last - begins + 1 if 20 < begins < last and not goes_on else last


# ------------------------------------------------------------------------------------------------ names, years, texts

_YEARS: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_STRANGE: Final = re.compile("[¡-¿×÷ÄÅÆÇËÎÏÑÖØÛÜäåæçëîïñöøûüßþÞ−‹›†‡ƒ„‰Œœ™]|(?<=[A-Za-z])[À-ÖØ-ÝĐ](?=[a-z])")
_VIQR: Final = re.compile(r"[aeiouyAEIOUY][\^(+]?[`'?~.](?=\w)|[aeouAEOU][\^(+]|\bdd(?=[aeiou])", re.IGNORECASE)
_DAMAGES: Final = ("tcvn3-in-utf-8", "vni-in-utf-8", "utf-8-double", "viscii-in-utf-8")


@lru_cache(maxsize=_REMEMBERED)
def name_forms(name: str) -> tuple[str, str]:
    """A name as alphabetically ordered words, exact and folded: direct and inverted forms are one."""
    exact, folded = token_pairs(direct_form(name))
    return " ".join(sorted(exact)), " ".join(sorted(folded))


def years_in(text: str) -> list[int]:
    """Every plausible year of a date statement such as "1966 [c1967]"."""
    return [int(y) for y in _YEARS.findall(text)]


_UNSURE: Final = re.compile(r"\?|\d-|\bca\b|khoảng|between", re.IGNORECASE)
_SPAN: Final = re.compile(r"(1[4-9]|20)\d\d\s*-\s*\d")


def is_unsure(text: str) -> bool:
    """Whether a date statement is a guess: "[1949?]", "[19--]", "ca. 1900". A span "1872-77" is none."""
    if text.isascii() and text.isdigit():  # "1998": most of them
        return False
    return bool(_UNSURE.search(_SPAN.sub(" ", text)))


def damage_of(texts: str) -> str:
    """The encoding in which the Vietnamese texts of a record (joined) must be read again, "" where they are sound.

    "Khæ mÉu MARC 21" is TCVN3: the reading that is clearly more Vietnamese wins. Texts without characters, or capitals
    within words, that are strange to Vietnamese are not looked at.
    """
    if texts.isascii():
        # VIQR writes marks as punctuation behind the vowel: "Nha` vua" is an accident, four such words are not
        if len(_VIQR.findall(texts)) < 4:
            return ""
        return "viqr" if syllable_share(decoder("viqr")(texts.encode())) >= 0.75 else ""
    if not _STRANGE.search(texts):
        return ""
    best, share = "", syllable_share(texts) + 0.02
    for name in _DAMAGES:
        try:
            got = syllable_share(decoder(name)(texts.encode()))
        except UnicodeDecodeError:
            continue
        if got > share and got >= 0.75:
            best, share = name, got
    return best


def undamaged(text: str, damage: str) -> str:
    """A text read again in the encoding that `damage_of` named."""
    if not damage or (text.isascii() and damage != "viqr"):
        return text
    try:
        return decoder(damage)(text.encode())
    except UnicodeDecodeError:
        return text
