"""Licences and rights statements: the URI that says in which terms an object may be used, and its name. Pure."""

from __future__ import annotations

import re
from typing import Final

from lienthu.domain.digital.policy import Status

_RIGHTS_STATEMENT = re.compile(r"https?://rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/(\d\.\d)/?(?:\?.*)?\Z")
_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/(?:[a-z]{2}/)?)?(?:deed\.\w+|legalcode)?\Z"
)

_STATEMENTS: Final = {
    "InC": "In Copyright",
    "InC-OW-EU": "In Copyright – EU Orphan Work",
    "InC-EDU": "In Copyright – Educational Use Permitted",
    "InC-NC": "In Copyright – Non-Commercial Use Permitted",
    "InC-RUU": "In Copyright – Rights-holder(s) Unlocatable or Unidentifiable",
    "NoC-CR": "No Copyright – Contractual Restrictions",
    "NoC-NC": "No Copyright – Non-Commercial Use Only",
    "NoC-OKLR": "No Copyright – Other Known Legal Restrictions",
    "NoC-US": "No Copyright – United States",
    "CNE": "Copyright Not Evaluated",
    "UND": "Copyright Undetermined",
    "NKC": "No Known Copyright",
}
_BY_STATUS: Final = {
    Status.OFFICIAL: "http://creativecommons.org/publicdomain/mark/1.0/",
    Status.PUBLIC_DOMAIN: "http://creativecommons.org/publicdomain/mark/1.0/",
    Status.IN_COPYRIGHT: "http://rightsstatements.org/vocab/InC/1.0/",
    Status.PERMITTED: "http://rightsstatements.org/vocab/InC/1.0/",
    Status.UNKNOWN: "http://rightsstatements.org/vocab/UND/1.0/",
}


def canonical(uri: str) -> str:
    """The URI of the vocabulary that an address of a licence stands for; "" for addresses of anything else.

    Both vocabularies name their terms with http; pages with https, a language or a deed mean the same term.
    """
    uri = uri.strip()
    if match := _RIGHTS_STATEMENT.match(uri):
        return f"http://rightsstatements.org/vocab/{match[1]}/{match[2]}/" if match[1] in _STATEMENTS else ""
    if match := _CREATIVE_COMMONS.match(uri):
        return f"http://creativecommons.org/{match[1]}/{match[2]}/{match[3]}/"
    return ""


def statement_of(status: Status, licence: str = "") -> str:
    """The rights URI of an object: the licence recorded, otherwise what its status says; "" where neither says."""
    return canonical(licence) or _BY_STATUS.get(status, "")


def name_of(uri: str) -> str:
    """The name of a licence as its vocabulary gives it, such as "CC BY-SA 4.0"; "" for an unknown one."""
    if match := _RIGHTS_STATEMENT.match(uri):
        return _STATEMENTS.get(match[1], "")
    if match := _CREATIVE_COMMONS.match(uri):
        if match[1] == "publicdomain":
            return f"CC0 {match[3]}" if match[2] == "zero" else f"Public Domain Mark {match[3]}"
        return f"CC {match[2].upper()} {match[3]}"
    return ""
