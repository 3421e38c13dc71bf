"""The words of these screens for the codes of the union: features, verdicts, acts, events, series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lienthu.domain.union.words import FEATURES

Label = str | Promise

KINDS: Final[Mapping[str, Label]] = {
    "doubtful": _("Doubtful"),
    "blocked": _("The same, but kept apart"),
    "later": _("Put off"),
}

SERIES: Final[Mapping[str, tuple[Label, Label]]] = {
    "volumes": (_("Same title, different volumes"), _("Both records name a volume, and not the same one.")),
    "set": (_("A set and one of its volumes"), _("One record names a volume, the other describes the title without.")),
}

VERDICTS: Final[Mapping[str, tuple[Label, str]]] = {
    "same": (_("the same"), "ok"),
    "different": (_("different"), "danger"),
    "later": (_("decide later"), "off"),
    "review": (_("doubtful"), "warning"),
}
"""A word on a pair, of a person or of the rule → words, kind of ui status."""

SAID: Final[Mapping[str, Label]] = {
    "same": _("Noted: the same."),
    "different": _("Noted: different."),
    "later": _("Put off."),
}

ACTS: Final[Mapping[str, Label]] = {
    "decide": _("Pairs decided"),
    "set_apart": _("Record set apart"),
    "split": _("Publication split"),
    "bring_together": _("Record put to a publication"),
    "merge": _("Publications brought together"),
    "revert": _("Taken back"),
    "taken_over": _("Taken over from an earlier version"),
}

EVENTS: Final[Mapping[str, Label]] = {
    "merged": _("brought together"),
    "split": _("split"),
    "moved": _("records moved"),
}

CAUSES: Final[Mapping[str, Label]] = {
    "import": _("import"),
    "act": _("decision"),
    "revert": _("decision taken back"),
    "rule": _("change of the rule"),
}

RULE_STATES: Final[Mapping[str, tuple[Label, str]]] = {
    "draft": (_("draft"), "off"),
    "trial": (_("being tried"), "warning"),
    "tried": (_("tried"), "warning"),
    "active": (_("in force"), "ok"),
    "retired": (_("no longer in force"), "off"),
    "dropped": (_("dropped"), "off"),
}

PHASES: Final[Mapping[str, Label]] = {
    "score": _("Comparing the records"),
    "group": _("Forming the publications"),
    "compare": _("Working out what would change"),
}


def feature_label(name: str) -> Label:
    """A feature in words."""
    return FEATURES.get(name, name)


GROUP_WORDS: Final = {
    "title": _("Title and responsibility"),
    "persons": _("Persons"),
    "imprint": _("Place, publisher, year"),
    "edition": _("Edition"),
    "extent": _("Extent"),
    "series": _("Series"),
    "subjects": _("Subjects"),
    "classification": _("Classification"),
    "numbers": _("Numbers (ISBN, ISSN, national)"),
    "contents": _("Summary, contents, notes"),
    "links": _("Links"),
    "language": _("Languages"),
    "other_titles": _("Other titles"),
}
"""Field groups of elect.py, for which libraries are put in order."""
