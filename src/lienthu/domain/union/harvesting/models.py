"""Tables of harvesting: where records are fetched, each run of it, and what happened in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.models import ImportBatch, Source
from lienthu.domain.network.models import Library


class HarvestSource(models.Model):
    """A place from which a library's records are fetched: a repository, a folder, a folder of an SFTP server."""

    class Kind(models.TextChoices):
        OAI = "oai", _("OAI-PMH")
        FOLDER = "folder", _("folder")
        SFTP = "sftp", _("SFTP")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind)
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=500, help_text="base address, path of the folder, or sftp://host:port/path")
    set_spec = models.CharField(max_length=200, blank=True)
    prefix = models.CharField(max_length=60, default="marcxml")
    username = models.CharField(max_length=120, blank=True)
    secret = models.TextField(blank=True, help_text="sealed: platform/services/sealing.py")
    host_key = models.TextField(blank=True, help_text="SFTP: the key that the server showed the first time")
    private_allowed = models.BooleanField(default=False)
    schedule = models.CharField(max_length=60, blank=True, help_text="24h, five fields of cron, or empty: when asked")
    overlap_minutes = models.IntegerField(default=15)
    stale_hours = models.IntegerField(default=0, help_text="0: never stale")
    active = models.BooleanField(default=True)

    since = models.DateTimeField(null=True, help_text="the repository's clock at the first page of the last whole list")
    repository = models.JSONField(default=dict, help_text="what Identify said")
    sightings = models.JSONField(default=dict, help_text="file name -> size, time and when it was seen so first")
    next_at = models.DateTimeField(null=True)
    last_done_at = models.DateTimeField(null=True)
    stale_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=models.Q(active=True), name="harvest_due")]

    def __str__(self) -> str:
        return self.code


class HarvestRun(models.Model):
    """One harvest, from the first request to the last import, with its place in the list: it can be killed anywhere."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    class Phase(models.TextChoices):
        LISTING = "listing", _("fetching")
        CLOSING = "closing", _("importing what was fetched")

    class Reason(models.TextChoices):
        SCHEDULE = "schedule", _("schedule")
        PERSON = "person", _("a person")
        COMMAND = "command", _("a command")

    harvest = models.ForeignKey(HarvestSource, on_delete=models.CASCADE, related_name="runs")
    status = models.CharField(max_length=8, choices=Status, default=Status.RUNNING)
    phase = models.CharField(max_length=8, choices=Phase, default=Phase.LISTING)
    reason = models.CharField(max_length=8, choices=Reason)
    asked_by = models.CharField(max_length=120)
    full = models.BooleanField(default=False, help_text="everything, not only what changed")
    continues = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    list_from = models.CharField(max_length=25, blank=True, help_text="the from of the list; empty: everything")
    began = models.BooleanField(default=False, help_text="Identify was answered and list_from is set")
    token = models.TextField(blank=True, help_text="where the list goes on; empty: at its beginning, or at its end")
    complete_size = models.BigIntegerField(null=True, help_text="how long the repository says the list is")
    server_time = models.DateTimeField(null=True, help_text="the repository's clock at the first page")
    page_digest = models.CharField(max_length=32, blank=True)
    spool_bytes = models.BigIntegerField(default=0, help_text="how much of the spool file counts")
    spool_records = models.IntegerField(default=0)
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.JSONField(default=dict, help_text="the file in hand, of a folder")

    pages = models.IntegerField(default=0)
    listed = models.BigIntegerField(default=0)
    echoed = models.BigIntegerField(default=0, help_text="records of our own, left where they are")
    requests = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0, help_text="failures one after another")
    restarts = models.IntegerField(default=0)
    wait_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True)
    stop_code = models.CharField(max_length=40, blank=True)
    stop_detail = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["harvest", "-id"], name="run_of_harvest")]
        constraints = [
            models.UniqueConstraint(
                fields=["harvest"], condition=models.Q(status="running"), name="one_open_run_of_a_harvest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.harvest_id} run {self.pk}"


class HarvestBatch(models.Model):
    """A batch that a run handed over."""

    run = models.ForeignKey(HarvestRun, on_delete=models.CASCADE, related_name="batches")
    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="harvested")

    def __str__(self) -> str:
        return f"{self.run_id} {self.batch_id}"


class HarvestEvent(models.Model):
    """Something that happened in a run: for the log page. Never holds a secret."""

    run = models.ForeignKey(HarvestRun, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    code = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "-id"], name="event_of_run")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.code}"
