"""Typed refusals of this room: a stable code, a sentence for the person, and what to do about it."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.policy import Block, Decision

Sentence = str | Promise

BLOCK_SENTENCES: dict[Block, Sentence] = {
    Block.NOT_SIGNED_IN: _("Sign in first."),
    Block.NOT_ACTIVE: _("This account has been switched off. Ask the provincial administrator."),
    Block.NO_ROLE: _("None of your roles allows this. Ask the manager of your library for one that does."),
    Block.OTHER_LIBRARY: _("Your role counts in your own library only, and this belongs to another one."),
    Block.PROVINCE_WIDE_ONLY: _("This concerns the whole province and takes a province-wide role."),
    Block.CLOSED_LIBRARY: _(
        "This library is closed to outsiders. Only its own staff and the provincial administrator see it."
    ),
    Block.ROLE_TOO_HIGH: _(
        "A library manager gives the roles of reader and librarian only. Ask the provincial administrator."
    ),
    Block.SCOPE_WRONG: _("A province-wide role names no library; every other role names exactly one."),
    Block.LAST_ADMIN: _("This is the last provincial administrator. Appoint another one first."),
    Block.PASSWORD_FIRST: _("Choose a password of your own first; the one you were given is for signing in only."),
    Block.OWN_ACCOUNT: _("This is your own account. Ask another administrator, or change your password yourself."),
    Block.ACCOUNT_TOO_HIGH: _(
        "This account also has a role that you could not give. The provincial administrator looks after it."
    ),
}


class Refused(Exception):
    """Something was asked for that the rules do not allow.

    Shown to people as ``sentence`` and ``explanation``.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, sentence: Sentence, explanation: Sentence = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.explanation = explanation

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(Refused, PermissionDenied):
    """The person may not do this; answered with 403. ``decision`` says why."""

    code = "not_allowed"
    status = 403

    def __init__(self, decision: Decision) -> None:
        sentences = [str(BLOCK_SENTENCES[block]) for block in sorted(decision.blocks)]
        super().__init__(_("You may not do this."), " ".join(sentences))
        self.decision = decision


class UnknownLibrary(Refused, Http404):
    """There is no such library; answered with 404."""

    code = "unknown_library"
    status = 404


class PeriodsOverlap(Refused):
    """Two descriptions of one library would hold on the same day."""

    code = "periods_overlap"


class NotInForce(Refused):
    """The library, branch or role does not exist on the day of the act."""

    code = "not_in_force"


class InvalidData(Refused):
    """The values given do not make a valid row.

    ``errors``: field name to sentences; "" stands for the row as a whole.
    """

    code = "invalid_data"
    status = 422

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(text for texts in errors.values() for text in texts))
        self.errors = errors


class UnknownUnit(Refused, Http404):
    """There is no such administrative unit; answered with 404."""

    code = "unknown_unit"
    status = 404
