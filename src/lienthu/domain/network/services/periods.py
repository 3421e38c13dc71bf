"""How a description enters a library's timeline. For the services of this room, inside their transactions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import InvalidData, NotInForce, UnknownLibrary
from lienthu.domain.network.models import AdministrativeUnit, Library, LibraryPeriod, LibraryType
from lienthu.foundation.vietnamese.collation import sort_key
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.services import changes

LIBRARY_CLOSEDNESS = "library.closedness"


@dataclass(frozen=True, slots=True)
class Description:
    """What a library is called, what it is and where it belongs: everything that is kept by period."""

    name: str
    type: str
    name_en: str = ""
    short_name: str = ""
    parent_body: str = ""
    unit: AdministrativeUnit | None = None
    address: str = ""

    @classmethod
    def of(cls, row: Library | LibraryPeriod) -> Description:
        """The description a row carries."""
        return cls(**{f.name: getattr(row, f.name) for f in fields(cls)})

    def put_on(self, row: Library | LibraryPeriod) -> None:
        """Copy onto a row; text is cleaned and the filing key made."""
        for f in fields(self):
            value = getattr(self, f.name)
            setattr(row, f.name, clean(value) if isinstance(value, str) else value)
        row.name_sort = sort_key(row.name)


def check(row: models.Model, exclude: Iterable[str] = ()) -> None:
    """Raise InvalidData where field values or constraints of the row are broken."""
    try:
        row.full_clean(exclude=set(exclude))
    except ValidationError as error:
        told = {field if field != "__all__" else "": texts for field, texts in error.message_dict.items()}
        raise InvalidData(told) from error


def lock_library(library_id: int) -> Library:
    """The library, locked until the transaction ends. Raises UnknownLibrary."""
    return lock_libraries([library_id])[library_id]


def lock_libraries(library_ids: Iterable[int]) -> dict[int, Library]:
    """Libraries by id, locked in order of their ids. Raises UnknownLibrary when one is missing."""
    wanted = set(library_ids)
    found = {
        library.pk: library for library in Library.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    }
    if missing := wanted - found.keys():
        raise UnknownLibrary(_("There is no such library: %(ids)s.") % {"ids": ", ".join(map(str, sorted(missing)))})
    return found


def describe_from(library: Library, description: Description, since: date | None) -> LibraryPeriod:
    """Let the description hold from ``since`` (None: from the library's beginning) until the next known
    change.

    A period that already begins on that day is replaced; one that began earlier ends on it.
    Raises NotInForce where the library does not exist on that day, InvalidData for bad values.
    """
    start = since if since is not None else library.valid_from
    if start is not None and not library.holds(start):
        raise NotInForce(
            _("%(library)s does not exist on %(day)s.") % {"library": library, "day": f"{start:%d/%m/%Y}"},
            _("Choose a day between its founding and its end."),
        )
    periods = list(library.periods.select_for_update().order_by(models.F("valid_from").asc(nulls_first=True)))
    same = next((p for p in periods if p.valid_from == start), None)
    period = same or LibraryPeriod(library=library, valid_from=start)
    if same is None:
        later = [p.valid_from for p in periods if p.valid_from is not None and (start is None or p.valid_from > start)]
        period.valid_to = min(later, default=library.valid_to)
        for earlier in periods:
            if start is not None and earlier.holds(start):
                earlier.valid_to = start
                earlier.save(update_fields=["valid_to"])
    description.put_on(period)
    check(period, exclude=["name_sort"])
    period.save()
    return period


def end_library(library: Library, day: date) -> None:
    """Let the library's existence and periods end on ``day``, the first day on which it is no more."""
    library.valid_to = day
    library.periods.filter(valid_from__gte=day).delete()
    library.periods.filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=day)).update(valid_to=day)
    library.save(update_fields=["valid_to", "updated_at"])


def keep(library: Library) -> None:
    """Save a locked library; those who show its records are told when it was closed or opened."""
    before = Library.objects.filter(pk=library.pk).values_list("closed", flat=True).first()
    library.save()
    if before is not None and before != library.closed:
        changes.publish(LIBRARY_CLOSEDNESS, [library.pk])


def show_current(library: Library, today: date | None = None) -> bool:
    """Copy onto the library what holds today, else what held last, else what comes first.

    True where it changed.
    """
    today = today or timezone.localdate()
    periods = list(library.periods.select_related("unit"))
    if not periods:
        return False
    begun = [p for p in periods if p.valid_from is None or p.valid_from <= today]
    in_force = max(begun or periods[:1], key=lambda p: p.valid_from or date.min)
    description = Description.of(in_force)
    if description == Description.of(library):
        return False
    description.put_on(library)
    if library.type == LibraryType.ARMED_FORCES:
        library.closed = True
    check(library, exclude=["name_sort"])
    keep(library)
    return True
