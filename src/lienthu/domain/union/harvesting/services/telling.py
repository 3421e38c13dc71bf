"""Tell the library by mail that one of its sources has gone stale (HAR-23)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lienthu.domain.network.selectors import library_facts
from lienthu.domain.union.harvesting.errors import REASONS
from lienthu.domain.union.harvesting.models import HarvestRun, HarvestSource


def tell_of_stale(harvest_id: int) -> str | None:
    """Write to the address of the library, else to who answers for the site; returns whom.

    None: the source is no longer stale, or there is no address. Raises OSError where the mail server does not take it.
    """
    harvest = HarvestSource.objects.select_related("library").filter(pk=harvest_id, active=True).first()
    if harvest is None or harvest.stale_since is None:
        return None
    to: str = harvest.library.email or settings.ADMIN_EMAIL
    if not to:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        EmailMessage(_subject(harvest), _text(harvest), to=[to]).send()
    return to


def _subject(harvest: HarvestSource) -> str:
    name = " ".join(harvest.name.split())  # a header has one line
    return _("Liên Thư: no records from “%(name)s” for too long") % {"name": name}


def _text(harvest: HarvestSource) -> str:
    facts = library_facts().get(harvest.library_id)
    lines = [
        _("The source “%(name)s” of %(library)s has gone stale.")
        % {"name": harvest.name, "library": facts.name if facts else harvest.library.code},
        _("Last complete harvest: %(when)s.") % {"when": _moment(harvest)},
    ]
    last = HarvestRun.objects.filter(harvest=harvest).exclude(stop_code="").order_by("-id").first()
    if last is not None:
        lines.append(_("Why it stopped last: %(reason)s") % {"reason": REASONS.get(last.stop_code, last.stop_code)})
    lines.append(_("Look at it at the staff desk, under “Harvesting”: mend its settings, or pause it."))
    if settings.PUBLIC_URL:
        lines.append(settings.PUBLIC_URL)
    return "\n\n".join(lines) + "\n"


def _moment(harvest: HarvestSource) -> str:
    if harvest.last_done_at is None:
        return _("never")
    return date_format(timezone.localtime(harvest.last_done_at), "d/m/Y H:i")
