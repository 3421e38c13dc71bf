"""Libraries, what they were called and where they belonged through time, and their branches."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models.dated import Dated, ends_after_start
from lienthu.domain.network.models.units import AdministrativeUnit

isil_shaped = RegexValidator(
    r"^[A-Z]{2}-[A-Za-z0-9/:-]{1,11}\Z",
    _("A code looks like VN-QNTV: country, hyphen, then up to 11 letters, digits, / : or -."),
    code="isil",
)
branch_code = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}\Z", _("Use letters, digits, full stop, hyphen."), code="branch_code"
)


class LibraryType(models.TextChoices):
    """The nine types of the Law on Libraries 46/2019, article 9."""

    NATIONAL = "national", _("National library")
    PUBLIC = "public", _("Public library")
    SPECIAL = "special", _("Specialised library")
    ARMED_FORCES = "armed_forces", _("Library of the armed forces")
    HIGHER_EDUCATION = "higher_education", _("Library of higher education")
    EDUCATION_OTHER = "education_other", _("Library of a preschool, school, vocational or other education")
    COMMUNITY = "community", _("Community library")
    PRIVATE = "private", _("Private library serving the community")
    FOREIGN = "foreign", _("Library of a foreign organisation or person")


class DescribedLibrary(models.Model):
    """What may change in a library's life and is therefore kept for every period."""

    name = models.CharField(_("name"), max_length=250)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    name_sort = models.CharField(max_length=200, db_collation="C", editable=False)
    type = models.CharField(_("type"), max_length=20, choices=LibraryType)
    parent_body = models.CharField(
        _("parent body"),
        max_length=250,
        blank=True,
        help_text=_("The body it belongs to; this need not be a library."),
    )
    unit = models.ForeignKey(
        AdministrativeUnit,
        verbose_name=_("administrative unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    address = models.CharField(_("address"), max_length=300, blank=True)

    class Meta:
        abstract = True


class Library(DescribedLibrary, Dated):
    """One library.

    The described columns hold what is in force today; the past and the future are in its periods.
    """

    code = models.CharField(_("code"), max_length=16, unique=True, validators=[isil_shaped])
    official_isil = models.CharField(
        _("official ISIL"),
        max_length=16,
        blank=True,
        validators=[isil_shaped],
        help_text=_("Only when an ISIL agency has given one; the code above is provisional."),
    )
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    about = models.TextField(_("about"), blank=True)
    closed = models.BooleanField(
        _("closed library"),
        default=False,
        help_text=_("Never shown in public search: libraries of the armed forces."),
    )
    note = models.TextField(_("note for staff"), blank=True)
    assumed = models.BooleanField(
        _("assumed"), default=False, help_text=_("Entered without a source: to be confirmed by the library.")
    )
    sample = models.BooleanField(_("sample data"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name_sort", "code"]
        constraints = [
            ends_after_start("library_period"),
            models.UniqueConstraint(Upper("code"), name="library_code_any_case"),
            models.UniqueConstraint(
                Upper("official_isil"), condition=~Q(official_isil=""), name="library_official_isil"
            ),
            models.CheckConstraint(
                condition=~Q(type=LibraryType.ARMED_FORCES) | Q(closed=True),
                name="library_armed_forces_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class LibraryPeriod(DescribedLibrary, Dated):
    """How a library was described during one period. The periods of one library never overlap."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="periods")

    class Meta:
        ordering = [F("valid_from").asc(nulls_first=True)]
        constraints = [
            ends_after_start("libraryperiod_period"),
            # The embedded PostgreSQL has no btree_gist: equality of keys is written as overlap of one-key
            # ranges.
            ExclusionConstraint(
                name="libraryperiod_no_overlap",
                expressions=[
                    (
                        Func(F("library"), F("library"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("valid_from"), F("valid_to"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from or '…'} – {self.valid_to or '…'})"


class BranchKind(models.TextChoices):
    """What a branch is."""

    MAIN = "main", _("Main building")
    BRANCH = "branch", _("Branch")
    CAMPUS = "campus", _("Campus")
    DEPARTMENT = "department", _("Department or room")
    STATION = "station", _("Book station")
    MOBILE = "mobile", _("Mobile library")
    STORE = "store", _("Store")


class DescribedBranch(models.Model):
    """What may change in the life of a branch and is therefore kept for every period."""

    name = models.CharField(_("name"), max_length=250)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=BranchKind, default=BranchKind.BRANCH)
    unit = models.ForeignKey(
        AdministrativeUnit,
        verbose_name=_("administrative unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    address = models.CharField(_("address"), max_length=300, blank=True)

    class Meta:
        abstract = True


class Branch(DescribedBranch, Dated):
    """A place where a library keeps or lends holdings.

    The described columns hold what is in force today; the past and the future are in its periods.
    """

    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="branches")
    code = models.CharField(_("code"), max_length=20, validators=[branch_code])

    class Meta:
        ordering = ["library_id", "code"]
        constraints = [
            ends_after_start("branch_period"),
            models.UniqueConstraint(fields=["library", "code"], name="branch_code_in_library"),
        ]

    def __str__(self) -> str:
        return self.name


class BranchPeriod(DescribedBranch, Dated):
    """How a branch was described during one period. The periods of one branch never overlap."""

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="periods")

    class Meta:
        ordering = [F("valid_from").asc(nulls_first=True)]
        constraints = [
            ends_after_start("branchperiod_period", empty_allowed=True),
            ExclusionConstraint(
                name="branchperiod_no_overlap",
                expressions=[
                    (
                        Func(F("branch"), F("branch"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("valid_from"), F("valid_to"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from or '…'} – {self.valid_to or '…'})"
