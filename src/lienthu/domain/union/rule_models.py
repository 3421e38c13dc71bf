"""Tables of the matching rule and of electing: versions, trials, going through all records; ranks of libraries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import Library


class RuleVersion(models.Model):
    """A version of the matching rule: tried aside, then switched on or dropped (CLU-15, CLU-16)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        TRIAL = "trial", _("being tried")
        TRIED = "tried", _("tried")
        ACTIVE = "active", _("in force")
        RETIRED = "retired", _("no longer in force")
        DROPPED = "dropped", _("dropped")

    version = models.SmallIntegerField(primary_key=True)
    rule = models.JSONField(help_text="as scoring/rules.py writes it")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    note = models.TextField(blank=True)
    report = models.JSONField(default=dict, help_text="what the trial found: counts by kind, samples")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=models.Q(status="active"), name="one_rule_in_force")
        ]

    def __str__(self) -> str:
        return f"rule {self.version} ({self.status})"


class Rerun(models.Model):
    """Going through all records: to try a rule aside, or to compare everything anew. Resumable by its checkpoint."""

    class Kind(models.TextChoices):
        TRIAL = "trial", _("trial")
        RENEWAL = "renewal", _("comparing all records anew")

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(max_length=10, choices=Kind)
    rule_version = models.SmallIntegerField()
    new_keys = models.BooleanField(default=False, help_text="match keys are written anew for every record")
    phase = models.CharField(max_length=10, default="score")
    after = models.BigIntegerField(default=0, help_text="the last record done in this phase")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    started_by = models.CharField(max_length=120)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(status="running"), name="one_rerun_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of rule {self.rule_version}: {self.done}/{self.total}"


class TrialEdge(models.Model):
    """An edge as a rule that is tried finds it."""

    pk = models.CompositePrimaryKey("rule_version", "left_id", "right_id")
    rule_version = models.SmallIntegerField()
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    score = models.FloatField()
    verdict = models.CharField(max_length=8)

    class Meta:
        indexes = [models.Index(fields=["rule_version", "right_id"], name="trial_edge_right")]

    def __str__(self) -> str:
        return f"{self.left_id} {self.verdict} {self.right_id}"


class TrialGroup(models.Model):
    """Where a record would stand: groups are named by their smallest record."""

    pk = models.CompositePrimaryKey("rule_version", "record_id")
    rule_version = models.SmallIntegerField()
    record_id = models.BigIntegerField()
    group_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["rule_version", "group_id"], name="trial_group_members")]

    def __str__(self) -> str:
        return f"{self.record_id} in {self.group_id}"


class SourceRank(models.Model):
    """What a library is best at: field group of elect.py → its place, 1 the best (CLU-17)."""

    library = models.OneToOneField(Library, primary_key=True, on_delete=models.CASCADE, related_name="+")
    ranks = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.library_id}: {self.ranks}"
