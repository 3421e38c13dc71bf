"""Load the sample province through the same doors as real data: services, imports, decisions of the index."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.catalog.selectors import rules_of
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.services.linking import sweep
from lienthu.domain.catalog.services.sources import set_column_mapping, set_holding_rules
from lienthu.domain.discovery.services.indexing import Indexer
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.selectors import library_by_code
from lienthu.domain.network.services.libraries import Particulars, create_library
from lienthu.domain.network.services.periods import Description
from lienthu.domain.network.services.roles import grant_role
from lienthu.domain.network.services.sample import load_sample
from lienthu.domain.network.services.units import load_shipped_units
from lienthu.domain.union.selectors import cluster_count
from lienthu.domain.union.services.conduct import run_batch
from lienthu.faces.cli.sample import authorities as sample
from lienthu.faces.cli.sample.contributions import contributions
from lienthu.faces.cli.sample.network import load_network
from lienthu.faces.cli.sample.volumes import records as digitised
from lienthu.foundation.marc.holdings import PRESETS, rules_to_list
from lienthu.platform.actor import Actor
from lienthu.platform.models import User
from lienthu.platform.services.accounts import open_account

ACTOR: Final = Actor.system("sample")
_FORMATS: Final = {"marcjson": "json"}


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """An account of the sample province. The passwords are public: a real install has none of these."""

    username: str
    password: str
    name: str
    role: Role
    library: str
    what: str


_ACCOUNTS: Final = (
    SampleAccount("quantri", "mau-quan-tri", "Quản trị tỉnh (mẫu)", Role.PROVINCIAL_ADMIN, "", "province"),
    SampleAccount("giamdoc", "mau-giam-doc", "Phụ trách thư viện (mẫu)", Role.LIBRARY_MANAGER, "VN-QNTV", "manager"),
    SampleAccount("thuthu", "mau-thu-thu", "Thủ thư (mẫu)", Role.LIBRARIAN, "VN-QNTV", "librarian"),
    SampleAccount("bienmuc", "mau-bien-muc", "Biên mục liên hợp (mẫu)", Role.UNION_EDITOR, "", "union editor"),
    SampleAccount("quansu", "mau-quan-su", "Thủ thư quân sự (mẫu)", Role.LIBRARIAN, "VN-QNLV01", "armed forces"),
    SampleAccount("bandoc", "mau-ban-doc", "Bạn đọc (mẫu)", Role.READER, "VN-QNTV", "reader"),
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the sample province holds now."""

    libraries: int
    records: int
    publications: int


def is_empty() -> bool:
    """Whether nobody has entered any library yet."""
    return not Library.objects.exists()


def sample_accounts() -> tuple[SampleAccount, ...]:
    """The sample accounts that are there."""
    there = set(User.objects.filter(sample=True).values_list("username", flat=True))
    return tuple(a for a in _ACCOUNTS if a.username in there)


def seed_province(progress: Callable[[str], None] = lambda line: None) -> Seeded:
    """Load network, accounts and every contribution, join and index them. Running it again changes nothing."""
    load_shipped_units(actor=ACTOR)
    load_sample(load_network(), actor=ACTOR)
    for account in _ACCOUNTS:
        if User.objects.filter(username=account.username).exists():
            continue
        user = open_account(account.username, account.password, actor=ACTOR, display_name=account.name, sample=True)
        library = library_by_code(account.library) if account.library else None
        grant_role(user_id=user.pk, role=account.role, library_id=library.pk if library else None, actor=ACTOR)
    with tempfile.TemporaryDirectory(prefix="lienthu-sample-") as folder:
        for c in contributions():
            library = library_by_code(c.library_code)
            source = batches.source_of(library, "main")
            if c.mapping:
                set_column_mapping(source, c.mapping, actor=ACTOR)
            if c.holdings in PRESETS and rules_of(source) != PRESETS[c.holdings]:
                set_holding_rules(source, rules_to_list(PRESETS[c.holdings]), actor=ACTOR)
            path = Path(folder) / Path(c.filename).name
            digest = hashlib.sha256(c.data).hexdigest()
            if ImportBatch.objects.filter(library=library, sha256=digest, status=ImportBatch.Status.DONE).exists():
                continue
            path.write_bytes(c.data)
            batch = batches.receive(
                path, library=library, actor=ACTOR, filename=c.filename, fmt=_FORMATS.get(c.format, c.format)
            )
            batch = run_batch(batch.pk, actor=ACTOR)
            progress(
                f"{library.code:<12} {c.filename:<40} {batch.encoding:<14} {batch.read} read, {batch.joined} joined,"
                f" {batch.repaired} repaired, {batch.quarantined} quarantined"
            )
        data = digitised.sample_records()
        _seed_file(Path(folder), progress, data, digitised.FILENAME, library=digitised.LIBRARY)
        _seed_authorities(Path(folder), progress)
    with Indexer() as indexer:
        if indexer.acquire():
            indexer.drain()
    return Seeded(
        Library.objects.filter(sample=True).count(), BibRecord.objects.filter(deleted=False).count(), cluster_count()
    )


def _seed_authorities(folder: Path, progress: Callable[[str], None]) -> None:
    """The sample authorities, after the records: they find what is there as well as what comes."""
    data = sample.sample_authorities()
    _seed_file(folder, progress, data, sample.FILENAME, library=sample.LIBRARY, source=sample.SOURCE)
    sweep()


def _seed_file(
    folder: Path, progress: Callable[[str], None], data: bytes, filename: str, *, library: str, source: str = "main"
) -> None:
    """A small ISO 2709 file of one library, unless it has been imported already."""
    owner = library_by_code(library)
    digest = hashlib.sha256(data).hexdigest()
    if ImportBatch.objects.filter(library=owner, sha256=digest, status=ImportBatch.Status.DONE).exists():
        return
    path = folder / filename
    path.write_bytes(data)
    batch = run_batch(
        batches.receive(path, library=owner, actor=ACTOR, source_code=source, fmt="iso2709").pk, actor=ACTOR
    )
    progress(f"{owner.code:<12} {filename:<40} {batch.encoding:<14} {batch.read} read, {batch.joined} joined")


def bench_library(code: str) -> Library:
    """A library for a benchmark's scratch install."""
    found = Library.objects.filter(code=code).first()
    return found or create_library(
        code=code, description=Description(name="Benchmark", type="public"), actor=ACTOR,
        particulars=Particulars(sample=True),
    )  # fmt: skip
