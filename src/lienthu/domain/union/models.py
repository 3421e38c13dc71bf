"""Tables of the union: which records of different libraries describe the same publication, and why."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.models import BibRecord


class Cluster(models.Model):
    """One publication as readers see it: one or more records of the libraries. Its id is its permanent address.

    An address is borne by one record; a publication is shown at the smallest address its records bear (CLU-7).
    """

    # No constraints on what is derived and rewritten in bulk: checking them took a tenth of an import (ADR 0005).
    preferred = models.ForeignKey(
        BibRecord, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    size = models.IntegerField(default=1)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    bearer_id = models.BigIntegerField(null=True, db_index=True, help_text="the record that bears this address")
    contested = models.BooleanField(
        default=False, help_text="links lead out of it, or people decided on members: formed anew as a whole (CLU-6)"
    )
    work_key = models.BigIntegerField(null=True, help_text="editions and translations of one work share it (CLU-18)")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["work_key"], condition=models.Q(work_key__isnull=False), name="cluster_of_work")
        ]

    def __str__(self) -> str:
        return f"cluster {self.pk} ({self.size})"


class Membership(models.Model):
    """A record's place in a cluster (rule JOIN-1), with what it is compared by."""

    record = models.OneToOneField(
        BibRecord, primary_key=True, on_delete=models.CASCADE, related_name="membership", db_constraint=False
    )
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members", db_constraint=False)
    fingerprint = models.TextField(help_text="JSON of domain/union/fingerprint.py")
    completeness = models.SmallIntegerField(default=0)
    fingerprint_version = models.SmallIntegerField(default=1)
    work_key = models.BigIntegerField(null=True, help_text="of works.py; negative: the original title is stated")
    rule_version = models.SmallIntegerField(help_text="the rule by which its edges were found")

    def __str__(self) -> str:
        return f"{self.record_id} in {self.cluster_id}"


class MatchKey(models.Model):
    """A key under which a record may be found as a candidate. Several a record, see fingerprint.py."""

    pk = models.CompositePrimaryKey("key", "record_id")
    key = models.BigIntegerField()
    record = models.ForeignKey(
        BibRecord, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.key} {self.record_id}"


class Edge(models.Model):
    """Two records that a rule found to be the same, or doubtful: what clusters are formed from (CLU-1)."""

    class Verdict(models.TextChoices):
        SAME = "same", _("the same")
        REVIEW = "review", _("doubtful")

    pk = models.CompositePrimaryKey("left_id", "right_id")
    left = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    right = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    score = models.FloatField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    blocked = models.BooleanField(default=False, help_text="the same by the rule, yet in two clusters (CLU-4)")
    levels = models.TextField(help_text="how each feature came out, as scoring writes it")
    rule_version = models.SmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["score", "left", "right"],
                condition=models.Q(verdict="review") | models.Q(blocked=True),
                name="edge_to_review",
            )
        ]

    def __str__(self) -> str:
        return f"{self.left_id} {self.verdict} {self.right_id}"


class Act(models.Model):
    """What a person decided at one go; it can be reverted as a whole. Never changed, never deleted (CLU-11)."""

    kind = models.CharField(max_length=20)
    actor_name = models.CharField(max_length=120)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)
    reverts = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reverted_by")
    moves = models.JSONField(default=list, help_text="addresses that changed their bearer: [address, from, to]")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} by {self.actor_name}"


class PairDecision(models.Model):
    """A person's word on two records: never overruled by a later run. It stands until an act withdraws it."""

    class Verdict(models.TextChoices):
        SAME = "same", _("the same")
        DIFFERENT = "different", _("different")
        LATER = "later", _("decide later")

    left = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="+", db_index=False)
    right = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="decisions", help_text="whose word it is")
    restored_by = models.ForeignKey(
        Act, null=True, on_delete=models.PROTECT, related_name="restored", help_text="the revert that put it back"
    )
    withdrawn_by = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="withdrawn")
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField(auto_now_add=True)
    # what the rule said when it was decided (CLU-5); nothing for decisions of before this was kept
    rule_version = models.SmallIntegerField(null=True)
    score = models.FloatField(null=True)
    levels = models.TextField(blank=True, help_text="how each feature came out, as scoring writes it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["left", "right"], condition=models.Q(withdrawn_by=None), name="pair_decision_stands_once"
            ),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="pair_in_order"),
        ]
        indexes = [models.Index(fields=["left", "right"], name="pair_decisions")]

    def __str__(self) -> str:
        return f"{self.left_id} {self.verdict} {self.right_id}"


class ClusterEvent(models.Model):
    """What became of an address: merged into another, split, members moved on; and by which act (CLU-12)."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        MOVED = "moved", _("moved")

    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=10, choices=Kind)
    cause = models.CharField(max_length=10, help_text="import, act, revert or rule")
    cluster_id = models.BigIntegerField(help_text="where the records are now")
    other_id = models.BigIntegerField(help_text="where they were")
    records = models.JSONField(default=list, help_text="ids, at most fifty")
    count = models.IntegerField()
    act = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [
            models.Index(fields=["cluster_id", "-id"], name="event_of_cluster"),
            models.Index(fields=["other_id", "-id"], name="event_of_former"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.other_id} → {self.cluster_id}"


class PublicationStamp(models.Model):
    """When what the public sees of a publication last changed: for those who harvest publications (rule OAI-16)."""

    cluster = models.OneToOneField(
        Cluster, primary_key=True, on_delete=models.CASCADE, related_name="stamp", db_constraint=False
    )
    datestamp = models.DateTimeField()
    deleted = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["datestamp", "cluster"], name="publication_harvest")]

    def __str__(self) -> str:
        return f"{self.cluster_id} at {self.datestamp}"


# the room's other tables; Django finds models through this module
from lienthu.domain.union.harvesting.models import (  # noqa: E402 -- they point at the tables above
    HarvestBatch,
    HarvestEvent,
    HarvestRun,
    HarvestSource,
)
from lienthu.domain.union.joining.models import JoiningReport  # noqa: E402 -- they point at the tables above
from lienthu.domain.union.quality.models import LibraryQuality, RecordQuality  # noqa: E402 -- they point at the tables above
from lienthu.domain.union.rule_models import Rerun, RuleVersion, SourceRank, TrialEdge, TrialGroup  # noqa: E402 -- they point at the tables above

__all__ = [
    "Act",
    "Cluster",
    "ClusterEvent",
    "Edge",
    "HarvestBatch",
    "HarvestEvent",
    "HarvestRun",
    "HarvestSource",
    "JoiningReport",
    "LibraryQuality",
    "MatchKey",
    "Membership",
    "PairDecision",
    "PublicationStamp",
    "RecordQuality",
    "Rerun",
    "RuleVersion",
    "SourceRank",
    "TrialEdge",
    "TrialGroup",
]
