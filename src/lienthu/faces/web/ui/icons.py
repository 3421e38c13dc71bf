# ruff: noqa: E501  (path data does not wrap)
"""Icons of our own: 24 × 24, drawn with a 1.7 stroke in the colour of the text around them."""

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS: Mapping[str, str] = {
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "book": '<path d="M5 4.5h11.5A2.5 2.5 0 0 1 19 7v13.5H7a2 2 0 0 1-2-2z"/><path d="M5 18.5a2 2 0 0 1 2-2h12M9 8.5h6"/>',
    "headphones": '<path d="M4 17v-4a8 8 0 0 1 16 0v4"/><rect x="3.5" y="14" width="4" height="6" rx="1.5"/>'
    '<rect x="16.5" y="14" width="4" height="6" rx="1.5"/>',
    "map": '<path d="m3.5 6 5.5-2 6 2 5.5-2v14L15 20l-6-2-5.5 2z"/><path d="M9 4v14M15 6v14"/>',
    "newspaper": '<path d="M4 5h13v13.5A1.5 1.5 0 0 0 18.5 20H6a2 2 0 0 1-2-2z"/>'
    '<path d="M17 9h3v9.5a1.5 1.5 0 0 1-3 0M7 8.5h7M7 12h3v4H7zM12.5 12H14M12.5 16H14"/>',
    "article": '<path d="M6 3.5h8.5L18.5 7.5v13H6z"/><path d="M14 3.5V8h4.5M9 12h6.5M9 15h6.5M9 18h4"/>',
    "music": '<circle cx="7" cy="17.5" r="2.5"/><circle cx="17" cy="15.5" r="2.5"/>'
    '<path d="M9.5 17.5V6.5l10-2v11M9.5 10l10-2"/>',
    "video": '<rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="m10.5 9 4.5 3-4.5 3z"/>',
    "picture": '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><circle cx="8.5" cy="9" r="1.5"/>'
    '<path d="m4 17 5-4.5 3 2.5 4-4 4.5 4.5"/>',
    "thesis": '<path d="m12 5 9.5 4-9.5 4-9.5-4z"/><path d="M6.5 11v4.5c2.5 2.5 8.5 2.5 11 0V11M21.5 9v5.5"/>',
    "manuscript": '<path d="M7 4h11.5a1.5 1.5 0 0 1 0 3H17v10.5a2.5 2.5 0 0 1-2.5 2.5H5.5A1.5 1.5 0 0 1 5.5 17H7z"/>'
    '<path d="M7 4a1.5 1.5 0 0 0-1.5 1.5V7H7M10.5 8v7M13.5 8v4"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5.5 5 11.5 0 17-5-5.5-5-11.5 0-17z"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.5l3.5 2"/>',
    "pin": '<path d="M12 21c-4.5-5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2 6-6.5 11z"/><circle cx="12" cy="10" r="2.3"/>',
    "library": '<path d="M3.5 9.5 12 4l8.5 5.5zM5 20h14M4 12.5"/><path d="M6.5 10v7.5M12 10v7.5M17.5 10v7.5M4.5 17.5h15"/>',
    "upload": '<path d="M12 15.5V4.5M7.5 8.5 12 4l4.5 4.5M4.5 15v4a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-4"/>',
    "download": '<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 15v4a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-4"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "warning": '<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11.2V16M12 8v.1"/>',
    "error": '<path d="M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7z"/><path d="M12 7.8v5.2M12 16.2v.1"/>',
    "undo": '<path d="M8.5 5 4 9.5 8.5 14"/><path d="M4 9.5h10a5.5 5.5 0 0 1 0 11H9"/>',
    "share": '<circle cx="6.5" cy="12" r="2.5"/><circle cx="17" cy="6" r="2.5"/><circle cx="17" cy="18" r="2.5"/>'
    '<path d="m8.7 10.8 6-3.5M8.7 13.2l6 3.5"/>',
    "quote": '<path d="M10 7C6.5 8 5 10.5 5 14v3h5v-5H7.5M19 7c-3.5 1-5 3.5-5 7v3h5v-5h-2.5"/>',
    "filter": '<path d="M4 6.5h16M7 12h10M10 17.5h4"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "more": '<g fill="currentColor" stroke="none"><circle cx="5" cy="12" r="1.7"/><circle cx="12" cy="12" r="1.7"/>'
    '<circle cx="19" cy="12" r="1.7"/></g>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "chevron": '<path d="m6.5 9.5 5.5 5.5 5.5-5.5"/>',
    "chevron-right": '<path d="m9.5 6.5 5.5 5.5-5.5 5.5"/>',
    "chevron-left": '<path d="M14.5 6.5 9 12l5.5 5.5"/>',
    "arrow-right": '<path d="M4.5 12h15M13.5 6l6 6-6 6"/>',
    "user": '<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5"/>',
    "users": '<circle cx="9" cy="9" r="3.5"/><path d="M2.5 19.5c.8-3.5 3.3-5 6.5-5s5.7 1.5 6.5 5M15.5 5.8a3.5 3.5 0 0 1 0 6.4M17.5 15c2.2.6 3.5 2 4 4.5"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4'
    'M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4"/>',
    "moon": '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>',
    "print": '<path d="M7 9V4h10v5M7 17H5a1.5 1.5 0 0 1-1.5-1.5v-5A1.5 1.5 0 0 1 5 9h14a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 19 17h-2"/>'
    '<path d="M7 14h10v6H7z"/>',
    "external": '<path d="M13.5 4.5h6v6M19.5 4.5 11 13M17.5 14v4.5a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1H10"/>',
    "copy": '<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>',
    "home": '<path d="m3.5 11.5 8.5-7.5 8.5 7.5"/><path d="M6 9.5V20h12V9.5M10 20v-5.5h4V20"/>',
    "list": '<path d="M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.1M4.5 12h.1M4.5 17.5h.1"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "edit": '<path d="m4.5 19.5 1-4.5L16 4.5l3.5 3.5L9 18.5zM13.5 7l3.5 3.5"/>',
    "trash": '<path d="M4.5 6.5h15M9 6.5V4h6v2.5M6.5 6.5l1 13.5h9l1-13.5M10 10.5v6M14 10.5v6"/>',
    "refresh": '<path d="M19.5 11A7.5 7.5 0 0 0 5.8 7.5L4.5 9M4.5 4.5V9H9M4.5 13a7.5 7.5 0 0 0 13.7 3.5l1.3-1.5M19.5 19.5V15H15"/>',
    "pause": '<path d="M8.5 5.5v13M15.5 5.5v13"/>',
    "play": '<path d="m7.5 4.5 11 7.5-11 7.5z"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "phone": '<path d="M5 4.5h4l1.5 4.5-2.2 1.6a11 11 0 0 0 5.1 5.1l1.6-2.2 4.5 1.5v4a1 1 0 0 1-1 1C11 20 4 13 4 5.5a1 1 0 0 1 1-1z"/>',
    "mail": '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="m4 7.5 8 6 8-6"/>',
    "tag": '<path d="M4 4.5h7.5l8.5 8.5-7 7-9-8.5z"/><path d="M8 8.5h.1"/>',
    "merge": '<path d="M6 4v4.5c0 3.5 6 3.5 6 7V20M18 4v4.5c0 3.5-6 3.5-6 7"/><path d="m9 17.5 3 3 3-3"/>',
    "split": '<path d="M12 20v-5.5c0-3.5-6-3.5-6-7V4M12 14.5c0-3.5 6-3.5 6-7V4M3.5 6.5 6 4l2.5 2.5M15.5 6.5 18 4l2.5 2.5"/>',
    "building": '<path d="M5.5 20.5V4h9v16.5M14.5 9.5h4v11M3.5 20.5h17M8.5 8h3M8.5 12h3M8.5 16h3"/>',
    "settings": '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8-8M15.5 8l3 3"/>',
    "sign-out": '<path d="M13.5 4.5h-8v15h8M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"/>',
    "chart": '<path d="M4 20h16M6.5 16.5v-5M11 16.5V6M15.5 16.5v-8M20 16.5v-3"/>',
    "computer": '<rect x="3.5" y="5" width="17" height="11" rx="1.5"/><path d="M9 20h6M12 16v4"/>',
    "box": '<path d="m12 3.5 8 4v9l-8 4-8-4v-9z"/><path d="m4 7.5 8 4 8-4M12 11.5v9"/>',
    "layers": '<path d="m12 4 9 4.5-9 4.5-9-4.5z"/><path d="m3 13 9 4.5 9-4.5"/>',
    "expand": '<path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5"/>',
    "rotate": '<path d="M19 12a7 7 0 1 1-2.1-5L19 9"/><path d="M19 4.5V9h-4.5"/>',
    "spread": '<path d="M12 6v13M4 5.5h5.5A2.5 2.5 0 0 1 12 8a2.5 2.5 0 0 1 2.5-2.5H20v12h-5.5A2.5 2.5 0 0 0 12 20a2.5 2.5 0 0 0-2.5-2.5H4z"/>',
    "page": '<path d="M6.5 3.5h11v17h-11zM9.5 8h5M9.5 11.5h5M9.5 15h3"/>',
    "scroll": '<path d="M6 3v6h12V3M6 21v-7h12v7M12 10v3"/>',
    "frame": '<path d="M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M9 9h6v6H9z"/>',
    "keyboard": '<rect x="3" y="6.5" width="18" height="11" rx="1.5"/><path d="M6.5 10h.1M10 10h.1M13.5 10h.1M17 10h.1M8 14h8"/>',
    "grid": '<path d="M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM13.5 13.5h6v6h-6z"/>',
    "star": '<path d="m12 3.5 2.5 5.7 6.2.6-4.7 4.1 1.4 6.1L12 16.8 6.6 20 8 13.9 3.3 9.8l6.2-.6z"/>',
    "dot": '<circle cx="12" cy="12" r="3.5" fill="currentColor"/>',
}

MATERIAL_ICONS: Mapping[str, str] = {
    "book": "book",
    "serial": "newspaper",
    "article": "article",
    "map": "map",
    "score": "music",
    "audio": "music",
    "audiobook": "headphones",
    "video": "video",
    "picture": "picture",
    "electronic": "computer",
    "thesis": "thesis",
    "manuscript": "manuscript",
    "kit": "box",
    "object": "box",
    "mixed": "layers",
}


def icon_svg(name: str, *, label: str = "", css: str = "") -> SafeString:
    """The icon as inline SVG: hidden from screen readers unless it carries a `label` of its own.

    Raises KeyError for a name that is not drawn, so that a slip shows in the first test that renders the page.
    """
    shapes = mark_safe(ICONS[name])  # noqa: S308 - a constant of this module
    if label:
        return format_html(
            '<svg class="icon {}" viewBox="0 0 24 24" width="24" height="24" role="img" aria-label="{}">{}</svg>',
            css,
            label,
            shapes,
        )
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">{}</svg>',
        css,
        shapes,
    )
