"""The number by which processes of one machine learn that something changed. Rule IMG-7."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import transaction

from lienthu.platform.services import changes
from lienthu.platform.services.epoch import Epoch, epoch


def test_every_process_sees_it(tmp_path: Path) -> None:
    mine = Epoch(tmp_path / "epoch")
    before = mine.read()
    program = (
        "import sys; from pathlib import Path; from lienthu.platform.services.epoch import Epoch\n"
        "for _ in range(500): Epoch(Path(sys.argv[1])).bump()"
    )
    others = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "epoch")]) for _ in range(2)]
    threads = [threading.Thread(target=lambda: [mine.bump() for _ in range(300)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(60) for other in others] == [0, 0]
    assert mine.read() == before + 1600  # none was lost


@pytest.mark.django_db(transaction=True)
def test_news_move_it_when_they_are_there_for_all_to_see() -> None:
    topic = next(iter(changes._subscriptions))
    before = epoch().read()
    with transaction.atomic():
        changes.publish(topic, [1])
        assert epoch().read() == before
    after = epoch().read()
    assert after > before
    with transaction.atomic():
        changes.publish(topic, [1])
        transaction.set_rollback(True)
    assert epoch().read() == after
