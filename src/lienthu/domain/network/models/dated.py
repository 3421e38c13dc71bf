"""What every dated table shares: a validity period, half open, and the question "what held on that day?"."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def holds_on(day: date, prefix: str = "") -> Q:
    """Rows in force on ``day``. ``prefix`` reaches through a relation, e.g. ``"library__"``."""
    begun = Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": day})
    not_ended = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": day})
    return begun & not_ended


def ends_after_start(name: str, *, empty_allowed: bool = False) -> models.CheckConstraint:
    """The end is after the beginning; ``empty_allowed`` where an act may be taken back on the day it was
    done."""
    compared = Q(valid_to__gte=F("valid_from")) if empty_allowed else Q(valid_to__gt=F("valid_from"))
    return models.CheckConstraint(name=name, condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | compared)


Row = TypeVar("Row", bound=models.Model, covariant=True)


class DatedQuerySet(models.QuerySet[Row]):
    """Adds the as-of question."""

    def as_of(self, day: date) -> Self:
        """Only rows in force on ``day``."""
        return self.filter(holds_on(day))


DatedManager = models.Manager.from_queryset(DatedQuerySet)


class Dated(models.Model):
    """A row that holds from ``valid_from`` until the day before ``valid_to``; an empty date is an open end.
    A row that holds from ``valid_from`` until the day before ``valid_to``; an empty date is an open end."""

    valid_from = models.DateField(
        _("valid from"),
        null=True,
        blank=True,
        help_text=_("First day. Empty: since before our records begin."),
    )
    valid_to = models.DateField(
        _("ceased on"),
        null=True,
        blank=True,
        help_text=_("First day on which it no longer holds. Empty: still in force."),
    )

    objects: ClassVar[DatedManager[Self]] = DatedManager()

    class Meta:
        abstract = True

    def holds(self, day: date) -> bool:
        """Whether the row is in force on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)
