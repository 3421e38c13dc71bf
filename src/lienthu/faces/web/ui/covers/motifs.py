# ruff: noqa: E501  (path data does not wrap)
"""Motifs of woodblock, brocade and bronze, drawn with attributes only (no CSS: the page's policy forbids inline styles).

Every motif fills the box (x, y, width, height) it is given and is cut off there by the caller's clip path.
"""

from collections.abc import Callable
from math import cos, pi, sin

from lienthu.faces.web.ui.covers.palettes import Palette

Motif = Callable[[str, float, float, float, float, Palette], str]


def n(value: float) -> str:
    """A number as short as SVG allows."""
    return f"{round(value, 2):g}"


def at(x: float, y: float, inner: str, scale: float = 1) -> str:
    return f'<g transform="translate({n(x)} {n(y)}){f" scale({n(scale)})" if scale != 1 else ""}">{inner}</g>'


def ring(cx: float, cy: float, r: float, colour: str, width: float, dash: str = "", cap: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    caps = f' stroke-linecap="{cap}"' if cap else ""
    return f'<circle cx="{n(cx)}" cy="{n(cy)}" r="{n(r)}" fill="none" stroke="{colour}" stroke-width="{n(width)}"{dashes}{caps}/>'


def even_dash(r: float, count: int, on: float) -> str:
    """Dashes that go `count` times round a circle of radius r without a seam."""
    step = 2 * pi * r / count
    return f"{round(on, 3):g} {round(step - on, 3):g}"


def waves(uid: str, x: float, y: float, w: float, h: float, p: Palette) -> str:
    """Scales of concentric arcs, the water at the foot of old court robes."""
    scale = f'<g id="{uid}w"><circle r="20" fill="{p.ground}"/>'
    scale += ring(0, 0, 19, p.a, 2.4) + ring(0, 0, 14, p.b, 1.6) + ring(0, 0, 9.5, p.a, 1.6)
    scale += f'<circle r="4.5" fill="{p.b}"/></g>'
    out = [f"<defs>{scale}</defs>"]
    row = 0
    top = y + 20
    while top - 20 < y + h:
        left = x + (20 if row % 2 else 0)
        while left - 20 < x + w:
            out.append(f'<use href="#{uid}w" x="{n(left)}" y="{n(top)}"/>')
            left += 40
        top += 11
        row += 1
    return "".join(out)


def _cloud(main: str, second: str) -> str:
    return (
        f'<path d="M2 30C-4 18 8 10 17 15C19 3 38 1 43 12C54 6 66 15 61 27C58 34 48 33 47 26C46 20 54 18 56 23'
        f"M61 27C70 24 84 30 96 27C88 36 66 38 54 36C36 39 12 40 2 30C0 22 10 18 14 24C16 29 10 31 9 28"
        f'M24 28C20 18 34 12 39 20C42 27 33 31 31 26" fill="none" stroke="{main}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>'
        f'<path d="M66 19c8-3 16-1 22 2M-4 37c10 6 24 7 36 6" fill="none" stroke="{second}" stroke-width="2.2" stroke-linecap="round"/>'
    )


def clouds(uid: str, x: float, y: float, w: float, h: float, p: Palette) -> str:
    """Curling clouds, as carved on communal-house beams."""
    out = [f'<defs><g id="{uid}c">{_cloud(p.a, p.b)}</g></defs>']
    row = 0
    top = y - 12
    while top < y + h:
        left = x - 24 - (58 if row % 2 else 0)
        while left < x + w:
            out.append(f'<use href="#{uid}c" x="{n(left)}" y="{n(top)}"/>')
            left += 116
        top += 46
        row += 1
    return "".join(out)


_KARST = (
    "M0 0C2-14 6-22 9-36C11-50 16-61 24-63C31-64 33-56 37-53C43-51 45-41 47-31C49-20 55-12 60 0z",
    "M0 0C1-10 5-15 7-28C9-42 14-52 20-52C28-52 30-41 34-31C36-20 43-12 46 0z",
    "M0 0C4-8 9-9 15-18C21-29 29-28 34-19C40-13 52-9 58 0z",
)


def _boat(hull: str, sail: str) -> str:
    return (
        f'<path d="M-17-1C-12 6 12 6 18-3C8-1-8 0-17-1z" fill="{hull}"/>'
        f'<path d="M-1-3V-31C9-28 14-15 13-4zM-4-3C-9-9-10-17-5-24z" fill="{sail}"/>'
        f'<path d="M0-25L7-22M0-18L11-14M0-11L13-8" stroke="{hull}" stroke-width="1"/>'
    )


def islands(uid: str, x: float, y: float, w: float, h: float, p: Palette) -> str:
    """The bay of Hạ Long: sun, two ranges of karst, a batten-sailed junk, ruled water."""
    sea = y + h * 0.72
    k = h / 110
    out = [f'<circle cx="{n(x + w * 0.68)}" cy="{n(sea - 52 * k)}" r="{n(19 * k)}" fill="{p.accent}"/>']
    far = [(0.02, 1, 1.05), (0.3, 2, 1.3), (0.52, 0, 0.72), (0.84, 1, 1.0)]
    near = [(-0.1, 0, 1.1), (0.17, 1, 0.75), (0.7, 2, 1.0), (0.88, 0, 1.15)]
    for colour, group in ((p.b, far), (p.a, near)):
        for left, shape, size in group:
            hatch = (
                ""
                if colour == p.b
                else f'<path d="M15-12C16-24 19-32 20-44M24-8C25-18 27-26 29-36" fill="none" stroke="{p.ground}" stroke-width="1.3" stroke-linecap="round" opacity=".55"/>'
                if shape == 0
                else ""
            )
            out.append(at(x + left * w, sea, f'<path d="{_KARST[shape]}" fill="{colour}"/>{hatch}', size * k))
    out.append(f'<rect x="{n(x)}" y="{n(sea)}" width="{n(w)}" height="{n(y + h - sea)}" fill="{p.ground}"/>')
    line = "".join(f"M{n(x - 10)} {n(sea + dy * k)}" + "q5-3 10 0t10 0" * int(w / 20 + 2) for dy in (5, 17, 29))
    out.append(f'<path d="{line}" fill="none" stroke="{p.a}" stroke-width="{n(1.4 * k)}" opacity=".85"/>')
    out.append(at(x + w * 0.47, sea + 7 * k, _boat(p.ink, p.accent), 0.95 * k))
    return "".join(out)


def star_path(cx: float, cy: float, outer: float, inner: float, points: int) -> str:
    corners = []
    for step in range(points * 2):
        r = inner if step % 2 else outer
        angle = pi * step / points - pi / 2
        corners.append(f"{n(cx + r * cos(angle))} {n(cy + r * sin(angle))}")
    return "M" + "L".join(corners) + "z"


def drum(uid: str, x: float, y: float, w: float, h: float, p: Palette) -> str:
    """The face of a Đông Sơn drum: a star of fourteen rays among hatched and dotted rings."""
    r = min(w, h) / 2
    cx, cy = x + w / 2, y + h / 2
    k = r / 50
    out = [f'<circle cx="{n(cx)}" cy="{n(cy)}" r="{n(r)}" fill="{p.a}"/>']
    out.append(ring(cx, cy, 47.5 * k, p.b, 1.2 * k))
    out.append(ring(cx, cy, 44 * k, p.b, 3.6 * k, even_dash(44 * k, 72, 1.4 * k)))
    out.append(ring(cx, cy, 40.5 * k, p.b, 1 * k))
    out.append(ring(cx, cy, 35.5 * k, p.b, 5.4 * k, even_dash(35.5 * k, 30, 0.01), "round"))
    out.append(ring(cx, cy, 35.5 * k, p.a, 2 * k, even_dash(35.5 * k, 30, 0.01), "round"))
    out.append(
        ring(cx, cy, 31 * k, p.b, 1 * k) + ring(cx, cy, 28.6 * k, p.b, 2.4 * k, even_dash(28.6 * k, 48, 1.3 * k))
    )
    out.append(ring(cx, cy, 26 * k, p.b, 1 * k))
    out.append(f'<path d="{star_path(cx, cy, 23.5 * k, 7.5 * k, 14)}" fill="{p.accent}"/>')
    out.append(ring(cx, cy, 4.2 * k, p.a, 1.2 * k))
    return "".join(out)


def lotus(uid: str, x: float, y: float, w: float, h: float, p: Palette) -> str:
    """A lotus seen from above, petals in three rounds, as on Lý and Trần stone pedestals."""
    r = min(w, h) / 2
    cx, cy = x + w / 2, y + h / 2
    k = r / 50
    petal = "M0 0C-13-12-12-34 0-48C12-34 13-12 0 0z"
    out = [f'<defs><path id="{uid}l" d="{petal}"/></defs>']
    for count, scale, fill, turn in ((12, 1.03, p.a, 0), (12, 0.8, p.b, 15), (8, 0.55, p.accent, 0)):
        petals = "".join(
            f'<use href="#{uid}l" transform="rotate({n(360 / count * step + turn)})"/>' for step in range(count)
        )
        out.append(
            f'<g fill="{fill}" stroke="{p.ground}" stroke-width="1.6" transform="translate({n(cx)} {n(cy)}) scale({n(k * scale)})">{petals}</g>'
        )
    out.append(f'<circle cx="{n(cx)}" cy="{n(cy)}" r="{n(9 * k)}" fill="{p.ground}"/>')
    out.append(ring(cx, cy, 5 * k, p.accent, 2.6 * k, even_dash(5 * k, 7, 0.01), "round"))
    return "".join(out)


def _zigzag(x: float, y: float, w: float, step: float, rise: float) -> str:
    return f"M{n(x)} {n(y)}" + f"l{n(step)} {n(-rise)} {n(step)} {n(rise)}" * int(w / (2 * step) + 1)


def brocade_row(x: float, y: float, w: float, p: Palette) -> str:
    """One band of woven cloth, 44 units high: zigzags, diamonds, a hooked border."""
    out = f'<rect x="{n(x)}" y="{n(y)}" width="{n(w)}" height="44" fill="{p.a}"/>'
    out += f'<path d="M{n(x)} {n(y + 2.5)}h{n(w)}M{n(x)} {n(y + 41.5)}h{n(w)}" stroke="{p.accent}" stroke-width="2"/>'
    out += f'<path d="M{n(x)} {n(y + 7)}h{n(w)}M{n(x)} {n(y + 37)}h{n(w)}" stroke="{p.b}" stroke-width="2.4" stroke-dasharray="2.5 2.5"/>'
    out += f'<path d="{_zigzag(x, y + 17, w, 5, 5)}{_zigzag(x, y + 37 - 5, w, 5, -5).replace("l5 5 5 -5", "l5-5 5 5")}" fill="none" stroke="{p.b}" stroke-width="1.6"/>'
    diamonds = crosses = ""
    left = x + 10
    while left < x + w + 10:
        diamonds += f"M{n(left)} {n(y + 15)}l7 7-7 7-7-7z"
        crosses += f"M{n(left)} {n(y + 19)}l3 3-3 3-3-3z"
        left += 20
    return out + f'<path d="{diamonds}" fill="{p.accent}"/><path d="{crosses}" fill="{p.a}"/>'


def brocade(uid: str, x: float, y: float, w: float, h: float, p: Palette) -> str:
    """Woven bands of the highland peoples of the province, one above the other."""
    out = []
    top = y
    while top < y + h:
        out.append(brocade_row(x, top, w, p))
        top += 46
    return "".join(out)
