"""The refusals of OAI-PMH 2.0 (section 3.6). They are answers like others: status 200."""

from __future__ import annotations

from typing import Final

CODES: Final = frozenset({
    "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noMetadataFormats",
    "noRecordsMatch", "noSetHierarchy",
})  # fmt: skip


class OaiRefused(Exception):
    """A request that the protocol answers by an error: its code and a sentence that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        assert code in CODES
        super().__init__(message)
        self.code = code
        self.message = message
