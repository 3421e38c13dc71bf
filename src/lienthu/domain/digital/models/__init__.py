"""Tables of the digital room."""

from lienthu.domain.digital.models.acts import PageAct, ShelvedPage
from lienthu.domain.digital.models.deliveries import DeliveredFile, Delivery
from lienthu.domain.digital.models.objects import (
    Collection,
    DigitalObject,
    Kind,
    OwnerGroup,
    Project,
    QualityProfile,
    Stage,
    StageMove,
)
from lienthu.domain.digital.models.pages import Layer, MasterFile, Page, PageText, PageWork, Section
from lienthu.domain.digital.models.preservation import FixityProblem, FixityRun, Preservation
from lienthu.domain.digital.models.rights import (
    AccessRule,
    Erasure,
    PremisesNetwork,
    ReadingSeat,
    ReadingStation,
    RightsRecord,
    SeatRequest,
    Takedown,
)

__all__ = [
    "AccessRule",
    "Collection",
    "DeliveredFile",
    "Delivery",
    "DigitalObject",
    "Erasure",
    "FixityProblem",
    "FixityRun",
    "Kind",
    "Layer",
    "MasterFile",
    "OwnerGroup",
    "Page",
    "PageAct",
    "PageText",
    "PageWork",
    "PremisesNetwork",
    "Preservation",
    "Project",
    "QualityProfile",
    "ReadingSeat",
    "ReadingStation",
    "RightsRecord",
    "SeatRequest",
    "Section",
    "ShelvedPage",
    "Stage",
    "StageMove",
    "Takedown",
]
