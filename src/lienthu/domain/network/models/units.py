"""Administrative units: the province, its former districts, its communes, wards and special zones."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lienthu.domain.network.models.dated import Dated, ends_after_start


class UnitKind(models.TextChoices):
    """Levels and kinds of unit. Districts ended on 1 July 2025, hence their name."""

    PROVINCE = "province", _("Province")
    FORMER_DISTRICT = "district_former", _("Former district")
    WARD = "ward", _("Ward")
    COMMUNE = "commune", _("Commune")
    SPECIAL_ZONE = "special_zone", _("Special zone")


class AdministrativeUnit(Dated):
    """One unit during one period.

    ``code`` is ours and unique for ever; official codes are used again by successors. A unit that is renamed is
    another unit from that day on, joined to this one by a succession.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    official_code = models.CharField(_("official code"), max_length=10, blank=True)
    title = models.CharField(
        pgettext_lazy("before a name", "title"),
        max_length=40,
        blank=True,
        help_text=_("Stands before the name: Phường, Huyện …"),
    )
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    name_sort = models.CharField(max_length=200, db_collation="C", editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    former_district = models.ForeignKey(
        "self",
        verbose_name=_("former district"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successor_units",
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    assumed = models.BooleanField(
        _("assumed"), default=False, help_text=_("Not found in an official source: to be checked.")
    )

    class Meta:
        ordering = ["name_sort", "code"]
        constraints = [ends_after_start("unit_period")]
        indexes = [models.Index(fields=["kind", "official_code"], name="unit_kind_code")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name with its title, as people write it: "Phường Hạ Long"."""
        return f"{self.title} {self.name}".strip()


class UnitSuccession(models.Model):
    """Part or all of one unit went over to another: renamed, merged into it, or split among several."""

    predecessor = models.ForeignKey(AdministrativeUnit, on_delete=models.CASCADE, related_name="followed_by")
    successor = models.ForeignKey(AdministrativeUnit, on_delete=models.CASCADE, related_name="follows")
    date = models.DateField(_("date"), help_text=_("The first day on which the new state holds."))

    class Meta:
        ordering = ["date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="unitsuccession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="unitsuccession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"
