"""The board: allowed steps, reasons, shares of declared lists, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from lienthu.domain.digital.access import reader_of
from lienthu.domain.digital.board import Hindrance, Share, StageFacts, decide_move, shares
from lienthu.domain.digital.errors import DigitalRefused, StepRefused
from lienthu.domain.digital.models import Collection, Page, Project, Stage, StageMove
from lienthu.domain.digital.selectors.board import Filters, board, shares_of, worked_on
from lienthu.domain.digital.services import boards
from lienthu.domain.digital.services.boards import Planned, ProjectFacts
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_admin, make_library, make_person

READY = StageFacts("planned", pages=3, described=True)


@pytest.mark.parametrize(("facts", "to", "reason", "hindrance"), [
    (READY, "scanned", "", None),
    (READY, "described", "", None),
    (StageFacts("planned"), "scanned", "", Hindrance.NO_PAGES),
    (StageFacts("scanned", pages=3, failed=1), "checked", "", Hindrance.PAGES_FAILED),
    (StageFacts("scanned", pages=3, pictures_waiting=1), "checked", "", Hindrance.PICTURES_WAIT),
    (StageFacts("checked", pages=3, texts_waiting=2), "recognised", "", Hindrance.TEXTS_WAIT),
    (StageFacts("planned", pages=3, texts_waiting=2), "described", "", Hindrance.TEXTS_WAIT),
    (StageFacts("recognised", pages=3), "described", "", Hindrance.NOT_DESCRIBED),
    (StageFacts("described", pages=3), "published", "", Hindrance.BY_PUBLISHING),
    (StageFacts("published", pages=3), "planned", "lý do", Hindrance.BY_WITHDRAWING),
    (StageFacts("checked", pages=3), "planned", " ", Hindrance.REASON_NEEDED),
    (StageFacts("checked", pages=3), "planned", "mờ", None),
    (READY, "elsewhere", "", Hindrance.UNKNOWN),
])  # fmt: skip
def test_a_step_is_allowed_when_what_is_before_it_is_done(
    facts: StageFacts, to: str, reason: str, hindrance: Hindrance | None
) -> None:
    """WFL-9."""
    assert decide_move(facts, to, reason=reason) == hindrance


def test_what_nobody_declared_has_no_percentage() -> None:
    """WFL-10: missing is never shown as zero, and 100 percent means all."""
    counted = [("planned", 2), ("scanned", 3), ("published", 4)]
    found = shares(counted, 10)
    assert (found["planned"].done, found["scanned"].done, found["published"].done) == (9, 7, 4)
    assert found["published"].percent == 40
    assert (Share(4, None).percent, Share(0, 0).percent, Share(999, 1000).percent) == (None, None, 99)


@pytest.mark.django_db
def test_an_object_goes_back_to_the_scanner_with_a_reason() -> None:
    """WFL-9."""
    obj = make_object(make_library(), stage=Stage.SCANNED)
    boards.move_stage(obj.public_id, "checked", actor=CLERK)
    with pytest.raises(StepRefused) as refused:
        boards.move_stage(obj.public_id, "planned", actor=CLERK)
    assert refused.value.hindrance is Hindrance.REASON_NEEDED
    boards.move_stage(obj.public_id, "planned", reason="Trang 3 bị mờ", actor=CLERK)
    obj.refresh_from_db()
    assert (obj.stage, obj.returned) == ("planned", "Trang 3 bị mờ")
    boards.move_stage(obj.public_id, "scanned", actor=CLERK)
    obj.refresh_from_db()
    assert obj.returned == ""
    assert list(StageMove.objects.order_by("id").values_list("before", "after", "reason")) == [
        ("scanned", "checked", ""),
        ("checked", "planned", "Trang 3 bị mờ"),
        ("planned", "scanned", ""),
    ]
    obj.pages.update(state=Page.State.FAILED)
    with pytest.raises(StepRefused):
        boards.move_stage(obj.public_id, "checked", actor=CLERK)


@pytest.mark.django_db
def test_a_project_plans_titles_and_counts_them_against_its_list() -> None:
    """WFL-10."""
    library = make_library()
    project = boards.create_project(
        "dia-chi", library, ProjectFacts("Địa chí Quảng Ninh", declared_titles=8), actor=CLERK
    )
    made = boards.plan(project.pk, [Planned("Địa chí Cẩm Phả"), Planned("Địa chí Uông Bí"), Planned("  ")], actor=CLERK)
    assert len(made) == 2
    found = shares_of(project)
    assert (found["planned"].percent, found["scanned"].percent) == (25, 0)
    boards.amend_project(project.pk, ProjectFacts("Địa chí Quảng Ninh"), actor=CLERK)
    assert shares_of(Project.objects.get())["planned"].percent is None
    with pytest.raises(DigitalRefused):
        boards.create_project("dia-chi", library, ProjectFacts("Lần nữa"), actor=CLERK)
    other = Collection.objects.create(library=make_library(), code="khac", name="Khác")
    with pytest.raises(DigitalRefused):
        boards.amend_project(project.pk, ProjectFacts("x", collection=other), actor=CLERK)


def closed(library: Library) -> Library:
    library.closed = True
    library.save()
    return library


@pytest.mark.django_db
def test_the_board_shows_what_the_door_lets_through(django_assert_num_queries: Any) -> None:
    """RGT-3: closed libraries and collections exist for their own people only."""
    home, army = make_library(), closed(make_library())
    secret = Collection.objects.create(library=home, code="kin", name="Kín", closed=True)
    mine, theirs = make_object(home, "Mở"), make_object(army, "Quân sự")
    hidden = make_object(home, "Gia phả", collection=secret)
    address = "203.0.113.9"
    librarian = reader_of(make_person("", (Role.LIBRARIAN, home)), address)
    admin = reader_of(make_admin(), address)
    soldier = reader_of(make_person("", (Role.LIBRARIAN, army)), address)
    assert set(worked_on(librarian)) == {mine, hidden}
    assert set(worked_on(admin)) == {mine}
    assert set(worked_on(soldier)) == {theirs}
    assert not worked_on(reader_of(AnonymousUser(), address)).exists()
    with django_assert_num_queries(3):
        columns = board(librarian, Filters())
    assert [(c.stage, c.count) for c in columns if c.count] == [("planned", 2)]
    assert [c.count for c in board(librarian, Filters(words="gia"))] == [1, 0, 0, 0, 0, 0]
