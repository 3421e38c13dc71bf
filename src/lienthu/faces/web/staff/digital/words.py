"""Codes of the digitisation desk in words for librarians."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lienthu.domain.digital.models import PageAct


def undo_sentence(act: PageAct) -> str:
    """What an act did, short enough for the button that undoes it."""
    n = int(act.detail.get("pages", 0))
    said = {
        "moved": ngettext("%(n)s page moved", "%(n)s pages moved", n),
        "turned": ngettext("%(n)s page turned", "%(n)s pages turned", n),
        "split": _("double pages split"),
        "replaced": _("page replaced"),
        "missing": ngettext("%(n)s missing page added", "%(n)s missing pages added", n),
        "inserted": ngettext("%(n)s page inserted", "%(n)s pages inserted", n),
        "removed": ngettext("%(n)s page removed", "%(n)s pages removed", n),
        "closed": ngettext("%(n)s page closed", "%(n)s pages closed", n),
        "opened": ngettext("%(n)s page opened", "%(n)s pages opened", n),
        "numbered": ngettext("%(n)s page numbered", "%(n)s pages numbered", n),
        "contents": _("contents changed"),
    }
    return said.get(act.kind, act.kind) % {"n": n}


def act_sentence(action: str) -> str:
    """What the audit trail calls an act, in words."""
    said = {
        "digital.taken_in": _("files taken in"),
        "digital.described": _("described"),
        "digital.assigned": _("assigned"),
        "digital.stage_moved": _("moved on the board"),
        "digital.rights_recorded": _("rights recorded"),
        "digital.published": _("published"),
        "digital.withdrawn": _("withdrawn"),
        "digital.taken_down": _("taken down"),
        "digital.takedown_lifted": _("take-down lifted"),
        "digital.pages_moved": _("pages moved"),
        "digital.pages_turned": _("pages turned"),
        "digital.pages_split": _("double pages split"),
        "digital.pages_replaced": _("page replaced"),
        "digital.pages_missing": _("missing pages added"),
        "digital.pages_inserted": _("pages inserted"),
        "digital.pages_removed": _("pages removed"),
        "digital.pages_closed": _("pages closed"),
        "digital.pages_opened": _("pages opened"),
        "digital.pages_numbered": _("pages numbered"),
        "digital.pages_contents": _("contents changed"),
        "digital.pages_undone": _("act undone"),
        "digital.text_saved": _("text corrected"),
        "digital.text_reverted": _("earlier text put back"),
    }
    return said.get(action, action)


def finding_words(code: str) -> str:
    """What is wrong with a scan."""
    said = {
        "unreadable": _("cannot be read"),
        "missing": _("missing in the original"),
        "resolution": _("resolution too low"),
        "depth": _("too few colours"),
        "blur": _("not sharp"),
        "skew": _("crooked"),
        "blank": _("blank"),
        "duplicate": _("scanned twice?"),
    }
    return said.get(code, code)
