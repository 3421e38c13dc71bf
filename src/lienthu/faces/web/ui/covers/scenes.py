# ruff: noqa: E501  (path data does not wrap)
"""What only one material type shows: staves, a record, film, a thread binding …"""

from math import cos, pi, sin

from lienthu.faces.web.ui.covers import motifs
from lienthu.faces.web.ui.covers.motifs import n, ring, star_path
from lienthu.faces.web.ui.covers.palettes import Palette


def text_lines(colour: str, x: float, y: float, w: float, count: int) -> str:
    """Lines of print too small to read; the last one ends early."""
    rows = "".join(f"M{n(x)} {n(y + i * 8.5)}h{n(w if i < count - 1 else w * 0.6)}" for i in range(count))
    return f'<path d="{rows}" stroke="{colour}" stroke-width="2.6"/>'


def columns(p: Palette, x: float, y: float, w: float, h: float) -> str:
    """A newspaper page: a picture and three columns."""
    third = (w - 16) / 3
    out = f'<rect x="{n(x)}" y="{n(y)}" width="{n(2 * third + 8)}" height="{n(h * 0.5)}" fill="{p.b}"/>'
    base = y + h * 0.5
    out += f'<path d="M{n(x)} {n(base)}l22-30 16 18 26-36 24 30 {n(2 * third + 8 - 88)} -8v26z" fill="{p.a}"/>'
    for column in range(3):
        top = y + 2 if column == 2 else base + 10
        out += text_lines(p.b, x + column * (third + 8), top, third, 12 if column == 2 else 5)
    return out


def contours(p: Palette, seed: int) -> str:
    """Two hills in contour lines, a coast, a grid."""
    grid = "".join(f"M{step} 0V300" for step in range(33, 200, 33)) + "".join(
        f"M0 {step}H200" for step in range(33, 300, 33)
    )
    out = f'<path d="{grid}" stroke="{p.b}" stroke-width=".8"/>'
    for cx, cy, size in ((62 + seed % 30, 84, 66.0), (150, 150 - seed % 24, 44.0)):
        r = size
        while r > 6:
            out += f'<path d="{_wobble(cx, cy, r, seed)}" fill="none" stroke="{p.a}" stroke-width="1.3"/>'
            r -= 9
    return out


def _wobble(cx: float, cy: float, r: float, seed: int) -> str:
    points = []
    for step in range(24):
        angle = 2 * pi * step / 24
        bend = 1 + 0.13 * sin(3 * angle + seed % 7) + 0.08 * cos(5 * angle + seed % 5)
        points.append((cx + r * bend * cos(angle) * 1.2, cy + r * bend * sin(angle) * 0.9))
    start = points[-1]
    path = f"M{n((start[0] + points[0][0]) / 2)} {n((start[1] + points[0][1]) / 2)}"
    for here, then in zip(points, points[1:] + points[:1], strict=True):
        path += f"Q{n(here[0])} {n(here[1])} {n((here[0] + then[0]) / 2)} {n((here[1] + then[1]) / 2)}"
    return path + "z"


def compass(p: Palette, cx: float, cy: float) -> str:
    out = f'<circle cx="{n(cx)}" cy="{n(cy)}" r="21" fill="{p.slip}"/>' + ring(cx, cy, 21, p.a, 1.2)
    out += f'<path d="{star_path(cx, cy, 12, 4, 4)}" fill="{p.b}" transform="rotate(45 {n(cx)} {n(cy)})"/>'
    return out + f'<path d="{star_path(cx, cy, 18, 4, 4)}" fill="{p.accent}"/>'


def staves(p: Palette, seed: int) -> str:
    """Three staves with a melody taken from the key."""
    out = ""
    for row in range(3):
        top = 184 + row * 38
        lines = "".join(f"M0 {n(top + i * 5)}h200" for i in range(5))
        out += f'<path d="{lines}" stroke="{p.b}" stroke-width="1"/>'
        for step in range(7):
            pitch = (seed >> (row * 14 + step * 2)) % 8
            x, y = 20 + step * 26, top + 20 - pitch * 2.5
            stem = f"M{n(x + 4.5)} {n(y - 1)}v-19" if pitch < 5 else f"M{n(x - 4.5)} {n(y + 1)}v19"
            out += f'<path d="{stem}" stroke="{p.accent}" stroke-width="1.5"/>'
            out += f'<ellipse cx="{n(x)}" cy="{n(y)}" rx="5" ry="3.7" fill="{p.accent}" transform="rotate(-18 {n(x)} {n(y)})"/>'
    return out


def record(uid: str, p: Palette) -> str:
    """A record rising from the foot of the cover, a drum face for its label."""
    cx, cy = 100.0, 268.0
    out = f'<circle cx="{n(cx)}" cy="{n(cy)}" r="104" fill="{p.a}"/>'
    out += "".join(ring(cx, cy, r, p.ground, 0.9) for r in range(58, 104, 6))
    return out + motifs.drum(uid, cx - 50, cy - 50, 100, 100, p)


def speaking_book(p: Palette) -> str:
    """An open book with sound rising from it."""
    out = "".join(ring(100, 264, r, p.b if index % 2 else p.a, 5) for index, r in enumerate(range(32, 110, 13)))
    out += f'<path d="M0 262H200V300H0z" fill="{p.ground}"/>'
    out += f'<path d="M100 282C82 266 56 264 30 270V240C56 234 82 238 100 252C118 238 144 234 170 240V270C144 264 118 266 100 282z" fill="{p.slip}"/>'
    out += f'<path d="M100 252V282M42 248C58 245 76 247 88 254M42 257C58 254 76 256 88 263M158 248C142 245 124 247 112 254M158 257C142 254 124 256 112 263" fill="none" stroke="{p.a}" stroke-width="2"/>'
    return (
        out
        + f'<path d="M100 288C82 272 56 270 26 277M100 288C118 272 144 270 174 277" fill="none" stroke="{p.accent}" stroke-width="3.5" stroke-linecap="round"/>'
    )


def film(p: Palette) -> str:
    holes = "".join(f"M6 {n(y)}h10v11h-10zM184 {n(y)}h10v11h-10z" for y in range(8, 292, 21))
    return (
        f'<path d="M0 0h22v300H0zM178 0h22v300h-22z" fill="{p.slip_ink}"/><path d="{holes}" fill="{p.slip}"/>'
        f'<rect x="30" y="16" width="140" height="116" fill="{p.ground}" stroke="{p.b}" stroke-width="1.5"/>'
    )


def stitches(p: Palette, seed: int) -> str:
    """Cross-stitch on a grid, mirrored like cloth: each key has its own pattern."""
    cells: dict[str, str] = {p.a: "", p.b: "", p.accent: ""}
    bits = seed * 0x9E3779B97F4A7C15 & (1 << 128) - 1
    colours = (p.a, p.a, p.b, p.accent)
    for row in range(6):
        for column in range(5):
            shift = (row * 5 + column) * 3 % 120
            if (bits >> shift) & 1 or (row + column) % 3 == 0:
                colour = colours[(bits >> (shift + 1)) & 3]
                y = 178 + row * 20
                for mirrored in {column, 9 - column}:
                    cells[colour] += f"M{mirrored * 20 + 10} {y + 1}l9 9-9 9-9-9z"
    return "".join(f'<path d="{path}" fill="{colour}"/>' for colour, path in cells.items() if path)


def corners(colour: str) -> str:
    """Fretted corners of a diploma."""
    corner = "M22 46V22H46M28 46V28H46M22 34h12V22"
    places = (
        "",
        "translate(200 0) scale(-1 1)",
        "translate(0 300) scale(1 -1)",
        "translate(200 300) scale(-1 -1)",
    )
    return "".join(
        f'<path d="{corner}" fill="none" stroke="{colour}" stroke-width="1.6"{f" transform={chr(34)}{place}{chr(34)}" if place else ""}/>'
        for place in places
    )


def thread_binding(p: Palette) -> str:
    """A sewn book of mulberry paper, bound on the right as Hán-Nôm books are."""
    out = "".join(f'<path d="M{n(x)} 0V300" stroke="{p.b}" stroke-width=".9"/>' for x in range(20, 168, 16))
    out += f'<rect x="168" width="32" height="300" fill="{p.a}"/>'
    stitches_ = "M178 0V300" + "".join(f"M178 {y}H200" for y in (24, 108, 192, 276))
    return out + f'<path d="{stitches_}" fill="none" stroke="{p.slip}" stroke-width="2.2"/>'


def tiles(uid: str, p: Palette) -> str:
    """Four unlike pieces that belong together."""
    out = f'<rect x="14" y="14" width="84" height="64" fill="{p.a}"/><rect x="102" y="82" width="84" height="64" fill="{p.a}"/>'
    out += motifs.drum(uid, 28, 18, 56, 56, p)
    out += (
        motifs.brocade_row(102, 14, 84, p)
        + f'<path d="M102 68h84" stroke="{p.accent}" stroke-width="14" stroke-dasharray="6 4"/>'
    )
    out += (
        f'<path d="M14 82h84v64H14z" fill="{p.accent}"/>'
        + f'<path d="{star_path(56, 114, 26, 12, 8)}" fill="{p.ground}"/>'
    )
    return out + motifs.lotus(f"{uid}t", 114, 84, 60, 60, p)


def vase(p: Palette) -> str:
    """A blue-and-white jar with a band of waves."""
    shape = "M80 22H120C118 34 120 40 130 48C156 66 158 104 138 134C134 142 132 148 134 156H66C68 148 66 142 62 134C42 104 44 66 70 48C80 40 82 34 80 22z"
    out = f'<circle cx="100" cy="90" r="82" fill="{p.b}" opacity=".55"/><path d="{shape}" fill="{p.slip}" stroke="{p.a}" stroke-width="2.2"/>'
    arcs = "".join(f"M{x} 108a9 9 0 0 1 18 0M{x + 4.5} 108a4.5 4.5 0 0 1 9 0" for x in range(55, 145, 18))
    out += f'<path d="M50 80C80 86 120 86 150 80M50 112C80 118 120 118 150 112M77 40H123" fill="none" stroke="{p.a}" stroke-width="2"/>'
    return (
        out
        + f'<path d="{arcs}" fill="none" stroke="{p.a}" stroke-width="1.8"/>'
        + f'<path d="{star_path(100, 64, 12, 5, 8)}" fill="{p.accent}"/>'
    )
