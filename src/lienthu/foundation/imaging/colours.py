"""Every picture becomes 8-bit grey or sRGB without transparency, whatever it was."""

from __future__ import annotations

import pyvips

from lienthu.foundation.kernel.refusal import Refused


def plain(image: pyvips.Image) -> pyvips.Image:
    """8-bit grey (one band) or sRGB (three): profiles applied, CMYK and Lab converted, transparency laid on white.

    Raises Refused for samples that are no picture's (floating point, many bands).
    """
    if image.format not in ("uchar", "ushort") or image.bands > 5:
        raise Refused("unsupported-samples", samples=image.format, bands=image.bands)
    grey = image.bands <= 2
    deep = image.format == "ushort"
    if image.interpretation in ("multiband", "matrix") or (deep and image.interpretation in ("srgb", "rgb", "b-w")):
        image = image.copy(interpretation={(True, True): "grey16", (True, False): "b-w", (False, True): "rgb16"}.get(
            (grey, deep), "srgb"))  # fmt: skip
    if image.get_typeof("icc-profile-data") and _profile_fits(image):
        image = image.icc_transform("srgb", embedded=True, intent="relative")
    elif image.interpretation == "cmyk":
        image = image.icc_transform("srgb", input_profile="cmyk", intent="relative")
    if image.interpretation != ("b-w" if grey else "srgb"):
        image = image.colourspace("b-w" if grey else "srgb")
    if image.bands in (2, 4):
        image = image.flatten(background=255)
    if image.format != "uchar":
        image = image.cast("uchar")
    return image if image.bands in (1, 3) else image.extract_band(0, n=1 if grey else 3)


def _profile_fits(image: pyvips.Image) -> bool:
    """Whether pixels go through the embedded profile: one that is broken, or made for other bands, is left aside."""
    sample = pyvips.Image.black(4, 1, bands=image.bands).cast(image.format).copy(interpretation=image.interpretation)
    sample.set_type(pyvips.GValue.blob_type, "icc-profile-data", image.get("icc-profile-data"))
    try:
        sample.icc_transform("srgb", embedded=True, intent="relative").avg()
    except pyvips.Error:
        return False
    return True
