"""The sample network: its libraries, and what became of them."""

import csv
import unicodedata
from collections import Counter
from datetime import date

from lienthu.domain.network.services.units import SHIPPED
from lienthu.faces.cli.sample.network import EVENT_KINDS, LIBRARY_TYPES, NETWORK_FILE, load_network

LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
FIRST_DAY_OF_COMMUNES = date(2025, 7, 1)


def shipped() -> list[dict[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_library_type_is_there_and_every_code_is_unique() -> None:
    libraries = load_network().libraries
    assert {lib.type for lib in libraries} == set(LIBRARY_TYPES)
    assert len({lib.code for lib in libraries}) == len(libraries)
    assert all(lib.sample and lib.code_provisional for lib in libraries)


def test_armed_forces_libraries_and_only_they_are_closed() -> None:
    libraries = load_network().libraries
    assert {lib.code for lib in libraries if lib.closed} == {
        lib.code for lib in libraries if lib.type == "armed_forces"
    }


def test_references_between_libraries_bodies_units_and_events_hold() -> None:
    network = load_network()
    bodies = {body.code for body in network.bodies}
    units = {row["code"] for row in shipped()}
    codes = {lib.code for lib in network.libraries}
    for lib in network.libraries:
        assert lib.parent_body in bodies
        assert lib.administrative_unit is None or lib.administrative_unit in units
        assert {a.body for a in lib.affiliations} <= bodies
        assert all(b.administrative_unit is None or b.administrative_unit in units for b in lib.branches)
        assert len({b.code for b in lib.branches}) == len(lib.branches)
    branches = {b.code for b in network.library("VN-QNTV").branches}
    for event in network.events:
        assert event.kind in EVENT_KINDS
        assert {*event.sources, *event.targets} <= codes | bodies
        assert not event.to_branch or event.to_branch in branches


def test_online_addresses_lie_under_example_domains_only() -> None:
    text = NETWORK_FILE.read_text(encoding="utf-8")
    hosts = [part.split("/")[0] for part in text.replace('"', " ").split("https://")[1:]]
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_every_former_district_library_has_an_heir_of_one_of_two_assumed_kinds() -> None:
    network = load_network()
    former = [row["code"] for row in shipped() if row["valid_to"] == FIRST_DAY_OF_COMMUNES.isoformat()]
    outcomes: Counter[str] = Counter()
    for code in former:
        library = f"VN-QN{code}"
        assert network.library(library).valid_to == LAST_DAY_OF_DISTRICTS
        (event,) = [e for e in network.events if library in e.sources and e.date == FIRST_DAY_OF_COMMUNES]
        assert event.assumed
        outcomes[event.outcome] += 1
        assert len(network.heirs(library)) == 1
    assert set(outcomes) == {"stock_to_commune", "branch_of_province"}
    assert sum(outcomes.values()) == 13


def test_lineage_is_followed_through_several_events() -> None:
    network = load_network()
    assert network.heirs("VN-QN204") == ("VN-QNTV",)  # Hoành Bồ, to Hạ Long, to the province
    assert network.heirs("VN-QN205T") == ("VN-QN07093",)  # Đông Triều: renamed, then taken over
    assert network.heirs("VN-QNCO03") == ()  # dissolved


def test_the_provincial_library_goes_on_inside_the_merged_body() -> None:
    network = load_network()
    library = network.library("VN-QNTV")
    assert library.valid_to is None
    assert [a.body for a in library.affiliations][-1] == "QN-BTTV"
    assert any(e.kind == "merged" and e.targets == ("QN-BTTV",) for e in network.events)


def test_the_file_is_in_nfc() -> None:
    assert unicodedata.is_normalized("NFC", NETWORK_FILE.read_text(encoding="utf-8"))
