"""Collections, digitisation projects and the objects in them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.digital.models.searching import TitleWords
from lienthu.domain.network.models import Library


class OwnerGroup(models.TextChoices):
    """For whom a collection is kept (plan III.3.1)."""

    PUBLIC = "public", _("public")
    EDUCATION = "education", _("education")
    ARMED_FORCES = "armed_forces", _("armed forces")


class Kind(models.TextChoices):
    """What an object is; it sets how its pages are numbered and shown."""

    BOOK = "book", _("book")
    DOCUMENT = "document", _("document")
    NEWSPAPER = "newspaper", _("newspaper or journal")
    MANUSCRIPT = "manuscript", _("Hán-Nôm book or manuscript")
    MAP = "map", _("map")
    PHOTOGRAPHS = "photographs", _("photographs")
    THESIS = "thesis", _("thesis")


class Stage(models.TextChoices):
    """Where an object stands on the way from the shelf to the reader."""

    PLANNED = "planned", _("planned")
    SCANNED = "scanned", _("scanned")
    CHECKED = "checked", _("checked")
    RECOGNISED = "recognised", _("text recognised")
    DESCRIBED = "described", _("described")
    PUBLISHED = "published", _("published")


class Collection(models.Model):
    """Objects that belong together. A closed one exists for the people of its library only (RGT-3)."""

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="collections")
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    owner_group = models.CharField(max_length=12, choices=OwnerGroup, default=OwnerGroup.PUBLIC)
    closed = models.BooleanField(default=False)
    place = models.SmallIntegerField(default=0, db_default=0, help_text="where it stands in lists: lower ones first")
    sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(owner_group=OwnerGroup.ARMED_FORCES) | models.Q(closed=True),
                name="collection_armed_forces_closed",
            )
        ]

    def __str__(self) -> str:
        return self.name


class QualityProfile(models.Model):
    """What scans are measured against, in place of the shipped profile of the same code."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    limits = models.JSONField(
        default=dict,
        help_text="min_dpi, min_bits, max_skew_degrees, min_sharpness: a missing one is not measured against",
    )
    basis = models.CharField(max_length=300, blank=True, help_text="the regulation, and how sure we are of it")
    valid_from = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """A piece of digitisation work: what is scanned, from where, against which list."""

    class Scope(models.TextChoices):
        LOCAL_HISTORY = "local_history", _("local history")
        RARE = "rare", _("rare documents")
        OTHER = "other", _("other")

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="digitisation_projects")
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    scope = models.CharField(max_length=14, choices=Scope, default=Scope.OTHER)
    declared_titles = models.IntegerField(null=True, help_text="how many titles the declared list holds")
    declared_source = models.CharField(max_length=300, blank=True, help_text="the list, its number and date")
    collection = models.ForeignKey(Collection, null=True, on_delete=models.PROTECT, related_name="projects")
    profile = models.SlugField(max_length=40, default="document", help_text="code of a quality profile")
    languages = models.JSONField(default=list)
    watched_folder = models.CharField(max_length=500, blank=True)
    due = models.DateField(null=True)
    closed = models.BooleanField(default=False, help_text="the work is over")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class DigitalObject(models.Model):
    """One volume, issue set, map or bundle: what is read as one."""

    public_id = models.CharField(max_length=12, unique=True)
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="digital_objects", db_index=False)
    record = models.ForeignKey(BibRecord, null=True, on_delete=models.SET_NULL, related_name="digital_objects")
    collection = models.ForeignKey(Collection, null=True, on_delete=models.PROTECT, related_name="volumes")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="volumes")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.BOOK)
    title = models.CharField(max_length=1000)
    title_words = TitleWords()
    description = models.JSONField(default=dict, help_text="Dublin Core element -> list of values")
    languages = models.JSONField(default=list, help_text="for recognising text, Tesseract's codes")
    right_to_left = models.BooleanField(default=False, help_text="pages turn from right to left")

    stage = models.CharField(max_length=10, choices=Stage, default=Stage.PLANNED)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="digital_work"
    )
    due = models.DateField(null=True)
    priority = models.SmallIntegerField(default=0, help_text="higher is done earlier")
    returned = models.CharField(max_length=500, blank=True, help_text="why it went back to the scanner")

    published_at = models.DateTimeField(null=True)
    taken_down = models.BooleanField(default=False, help_text="follows Takedown, in the same transaction (RGT-8)")
    last_seq = models.IntegerField(default=0, help_text="the highest page number given so far")
    version = models.BigIntegerField(
        default=1, help_text="rises with every change: for caches and for concurrent edits"
    )
    pages_version = models.IntegerField(
        default=1, help_text="rises with every act of a person on the pages, not with the work of the pipeline (WFL-3)"
    )
    preserved_version = models.BigIntegerField(default=0, help_text="the version that the preservation store holds")
    received_digest = models.CharField(
        max_length=64,
        null=True,
        help_text="of the files it was made of; null: taken in although known (ING-2)",
    )
    sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "received_digest"], name="object_received_once")]
        indexes = [
            models.Index(fields=["library", "stage", "-id"], name="object_board"),
            models.Index(fields=["project", "stage"], name="object_of_project"),
            GinIndex(fields=["title_words"], name="object_title_words"),
        ]

    def __str__(self) -> str:
        return self.title


class StageMove(models.Model):
    """One step of an object along the board, or back."""

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="moves")
    before = models.CharField(max_length=10, choices=Stage)
    after = models.CharField(max_length=10, choices=Stage)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.object_id}: {self.before} -> {self.after}"
