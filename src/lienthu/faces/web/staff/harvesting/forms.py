"""The form of a source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import Library
from lienthu.domain.union.harvesting.models import HarvestSource
from lienthu.domain.union.harvesting.services.sources import SourceFacts


class SourceForm(forms.Form):
    """What is known of a source. The password is never shown: empty keeps the stored one."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("How you call it, e.g. Đại học Hạ Long."))
    kind = forms.ChoiceField(label=_("Kind"), choices=HarvestSource.Kind.choices, initial=HarvestSource.Kind.OAI)
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("OAI-PMH: the base address, https://…/oai. SFTP: sftp://host/folder. Folder: its whole path."),
    )
    set_spec = forms.CharField(
        label=_("Set"),
        max_length=200,
        required=False,
        help_text=_("OAI-PMH only. From another Liên Thư take origin:own, or library:CODE for one library."),
    )
    metadata_prefix = forms.CharField(
        label=_("Metadata format"),
        max_length=60,
        initial="marcxml",
        required=False,
        help_text=_("OAI-PMH only. marcxml where the repository has it; oai_dc says less."),
    )
    username = forms.CharField(label=_("User name"), max_length=120, required=False)
    secret = forms.CharField(
        label=_("Password or private key"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Kept sealed and never shown again. Empty keeps what is stored."),
    )
    forget_secret = forms.BooleanField(label=_("Forget the stored password"), required=False)
    schedule = forms.CharField(
        label=_("Rhythm"),
        max_length=60,
        required=False,
        initial="24h",
        help_text=_("Hours such as 24h, or five fields of cron such as 0 2 * * *. Empty: only when somebody asks."),
    )
    overlap_minutes = forms.IntegerField(
        label=_("Overlap in minutes"),
        initial=15,
        min_value=0,
        help_text=_("How far each harvest reaches back behind the last one, for clocks that differ."),
    )
    stale_hours = forms.IntegerField(
        label=_("Alert after hours without a whole harvest"),
        required=False,
        min_value=0,
        help_text=_("Empty: three times the rhythm, a day at least. 0: never."),
    )
    source_code = forms.CharField(
        label=_("System of the library"),
        max_length=40,
        initial="main",
        help_text=_("Which of the library's systems the records are from; control numbers are unique inside it."),
    )
    private_allowed = forms.BooleanField(
        label=_("The address may lie in a private network"),
        required=False,
        help_text=_("Only for repositories in the house: the server may then ask addresses that are not public."),
    )

    field_order = ("code", "library", "name", "kind", "address")

    def __init__(self, *args: Any, harvest: HarvestSource | None, whole: bool, **kwargs: Any) -> None:
        self.harvest = harvest
        if harvest is not None:
            names = ("name", "kind", "address", "set_spec", "username", "schedule", "overlap_minutes", "stale_hours",
                     "private_allowed")  # fmt: skip
            known = {name: getattr(harvest, name) for name in names}
            known |= {"metadata_prefix": harvest.prefix, "source_code": harvest.source.code}
            kwargs["initial"] = {**known, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if harvest is None or not harvest.secret:
            del self.fields["forget_secret"]
        if not whole:  # what reaches into the server or its network is for administrators (HAR-19)
            del self.fields["private_allowed"]
            if harvest is None or harvest.kind != HarvestSource.Kind.FOLDER:
                kind = self.fields["kind"]
                assert isinstance(kind, forms.ChoiceField)
                kind.choices = [c for c in HarvestSource.Kind.choices if c[0] != HarvestSource.Kind.FOLDER]

    def facts(self) -> SourceFacts:
        """What the form says; what it does not show stays as it is."""
        said = self.cleaned_data
        secret = "" if said.get("forget_secret") else said["secret"].strip() or None
        same = self.harvest is not None and said["address"].strip() == self.harvest.address
        # an administrator's word is about one address: whoever gives another one does not take it along
        private = said.get("private_allowed", self.harvest.private_allowed if self.harvest and same else False)
        return SourceFacts(
            name=said["name"],
            kind=said["kind"],
            address=said["address"],
            source_code=said["source_code"],
            set_spec=said["set_spec"],
            prefix=said["metadata_prefix"] or "marcxml",
            username=said["username"],
            secret=secret,
            schedule=said["schedule"],
            overlap_minutes=said["overlap_minutes"],
            stale_hours=said["stale_hours"],
            private_allowed=private,
        )


class NewSourceForm(SourceForm):
    """A source that is not set up yet."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Short and for ever: a–z, digits, hyphens, e.g. dai-hoc-ha-long.")
    )
    library = forms.ModelChoiceField(Library.objects.none(), label=_("Library whose records these are"))

    def __init__(self, libraries: Sequence[Library], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, harvest=None, **kwargs)
        field = self.fields["library"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Library.objects.filter(pk__in=[library.pk for library in libraries]).order_by("name_sort")
        if len(libraries) == 1:
            self.initial.setdefault("library", libraries[0].pk)
