"""Tell that who may find objects must be asked anew, because what it rests on changed: rules, libraries."""

from __future__ import annotations

from collections.abc import Collection

from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.selectors.objects import object_ids_after, objects_of_libraries
from lienthu.domain.digital.selectors.rights import objects_ruled_by
from lienthu.platform.services import changes

_AT_ONCE = 5000


def touch_all_objects() -> int:
    """Publish every object, as news that can wait. Returns how many."""
    after = total = 0
    while ids := object_ids_after(after, _AT_ONCE):
        changes.publish("digital.audiences", ids, bulk=True)
        after, total = ids[-1], total + len(ids)
    return total


def touch_objects_ruled(status: Status) -> None:
    """Publish every object of which the rules of this status may speak, as news that can wait."""
    changes.publish("digital.audiences", objects_ruled_by(status), bulk=True)


def touch_objects_of(library_ids: Collection[int]) -> None:
    """Publish every object of these libraries, as news that can wait."""
    changes.publish("digital.audiences", objects_of_libraries(library_ids), bulk=True)
