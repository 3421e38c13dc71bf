"""Tables of the union: which records of different libraries describe the same publication, and why."""

from __future__ import annotations

from django.db import models

from lienthu.domain.catalog.models import BibRecord


class Cluster(models.Model):
    """One publication as readers see it: one or more records of the libraries. Its id is its permanent address."""

    # No constraints on what is derived and rewritten in bulk: checking them took a tenth of an import (ADR 0005).
    preferred = models.ForeignKey(
        BibRecord, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    size = models.IntegerField(default=1)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"cluster {self.pk} ({self.size})"


class Membership(models.Model):
    """A record's place in a cluster, with what was compared and the reasons it was put there (rule JOIN-12)."""

    record = models.OneToOneField(BibRecord, primary_key=True, on_delete=models.CASCADE, related_name="membership")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members")
    fingerprint = models.TextField(help_text="JSON of domain/union/fingerprint.py")
    completeness = models.SmallIntegerField(default=0)
    matched_record_id = models.BigIntegerField(null=True, help_text="the record it was found to be the same as")
    score = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    rule_version = models.SmallIntegerField()

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


class PairDecision(models.Model):
    """A person's word on two records: never overruled by a later run."""

    left = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(BibRecord, on_delete=models.CASCADE, related_name="+")
    same = models.BooleanField()
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="pair_decided_once"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} {'=' if self.same else '≠'} {self.right_id}"
