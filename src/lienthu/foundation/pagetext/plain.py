"""Plain text of a volume: UTF-8, a form feed between pages. Rule DIG-4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lienthu.foundation.pagetext.model import PageText


def write_plain(pages: Iterable[PageText]) -> Iterator[str]:
    """The pages' texts in turn; as many form feeds as there are pages before, so that page n can be found."""
    for number, page in enumerate(pages):
        yield ("\f" if number else "") + (page.text + "\n" if page.text else "")
