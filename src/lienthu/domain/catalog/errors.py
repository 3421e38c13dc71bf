"""Refusals of the catalogue: a code, a sentence for people, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _


class CatalogRefused(Exception):
    """Base of the refusals. ``code`` is stable, the message is translated and says what to do."""

    code = "catalog-refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FileRefused(CatalogRefused):
    """The file cannot be imported at all: empty, of an unknown format, unsafe."""

    code = "file-refused"


class TableRefused(FileRefused):
    """A table that cannot be opened safely. ``reason`` is the code of TabularRefused."""

    code = "table-refused"

    def __init__(self, reason: str, name: str, detail: str = "") -> None:
        super().__init__(
            _("“%(name)s” cannot be opened as a table (%(reason)s). Save it again as XLSX or CSV without a password.")
            % {"name": name, "reason": detail or reason}
        )
        self.reason = reason


class SourceRefused(CatalogRefused):
    """There is no such source, or none can be opened under this name."""

    code = "source-refused"


class BatchStateRefused(CatalogRefused):
    """The batch is not in a state in which this can be done."""

    code = "batch-state"

    @classmethod
    def cannot(cls, what: str, status: str) -> BatchStateRefused:
        """``what`` cannot be done while the batch is ``status``."""
        return cls(_("%(what)s is not possible: the import is %(status)s.") % {"what": what, "status": status})

    @classmethod
    def crowded_out(cls) -> BatchStateRefused:
        """A rehearsal that other imports left no room for."""
        return cls(_("Other imports keep changing the same records. Start the dry run again when they are done."))


class AuthorityRefused(CatalogRefused):
    """The authority cannot be changed so."""

    code = "authority-refused"

    @classmethod
    def no_heading(cls) -> AuthorityRefused:
        """A record without a heading."""
        return cls(_("An authority needs a heading. Write the name under which it stands."))
