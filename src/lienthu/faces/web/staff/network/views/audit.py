"""The audit trail, of one library or of all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lienthu.domain.digital.access import reader_of
from lienthu.domain.digital.selectors.trail import acts_hidden_from
from lienthu.domain.network import selectors
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import Rights, libraries_for
from lienthu.faces.web.staff.digital.words import DIGITAL_ACTS
from lienthu.faces.web.staff.network.views.page import for_staff, show
from lienthu.platform.client_address import client_address
from lienthu.platform.models import AuditEntry

PAGE = 50
ACTIONS: dict[str, Any] = DIGITAL_ACTS | {
    "account.locked": gettext_lazy("account locked after wrong passwords"),
    "account.opened": gettext_lazy("account opened"),
    "account.password_changed": gettext_lazy("password changed"),
    "account.password_reset": gettext_lazy("one-time password given"),
    "account.password_set": gettext_lazy("password set from the command line"),
    "account.released": gettext_lazy("lock after wrong passwords ended"),
    "account.sign_in_failed": gettext_lazy("sign-in failed"),
    "account.signed_in": gettext_lazy("signed in"),
    "account.signed_out": gettext_lazy("signed out"),
    "account.switched_off": gettext_lazy("account switched off"),
    "account.switched_on": gettext_lazy("account switched on"),
    "authority.amended": gettext_lazy("authority changed"),
    "authority.decision_withdrawn": gettext_lazy("decision on a heading taken back"),
    "authority.heading_decided": gettext_lazy("heading decided: under which authority it belongs"),
    "authority.merged": gettext_lazy("authority merged into another"),
    "authority.parted": gettext_lazy("merging of authorities taken back"),
    "authority.restored": gettext_lazy("earlier revision of an authority restored"),
    "branches.imported": gettext_lazy("branches imported from a file"),
    "branch.closed": gettext_lazy("branch closed"),
    "branch.opened": gettext_lazy("branch opened"),
    "branch.updated": gettext_lazy("branch changed"),
    "catalog.reread": gettext_lazy("records read anew by a later version"),
    "closed_day.removed": gettext_lazy("closed day taken back"),
    "closed_day.set": gettext_lazy("closed day entered"),
    "closed_days.imported": gettext_lazy("closed days imported from a file"),
    "events.imported": gettext_lazy("events imported from a file"),
    "harvest.host_key_forgotten": gettext_lazy("known key of a server forgotten"),
    "harvest.run_cancelled": gettext_lazy("harvest stopped by a person"),
    "harvest.run_done": gettext_lazy("harvest finished"),
    "harvest.run_opened": gettext_lazy("harvest begun"),
    "harvest.run_stopped": gettext_lazy("harvest stopped"),
    "harvest.source_amended": gettext_lazy("harvest source changed"),
    "harvest.source_created": gettext_lazy("harvest source set up"),
    "harvest.source_paused": gettext_lazy("harvest source paused"),
    "harvest.source_stale": gettext_lazy("harvest source stale"),
    "harvest.source_taken_up": gettext_lazy("harvest source taken up again"),
    "hours.imported": gettext_lazy("opening hours imported from a file"),
    "hours.set": gettext_lazy("opening hours set"),
    "import.discarded": gettext_lazy("uploaded file discarded"),
    "import.failed": gettext_lazy("import stopped by a fault"),
    "import.finished": gettext_lazy("import finished"),
    "import.queued": gettext_lazy("import set waiting"),
    "import.queued_again": gettext_lazy("stopped import set waiting again"),
    "import.received": gettext_lazy("file received for import"),
    "import.replanned": gettext_lazy("choices for an import changed"),
    "import.started": gettext_lazy("import begun"),
    "import.trial_deleted": gettext_lazy("report of a dry run deleted"),
    "import.trial_queued": gettext_lazy("dry run asked for"),
    "import.undo_started": gettext_lazy("undoing of an import begun"),
    "import.undone": gettext_lazy("import undone"),
    "libraries.imported": gettext_lazy("register imported from a file"),
    "library.brought_up_to_date": gettext_lazy("changes of the day shown"),
    "library.created": gettext_lazy("library entered"),
    "library.dissolved": gettext_lazy("event recorded: dissolved"),
    "library.founded": gettext_lazy("event recorded: founded"),
    "library.imported": gettext_lazy("library written from a file"),
    "library.merged": gettext_lazy("event recorded: merged"),
    "library.moved": gettext_lazy("event recorded: moved"),
    "library.redated": gettext_lazy("records of a library dated anew after it was closed or opened to the public"),
    "library.renamed": gettext_lazy("event recorded: renamed"),
    "library.split": gettext_lazy("event recorded: split"),
    "library.updated": gettext_lazy("data of the library changed"),
    "network.sample_loaded": gettext_lazy("sample network loaded"),
    "online_address.added": gettext_lazy("online address entered"),
    "online_address.ended": gettext_lazy("online address ended"),
    "online_addresses.imported": gettext_lazy("online addresses imported from a file"),
    "quality.counted": gettext_lazy("quality of a catalogue assessed"),
    "records.export_started": gettext_lazy("export begun"),
    "records.exported": gettext_lazy("records exported"),
    "repository.named": gettext_lazy("repository that records came from named"),
    "role.granted": gettext_lazy("role given"),
    "role.revoked": gettext_lazy("role taken away"),
    "service.ended": gettext_lazy("service ended"),
    "service.offered": gettext_lazy("service entered"),
    "source.opened": gettext_lazy("system of a library named"),
    "import.source_said": gettext_lazy("system of a file said"),
    "services.imported": gettext_lazy("services imported from a file"),
    "source.columns_set": gettext_lazy("meaning of the columns of tables set"),
    "source.copies_begun": gettext_lazy("reading copies again begun"),
    "source.copies_read": gettext_lazy("copies read again by other rules"),
    "source.encoding_set": gettext_lazy("encoding of files set"),
    "source.holding_rules_set": gettext_lazy("rules for reading copies set"),
    "union.bring_together": gettext_lazy("record put into a publication"),
    "union.decide": gettext_lazy("pairs of records decided"),
    "union.merge": gettext_lazy("publications merged"),
    "union.ranks_set": gettext_lazy("fields that a library is best at set"),
    "union.renewal_begun": gettext_lazy("comparing all records anew begun"),
    "union.revert": gettext_lazy("decision of the union editor taken back"),
    "union.rule_drafted": gettext_lazy("matching rule drafted"),
    "union.rule_dropped": gettext_lazy("draft of a matching rule dropped"),
    "union.rule_switched_on": gettext_lazy("matching rule put into force"),
    "union.set_apart": gettext_lazy("record set apart from a publication"),
    "union.split": gettext_lazy("publication split"),
    "union.trial_begun": gettext_lazy("trial of a matching rule begun"),
    "unit.corrected": gettext_lazy("administrative unit corrected"),
    "unit.created": gettext_lazy("administrative unit entered"),
    "unit.ended": gettext_lazy("administrative unit ended"),
    "unit.renamed": gettext_lazy("administrative unit renamed"),
    "units.imported": gettext_lazy("administrative units imported from a file"),
    "units.shipped": gettext_lazy("shipped administrative units entered"),
}
"""What is done, in words. A test holds this list against the code."""


@require_safe
@for_staff
def trail(request: HttpRequest, rights: Rights) -> HttpResponse:
    """Who did what, newest first. A library manager sees the own library, an administrator all but what is hidden."""
    visible = libraries_for(request.user, Permission.VIEW_AUDIT).order_by("name_sort", "code")
    everything = rights.allowed(Permission.VIEW_AUDIT)
    library = _asked(request, rights, visible, everything)
    before = _number(request.GET.get("before", ""))
    hidden = acts_hidden_from(reader_of(request.user, client_address(request)))  # RGT-18
    rows = selectors.audit_trail(
        library_id=library.pk if library else None, before=before, limit=PAGE + 1, without=hidden
    )
    more, rows = len(rows) > PAGE, rows[:PAGE]
    codes = {row.library_id for row in rows if row.library_id is not None}
    names = {lib.pk: lib for lib in Library.objects.filter(pk__in=codes)}
    query = f"?library={library.pk}&" if library else "?"
    url = reverse("staff_network:audit")
    return show(
        request,
        "audit.html",
        trail=[(_("Audit trail"), "")],
        rows=[_row(entry, names) for entry in rows],
        library=library,
        libraries=visible,
        everything=everything,
        next_url=f"{url}{query}before={rows[-1].pk}" if more else "",
        first_url=f"{url}{query}".rstrip("?&") if before else "",
    )


def _asked(request: HttpRequest, rights: Rights, visible: Any, everything: bool) -> Library | None:
    """The library whose trail was asked for; without one, everything or the first library of one's own."""
    asked = _number(request.GET.get("library", ""))
    if asked is not None:
        rights.require(Permission.VIEW_AUDIT, asked)
        return get_object_or_404(Library, pk=asked)
    if everything:
        return None
    own: Library | None = visible.first()
    if own is None:
        rights.require(Permission.VIEW_AUDIT)
    return own


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _row(entry: AuditEntry, names: dict[int, Library]) -> dict[str, Any]:
    detail = "; ".join(f"{key}: {_plain(value)}" for key, value in entry.detail.items() if value not in (None, [], ""))
    return {
        "at": entry.at,
        "actor": entry.actor_name,
        "action": ACTIONS.get(entry.action, entry.action),
        "library": names.get(entry.library_id) if entry.library_id is not None else None,
        "detail": detail,
    }


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
