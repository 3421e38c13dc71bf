"""Tables of the catalogue: what libraries sent, what was made of it, and the copies they hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import Branch, Library


class Source(models.Model):
    """Where records of a library come from: one former system, one file series. Control numbers are unique in it."""

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="sources")
    code = models.SlugField(max_length=40, default="main")
    name = models.CharField(max_length=200, blank=True)
    column_mapping = models.JSONField(default=dict, help_text="column heading -> field of tabular files")
    holding_rules = models.JSONField(default=list, help_text="empty: the standard rules for 852 and 952")
    copies_by = models.JSONField(
        default=list,
        null=True,
        help_text="the rules by which all its copies were read; null: by several",
    )
    encoding = models.CharField(max_length=30, blank=True, help_text="chosen by people the last time; empty: detect")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "code"], name="source_code_once")]

    def __str__(self) -> str:
        return f"{self.library_id}/{self.code}"


class ImportBatch(models.Model):
    """One file handed over by a library, from upload to report (rules IMP-1 ff., docs/specs/import.md)."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped with an error")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("discarded")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="batches")
    status = models.CharField(max_length=10, choices=Status, default=Status.UPLOADED)
    dry_run = models.BooleanField(default=False)
    trial_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="trials")
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    format = models.CharField(max_length=10)
    encoding = models.CharField(max_length=30, blank=True)
    options = models.JSONField(default=dict)

    # The checkpoint: written in the same transaction as the chunk it closes.
    next_offset = models.BigIntegerField(default=0)
    next_ordinal = models.BigIntegerField(default=0)
    read = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0, help_text="records that the repository says are deleted (HAR-6)")
    quarantined = models.BigIntegerField(default=0)
    repaired = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0, help_text="control numbers that came again inside this file")
    joined = models.BigIntegerField(default=0, help_text="records that joined a publication already known")
    items = models.BigIntegerField(default=0)
    problem_counts = models.JSONField(default=dict, help_text="problem code -> how many records")
    encoding_counts = models.JSONField(default=dict, help_text="encoding -> how many records")

    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.CharField(max_length=120)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["library", "-id"], name="batch_of_library")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    read=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("withdrawn")
                    + models.F("quarantined")
                ),
                name="batch_counts_add_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.pk})"


class BibRecord(models.Model):
    """One bibliographic record of one library: its identity and the columns that are queried. Content: Revision."""

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="records", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="records", db_index=False)
    identity = models.CharField(max_length=120, help_text="001:<control number>, or digest:<hex> without one")
    control_number = models.CharField(max_length=110, blank=True)
    revision = models.IntegerField(default=1, help_text="number of the current revision")
    content_digest = models.BinaryField(max_length=16)
    deleted = models.BooleanField(default=False)
    host = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="parts")
    host_control_number = models.CharField(max_length=110, blank=True)
    # what hosts are found by where no number says which (IMP-37, content.HostNames)
    title_key = models.BigIntegerField(null=True)
    number_key = models.BigIntegerField(null=True)
    host_title_key = models.BigIntegerField(null=True)
    host_number_key = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # What harvesters are told by (rules OAI-5 to OAI-9): full seconds, given by services/datestamps.py and nobody else.
    datestamp = models.DateTimeField(help_text="when what the public sees of it last changed")
    exposed = models.BooleanField(default=False, help_text="the public has, or could have, seen it at some time")
    material_type = models.CharField(max_length=20, blank=True)
    local_history = models.BooleanField(default=False)
    children = models.BooleanField(default=False)
    origin = models.IntegerField(default=0, help_text="0: the library's own; else the repository it was harvested from")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "identity"], name="record_identity_once")]
        indexes = [
            # One for each kind of set, in the order of harvesting: every page is the next piece of one index.
            # "id > 0" keeps the planner from walking the index of everything for a set that lies at its other end.
            models.Index(
                fields=["datestamp", "id"], condition=models.Q(exposed=True, id__gt=0), name="record_harvest_all"
            ),
            models.Index(
                fields=["library", "datestamp", "id"], condition=models.Q(exposed=True), name="record_harvest_library"
            ),
            models.Index(
                fields=["material_type", "datestamp", "id"],
                condition=models.Q(exposed=True),
                name="record_harvest_type",
            ),
            models.Index(
                fields=["datestamp", "id"],
                condition=models.Q(exposed=True, local_history=True),
                name="record_harvest_local",
            ),
            models.Index(
                fields=["datestamp", "id"],
                condition=models.Q(exposed=True, children=True),
                name="record_harvest_children",
            ),
            models.Index(
                fields=["origin", "datestamp", "id"], condition=models.Q(exposed=True), name="record_harvest_origin"
            ),
            models.Index(fields=["library", "id"], name="record_of_library"),
            models.Index(
                fields=["source", "host_control_number"],
                condition=~models.Q(host_control_number=""),
                name="record_host_number",
            ),
            *(
                models.Index(
                    fields=["library", name, *more],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"record_{name}",
                )
                for name, *more in (
                    ("title_key",),
                    ("number_key",),
                    ("host_title_key", "id"),  # thousands may want one host: they are asked in pieces
                    ("host_number_key", "id"),
                )
            ),
            models.Index(
                fields=["source", "control_number"],
                condition=models.Q(identity__startswith="oai:"),
                name="record_harvested_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity} ({self.pk})"


class Revision(models.Model):
    """One state of a record: the bytes as received and the normalised record. Written once, never changed."""

    record = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.IntegerField()
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT, related_name="revisions")
    raw = models.BinaryField()
    raw_format = models.CharField(max_length=10)
    raw_encoding = models.CharField(max_length=30)
    marc = models.TextField(help_text="canonical JSON of the normalised record; foundation/marc/normalise.py")
    deleted = models.BooleanField(default=False, help_text="this revision takes the record out of the catalogue")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"{self.record_id} r{self.number}"


class Item(models.Model):
    """Copies a library holds of a record, as its record says. The call number is kept to the letter."""

    class Status(models.TextChoices):
        AVAILABLE = "available", _("available")
        ON_LOAN = "on_loan", _("on loan")
        REFERENCE_ONLY = "reference_only", _("for use in the library")
        LOST = "lost", _("lost")
        WITHDRAWN = "withdrawn", _("withdrawn")
        IN_PROCESS = "in_process", _("in process")
        UNKNOWN = "unknown", _("ask the library")

    record = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="items")
    # the record's library: its constraint stands for this copy of it
    library = models.ForeignKey(
        Library, on_delete=models.PROTECT, related_name="items", db_index=False, db_constraint=False
    )
    branch = models.ForeignKey(Branch, null=True, on_delete=models.SET_NULL, related_name="items", db_index=False)
    branch_text = models.TextField(blank=True)
    location = models.TextField(blank=True)
    call_number = models.TextField(blank=True)
    barcode = models.CharField(max_length=120, blank=True)
    barcode_taken = models.BooleanField(default=False, help_text="another copy of the library already has this barcode")
    copy_number = models.CharField(max_length=40, blank=True)
    copies = models.IntegerField(default=1)
    status = models.CharField(max_length=16, choices=Status, default=Status.UNKNOWN)
    note = models.TextField(blank=True)
    acquired = models.CharField(max_length=40, blank=True)
    statement = models.TextField(blank=True, help_text="serial holdings in words (866); such a row counts no copies")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "barcode"],
                condition=models.Q(barcode_taken=False) & ~models.Q(barcode=""),
                name="item_barcode_once",
            ),
            models.CheckConstraint(condition=models.Q(copies__gte=0), name="item_copies_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["library", "barcode"], condition=models.Q(barcode_taken=True), name="item_barcode_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.barcode or self.call_number or str(self.pk)


class Quarantined(models.Model):
    """A piece of a file that could not be read, with its bytes, where it stood and why."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="quarantine")
    ordinal = models.BigIntegerField(help_text="counted from 0 among everything read from the file")
    offset = models.BigIntegerField(
        help_text="first byte in the file; of workbooks the row, of harvested lists the ordinal"
    )
    raw = models.BinaryField()
    code = models.CharField(max_length=60)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "ordinal"], name="quarantine_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}@{self.offset}: {self.code}"


class BatchProblem(models.Model):
    """An example of something repaired or doubtful in a batch. Counts are on the batch; examples are bounded."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="problems")
    ordinal = models.BigIntegerField()
    offset = models.BigIntegerField()
    label = models.CharField(max_length=200, help_text="control number and title, for people")
    code = models.CharField(max_length=60)
    detail = models.TextField(blank=True)
    repaired = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["batch", "code", "ordinal"], name="problem_of_batch")]

    def __str__(self) -> str:
        return f"{self.batch_id}#{self.ordinal}: {self.code}"


class Repository(models.Model):
    """A name under which records are known on the net: one that we have, or that of someone we harvested."""

    name = models.CharField(max_length=255, unique=True, help_text="repositoryIdentifier, lower case")
    own = models.BooleanField(default=False, help_text="this install has, or once had, this name")
    current = models.BooleanField(default=False, help_text="our name now")
    provisional = models.BooleanField(default=False, help_text="made up because the install had no public address")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["current"], condition=models.Q(current=True), name="repository_one_name"),
            models.CheckConstraint(
                condition=models.Q(current=False) | models.Q(own=True), name="repository_current_is_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecordOrigin(models.Model):
    """Where a harvested record was found, and what was said there of its way (OAI provenance)."""

    record = models.OneToOneField(BibRecord, primary_key=True, on_delete=models.CASCADE, related_name="came_from")
    base_url = models.TextField()
    identifier = models.TextField()
    datestamp = models.CharField(max_length=40)
    metadata_namespace = models.TextField(blank=True)
    harvested_at = models.DateTimeField()
    altered = models.BooleanField(default=True)
    earlier = models.JSONField(default=list, help_text="originDescriptions that came with it, outermost first")

    def __str__(self) -> str:
        return self.identifier


# tables of files of their own; Django finds the tables of a room here
from lienthu.domain.catalog import authority_models as authority_models  # noqa: E402 -- they point at the tables above
from lienthu.domain.catalog import long_work_models as long_work_models  # noqa: E402 -- as above
