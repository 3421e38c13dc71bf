"""Resumption tokens: where a list goes on, signed, with nothing kept on our side (rules OAI-11, OAI-12).

A token is a place in an order that only grows at its end, not a number of rows. So it is as good tomorrow as today,
after a restart and whatever has changed meanwhile; it never expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.core import signing

from lienthu.faces.protocols.oai.errors import OaiRefused

_SALT: Final = "lienthu.oai.1"
_LAST_SECOND: Final = 253_402_300_799  # of the year 9999


@dataclass(frozen=True, slots=True)
class Token:
    """The arguments of the list's first request, the last record told, how many were told, how many there are (or -1).

    ``base``: the repository it belongs to, see ``bases``.
    """

    base: str
    verb: str
    prefix: str
    set_spec: str
    since: str
    until: str
    second: int
    id: int
    told: int
    total: int = -1

    @property
    def after(self) -> tuple[datetime, int]:
        """The place of the last record told."""
        return datetime.fromtimestamp(self.second, UTC), self.id

    def arguments(self) -> dict[str, str]:
        """The arguments of the first request."""
        given = {"metadataPrefix": self.prefix, "set": self.set_spec, "from": self.since, "until": self.until}
        return {name: value for name, value in given.items() if value}

    def text(self) -> str:
        """Signed, as it stands in an answer: ASCII that needs no escaping in XML."""
        fields = [
            self.base, self.verb, self.prefix, self.set_spec, self.since, self.until, self.second, self.id, self.told,
            self.total,
        ]  # fmt: skip
        return signing.Signer(salt=_SALT).sign_object(fields)


def read_token(text: str, verb: str) -> Token:
    """The token in a request of this verb. Raises OaiRefused for all that is not whole and ours."""
    try:
        fields = signing.Signer(salt=_SALT).unsign_object(text)
        token = Token(*fields)
        if token.verb == verb and 0 <= token.second <= _LAST_SECOND:
            return token
    except (signing.BadSignature, ValueError, TypeError):
        pass
    raise OaiRefused(
        "badResumptionToken",
        "This token is none of ours or belongs to another verb. Begin again with from and until.",
    )
