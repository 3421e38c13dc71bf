"""Forms of projects: what is said of one, and what is planned in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.digital.models import Collection, Project
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.board import collections_known
from lienthu.domain.digital.selectors.profiles import profiles
from lienthu.domain.digital.services.boards import ProjectFacts
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.digital.forms import LANGUAGES


class ProjectForm(forms.Form):
    """What is said of a project."""

    name = forms.CharField(label=_("Name"), max_length=200)
    scope = forms.ChoiceField(label=_("Scope"), choices=Project.Scope.choices, initial=Project.Scope.OTHER)
    declared_titles = forms.IntegerField(
        label=_("Titles in the declared list"), required=False, min_value=0, max_value=10**7,
        help_text=_("How many there are to do. Empty where nobody has declared it: then no percentage is shown."),
    )  # fmt: skip
    declared_source = forms.CharField(
        label=_("The declared list"), required=False, max_length=300, help_text=_("Its number and date.")
    )
    collection = forms.ModelChoiceField(Collection.objects.none(), label=_("Collection"), required=False)
    profile = forms.ChoiceField(label=_("Quality profile"))
    languages = forms.MultipleChoiceField(
        label=_("Languages of the text"), choices=LANGUAGES, initial=["vie"], widget=forms.CheckboxSelectMultiple
    )
    due = forms.DateField(label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    watched_folder = forms.CharField(
        label=_("Watched folder on the server"), required=False, max_length=500,
        help_text=_("Its whole path. Folders, PDFs and ZIPs put there are taken in when nothing changed for a minute."),
    )  # fmt: skip
    closed = forms.BooleanField(label=_("The work is over"), required=False)

    def __init__(
        self, library_ids: Sequence[int], reader: Reader, project: Project | None, whole: bool, *args: Any, **kw: Any
    ) -> None:
        if project is not None:
            names = ("name", "scope", "declared_titles", "declared_source", "profile", "languages", "due", "closed",
                     "watched_folder")  # fmt: skip
            kw["initial"] = {**{n: getattr(project, n) for n in names}, "collection": project.collection_id}
        super().__init__(*args, **kw)
        collection, profile = self.fields["collection"], self.fields["profile"]
        assert isinstance(collection, forms.ModelChoiceField)
        assert isinstance(profile, forms.ChoiceField)
        collection.queryset = collections_known(reader).filter(library_id__in=library_ids)
        profile.choices = [(p.code, p.name) for p in profiles()]
        self.project = project
        if not whole:  # what reaches into the server is for administrators
            del self.fields["watched_folder"]
        if project is None:
            self.fields["code"] = forms.SlugField(label=_("Code"), max_length=40)
            self.fields["library"] = forms.ModelChoiceField(
                Library.objects.filter(pk__in=library_ids).order_by("name_sort"), label=_("Library")
            )
            self.order_fields(["code", "library", "name"])
            if len(library_ids) == 1:
                self.initial.setdefault("library", library_ids[0])

    def facts(self) -> ProjectFacts:
        """What the form says; what it does not show stays as it is."""
        said = dict(self.cleaned_data)
        said.pop("code", None)
        said.pop("library", None)
        said.setdefault("watched_folder", self.project.watched_folder if self.project else "")
        return ProjectFacts(**said)


class PlanForm(forms.Form):
    """Titles to be scanned: what a search of the catalogue finds, numbers of records, or lines of a list."""

    search = forms.CharField(
        label=_("A search of the catalogue"), required=False, max_length=400,
        help_text=_(
            "Every record of this library in which all the words stand, as on the search page: subject:\"Quảng Ninh\"."
            " What is planned or digitised already is left out."
        ),
    )  # fmt: skip
    records = forms.CharField(
        label=_("Numbers of catalogue records"), required=False, max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Separated by blanks, commas or lines."),
    )  # fmt: skip
    lines = forms.CharField(
        label=_("A list"), required=False, max_length=2_000_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One title a line; after a semicolon or tab the author, then the year. Paste it from a table."),
    )  # fmt: skip
    file = forms.FileField(label=_("Or a CSV file"), required=False)
