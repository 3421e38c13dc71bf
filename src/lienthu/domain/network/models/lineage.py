"""What became of libraries: the events that connect them through time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lienthu.domain.network.models.libraries import Branch, Library


class LineageKind(models.TextChoices):
    """What happened."""

    FOUNDED = "founded", pgettext_lazy("event in the life of a library", "Founded")
    MERGED = "merged", pgettext_lazy("event in the life of a library", "Merged")
    SPLIT = "split", pgettext_lazy("event in the life of a library", "Split")
    RENAMED = "renamed", pgettext_lazy("event in the life of a library", "Renamed")
    MOVED = "moved", pgettext_lazy("event in the life of a library", "Moved under another body or place")
    DISSOLVED = "dissolved", pgettext_lazy("event in the life of a library", "Dissolved")


class LineageSide(models.TextChoices):
    """On which side of an event a library stands."""

    FROM = "from", _("before")
    TO = "to", _("after")


class LineageEvent(models.Model):
    """One event in the life of one or more libraries."""

    kind = models.CharField(_("event"), max_length=20, choices=LineageKind)
    date = models.DateField(_("date"), db_index=True)
    note = models.TextField(_("note"), blank=True)
    other_bodies = models.CharField(
        _("other bodies"),
        max_length=300,
        blank=True,
        help_text=_("Bodies that took part and are not libraries."),
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    branch = models.ForeignKey(
        Branch,
        verbose_name=_("became the branch"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    assumed = models.BooleanField(_("assumed"), default=False)
    sample = models.BooleanField(_("sample data"), default=False)
    libraries = models.ManyToManyField(Library, through="LineageParty", related_name="lineage_events")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["date", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.date:%d/%m/%Y}"


class LineageParty(models.Model):
    """One library's part in an event. In a merger the library that lives on may stand on both sides."""

    event = models.ForeignKey(LineageEvent, on_delete=models.CASCADE, related_name="parties")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="lineage_parties")
    side = models.CharField(max_length=4, choices=LineageSide)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "library", "side"], name="lineageparty_once")]

    def __str__(self) -> str:
        return f"{self.library_id} {self.side}"
