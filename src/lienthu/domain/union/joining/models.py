"""The table of joining reports."""

from __future__ import annotations

from django.db import models

from lienthu.domain.catalog.models import ImportBatch


class JoiningReport(models.Model):
    """What a rehearsal found out beside the numbers of its batch (rules REP-1 ff., docs/specs/joining.md).

    It goes with the rehearsal.
    """

    batch = models.OneToOneField(ImportBatch, primary_key=True, on_delete=models.CASCADE, related_name="joining_report")
    version = models.SmallIntegerField(help_text="shape of the findings; domain/union/joining/findings.py")
    findings = models.JSONField(help_text="counts are complete, examples bounded")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "union"

    def __str__(self) -> str:
        return f"report of {self.batch_id}"
