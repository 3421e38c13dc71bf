"""What the log says of a request."""

from __future__ import annotations

import logging


class Refusals(logging.Filter):
    """A refused request (403) is one line: its page says why, and a traceback would only hide faults of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes; a refusal without its traceback."""
        if getattr(record, "status_code", 0) == 403:
            record.exc_info = record.exc_text = None
        return True
