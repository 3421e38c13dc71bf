"""The sample works: how many, how clean, and nothing composed that could pass for real."""

import unicodedata
from collections import Counter

from lienthu.faces.cli.sample.works import WORKS_FILE, load_works
from lienthu.foundation.vietnamese.syllables import syllable_share

MATERIAL_TYPES = {
    "book",
    "serial",
    "article",
    "map",
    "score",
    "audio",
    "audiobook",
    "video",
    "picture",
    "thesis",
    "manuscript",
}


def test_there_are_enough_distinct_works_and_enough_local_history() -> None:
    works = load_works()
    assert len({w.key for w in works}) == len(works) >= 430
    assert sum(w.local_history for w in works) >= 110
    assert sum(w.local_history and not w.composed for w in works) >= 110
    assert sum(w.children for w in works) >= 40


def test_no_two_works_look_the_same() -> None:
    looks = Counter(
        (w.title, w.part, w.year, w.publisher, w.edition, w.material_type, w.responsibility) for w in load_works()
    )
    assert [look for look, n in looks.items() if n > 1] == []


def test_titles_are_there_trimmed_and_the_file_is_in_nfc() -> None:
    assert all(w.title and w.title == w.title.strip() for w in load_works())
    assert unicodedata.is_normalized("NFC", WORKS_FILE.read_text(encoding="utf-8"))


def test_vietnamese_titles_are_spelt_in_well_formed_syllables() -> None:
    doubtful = [w.title for w in load_works() if w.language == "vie" and syllable_share(w.title) < 0.5]
    # Foreign names keep their spelling in Vietnamese titles.
    assert len(doubtful) <= 25, doubtful


def test_hosts_and_editions_refer_to_works() -> None:
    works = {w.key: w for w in load_works()}
    for work in works.values():
        assert not work.host or work.host in works
        assert not work.edition_of or work.edition_of in works
        assert (work.material_type == "article") == bool(work.host)
        assert work.material_type in MATERIAL_TYPES


def test_composed_records_say_so_and_addresses_are_examples() -> None:
    for work in load_works():
        assert work.composed == ("Biểu ghi mẫu" in work.subjects)
        assert not work.online or work.online.startswith("https://so.thuvien.quangninh.example/")


def test_hán_and_nôm_titles_are_in_their_script() -> None:
    titled = [w for w in load_works() if w.original_script]
    assert len(titled) >= 60
    for work in titled:
        assert all(unicodedata.name(c).startswith("CJK UNIFIED") for c in work.original_script), work.key
