"""Typeset covers for works that have none: SVG made from the record, never a grey box."""

from lienthu.faces.web.ui.covers.designs import cover_svg

__all__ = ["cover_svg"]
