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
