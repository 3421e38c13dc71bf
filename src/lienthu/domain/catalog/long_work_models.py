"""Tables that say how far long work over all records has come, and numbers that it leaves behind."""

from __future__ import annotations

from django.db import models

from lienthu.domain.catalog.models import Source
from lienthu.domain.network.models import Library


class CopyReading(models.Model):
    """Reading the copies of a source's records again, by other rules than before; services/copies.py (IMP-38)."""

    class Status(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="copy_readings")
    rules = models.JSONField(help_text="as Source.holding_rules when it began; other rules begin another")
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    after = models.BigIntegerField(default=0, help_text="records up to this number are done")
    total = models.BigIntegerField(null=True, help_text="records to read; null: not counted yet")
    done = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0, help_text="records whose copies came out otherwise")
    added = models.BigIntegerField(default=0, help_text="copies")
    removed = models.BigIntegerField(default=0)
    altered = models.BigIntegerField(default=0)
    barcodes_taken = models.BigIntegerField(default=0, help_text="copies whose barcode another had at the end")
    started_by = models.CharField(max_length=120)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(status="running"), name="copy_reading_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.status} after {self.after}"


class HostQuestion(models.Model):
    """Parts of one library that are asked for their host anew, too many for a chunk; services/waiting_parts.py."""

    class Kind(models.TextChoices):
        TITLE = "title"
        NUMBER = "number"
        HOST = "host"

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    key = models.BigIntegerField(help_text="the name that the parts want, or the record they hang on")
    after = models.BigIntegerField(default=0, help_text="parts up to this number were asked")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "kind", "key"], name="host_question_once")]

    def __str__(self) -> str:
        return f"{self.library_id}: {self.kind} {self.key} after {self.after}"


class Rereading(models.Model):
    """How far all records have been read again after an upgrade; services/rereading.py."""

    version = models.IntegerField(primary_key=True)
    after = models.BigIntegerField(default=0, help_text="records up to this number are done")
    changed = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.version}: {self.after}"


class Figure(models.Model):
    """A number that many pages show and that would cost much to count each time; services/figures.py keeps it."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField()
    counted_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Redating(models.Model):
    """A library that was closed or opened, whose records are being given new datestamps (rule OAI-8)."""

    library = models.OneToOneField(Library, primary_key=True, on_delete=models.CASCADE, related_name="+")
    after = models.BigIntegerField(default=0, help_text="id of the last record done")

    def __str__(self) -> str:
        return f"{self.library_id} after {self.after}"
