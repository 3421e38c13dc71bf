"""Forms of the digitisation desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.selectors import title_of
from lienthu.domain.digital.models import Kind, Project
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.board import projects_of
from lienthu.domain.network.models import Library

LANGUAGES = [
    ("vie", _("Vietnamese")), ("eng", _("English")), ("fra", _("French")), ("chi_tra_vert", _("Chinese, vertical")),
]  # fmt: skip


class UploadForm(forms.Form):
    """What new files are to become."""

    library = forms.ModelChoiceField(Library.objects.none(), label=_("Library"))
    project = forms.ModelChoiceField(Project.objects.none(), label=_("Project"), required=False)
    record = forms.IntegerField(
        label=_("Number of the catalogue record"),
        required=False,
        min_value=1,
        max_value=2**62,
        help_text=_("The number in the address of the record. Its title is taken from there."),
    )
    title = forms.CharField(label=_("Title"), max_length=1000, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.BOOK)
    languages = forms.MultipleChoiceField(
        label=_("Languages of the text"), choices=LANGUAGES, initial=["vie"], widget=forms.CheckboxSelectMultiple
    )
    right_to_left = forms.BooleanField(label=_("Pages turn from right to left"), required=False)

    def __init__(self, libraries: Sequence[Library], reader: Reader, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        library, project = self.fields["library"], self.fields["project"]
        assert isinstance(library, forms.ModelChoiceField)
        assert isinstance(project, forms.ModelChoiceField)
        library.queryset = Library.objects.filter(pk__in=[found.pk for found in libraries]).order_by("name_sort")
        project.queryset = projects_of(reader).filter(closed=False)
        if len(libraries) == 1:
            self.initial.setdefault("library", libraries[0].pk)

    def clean(self) -> dict[str, Any]:
        """A title, from the record if need be; a project of the same library."""
        said = super().clean() or {}
        record, project = said.get("record"), said.get("project")
        if record is not None:
            known = title_of(record)
            if known is None:
                self.add_error("record", _("There is no record of this number."))
            said["title"] = said.get("title") or known or ""
        elif not said.get("title"):
            self.add_error("title", _("Give a title, or the number of the record."))
        if project is not None and said.get("library") and project.library_id != said["library"].pk:
            self.add_error("project", _("The project belongs to another library."))
        return said

    def wish(self) -> dict[str, Any]:
        """What the worker is told."""
        said = self.cleaned_data
        return {
            "title": said["title"],
            "record": said["record"],
            "kind": said["kind"],
            "languages": said["languages"],
            "project": said["project"].pk if said["project"] else None,
            "right_to_left": said["right_to_left"],
        }
