"""``lienthu search``: what the portal finds, on the command line; ``--fulltext`` in the text of digitised pages."""

from __future__ import annotations

import argparse
import json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """QUERY with page, size, sort and facets."""
    parser.add_argument("query", nargs="*", default=[])
    parser.add_argument("--json", action="store_true", help="the same object as /api/v1/search or /api/v1/fulltext")
    parser.add_argument("--fulltext", action="store_true", help="in the text of digitised pages, as anybody finds them")
    parser.add_argument(
        "--texts", action="store_true", help="one list with the volumes found by their text (anybody's)"
    )
    parser.add_argument("--kind", action="append", default=[], help="full text only: book, newspaper, map …")
    for name in ("page", "size", "sort", "year_from", "year_to"):
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, default="")
    for name in ("library", "area", "material_type", "language", "subject", "person", "online", "collection"):
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, action="append", default=[])


def run(options: argparse.Namespace) -> int:
    """Search and print. Exit code 0 also when nothing is found."""
    from lienthu.domain.discovery import selectors
    from lienthu.domain.discovery.answers import search_answer
    from lienthu.faces.cli.indexing import catch_up

    params = {"q": [" ".join(options.query)]}
    for name in ("page", "size", "sort", "year_from", "year_to"):
        params[name] = [getattr(options, name)]
    for name in ("library", "area", "material_type", "language", "subject", "person", "online", "collection"):
        params[name] = getattr(options, name)
    if options.fulltext:
        return _fulltext(options, params)
    if not selectors.index_ready():
        catch_up()
    if options.texts:
        return _together(options, params)
    result = selectors.search(selectors.request_from(params))
    if options.json:
        print(json.dumps(search_answer(result), ensure_ascii=False))
        return 0
    print(f"{result.total} found in {result.took_ms} ms")
    for hit in result.hits:
        d = hit.description
        authors = ", ".join(a.name for a in d.authors)
        print(f"{hit.id:>8}  {d.title}{' / ' + authors if authors else ''}{f' ({d.year})' if d.year else ''}")
        print(f"          {', '.join(lib.code for lib in hit.libraries)}")
    return 0


def _together(options: argparse.Namespace, params: dict[str, list[str]]) -> int:
    """The one list, as everybody finds it (SEA-25)."""
    from lienthu.domain.digital.policy import Reader
    from lienthu.domain.discovery.answers import together_answer
    from lienthu.domain.discovery.fulltext import indexing as pages
    from lienthu.domain.discovery.selectors import request_from
    from lienthu.domain.discovery.together import search_together
    from lienthu.faces.cli.indexing import catch_up

    if not pages.ready():
        catch_up()
    found = search_together(request_from(params), Reader())
    if options.json:
        print(json.dumps(together_answer(found), ensure_ascii=False))
        return 0
    volumes = found.texts.total if found.texts and found.texts.listed else 0
    print(f"{found.titles.total} titles, {volumes} volumes in their text, found in {found.titles.took_ms} ms")
    for entry in found.entries:
        if entry.hit:
            print(f"{entry.hit.id:>8}  {entry.hit.description.title}")
        for v in entry.volumes:
            print(f"{'':>8}  “ {v.title}, {v.library_code}: {v.pages} pages")
    return 0


def _fulltext(options: argparse.Namespace, params: dict[str, list[str]]) -> int:
    """In the pages that everybody may find: nothing on a screen or in a file that a visitor could not have."""
    from lienthu.domain.digital.policy import Reader
    from lienthu.domain.discovery.fulltext import indexing as pages
    from lienthu.domain.discovery.fulltext.answers import pages_answer, reading_url
    from lienthu.domain.discovery.fulltext.query import page_search_from
    from lienthu.domain.discovery.fulltext.selectors import search_pages
    from lienthu.faces.cli.indexing import catch_up

    if not pages.ready():
        catch_up()
    result = search_pages(page_search_from({**params, "kind": options.kind}), Reader())
    if options.json:
        print(json.dumps(pages_answer(result), ensure_ascii=False))
        return 0
    print(f"{result.total} volumes, {result.pages_total} pages found in {result.took_ms} ms")
    for v in result.volumes:
        print(f"{v.public_id}  {v.title}{f' ({v.year})' if v.year else ''}, {v.library_code}: {v.pages} pages")
        for page in v.best:
            text = page.snippet.text if page.snippet else ""
            print(f"    {page.label or page.seq:>6}  {text}\n            {reading_url(v, page, result.request.q)}")
    return 0
