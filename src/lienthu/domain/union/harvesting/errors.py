"""What keeps a harvest from going on: refusals for people, and failures with a code for the log."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class HarvestRefused(Exception):
    """The act is refused. ``code`` is stable, ``message`` says what to do, ``field`` which entry is meant."""

    def __init__(self, code: str, message: str | Promise, field: str = "") -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.field = field


# Why a run stopped, by code. The codes never change their meaning.
REASONS: Final[dict[str, str | Promise]] = {
    "address": _("The address leads into a private network. An administrator can allow that for this source."),
    "unknown-host": _("There is no computer of this name. Check the address."),
    "unreachable": _("The repository does not answer. It is asked again at the next time."),
    "tls": _("The certificate of the repository is not valid. Ask those who run it."),
    "credentials": _("The repository refuses the user name or password. Enter them again."),
    "not-found": _("There is nothing at this address. Check it."),
    "http": _("The repository answered with an error."),
    "too-many-redirects": _("The address leads from one to the next without end. Enter the address it should lead to."),
    "too-large": _("An answer was larger than is accepted. Ask those who run the repository for smaller pages."),
    "too-slow": _("An answer took too long to arrive."),
    "not-oai": _("What answers at this address does not speak OAI-PMH. Check the address."),
    "cut-off": _("The answer ends in the middle. Complete pages before it are imported."),
    "malformed": _("The answer is not well-formed XML. Complete pages before it are imported."),
    "doctype": _("The answer declares a document type, which may hide an attack; such answers are not read."),
    "token-died": _("The repository forgot twice where it was in the list. The next run begins the list again."),
    "token-loop": _("The repository sends the same page again and again. Ask those who run it."),
    "oai-error": _("The repository refuses the request. Check set and format."),
    "union-of-another": _(
        "This is the union catalogue of another Liên Thư. Harvest its address /oai: there each library has its own."
    ),
    "secret": _("The stored password cannot be read by this install. Enter it again."),
    "import": _("The records were fetched, but importing them failed. The import says why; it is tried again."),
    "waited-too-long": _("The repository asked to wait many times over. It is asked again at the next time."),
    "cancelled": _("A person stopped it."),
    "folder": _("The folder cannot be read or written. Check its path and its permissions."),
    "host-key": _("The server shows another key than the first time. If that is right, forget the known key."),
    "sftp": _("The SFTP server refuses. Check folder, user name and permissions."),
}


class Failure(Exception):
    """A harvest cannot go on as it is. ``code`` is one of REASONS; ``detail`` is for those who look closer."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Transient(Failure):
    """It may work a little later. ``after``: seconds that the other side asked for, None where it said nothing."""

    def __init__(self, code: str, detail: str = "", after: float | None = None) -> None:
        super().__init__(code, detail)
        self.after = after
