"""Refusals of the union: a code, a sentence for people, and what to do."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _


class UnionRefused(Exception):
    """Base of the refusals. ``code`` is stable, the message is translated and says what to do."""

    code = "union-refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DecisionContradicts(UnionRefused):
    """A decision that cannot stand beside an earlier one: records would be the same and different at once (CLU-11)."""

    code = "decision-contradicts"

    def __init__(self, left: int, right: int, verdict: str, decided_by: str, at: datetime | None, act_id: int) -> None:
        when = timezone.localtime(at).strftime("%d/%m/%Y") if at else ""
        said = _("the same") if verdict == "same" else _("different")
        super().__init__(
            _(
                "This contradicts an earlier decision: %(who)s called the records %(left)s and %(right)s %(said)s"
                " (%(when)s). Revert that decision first, or leave it."
            )
            % {"who": decided_by, "left": left, "right": right, "said": said, "when": when}
        )
        self.left, self.right, self.verdict, self.act_id = left, right, verdict, act_id


class NotInUnion(UnionRefused):
    """A record, publication or act that is not there (any more)."""

    code = "not-in-union"

    @classmethod
    def record(cls, record_id: int) -> NotInUnion:
        """The record stands in no publication: it was withdrawn or never was."""
        return cls(_("Record %(id)s is in no publication. It may have been withdrawn meanwhile.") % {"id": record_id})

    @classmethod
    def cluster(cls, cluster_id: int) -> NotInUnion:
        """Nothing stands at the address."""
        return cls(_("Publication %(id)s holds no records any more.") % {"id": cluster_id})


class ActRefused(UnionRefused):
    """An act that cannot be reverted."""

    code = "act-refused"

    @classmethod
    def unknown(cls, act_id: int) -> ActRefused:
        """There is none of this number."""
        return cls(_("There is no decision %(id)s.") % {"id": act_id})

    @classmethod
    def reverted(cls, act_id: int) -> ActRefused:
        """It has been reverted already."""
        return cls(_("Decision %(id)s has been reverted already.") % {"id": act_id})


class RuleRefused(UnionRefused):
    """A version of the rule that this cannot be done with."""

    code = "rule-refused"

    @classmethod
    def taken(cls, version: int) -> RuleRefused:
        """There is one of this number."""
        return cls(
            _("There is a rule of version %(version)s already. Give the new one another number.") % {"version": version}
        )

    @classmethod
    def unknown(cls, version: int) -> RuleRefused:
        """There is none of this number."""
        return cls(_("There is no rule of version %(version)s.") % {"version": version})

    @classmethod
    def state(cls, version: int, status: str) -> RuleRefused:
        """It is in another state."""
        return cls(_("This is not possible: rule %(version)s is %(status)s.") % {"version": version, "status": status})

    about = ""
    """What of a rule is wrong: the part of it, or "thresholds"."""

    @classmethod
    def unreadable(cls, part: str, wanted: str) -> RuleRefused:
        """It is not written as a rule is."""
        refused = cls(
            _("This is no rule: %(part)s – %(wanted)s. Correct it and try again.") % {"part": part, "wanted": wanted}
        )
        refused.about = part
        return refused

    @classmethod
    def thresholds(cls, review: float, same: float) -> RuleRefused:
        """They are not in order."""
        refused = cls(
            _(
                "The thresholds are not in order: doubtful from %(review)s, the same from %(same)s. Both lie between 0"
                " and 1, and what is the same is never below what is doubtful."
            )
            % {"review": review, "same": same}
        )
        refused.about = "thresholds"
        return refused

    @classmethod
    def busy(cls) -> RuleRefused:
        """Another one is being tried."""
        return cls(_("Another rule is being tried. Wait until it is done, or drop it."))


class RankRefused(UnionRefused):
    """Ranks that name no field group, or places that are none."""

    code = "rank-refused"

    @classmethod
    def unknown(cls) -> RankRefused:
        """A group or a place that does not exist."""
        return cls(_("Ranks are places from 1 to 999 in the field groups that there are."))
