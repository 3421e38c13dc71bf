"""``info.json`` of Image API 3.0 and 2.1: what a picture is and how it can be asked for. Rule IMG-8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lienthu.foundation.imaging.request import FORMATS, QUALITIES, Largest, Version

CONTEXT: Final = {2: "http://iiif.io/api/image/2/context.json", 3: "http://iiif.io/api/image/3/context.json"}
PROFILE: Final = {2: "http://iiif.io/api/image/2/level2.json", 3: "http://iiif.io/api/image/3/level2.json"}
LARGEST: Final = Largest(area=25_000_000)
"""The largest answer: a sheet of A3 at 300 dpi and a half. Larger pictures are read by tiles."""
_MORE_2: Final = (
    "baseUriRedirect", "canonicalLinkHeader", "cors", "jsonldMediaType", "mirroring", "profileLinkHeader",
    "regionSquare", "rotationArbitrary", "rotationBy90s", "sizeAboveFull", "sizeByConfinedWh", "sizeByDistortedWh",
)  # fmt: skip
_MORE_3: Final = ("canonicalLinkHeader", "mirroring", "profileLinkHeader", "rotationArbitrary", "sizeUpscaling")


def info(
    version: Version, base: str, width: int, height: int, tile: int, levels: int, services: Sequence[Any] = ()
) -> dict[str, Any]:
    """The document. ``base``: the address of the image without ``/info.json``; ``services``: how to get in."""
    scales = [1 << n for n in range(levels)]
    sizes = [{"width": -(-width // s), "height": -(-height // s)} for s in reversed(scales)]
    sizes = [one for one in sizes if LARGEST.allows(one["width"], one["height"])]
    limit = {"maxArea": LARGEST.area}
    tiles = [{"width": tile, "height": tile, "scaleFactors": scales}]
    common = {"protocol": "http://iiif.io/api/image", "width": width, "height": height}
    if version == 2:
        more = {"formats": list(FORMATS), "qualities": list(QUALITIES), "supports": list(_MORE_2), **limit}
        answer = {"@context": CONTEXT[2], "@id": base, **common, "sizes": sizes, "tiles": tiles,
                  "profile": [PROFILE[2], more]}  # fmt: skip
        if services:
            answer["service"] = services[0] if len(services) == 1 else list(services)
        return answer
    answer = {
        "@context": CONTEXT[3],
        "id": base,
        "type": "ImageService3",
        **common,
        "profile": "level2",
        **limit,
        "sizes": sizes,
        "tiles": tiles,
        "preferredFormats": ["jpg"],
        "extraFormats": ["webp"],
        "extraQualities": [one for one in QUALITIES if one != "default"],
        "extraFeatures": list(_MORE_3),
    }
    if services:
        answer["service"] = list(services)
        answer["@context"] = ["http://iiif.io/api/auth/2/context.json", CONTEXT[3]]
    return answer
