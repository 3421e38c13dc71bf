"""What a library offers and when: services, opening hours, closed days, online addresses."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models.dated import Dated, ends_after_start
from lienthu.domain.network.models.libraries import Branch, Library


class ServiceKind(models.TextChoices):
    """Kinds of service, as a reader would ask for them."""

    READING_ROOM = "reading_room", _("Reading on the spot")
    LOAN = "loan", _("Lending")
    CHILDREN = "children", _("Children's services")
    LOCAL_HISTORY = "local_history", _("Local history")
    REFERENCE = "reference", _("Questions to a librarian")
    ONLINE_CATALOGUE = "online_catalogue", _("Catalogue online")
    DIGITAL_READING = "digital_reading", _("Digital holdings")
    AUDIOBOOKS = "audiobooks", _("Audiobooks")
    ACCESSIBLE = "accessible", _("Services for readers with a print disability")
    INTERLIBRARY = "interlibrary", _("Interlibrary loan")
    INTERNET = "internet", _("Computers and internet")
    REPRODUCTION = "reproduction", _("Copying and scanning")
    CARD = "card", _("Reader cards")
    LEARNING_RESOURCES = "learning_resources", _("Open learning resources")
    EVENTS = "events", _("Events and exhibitions")
    TRAINING = "training", _("Training")
    MOBILE_LIBRARY = "mobile_library", _("Mobile library")
    OTHER = "other", _("Other")


class ServiceOffer(Dated):
    """One service of a library, or of one of its branches."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="service_offers")
    branch = models.ForeignKey(
        Branch,
        verbose_name=_("branch"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="service_offers",
    )
    kind = models.CharField(_("service"), max_length=20, choices=ServiceKind)
    online = models.BooleanField(_("online"), default=False)
    url = models.URLField(_("address on the web"), blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["library_id", "kind", "id"]
        constraints = [ends_after_start("serviceoffer_period", empty_allowed=True)]

    def __str__(self) -> str:
        return self.get_kind_display()


class Weekday(models.IntegerChoices):
    """Days of the week, numbered as ISO 8601 does."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class OpeningHours(Dated):
    """Open on this weekday between two times; a day with a lunch break has two rows."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="hours")
    branch = models.ForeignKey(
        Branch,
        verbose_name=_("branch"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="hours",
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ["library_id", "weekday", "opens"]
        constraints = [
            ends_after_start("openinghours_period", empty_allowed=True),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="openinghours_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="openinghours_closes_after_opens"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class ClosedDay(models.Model):
    """An exception: closed on a date, or open at other times than usual where times are given."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="closed_days")
    branch = models.ForeignKey(
        Branch,
        verbose_name=_("branch"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="closed_days",
    )
    date = models.DateField(_("date"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["library_id", "date"]
        constraints = [
            models.UniqueConstraint(fields=["library", "branch", "date"], name="closedday_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens")),
                name="closedday_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y}"


online_address = RegexValidator(
    r"^(https?://[^\s/]+\S*|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+:\d{1,5}(/\S*)?)\Z",
    _("Write https://…, or host.example:210/base for Z39.50."),
    code="online_address",
)


class OnlineAddressKind(models.TextChoices):
    """What is found at an online address."""

    WEBSITE = "website", _("Website")
    CATALOGUE = "catalogue", _("Catalogue")
    DIGITAL = "digital", _("Digital library")
    SOCIAL = "social", _("Social network")
    OAI = "oai", _("OAI-PMH")
    SRU = "sru", _("SRU")
    Z3950 = "z3950", _("Z39.50")
    OTHER = "other", _("Other")


class OnlineAddress(Dated):
    """Where a library, or a service of it, is found online."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="online_addresses")
    kind = models.CharField(_("kind"), max_length=20, choices=OnlineAddressKind)
    url = models.CharField(_("address"), max_length=300, validators=[online_address])
    label = models.CharField(_("label"), max_length=120, blank=True)

    class Meta:
        ordering = ["library_id", "kind", "id"]
        constraints = [ends_after_start("onlineaddress_period", empty_allowed=True)]

    def __str__(self) -> str:
        return self.label or self.url

    @property
    def href(self) -> str:
        """The address as a link; empty for protocols that no browser follows."""
        return self.url if self.url.startswith(("http://", "https://")) else ""
