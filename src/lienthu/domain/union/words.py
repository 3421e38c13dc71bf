"""Words for the features that records are compared by: of the desk, of reports and of the public page alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

FEATURES: Final[Mapping[str, str | Promise]] = {
    "title": pgettext_lazy("feature", "Title"),
    "year": pgettext_lazy("feature", "Year"),
    "part": pgettext_lazy("feature", "Volume or part"),
    "persons": pgettext_lazy("feature", "Persons and bodies"),
    "material": pgettext_lazy("feature", "Kind of material"),
    "extent": pgettext_lazy("feature", "Pages, volumes"),
    "imprint": pgettext_lazy("feature", "Publisher and place"),
    "wording": pgettext_lazy("feature", "Wording of the title"),
    "numbers": pgettext_lazy("feature", "Numbers in the title"),
    "edition": pgettext_lazy("feature", "Edition"),
    "identifiers": pgettext_lazy("feature", "ISBN, ISSN and other numbers"),
    "language": pgettext_lazy("feature", "Language"),
    "height": pgettext_lazy("feature", "Height"),
    "host": pgettext_lazy("feature", "Contained in"),
    "series": pgettext_lazy("feature", "Series"),
    "responsibility": pgettext_lazy("feature", "Statement of responsibility"),
    "kind": pgettext_lazy("feature", "Kind of work"),
    "scale": pgettext_lazy("feature", "Scale"),
    "succession": pgettext_lazy("feature", "Earlier and later titles"),
    "evidence": pgettext_lazy("feature", "Evidence behind the title"),
    "isbn": "ISBN",
    "subtitle": pgettext_lazy("feature", "Subtitle"),
    "publisher": pgettext_lazy("feature", "Publisher"),
}
"""Names of `scoring/features` → words; the last three are those of rule version 1."""

KINDS_NAMED: Final[Mapping[str, str]] = {
    "giao vien": "giáo viên",
    "vo bai tap": "vở bài tập",
    "bai tap": "bài tập",
    "huong dan": "hướng dẫn",
    "nang cao": "nâng cao",
    "truyen tranh": "truyện tranh",
    "song ngu": "song ngữ",
    "sach noi": "sách nói",
    "dien tu": "điện tử",
    "tom tat": "tóm tắt",
    "dap an": "đáp án",
    "toan tap": "toàn tập",
    "tuyen tap": "tuyển tập",
    "phu luc": "phụ lục",
    "tranh lien hoan": "tranh liên hoàn",
    "kich ban": "kịch bản",
    "tieng anh": "tiếng Anh",
    "chuyen de": "chuyên đề",
    "de kiem tra": "đề kiểm tra",
    "on tap": "ôn tập",
    "quy hoach": "quy hoạch",
    "hien trang": "hiện trạng",
    "dia hinh": "địa hình",
    "hanh chinh": "hành chính",
}
"""Kinds of book that Vietnamese titles name (`statements.kind_named`), with their marks."""

EVIDENCE: Final[Mapping[str, str | Promise]] = {
    "names": pgettext_lazy("stated", "names"),
    "year": pgettext_lazy("stated", "year"),
    "publisher": pgettext_lazy("stated", "publisher"),
    "extent": pgettext_lazy("stated", "extent"),
    "host": pgettext_lazy("stated", "host"),
}
"""What the feature "evidence" says a record states."""
