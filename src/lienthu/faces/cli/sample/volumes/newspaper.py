"""Three issues of a made-up newspaper of four pages each: columns, headlines, tables, notices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from lienthu.faces.cli.sample.chance import seeded
from lienthu.faces.cli.sample.volumes.model import DublinCore, Entry, Issue, SampleVolume
from lienthu.faces.cli.sample.volumes.press import OWN_WORK, Press, Wanted
from lienthu.faces.cli.sample.volumes.records import LIBRARY
from lienthu.faces.cli.sample.volumes.scanning import NEWSPRINT

KEY: Final = "bao-mau-vung-mo"
NUMBER: Final = "mau-so-004"
_TEXTS: Final = Path(__file__).with_name("texts") / "newspaper.json"
_LETTERS: Final = 23  # letters on a line of a column
_DAYS: Final = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
_FIRST_DAY: Final = date(1990, 1, 7)

Item = dict[str, str]


def volumes(press: Press, wanted: Wanted) -> list[SampleVolume]:
    """All issues in one volume, as a library binds them."""
    if not wanted(KEY):
        return []
    paper = json.loads(_TEXTS.read_text(encoding="utf-8"))
    texts: list[str] = []
    labels, issues, contents = [], [], []
    for issue in paper["issues"]:
        first = len(texts) + 1
        _, found = press.scanned(KEY, "newspaper", _content(paper, issue), wear=NEWSPRINT, first=first)
        texts += found
        day = date.fromisoformat(issue["date"])
        issues.append(Issue(issue["number"], day, first, len(texts)))
        labels += [f"số {issue['number']}, tr. {n}" for n in range(1, len(found) + 1)]
        contents.append(Entry(f"Số {issue['number']}, {_shown(day)}", first))
        contents += [Entry(page["lead"], first + n, 2) for n, page in enumerate(issue["pages"])]
        contents.append(Entry("Con nước, giờ tàu, giá chợ", len(texts), 2))
    return [
        SampleVolume(
            key=KEY,
            path=press.target / KEY,
            library=LIBRARY,
            record=NUMBER,
            dc=DublinCore(
                title="Báo mẫu Vùng mỏ",
                date="1990-01-07/1990-02-04",
                place="Quảng Ninh",
                subjects=("Báo địa phương", "Đời sống xã hội", "Quảng Ninh"),
                description=paper["under"],
            ),
            material="newspaper",
            collection="Báo chí địa phương",
            owner="public",
            rights=OWN_WORK,
            pages=len(texts),
            labels=tuple(labels),
            texts=tuple(texts),
            contents=tuple(contents),
            issues=tuple(issues),
        )
    ]


def _shown(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day}-{day.month}-{day.year}"


def _content(paper: Mapping[str, Any], issue: Mapping[str, Any]) -> dict[str, Any]:
    day = date.fromisoformat(issue["date"])
    first = 3 * int(issue["number"])
    pages = [
        {
            "lead": p["lead"],
            "art": p["art"],
            "columns": _three_columns(_items(p["stories"])),
            "notices": [paper["notices"][(first + 2 * n + k) % len(paper["notices"])] for k in range(2)],
        }
        for n, p in enumerate(issue["pages"])
    ]
    return {
        "title": f"Báo mẫu Vùng mỏ, số {issue['number']}",
        "dated": [day.year, day.month, day.day],
        "day": _shown(day).capitalize(),
        **{name: paper[name] for name in ("name", "over", "under", "address", "foot")},
        "number": issue["number"],
        "pages": [*pages, _last_page(issue["number"], day) | {"notices": paper["last_notices"]}],
    }


def _items(stories: list[dict[str, Any]]) -> list[Item]:
    items: list[Item] = []
    for story in stories:
        if items:
            items.append({"is": "rule", "text": ""})
        if "title" in story:
            items.append({"is": "title", "text": story["title"]})
        items += [{"is": "verse" if story.get("verse") else "text", "text": t} for t in story["text"]]
    return items


def _height(item: Item) -> float:
    """About how many lines it takes in a column."""
    match item["is"]:
        case "title":
            return 1.2 + 1.4 * (1 + len(item["text"]) // 18)
        case "verse":
            return item["text"].count("\n") + 1.6
        case "rule":
            return 1.0
        case _:
            return len(item["text"]) // _LETTERS + 1.3


def _three_columns(items: list[Item]) -> list[list[Item]]:
    """The items in order, cut where the columns come out most alike; none ends with a title or begins with a rule."""
    heights = [_height(item) for item in items]

    def tallest(a: int, b: int) -> float:
        return max(sum(heights[:a]), sum(heights[a:b]), sum(heights[b:]))

    cuts = [n for n in range(1, len(items)) if items[n - 1]["is"] != "title"]
    a, b = min(((a, b) for a in cuts for b in cuts if a < b), key=lambda cut: tallest(*cut))
    return [[i for n, i in enumerate(part) if n or i["is"] != "rule"] for part in (items[:a], items[a:b], items[b:])]


def _last_page(number: str, day: date) -> dict[str, Any]:
    """What stands on the last page of every issue, with figures that are plausible and made up."""
    rng = seeded("newspaper", number)
    rows = []
    for n in range(7):
        on = day + timedelta(days=n)
        age = (on - _FIRST_DAY).days % 14
        high = 2.2 + 1.9 * abs(age - 7) / 7 + rng.uniform(-0.1, 0.1)
        low = 2.0 - 1.6 * abs(age - 7) / 7 + rng.uniform(0, 0.1)
        hour = (5 + 50 * age // 60 + rng.randrange(2)) % 24
        rows.append(
            [f"{on.day}-{on.month}", _DAYS[on.weekday()].capitalize(), f"{hour} giờ", _metres(high),
             f"{(hour + 12) % 24} giờ", _metres(low)]
        )  # fmt: skip
    last_ferry = "21 giờ" if number == "2" else "22 giờ"
    prices = {
        "Gạo tẻ, một cân": 600, "Cá thu cắt khúc, một cân": 2200, "Chả mực giã tay, một lạng": 500,
        "Rau muống, một mớ": 50, "Trứng vịt, một chục": 1100, "Nước mắm Cát Hải, một chai": 700,
    }  # fmt: skip
    return {
        "art": rng.choice(("boats", "ferry", "lighthouse")),
        "tides": {
            "title": "Con nước trong tuần",
            "note": "Số mẫu, không dùng để đi biển. Độ cao tính bằng mét.",
            "head": ["Ngày", "Thứ", "Nước lớn", "Cao", "Nước ròng", "Cao"],
            "rows": rows,
        },
        "boats": {
            "title": "Giờ phà, giờ tàu",
            "rows": [
                ["Phà Bãi Cháy, chuyến đầu", "4 giờ 30"],
                ["Phà Bãi Cháy, chuyến cuối", last_ferry],
                ["Tàu đi Cát Bà", "7 giờ"],
                ["Tàu đi Vân Đồn", "8 giờ 15"],
                ["Tàu đi Cô Tô, thứ tư và chủ nhật", "6 giờ"],
                ["Xe ca đi Hà Nội", "5 giờ và 12 giờ"],
            ],
        },
        "prices": {
            "title": "Giá chợ hôm nay",
            "rows": [[name, f"{round(p * rng.uniform(0.95, 1.08), -1):.0f} đồng"] for name, p in prices.items()],
        },
    }


def _metres(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
