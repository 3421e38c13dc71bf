"""The audit trail is read by people: every act has words, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import override

import lienthu
from lienthu.domain.network.models.lineage import LineageKind
from lienthu.faces.web.staff.network.views.audit import ACTIONS


def test_every_act_that_is_written_down_has_words() -> None:
    words = r"\"([a-z_]+\.[a-z_]+)\""
    said = re.compile(rf"(?:audit\.record\(|\bnote\(|\baction ?=|\b_told\()\s*{words}(?: if [^\n]*? else {words})?")
    source = Path(lienthu.__file__).parent
    files = [p for p in source.rglob("*.py") if "tests" not in p.parts]
    used = {code for p in files for pair in said.findall(p.read_text(encoding="utf-8")) for code in pair if code}
    used |= {f"library.{kind}" for kind in LineageKind.values}
    acts_on_pages = "".join(p.read_text() for p in (source / "domain/digital/services").glob("*.py"))
    kinds = {code.removeprefix("digital.pages_") for code in ACTIONS if code.startswith("digital.pages_")}
    used |= {f"digital.pages_{kind}" for kind in kinds if f'"{kind}"' in acts_on_pages}
    assert {"union.split", "role.granted", "account.locked", "import.queued_again"} <= used, "the search is blind"
    assert used ^ set(ACTIONS) == set()
    with override("en"):
        english = {code: str(text) for code, text in ACTIONS.items()}
    with override("vi"):
        assert [code for code, text in ACTIONS.items() if str(text) in ("", english[code])] == []
