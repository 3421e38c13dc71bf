"""IIIF Authorization 2 and 1: what manifests and image descriptions say of signing in (PRE-5)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.policy import Access
from lienthu.faces.protocols.iiif import words
from lienthu.faces.protocols.iiif.addresses import Addresses

Json = dict[str, Any]
SEARCH_1: Final = "http://iiif.io/api/search/1/search"
SEARCH_1_CONTEXT: Final = "http://iiif.io/api/search/1/context.json"
AUTOCOMPLETE_1: Final = "http://iiif.io/api/search/1/autocomplete"
AUTH_1_CONTEXT: Final = "http://iiif.io/api/auth/1/context.json"
AUTH_2_CONTEXT: Final = "http://iiif.io/api/auth/2/context.json"


def _address(at: Addresses, version: int, what: str) -> str:
    return f"{at.site}/iiif/auth/{version}/{what}/{at.object}"


def access_service2(opened: Opened, at: Addresses) -> Json:
    """How a viewer gets its reader in: by signing in, or (external) by being in the rooms of the library."""
    token = {"id": _address(at, 2, "token"), "type": "AuthAccessTokenService2"}
    service: Json = {"id": _address(at, 2, "access"), "type": "AuthAccessService2"}
    if opened.audiences.access is Access.PREMISES:
        service |= {
            "profile": "external",
            "label": words.both(words.PREMISES_LABEL),
            "note": words.both(words.PREMISES_NOTE),
        }
        service["service"] = [token]
        return service
    service |= {
        "profile": "active",
        "label": words.both(words.SIGN_IN),
        "heading": words.both(words.SIGN_IN_HEADING),
        "note": words.both(words.SIGN_IN_NOTE),
        "confirmLabel": words.both(words.SIGN_IN),
        "service": [
            token,
            {
                "id": _address(at, 2, "logout"),
                "type": "AuthLogoutService2",
                "label": words.both(words.SIGN_OUT),
            },
        ],
    }
    return service


def probe_service2(seq: int, at: Addresses) -> Json:
    """Where a viewer asks whether its reader may have this picture; the way in is told once, in the manifest."""
    return {
        "id": f"{_address(at, 2, 'probe')}/{seq}",
        "type": "AuthProbeService2",
        "service": [{"id": _address(at, 2, "access"), "type": "AuthAccessService2"}],
    }


def image_services(opened: Opened, seq: int, site: str, version: int) -> list[Json]:
    """What the description of an image (``info.json``) of this version of the Image API says of access.

    Empty where everyone may have it. Version 3 names the probe with the whole way in, version 2 a cookie service.
    """
    access = opened.audiences.access
    if access not in (Access.SIGNED, Access.PREMISES, Access.SEATS):
        return []
    at = Addresses(site, opened.object.public_id)
    if version >= 3:
        return [{**probe_service2(seq, at), "service": [access_service2(opened, at)]}]
    external = access is Access.PREMISES
    service: Json = {
        "@context": AUTH_1_CONTEXT,
        "@id": _address(at, 1, "access"),
        "profile": f"http://iiif.io/api/auth/1/{'external' if external else 'login'}",
        "label": _(words.PREMISES_LABEL) if external else _(words.SIGN_IN),
        "header": _(words.PREMISES_LABEL) if external else _(words.SIGN_IN_HEADING),
        "description": _(words.PREMISES_NOTE) if external else _(words.SIGN_IN_NOTE),
        "confirmLabel": _(words.SIGN_IN),
        "service": [
            {"@id": _address(at, 1, "token"), "profile": "http://iiif.io/api/auth/1/token"},
            {
                "@id": _address(at, 1, "logout"),
                "profile": "http://iiif.io/api/auth/1/logout",
                "label": _(words.SIGN_OUT),
            },
        ],
    }
    return [service]
