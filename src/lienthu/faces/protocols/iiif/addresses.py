"""Every address that IIIF documents name, from the address of the install. Rule PRE-1 (docs/specs/presentation.md)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest


def site_of(request: HttpRequest) -> str:
    """The public address of this install, without a slash at its end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one object; ``version`` of the Presentation API: 2 or 3."""

    site: str
    object: str
    version: int = 3

    @property
    def base(self) -> str:
        """Where the object's documents of this version lie."""
        return f"{self.site}/iiif/presentation/{self.version}/{self.object}"

    @property
    def manifest(self) -> str:
        """The manifest."""
        return f"{self.base}/manifest"

    def canvas(self, seq: int) -> str:
        """A page."""
        return f"{self.base}/canvas/{seq}"

    def text(self, seq: int, layer: str) -> str:
        """The lines of text of a page, as annotations."""
        return f"{self.base}/text/{seq}/{layer}"

    def range(self, number: int) -> str:
        """An entry of the contents."""
        return f"{self.base}/range/{number}"

    def image(self, seq: int, version: int) -> str:
        """The image service of a page, of this version of the Image API."""
        return f"{self.site}/iiif/image/{version}/{self.object}.{seq}"

    def search(self, version: int) -> str:
        """Search inside the object, of this version of the Content Search API."""
        return f"{self.site}/iiif/search/{version}/{self.object}"

    @property
    def reader(self) -> str:
        """Our own viewer."""
        return f"{self.site}/read/{self.object}"

    def collection(self, code: str) -> str:
        """The document of a collection."""
        return f"{self.site}/iiif/presentation/{self.version}/collection/{code}"

    def library(self, code: str) -> str:
        """The document of what a library shows."""
        return f"{self.site}/iiif/presentation/{self.version}/library/{code}"
