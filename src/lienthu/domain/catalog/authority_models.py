"""Tables of authority records: headings, their other forms, and which records stand under them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.models import BibRecord, ImportBatch, Source


class Authority(models.Model):
    """One person, body, meeting, title, topic or place under its authorised heading (rules AUT-1 ff.)."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        BODY = "body", _("corporate body")
        MEETING = "meeting", _("meeting")
        TITLE = "title", _("uniform title")
        TOPIC = "topic", _("topic")
        PLACE = "place", _("place")
        OTHER = "other", _("other heading")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="authorities", db_index=False)
    identity = models.CharField(max_length=120)
    control_number = models.CharField(max_length=110, blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    heading = models.TextField()
    subfields = models.JSONField(default=list, help_text="of the 1XX: [[code, value], …]")
    sort_key = models.CharField(max_length=120)
    birth = models.IntegerField(null=True)
    death = models.IntegerField(null=True)
    revision = models.IntegerField(default=1, help_text="number of the revision in force")
    received_digest = models.BinaryField(max_length=16, help_text="of what the library sent last")
    edited = models.BooleanField(default=False, help_text="people changed it: what arrives later waits to be taken")
    deleted = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    root = models.ForeignKey("self", on_delete=models.PROTECT, related_name="family", help_text="the one that counts")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "identity"], name="authority_identity_once")]
        indexes = [models.Index(fields=["sort_key", "id"], name="authority_sorted")]

    def __str__(self) -> str:
        return self.heading


class AuthorityRevision(models.Model):
    """One state of an authority record, as received or as people made it. Written once, never changed."""

    class Origin(models.TextChoices):
        RECEIVED = "received", _("received")
        EDITED = "edited", _("edited")
        RESTORED = "restored", _("restored")

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.IntegerField()
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT, related_name="authority_revisions")
    origin = models.CharField(max_length=8, choices=Origin)
    by = models.CharField(max_length=120)
    raw = models.BinaryField()
    raw_format = models.CharField(max_length=10, blank=True)
    raw_encoding = models.CharField(max_length=30, blank=True)
    marc = models.TextField(help_text="canonical JSON of the normalised record; foundation/marc/normalise.py")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "number"], name="authority_revision_once")]

    def __str__(self) -> str:
        return f"{self.authority_id} r{self.number}"


class AuthorityName(models.Model):
    """A form under which an authority is found: its heading, a variant, or what once was its heading."""

    class Form(models.TextChoices):
        HEADING = "heading", _("heading")
        VARIANT = "variant", _("variant")
        FORMER = "former", _("former heading")

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="names")
    form = models.CharField(max_length=8, choices=Form)
    text = models.TextField()
    name = models.TextField(help_text="the words that are compared")
    bag = models.CharField(max_length=160, help_text="kind and folded words, sorted: whoever could be the same")
    words = ArrayField(models.TextField())
    since = models.IntegerField(default=1, help_text="revision that brought it")

    class Meta:
        indexes = [
            models.Index(fields=["bag"], name="authority_name_bag"),
            GinIndex(fields=["words"], name="authority_name_words"),
        ]

    def __str__(self) -> str:
        return self.text


class AuthorityIdentifier(models.Model):
    """An identifier of an authority in the form of `foundation.marc.authority.identifier_key`."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="identifiers")
    key = models.CharField(max_length=120, db_index=True)

    def __str__(self) -> str:
        return self.key


class HeadingLink(models.Model):
    """A heading of a record and the authority it stands under, or may stand under. Follows from the rules (AUT-8)."""

    class State(models.TextChoices):
        LINKED = "linked", _("linked")
        SUGGESTED = "suggested", _("suggested")

    class DecidedBy(models.TextChoices):
        RULE = "rule", _("rule")
        PERSON = "person", _("person")

    record = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="heading_links", db_index=False)
    ordinal = models.SmallIntegerField(help_text="place of the field in the normalised record")
    tag = models.CharField(max_length=3)
    heading = models.TextField()
    heading_key = models.CharField(max_length=120)
    heading_digest = models.BinaryField(max_length=16)
    whole = models.BooleanField(default=True, help_text="not only the first part of a subject heading")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="links", db_index=False)
    state = models.CharField(max_length=9, choices=State)
    decided_by = models.CharField(max_length=6, choices=DecidedBy)
    score = models.FloatField()
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "ordinal", "authority"], name="heading_link_once"),
            models.UniqueConstraint(
                fields=["record", "ordinal"], condition=models.Q(state="linked"), name="heading_linked_to_one"
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "state", "record"], name="heading_link_of_authority"),
            models.Index(
                fields=["heading_key", "heading_digest", "authority"],
                condition=models.Q(state="suggested"),
                name="heading_link_suggested",
            ),
            models.Index(fields=["heading_digest", "record"], name="heading_link_of_heading"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}/{self.ordinal} → {self.authority_id}"


class HeadingDecision(models.Model):
    """What a person said: this heading is, or is not, this authority, in one record or wherever it stands (AUT-9)."""

    class Verdict(models.TextChoices):
        SAME = "same", _("the same")
        DIFFERENT = "different", _("not the same")

    heading_digest = models.BinaryField(max_length=16)
    heading = models.TextField()
    record = models.ForeignKey(BibRecord, null=True, on_delete=models.CASCADE, related_name="heading_decisions")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=9, choices=Verdict)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())
    withdrawn_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["heading_digest", "record", "authority"],
                condition=models.Q(withdrawn_by=""),
                nulls_distinct=False,
                name="heading_decided_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.heading} {self.verdict} {self.authority_id}"


class HeadingSweep(models.Model):
    """How far the headings of the catalogue have been compared with the authorities as they are now (AUT-10)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    wanted = models.BigIntegerField(default=0, help_text="raised with every change of authorities")
    target = models.BigIntegerField(default=0, help_text="what was wanted when this pass began")
    done = models.BigIntegerField(default=0, help_text="what the last whole pass was for")
    after = models.BigIntegerField(default=0, help_text="id of the last record of this pass")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="heading_sweep_one")]

    def __str__(self) -> str:
        return f"{self.done} of {self.wanted}, after {self.after}"
