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
    before = models.JSONField(null=True, help_text="[id, value, …] of pages whose fields the act changed, as they were")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "number"], name="page_act_number_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.object_id}, {self.number})"


class ShelvedText(models.Model):
    """A text of a page that was removed, as long as the removal can be undone. Columns as those of PageText."""

    act = models.ForeignKey(PageAct, on_delete=models.CASCADE, related_name="texts")
    page_key = models.BigIntegerField(help_text="the id that the page had, and has again")
    text_key = models.BigIntegerField(help_text="the id of the text, likewise")
    layer = models.CharField(max_length=13)
    number = models.IntegerField()
    current = models.BooleanField()
    source = models.CharField(max_length=10)
    engine = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    content = models.BinaryField()
    words = models.IntegerField()
    confidence = models.FloatField(null=True)
    by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    placed = models.JSONField(null=True)
    moved_from = models.IntegerField(null=True)
    follows = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"{self.layer} of {self.page_key}, {self.number}"
