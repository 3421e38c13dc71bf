"""The report of an import or a dry run: tiles, equation, problems with examples, progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lienthu.domain.catalog.batch_selectors import first_examples
from lienthu.domain.catalog.models import BatchProblem, ImportBatch
from lienthu.faces.web.staff.problems import Sentence, sentence

_STATUS = ImportBatch.Status
GOING = frozenset({_STATUS.QUEUED, _STATUS.RUNNING, _STATUS.UNDOING})


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One kind of problem: how many records have it, and the first examples."""

    code: str
    sentence: Sentence
    count: int
    examples: tuple[BatchProblem, ...]


def is_going(batch: ImportBatch) -> bool:
    """Whether a worker has the batch in hand or will have it soon."""
    return batch.status in GOING


def report_of(batch: ImportBatch) -> dict[str, Any]:
    """The context of staff/components/report.html. One query."""
    return {
        "stats": stats_of(batch),
        "rows": problem_rows(batch.problem_counts, first_examples(batch)),
        "encodings": sorted(batch.encoding_counts.items(), key=lambda pair: (-pair[1], pair[0])),
    }


def stats_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """The tiles. A dry run says what would be."""
    if batch.dry_run:
        labels = [_("would be created"), _("would be updated"), _("unchanged"), _("could not be read")]
        joined = _("would join a publication another library has")
    else:
        labels = [_("created"), _("updated"), _("unchanged"), _("could not be read")]
        joined = _("joined a publication another library has")
    kind = "danger" if batch.quarantined else ""
    values = [batch.created, batch.updated, batch.unchanged, batch.quarantined]
    tiles: list[dict[str, Any]] = [{"label": _("records read"), "value": batch.read}]
    tiles += [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    tiles[-1]["kind"] = kind
    if batch.withdrawn:
        tiles.insert(4, {"label": _("withdrawn, deleted where they come from"), "value": batch.withdrawn})
    tiles += [
        {"label": _("repaired while reading"), "value": batch.repaired},
        {"label": joined, "value": batch.joined},
        {"label": _("copies read"), "value": batch.items},
    ]
    return tiles


def problem_rows(counts: Mapping[str, int], examples: Mapping[str, list[BatchProblem]]) -> list[ProblemRow]:
    """The problems, the most frequent first."""
    return [
        ProblemRow(code, sentence(code), count, tuple(examples.get(code, ())))
        for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def progress_of(batch: ImportBatch) -> dict[str, Any]:
    """The context of ui/components/progress.html. How many there will be is known from a dry run, or estimated."""
    total, estimated = _total(batch)
    context: dict[str, Any] = {"id": "progress", "done": batch.read, "total": total, "state": "", "eta": "", "note": ""}
    if batch.status == _STATUS.QUEUED:
        context |= {"label": _("Waiting for its turn"), "total": None, "done": None}
    elif batch.status == _STATUS.UNDOING:
        context |= {"label": pgettext("progress", "Undoing"), "total": None, "done": None}
    else:
        context["label"] = _("Dry run: nothing is written") if batch.dry_run else pgettext("progress", "Importing")
        context["eta"] = _eta(batch, total)
        if estimated:
            context["note"] = _("The total is estimated from the size of the file.")
    return context


def _total(batch: ImportBatch) -> tuple[int | None, bool]:
    if not batch.dry_run:
        known = batch.trials.filter(status=_STATUS.DONE).order_by("-id").values_list("read", flat=True).first()
        if known:
            return max(known, batch.read), False
    if batch.format == "iso2709" and batch.next_offset and batch.read:
        return max(batch.read, round(batch.read * batch.size / batch.next_offset)), True
    return None, False


def _eta(batch: ImportBatch, total: int | None) -> str:
    if not total or not batch.read or not batch.seconds:
        return ""
    left = int(batch.seconds * (total - batch.read) / batch.read)
    if left < 90:
        return ngettext("about %(n)d second left", "about %(n)d seconds left", max(1, left)) % {"n": max(1, left)}
    minutes = round(left / 60)
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
