"""Every sentence by which the rule explains itself has a Vietnamese one, and every feature a name."""

from __future__ import annotations

from django.utils import translation

from lienthu.domain.union.scoring.model import FEATURES
from lienthu.faces.web.portal.labels import FEATURE_LABELS
from lienthu.faces.web.staff.union.notes import CAPPED, SENTENCES, told
from lienthu.faces.web.staff.union.words import FEATURES as NAMES


def test_no_sentence_of_a_level_is_missing() -> None:
    said = {sentence for feature in FEATURES for sentence in feature.levels.values()}
    assert len(said) > 100
    assert said <= SENTENCES, sorted(said - SENTENCES)
    with translation.override("vi"):
        assert not [s for s in SENTENCES if told(s) == s]


def test_a_note_with_the_word_of_the_cap_is_told_whole() -> None:
    with translation.override("vi"):
        assert told(f"another volume; {CAPPED}") == "tập khác; không điểm khớp nào bù được"
        sentence = "titles proper agree, a remainder is on one side only; six words or more"
        assert told(sentence).endswith("; từ sáu từ trở lên")


def test_no_feature_is_without_a_name() -> None:
    for names in (NAMES, FEATURE_LABELS):
        assert {f.name for f in FEATURES} <= names.keys()
