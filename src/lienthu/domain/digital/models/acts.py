"""What was done to the pages of an object lately, so that it can be undone."""

from __future__ import annotations

from django.db import models

from lienthu.domain.digital.models.objects import DigitalObject


class PageAct(models.Model):
    """One act on the pages of an object, with what is needed to undo it; the oldest are forgotten (WFL-2)."""

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="page_acts", db_index=False)
    number = models.IntegerField(help_text="the object's pages_version that the act made")
    kind = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)
    undo = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "number"], name="page_act_number_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.object_id}, {self.number})"


class ShelvedPage(models.Model):
    """A page as it was before an act, as long as the act can be undone. Columns as those of Page.

    The texts of a page that was removed stay where they are, under a page that is not there, until the act is forgotten
    (WFL-5): copying the texts of half a volume took longer than all else of removing it.
    """

    pk = models.CompositePrimaryKey("act_id", "page_key")
    # No constraint, as nothing but page_rows writes here: checking it would be a tenth of an act on a whole volume.
    act = models.ForeignKey(
        PageAct, on_delete=models.CASCADE, related_name="pages", db_index=False, db_constraint=False
    )
    page_key = models.BigIntegerField(help_text="the id of the page, which one that was removed has again")
    seq = models.IntegerField()
    position = models.IntegerField()
    file_id = models.BigIntegerField(null=True)
    frame = models.IntegerField()
    rotation = models.SmallIntegerField()
    crop = models.JSONField(null=True)
    label = models.CharField(max_length=40, blank=True)
    numbering = models.CharField(max_length=12)
    state = models.CharField(max_length=8)
    problem = models.CharField(max_length=300, blank=True)
    closed = models.BooleanField()
    width = models.IntegerField()
    height = models.IntegerField()
    quality = models.JSONField()
    version = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.page_key} before {self.act_id}"
