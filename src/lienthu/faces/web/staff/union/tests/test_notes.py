"""Every sentence by which the rule explains itself has a Vietnamese one, and every feature a name."""

from __future__ import annotations

from django.utils import translation

from lienthu.domain.union.scoring.levels import Says
from lienthu.domain.union.scoring.model import FEATURES, Reason
from lienthu.faces.web.portal.labels import FEATURE_LABELS
from lienthu.faces.web.staff.union.notes import CAPPED, SENTENCES, told
from lienthu.faces.web.staff.union.pairs import HALF, bars
from lienthu.faces.web.staff.union.words import FEATURES as NAMES


def test_no_sentence_of_a_level_is_missing() -> None:
    said = {sentence for feature in FEATURES for _says, sentence in feature.levels.values()}
    assert len(said) > 100
    assert said <= SENTENCES, sorted(said - SENTENCES)
    with translation.override("vi"):
        assert not [s for s in SENTENCES if told(s) == s]


def test_a_note_with_the_word_of_the_cap_is_told_whole() -> None:
    with translation.override("vi"):
        assert told(f"another volume; {CAPPED}") == "tập khác; không điểm khớp nào bù được"
        sentence = "titles proper agree, a remainder is on one side only; six words or more"
        assert told(sentence).endswith("; từ sáu từ trở lên")


def test_a_bar_is_red_only_for_what_speaks_against() -> None:
    """MAT-4: the length is the weight, the colour what the level means."""

    def side(says: Says, weight: float) -> str:
        [bar] = bars([Reason("wording", 0.5, weight, "a", "a", "the same words", says)])
        assert (bar.x < HALF) is (weight < 0)
        return bar.side

    assert side(Says.AGREES, -0.3) == "none"
    assert side(Says.DIFFERS, 0.3) == "none"
    assert (side(Says.AGREES, 0.3), side(Says.DIFFERS, -0.3), side(Says.SILENT, -2)) == ("for", "against", "against")


def test_no_feature_is_without_a_name() -> None:
    for names in (NAMES, FEATURE_LABELS):
        assert {f.name for f in FEATURES} <= names.keys()
