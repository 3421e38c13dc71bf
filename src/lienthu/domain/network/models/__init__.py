"""Tables of the network room."""

from lienthu.domain.network.models.libraries import (
    Branch,
    BranchKind,
    BranchPeriod,
    Library,
    LibraryPeriod,
    LibraryType,
)
from lienthu.domain.network.models.lineage import LineageEvent, LineageKind, LineageParty, LineageSide
from lienthu.domain.network.models.offers import (
    ClosedDay,
    OnlineAddress,
    OnlineAddressKind,
    OpeningHours,
    ServiceKind,
    ServiceOffer,
    Weekday,
)
from lienthu.domain.network.models.roles import RoleAssignment
from lienthu.domain.network.models.units import AdministrativeUnit, UnitKind, UnitSuccession

__all__ = [
    "AdministrativeUnit",
    "Branch",
    "BranchKind",
    "BranchPeriod",
    "ClosedDay",
    "Library",
    "LibraryPeriod",
    "LibraryType",
    "LineageEvent",
    "LineageKind",
    "LineageParty",
    "LineageSide",
    "OnlineAddress",
    "OnlineAddressKind",
    "OpeningHours",
    "RoleAssignment",
    "ServiceKind",
    "ServiceOffer",
    "UnitKind",
    "UnitSuccession",
    "Weekday",
]
