"""`FORM_RENDERER = "lienthu.faces.web.ui.forms.UiRenderer"` makes `{{ form }}` look like the rest."""

from django.forms.renderers import DjangoTemplates


class UiRenderer(DjangoTemplates):
    """Django's own widgets in our fields: needs no `django.forms` among the installed apps."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
