# ruff: noqa: E501  (sample rows stay on one line)
"""What `ui/guide.html` shows: every component once, with words that are hard to set. All of it is sample data."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from lienthu.faces.web.ui.icons import ICONS

_TITLES = (
    ("Truyện Kiều : khảo đính và chú giải", "Nguyễn Du", "2007", "book"),
    ("Địa chí Quảng Ninh", "", "2001", "book"),
    ("Dế Mèn phiêu lưu ký", "Tô Hoài", "1941", "book"),
    ("Số đỏ", "Vũ Trọng Phụng", "1936", "book"),
    ("Vịnh Hạ Long: di sản thiên nhiên thế giới", "Nhiều tác giả", "2015", "book"),
    ("Lịch sử phong trào công nhân mỏ Quảng Ninh", "Thi Sảnh", "1974", "book"),
    ("Báo Hạ Long", "Hội Văn học nghệ thuật", "1986", "serial"),
    ("Đặc điểm địa mạo karst vùng biển đảo", "Trần Văn Trị", "1998", "article"),
    ("Bản đồ hành chính tỉnh Quảng Ninh", "", "2025", "map"),
    ("Tình ca đất mỏ", "Hoàng Vân", "1967", "score"),
    ("Dân ca Sán Chỉ", "", "2010", "audio"),
    ("Những ngày thơ ấu", "Nguyên Hồng", "2019", "audiobook"),
    ("Hạ Long trên bến dưới thuyền", "", "2003", "video"),
    ("Chợ tình Đồng Văn", "", "1932", "picture"),
    ("Kho dữ liệu mở về thư viện", "", "2024", "electronic"),
    (
        "Nghiên cứu ảnh hưởng của thủy triều tới hệ sinh thái rừng ngập mặn Tiên Yên",
        "Lê Thị Thu",
        "2018",
        "thesis",
    ),
    ("安邦風土 An Bang phong thổ", "Khuyết danh", "[18--]", "manuscript"),
    ("Bộ đồ chơi học chữ", "", "2016", "kit"),
    ("Bình gốm Chu Đậu", "", "[14--]", "object"),
    ("Tư liệu về bãi công năm 1936", "", "", "mixed"),
)


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Full name"), help_text=_("As on the identity card."))
    card = forms.CharField(label=_("Card number"), required=False)
    library = forms.ChoiceField(label=_("Library"), choices=[("1", "Thư viện tỉnh"), ("2", "Thư viện Vân Đồn")])
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label=_("Kind of record"),
        choices=[("marc", "MARC 21"), ("csv", "CSV / Excel")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label=_("I have checked the figures"), required=False)
    file = forms.FileField(label=_("File"), help_text=_("MARC, MARCXML, CSV or Excel, up to 2 GB."), required=False)


def _works() -> list[dict[str, Any]]:
    works: list[dict[str, Any]] = [
        {
            "url": "#",
            "title": title,
            "by": by,
            "year": year,
            "material_type": kind,
            "material_label": _("Book"),
        }
        for title, by, year, kind in _TITLES
    ]
    works[0] |= {"libraries": 7, "available": True, "publisher": "Văn học", "original": "斷腸新聲"}
    works[5] |= {"libraries": 1, "available": False, "online_url": "#", "publisher": "Quảng Ninh"}
    return works


def guide_context() -> dict[str, Any]:
    """Everything the guide's components need, except `request`."""
    works = _works()
    pages = Paginator(range(240), 20)
    page = pages.page(4)
    decades = [(1930, 12), (1940, 9), (1950, 31), (1960, 120), (1970, 240), (1980, 410), (1990, 1900), (2000, 5200), (2010, 8700), (2020, 3100)]  # fmt: skip
    return {
        "icons": list(ICONS),
        "form": SampleForm(),
        "wrong": SampleForm({"wrong-name": "", "wrong-library": "9", "wrong-kind": "marc"}, prefix="wrong"),
        "works": works,
        "page": page,
        "pages": list(pages.get_elided_page_range(4)),
        "breadcrumb": [{"label": _("Home"), "url": "/"}, {"label": _("Style guide")}],
        "buckets": [{"from": y, "to": y + 9, "count": n, "url": f"?from={y}"} for y, n in decades],
        "years": [{"from": y, "to": y, "count": (y * 7919 % 97) * (y - 1940)} for y in range(1945, 2025, 2)],
        "groups": [
            {
                "label": _("Kind"),
                "entries": [
                    {"label": _("Book"), "count": 12345, "url": "#", "selected": True},
                    {"label": _("Newspaper, journal"), "count": 812, "url": "#"},
                    {"label": _("Map"), "count": 96, "url": "#"},
                ],
                "more_url": "#",
            },
            {"label": _("Language"), "closed": True, "entries": [{"label": "Tiếng Việt", "count": 20104, "url": "#"}]},
        ],
        "filters": [
            {"label": _("Kind"), "value": _("Book"), "url": "#"},
            {"label": _("Year"), "value": "1990–1999", "url": "#"},
        ],
        "steps": [
            {"label": _("Choose a file"), "state": "done", "url": "#"},
            {"label": _("Check the encoding"), "state": "done"},
            {"label": _("Dry run"), "state": "current"},
            {"label": _("Import"), "state": ""},
        ],
        "tabs": [
            {"label": _("Records"), "url": "#", "current": True, "count": 76512},
            {"label": _("Problems"), "url": "#", "count": 38},
            {"label": _("History"), "url": "#"},
        ],
        "pairs": [
            {"label": _("Author"), "value": "Nguyễn Du", "url": "#"},
            {"label": _("Published"), "value": "Hà Nội : Văn học, 2007"},
            {"label": _("Subjects"), "entries": [{"label": "Văn học Việt Nam", "url": "#"}, {"label": "Thơ lục bát", "url": "#"}]},
            {"label": "ISBN", "value": ""},
        ],
        "stats": [
            {"label": _("Titles in the union catalogue"), "value": 248310, "note": _("from 61 libraries")},
            {"label": _("Copies"), "value": 301554},
            {"label": _("Records to review"), "value": 38, "kind": "warning"},
            {"label": _("Pages digitised"), "value": None, "note": _("not yet counted")},
        ],
        "days": [
            {"day": _("Monday"), "hours": ["07:30–11:30", "13:30–17:00"]},
            {"day": _("Tuesday"), "hours": ["07:30–11:30", "13:30–17:00"], "today": True},
            {"day": _("Sunday"), "hours": []},
        ],
        "holdings": [
            {
                "name": "Thư viện tỉnh Quảng Ninh",
                "url": "#",
                "place": "Phường Hồng Gai",
                "summary": _("2 of 3 on the shelf"),
                "status": "ok",
                "lines": [
                    {"location": "Kho mượn, tầng 2", "call_number": "895.9221 / NG527D", "status": _("on the shelf"), "status_kind": "ok"},
                    {"location": "Kho địa chí", "call_number": "ĐC 895.9221", "status": _("on loan"), "status_kind": "warning", "note": "15/12/2026"},
                ],
            },
            {"name": "Thư viện Vân Đồn", "place": "Đặc khu Vân Đồn", "summary": _("no report"), "status": "off", "lines": []},
        ],
        "staff_nav": [
            {"label": _("Overview"), "url": "#", "icon": "home", "current": True},
            {"label": _("Imports"), "url": "#", "icon": "upload"},
            {"label": _("Review"), "url": "#", "icon": "merge", "count": 38},
            {"label": _("Libraries"), "url": "#", "icon": "library"},
        ],
        "current_library": SimpleNamespace(name="Thư viện tỉnh Quảng Ninh"),
    }  # fmt: skip
