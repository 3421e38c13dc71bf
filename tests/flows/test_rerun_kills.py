"""kill -9 at any moment of trying a rule, switching it on, reading records anew: the union stays whole (CLU-16)."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

_STRICT = """
from dataclasses import replace
from lienthu.domain.union.scoring.rules import shipped
from lienthu.domain.union.services import ruling
from lienthu.platform.actor import Actor
actor = Actor.system("test")
ruling.draft_rule(replace(shipped(), version=90, same_from=0.9999999, review_from=0.0001), actor=actor)
print(json.dumps(ruling.begin_trial(90, actor=actor).pk))
"""
_SWITCH = """
from lienthu.domain.union.services import ruling
from lienthu.platform.actor import Actor
print(json.dumps(ruling.switch_on({version}, actor=Actor.system("test")).pk))
"""
_RENEW = """
from lienthu.domain.union.services import renewal
from lienthu.platform.actor import Actor
print(json.dumps(renewal.begin_renewal(actor=Actor.system("test")).pk))
"""
_WORK = """
import django
django.setup()
from lienthu.domain.union.services import renewal, ruling
print("ready", flush=True)
while {step}:
    pass
"""
_SHIPPED = """
from lienthu.domain.union.scoring.rules import shipped
print(json.dumps(shipped().version))
"""


def _work_off(install: Any, step: str, chance: random.Random, kills: int) -> int:
    """Work until it is done, killed again and again. How often it was."""
    killed = 0
    while True:
        process = subprocess.Popen(
            [sys.executable, "-c", _WORK.format(step=step)], env=install.environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if killed == kills:
            assert process.wait(180) == 0
            return killed
        time.sleep(chance.uniform(0.02, 0.5))
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            return killed
        killed += 1
        install.assert_counts_reconcile()


def test_killed_again_and_again_it_ends_as_if_nobody_had(install: Any, synthetic: Callable[..., Path]) -> None:
    chance = random.Random(3)
    path = synthetic(500, 31)
    with install.database():
        install.load(path, library="VN-A")
        install.load(path, library="VN-B")
        before, places = (
            install.content()["clusters"],
            install.sql("SELECT record_id, cluster_id FROM union_membership"),
        )

        trial = install.probe(_STRICT)
        killed = _work_off(install, f"ruling.try_chunk({trial}, 40)", chance, 4)
        (report,) = install.sql("SELECT report FROM union_ruleversion WHERE version = 90")[0]
        assert report["records"] == 1000
        assert report["would_split"] == sum(1 for (members,) in before if len(members) > 1)
        assert install.content()["clusters"] == before, "a trial changes nothing"

        switch = install.probe(_SWITCH.format(version=90))
        killed += _work_off(install, f"renewal.renew_chunk({switch}, 40)", chance, 5)
        assert [len(members) for (members,) in install.content()["clusters"]] == [1] * 1000

        switch = install.probe(_SWITCH.format(version=install.probe(_SHIPPED)))
        killed += _work_off(install, f"renewal.renew_chunk({switch}, 40)", chance, 5)
        assert install.content()["clusters"] == before
        assert sorted(install.sql("SELECT record_id, cluster_id FROM union_membership")) == sorted(places)

        install.sql("UPDATE union_membership SET fingerprint_version = 0 RETURNING 1")
        renewal = install.probe(_RENEW)
        killed += _work_off(install, f"renewal.renew_chunk({renewal}, 40)", chance, 5)
        assert install.content()["clusters"] == before
    assert killed >= 6, "the work was faster than the test"
    install.assert_counts_reconcile()
