"""A schematic map of Hạ Long and Bái Tử Long bays: real names about where they are, shores and rocks drawn freely."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from lienthu.faces.cli.sample.chance import seeded
from lienthu.faces.cli.sample.volumes.model import DublinCore, SampleVolume
from lienthu.faces.cli.sample.volumes.press import OWN_WORK, Press, Wanted
from lienthu.faces.cli.sample.volumes.records import LIBRARY
from lienthu.faces.cli.sample.volumes.scanning import WELL_KEPT

KEY: Final = "so-do-vinh-ha-long"
NUMBER: Final = "mau-so-007"
TITLE: Final = "Sơ đồ vịnh Hạ Long và vịnh Bái Tử Long"
Point = tuple[float, float]

_FRAME: Final = (15.0, 15.0, 282.0, 195.0)  # millimetres on the sheet
_WEST, _EAST, _SOUTH, _NORTH = 106.82, 107.52, 20.68, 21.12

_MAINLAND: Final = (
    (106.80, 20.86), (106.84, 20.85), (106.87, 20.86), (106.90, 20.89), (106.93, 20.90), (106.94, 20.93),
    (106.97, 20.945),
    (107.00, 20.945), (107.02, 20.952), (107.045, 20.951), (107.056, 20.958), (107.052, 20.972), (107.035, 20.985),
    (107.02, 21.005), (107.022, 21.03), (107.045, 21.042), (107.075, 21.035), (107.098, 21.012), (107.092, 20.988),
    (107.07, 20.972), (107.063, 20.958), (107.068, 20.947), (107.085, 20.943), (107.11, 20.945), (107.135, 20.956),
    (107.165, 20.962), (107.19, 20.975), (107.225, 20.985), (107.255, 20.994), (107.29, 20.995), (107.325, 21.002),
    (107.355, 21.012), (107.368, 21.032), (107.36, 21.062), (107.368, 21.10), (107.38, 21.14), (106.80, 21.14),
)  # fmt: skip
_CAI_BAU: Final = (
    (107.388, 21.06), (107.40, 21.042), (107.425, 21.04), (107.45, 21.052), (107.47, 21.078), (107.50, 21.095),
    (107.54, 21.14), (107.41, 21.14), (107.40, 21.10),
)  # fmt: skip
_CAT_BA: Final = (
    (106.895, 20.79), (106.905, 20.815), (106.935, 20.838), (106.965, 20.832), (106.985, 20.84), (107.005, 20.822),
    (107.035, 20.815), (107.045, 20.79), (107.07, 20.775), (107.072, 20.745), (107.055, 20.722), (107.035, 20.716),
    (107.02, 20.695), (106.985, 20.70), (106.955, 20.722), (106.94, 20.75), (106.91, 20.765),
)  # fmt: skip
_ISLANDS: Final = {  # name: middle, half width, half height in degrees, turn in degrees
    "Tuần Châu": ((106.985, 20.924), 0.017, 0.010, 10),
    "Trà Bản": ((107.462, 20.965), 0.040, 0.022, 35),
    "Ngọc Vừng": ((107.362, 20.822), 0.020, 0.014, 20),
    "Quan Lạn": ((107.492, 20.880), 0.012, 0.040, -25),
}
_PLACES: Final[tuple[tuple[str, float, float, str, str], ...]] = (
    ("Hòn Gai", 107.098, 20.957, "town", "over"), ("Bãi Cháy", 107.032, 20.960, "town", "left"),
    ("Cẩm Phả", 107.285, 21.007, "town", "over"), ("Cửa Ông", 107.352, 21.022, "town", "left"),
    ("Cái Rồng", 107.425, 21.062, "town", "right"), ("Quảng Yên", 106.845, 20.945, "town", "right"),
    ("Cát Bà", 107.040, 20.728, "town", "left"), ("Tuần Châu", 106.985, 20.924, "island", "left"),
    ("Trà Bản", 107.462, 20.965, "island", "over"), ("Ngọc Vừng", 107.362, 20.822, "island", "right"),
    ("Quan Lạn", 107.492, 20.862, "island", "left"), ("Núi Bài Thơ", 107.071, 20.950, "peak", "below"),
    ("Động Thiên Cung", 107.018, 20.910, "cave", "right"), ("Hòn Trống Mái", 107.033, 20.888, "cave", "left"),
    ("Đảo Ti Tốp", 107.081, 20.858, "cave", "right"), ("Hang Sửng Sốt", 107.092, 20.843, "cave", "right"),
)  # fmt: skip
_WATERS: Final = (
    ("VỊNH HẠ LONG", 107.185, 20.928, 17, 5), ("VỊNH BÁI TỬ LONG", 107.372, 20.942, 11, 2.4),
    ("VỊNH BẮC BỘ", 107.185, 20.725, 15, 6),
    ("Vịnh Cửa Lục", 107.058, 21.008, 9, 0.5), ("Sông Bạch Đằng", 106.868, 20.838, 9, 0.5),
)  # fmt: skip
_ROUTE: Final = (
    (107.015, 20.942), (107.012, 20.918), (107.025, 20.898), (107.05, 20.878), (107.074, 20.862), (107.088, 20.848),
    (107.062, 20.872), (107.042, 20.905), (107.03, 20.93), (107.018, 20.943),
)  # fmt: skip


def _at(longitude: float, latitude: float) -> Point:
    left, top, right, bottom = _FRAME
    x = left + (longitude - _WEST) / (_EAST - _WEST) * (right - left)
    y = top + (_NORTH - latitude) / (_NORTH - _SOUTH) * (bottom - top)
    return round(x, 2), round(y, 2)


def _shore(corners: Sequence[Point], rng: Random, rough: float) -> list[Point]:
    """A polygon on the sheet with its sides broken up like a rocky shore."""
    return _broken([_at(*c) for c in corners], rng, rough)


def _broken(points: list[Point], rng: Random, rough: float) -> list[Point]:
    """The sides of a polygon broken up: midpoints moved, three times."""
    for _ in range(3):
        finer: list[Point] = []
        for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
            push = rng.gauss(0, rough)
            finer += [(x0, y0), ((x0 + x1) / 2 - (y1 - y0) * push, (y0 + y1) / 2 + (x1 - x0) * push)]
        points = finer
    return [(round(x, 2), round(y, 2)) for x, y in points]


def _blob(middle: Point, wide: float, high: float, turn: float, rng: Random, corners: int) -> list[Point]:
    """A rock about ``middle`` on the sheet, in millimetres."""
    found = []
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    for n in range(corners):
        angle = 2 * math.pi * n / corners
        reach = rng.uniform(0.68, 1.15)
        x, y = wide * reach * math.cos(angle), high * reach * math.sin(angle)
        found.append((round(middle[0] + x * cosine - y * sine, 2), round(middle[1] + x * sine + y * cosine, 2)))
    return found


def _inside(point: Point, polygon: Sequence[Point]) -> bool:
    x, y = point
    hit = False
    for (x0, y0), (x1, y1) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            hit = not hit
    return hit


_LETTER: Final = 1.75  # millimetres a letter of a small label takes, about


def _label_boxes() -> list[tuple[float, float, float, float]]:
    """The room that names take, so that no rock is drawn under them."""
    boxes = []
    for name, lon, lat, kind, side in _PLACES:
        x, y = _at(lon, lat)
        long = len(name) * _LETTER * (1.3 if kind == "town" else 1)
        left = {"right": x, "left": x - long - 3, "over": x - long / 2, "below": x - long / 2}[side]
        boxes.append((left - 1, y - (8 if side == "over" else 3), left + long + 4, y + (8 if side == "below" else 3.5)))
    for name, lon, lat, size, track in _WATERS:
        x, y = _at(lon, lat)
        half = len(name) * (size * 0.25 + track * 0.36) / 2
        boxes.append((x - half - 2, y - size * 0.4, x + half + 2, y + size * 0.4))
    return boxes


def _rocks(lands: Sequence[Sequence[Point]], rng: Random) -> list[list[Point]]:
    """Hundreds of small rocks in the two bays, clear of land and names and each other."""
    boxes = _label_boxes()
    placed: list[tuple[Point, float]] = []
    rocks = []
    fields = (
        ((106.98, 20.76), (107.22, 20.93), 330),
        ((107.22, 20.80), (107.44, 20.985), 260),
        ((107.02, 20.74), (107.16, 20.86), 130),
    )
    for (west, south), (east, north), number in fields:
        for _ in range(number):
            lon, lat = rng.triangular(west, east), rng.triangular(south, north)
            x, y = _at(lon, lat)
            size = rng.choice((0.5, 0.7, 0.9, 1.2, 1.8, 2.6))
            if any(x0 - size < x < x1 + size and y0 - size < y < y1 + size for x0, y0, x1, y1 in boxes):
                continue
            near = [(x + size * 1.6 * math.cos(a), y + size * 1.6 * math.sin(a)) for a in (0, 1.6, 3.1, 4.7)]
            if any(_inside(p, land) for p in near for land in lands):
                continue
            if any(math.hypot(x - px, y - py) < size + other + 0.6 for (px, py), other in placed):
                continue
            placed.append(((x, y), size))
            rocks.append(_blob((x, y), size * 1.25, size * 0.8, rng.uniform(0, 180), rng, 7 if size < 1 else 10))
    return rocks


def content() -> dict[str, Any]:
    """What the template "map" wants; the same each time."""
    rng = seeded(KEY, "shore")
    lands = [_shore(_MAINLAND, rng, 0.10), _shore(_CAI_BAU, rng, 0.11), _shore(_CAT_BA, rng, 0.14)]
    degree = (_FRAME[2] - _FRAME[0]) / (_EAST - _WEST)
    for (lon, lat), wide, high, turn in _ISLANDS.values():
        lands.append(_broken(_blob(_at(lon, lat), wide * degree, high * degree, turn, rng, 9), rng, 0.12))
    hills: list[Point] = []
    boxes = _label_boxes()
    while len(hills) < 55:
        x, y = _at(rng.uniform(_WEST, 107.34), rng.uniform(21.0, 21.115))
        clear = all(not (x0 - 7 < x < x1 and y0 - 4 < y < y1) for x0, y0, x1, y1 in boxes)
        clear = clear and all(abs(x - px) > 7 or abs(y - py) > 3.5 for px, py in hills)
        if clear and _inside((x, y), lands[0]) and _inside((x + 7, y + 3), lands[0]) and not (x < 72 and y < 68):
            hills.append((round(x, 1), round(y, 1)))
    return {
        "title": TITLE,
        "width": 297,
        "height": 210,
        "frame": _FRAME,
        "lands": lands,
        "rocks": _rocks(lands, seeded(KEY, "rocks")),
        "hills": sorted(hills, key=lambda p: p[1]),
        "grid": {
            "columns": [
                (_at(lon, 21)[0], f"{int(lon)}°{round(lon % 1 * 60):02}′Đ")
                for lon in (106.9167, 107.0833, 107.25, 107.4167)
            ],
            "rows": [(_at(107, lat)[1], f"{int(lat)}°{round(lat % 1 * 60):02}′B") for lat in (20.75, 20.9167, 21.0833)],
        },
        "routes": [[_at(*p) for p in _ROUTE]],
        "waters": [{"name": n, "at": _at(x, y), "size": s, "track": t} for n, x, y, s, t in _WATERS],
        "places": [{"name": n, "at": _at(x, y), "kind": k, "side": s} for n, x, y, k, s in _PLACES],
        "heading": "SƠ ĐỒ VỊNH HẠ LONG",
        "subheading": "và vịnh Bái Tử Long",
        "note": (
            "Bản vẽ mẫu của Liên Thư. Địa danh thật, vị trí gần đúng, đường bờ và đảo đá vẽ tượng trưng."
            " Không dùng để đi biển."
        ),
        "cartouche": (196, 156),
        "legend": (19, 19),
        "compass": (262, 56),
    }


def volumes(press: Press, wanted: Wanted) -> list[SampleVolume]:
    """The map: one sheet at 300 dpi, as maps are scanned."""
    if not wanted(KEY):
        return []
    path, texts = press.scanned(KEY, "map", content(), wear=WELL_KEPT, dpi=300, colour=True)
    return [
        SampleVolume(
            key=KEY,
            path=path,
            library=LIBRARY,
            record=NUMBER,
            dc=DublinCore(
                title=TITLE,
                date="2026",
                place="Quảng Ninh",
                subjects=("Bản đồ", "Vịnh Hạ Long", "Quảng Ninh"),
                description="Sơ đồ mẫu của Liên Thư: địa danh thật, vị trí gần đúng; không dùng để đi biển.",
            ),
            material="map",
            collection="Bản đồ",
            owner="public",
            rights=OWN_WORK,
            pages=1,
            labels=("1",),
            texts=texts,
            dpi=300,
        )
    ]
