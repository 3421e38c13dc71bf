"""`{% load accounts %}`: when a locked account opens again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def from_now(wait: timedelta | None) -> datetime:
    """The moment that is ``wait`` ahead, rounded up to the minute so that nobody comes too early."""
    moment = timezone.localtime() + (wait or timedelta())
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
