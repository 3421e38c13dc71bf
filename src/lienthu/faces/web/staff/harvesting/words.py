"""Codes of harvesting in sentences for librarians."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from lienthu.domain.union.harvesting.errors import REASONS
from lienthu.domain.union.harvesting.models import HarvestEvent, HarvestRun


def reason_of(run: HarvestRun) -> str:
    """Why a run stopped; "" for one that did not."""
    return str(REASONS.get(run.stop_code, run.stop_code)) if run.stop_code else ""


def event_sentence(event: HarvestEvent) -> tuple[str, str, str]:
    """Kind ("", warning, danger), sentence, and the words of the other side."""
    d: dict[str, Any] = event.detail
    detail = str(d.get("detail") or d.get("error") or "")
    match event.code:
        case "began":
            if d.get("since"):
                return "", _("Asked for what changed since %(since)s.") % {"since": d["since"]}, d.get("repository", "")
            return "", _("Asked for everything."), d.get("repository", "")
        case "waits":
            said = {"seconds": d.get("seconds", 0), "why": REASONS.get(d.get("why", ""), d.get("why", ""))}
            return "warning", _("Waits %(seconds)s seconds and tries again. %(why)s") % said, detail
        case "stopped":
            said = {"page": d.get("page", 0), "why": REASONS.get(d.get("why", ""), d.get("why", ""))}
            return "danger", _("Stopped after page %(page)s. %(why)s") % said, detail or str(d.get("token", ""))
        case "token-died":
            return "warning", _("The repository forgot where it was; the list is begun again."), str(d.get("token", ""))
        case "spool-lost":
            return "warning", _("Fetched pages were lost on this server; the list is begun again."), ""
        case "import":
            return "warning", _("Import %(batch)s failed and is tried again.") % {"batch": d.get("batch", "")}, detail
        case "file-done":
            return "", _("“%(name)s” was imported.") % {"name": d.get("name", "")}, detail
        case "file-failed":
            return (
                "danger",
                _("“%(name)s” could not be imported and lies in the folder failed.") % {"name": d.get("name", "")},
                detail,
            )
        case "file-stays":
            return (
                "warning",
                _("“%(name)s” was imported and could not be moved aside.") % {"name": d.get("name", "")},
                detail,
            )
        case "file-waits":
            return "", _("“%(name)s” is still being written, or is too new.") % {"name": d.get("name", "")}, ""
        case _:
            return "", event.code, detail
