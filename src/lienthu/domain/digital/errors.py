"""Typed refusals of the digital room: a stable code, a sentence for the person, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lienthu.domain.digital.board import Hindrance
from lienthu.domain.digital.policy import Block, Concern, PublishFacts
from lienthu.domain.digital.problems import sentence_of
from lienthu.domain.digital.ruling import RuleFault

BLOCK_SENTENCES: dict[Block, str | Promise] = {
    Block.NOT_THERE: gettext_lazy("Nothing stands at this address."),
    Block.TAKEN_DOWN: gettext_lazy("This was taken down. The library that holds it can say more."),
    Block.NOT_PUBLISHED: gettext_lazy("This has not been published yet."),
    Block.NO_RIGHTS: gettext_lazy("Record the rights first: without them nothing is published."),
    Block.NO_PAGES: gettext_lazy("No page can be shown yet. Add pages, or wait until they have been prepared."),
    Block.SIGN_IN: gettext_lazy("Sign in to read this."),
    Block.PREMISES_ONLY: gettext_lazy("This can be read in the rooms of the library only."),
    Block.SEAT_NEEDED: gettext_lazy(
        "As many people may read this at once as the library holds copies. Take a seat first."
    ),
    Block.CLOSED: gettext_lazy("This is not open to readers. Ask the library that holds it."),
    Block.PAGE_CLOSED: gettext_lazy("This page is closed because it names people who may be alive."),
    Block.NO_DOWNLOAD: gettext_lazy("This may be read here, but not taken away as a file."),
    Block.STAFF_ONLY: gettext_lazy("This is for the staff who digitise."),
}


class DigitalRefused(Exception):
    """Base of the refusals. ``code`` is stable, the message is translated and says what to do."""

    code = "digital-refused"
    status = 409

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class AccessDenied(DigitalRefused):
    """The policy denies it (RGT-5). ``block`` says why; 404 where the reader may not know that it exists."""

    code = "access-denied"

    def __init__(self, block: Block, *, visible: bool) -> None:
        super().__init__(BLOCK_SENTENCES[block if visible or block is Block.TAKEN_DOWN else Block.NOT_THERE])
        self.block, self.visible = block, visible
        self.status = 403 if visible else (410 if block is Block.TAKEN_DOWN else 404)


class NoSuchObject(DigitalRefused):
    """No object of that name."""

    code = "no-such-object"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(_("There is no digital object “%(name)s”.") % {"name": name})


class NothingToTakeIn(DigitalRefused):
    """No usable file was handed over."""

    code = "nothing-to-take-in"


class ArchiveRefused(DigitalRefused):
    """An archive or bag that is not opened, or not whole (ING-8). ``problem`` is the code, ``facts`` what was found."""

    code = "archive-refused"

    def __init__(self, problem: str, facts: Mapping[str, Any]) -> None:
        told = " · ".join(str(value) for value in facts.values() if value not in ("", None))
        super().__init__(f"{sentence_of(problem)} ({told})" if told else sentence_of(problem))
        self.problem, self.facts = problem, dict(facts)


class AlreadyHere(DigitalRefused):
    """The same files are an object already."""

    code = "already-here"

    def __init__(self, public_id: str, title: str) -> None:
        super().__init__(
            _("These files are already here, as “%(title)s” (%(id)s). Nothing was taken in.")
            % {"title": title, "id": public_id}
        )
        self.public_id = public_id


class CannotPublish(DigitalRefused):
    """Publishing is refused; ``block`` says why (RGT-1)."""

    code = "cannot-publish"

    def __init__(self, block: Block) -> None:
        super().__init__(BLOCK_SENTENCES[block])
        self.block = block


def concern_sentence(concern: Concern, facts: PublishFacts) -> str:
    """A concern about publishing, for people."""
    if concern is Concern.PAGES_FAILED:
        n = facts.pages_failed
        return ngettext("%(n)s page cannot be shown.", "%(n)s pages cannot be shown.", n) % {"n": n}
    if concern is Concern.PAGES_WAITING:
        n = facts.pages_waiting
        told = ngettext("%(n)s page still waits for its picture.", "%(n)s pages still wait for their pictures.", n)
        return told % {"n": n}
    return _("It names people who may be alive, but no page is closed.")


class PublishingDoubtful(DigitalRefused):
    """Something speaks against publishing, and nobody set it aside; ``concerns`` say what (RGT-16)."""

    code = "publishing-doubtful"
    status = 422

    def __init__(self, concerns: Sequence[Concern], facts: PublishFacts) -> None:
        told = " ".join(concern_sentence(concern, facts) for concern in concerns)
        super().__init__(_("Not published yet: %(concerns)s Mend that, or publish it even so.") % {"concerns": told})
        self.concerns = tuple(concerns)


class Conflict(DigitalRefused):
    """Somebody else changed it meanwhile."""

    code = "conflict"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this meanwhile. Load the page again and repeat what you did."))


class NotPrepared(DigitalRefused):
    """A file cannot be made because pictures of pages are not there yet, or not any more (DIG-8)."""

    code = "not-prepared"

    def __init__(self) -> None:
        super().__init__(BLOCK_SENTENCES[Block.NO_PAGES])


class PagesRefused(DigitalRefused):
    """An act on pages that cannot be done; the sentence says why."""

    code = "pages-refused"
    status = 422


class NothingToUndo(DigitalRefused):
    """No act is left that could be undone."""

    code = "nothing-to-undo"

    def __init__(self) -> None:
        super().__init__(_("There is nothing left to undo."))


class NotPreserved(DigitalRefused):
    """The preservation store cannot take it, does not hold it, or holds it damaged."""

    code = "not-preserved"

    def __init__(self, title: str, why: str) -> None:
        super().__init__(
            _("The preservation store and “%(title)s” do not agree: %(why)s") % {"title": title, "why": why}
        )


class FixityBusy(DigitalRefused):
    """Another process reads the store through."""

    code = "fixity-busy"

    def __init__(self) -> None:
        super().__init__(_("The store is being read through already. Wait until that has ended."))


class BagRefused(DigitalRefused):
    """A bag that is not taken; the sentence says why."""

    code = "bag-refused"
    status = 422

    def __init__(self, why: str) -> None:
        super().__init__(_("The bag is not taken. %(why)s") % {"why": why})


STEP_SENTENCES: dict[Hindrance, str | Promise] = {
    Hindrance.NO_PAGES: gettext_lazy("It has no pages yet. Scan it and upload the files first."),
    Hindrance.PICTURES_WAIT: gettext_lazy("Pages still wait for their pictures. Wait a moment and try again."),
    Hindrance.PAGES_FAILED: gettext_lazy("Some pages cannot be shown. Replace them, or mark them as missing, first."),
    Hindrance.TEXTS_WAIT: gettext_lazy("Pages still wait for their text. Wait a moment and try again."),
    Hindrance.NOT_DESCRIBED: gettext_lazy("Describe it first: link a catalogue record or fill in the description."),
    Hindrance.BY_PUBLISHING: gettext_lazy("Publish it under Rights and publication."),
    Hindrance.BY_WITHDRAWING: gettext_lazy("It is published. Withdraw it first."),
    Hindrance.REASON_NEEDED: gettext_lazy("Say why it goes back: whoever scanned it reads the reason."),
    Hindrance.SAME: gettext_lazy("It stands there already."),
    Hindrance.UNKNOWN: gettext_lazy("There is no such stage."),
}


class StepRefused(DigitalRefused):
    """A step along the board that is not allowed; ``hindrance`` says why (WFL-9)."""

    code = "step-refused"
    status = 422

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(STEP_SENTENCES[hindrance])
        self.hindrance = hindrance


RULE_SENTENCES: dict[RuleFault, str | Promise] = {
    RuleFault.NONE: gettext_lazy(
        "Write at least one rule. To close what has this status, write a rule that closes it."
    ),
    RuleFault.TOO_MANY: gettext_lazy("These are too many rules. Join periods in which the same access holds."),
    RuleFault.NO_BASIS: gettext_lazy("Say what every rule rests on: the law, the decree or the decision."),
    RuleFault.CERTAINTY: gettext_lazy("Say of every rule how sure it is."),
    RuleFault.ODD_DAY: gettext_lazy("Write days between 1800 and 2999. Leave the last day empty where there is none."),
    RuleFault.BACKWARDS: gettext_lazy("A rule ends before it begins. Look at its two days."),
    RuleFault.OVERLAP: gettext_lazy(
        "Two rules speak of the same day. Let the earlier one end on the day before the later one begins."
    ),
}


class RulesRefused(DigitalRefused):
    """Rules of access that cannot be; ``fault`` says why (RGT-13)."""

    code = "rules-refused"
    status = 422

    def __init__(self, fault: RuleFault) -> None:
        super().__init__(RULE_SENTENCES[fault])
        self.fault = fault


class ProfileRefused(DigitalRefused):
    """A quality profile that cannot be; the sentence says why (WFL-17)."""

    code = "profile-refused"
    status = 422


class CollectionRefused(DigitalRefused):
    """A collection that cannot be; the sentence says why (DIG-10)."""

    code = "collection-refused"
    status = 422
