"""The running system is harvested completely by two harvesters that others wrote: sickle and oaipmh-scythe (OAI-12)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from oaipmh_scythe import Scythe
from sickle import Sickle

pytestmark = pytest.mark.slow
RECORDS = 900  # four pages of records, so that there is something to go on with
_MARC = "{http://www.loc.gov/MARC21/slim}"


def by_sickle(url: str, **wanted: Any) -> dict[str, str]:
    """Identifier → control number, "deleted" for a deleted record."""
    found: dict[str, str] = {}
    for record in Sickle(url, max_retries=5).ListRecords(metadataPrefix="marcxml", **wanted):
        found[record.header.identifier] = "deleted" if record.deleted else _number(record.xml)
    return found


def by_scythe(url: str, **wanted: Any) -> dict[str, str]:
    """The same by the other one."""
    found: dict[str, str] = {}
    with Scythe(url) as scythe:
        for record in scythe.list_records(metadata_prefix="marcxml", **wanted):
            found[record.header.identifier] = "deleted" if record.deleted else _number(record.xml)
    return found


HARVESTERS: dict[str, Callable[..., dict[str, str]]] = {"sickle": by_sickle, "scythe": by_scythe}


def _number(xml: etree._Element) -> str:
    return str(next(f.text for f in xml.iter(f"{_MARC}controlfield") if f.get("tag") == "001"))


def settled(install: Any) -> None:
    """Wait until the second of the last change is over: from then on it is told (OAI-6)."""
    last = install.sql("SELECT extract(epoch FROM max(datestamp))::float FROM catalog_bibrecord")[0][0]
    while install.sql("SELECT extract(epoch FROM clock_timestamp())::float")[0][0] < last + 1:
        time.sleep(0.1)


def held(install: Any) -> dict[str, str]:
    """What every harvester must have in the end."""
    name = install.sql("SELECT name FROM catalog_repository WHERE current")[0][0]
    rows = install.sql(
        "SELECT l.code, r.id, CASE WHEN r.deleted THEN 'deleted' ELSE r.control_number END FROM catalog_bibrecord r"
        " JOIN network_library l ON l.id = r.library_id WHERE NOT l.closed"
    )
    return {f"oai:{name}:{code}/{id_}": told for code, id_, told in rows}


def test_two_harvesters_get_everything_and_then_what_changed(
    install: Any, synthetic: Callable[..., Path], marc_record: Any, tmp_path: Path
) -> None:
    install.load(synthetic(RECORDS))
    install.load(synthetic(40, 7), library="VN-KIN")
    changed, gone = tmp_path / "changed.mrc", tmp_path / "gone.mrc"
    gone.write_bytes(b"".join(marc_record(f"gone{i}", f"Sẽ rút {i}") for i in range(30)))
    going = install.load(gone, library="VN-B")["batch"]
    with install.serving() as served:
        url = f"http://127.0.0.1:{served.port}/oai"
        assert served.status("/oai", verb="Identify") == 200
        settled(install)
        first = {who: harvest(url) for who, harvest in HARVESTERS.items()}
        identity = Sickle(url).Identify()
        whole = held(install)
        assert len(whole) == RECORDS + 30
        for who, found in first.items():
            assert found == whole, who
        since = Sickle(url).Identify().xml.getroottree().findtext("{*}responseDate")
        assert identity.deletedRecord == "persistent"

        changed.write_bytes(b"".join(marc_record(f"moi{i}", f"Mới {i}") for i in range(300)))
        install.load(changed, library="VN-B")
        assert install.lienthu("batch", "undo", str(going)).code == 0
        settled(install)
        for who, harvest in HARVESTERS.items():
            fresh = harvest(url, **({"from": since} if who == "sickle" else {"from_": since}))
            assert len(fresh) == 330, who
            assert {**first[who], **fresh} == held(install), who


def test_harvesting_while_an_import_runs_misses_nothing(
    install: Any, synthetic: Callable[..., Path], tmp_path: Path
) -> None:
    """Everything is changed while it is being harvested; incremental harvests from each last date, until quiet."""
    install.load(synthetic(RECORDS, 3))
    with install.serving() as served:
        url = f"http://127.0.0.1:{served.port}/oai"
        served.status("/oai", verb="Identify")
        done = threading.Event()

        def write() -> None:
            for seed in range(4, 8):
                install.load(synthetic(RECORDS, seed), library="VN-B")
            done.set()

        writer = threading.Thread(target=write)
        writer.start()
        found: dict[str, str] = {}
        since: dict[str, str] = {}
        quiet = False
        while not quiet:
            quiet = done.is_set()
            if quiet:
                settled(install)
            answers = Sickle(url, max_retries=5)
            asked_at = answers.Identify().xml.getroottree().findtext("{*}responseDate")
            assert asked_at
            try:
                found.update(by_sickle(url, **since))
            except Exception as nothing:
                assert type(nothing).__name__ == "NoRecordsMatch"  # noqa: PT017  # nothing is new
            since = {"from": asked_at}
        writer.join()
        assert found == held(install)


def test_a_page_survives_the_restart_of_the_system(install: Any, synthetic: Callable[..., Path]) -> None:
    install.load(synthetic(RECORDS, 5))
    with install.serving() as served:
        served.status("/oai", verb="Identify")
        settled(install)
        _, body = served.get("/oai", verb="ListRecords", metadataPrefix="oai_dc")
        token = etree.fromstring(body).findtext(".//{*}resumptionToken")
        assert token
    with install.serving() as served:
        status, body = served.get("/oai", verb="ListRecords", resumptionToken=token)
        assert status == 200
        assert len(etree.fromstring(body).findall(".//{*}header")) == 250
