"""What waits to be preserved, when each object was last read through, and what was found damaged."""

from __future__ import annotations

from django.db import models

from lienthu.domain.digital.models.objects import DigitalObject


class Preservation(models.Model):
    """One row for each object: the state of its keeping. Nothing in it is needed to rebuild the object."""

    object = models.OneToOneField(DigitalObject, on_delete=models.CASCADE, primary_key=True, related_name="keeping")
    changed_first = models.DateTimeField(null=True, help_text="since when something is not in the store; null: all is")
    changed_last = models.DateTimeField(null=True)
    restricted = models.BooleanField(
        default=False, db_default=False, help_text="an act that closes something is among what the store lacks (PRS-8)"
    )
    head = models.IntegerField(default=0, help_text="version of the object in the store that tells these rows")
    told_record = models.IntegerField(default=0, help_text="revision of the record that METS tells; 0: of none")
    preserved_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True, help_text="why it could not be preserved the last time")
    checked_at = models.DateTimeField(null=True, help_text="when every byte was last read")
    check_path = models.CharField(max_length=1100, blank=True, help_text="how far a check that goes on has come")

    class Meta:
        indexes = [
            models.Index(
                fields=["changed_first"], condition=models.Q(changed_first__isnull=False), name="preservation_waiting"
            ),
            models.Index(
                models.F("checked_at").asc(nulls_first=True), models.F("object"), name="preservation_to_check"
            ),
        ]

    def __str__(self) -> str:
        return f"keeping of {self.object_id}"


class FixityRun(models.Model):
    """One night's reading of the store, or one asked for: how far it may go, how far it came."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    budget_bytes = models.BigIntegerField(null=True, help_text="null: no limit")
    budget_seconds = models.IntegerField(null=True)
    seconds = models.FloatField(default=0)
    bytes = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0)
    objects_read = models.IntegerField(default=0, help_text="objects read to their end")
    damaged = models.IntegerField(default=0, help_text="problems found, new and old")
    whole = models.BooleanField(default=False, help_text="every object was read: the budget sufficed")
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(ended_at__isnull=True), name="fixity_one_run_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"fixity of {self.began_at}"


class FixityProblem(models.Model):
    """A file that is missing, unreadable or not what was kept; it stands until a check finds it sound."""

    object = models.ForeignKey(
        DigitalObject,
        null=True,
        on_delete=models.CASCADE,
        related_name="fixity_problems",
        help_text="null: what belongs to no object, collections and rules",
    )
    path = models.CharField(max_length=1100)
    code = models.CharField(max_length=40)
    detail = models.CharField(max_length=500, blank=True)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="when it was last seen")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object", "path", "code"],
                condition=models.Q(resolved_at__isnull=True),
                name="fixity_problem_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["object"], condition=models.Q(resolved_at__isnull=True), name="fixity_problem_standing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.path}"
