"""The quality of scans: what was measured against the profile, problems first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lienthu.domain.digital import jobs
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.problems import sentence_of
from lienthu.domain.digital.selectors.profiles import profile_of
from lienthu.domain.digital.selectors.quality import quality_of
from lienthu.domain.digital.services.measuring import measure_again
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.digital.desk import object_page, show_object
from lienthu.faces.web.staff.digital.words import finding_words

SHOWN = 300


@require_safe
@object_page()
def quality(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """Pages with findings, the worst first; all of one kind on demand."""
    profile = profile_of(obj)
    rows, counted = quality_of(obj, profile)
    only = request.GET.get("only", "")
    found = [row for row in rows if (only in row.findings if only else row.findings)]
    found.sort(key=lambda row: (-len(row.findings), row.position))
    return show_object(
        desk, obj, "quality.html", "quality", more=[(_("Quality"), "")], profile=profile, pages=len(rows),
        measured=sum(bool(row.facts) for row in rows), only=only,
        kinds=[(code, finding_words(code), n) for code, n in counted.most_common()],
        rows=[
            (row, [finding_words(code) for code in row.findings], sentence_of(row.problem) if row.problem else "")
            for row in found[:SHOWN]
        ],
        more_rows=max(0, len(found) - SHOWN), fine=sum(not row.findings for row in rows),
    )  # fmt: skip


@require_POST
@object_page()
def again(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """Make the pictures anew and measure them."""
    n = measure_again(obj.public_id, actor=desk.actor)
    jobs.enqueue_pages()
    messages.success(request, _("%(n)s pages are being measured again.") % {"n": n})
    return redirect("staff_digital:quality", public_id=obj.public_id)
