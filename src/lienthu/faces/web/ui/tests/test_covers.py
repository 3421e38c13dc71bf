import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from lienthu.faces.web.ui.covers import cover_svg
from lienthu.faces.web.ui.covers.designs import BOOKS, DESIGNS
from lienthu.faces.web.ui.covers.palettes import PALETTES, Palette
from lienthu.faces.web.ui.covers.typeset import balanced, fit, shorten, text_width

SVG = "{http://www.w3.org/2000/svg}"
LONG = (
    "Lịch sử Đảng bộ thành phố Hạ Long giai đoạn 1930–2020, tập II, những năm đổi mới và hội nhập quốc tế "
    "sâu rộng : biên niên sự kiện, văn kiện và hồi ký của những người trong cuộc"
)
HOSTILE = [
    "",
    " ",
    "\x00\x08\x1f\ud800\ufffe",
    "</text></svg><script>alert(1)</script>",
    '" onload="alert(1)',
    "&amp; & &nbsp; ]]> <![CDATA[",
    "\u202ekiếm\u202c \u200bzero",
    "a" * 500,
    "https://example.org/a/very/long/address/that/nobody/can/break?and=more&again=1",
    "安南一統志前編卷之上" * 8,
    "𡨸喃 𠮷 🙂🙂🙂",
    "Nghiêng " * 60,
    LONG,
    " : ",
    "NFD: Việt".replace("ệ", "e\u0323\u0302"),
]


def texts(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("kind", [*DESIGNS, "nonsense"])
@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_makes_well_formed_svg_without_script_or_style(title: str, kind: str) -> None:
    svg = cover_svg(title=title, author=title, year=title, material_type=kind)
    root = ET.fromstring(svg)
    assert root.get("viewBox") == "0 0 200 300"
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "g", "rect", "path", "circle", "ellipse", "text", "defs", "use", "clipPath"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in {"style", "class"}}


@pytest.mark.parametrize("kind", DESIGNS)
@pytest.mark.parametrize("title", [*HOSTILE, "Số đỏ", "Truyện Kiều : khảo đính và chú giải"])
def test_no_line_leaves_the_cover(title: str, kind: str) -> None:
    for seed in range(12):
        svg = cover_svg(title=title, author=LONG, year="1945", material_type=kind, key=str(seed))
        for text in texts(svg):
            size, x, y = (float(text.get(name, "0")) for name in ("font-size", "x", "y"))
            width = text_width(text.text or "") * size
            left = {"middle": x - width / 2, "end": x - width}.get(text.get("text-anchor", ""), x)
            assert left >= 8, (text.text, kind)
            assert left + width <= 196, (text.text, kind)
            assert 8 <= y <= 296, (text.text, kind)


def test_title_and_author_do_not_run_into_each_other() -> None:
    for kind in DESIGNS:
        for seed in range(24):
            svg = cover_svg(title=LONG, author="Nhiều tác giả", year="2020", material_type=kind, key=str(seed))
            lines = sorted((float(text.get("y", 0)), float(text.get("font-size", 0))) for text in texts(svg))
            for (upper, _), (lower, size) in pairwise(lines):
                assert lower == upper or lower - upper >= size * 0.95, (kind, seed)


def test_the_same_key_gives_the_same_cover_and_keys_give_many() -> None:
    again = {cover_svg(title="Số đỏ", author="Vũ Trọng Phụng", key="r1") for _ in range(3)}
    assert len(again) == 1
    grounds = {re.sub(r"c[0-9a-f]{10}", "", cover_svg(title="Số đỏ", key=str(key))) for key in range(200)}
    assert len(grounds) > 0.6 * len(BOOKS) * len(PALETTES)


def test_two_covers_on_one_page_share_no_ids() -> None:
    one, two = (set(re.findall(r'id="([^"]+)"', cover_svg(title="a", key=key))) for key in ("1", "7"))
    assert not one & two


def test_every_material_type_has_a_face_of_its_own() -> None:
    shapes = {
        kind: tuple(
            element.tag for element in ET.fromstring(cover_svg(title="Một", material_type=kind, key="k")).iter()
        )
        for kind in DESIGNS
    }
    assert len(set(shapes.values())) >= len(shapes) - 1


def test_lines_are_even_and_syllables_whole() -> None:
    lines = balanced("Dế Mèn phiêu lưu ký", 8)
    assert " ".join(lines) == "Dế Mèn phiêu lưu ký"
    lines = balanced(LONG, 12)
    assert " ".join(lines) == LONG
    widths = [text_width(line) for line in lines]
    assert max(widths) <= 12
    assert min(widths[:-1]) > 6


def test_a_short_last_syllable_does_not_stand_alone() -> None:
    assert balanced("Những ngày thơ ấu", 8)[-1] != "ấu"


def test_chinese_characters_break_anywhere_without_spaces() -> None:
    lines = balanced("安南一統志前編卷之上", 4.2)
    assert "".join(lines) == "安南一統志前編卷之上"
    assert all(" " not in line for line in lines)


def test_what_does_not_fit_ends_with_an_ellipsis_at_a_word() -> None:
    setting = fit(LONG * 3, width=120, height=60, sizes=(20, 12))
    assert setting.lines[-1].endswith("…")
    assert setting.height <= 60 + 1e-9
    assert shorten("Nguyễn Thị Minh Khai", 6).rstrip("…") in "Nguyễn Thị Minh Khai"


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("p", PALETTES)
def test_words_are_readable_on_every_palette(p: Palette) -> None:
    assert contrast(p.ink, p.ground) >= 7
    assert contrast(p.soft, p.ground) >= 4.5
    assert contrast(p.slip_ink, p.slip) >= 7
