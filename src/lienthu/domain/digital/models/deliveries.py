"""Files on their way in through the browser, before they are masters."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lienthu.domain.digital.models.objects import DigitalObject
from lienthu.domain.network.models import Library


class Delivery(models.Model):
    """What somebody uploads together: files, and what is to become of them (WFL-11)."""

    class State(models.TextChoices):
        OPEN = "open", _("files are being uploaded")
        QUEUED = "queued", _("waiting to be taken in")
        WORKING = "working", _("being taken in")
        DONE = "done", _("taken in")
        FAILED = "failed", _("not taken in")

    token = models.CharField(max_length=24, unique=True)
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    owner_name = models.CharField(max_length=120)
    object = models.ForeignKey(
        DigitalObject,
        null=True,
        on_delete=models.SET_NULL,
        related_name="deliveries",
        help_text="what they became",
    )
    wish = models.JSONField(default=dict, help_text="title, kind, languages, project, record; or after, replace")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    problem = models.CharField(max_length=500, blank=True)
    left_out = models.JSONField(default=list, help_text="names and codes of files that are no pages (ING-9)")
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.token


class DeliveredFile(models.Model):
    """One file of a delivery. How much of it has come is the size of the file on disk, nothing else."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="files")
    token = models.CharField(max_length=24, unique=True)
    path = models.CharField(max_length=1000, help_text="name with folders, as the browser told it")
    size = models.BigIntegerField()

    def __str__(self) -> str:
        return self.path
