"""The bytes decide: how the character set of a file and of each of its records is found (IMP-4 to IMP-7)."""

from __future__ import annotations

import pytest

from lienthu.domain.catalog.encoding import AUTO, CHOICES, EncodingPlan, detect, find_decoder, forced_plan, read_iso2709
from lienthu.domain.catalog.tests.cast import book, encoded
from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.problems import Unreadable
from lienthu.foundation.marc.validate import validate
from lienthu.foundation.vietnamese.encodings import ENCODERS, UnknownEncoding

TITLES = (
    "Lịch sử phong trào công nhân mỏ Quảng Ninh", "Những người thợ lò dũng cảm", "Truyện cổ tích các dân tộc",
    "Vịnh Hạ Long, di sản thiên nhiên thế giới", "Kỷ yếu hội thảo khoa học về vùng mỏ", "Đường vào thư viện huyện",
)  # fmt: skip
AUTOMATIC = EncodingPlan("utf-8")


def title(parsed: iso2709.Parsed) -> str:
    field = parsed.record.first("245")
    return field.first("a") if field else ""


def codes(parsed: iso2709.Parsed) -> set[str]:
    return {p.code for p in parsed.repairs}


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "viqr", "utf-8-double", "tcvn3-in-utf-8"])
def test_every_legacy_character_set_is_found_and_read(encoding: str) -> None:
    records = [encoded(book(t, number=str(n)), encoding) for n, t in enumerate(TITLES)]
    found = detect(records)
    assert found.plan.name == encoding
    assert found.guesses[0].encoding == encoding
    for raw, wanted in zip(records, TITLES, strict=True):
        parsed, how = read_iso2709(raw, found.plan)
        assert how in (encoding, "utf-8")
        assert title(parsed).casefold() == wanted.casefold(), "capitals of TCVN3 lived in a font of their own"


def test_unicode_stays_unicode() -> None:
    records = [iso2709.write(book(t, number=str(n))) for n, t in enumerate(TITLES)]
    assert detect(records).plan == AUTOMATIC


@pytest.mark.parametrize("samples", [[], [b""], [iso2709.write(book("Tieng Viet khong dau", number="1"))]])
def test_without_any_byte_above_ascii_it_is_unicode(samples: list[bytes]) -> None:
    assert detect(samples).plan.name == "utf-8"


def test_one_stray_record_does_not_turn_the_whole_file() -> None:
    good = [iso2709.write(book(t, number=str(n))) for n, t in enumerate(TITLES)]
    stray = encoded(book(TITLES[0], number="9"), "tcvn3")
    plan = detect([*good, stray]).plan
    assert (plan.name, plan.legacy) == ("utf-8", "tcvn3")
    assert [title(read_iso2709(raw, plan)[0]) for raw in (*good, stray)] == [*TITLES, TITLES[0]]


@pytest.mark.parametrize("encoding", ["tcvn3-in-utf-8", "vni-in-utf-8", "viscii-in-utf-8", "viqr", "utf-8-double"])
def test_sound_records_among_disguised_ones_are_left_alone(encoding: str) -> None:
    """IMP-6: a file with two histories."""
    disguised = [encoded(book(t, number=str(n)), encoding) for n, t in enumerate(TITLES)]
    plan = detect(disguised).plan
    assert plan.in_text == encoding
    others = ("Dân ca và dân vũ", "L'été à la forêt", "Über die Straßen von Hạ Long")
    for title_ in (*TITLES, *others):
        assert title(read_iso2709(iso2709.write(book(title_, number="1")), plan)[0]) == title_
    assert [title(read_iso2709(raw, plan)[0]).casefold() for raw in disguised] == [t.casefold() for t in TITLES]


# ------------------------------------------------------------------------------------------ each record by itself (6)


def test_a_record_that_is_unicode_is_read_as_unicode_in_a_legacy_file() -> None:
    parsed, how = read_iso2709(iso2709.write(book("Đất mỏ", number="1")), EncodingPlan("tcvn3", legacy="tcvn3"))
    assert (title(parsed), how) == ("Đất mỏ", "utf-8")


def test_a_record_that_is_not_is_read_in_the_character_set_of_the_file() -> None:
    parsed, how = read_iso2709(encoded(book("Đất mỏ", number="1"), "vni"), EncodingPlan("utf-8", legacy="vni"))
    assert (title(parsed), how) == ("Đất mỏ", "vni")


def test_escapes_of_marc_8_are_read_as_marc_8() -> None:
    raw = iso2709.write(book("@@@@@@@@@", number="1")).replace(b"a22", b" 22", 1)
    raw = raw.replace(b"@@@@@@@@@", b"\x1b(NABC\x1b(B")  # the same length: basic Cyrillic
    parsed, how = read_iso2709(raw, AUTOMATIC)
    assert (title(parsed), how) == ("абц".upper() if title(parsed).isupper() else "абц", "marc-8")


def test_bytes_without_a_meaning_are_reported() -> None:
    raw = encoded(book("Đất mỏ", number="1"), "tcvn3").replace(b"m\xe1", b"m\xff")
    parsed, _ = read_iso2709(raw, EncodingPlan("utf-8", legacy="marc-8"))
    assert "\ufffd" in title(parsed)
    assert "lost-characters" in {p.code for p in validate(parsed.record)}


@pytest.mark.parametrize(
    ("raw", "plan", "reported"),
    [
        (encoded(book("Đất mỏ", number="1"), "tcvn3", claims="a"), EncodingPlan("tcvn3", legacy="tcvn3"), True),
        (encoded(book("Đất mỏ", number="1"), "tcvn3"), EncodingPlan("tcvn3", legacy="tcvn3"), False),
        (iso2709.write(book("Đất mỏ", number="1")), AUTOMATIC, False),
        (iso2709.write(book("Đất mỏ", number="1")).replace(b"a22", b" 22", 1), AUTOMATIC, True),
        (iso2709.write(book("Dat mo", number="1")).replace(b"a22", b" 22", 1), AUTOMATIC, False),
    ],
    ids=["says UTF-8, is TCVN3", "says nothing", "says UTF-8, is", "says MARC-8, is UTF-8", "says MARC-8, ASCII"],
)
def test_a_leader_that_lies_is_not_believed_and_reported(raw: bytes, plan: EncodingPlan, reported: bool) -> None:
    parsed, _ = read_iso2709(raw, plan)
    assert ("encoding-label" in codes(parsed)) is reported
    assert title(parsed) in ("Đất mỏ", "Dat mo")


# -------------------------------------------------------------------------------------------------- a person's word (7)


def test_a_forced_character_set_is_used_for_every_record() -> None:
    plan = forced_plan("latin-1")
    for raw in (encoded(book("Đất mỏ", number="1"), "tcvn3"), iso2709.write(book("Dat mo", number="2"))):
        assert read_iso2709(raw, plan)[1] == "latin-1"
    assert title(read_iso2709(encoded(book("Đất mỏ", number="1"), "tcvn3"), plan)[0]) == "§Êt má"


def test_every_choice_has_a_decoder() -> None:
    for name in CHOICES:
        if name != AUTO:
            assert forced_plan(name).forced
            assert find_decoder(name)(b"plain ASCII") == "plain ASCII"


@pytest.mark.parametrize("name", ["auto", "klingon", "", "UTF 8"])
def test_what_is_no_choice_is_refused(name: str) -> None:
    with pytest.raises(UnknownEncoding, match="known: auto, marc-8, utf-8, tcvn3"):
        forced_plan(name)


def test_a_piece_that_is_no_record_is_unreadable_in_any_plan() -> None:
    for plan in (AUTOMATIC, forced_plan("vni")):
        with pytest.raises(Unreadable):
            read_iso2709(b"00050nam a2200000   4500 this is no record at all.\x1d", plan)


def test_the_encoders_of_the_tests_and_the_decoders_agree() -> None:
    for name in ("tcvn3", "vni", "viqr", "viscii"):
        assert find_decoder(name)(ENCODERS[name]("vùng mỏ")) == "vùng mỏ"
