"""The readers of the network room.

``require`` and ``allowed`` are the one place of authorisation in the house.
"""

from lienthu.domain.network.selectors.accounts import AccountRow, account_facts, account_list, account_row
from lienthu.domain.network.selectors.areas import Area, areas, units_as_of
from lienthu.domain.network.selectors.audit import audit_trail
from lienthu.domain.network.selectors.facts import LibraryFacts, library_facts
from lienthu.domain.network.selectors.hours import DayHours, LibraryHours, Span, opening_hours
from lienthu.domain.network.selectors.libraries import (
    BranchView,
    LibraryView,
    branches_as_of,
    closed_library_ids,
    described_on,
    libraries_as_of,
    library_as_of,
    library_by_code,
    online_addresses,
    public_libraries,
    service_offers,
)
from lienthu.domain.network.selectors.lineage import LineageStep, lineage_of, successor_of, successors_of
from lienthu.domain.network.selectors.rights import (
    Rights,
    Signed,
    actor_of,
    allowed,
    facts_of,
    libraries_for,
    require,
    rights_of,
    roles_of,
)
from lienthu.domain.network.selectors.units import UnitLineage, libraries_in, unit_by_id, unit_lineage, units_listed

__all__ = [
    "AccountRow",
    "Area",
    "BranchView",
    "DayHours",
    "LibraryFacts",
    "LibraryHours",
    "LibraryView",
    "LineageStep",
    "Rights",
    "Signed",
    "Span",
    "UnitLineage",
    "account_facts",
    "account_list",
    "account_row",
    "actor_of",
    "allowed",
    "areas",
    "audit_trail",
    "branches_as_of",
    "closed_library_ids",
    "described_on",
    "facts_of",
    "libraries_as_of",
    "libraries_for",
    "libraries_in",
    "library_as_of",
    "library_by_code",
    "library_facts",
    "lineage_of",
    "online_addresses",
    "opening_hours",
    "public_libraries",
    "require",
    "rights_of",
    "roles_of",
    "service_offers",
    "successor_of",
    "successors_of",
    "unit_by_id",
    "unit_lineage",
    "units_as_of",
    "units_listed",
]
