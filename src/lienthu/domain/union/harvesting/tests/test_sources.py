"""Sources: what may be entered, rhythms, passwords, staleness (HAR-1, HAR-2, HAR-17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.harvesting import policy
from lienthu.domain.union.harvesting.errors import HarvestRefused
from lienthu.domain.union.harvesting.models import HarvestSource
from lienthu.domain.union.harvesting.services import runs, sources
from lienthu.domain.union.harvesting.tests.cast import HARVESTER, source_for
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
URL = "https://thu.example.vn/oai"


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"address": "thu.vn/oai"}, "address"),
        ({"address": "ftp://thu.vn/oai"}, "address"),
        ({"address": "https://"}, "address"),
        ({"address": "https://thu.vn:0x/oai"}, "address"),
        ({"address": "https://thu.vn/oai tệp"}, "address"),
        ({"address": "https://lan:matkhau@thu.vn/oai"}, "address"),
        ({"address": "https://[::1"}, "address"),
        ({"address": "/etc/../root", "kind": "folder"}, "address"),
        ({"address": "thư mục", "kind": "folder"}, "address"),
        ({"address": URL, "kind": "sftp"}, "address"),
        ({"kind": "gopher"}, "kind"),
        ({"set_spec": "a b"}, "set_spec"),
        ({"prefix": ""}, "prefix"),
        ({"schedule": "0h"}, "schedule"),
        ({"schedule": "* * * * *"}, "schedule"),
        ({"schedule": "*/2 * * * *"}, "schedule"),
        ({"schedule": "mỗi ngày"}, "schedule"),
        ({"overlap_minutes": -1}, "overlap_minutes"),
        ({"source_code": "hệ cũ"}, "source_code"),
        ({"code": "Có Dấu"}, "code"),
    ],
)
def test_what_cannot_be_is_refused(tinh: Library, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(HarvestRefused) as refused:
        source_for(tinh, facts.pop("address", URL), **facts)
    assert refused.value.field == field
    assert not HarvestSource.objects.exists()


def test_a_code_is_given_once(tinh: Library) -> None:
    source_for(tinh, URL, code="dai-hoc")
    with pytest.raises(HarvestRefused) as refused:
        source_for(tinh, URL, code="Dai-Hoc")
    assert refused.value.code == "code-taken"


def test_rhythms() -> None:
    at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # 17:00 in Hà Nội
    assert policy.next_time("24h", at, HANOI) == at + timedelta(hours=24)
    assert policy.next_time("0 2 * * *", at, HANOI) == datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
    assert policy.next_time("", at, HANOI) is None
    assert policy.next_time("24h", at, HANOI, stopped=True) == at + timedelta(hours=1)
    assert policy.next_time("0 18 * * *", at, HANOI, stopped=True) == at + timedelta(hours=1)
    assert policy.is_schedule("*/5 * * * *")
    assert not policy.is_schedule("0,1 2 * * *")


def facts_of(harvest: HarvestSource, **changed: Any) -> sources.SourceFacts:
    same = sources.SourceFacts(
        name=harvest.name, kind=harvest.kind, address=harvest.address, set_spec=harvest.set_spec,
        prefix=harvest.prefix, username=harvest.username, schedule=harvest.schedule,
    )  # fmt: skip
    return replace(same, **changed)


def amended(harvest: HarvestSource, **changed: Any) -> HarvestSource:
    return sources.amend_source(harvest.pk, facts=facts_of(harvest, **changed), actor=HARVESTER)


def test_another_place_is_fetched_from_the_beginning(tinh: Library) -> None:
    harvest = source_for(tinh, URL)
    HarvestSource.objects.update(since=timezone.now())
    assert amended(harvest, name="Tên khác").since is not None
    assert amended(harvest, set_spec="khac").since is None


def test_a_place_is_not_changed_while_it_is_harvested(tinh: Library) -> None:
    harvest = source_for(tinh, URL)
    runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
    with pytest.raises(HarvestRefused) as refused:
        amended(harvest, address="https://khac.example.vn/oai")
    assert refused.value.code == "running"


def test_a_password_does_not_move_to_another_host(tinh: Library) -> None:
    harvest = source_for(tinh, URL, username="lan", secret="bí mật")
    assert sources.password_of(amended(harvest, address="https://thu.example.vn/oai2")) == "bí mật"
    assert sources.password_of(amended(harvest, address="https://thu.example.vn:8443/oai2")) == ""


def test_a_password_is_kept_changed_or_forgotten(tinh: Library) -> None:
    harvest = source_for(tinh, URL, username="lan", secret="bí mật")
    assert sources.password_of(amended(harvest)) == "bí mật"
    assert sources.password_of(amended(harvest, secret="mới")) == "mới"
    assert amended(harvest, secret="").secret == ""


def test_a_source_goes_stale_and_is_fresh_again(tinh: Library) -> None:
    harvest = source_for(tinh, URL, schedule="24h")
    assert harvest.stale_hours == 72
    assert runs.note_stale(actor=HARVESTER) == []
    HarvestSource.objects.update(last_done_at=timezone.now() - timedelta(hours=73))
    assert [h.code for h in runs.note_stale(actor=HARVESTER)] == [harvest.code]
    assert runs.note_stale(actor=HARVESTER) == [], "an alert is given once"
    assert AuditEntry.objects.get(action="harvest.source_stale").library_id == tinh.pk
    sources.pause(harvest.pk, actor=HARVESTER)
    harvest.refresh_from_db()
    assert harvest.stale_since is None
    assert runs.note_stale(actor=HARVESTER) == [], "one that is paused is not missed"
    sources.take_up(harvest.pk, actor=HARVESTER)
    harvest.refresh_from_db()
    assert harvest.next_at is not None
    assert len(runs.note_stale(actor=HARVESTER)) == 1


def test_a_source_without_rhythm_is_never_stale(tinh: Library) -> None:
    harvest = source_for(tinh, URL, schedule="")
    HarvestSource.objects.update(created_at=timezone.now() - timedelta(days=999))
    assert (harvest.stale_hours, harvest.next_at, runs.note_stale(actor=HARVESTER)) == (0, None, [])
