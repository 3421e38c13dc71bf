"""Forms of the digitisation desk: of one object, from the upload of its files to its erasing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lienthu.domain.digital.description import ELEMENTS, own_elements
from lienthu.domain.digital.models import Collection, DigitalObject, Kind, Project
from lienthu.domain.digital.policy import Access, Reader, Status
from lienthu.domain.digital.selectors.board import collections_known, projects_of
from lienthu.domain.digital.selectors.describing import record_description_of
from lienthu.domain.digital.selectors.people import digitisers_of
from lienthu.domain.digital.selectors.premises import rooms_known
from lienthu.domain.digital.services.describing import Facts
from lienthu.domain.digital.services.erasing import confirms
from lienthu.domain.digital.services.publishing import Rights
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.digital.desk import title_known
from lienthu.faces.web.ui.forms import offer_choices
from lienthu.platform.models import User

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
        self.reader = reader
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
            known = title_known(self.reader, record)
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


DC_FIELDS = (
    ("title", _("Other titles (in the original script, in translation)")),
    ("creator", _("Author")), ("contributor", _("Contributor")), ("publisher", _("Publisher")), ("date", _("Date")),
    ("subject", _("Subject")), ("coverage", _("Place or time it is about")), ("description", _("Summary")),
    ("identifier", _("Number (decision, call number, ISBN)")), ("source", _("Source")), ("relation", _("Relation")),
)  # fmt: skip


def field_of(element: str) -> str:
    """The field of the form for an element: the title an object goes by is a field of its own."""
    return "other_titles" if element == "title" else element


def own_values(obj: DigitalObject) -> dict[str, list[str]]:
    """What the form shows of an object's own description, by element; its title is no other title."""
    own = own_elements(obj.description)
    return {name: [v for v in own.get(name, ()) if name != "title" or v != obj.title] for name, _label in DC_FIELDS}


class DescribeForm(forms.Form):
    """What an object is: in place of a catalogue record, or over it. One value a line.

    Elements that the form does not show (type, format, language, rights) stay as they are.
    """

    title = forms.CharField(label=_("Title"), max_length=1000)
    record = forms.IntegerField(
        label=_("Number of the catalogue record"), required=False, min_value=1, max_value=2**62,
        help_text=_(
            "With a record readers see its description; what is written in a field below stands in place of the"
            " record's."
        ),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    collection = forms.ModelChoiceField(Collection.objects.none(), label=_("Collection"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages of the text"), choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    right_to_left = forms.BooleanField(label=_("Pages turn from right to left"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, obj: DigitalObject, reader: Reader, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "title": obj.title, "record": obj.record_id, "kind": obj.kind, "collection": obj.collection_id,
            "languages": obj.languages, "right_to_left": obj.right_to_left, "version": obj.version,
            **{field_of(name): "\n".join(values) for name, values in own_values(obj).items()},
            **kwargs.get("initial", {}),
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.obj, self.reader = obj, reader
        field = self.fields["collection"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = collections_known(reader).filter(library_id=obj.library_id)
        of_record = record_description_of(obj)
        for name, label in DC_FIELDS:
            told = " · ".join(value for value in of_record.get(name, ()) if value != obj.title)
            told = _("From the record: %(values)s") % {"values": Truncator(told).chars(300)} if told else ""
            self.fields[field_of(name)] = forms.CharField(
                label=label, required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
                help_text=escape(told),
            )  # fmt: skip

    def clean_record(self) -> int | None:
        """A record that is there."""
        number: int | None = self.cleaned_data["record"]
        if number is not None and number != self.obj.record_id and title_known(self.reader, number) is None:
            raise forms.ValidationError(_("There is no record of this number."))
        return number

    def facts(self) -> Facts:
        """What the person says."""
        said = self.cleaned_data
        shown = {
            name: [v for line in said[field_of(name)].splitlines() if (v := line.strip())] for name, _label in DC_FIELDS
        }
        own = own_elements(self.obj.description)
        core = {name: values for name, values in own.items() if name in ELEMENTS and name not in shown} | shown
        return Facts(
            title=said["title"],
            record_id=said["record"],
            kind=said["kind"],
            collection=said["collection"],
            languages=said["languages"],
            right_to_left=said["right_to_left"],
            dublin_core={name: values for name, values in core.items() if values},
        )


STATUSES = [
    (Status.OFFICIAL, _("official text: not protected")),
    (Status.PUBLIC_DOMAIN, _("public domain")),
    (Status.LICENSED, _("open licence of the holder")),
    (Status.PERMITTED, _("the holder allows what is said below")),
    (Status.IN_COPYRIGHT, _("in copyright")),
    (Status.UNKNOWN, _("holder not known")),
]
ACCESSES = [
    (Access.OPEN, _("open to everybody")), (Access.SIGNED, _("readers who signed in")),
    (Access.PREMISES, _("in the rooms of the library")), (Access.SEATS, _("as many at once as copies are held")),
    (Access.CLOSED, pgettext_lazy("for readers", "closed")),
]  # fmt: skip


class RightsForm(forms.Form):
    """What is known of the rights. Every saving adds a record; none is changed."""

    status = forms.ChoiceField(label=_("Status"), choices=STATUSES)
    basis = forms.CharField(
        label=_("Basis"), max_length=500, help_text=_("The law, the contract or the letter it rests on.")
    )
    basis_date = forms.DateField(label=_("Date of the basis"), widget=forms.DateInput(attrs={"type": "date"}))
    copies_held = forms.IntegerField(
        label=_("Copies held"), required=False, min_value=0, max_value=100_000,
        help_text=_("Lawful copies on the shelves: so many may read at once where copies limit reading."),
    )  # fmt: skip
    protected_until = forms.DateField(
        label=_("Protected until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day. After it the object is public domain."),
    )  # fmt: skip
    permission = forms.ChoiceField(label=_("What the holder allows"), required=False, choices=[("", "–"), *ACCESSES])
    permission_until = forms.DateField(
        label=_("Allowed until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    premises = forms.TypedMultipleChoiceField(
        label=_("Rooms in which it may be read"), required=False, coerce=int, empty_value=[],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counts where it is read in rooms of libraries. None ticked: the library's own rooms."),
    )  # fmt: skip
    licence = forms.CharField(
        label=_("Licence"), required=False, max_length=200,
        help_text=_("Address at rightsstatements.org or creativecommons.org."),
    )  # fmt: skip
    personal_data = forms.BooleanField(
        label=_("Names people who may be alive"), required=False,
        help_text=_("Close their pages one by one in the page editor."),
    )  # fmt: skip
    watermark = forms.BooleanField(label=_("Show a watermark"), required=False)
    download = forms.BooleanField(label=_("Readers may take it away as a file"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, obj: DigitalObject, reader: Reader, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.initial.get("premises", [])
        rooms = rooms_known(reader, obj.library_id, chosen)
        offer_choices(self, "premises", [(str(pk), name) for pk, name in rooms.items()])
        # houses that this person may not know of are neither shown nor lost
        self._unseen = [pk for pk in chosen if pk not in rooms]

    def clean_premises(self) -> tuple[int, ...]:
        """Libraries by number; those that are not shown stay."""
        return tuple(sorted({*self.cleaned_data["premises"], *self._unseen}))

    def clean_licence(self) -> str:
        """An address of the two sites that state rights, so that readers and machines can follow it."""
        value = str(self.cleaned_data["licence"]).strip()
        known = ("https://creativecommons.org/", "http://creativecommons.org/", "http://rightsstatements.org/",
                 "https://rightsstatements.org/")  # fmt: skip
        if value and not value.startswith(known):
            raise forms.ValidationError(_("Write an address of rightsstatements.org or creativecommons.org."))
        return value

    def clean(self) -> dict[str, Any]:
        """A permission says what is allowed."""
        said = super().clean() or {}
        if said.get("status") == Status.PERMITTED and not said.get("permission"):
            self.add_error("permission", _("Say what the holder allows."))
        seats = (said.get("status"), said.get("permission")) == (Status.PERMITTED, Access.SEATS)
        if seats and not said.get("copies_held"):
            self.add_error("copies_held", _("Say how many copies are held: so many may read at once."))
        return said

    def rights(self) -> Rights:
        """What the person states."""
        said = dict(self.cleaned_data)
        said["status"] = Status(said["status"])
        said["permission"] = Access(said["permission"]) if said["permission"] else None
        return Rights(**said)


class ReasonForm(forms.Form):
    """A reason, which is kept."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class EraseForm(forms.Form):
    """Why, and the title typed: nobody erases by a slip. ``seen``: the version that was looked at."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The law, the judgment or the request, with number and date. It is kept; name nobody in it."),
    )  # fmt: skip
    typed = forms.CharField(
        label=_("Title or identifier of the document"), max_length=1100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, obj: DigitalObject, *args: Any, **kwargs: Any) -> None:
        self.object = obj
        super().__init__(*args, **kwargs)
        self.fields["typed"].help_text = _("To confirm type the title as it stands above, or %(name)s.") % {
            "name": obj.public_id
        }

    def clean_typed(self) -> str:
        """What was typed. Raises ValidationError where it is another document's."""
        typed = str(self.cleaned_data["typed"])
        if not confirms(self.object, typed):
            raise forms.ValidationError(_("This is neither the title nor the identifier of the document."))
        return typed


class AssignForm(forms.Form):
    """Who does it, until when, how urgently, in which project."""

    assignee = forms.ModelChoiceField(User.objects.none(), label=_("Who does it"), required=False)
    due = forms.DateField(label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    priority = forms.IntegerField(
        label=_("Urgency"), min_value=-9, max_value=9, initial=0, help_text=_("Higher is done earlier.")
    )
    project = forms.ModelChoiceField(Project.objects.none(), label=_("Project"), required=False)

    def __init__(self, obj: DigitalObject, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "assignee": obj.assignee_id, "due": obj.due, "priority": obj.priority, "project": obj.project_id
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        who, project = self.fields["assignee"], self.fields["project"]
        assert isinstance(who, forms.ModelChoiceField)
        assert isinstance(project, forms.ModelChoiceField)
        who.queryset = digitisers_of(obj.library_id)
        project.queryset = Project.objects.filter(library_id=obj.library_id).order_by("name")
