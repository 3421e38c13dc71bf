"""Numbers as the language in force writes them."""

from __future__ import annotations

from django.utils.formats import number_format


def shown_number(value: float) -> str:
    """1.234 or 1,234, as the language in force writes it."""
    return number_format(value, use_l10n=True, force_grouping=True)


def shown_share(value: float) -> str:
    """A share of 1 as per cent with one decimal, rounded so that what is not all never reads 100."""
    percent = value * 100
    if 0 < percent < 0.1:
        percent = 0.1
    if 99.9 < percent < 100:
        percent = 99.9
    return f"{number_format(percent, decimal_pos=1, use_l10n=True)} %"
