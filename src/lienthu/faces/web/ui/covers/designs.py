# ruff: noqa: E501  (path data does not wrap)
"""The family of covers: which design a work gets and how its words are set on it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from html import escape

from lienthu.faces.web.ui.covers import motifs, scenes
from lienthu.faces.web.ui.covers.motifs import n
from lienthu.faces.web.ui.covers.palettes import DARK, LIGHT, PALETTES, Palette
from lienthu.faces.web.ui.covers.typeset import clean, fit, shorten, text_width

WIDTH, HEIGHT = 200, 300
SERIF = "'Noto Serif Variable','Noto Serif','Times New Roman',serif"
SANS = "'Be Vietnam Pro','Segoe UI',Roboto,sans-serif"
_SIZES = (33.0, 30.0, 27.0, 24.5, 22.0, 20.0, 18.0, 16.5, 15.0, 13.5, 12.0)


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    subtitle: str
    author: str
    year: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a design wants its title: a box, an alignment and a colour."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    soft: str
    centred: bool = False
    middle: bool = False  # centred vertically too
    largest: float = 33.0


Design = Callable[[str, Words, Palette, int], str]


def _line(text: str, x: float, y: float, size: float, colour: str, *, centred: bool, extra: str = "") -> str:
    anchor = ' text-anchor="middle"' if centred else ""
    return f'<text x="{n(x)}" y="{n(y)}" font-size="{n(size)}" fill="{colour}"{anchor}{extra}>{escape(text)}</text>'


def set_title(words: Words, place: Place) -> str:
    """The title, as large as the box allows, and under it the subtitle at a good half of that size."""
    share = 0.68 if words.subtitle else 1.0
    sizes = tuple(size for size in _SIZES if size <= place.largest)
    title = fit(words.title, width=place.width, height=place.height * share, sizes=sizes)
    left = place.height - title.height - 4
    subtitle = None
    if words.subtitle and left > 14:
        below = tuple(size for size in (15.0, 13.5, 12.0, 11.0, 10.0) if size <= title.size * 0.72) or (9.5,)
        subtitle = fit(words.subtitle, width=place.width, height=left, sizes=below)
    total = title.height + (subtitle.height + 4 if subtitle else 0)
    x = place.x + place.width / 2 if place.centred else place.x
    y = place.y + (max(0.0, place.height - total) / 2 if place.middle else 0)
    out = []
    for index, line in enumerate(title.lines):
        base = y + title.size * (0.98 + index * title.leading)
        out.append(_line(line, x, base, title.size, place.colour, centred=place.centred, extra=' font-weight="600"'))
    if subtitle:
        y += title.height + 4
        for index, line in enumerate(subtitle.lines):
            base = y + subtitle.size * (0.98 + index * subtitle.leading)
            out.append(_line(line, x, base, subtitle.size, place.soft, centred=place.centred))
    return "".join(out)


def set_author(words: Words, x: float, y: float, width: float, colour: str, *, centred: bool = False) -> str:
    """Author on one line (cut if need be), the year on the next; y is the baseline of the last line."""
    out = []

    if words.year:
        out.append(f'<g font-family="{SANS}">{_line(words.year, x, y, 10, colour, centred=centred)}</g>')
        y -= 14
    if words.author:
        size = 11.5 if text_width(words.author) * 11.5 <= width else 10
        name = shorten(words.author, width / size)
        out.append(f'<g font-family="{SANS}" font-weight="500">{_line(name, x, y, size, colour, centred=centred)}</g>')
    return "".join(out)


def _clip(uid: str, x: float, y: float, w: float, h: float, inner: str) -> str:
    box = f'<rect x="{n(x)}" y="{n(y)}" width="{n(w)}" height="{n(h)}"/>'
    return f'<clipPath id="{uid}k">{box}</clipPath><g clip-path="url(#{uid}k)">{inner}</g>'


def _foot(motif: motifs.Motif, height: float = 118) -> Design:
    def draw(uid: str, words: Words, p: Palette, seed: int) -> str:
        top = HEIGHT - height
        out = _clip(uid, 0, top, WIDTH, height, motif(uid, 0, top, WIDTH, height, p))
        out += set_title(words, Place(18, 46, 164, top - 60, p.ink, p.soft))
        return out + set_author(words, 18, 27, 164, p.soft) if not words.year else out + _head_line(words, p)

    return draw


def _head_line(words: Words, p: Palette) -> str:
    """Author left and year right above the title."""
    width = 124.0 if words.author else 164.0
    name = shorten(words.author, width / 10.5) if words.author else ""
    out = f'<g font-family="{SANS}" font-weight="500">'
    if name:
        out += _line(name, 18, 27, 10.5, p.soft, centred=False)
    return out + _line(words.year, 182, 27, 10.5, p.soft, centred=False, extra=' text-anchor="end"') + "</g>"


def _slip(motif: motifs.Motif) -> Design:
    def draw(uid: str, words: Words, p: Palette, seed: int) -> str:
        out = _clip(uid, 0, 0, WIDTH, HEIGHT, motif(uid, 0, 0, WIDTH, HEIGHT, p))
        out += f'<rect x="24" y="34" width="152" height="196" fill="{p.slip}"/>'
        out += f'<rect x="28.5" y="38.5" width="143" height="187" fill="none" stroke="{p.a}" stroke-width="1.6"/>'
        out += f'<rect x="32" y="42" width="136" height="180" fill="none" stroke="{p.a}" stroke-width=".7"/>'
        out += set_title(words, Place(40, 50, 120, 126, p.slip_ink, p.slip_ink, centred=True, middle=True, largest=27))
        return out + set_author(words, 100, 212, 120, p.slip_ink, centred=True)

    return draw


def _medallion(motif: motifs.Motif) -> Design:
    def draw(uid: str, words: Words, p: Palette, seed: int) -> str:
        out = f'<rect x="9" y="9" width="182" height="282" fill="none" stroke="{p.b}" stroke-width="1.2"/>'
        out += f'<rect x="12.5" y="12.5" width="175" height="275" fill="none" stroke="{p.b}" stroke-width=".6"/>'
        out += motif(uid, 52, 28, 96, 96, p)
        out += set_title(words, Place(24, 134, 152, 108, p.ink, p.soft, centred=True, middle=True, largest=27))
        return out + set_author(words, 100, 274, 152, p.soft, centred=True)

    return draw


def _spine(uid: str, words: Words, p: Palette, seed: int) -> str:
    """A woven band down the back, title beside it."""
    band = f'<g transform="translate(8 300) rotate(-90)">{motifs.brocade_row(0, 0, 300, p)}</g>'
    out = _clip(uid, 0, 0, 60, HEIGHT, band)
    out += set_title(words, Place(66, 30, 120, 190, p.ink, p.soft, largest=27))
    return out + set_author(words, 66, 276, 120, p.soft)


def _bands(uid: str, words: Words, p: Palette, seed: int) -> str:
    """Woven bands above and below."""
    rows = motifs.brocade_row(0, 14, WIDTH, p) + motifs.brocade_row(0, 242, WIDTH, p)
    out = _clip(uid, 0, 0, WIDTH, HEIGHT, rows)
    out += set_title(words, Place(18, 70, 164, 122, p.ink, p.soft, centred=True, middle=True, largest=30))
    return out + set_author(words, 100, 230, 164, p.soft, centred=True)


BOOKS: tuple[Design, ...] = (
    _foot(motifs.waves),
    _foot(motifs.islands, 128),
    _slip(motifs.clouds),
    _slip(motifs.waves),
    _medallion(motifs.drum),
    _medallion(motifs.lotus),
    _spine,
    _bands,
)


def _serial(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = f'<rect width="200" height="112" fill="{p.a}"/><rect y="112" width="200" height="4" fill="{p.accent}"/>'
    out += f'<rect x="12" y="12" width="176" height="88" fill="{p.slip}"/>'
    out += set_title(words, Place(20, 17, 160, 78, p.slip_ink, p.slip_ink, centred=True, middle=True, largest=27))
    out += scenes.columns(p, 16, 132, 168, 104)
    return out + set_author(words, 100, 284, 168, p.soft, centred=True)


def _article(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = f'<path d="M16 14h146l22 22v250H16z" fill="{p.slip}"/><path d="M162 14v22h22z" fill="{p.b}"/>'
    out += set_title(words, Place(30, 44, 140, 112, p.slip_ink, p.slip_ink, largest=22))
    out += set_author(words, 30, 186, 140, p.slip_ink)
    return out + scenes.text_lines(p.b, 30, 202, 64, 9) + scenes.text_lines(p.b, 106, 202, 64, 9)


def _map(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = _clip(uid, 0, 0, WIDTH, HEIGHT, scenes.contours(p, seed))
    out += f'<rect x="7" y="7" width="186" height="286" fill="none" stroke="{p.ink}" stroke-width="4"/>'
    out += f'<rect x="7" y="7" width="186" height="286" fill="none" stroke="{p.ground}" stroke-width="2" stroke-dasharray="12 12"/>'
    out += scenes.compass(p, 158, 46)
    out += f'<rect x="20" y="150" width="160" height="124" fill="{p.slip}" stroke="{p.a}" stroke-width="1.5"/>'
    out += set_title(words, Place(30, 156, 140, 80, p.slip_ink, p.slip_ink, middle=True, largest=24.5))
    return out + set_author(words, 30, 265, 140, p.slip_ink)


def _score(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = _clip(uid, 0, 172, WIDTH, 128, scenes.staves(p, seed))
    out += set_title(words, Place(18, 22, 164, 112, p.ink, p.soft))
    return out + set_author(words, 18, 160, 164, p.soft)


def _audio(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = _clip(uid, 0, 140, WIDTH, 160, scenes.record(uid, p))
    out += set_title(words, Place(18, 20, 164, 98, p.ink, p.soft))
    return out + set_author(words, 18, 140, 164, p.soft)


def _audiobook(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = _clip(uid, 0, 150, WIDTH, 150, scenes.speaking_book(p))
    out += set_title(words, Place(18, 16, 164, 94, p.ink, p.soft, centred=True, middle=True))
    return out + set_author(words, 100, 136, 164, p.soft, centred=True)


def _video(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = scenes.film(p) + _clip(uid, 30, 16, 140, 116, motifs.islands(uid, 30, 16, 140, 116, p))
    out += set_title(words, Place(34, 148, 132, 92, p.ink, p.soft, centred=True, middle=True, largest=24.5))
    return out + set_author(words, 100, 276, 132, p.soft, centred=True)


def _picture(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = f'<rect x="12" y="12" width="176" height="276" fill="{p.slip}"/>'
    out += f'<rect x="24" y="24" width="152" height="140" fill="{p.ground}"/>'
    out += _clip(uid, 24, 24, 152, 140, motifs.islands(uid, 24, 24, 152, 140, p))
    out += f'<rect x="24" y="24" width="152" height="140" fill="none" stroke="{p.a}" stroke-width="1.5"/>'
    out += set_title(words, Place(26, 172, 148, 76, p.slip_ink, p.slip_ink, centred=True, middle=True, largest=22))
    return out + set_author(words, 100, 277, 148, p.slip_ink, centred=True)


def _electronic(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = scenes.stitches(p, seed)
    out += set_title(words, Place(18, 24, 164, 110, p.ink, p.soft))
    return out + set_author(words, 18, 160, 164, p.soft)


def _thesis(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = f'<rect x="10" y="10" width="180" height="280" fill="none" stroke="{p.accent}" stroke-width="2"/>'
    out += f'<rect x="15" y="15" width="170" height="270" fill="none" stroke="{p.accent}" stroke-width=".8"/>'
    out += scenes.corners(p.accent)
    out += motifs.drum(uid, 80, 30, 40, 40, p)
    out += set_title(words, Place(26, 84, 148, 138, p.ink, p.soft, centred=True, middle=True, largest=22))
    return out + set_author(words, 100, 268, 148, p.soft, centred=True)


def _manuscript(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = scenes.thread_binding(p)
    out += f'<rect x="20" y="24" width="112" height="196" fill="{p.slip}" stroke="{p.accent}" stroke-width="2"/>'
    out += f'<rect x="24" y="28" width="104" height="188" fill="none" stroke="{p.accent}" stroke-width=".7"/>'
    out += set_title(words, Place(31, 34, 90, 176, p.slip_ink, p.slip_ink, centred=True, middle=True, largest=24.5))
    return out + set_author(words, 20, 276, 130, p.soft)


def _kit(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = _clip(uid, 14, 14, 172, 132, scenes.tiles(uid, p))
    out += set_title(words, Place(18, 158, 164, 88, p.ink, p.soft, largest=27))
    return out + set_author(words, 18, 278, 164, p.soft)


def _object(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = scenes.vase(p) + set_title(
        words, Place(20, 172, 160, 80, p.ink, p.soft, centred=True, middle=True, largest=24.5)
    )
    return out + set_author(words, 100, 280, 160, p.soft, centred=True)


def _mixed(uid: str, words: Words, p: Palette, seed: int) -> str:
    out = f'<rect x="34" y="16" width="150" height="250" fill="{p.a}" transform="rotate(5 110 140)"/>'
    out += f'<rect x="26" y="18" width="150" height="250" fill="{p.b}" transform="rotate(-4 100 140)"/>'
    out += f'<rect x="24" y="24" width="152" height="252" fill="{p.slip}"/><rect x="24" y="24" width="152" height="7" fill="{p.accent}"/>'
    out += set_title(words, Place(36, 44, 128, 170, p.slip_ink, p.slip_ink, largest=27))
    return out + set_author(words, 36, 262, 128, p.slip_ink)


DESIGNS: Mapping[str, tuple[tuple[Design, ...], tuple[Palette, ...]]] = {
    "book": (BOOKS, PALETTES),
    "serial": ((_serial,), PALETTES),
    "article": ((_article,), PALETTES),
    "map": ((_map,), LIGHT),
    "score": ((_score,), PALETTES),
    "audio": ((_audio,), DARK),
    "audiobook": ((_audiobook,), PALETTES),
    "video": ((_video,), DARK),
    "picture": ((_picture,), LIGHT),
    "electronic": ((_electronic,), PALETTES),
    "thesis": ((_thesis,), DARK),
    "manuscript": ((_manuscript,), PALETTES),
    "kit": ((_kit,), PALETTES),
    "object": ((_object,), PALETTES),
    "mixed": ((_mixed,), PALETTES),
}


def _split(title: str) -> tuple[str, str]:
    """Title proper and subtitle: "Truyện Kiều : khảo đính" as ISBD has it, "Vịnh Hạ Long: di sản" as readers do."""
    parts = re.split(r" ?: ", title, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and len(parts[0]) > 1 and parts[1] else (title, "")


@lru_cache(maxsize=2048)
def cover_svg(*, title: str, author: str = "", year: str = "", material_type: str = "book", key: str = "") -> str:
    """A typeset cover, 2 : 3, as one SVG element that needs no CSS.

    A cover takes about a millisecond; the last 2,000 (8 MB) are kept, as the same titles lead many lists.
    The same `key` (without one: the words themselves) always gives the same cover; `material_type` is one of
    MATERIAL_TYPES, others are set as books. Any text is safe: it is cleaned for XML and escaped.
    """
    main, subtitle = _split(clean(title)[:400])
    words = Words(main or "—", subtitle, clean(author)[:200], clean(str(year))[:24])
    digest = blake2b(f"{key or (title, author)}|{material_type}".encode("utf-8", "replace"), digest_size=8).digest()
    seed = int.from_bytes(digest, "big")
    designs, palettes = DESIGNS.get(material_type, DESIGNS["book"])
    palette = palettes[seed % len(palettes)]
    design = designs[(seed >> 16) % len(designs)]
    uid = f"c{digest.hex()[:10]}"
    label = escape(" – ".join(filter(None, (words.title, words.author))), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{label}" font-family="{SERIF}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{palette.ground}"/>{design(uid, words, palette, seed)}'
        f'<path d="M7.5 0V300" stroke="#000" stroke-opacity=".13" stroke-width="1.2"/><path d="M9 0V300" stroke="#fff" stroke-opacity=".12"/></svg>'
    )
