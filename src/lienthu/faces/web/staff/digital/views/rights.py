"""Rights of an object, and what follows from them: publish, withdraw, take down, lift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from lienthu.domain.digital import policy
from lienthu.domain.digital.access import audiences_of, rules_in_force
from lienthu.domain.digital.errors import BLOCK_SENTENCES, DigitalRefused, concern_sentence
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Access, Concern, RightsFacts, Status
from lienthu.domain.digital.selectors.rights import newest_rights, publish_facts, rights_of, takedown_in_force
from lienthu.domain.digital.selectors.rules import rules_of
from lienthu.domain.digital.services import publishing
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk, View
from lienthu.faces.web.staff.digital.desk import object_page, reader_at, show_object
from lienthu.faces.web.staff.digital.forms import ACCESSES, STATUSES, ReasonForm, RightsForm

DECIDE = Permission.DECIDE_RIGHTS
_KEPT = (
    "status", "basis", "basis_date", "copies_held", "protected_until", "permission", "permission_until", "licence",
    "personal_data", "watermark", "download", "premises", "note",
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@object_page()
def rights(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
    """What is known, which class of access follows and why, and the way to readers. Changing is for managers."""
    newest = newest_rights(obj)
    may = desk.may(DECIDE, obj.library_id)
    form = RightsForm(
        obj,
        reader_at(desk),
        request.POST if request.method == "POST" else None,
        initial={name: getattr(newest, name) for name in _KEPT} if newest else {"basis_date": timezone.localdate()},
    )
    if request.method == "POST":
        desk.rights.require(DECIDE, obj.library_id)
        if form.is_valid():
            try:
                publishing.record_rights(obj.public_id, form.rights(), actor=desk.actor)
            except DigitalRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The rights are recorded."))
                return redirect("staff_digital:rights", public_id=obj.public_id)
    ready = publish_facts(obj)
    decision, concerns = policy.decide_publication(ready), policy.concerns_about(ready)
    statuses = dict(STATUSES)
    return show_object(
        desk, obj, "rights.html", "rights", more=[(_("Rights and publication"), "")],
        status=422 if form.errors else 200, form=form, newest=newest, may=may,
        access=_told(obj, _access_of(newest)) if newest else "", why=_why(obj, newest),
        opened=audiences_of([obj])[obj.pk].access, hindrance=BLOCK_SENTENCES[decision.block] if decision.block else "",
        history=[(r, statuses.get(Status(r.status), r.status)) for r in rights_of(obj)],
        takedown=takedown_in_force(obj), reason=ReasonForm(),
        may_erase=desk.may(Permission.ERASE_DIGITAL, obj.library_id),
        concerns=[(concern.value, concern_sentence(concern, ready)) for concern in concerns],
    )  # fmt: skip


def _access_of(row: object) -> Access:
    facts = _facts(row)
    return policy.decide_access(facts, rules_in_force(timezone.localdate()), timezone.localdate())


def _told(obj: DigitalObject, access: Access) -> str:
    """The class of access in words; inside a closed house everybody means its own people (RGT-3)."""
    hidden = obj.library.closed or (obj.collection is not None and obj.collection.closed)
    if hidden and access is Access.PREMISES:
        return _("for the people of this library only, and in the rooms only")
    if hidden and access is not Access.CLOSED:
        return _("for the people of this library only")
    return str(dict(ACCESSES)[access])


def _facts(row: object) -> RightsFacts:
    from lienthu.domain.digital.models import RightsRecord

    assert isinstance(row, RightsRecord)
    return RightsFacts(
        status=Status(row.status), copies_held=row.copies_held, protected_until=row.protected_until,
        permission=Access(row.permission) if row.permission else None, permission_until=row.permission_until,
    )  # fmt: skip


def _why(obj: DigitalObject, newest: object) -> list[str]:
    """The reasons behind the class of access, for people."""
    if newest is None:
        return []
    facts, today, why = _facts(newest), timezone.localdate(), []
    status = facts.status
    if status is Status.IN_COPYRIGHT and facts.protected_until and facts.protected_until < today:
        status = Status.PUBLIC_DOMAIN
        why.append(_("Protection has ended, so it is public domain."))
    if status is Status.PERMITTED:
        if facts.permission and (facts.permission_until is None or today <= facts.permission_until):
            return [*why, _("The holder allows it.")]
        status = Status.IN_COPYRIGHT
        why.append(_("The permission has run out, so it counts as in copyright."))
    spoken = rules_of(status)
    rule = spoken.on(today)
    if rule is None:
        why.append(_("No rule of today speaks of this status, so it is closed."))
    else:
        why.append(rule.basis)
        if spoken.own:
            why.append(_("By a rule of the administrator."))
        elif rule.certainty != "found":
            why.append(_("This rule comes with the system and has not been checked against the law's text."))
    if not facts.copies_held and rule is not None and rule.rule.access is Access.SEATS:
        why.append(_("No copies held are recorded, so nobody may read it."))
    if obj.library.closed or (obj.collection and obj.collection.closed):
        why.append(_("It lies in a closed library or collection: only its own people know of it."))
    return why


def _reason(request: HttpRequest) -> dict[str, Any]:
    return {"reason": request.POST.get("reason", "")[:1000]}


def _deciding(
    do: Callable[..., object], said: Promise, *, told: Callable[[HttpRequest], dict[str, Any]] = _reason
) -> View:
    """An act on what readers may have, for managers: done by ``do`` with what the person told, then said."""

    @require_POST
    @object_page(DECIDE)
    def decided(request: HttpRequest, desk: Desk, obj: DigitalObject) -> HttpResponse:
        try:
            do(obj.public_id, **told(request), actor=desk.actor)
        except DigitalRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, str(said))
        return redirect("staff_digital:rights", public_id=obj.public_id)

    return decided


def _even_so(request: HttpRequest) -> dict[str, Any]:
    """The concerns that were shown, set aside by ticking the box beneath them; what came up since is told first."""
    seen = request.POST.getlist("seen") if request.POST.get("even_so") else []
    return {"even_so": [concern for concern in Concern if concern.value in seen]}


publish = _deciding(
    publishing.publish, gettext_lazy("Published. Readers find it within moments, as far as its rights allow."),
    told=_even_so,
)  # fmt: skip
withdraw = _deciding(publishing.withdraw, gettext_lazy("Withdrawn. Only staff see it now."))
take_down = _deciding(publishing.take_down, gettext_lazy("Taken down everywhere."))
lift = _deciding(publishing.lift_takedown, gettext_lazy("The take-down is lifted."))
