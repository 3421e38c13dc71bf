"""The board: allowed steps, reasons, shares of declared lists, and who sees what."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from lienthu.domain.digital.access import reader_of
from lienthu.domain.digital.board import Hindrance, Share, StageFacts, decide_move, shares
from lienthu.domain.digital.errors import DigitalRefused, StepRefused
from lienthu.domain.digital.models import Collection, DigitalObject, Page, Project, Stage, StageMove
from lienthu.domain.digital.selectors.board import (
    After,
    Filters,
    board,
    chosen,
    column,
    shares_of,
    shares_of_list,
    worked_on,
)
from lienthu.domain.digital.selectors.titles import every_title, titles
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
    reader = reader_of(make_person("", (Role.LIBRARIAN, library)), "203.0.113.9")
    found = shares_of(reader, project)
    assert (found["planned"].percent, found["scanned"].percent) == (25, 0)
    boards.amend_project(project.pk, ProjectFacts("Địa chí Quảng Ninh"), actor=CLERK)
    assert shares_of(reader, Project.objects.get())["planned"].percent is None
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


@pytest.mark.django_db
def test_titles_are_found_by_beginnings_of_their_words_with_and_without_marks(django_assert_num_queries: Any) -> None:
    """WFL-24: also what was written in bulk, and what was called otherwise."""
    home = make_library()
    librarian = reader_of(make_person("", (Role.LIBRARIAN, home)), "203.0.113.9")
    first = make_object(home, "Địa chí Quảng Ninh")
    DigitalObject.objects.bulk_create(
        DigitalObject(public_id=f"b{n}", library=home, title=title, created_by="tests")
        for n, title in enumerate(
            ["Gia phả họ Vũ làng Trà Cổ", "Truyện Kỳ Mạn Lục", "大越史記全書", "O'Brien \\ 1:* & <-> !", "Kyoto"]
        )
    )

    def found(words: str) -> set[str]:
        with django_assert_num_queries(1):
            return {obj.title for obj in chosen(librarian, Filters(words=words))}

    for words in ("quang ninh", "QUẢNG NINH", "ninh dia", "qua ni", "Quảng", "  quang   ", "Qua\u0309ng"):
        assert found(words) == {"Địa chí Quảng Ninh"}, words
    assert found("ky man") == found("kì") == {"Truyện Kỳ Mạn Lục"}
    assert found("ky") == {"Truyện Kỳ Mạn Lục", "Kyoto"}
    assert found("vu tra") == {"Gia phả họ Vũ làng Trà Cổ"}
    assert found("大越") == {"大越史記全書"}
    assert found("o'brien") == found("brien") == found("1:*") == {"O'Brien \\ 1:* & <-> !"}
    for nothing in ("uang", "quang hue", "!!!", "' | 'a", "\\", "a:* | b"):
        assert found(nothing) == set(), nothing
    first.title = "Hương ước làng Yên Trì"
    first.save()
    assert found("quang") == set()
    assert found("huong uoc") == {"Hương ước làng Yên Trì"}


@pytest.mark.django_db
def test_words_of_titles_that_were_there_before_are_filled_in() -> None:
    """WFL-24: what the migration does for an install that has objects."""
    made = make_object(make_library(), "Địa chí Quảng Ninh")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE digital_digitalobject SET title_words = ''")
    with connection.schema_editor(atomic=False) as editor:
        import_module("lienthu.domain.digital.migrations.0009_words_of_titles").fill(None, editor)
    assert DigitalObject.objects.filter(title_words__begun="dia quang").get() == made


@pytest.mark.django_db
def test_the_board_goes_on_behind_its_first_cards(django_assert_num_queries: Any) -> None:
    """WFL-19: each card once, in one order, whether due or not; the same statements for many cards as for few."""
    home = make_library()
    project = Project.objects.create(library=home, code="p", name="P", due=date(2027, 1, 15))
    made = [
        make_object(home, f"Tập {n}", pages=0, priority=n % 3, due=date(2027, 1, 1 + n) if n % 2 else None,
                    project=project if n % 4 == 0 else None)
        for n in range(23)
    ]  # fmt: skip
    reader = reader_of(make_person("", (Role.LIBRARIAN, home)), "203.0.113.9")
    with django_assert_num_queries(3):
        planned = board(reader, Filters(), limit=5)[0]
    assert (planned.count, len(planned.cards)) == (23, 5)
    seen, after = list(planned.cards), planned.after
    while after is not None:
        assert After.read(str(after)) == after
        with django_assert_num_queries(2):
            part = column(reader, Filters(), "planned", after=after, limit=5)
        seen, after = seen + part.cards, part.after
    assert len(seen) == len({o.pk for o in seen}) == 23

    def when(o: Any) -> date:
        return o.due or (o.project.due if o.project else date.max)

    assert [o.pk for o in seen] == [o.pk for o in sorted(made, key=lambda o: (-o.priority, when(o), -o.pk))]
    for wrong in ("", "x", "1.2027-13-01.4", "1.2027-01-01", "1.2027-01-01.99999999999999999999", "١.2027-01-01.4"):
        assert After.read(wrong) is None


@pytest.mark.django_db
def test_what_is_late_mine_or_sent_back_is_found() -> None:
    """WFL-19."""
    home, today = make_library(), date(2026, 11, 22)
    me = make_person("", (Role.LIBRARIAN, home))
    reader = reader_of(me, "203.0.113.9")
    rare = Project.objects.create(library=home, code="q", name="Q", scope="rare", due=today - timedelta(days=1))
    mine = make_object(home, "Của tôi", assignee=me, due=today)
    late = make_object(home, "Trễ theo dự án", project=rare)
    done = make_object(home, "Đã công bố", project=rare, stage=Stage.PUBLISHED)
    back = make_object(home, "Trả lại", returned="mờ", due=today + timedelta(days=20))

    def found(**filters: Any) -> set[Any]:
        return {card for one in board(reader, Filters(**filters)) for card in one.cards}

    assert found(assignee=me.pk) == {mine}
    assert found(unassigned=True) == {late, back}
    assert found(late_on=today) == {late}
    assert found(due_by=today + timedelta(days=7)) == {late, mine}
    assert found(returned=True) == {back}
    assert found(scope="rare") == {late, done}
    assert found(stage="published") == {done}
    assert found(library=make_library().pk) == set()


@pytest.mark.django_db
def test_titles_of_closed_collections_are_not_counted_for_others() -> None:
    """WFL-10, RGT-3: also in a project of which they may know."""
    home = make_library()
    project = Project.objects.create(library=home, code="p", name="P")
    closed_ = Collection.objects.create(library=home, code="rieng", name="Riêng", closed=True)
    make_object(home, "Ai cũng biết", project=project)
    make_object(home, "Không ai biết", project=project, collection=closed_)
    own = reader_of(make_person("", (Role.LIBRARIAN, home)), "203.0.113.9")
    admin = reader_of(make_admin(), "203.0.113.9")
    assert [shares_of(reader, project)["planned"].done for reader in (own, admin)] == [2, 1]


@pytest.mark.django_db
def test_a_list_is_counted_over_its_projects(django_assert_num_queries: Any) -> None:
    """WFL-18, RGT-3: of closed collections others are told neither titles nor numbers."""
    home, army = make_library(), closed(make_library())
    for n, library in enumerate((home, home, army)):
        project = Project.objects.create(library=library, code=f"p{n}", name="P", scope="rare", declared_titles=4)
        make_object(library, f"Sách quý {n}", pages=3, project=project, stage=Stage.SCANNED)
    reader = reader_of(make_person("", (Role.LIBRARIAN, home)), "203.0.113.9")
    with django_assert_num_queries(2):
        found, silent = shares_of_list(reader, "rare")
    assert (found["scanned"].done, found["scanned"].percent, found["checked"].done, silent) == (2, 25, 0, 0)
    Project.objects.filter(code="p1").update(declared_titles=None)
    found, silent = shares_of_list(reader, "rare")
    assert (found["scanned"].percent, silent) == (None, 1)
    with django_assert_num_queries(3):
        rows = titles(reader, Filters(scope="rare"))
    assert [(row.object.title, row.pages) for row in rows] == [("Sách quý 0", 3), ("Sách quý 1", 3)]
    assert [len(part) for part in every_title(reader, Filters(), size=1)] == [1, 1]
