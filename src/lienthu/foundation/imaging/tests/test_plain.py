"""Scans that go out as they are: what stands beside the picture stays, and another picture never goes (DIG-8)."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
import pyvips

from lienthu.foundation.imaging.plain import as_shown, quality_of, stripped
from lienthu.foundation.imaging.work import pyramid

SECRET = b"GPS 20.95N 107.08E"


def page(shade: int = 250) -> pyvips.Image:
    """A sheet with marks in one corner, so that turning and cutting show."""
    image = pyvips.Image.black(600, 800, bands=3) + shade
    return image.draw_rect([20, 20, 20], 40, 60, 200, 90, fill=True).draw_rect([150, 0, 0], 300, 500, 90, 90, fill=True)


def jpeg(image: pyvips.Image, quality: int = 80, **options: object) -> bytes:
    return bytes(image.cast("uchar").copy(interpretation="srgb").jpegsave_buffer(Q=quality, **options))


def with_notes(data: bytes) -> bytes:
    """As cameras write: a note and a place before the picture, another picture after its end."""
    note = b"\xff\xfe" + (len(SECRET) + 2).to_bytes(2, "big") + SECRET
    exif = b"\xff\xe1" + (len(SECRET) + 8).to_bytes(2, "big") + b"Exif\0\0" + SECRET
    return data[:2] + exif + note + data[2:] + jpeg(page(90))


def shown_of(path: Path, **change: object) -> Path:
    target = path.with_suffix(".tif")
    pyramid(str(path), str(target), **change)  # type: ignore[arg-type]  # what the pipeline passes on
    return target


@pytest.mark.parametrize("options", [{}, {"interlace": True}, {"subsample_mode": "off"}, {"restart_interval": 4}])
def test_the_picture_stays_and_everything_beside_it_goes(options: dict[str, object], tmp_path: Path) -> None:
    data = jpeg(page(), **options)
    path = tmp_path / "scan.jpg"
    path.write_bytes(with_notes(data))
    found, why = as_shown(path, 0, shown_of(path), 87)
    assert (why, found is not None) == ("", True)
    assert found is not None
    assert SECRET not in found
    assert found.endswith(b"\xff\xd9")
    assert len(found) <= len(data)
    before, after = (pyvips.Image.new_from_buffer(one, "") for one in (data, found))
    assert (before - after).abs().max() == 0, "not a pixel is another"


@pytest.mark.parametrize("change", [{"rotation": 180}, {"crop": [0.0, 0.0, 0.5, 1.0]}, {"rotation": 90}])
def test_what_is_not_what_is_shown_stays(change: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(jpeg(page()))
    assert as_shown(path, 0, shown_of(path, **change), 87) == (None, "differs")


def test_a_picture_turned_by_its_camera_stays(tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    image = page().cast("uchar").copy(interpretation="srgb").copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 3)
    image.jpegsave(str(path), Q=80)
    assert as_shown(path, 0, shown_of(path), 87)[1] == "differs"


def test_a_finer_scan_is_encoded_anew(tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(jpeg(page(), 97))
    assert as_shown(path, 0, shown_of(path), 87) == (None, "finer")
    for quality in (30, 60, 80, 90):
        assert quality_of(stripped(jpeg(page(), quality)) or b"") == pytest.approx(quality, abs=3)


def test_other_formats_and_damaged_files_stay(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    page().cast("uchar").pngsave(str(path))
    assert as_shown(path, 0, shown_of(path), 87) == (None, "no-jpeg")
    data = jpeg(page())
    for broken in (b"", b"\xff\xd8", data[:200], b"\xff\xd8\xff\xc0\xff", data[:2] + b"x" + data[2:]):
        found = stripped(broken)
        assert found is None or quality_of(found) >= 0
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(data)
    shown = shown_of(cut)
    cut.write_bytes(data[: len(data) // 3])
    assert as_shown(cut, 0, shown, 87)[0] is None


def pdf_of(data: bytes, draw: bytes, **more: object) -> bytes:
    made = pikepdf.new()
    sheet = made.add_blank_page(page_size=(288, 384))
    picture = pikepdf.Stream(made, data)
    picture.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=600, Height=800, BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode, **more,
    )  # fmt: skip
    sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
    sheet.Contents = pikepdf.Stream(made, draw)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


WHOLE = b"q 288 0 0 384 0 0 cm /I Do Q"


def test_a_scan_in_a_pdf_goes_out_too(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of(with_notes(jpeg(page())), WHOLE))
    found, why = as_shown(path, 0, shown_of(path), 87)
    assert why == ""
    assert found is not None
    assert SECRET not in found
    assert as_shown(path, 7, shown_of(path), 87) == (None, "no-jpeg")


@pytest.mark.parametrize(
    ("draw", "more"),
    [
        (b"q 288 0 0 -384 0 384 cm /I Do Q", {}),
        (b"q 144 0 0 384 0 0 cm /I Do Q", {}),
        (WHOLE + b" 0 0 50 50 re f", {}),
        (WHOLE, {"Decode": pikepdf.Array([1, 0, 1, 0, 1, 0])}),
    ],
)
def test_a_page_that_is_more_than_its_scan_stays(draw: bytes, more: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of(jpeg(page()), draw, **more))
    assert as_shown(path, 0, shown_of(path), 87)[0] is None
