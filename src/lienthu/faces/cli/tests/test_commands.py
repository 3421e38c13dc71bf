"""The commands as a person types them: what they print, their exit codes, and that the index is in step after them."""

from __future__ import annotations

import argparse
import importlib
import io
import json
from pathlib import Path
from typing import Any

import pymarc
import pytest

from lienthu.domain.catalog.errors import BatchStateRefused, FileRefused
from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.services.sources import set_holding_rules
from lienthu.domain.catalog.tests.cast import CLERK, book, encoded, iso_file
from lienthu.domain.discovery.services.indexing import Indexer, store
from lienthu.domain.network.errors import Refused
from lienthu.domain.network.models import Library, RoleAssignment
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.services.decide import set_apart
from lienthu.domain.union.tests.cast import imported, membership, received
from lienthu.faces.cli.ground import Refusal
from lienthu.faces.cli.main import COMMANDS, main
from lienthu.faces.protocols.rest.schemas import SearchOut
from lienthu.foundation.marc.model import Field
from lienthu.foundation.vietnamese.encodings import UnknownEncoding

pytestmark = pytest.mark.django_db
BROKEN = b"00050nam a2200000   4500 this is no record at all.\x1d"
MINE = [book("Đất mỏ", number="1", by="Võ Huy Tâm", year=1961), book("Vùng mỏ", number="2", by="Võ Huy Tâm")]


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulk commands tune the garbage collector of their process; this one goes on."""
    monkeypatch.setattr("lienthu.platform.processes.tune_for_bulk", lambda: None)


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def lienthu(command: str, *arguments: Any) -> int:
    """Run a command inside this process, with this test's database."""
    module = importlib.import_module(f"lienthu.faces.cli.commands.{COMMANDS[command][0]}")
    parser = argparse.ArgumentParser(exit_on_error=False)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args([str(a) for a in arguments])) or 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sach.mrc"
    path.write_bytes(iso_file(MINE))
    return path


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert lienthu("search", "--json", *arguments) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


# ----------------------------------------------------------------------------------------------------------- import


def test_an_imported_file_is_found_at_once(tinh: Library, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lienthu("import", file, "--library", "VN-QNTV", "--json") == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["read"], report["created"], report["quarantined"], report["encoding"]) == (2, 2, 0, "utf-8")
    assert found(capsys, "mỏ")["total"] == 2


def test_a_report_for_people_adds_up(tinh: Library, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(file.read_bytes() + BROKEN)
    assert lienthu("import", file, "--library", "VN-QNTV") == 1, "something was kept aside"
    told = capsys.readouterr().out
    assert "3 read = 2 created + 0 updated + 0 unchanged + 1 quarantined" in told


def test_several_files_are_one_report(tinh: Library, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = file.with_name("cu.mrc")
    other.write_bytes(encoded(book("Người thợ lò dũng cảm", number="9"), "tcvn3"))
    assert lienthu("import", file, other, "--library", "VN-QNTV", "--json") == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["read"], len(report["batch"]), report["encoding"]) == (3, 2, ["tcvn3", "utf-8"])
    assert found(capsys, "người thợ")["total"] == 1


def test_a_dry_run_says_what_would_be(tinh: Library, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lienthu("import", file, "--library", "VN-QNTV", "--dry-run") == 0
    assert "2 would be created" in capsys.readouterr().out
    assert found(capsys, "mỏ")["total"] == 0


def test_columns_may_be_given_in_a_file(tinh: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "so.csv").write_text("A;B\nĐất mỏ;Võ Huy Tâm\nVùng mỏ;Võ Huy Tâm\n")
    (tmp_path / "cot.json").write_text('{"A": "title", "B": "author"}')
    mapping = ("--mapping", tmp_path / "cot.json")
    assert lienthu("import", tmp_path / "so.csv", "--library", "VN-QNTV", "--format", "csv", *mapping) == 0
    assert found(capsys, "tg:tâm")["total"] == 2


@pytest.mark.parametrize("text", ["{no json", "[]", '{"A": 1}'])
def test_a_mapping_that_is_none_is_refused(tinh: Library, file: Path, text: str) -> None:
    mapping = file.with_name("cot.json")
    mapping.write_text(text)
    with pytest.raises(Refusal):
        lienthu("import", file, "--library", "VN-QNTV", "--mapping", mapping)
    assert not ImportBatch.objects.exists()


def test_rules_for_copies_may_be_given_in_a_file(tinh: Library, tmp_path: Path) -> None:
    own = Field("960", subfields=(("y", "959.7"), ("z", "A1;A2")))
    file = tmp_path / "sach.mrc"
    file.write_bytes(iso_file([book("Đất mỏ", number="1", more=(own,))]))
    rules = tmp_path / "copies.json"
    rules.write_text('[{"tag": "960", "call_number": "y", "barcode": "z", "split": ";"}]', encoding="utf-8")
    assert lienthu("import", file, "--library", tinh.code, "--holdings", rules, "--dry-run") == 0
    rehearsed = ImportBatch.objects.latest("pk")
    assert (rehearsed.items, rehearsed.source.holding_rules) == (2, []), "a dry run saves nothing"
    assert lienthu("import", file, "--library", tinh.code, "--holdings", rules) == 0
    done = ImportBatch.objects.latest("pk")
    assert done.items == 2
    assert done.source.holding_rules[0]["tag"] == "960", "kept for the next file of the system"
    assert lienthu("import", file, "--library", tinh.code, "--source", "koha", "--holdings", "koha-952") == 0
    assert ImportBatch.objects.latest("pk").source.holding_rules[0]["tag"] == "952"


def test_other_rules_reach_the_copies_that_are_there(
    tinh: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the same file again, and without any file (IMP-38)."""
    own = Field("960", subfields=(("x", "X1"), ("y", "Y1")))
    file, rules = tmp_path / "sach.mrc", tmp_path / "copies.json"
    file.write_bytes(iso_file([book("Đất mỏ", number="1", more=(own,))]))
    assert lienthu("import", file, "--library", tinh.code) == 0
    rules.write_text('[{"tag": "960", "barcode": "y"}]')
    capsys.readouterr()
    assert lienthu("import", file, "--library", tinh.code, "--holdings", rules, "--json") == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["unchanged"] == 1
    assert said["copies"] == {"records": 1, "changed": 1, "added": 1, "removed": 0, "altered": 0, "barcodes_taken": 0}
    assert found(capsys, "id:Y1")["total"] == 1
    rules.write_text('[{"tag": "960", "barcode": "x"}]')
    assert lienthu("import", "--library", tinh.code, "--holdings", rules) == 0
    assert "1 of 1 records changed" in capsys.readouterr().out
    assert (found(capsys, "id:Y1")["total"], found(capsys, "id:X1")["total"]) == (0, 1)
    waiting = received(tinh, file.read_bytes())
    set_holding_rules(waiting.source, [{"tag": "960", "barcode": "y"}], actor=CLERK)
    assert lienthu("batch", "resume", waiting.pk) == 0
    assert found(capsys, "id:Y1")["total"] == 1
    for missing in ((), ("--holdings", rules, "--dry-run")):
        with pytest.raises(Refusal, match="Name a file"):
            lienthu("import", "--library", tinh.code, *missing)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no JSON", "is not JSON"),
        ("{}", "must be a list of rules"),
        ("[]", "must be a list of rules"),
        ('[{"tag": "949", "barcode": "i"}, {"tag": "96"}]', "rule 2, tag"),
        ('[{"tag": "949", "shelf": "i"}]', "shelf: unknown member"),
        ('[{"tag": "949", "barcode": 1}]', "barcode: expected a string"),
        ('[{"tag": "949", "note": "a"}]', "neither barcode"),
        ('[{"tag": "949", "barcode": "i"}, {"tag": "949", "barcode": "p"}]', "has two rules"),
    ],
)
def test_rules_that_cannot_be_are_refused_with_their_place(
    tinh: Library, file: Path, tmp_path: Path, text: str, said: str
) -> None:
    rules = tmp_path / "copies.json"
    rules.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=said):
        lienthu("import", file, "--library", tinh.code, "--holdings", rules)
    assert not ImportBatch.objects.exists()


def test_rules_for_copies_do_not_go_with_tables_and_must_be_there(tinh: Library, tmp_path: Path) -> None:
    table = tmp_path / "so.csv"
    table.write_text("Nhan đề;Tác giả\nSố đỏ;Vũ Trọng Phụng\n", encoding="utf-8")
    with pytest.raises(Refusal, match="is a table"):
        lienthu("import", table, "--library", tinh.code, "--holdings", "ilib-852")
    with pytest.raises(Refusal, match="no preset of that name"):
        lienthu("import", table, "--library", tinh.code, "--holdings", tmp_path / "none.json")


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [(["--library", "VN-LA"], Refused), (["--library", "VN-QNTV", "--encoding", "klingon"], UnknownEncoding)],
)
def test_unknown_names_are_refused(tinh: Library, file: Path, arguments: list[str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        lienthu("import", file, *arguments)
    assert not ImportBatch.objects.exists()


def test_of_a_list_with_a_missing_file_nothing_is_imported(tinh: Library, file: Path) -> None:
    with pytest.raises(Refusal, match="Nothing has been imported"):
        lienthu("import", file, file.with_name("khong-co.mrc"), "--library", "VN-QNTV")
    assert not ImportBatch.objects.exists()


def test_what_came_before_a_refused_file_is_found(
    tinh: Library, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = file.with_name("trong.mrc")
    empty.touch()
    with pytest.raises(FileRefused):
        lienthu("import", file, empty, "--library", "VN-QNTV")
    assert found(capsys, "mỏ")["total"] == 2


# -------------------------------------------------------------------------------------------------- batch, search


def test_imports_are_listed_resumed_and_undone(tinh: Library, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = imported(tinh, *MINE)
    waiting = received(tinh, file.read_bytes() + BROKEN, name="moi.mrc")
    make_library("VN-HL")
    assert lienthu("batch", "list") == 0
    told = capsys.readouterr().out
    assert told.index("moi.mrc") < told.index("sach.mrc"), "newest first"
    lienthu("batch", "list", "--library", "VN-HL")
    assert capsys.readouterr().out == ""
    assert lienthu("batch", "resume", waiting.pk) == 0
    assert "is done: 3 read, 1 quarantined" in capsys.readouterr().out
    assert lienthu("batch", "undo", done.pk) == 0
    assert found(capsys, "mỏ")["total"] == 0
    with pytest.raises(BatchStateRefused):
        lienthu("batch", "undo", done.pk)


def test_an_import_that_was_killed_is_no_longer_shown_as_running(
    tinh: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = received(tinh, iso_file(MINE))
    batches.begin(killed.pk, actor=CLERK)
    lienthu("batch", "list")
    assert "failed" in capsys.readouterr().out
    assert lienthu("batch", "resume", killed.pk) == 0
    assert found(capsys, "mỏ")["total"] == 2


@pytest.mark.parametrize("number", ["", "987654"])
def test_a_batch_that_is_none_is_refused(tinh: Library, number: str) -> None:
    with pytest.raises(Refusal, match="batch list"):
        lienthu("batch", "resume", *([number] if number else []))


def test_the_command_line_finds_what_the_interface_finds(tinh: Library, capsys: pytest.CaptureFixture[str]) -> None:
    imported(tinh, *MINE)
    answer = found(capsys, "vung", "mo", "--library", "VN-QNTV", "--size", "5", "--sort", "title")
    SearchOut.model_validate(answer)
    assert [h["title"] for h in answer["hits"]] == ["Vùng mỏ"]
    assert (answer["query"]["size"], answer["query"]["sort"]) == (5, "title")
    assert lienthu("search", "đất") == 0
    told = capsys.readouterr().out
    assert "1 found" in told
    assert "Đất mỏ / Võ Huy Tâm (1961)" in told
    assert "VN-QNTV" in told


# ------------------------------------------------------------------------------------------------- export, reindex


@pytest.mark.parametrize("fmt", ["iso2709", "marcxml", "json"])
def test_an_export_can_be_imported_again_unchanged(
    tinh: Library, fmt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(tinh, *MINE)
    out = tmp_path / "ra"
    assert lienthu("export", "--library", "VN-QNTV", "--format", fmt, out) == 0
    assert "2 records exported" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["ra"], "nothing half-written is left"
    assert lienthu("import", out, "--library", "VN-QNTV", "--json") == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["unchanged"], report["created"], report["updated"]) == (2, 0, 0)


def test_an_export_may_go_to_standard_output(tinh: Library, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    imported(tinh, *MINE)
    assert lienthu("export", "--library", "VN-QNTV") == 0
    records = [r for r in pymarc.MARCReader(io.BytesIO(capsysbinary.readouterr().out)) if r]
    assert [r["245"]["a"] for r in records] == ["Đất mỏ", "Vùng mỏ"]


def test_reindexing_builds_a_new_index(tinh: Library, capsys: pytest.CaptureFixture[str]) -> None:
    imported(tinh, *MINE)
    assert lienthu("reindex") == 0
    assert "2 publications indexed" in capsys.readouterr().out
    assert found(capsys, "mỏ")["total"] == 2


def test_beside_a_running_indexer_reindexing_only_asks(tinh: Library, capsys: pytest.CaptureFixture[str]) -> None:
    imported(tinh, *MINE)
    with Indexer() as running:
        assert running.acquire()
        running.drain()
        live = store().current()
        assert lienthu("reindex") == 0
        assert "has been asked" in capsys.readouterr().out
        assert store().current() == live
        running.drain()
        assert store().current() != live


def test_a_missing_index_is_built_before_it_is_searched(tinh: Library, capsys: pytest.CaptureFixture[str]) -> None:
    imported(tinh, *MINE)
    assert found(capsys, "mỏ")["query"]["index_ready"] is True


def test_status_counts(tinh: Library, capsys: pytest.CaptureFixture[str]) -> None:
    imported(tinh, *MINE)
    set_apart(membership(tinh, "1").record_id, actor=CLERK)
    assert lienthu("status") == 0
    told = dict(line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert (told["records"], told["publications"], told["imports not finished"]) == ("2", "2", "0")


def test_synthetic_records_are_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lienthu("generate", "--records", "20", "--seed", "3", tmp_path / "sach.mrc") == 0
    again = tmp_path / "lai.mrc"
    assert lienthu("generate", "--records", "20", "--seed", "3", again) == 0
    assert (tmp_path / "sach.mrc").read_bytes() == again.read_bytes()
    assert len([r for r in pymarc.MARCReader(io.BytesIO(again.read_bytes())) if r]) == 20


# -------------------------------------------------------------------------------------------------- the program


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django is ready and the database migrated: the tests saw to that."""
    monkeypatch.setattr("lienthu.faces.cli.ground.prepare", lambda *, migrate=True: None)
    monkeypatch.setattr("lienthu.faces.cli.main.signal.signal", lambda *_: None)


def test_a_refusal_is_one_sentence_and_exit_code_2(
    prepared: None, tinh: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--library", "VN-KHONG"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("lienthu: ")
    assert len(told.err.splitlines()) == 1


def test_a_fault_of_ours_keeps_its_traceback(prepared: None, tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("lienthu.domain.catalog.exporting.write_export", broken)
    with pytest.raises(ZeroDivisionError):
        main(["export", "--library", "VN-QNTV"])


def test_an_interruption_is_exit_code_130(
    prepared: None, tinh: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lienthu.domain.catalog.exporting.write_export", interrupted)
    assert main(["export", "--library", "VN-QNTV"]) == 130


def test_every_command_tells_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            main([command, "--help"])
        assert left.value.code == 0
        assert f"lienthu {command}" in capsys.readouterr().out


# ---------------------------------------------------------------------------------------------------------- account


def test_an_account_is_opened_with_a_role(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("một mật khẩu dài 204\n"))
    assert lienthu("account", "chihoa", "--role", "librarian", "--library", tinh.code, "--password-stdin") == 0
    assert RoleAssignment.objects.get(user__username="chihoa").role == "librarian"
