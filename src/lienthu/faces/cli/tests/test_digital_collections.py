"""``lienthu digital collection`` as a person types it (DIG-10)."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from lienthu.domain.digital.errors import CollectionRefused
from lienthu.domain.network.tests.factories import make_library
from lienthu.faces.cli.commands import digital
from lienthu.faces.cli.ground import Refusal
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


def typed(*words: str) -> int:
    parser = argparse.ArgumentParser()
    digital.add_arguments(parser)
    return digital.run(parser.parse_args(["collection", *words]))


def test_collections_are_made_changed_closed_and_opened(capsys: Any) -> None:
    """DIG-10."""
    make_library("VN-NHA")

    def told(*words: str) -> dict[str, Any]:
        assert typed(*words, "--json") == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
        return found

    made = told("new", "dia-chi", "--library", "VN-NHA", "--name", "Địa chí", "--owner-group", "education")
    assert made == {
        "code": "dia-chi", "name": "Địa chí", "library": "VN-NHA", "owner_group": "education", "closed": False,
        "place": 0,
    }  # fmt: skip
    assert told("change", "dia-chi", "--name", "Địa chí tỉnh", "--place", "2") == made | {
        "name": "Địa chí tỉnh", "place": 2,
    }  # fmt: skip
    assert told("close", "dia-chi")["closed"]
    assert [row["closed"] for row in told("list")["collections"]] == [True]
    assert not told("open", "dia-chi")["closed"]
    assert AuditEntry.objects.filter(object_type="digital.collection", actor_name="cli").count() == 4
    with pytest.raises(Refusal, match="no collection khong-co"):
        typed("close", "khong-co")
    with pytest.raises(CollectionRefused):
        typed("new", "dia-chi", "--library", "VN-NHA", "--name", "Trùng")
