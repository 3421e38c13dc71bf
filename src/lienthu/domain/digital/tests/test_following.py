"""Rule WFL-20: what people wrote goes with its page. Real pictures: under the box of a word lies its ink."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as some

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import PagesRefused
from lienthu.domain.digital.models import DigitalObject, Layer, Page, PageText, PageWork
from lienthu.domain.digital.paging.arranging import WHOLE, Crop, halves
from lienthu.domain.digital.paging.framing import Framing, carried
from lienthu.domain.digital.services import adding, correcting, intake, paging, pipeline
from lienthu.domain.digital.services.intake import Description
from lienthu.domain.digital.services.texts import content_of, set_text
from lienthu.domain.digital.services.undoing import undo
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.pagetext.model import Block, Box, Line, Word
from lienthu.foundation.pagetext.model import PageText as Written

WIDE, HIGH = 900, 600
LEFT, RIGHT = Box(80, 100, 120, 40), Box(600, 420, 90, 50)
"""Where the two words of the sheet stand, black on white."""


def sheet(path: Path, scale: int = 1, shade: int = 0) -> Path:
    """A double page: a black bar for each word."""
    image = pyvips.Image.black(WIDE * scale, HIGH * scale, bands=3) + 255
    for box in (LEFT, RIGHT):
        image = image.draw_rect([shade] * 3, *(n * scale for n in box), fill=True)
    image.cast("uchar").write_to_file(str(path))
    return path


@pytest.fixture
def spread(tmp_path: Path) -> DigitalObject:
    """An object of one double page whose two words a person wrote."""
    obj = intake.take_in([sheet(tmp_path / "1.png")], Description("Địa chí"), library=make_library(), actor=CLERK)
    pipeline.run(object_id=obj.pk)
    before = correcting.current_of(obj.pages.get())
    line: list[Any] = [("trái", *LEFT, 100), ("phải", *RIGHT, 100)]
    correcting.save_words(obj.public_id, 1, [[line]], seen=before.number if before else 0, actor=CLERK)
    return obj


def words(page: Page, layer: Layer = Layer.ORIGINAL) -> list[str]:
    """The words in force; under the box of each lies ink and nothing else."""
    text = PageText.objects.get(page=page, layer=layer, current=True)
    assert (text.source, text.by) == ("corrected" if layer == Layer.ORIGINAL else "typed", "clerk")
    content = content_of(text)
    page.refresh_from_db()
    assert (content.width, content.height) == (page.width, page.height)
    picture = pyvips.Image.new_from_file(str(store.picture_of(page, page.object.public_id)), access="random")
    for word in content.words():
        under = picture.crop(word.x + 3, word.y + 3, word.w - 6, word.h - 6)
        assert under.avg() < 40, (word, under.avg())
    return [word.text for word in content.words()]


def text_of(page: Page) -> str:
    return PageText.objects.get(page=page, layer=Layer.ORIGINAL, current=True).text


@pytest.mark.django_db
def test_words_turn_with_their_page_and_back(spread: DigitalObject) -> None:
    """WFL-20."""
    page = spread.pages.get()
    first = PageText.objects.get(page=page, current=True)
    for degrees in (90, 180, 270):
        paging.rotate(spread.public_id, [1], degrees=degrees, seen=None, actor=CLERK)
        pipeline.run(object_id=spread.pk)
        assert words(page) == ["trái", "phải"]
    newest = PageText.objects.get(page=page, current=True)
    assert newest.number > first.number, "versions are added, never changed"
    for _ in range(3):
        undo(spread.public_id, seen=None, actor=CLERK)
        assert words(page) == ["trái", "phải"], "at once, with the old picture"
    assert PageText.objects.get(page=page, current=True).pk == first.pk


@pytest.mark.django_db
def test_each_half_of_a_double_page_keeps_its_words(spread: DigitalObject) -> None:
    """WFL-20: in every layer; joined again, the whole text is in force."""
    page = spread.pages.get()
    lines = [{"original": "trái", "translation": "left"}, {"original": "phải", "translation": "right"}]
    seen = correcting.seen_layers(page)
    correcting.save_layers(spread.public_id, 1, lines, [LEFT, RIGHT], seen=seen, actor=CLERK)
    before = set(PageText.objects.filter(current=True).values_list("layer", "text"))
    paging.split(spread.public_id, [1], at=0.5, seen=None, actor=CLERK)
    assert not PageText.objects.filter(current=True).exists(), "the text of the spread belongs to no half"
    with pytest.raises(PagesRefused):
        correcting.save_words(spread.public_id, 1, [], seen=0, actor=CLERK)
    pipeline.run(object_id=spread.pk)
    left, right = spread.pages.order_by("position")
    assert (words(left, Layer.TRANSLATION), words(right, Layer.TRANSLATION)) == (["left"], ["right"])
    assert (text_of(left), text_of(right)) == ("trái", "phải")
    paging.split(spread.public_id, [right.seq], at=0.5, seen=None, actor=CLERK)
    paging.rotate(spread.public_id, [right.seq], degrees=90, seen=None, actor=CLERK)
    pipeline.run(object_id=spread.pk)
    assert [text_of(p) for p in spread.pages.order_by("position")] == ["trái", "phải", ""]
    for _ in range(3):
        undo(spread.public_id, seen=None, actor=CLERK)
    assert set(PageText.objects.filter(current=True).values_list("layer", "text")) == before
    assert not PageText.objects.filter(follows=True).exists()


def read_by_machine(page: Page) -> PageText:
    """Both words as recognition would find them."""
    line = Line((Word("trái", *LEFT, 90), Word("phải", *RIGHT, 90)))
    return set_text(page, Written(WIDE, HIGH, (Block((line,)),), source="ocr"), actor=CLERK)


@pytest.mark.django_db
def test_of_an_earlier_reading_only_what_is_on_the_picture_comes_back(tmp_path: Path) -> None:
    """WFL-12, WFL-20: put back under one half, the words of the other half stay away."""
    obj = intake.take_in([sheet(tmp_path / "1.png")], Description("Địa chí"), library=make_library(), actor=CLERK)
    pipeline.run(object_id=obj.pk)
    page = obj.pages.get()
    whole = read_by_machine(page)
    paging.split(obj.public_id, [1], at=0.5, seen=None, actor=CLERK)
    with pytest.raises(PagesRefused):
        correcting.revert(obj.public_id, 1, whole.number, actor=CLERK)  # its picture is not made yet
    pipeline.run(object_id=obj.pk)
    again = correcting.revert(obj.public_id, 1, whole.number, actor=CLERK)
    assert (text_of(page), again.source, again.moved_from) == ("trái", "ocr", whole.number)
    other = adding.replace_page(obj.public_id, 1, sheet(tmp_path / "2.png", shade=9), actor=CLERK)
    assert other.changed == [1]
    assert not PageText.objects.filter(page=page, current=True).exists(), "read on another scan"
    with pytest.raises(PagesRefused):
        correcting.revert(obj.public_id, 1, whole.number, actor=CLERK)
    undo(obj.public_id, seen=None, actor=CLERK)
    assert text_of(page) == "trái"


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["turned", "removed"])
def test_undoing_leaves_no_page_with_words_of_another_picture(tmp_path: Path, act: str) -> None:
    """WFL-2, WFL-20: what still had to be read on the picture that comes back waits to be read again."""
    obj = intake.take_in(
        [sheet(tmp_path / "1.png"), sheet(tmp_path / "2.png", shade=9)], Description("Địa chí"), library=make_library(),
        actor=CLERK,
    )  # fmt: skip
    pipeline.run(object_id=obj.pk)
    page = obj.pages.get(seq=1)
    read_by_machine(page)
    paging.rotate(obj.public_id, [1], degrees=90, seen=None, actor=CLERK)
    Page.objects.filter(pk=page.pk).update(state=Page.State.READY, width=HIGH, height=WIDE)
    PageWork.objects.filter(page=page, stage=PageWork.Stage.PICTURE).update(state=PageWork.State.DONE)
    PageWork.objects.update_or_create(
        page=page, stage=PageWork.Stage.TEXT, defaults={"object": obj, "state": "waiting"}
    )
    if act == "turned":
        paging.rotate(obj.public_id, [1], degrees=90, seen=None, actor=CLERK)
    else:
        paging.remove(obj.public_id, [1], seen=None, actor=CLERK)
    undo(obj.public_id, seen=None, actor=CLERK)
    assert PageWork.objects.get(page_id=page.pk, stage=PageWork.Stage.TEXT).state == PageWork.State.WAITING
    undo(obj.public_id, seen=None, actor=CLERK)
    rest = PageWork.objects.filter(page_id=page.pk, stage=PageWork.Stage.TEXT, state=PageWork.State.WAITING)
    assert not rest.exists(), "on the first picture it was read"


@pytest.mark.django_db
def test_what_is_corrected_after_the_turn_is_carried_back(spread: DigitalObject) -> None:
    """WFL-20: undoing takes the picture back, not what was written since."""
    page = spread.pages.get()
    paging.rotate(spread.public_id, [1], degrees=90, seen=None, actor=CLERK)
    pipeline.run(object_id=spread.pk)
    turned = PageText.objects.get(page=page, current=True)
    line = [(w.text.upper(), w.x, w.y, w.w, w.h, 100) for w in content_of(turned).words()]
    correcting.save_words(spread.public_id, 1, [[line]], seen=turned.number, actor=CLERK)
    undo(spread.public_id, seen=None, actor=CLERK)
    pipeline.run(object_id=spread.pk)
    assert words(page) == ["TRÁI", "PHẢI"]
    correcting.revert(spread.public_id, 1, turned.number, actor=CLERK)
    assert words(page) == ["trái", "phải"], "an earlier version comes on the picture that is there now"


@pytest.mark.django_db
def test_who_corrects_while_the_page_is_turned_writes_on_the_picture_that_was_seen(spread: DigitalObject) -> None:
    """WFL-20."""
    page = spread.pages.get()
    before = PageText.objects.get(page=page, current=True)
    paging.rotate(spread.public_id, [1], degrees=270, seen=None, actor=CLERK)
    line: list[Any] = [("TRÁI", *LEFT, 100), ("phải", *RIGHT, 100)]
    correcting.save_words(spread.public_id, 1, [[line]], seen=before.number, actor=CLERK)
    pipeline.run(object_id=spread.pk)
    assert words(page) == ["TRÁI", "phải"]


@pytest.mark.django_db
def test_another_scan_of_the_page_takes_the_words_along(spread: DigitalObject, tmp_path: Path) -> None:
    """WFL-20: twice as large."""
    adding.replace_page(spread.public_id, 1, sheet(tmp_path / "2.png", scale=2, shade=10), actor=CLERK)
    pipeline.run(object_id=spread.pk)
    page = spread.pages.get()
    assert (page.width, words(page)) == (WIDE * 2, ["trái", "phải"])


PARTS = some.builds(Crop, some.floats(0, 0.5), some.floats(0, 0.5), some.floats(0.2, 0.5), some.floats(0.2, 0.5))
FRAMINGS = some.builds(Framing, some.just("a#0"), some.sampled_from([0, 90, 180, 270]), some.none() | PARTS)
WORDS = some.lists(
    some.tuples(some.integers(0, 800), some.integers(0, 900), some.integers(1, 200), some.integers(1, 100)),
    min_size=1, max_size=8,
)  # fmt: skip


def written(boxes: list[tuple[int, int, int, int]]) -> Written:
    line = Line(tuple(Word(f"w{n}", *box) for n, box in enumerate(boxes)))
    return Written(1000, 1000, (Block((line,)),), source="corrected")


@given(WORDS, FRAMINGS, FRAMINGS, some.integers(1, 4000), some.integers(1, 4000))
def test_boxes_never_leave_the_page_and_no_word_comes_from_nowhere(
    boxes: list[tuple[int, int, int, int]], before: Framing, after: Framing, width: int, height: int
) -> None:
    """WFL-20."""
    moved = carried(written(boxes), before, after, width, height)
    assert all(w.x >= 0 and w.x + w.w <= width and w.y >= 0 and w.y + w.h <= height for w in moved.words())
    names = [w.text for w in moved.words()]
    assert names == sorted(names, key=lambda name: int(name[1:])), "in their order"
    assert Framing.from_json(after.to_json()) == after


@given(WORDS, some.sampled_from([90, 180, 270]))
def test_turning_back_brings_every_word_back(boxes: list[tuple[int, int, int, int]], degrees: int) -> None:
    """WFL-20."""
    text, whole, turned = written(boxes), Framing("a#0"), Framing("a#0", degrees)
    there = carried(text, whole, turned, 1000, 1000)
    back = carried(there, turned, whole, 1000, 1000)
    for one, other in zip(text.words(), back.words(), strict=True):
        assert all(abs(a - b) <= 2 for a, b in zip(one.box, other.box, strict=True))


@given(WORDS, some.floats(0.2, 0.8))
def test_no_word_is_lost_between_two_halves(boxes: list[tuple[int, int, int, int]], at: float) -> None:
    """WFL-20: a word that the cut goes through belongs to the half in which its middle is."""
    text, spread = written(boxes), Framing("a#0", crop=WHOLE)
    parts = [carried(text, spread, Framing("a#0", 0, half), 500, 1000) for half in halves(None, at)]
    names = {w.text for part in parts for w in part.words()}
    assert names == {w.text for w in text.words()}


@pytest.mark.parametrize("said", [None, 3, {}, {"of": "a", "rotation": 45}, {"of": "a", "rotation": 0, "crop": [1]},
                                  {"of": "a", "rotation": 0, "crop": [0, 0, 0, 1]}])  # fmt: skip
def test_what_is_no_framing_is_none(said: Any) -> None:
    assert Framing.from_json(said) is None
