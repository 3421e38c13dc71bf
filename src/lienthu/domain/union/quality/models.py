"""Tables of quality: what is known of each record, and the counts of a library after each of its imports."""

from __future__ import annotations

from django.db import models

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.network.models import Library


class RecordQuality(models.Model):
    """One current record as it was last assessed (rule QUA-3). Derived: it may be dropped and made anew."""

    record_id = models.BigIntegerField(primary_key=True)
    library = models.ForeignKey(
        Library, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    revision = models.IntegerField(help_text="the revision that was assessed")
    version = models.SmallIntegerField(help_text="of what is asked of records")
    missing = models.IntegerField(help_text="bits of foundation/marc/quality.py IMPORTANT")
    excused = models.IntegerField(help_text="the same, for what nobody asks of its kind of material")
    faults = models.BigIntegerField(help_text="bits of foundation/marc/quality.py FAULTS")
    cluster_id = models.BigIntegerField(help_text="where it stood")
    twin = models.BooleanField(default=False, help_text="another record of this library stands there too")
    alone = models.BooleanField(default=False, help_text="no other library has it")

    class Meta:
        app_label = "union"
        indexes = [
            # one index walked by every list: what is not asked for is passed over without reading the table
            models.Index(
                fields=["library", "record_id"], include=["missing", "faults", "alone"], name="quality_of_library"
            ),
            models.Index(
                fields=["library", "cluster_id", "record_id"], condition=models.Q(twin=True), name="quality_twins"
            ),
        ]

    def __str__(self) -> str:
        return f"quality of {self.record_id}"


class LibraryQuality(models.Model):
    """The counts of a library when it was last assessed after one of its imports: what the trend is drawn from."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="quality")
    batch = models.ForeignKey(
        ImportBatch, null=True, on_delete=models.SET_NULL, related_name="+", help_text="the last import before"
    )
    counted_at = models.DateTimeField()
    records = models.IntegerField()
    counts = models.JSONField(help_text="missing, asked and faults by name; twins, twin_publications, alone")

    class Meta:
        app_label = "union"
        constraints = [models.UniqueConstraint(fields=["library", "batch"], name="quality_once_an_import")]
        indexes = [models.Index(fields=["library", "-counted_at"], name="quality_newest")]

    def __str__(self) -> str:
        return f"{self.library_id} at {self.counted_at}"
