"""Addresses for search engines, in files of at most 50,000: file n holds the publications n·50,000+1 to (n+1)·50,000.

A file's range never moves, so an engine that has read it need not read it again because something was added elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from xml.sax.saxutils import escape

from django.urls import reverse

from lienthu.domain.union import selectors as union

PER_FILE = 50_000
_CHUNK = 1_000
_OPEN = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def file_numbers() -> list[int]:
    """The files that hold anything public: one cheap statement for each."""
    numbers: list[int] = []
    after = 0
    while found := union.public_cluster_ids_after(after, 1):
        numbers.append((found[0] - 1) // PER_FILE)
        after = (numbers[-1] + 1) * PER_FILE
    return numbers


def index_xml(base: str) -> str:
    """The sitemap index. ``base``: address of the site without a closing slash."""
    paths = [reverse("portal:sitemap_pages"), *(reverse("portal:sitemap_records", args=[n]) for n in file_numbers())]
    body = "".join(f"<sitemap><loc>{escape(base + path)}</loc></sitemap>\n" for path in paths)
    return f"{_OPEN}<sitemapindex {_NAMESPACE}>\n{body}</sitemapindex>\n"


def pages_xml(base: str, paths: list[str]) -> str:
    """A sitemap of single pages."""
    body = "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in paths)
    return f"{_OPEN}<urlset {_NAMESPACE}>\n{body}</urlset>\n"


def records_xml(base: str, number: int) -> Iterator[str]:
    """A sitemap file of publications, piece by piece, so that memory stays flat."""
    yield f"{_OPEN}<urlset {_NAMESPACE}>\n"
    prefix = base + reverse("portal:record", args=[0]).removesuffix("0/")
    for ids in _public_ids(number):
        yield "".join(f"<url><loc>{escape(prefix)}{id_}/</loc></url>\n" for id_ in ids)
    yield "</urlset>\n"


def _public_ids(number: int) -> Iterator[list[int]]:
    after, end = number * PER_FILE, (number + 1) * PER_FILE
    while True:
        ids = list(takewhile(lambda id_: id_ <= end, union.public_cluster_ids_after(after, _CHUNK)))
        if not ids:
            return
        after = ids[-1]
        yield ids
