"""Step 3 of the wizard: a dry run, its progress and its report."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lienthu.domain.catalog.batch_selectors import latest_trial
from lienthu.domain.catalog.errors import CatalogRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services.planning import TABULAR, same_plan
from lienthu.domain.catalog.source_selectors import copies_state
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.joining.selectors import findings_of
from lienthu.domain.union.services.requesting import request_trial
from lienthu.faces.web.staff.access import Desk, batch_page
from lienthu.faces.web.staff.pages import batch_trail, show_live, steps_of, tell
from lienthu.faces.web.staff.reports import is_going, progress_of, report_of
from lienthu.faces.web.staff.views.check import to_the_question


@require_http_methods(["GET", "HEAD", "POST"])
@batch_page(Permission.IMPORT_RECORDS)
def trial(request: HttpRequest, desk: Desk, batch: ImportBatch) -> HttpResponse:
    """What the import would do. POST starts a dry run."""
    if request.method == "POST":
        if question := to_the_question(request, batch):
            return question
        try:
            request_trial(batch.pk, actor=desk.actor)
        except CatalogRefused as refused:
            tell(request, refused)
            return redirect("staff:batch", pk=batch.pk)
        return redirect("staff:import_trial", pk=batch.pk)
    if batch.status != ImportBatch.Status.UPLOADED or batch.dry_run:
        return redirect("staff:batch", pk=batch.pk)
    found = latest_trial(batch)
    going = found is not None and is_going(found)
    findings = findings_of(found) if found is not None and not going else None
    context: dict[str, Any] = {
        "batch": batch,
        "trial": found,
        "progress": progress_of(found) if found and going else None,
        "joining": findings is not None,
        "reused": findings.numbers_reused if findings else 0,
        "report": report_of(found) if found and found.read and not going else None,
        "outdated": found is not None and not same_plan(found, batch),
        "steps": steps_of(batch, "trial"),
        "copies_state": None if going or batch.format in TABULAR else copies_state(batch.source),
    }
    trail = batch_trail(batch, (_("Dry run"), ""))
    return show_live(desk, "import_trial.html", "trial_live.html", going=going, trail=trail, **context)
