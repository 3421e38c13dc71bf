"""Tables of the platform: accounts, audit trail, change feed."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An account. Personal data is kept minimal: a sign-in name and the name to show."""

    first_name = None  # type: ignore[assignment]  # Vietnamese names are one string, in their own order
    last_name = None  # type: ignore[assignment]  # as above
    display_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=8, blank=True)
    sample = models.BooleanField(default=False)
    one_time_until = models.DateTimeField(
        null=True, blank=True, help_text="the password was given by someone else: good until then, to be changed first"
    )

    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """The name to show."""
        return str(self)

    def get_short_name(self) -> str:
        """The name to show, short."""
        return str(self)


class AuditEntry(models.Model):
    """One act that wrote something: who, what, on what, when. Never changed, never deleted by the application."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    library_id = models.BigIntegerField(null=True, db_index=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id", "-id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class Change(models.Model):
    """One piece of news waiting for one consumer. Deleted when the consumer has dealt with it."""

    consumer = models.CharField(max_length=40)
    topic = models.CharField(max_length=40)
    key = models.BigIntegerField()
    # one of very many that an import or the like brings: what people do one by one is told before it
    bulk = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["consumer", "bulk", "id"], name="change_waiting")]

    def __str__(self) -> str:
        return f"{self.topic} {self.key} for {self.consumer}"
