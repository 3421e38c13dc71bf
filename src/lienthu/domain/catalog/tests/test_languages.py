from __future__ import annotations

import pytest

from lienthu.domain.catalog.languages import language_name, language_tag, original_script_tag, title_tag


@pytest.mark.parametrize(
    ("code", "vi", "en"),
    [
        ("vie", "Tiếng Việt", "Vietnamese"),
        ("fre", "Tiếng Pháp", "French"),
        ("chi", "Tiếng Trung", "Chinese"),
        ("mul", "Nhiều thứ tiếng", "Several languages"),
        ("cjm", "Tiếng Chăm", "Cham"),
        ("qzz", "qzz", "qzz"),
        ("<b>", "<b>", "<b>"),
    ],
)
def test_names_of_marc_codes(code: str, vi: str, en: str) -> None:
    assert language_name(code, "vi") == vi
    assert language_name(code, "en-gb") == en


@pytest.mark.parametrize(
    ("code", "tag"), [("vie", "vi"), ("fre", "fr"), ("ger", "de"), ("tyz", "tyz"), ("mul", ""), ("und", ""), ('"x', "")]
)
def test_tags_of_marc_codes(code: str, tag: str) -> None:
    assert language_tag(code) == tag


def test_a_title_in_the_language_of_the_page_needs_no_tag() -> None:
    assert title_tag(("vie",), "vi") == ""
    assert title_tag(("vie",), "en") == "vi"
    assert title_tag((), "vi") == ""


@pytest.mark.parametrize(
    ("text", "languages", "tag"),
    [
        ("嶺南摭怪", ("vie",), "vi-Hani"),
        ("嶺南摭怪", ("chi",), "zh-Hant"),
        ("雪国", ("jpn",), "ja"),
        ("ゆきぐに", (), "ja"),
        ("한국어", (), "ko"),
        ("Война и мир", ("rus",), "ru"),
        ("Война и мир", (), "ru"),
    ],
)
def test_tags_of_original_scripts(text: str, languages: tuple[str, ...], tag: str) -> None:
    assert original_script_tag(text, languages) == tag
