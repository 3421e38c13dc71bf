"""How far an editor has come since sitting down: counted in the session, so that it costs no search in the acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

_KEY: Final = "union_review"
_PAUSE: Final = timedelta(minutes=20)
"""After such a pause a new sitting begins."""
_REMEMBERED: Final = 30


@dataclass(frozen=True, slots=True)
class Progress:
    """Pairs decided in this sitting; ``per_hour`` once there is enough to tell. ``last_act`` can be taken back."""

    done: int
    per_hour: int | None
    last_act: int | None

    def as_json(self) -> dict[str, int | None]:
        """For the script of the page."""
        return {"done": self.done, "per_hour": self.per_hour, "last": self.last_act}


def progress_of(session: SessionBase, now: datetime | None = None) -> Progress:
    """What the session knows."""
    state = _state(session, now or timezone.now())
    if state is None:
        return Progress(0, None, None)
    seconds = state["last"] - state["since"]
    done = int(state["done"])
    pace = round((done - 1) * 3600 / seconds) if done >= 5 and seconds >= 5 else None
    return Progress(done, pace, state["acts"][-1] if state["acts"] else None)


def note_decided(session: SessionBase, act_id: int | None, pairs: int = 1, now: datetime | None = None) -> None:
    """One more act of so many pairs."""
    now = now or timezone.now()
    state = _state(session, now) or {"since": now.timestamp(), "last": 0.0, "done": 0, "acts": []}
    acts = [*state["acts"], act_id] if act_id is not None else state["acts"]
    session[_KEY] = {
        "since": state["since"], "last": now.timestamp(), "done": state["done"] + pairs, "acts": acts[-_REMEMBERED:],
    }  # fmt: skip


def note_undone(session: SessionBase, act_id: int, pairs: int = 1, now: datetime | None = None) -> None:
    """An act was taken back."""
    state = _state(session, now or timezone.now())
    if state is None or act_id not in state["acts"]:
        return
    session[_KEY] = {
        **state, "done": max(0, state["done"] - pairs), "acts": [a for a in state["acts"] if a != act_id],
    }  # fmt: skip


def _state(session: SessionBase, now: datetime) -> dict[str, Any] | None:
    state: dict[str, Any] | None = session.get(_KEY)
    if state is None or now.timestamp() - state["last"] > _PAUSE.total_seconds():
        return None
    return state
