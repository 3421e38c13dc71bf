"""``lienthu search``: what the portal finds, on the command line."""

from __future__ import annotations

import argparse
import json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """QUERY with page, size, sort and facets."""
    parser.add_argument("query", nargs="*", default=[])
    parser.add_argument("--json", action="store_true", help="the same object as /api/v1/search")
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
    if not selectors.index_ready():
        catch_up()
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
