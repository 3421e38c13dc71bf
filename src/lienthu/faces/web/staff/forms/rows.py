"""Rows that people fill in one after the other: always an empty one more, and every other can be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django import forms

RowForm = TypeVar("RowForm", bound=forms.Form)

if TYPE_CHECKING:
    from django.forms import BaseFormSet
else:

    class BaseFormSet(forms.BaseFormSet):
        """Django's own class takes no parameters when it runs."""

        def __class_getitem__(cls, form: object) -> type:
            return cls


class Rows(BaseFormSet[RowForm]):
    """A formset to derive from: ``take_away`` labels the box that takes a row away, in words of the thing."""

    take_away: ClassVar[Any]

    def filled(self) -> list[RowForm]:
        """The rows that are filled in and not to be taken away."""
        checked = [form for form in self.forms if hasattr(form, "cleaned_data")]
        return [form for form in checked if form.cleaned_data and not form.cleaned_data.get("DELETE")]

    def add_fields(self, form: RowForm, index: int | None) -> None:
        """The box that takes a row away, in our words."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = self.take_away


Made = TypeVar("Made", bound=Rows[Any])


def rows_of(form: type[forms.Form], base: type[Made], *, most: int) -> type[Made]:
    """The formset of these forms, of which so many may be filled in."""
    return cast(  # the factory is typed as making plain ones
        type[Made],
        forms.formset_factory(
            form,
            formset=base,
            extra=1,
            can_delete=True,
            can_delete_extra=False,
            max_num=most,
            absolute_max=most + 5,
            validate_max=True,
        ),
    )
