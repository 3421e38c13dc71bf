"""`{% load staff %}`: codes as words, sizes, MARC lines."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lienthu.domain.catalog.source_selectors import COUNTED
from lienthu.faces.web.staff import words
from lienthu.faces.web.staff.marc_lines import Line, lines_of
from lienthu.faces.web.staff.problems import detail_text, sentence
from lienthu.faces.web.ui.icons import icon_svg
from lienthu.faces.web.ui.templatetags.ui import count
from lienthu.foundation.marc.model import Record
from lienthu.platform.documents.model import Cell, Column
from lienthu.platform.documents.numbers import shown_share

register = template.Library()
_ICONS = {"ok": "check", "warning": "warning", "danger": "error", "off": "clock"}

register.filter("problem_sentence", sentence)
register.filter("problem_detail", detail_text)
register.filter("encoding_label", words.encoding_label)
register.filter("format_label", words.format_label)


@register.filter
def import_status(status: str) -> SafeString:
    """The state of an import, in words with an icon."""
    label, kind = words.STATUS.get(status, (status, "off"))
    icon = "refresh" if status in ("running", "undoing") else "undo" if status == "undone" else _ICONS[kind]
    return format_html(
        '<span class="status status--{} nowrap">{}<span>{}</span></span>', kind, icon_svg(icon, css="icon--sm"), label
    )


@register.filter
def item_status(status: str) -> SafeString:
    """The state of a copy, in words with an icon."""
    label, kind = words.ITEM_STATUS.get(status, (status, "off"))
    icon = "info" if kind == "off" else _ICONS[kind]
    return format_html(
        '<span class="status status--{} nowrap">{}<span>{}</span></span>', kind, icon_svg(icon, css="icon--sm"), label
    )


@register.filter
def action_label(action: str) -> words.Label:
    """An act of the audit trail in words."""
    return words.ACTIONS.get(action, action)


@register.filter
def field_label(name: str) -> words.Label:
    """A field of a table in words."""
    return words.FIELDS.get(name, name)


@register.filter
def counted_to(n: int) -> str:
    """How many records wait; where counting stopped, more than so many."""
    if n > COUNTED:
        return _("more than %(n)s") % {"n": count(COUNTED)}
    return count(n)


@register.filter
def block_name(block: object) -> str:
    """What a block of a report is: text, tiles, table or comparisons."""
    return type(block).__name__.lower()


@register.filter
def cells(row: Sequence[Cell], columns: Sequence[Column]) -> list[tuple[Column, Cell]]:
    """The cells of a row, each with its column."""
    return list(zip(columns, row, strict=True))


register.filter("share", shown_share)


@register.filter
def marc_lines(record: Record) -> list[Line]:
    """The lines of a record."""
    return lines_of(record)


@register.filter
def file_size(size: int) -> str:
    """12,3 MB."""
    return filesizeformat(size)
