"""The first page after signing in: what to do, what goes on, what needs a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lienthu.domain.catalog.batch_selectors import batch_list, batches_in_need
from lienthu.domain.catalog.record_selectors import record_count
from lienthu.domain.digital.access import reader_of
from lienthu.domain.digital.selectors.preservation import damage_for
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.harvesting.selectors import stale_sources
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.navigation import current_library
from lienthu.faces.web.staff.pages import show
from lienthu.platform.client_address import client_address


@require_safe
@staff_page(Permission.VIEW_STAFF)
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Work areas, the latest imports, and what needs attention."""
    may_import = desk.library_ids(Permission.IMPORT_RECORDS)
    library = current_library(desk.rights)
    return show(
        desk,
        "home.html",
        library=library,
        records=record_count(library.pk) if library else None,
        may_import=bool(may_import),
        may_export=bool(desk.library_ids(Permission.EXPORT_RECORDS)),
        several=len(may_import) > 1,
        latest=batch_list(may_import, limit=6) if may_import else [],
        stale=stale_sources(may_import) if may_import else [],
        damaged=damage_for(reader_of(request.user, client_address(request))),
        in_need=batches_in_need(may_import, limit=6) if may_import else [],
    )
