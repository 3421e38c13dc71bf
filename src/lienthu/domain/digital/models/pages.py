"""Files as received, the pages made of them, what was done to each page, and its text."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lienthu.domain.digital.models.objects import DigitalObject


class MasterFile(models.Model):
    """A file as it was handed over. Written once into the preservation store, never changed."""

    object = models.ForeignKey(DigitalObject, on_delete=models.PROTECT, related_name="files", db_index=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=400, help_text="logical path in the object of the store")
    name = models.CharField(max_length=255, help_text="as it was called")
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict, help_text="what was read from it: frames, size, resolution, depth, colour")
    problem = models.CharField(max_length=300, blank=True, help_text="why it could not be read; empty: it could")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "path"], name="file_path_once")]

    def __str__(self) -> str:
        return self.name


class Page(models.Model):
    """One page as it is shown. ``seq`` is its name for ever, ``position`` its place in the order."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready")
        FAILED = "failed", _("cannot be shown")
        MISSING = "missing", _("missing in the original")

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="pages", db_index=False)
    seq = models.IntegerField()
    position = models.IntegerField()
    file = models.ForeignKey(MasterFile, null=True, on_delete=models.PROTECT, related_name="pages")
    frame = models.IntegerField(default=0, help_text="page of a PDF or of a TIFF of several, from 0")
    rotation = models.SmallIntegerField(default=0, help_text="clockwise, 0, 90, 180 or 270")
    crop = models.JSONField(null=True, help_text="[x, y, w, h] as parts of 1 of the rotated image; null: all of it")
    label = models.CharField(max_length=40, blank=True, help_text="the number printed on it, or given to it")
    numbering = models.CharField(max_length=12, default="pages", help_text="front, pages, folios, plates, none")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    closed = models.BooleanField(default=False, help_text="personal data inside: for staff only (RGT-6)")
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    quality = models.JSONField(default=dict, help_text="what was measured")
    version = models.IntegerField(default=1, help_text="rises when the picture changes: part of cache keys")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object", "seq"], name="page_seq_once"),
            models.UniqueConstraint(
                fields=["object", "position"], name="page_position_once", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_id}.{self.seq}"


class PageWork(models.Model):
    """One stage of the pipeline for one page: done once for the same input and engine."""

    class Stage(models.TextChoices):
        PICTURE = "picture", _("picture")  # probe, measure, pyramid
        TEXT = "text", _("text")  # the PDF's own, or recognised

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="work", db_index=False)
    # The page's constraint holds the object too; a second check of every row would be a tenth of splitting a volume.
    object = models.ForeignKey(
        DigitalObject, on_delete=models.CASCADE, related_name="work", db_index=False, db_constraint=False
    )
    stage = models.CharField(max_length=8, choices=Stage)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    input_digest = models.CharField(max_length=64, blank=True)
    engine = models.CharField(max_length=80, blank=True)
    priority = models.SmallIntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    seconds = models.FloatField(default=0)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "stage"], name="page_stage_once")]
        indexes = [
            models.Index(
                fields=["-priority", "stage", "id"], condition=models.Q(state="waiting"), name="page_work_waiting"
            ),
            models.Index(fields=["object", "stage", "state"], name="page_work_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.page_id}: {self.state}"


class Layer(models.TextChoices):
    """The texts a page may have beside each other (Hán-Nôm: all three, aligned line by line)."""

    ORIGINAL = "original", _("original")
    TRANSCRIPTION = "transcription", _("transcription")
    TRANSLATION = "translation", _("translation")


class PageText(models.Model):
    """One version of the text of a page in one layer, words with boxes. Versions are added, never changed."""

    # No constraint: texts outlive their page while its removal can be undone (ShelvedPage).
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="texts", db_index=False, db_constraint=False)
    layer = models.CharField(max_length=13, choices=Layer, default=Layer.ORIGINAL)
    number = models.IntegerField()
    current = models.BooleanField(default=True)
    source = models.CharField(max_length=10, help_text="pdf, ocr, corrected, typed")
    engine = models.CharField(max_length=80, blank=True)
    text = models.TextField(help_text="plain text, for search and snippets")
    content = models.BinaryField(help_text="the words with their boxes: PageText.to_json(), deflated")
    words = models.IntegerField(default=0)
    confidence = models.FloatField(null=True, help_text="mean of the words, 0 to 100; null: written by a person")
    by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    placed = models.JSONField(null=True, help_text="the picture its boxes stand on: file and frame, turned and cut")
    moved_from = models.IntegerField(null=True, help_text="the version of which it is the same text on another picture")
    follows = models.BooleanField(
        default=False,
        db_default=False,
        help_text="out of force, put on the page's next picture when that is there (WFL-20)",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "layer", "number"], name="page_text_number_once"),
            models.UniqueConstraint(
                fields=["page", "layer"], condition=models.Q(current=True), name="page_text_current_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer} of {self.page_id}, {self.number}"


class Section(models.Model):
    """An entry of the contents: a chapter, an issue of a newspaper with its date, a part."""

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="sections")
    position = models.IntegerField()
    level = models.SmallIntegerField(default=1)
    title = models.CharField(max_length=500)
    page = models.ForeignKey(Page, null=True, on_delete=models.SET_NULL, related_name="sections")
    issued = models.DateField(null=True, help_text="date of the issue that begins here")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "position"], name="section_position_once")]

    def __str__(self) -> str:
        return self.title
