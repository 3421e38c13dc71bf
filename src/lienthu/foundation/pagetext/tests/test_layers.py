from __future__ import annotations

from lienthu.foundation.pagetext.layers import laid_over
from lienthu.foundation.pagetext.model import Block, Line, Word


def block(*lines: Line) -> Block:
    return Block(lines)


LETTERS = Line((Word("Nam", 0, 0, 60, 30, 95), Word("quốc", 70, 0, 80, 30, 93)))
MISREAD_COLUMN = Line((Word("]íỊ", 300, 50, 40, 300, 12),))
COLUMN = Line((Word("南", 300, 50, 40, 100, 90), Word("國", 300, 150, 40, 100, 88), Word("山", 300, 250, 40, 100, 91)))
MISREAD_LETTERS = Line((Word("一", 0, 0, 150, 30, 20),))


def test_each_place_keeps_the_reading_that_is_surer() -> None:
    blocks = laid_over([block(LETTERS, MISREAD_COLUMN)], [block(COLUMN), block(MISREAD_LETTERS)])
    assert [b.text for b in blocks] == ["Nam quốc", "南國山"]


def test_a_page_of_one_script_is_left_as_it_was_read() -> None:
    assert laid_over([block(LETTERS)], []) == [block(LETTERS)]
    assert laid_over([], [block(COLUMN)]) == [block(COLUMN)]
