"""What is known about rights, the dated rules that make access of it, and who reads at present."""

from __future__ import annotations

from django.db import models

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.digital.models.objects import DigitalObject
from lienthu.domain.network.models import Library


class RightsRecord(models.Model):
    """One state of what is known about the rights in an object. The newest counts; all are kept (RGT-1)."""

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="rights")
    number = models.IntegerField()
    status = models.CharField(max_length=20, help_text="policy.Status")
    basis = models.CharField(max_length=500, help_text="the law, contract or letter it rests on")
    basis_date = models.DateField()
    copies_held = models.IntegerField(null=True, help_text="lawful copies on the shelves")
    protected_until = models.DateField(null=True, help_text="last day of protection; null: unknown or endless")
    permission = models.CharField(max_length=10, blank=True, help_text="what the holder allows: policy.Access")
    permission_until = models.DateField(null=True)
    licence = models.CharField(max_length=200, blank=True, help_text="URI: rightsstatements.org or Creative Commons")
    personal_data = models.BooleanField(default=False)
    watermark = models.BooleanField(default=False)
    download = models.BooleanField(default=False, help_text="may be taken home as a file where it may be read freely")
    premises = models.JSONField(default=list, help_text="ids of the libraries where it may be read; empty: the owner's")
    note = models.TextField(blank=True)
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "number"], name="rights_number_once")]

    def __str__(self) -> str:
        return f"{self.status} ({self.object_id})"


class AccessRule(models.Model):
    """Dated law as data: in this time, an object of this status is open in this way (RGT-2).

    The rows of a status stand in place of all shipped rules of that status.
    """

    status = models.CharField(max_length=20)
    access = models.CharField(max_length=10)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, help_text="last day")
    basis = models.CharField(max_length=500)
    certainty = models.CharField(max_length=10, help_text="found, secondary or unverified")

    def __str__(self) -> str:
        return f"{self.status}: {self.access}"


class PremisesNetwork(models.Model):
    """Addresses that stand in a library's rooms: a request from there is a reader on its premises."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="premises_networks")
    cidr = models.CharField(max_length=50)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "cidr"], name="premises_once")]

    def __str__(self) -> str:
        return self.cidr


class ReadingStation(models.Model):
    """A computer or tablet in a library's rooms, known by a secret of its own (RGT-11)."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="reading_stations")
    name = models.CharField(max_length=120)
    secret = models.CharField(max_length=64, unique=True, help_text="digest of what the station carries")
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.CharField(max_length=120)
    paired_at = models.DateTimeField(null=True, help_text="when the address for pairing was used; it works once")
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Takedown(models.Model):
    """An object hidden everywhere at once, with the reason; lifted, it comes back (RGT-8)."""

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="takedowns")
    reason = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=120)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=120, blank=True)
    lifted_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["object"], condition=models.Q(lifted_at__isnull=True), name="takedown_in_force_once"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Erasure(models.Model):
    """An object that was erased for good: that it was there and why it is gone, nothing of what it held (PRS-13)."""

    public_id = models.CharField(max_length=12, unique=True)
    object_key = models.BigIntegerField(null=True, help_text="the id that its row had: the indexes know it by that")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="erasures")
    record = models.ForeignKey(BibRecord, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=1000)
    facts = models.JSONField(default=dict, help_text="how many pages, files and bytes it was; what is left to delete")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=120)
    purged_at = models.DateTimeField(null=True, help_text="when the last byte was gone from store and folders")

    class Meta:
        indexes = [models.Index(fields=["object_key"], name="erasure_object_key")]

    def __str__(self) -> str:
        return self.public_id


class ReadingSeat(models.Model):
    """One of the n places at an object of which n copies are held; free again when it expires (RGT-7)."""

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="seats")
    number = models.IntegerField(help_text="1 to the number of copies held")
    holder = models.CharField(max_length=64, help_text="who sits there: digest of account or reading station")
    since = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object", "number"], name="seat_once"),
            models.UniqueConstraint(fields=["object", "holder"], name="seat_holder_once"),
        ]

    def __str__(self) -> str:
        return f"seat {self.number} of {self.object_id}"


class SeatRequest(models.Model):
    """Somebody who waits for a seat; first come, first served (RGT-7)."""

    object = models.ForeignKey(DigitalObject, on_delete=models.CASCADE, related_name="seat_requests")
    holder = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(help_text="when the waiting page last asked; who went away loses the place")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "holder"], name="seat_request_once")]

    def __str__(self) -> str:
        return f"waiting for {self.object_id}"
