"""Small things about processes."""

from __future__ import annotations

import gc

from lienthu.platform.processes import keep_what_is_loaded


def test_the_collector_leaves_what_is_loaded_alone_and_not_what_comes_later() -> None:
    class Ring:
        pass

    before = gc.get_freeze_count()
    kept = Ring()
    try:
        keep_what_is_loaded()
        assert gc.get_freeze_count() > before
        assert not any(one is kept for one in gc.get_objects())
        later = Ring()
        assert any(one is later for one in gc.get_objects())
    finally:
        gc.unfreeze()
