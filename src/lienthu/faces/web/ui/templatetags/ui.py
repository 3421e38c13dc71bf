"""`{% load ui %}`: icons, fields, covers, histograms, and the few filters templates need."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from lienthu.faces.web.ui.covers import cover_svg
from lienthu.faces.web.ui.histogram import histogram
from lienthu.faces.web.ui.icons import MATERIAL_ICONS, icon_svg

register = template.Library()


@register.simple_tag
def ui_icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% ui_icon "search" %}`; `label="…"` lets it speak for itself, `css="icon--lg"` makes it larger."""
    return icon_svg(name, label=label, css=css)


@register.simple_tag
def ui_material_icon(material_type: str, css: str = "") -> SafeString:
    """The icon of a MARC-derived material type (`Description.material_type`)."""
    return icon_svg(MATERIAL_ICONS.get(material_type, "book"), css=css)


@register.simple_tag
def ui_field(field: BoundField, **attrs: str) -> SafeString:
    """Label, help, errors and widget of one form field.

    The first field with an error takes the focus, also without JavaScript. Keywords become attributes of the
    widget (`inputmode="numeric"`, `hx_get=…` for `hx-get`).
    """
    widget_attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in attrs.items()}
    if field.name == next((name for name in field.form.errors if name in field.form.fields), None):
        widget_attrs["autofocus"] = True
    return render_to_string("ui/field.html", {"field": field, "widget": field.as_widget(attrs=widget_attrs)})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """One box that stands beside its label instead of under it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag
def ui_cover(
    title: str, author: str = "", year: str | int | None = "", material_type: str = "book", key: str = ""
) -> SafeString:
    """A typeset cover in `.cover`, hidden from screen readers: the title stands beside it in every list."""
    svg = cover_svg(title=title, author=author, year=str(year or ""), material_type=material_type, key=key)
    return format_html('<span class="cover" aria-hidden="true">{}</span>', mark_safe(svg))  # noqa: S308  # made by cover_svg, which escapes


@register.inclusion_tag("ui/components/histogram.html")
def ui_histogram(
    buckets: Sequence[Mapping[str, Any]], selected_from: int | None = None, selected_to: int | None = None
) -> dict[str, Any]:
    """Bars of titles by year, from buckets `{"from", "to", "count", "url"}`.

    Give urls only to ten or fewer, so that each bar stays 24 px wide in the side column and on a phone.
    """
    chart = histogram(buckets, selected_from, selected_to)
    return {"chart": chart, "linked": bool(chart.bars) and all(bar.url for bar in chart.bars)}


@register.inclusion_tag("ui/components/error_summary.html")
def ui_errors(form: Any) -> dict[str, Any]:
    """All errors of a form, each linking to its field; nothing when the form is fine."""
    return {"form": form, "fields": [field for field in form.visible_fields() if field.errors]}


@register.simple_tag(takes_context=True)
def ui_query(context: Context, **changes: Any) -> str:
    """The current query string with some parameters changed (`page=2`) or removed (`page=None`)."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def count(value: int | str | None) -> str:
    """12.345 in Vietnamese, 12,345 in English; a dash for what is not known (missing is never shown as zero).

    Django's own Vietnamese formats name a separator but no grouping, so the grouping is done here.
    """
    if value is None or value == "":
        return "–"
    return f"{int(value):,}".replace(",", str(get_format("THOUSAND_SEPARATOR")))


@register.filter
def language_name(code: str) -> str:
    """The language's name in itself: "Tiếng Việt", "English"."""
    name = str(get_language_info(code)["name_local"])
    return name[:1].upper() + name[1:]
