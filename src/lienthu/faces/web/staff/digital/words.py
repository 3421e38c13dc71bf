"""Codes of the digitisation desk in words for librarians."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from lienthu.domain.digital.models import PageAct
from lienthu.faces.web.ui.templatetags.ui import count


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
    return said.get(act.kind, act.kind) % {"n": count(n)}


DIGITAL_ACTS: dict[str, Any] = {
    "digital.taken_in": gettext_lazy("files taken in"),
    "digital.tried_again": gettext_lazy("the same files were taken in again, because no page of them could be read"),
    "digital.described": gettext_lazy("described"),
    "digital.assigned": gettext_lazy("assigned"),
    "digital.stage_moved": gettext_lazy("moved on the board"),
    "digital.rights_recorded": gettext_lazy("rights recorded"),
    "digital.published": gettext_lazy("published"),
    "digital.withdrawn": pgettext_lazy("from readers", "withdrawn"),
    "digital.taken_down": gettext_lazy("taken down"),
    "digital.takedown_lifted": gettext_lazy("take-down lifted"),
    "digital.pages_moved": gettext_lazy("pages moved"),
    "digital.pages_turned": gettext_lazy("pages turned"),
    "digital.pages_split": gettext_lazy("double pages split"),
    "digital.pages_replaced": gettext_lazy("page replaced"),
    "digital.pages_missing": gettext_lazy("missing pages added"),
    "digital.pages_inserted": gettext_lazy("pages inserted"),
    "digital.pages_removed": gettext_lazy("pages removed"),
    "digital.pages_closed": gettext_lazy("pages closed"),
    "digital.pages_opened": gettext_lazy("pages opened"),
    "digital.pages_numbered": gettext_lazy("pages numbered"),
    "digital.pages_contents": gettext_lazy("contents changed"),
    "digital.pages_undone": gettext_lazy("act undone"),
    "digital.text_saved": gettext_lazy("text corrected"),
    "digital.text_reverted": gettext_lazy("earlier text put back"),
    "digital.measured_again": gettext_lazy("measured again"),
    "digital.collection_opened": gettext_lazy("collection opened"),
    "digital.collection_amended": gettext_lazy("collection changed"),
    "digital.collection_closed": gettext_lazy("collection closed to others"),
    "digital.collection_reopened": gettext_lazy("collection opened to everybody again"),
    "digital.project_created": gettext_lazy("digitisation project created"),
    "digital.project_amended": gettext_lazy("digitisation project changed"),
    "digital.planned": gettext_lazy("titles planned"),
    "digital.picture_lost": gettext_lazy("picture of a page lost, to be made again"),
    "digital.preserved": gettext_lazy("written into the preservation store"),
    "digital.imported": gettext_lazy("taken over from a bag"),
    "digital.exported": gettext_lazy("exported as a bag"),
    "digital.fixity_checked": gettext_lazy("preservation store read through"),
    "digital.damage_found": gettext_lazy("damaged file found"),
    "digital.damage_gone": gettext_lazy("damaged file is whole again"),
    "digital.erased": gettext_lazy("object erased for good"),
    "digital.network_added": gettext_lazy("range of addresses added"),
    "digital.network_removed": gettext_lazy("range of addresses removed"),
    "digital.station_opened": gettext_lazy("reading station added"),
    "digital.station_paired": gettext_lazy("reading station paired"),
    "digital.station_closed": gettext_lazy("reading station closed"),
    "digital.rules_set": gettext_lazy("rules of access changed"),
    "digital.profile_set": gettext_lazy("quality profile changed"),
    "digital.profile_dropped": gettext_lazy("quality profile removed"),
}
"""Every act of the digital room that the audit trail keeps, in words."""


def act_sentence(action: str) -> str:
    """What the audit trail calls an act, in words."""
    return str(DIGITAL_ACTS.get(action, action))


def limit_words(limits: Mapping[str, float]) -> list[str]:
    """What a quality profile asks, for people; a limit that is missing asks nothing."""
    said = {
        "min_dpi": _("at least %(n)s dpi"),
        "min_bits": _("at least %(n)s bits of colour"),
        "min_sharpness": _("sharpness at least %(n)s"),
        "max_skew_degrees": _("skew at most %(n)s°"),
    }
    return [words % {"n": number_format(limits[name])} for name, words in said.items() if name in limits]


def finding_words(code: str) -> str:
    """What is wrong with a scan."""
    said = {
        "unreadable": _("cannot be read"),
        "missing": _("missing in the original"),
        "resolution": _("resolution too low"),
        "unstated": _("resolution not stated in the file"),
        "depth": _("too few colours"),
        "blur": _("not sharp"),
        "skew": _("crooked"),
        "blank": _("blank"),
        "duplicate": _("scanned twice?"),
        "gap": _("pages missing before it?"),
        "double": _("number occurs twice"),
        "order": _("numbers go back"),
        "label": _("another number is printed"),
    }
    return said.get(code, code)
