"""The benchmark behind ``lienthu bench oai``: harvest a whole catalogue over HTTP, as a harvester does."""

from __future__ import annotations

import argparse
import http.client
import re
import time
from typing import Final
from urllib.parse import urlencode

from lienthu.faces.cli.benchmarks import environment_of, fill, percentile, print_result, running, scratch, wait_for_jobs

_TOKEN: Final = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")
_ENDS: Final = 10  # pages at each end whose median is told: one page alone says little


def bench_oai(options: argparse.Namespace) -> int:
    """Harvest N synthetic records from the first page to the last, one page after the other."""
    with scratch(options) as folder:
        environment = environment_of(folder)
        fill(folder, environment, options)
        with running(environment) as port:
            wait_for_jobs(environment)
            records, seconds, pages = _harvest(port)
        if records < options.records:  # in a kept folder there may be more: what was attached to it and undone is told
            raise SystemExit(f"{records} records were harvested, {options.records} are there.")
        print_result(
            {
                "records": records,
                "seconds": round(seconds, 2),
                "records_per_second": round(records / seconds),
                "first_page_ms": percentile(pages[:_ENDS], 50),
                "last_page_ms": percentile(pages[:-1][-_ENDS:] or pages, 50),
                "slowest_page_ms": percentile(pages, 100),
            },
            options,
        )
    return 0


def _harvest(port: int) -> tuple[int, float, list[float]]:
    """How many records, in how many seconds, and the milliseconds of each page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(4):  # every process of the server has answered once
        _page(connection, {"verb": "ListIdentifiers", "metadataPrefix": "marcxml"})
    records, times = 0, []
    asked = {"verb": "ListRecords", "metadataPrefix": "marcxml"}
    began = time.perf_counter()
    while asked:
        start = time.perf_counter()
        body = _page(connection, asked)
        times.append((time.perf_counter() - start) * 1000)
        records += body.count(b"<record><header")
        token = _TOKEN.search(body)
        asked = {"verb": "ListRecords", "resumptionToken": token[1].decode()} if token else {}
    return records, time.perf_counter() - began, times


def _page(connection: http.client.HTTPConnection, arguments: dict[str, str]) -> bytes:
    connection.request("GET", "/oai?" + urlencode(arguments))
    response = connection.getresponse()
    body = response.read()
    if response.status != 200 or b"<error" in body[:1000]:
        raise SystemExit(f"/oai answered {response.status}: {body[:300]!r}")
    return body
