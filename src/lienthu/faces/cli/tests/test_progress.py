"""The line that says how far work is: on a terminal only, never among what a command answers (WFL-23)."""

from __future__ import annotations

import io

from lienthu.faces.cli.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_line_and_then_no_trace_of_it() -> None:
    seen = Terminal()
    with ProgressLine(seen) as line:
        line.say("reading 1 of 70 MB")
        line.say("reading 2 of 70 MB")
        line.say("checking 1 of 1 files", now=True)
    assert seen.getvalue() == "\rreading 1 of 70 MB\x1b[K\rchecking 1 of 1 files\x1b[K\r\x1b[K"


def test_a_pipe_and_a_log_see_nothing() -> None:
    seen = io.StringIO()
    with ProgressLine(seen) as line:
        line.say("reading", now=True)
    assert seen.getvalue() == ""


def test_nothing_said_is_nothing_wiped() -> None:
    seen = Terminal()
    with ProgressLine(seen):
        pass
    assert seen.getvalue() == ""
