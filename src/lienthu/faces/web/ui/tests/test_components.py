import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.utils import translation

from lienthu.faces.web.ui.guide import guide_context
from lienthu.faces.web.ui.histogram import histogram
from lienthu.faces.web.ui.icons import ICONS, MATERIAL_ICONS, icon_svg
from lienthu.faces.web.ui.templatetags.ui import count

UI = Path(__file__).parents[1]


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Urls:
    portal = ([path(f"{name}/", nothing, name=name) for name in ("home", "search", "libraries", "about")], "portal")
    accounts = ([path("in/", nothing, name="sign_in"), path("out/", nothing, name="sign_out")], "accounts")
    staff = ([path("", nothing, name="home")], "staff")
    urlpatterns = [
        path("", include(portal)),
        path("staff/", include(staff)),
        path("account/", include(accounts)),
        path("i18n/", include("django.conf.urls.i18n")),
    ]


@pytest.fixture(autouse=True)
def _plain_site():
    storages = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    renderer = "lienthu.faces.web.ui.forms.UiRenderer"
    with override_settings(ROOT_URLCONF=Urls, STORAGES=storages, FORM_RENDERER=renderer), translation.override("vi"):
        yield


def page(template: str, url: str = "/home/", **context: object) -> str:
    request = RequestFactory().get(url)
    return render_to_string(template, {**guide_context(), **context}, request=request)


def snippet(source: str, **context: object) -> str:
    return Template("{% load ui i18n %}" + source).render(Context(context))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_guide_shows_every_component(language: str) -> None:
    with translation.override(language):
        html = page("ui/guide.html")
    assert f'<html lang="{language}"' in html
    used = set(
        re.findall(
            r'"(ui/components/[\w/]+\.html)"', "".join(p.read_text() for p in (UI / "templates").rglob("*.html"))
        )
    )
    made = {f"ui/components/{file.name}" for file in (UI / "templates/ui/components").glob("*.html")}
    assert made - used - {"ui/components/histogram.html", "ui/components/error_summary.html"} == set()


def test_every_static_file_of_the_frame_is_found() -> None:
    if not (UI.parents[4] / "node_modules").is_dir():
        pytest.skip("npm packages are not installed here")
    named = re.findall(r"{% static '([^']+)' %}", (UI / "templates/ui/base.html").read_text())
    assert len(named) > 8
    assert [name for name in named if not finders.find(name)] == []


def test_ids_on_the_guide_are_unique() -> None:
    html = page("ui/guide.html")
    ids = re.findall(r'\sid="([^"]+)"', re.sub(r"<svg.*?</svg>", "", html, flags=re.S))
    assert len(ids) == len(set(ids))


def test_staff_pages_know_where_they_are_and_send_the_token_with_htmx() -> None:
    html = page("ui/staff_base.html", csrf_token="t0ken", signed_in=SimpleNamespace(name="Trần Thị Hương"))
    assert "hx-headers:inherited" in html
    assert "Trần Thị Hương" in html
    assert html.count('aria-current="page"') >= 2
    assert "Thư viện tỉnh Quảng Ninh" in html


def test_the_collection_in_the_navigation_is_current_only_on_its_own_page() -> None:
    here = page("ui/portal_base.html", url="/search/?collection=local-history")
    other = page("ui/portal_base.html", url="/search/?q=ha+long")
    marked = re.compile(r'collection=local-history" aria-current="page"')
    assert marked.search(here)
    assert not marked.search(other)


class Card(forms.Form):
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect, required=False)
    name = forms.CharField(help_text="Như trên thẻ")
    number = forms.CharField()
    agree = forms.BooleanField(required=False)


def test_a_field_ties_label_help_and_error_to_its_widget() -> None:
    html = snippet("{% ui_field form.name %}", form=Card({"number": "1"}))
    assert '<label class="field__label" for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_only_the_first_wrong_field_takes_the_focus() -> None:
    form = Card({})
    assert "autofocus" in snippet("{% ui_field form.name %}", form=form)
    assert "autofocus" not in snippet("{% ui_field form.number %}", form=form)
    assert "autofocus" not in snippet("{% ui_field form.name %}", form=Card())


def test_field_keywords_become_attributes() -> None:
    html = snippet('{% ui_field form.number inputmode="numeric" hx_get="/x" %}', form=Card())
    assert 'inputmode="numeric"' in html
    assert 'hx-get="/x"' in html


def test_groups_are_fieldsets_and_boxes_stand_beside_their_label() -> None:
    form = Card()
    assert "<fieldset" in snippet("{% ui_field form.kind %}", form=form)
    box = snippet("{% ui_field form.agree %}", form=form)
    assert box.index("<input") < box.index("Agree")


def test_the_error_summary_links_each_message_to_its_field() -> None:
    html = snippet("{% ui_errors form %}", form=Card({}))
    assert 'href="#id_name"' in html
    assert 'href="#id_number"' in html
    assert snippet("{% ui_errors form %}", form=Card()).strip() == ""


def test_hostile_words_are_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    work = {"url": "#", "title": evil, "by": evil, "year": 1, "material_type": "book"}
    html = render_to_string("ui/components/work.html", {"work": work})
    html += render_to_string("ui/components/chips.html", {"filters": [{"label": evil, "value": evil, "url": "#"}]})
    html += icon_svg("search", label=evil)
    assert "<script" not in html


@pytest.mark.parametrize(("language", "shown"), [("vi", "1.234.567"), ("en", "1,234,567")])
def test_numbers_are_grouped_as_the_language_does(language: str, shown: str) -> None:
    with translation.override(language):
        assert count(1234567) == shown


def test_what_is_not_known_is_a_dash_and_never_zero() -> None:
    assert count(None) == "–"
    assert count(0) == "0"
    html = render_to_string("ui/components/stats.html", {"stats": [{"label": "Trang", "value": None}]})
    assert "stat--missing" in html


def test_bars_grow_with_counts_and_a_single_title_is_still_seen() -> None:
    buckets = [{"from": y, "to": y + 9, "count": n} for y, n in ((1930, 0), (1940, 1), (1950, 10_000))]
    chart = histogram(buckets, 1945, 1949)
    assert [bar.height for bar in chart.bars] == [0, 2, 60]
    assert [bar.state for bar in chart.bars] == ["out", "in", "out"]
    assert chart.peak is not None
    assert chart.peak.years == "1950–1959"
    assert histogram([]).bars == []


def test_numbers_inside_svg_keep_the_decimal_point_in_vietnamese() -> None:
    html = snippet("{% ui_histogram buckets %}", buckets=[{"from": 1990, "to": 1990, "count": n} for n in (3, 7)])
    assert not re.search(r'(?:x|y|height|width)="[^"]*,', html)
    progress = render_to_string("ui/components/progress.html", {"label": "x", "done": 12345, "total": 77000})
    assert 'max="77000"' in progress
    assert 'value="12345"' in progress
    assert "12.345 / 77.000" in progress


def test_pages_keep_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/search/?q=hạ+long&page=2")
    pages = Paginator(range(100), 10)
    context = {"page": pages.page(2), "pages": list(pages.get_elided_page_range(2)), "request": request}
    html = render_to_string("ui/components/pagination.html", context)
    assert "q=h%E1%BA%A1+long&amp;page=3" in html
    assert 'aria-current="page">2<' in html


def test_every_material_type_has_an_icon() -> None:
    assert set(MATERIAL_ICONS.values()) <= set(ICONS)
    with pytest.raises(KeyError):
        icon_svg("not drawn")


def test_every_sentence_has_its_vietnamese() -> None:
    catalogue = (UI / "locale/vi/LC_MESSAGES/django.po").read_text()
    known = {match.replace('\\"', '"') for match in re.findall(r'^msgid(?:_plural)? "(.+)"$', catalogue, re.M)}
    asked: set[str] = set()
    for file in (UI / "templates").rglob("*.html"):
        text = file.read_text()
        asked |= set(re.findall(r"""{% translate "([^"]+)""", text)) | set(re.findall(r"{% translate '([^']+)", text))
        asked |= set(re.findall(r"""_\("([^"]+)"\)""", text)) | set(re.findall(r"_\('([^']+)'\)", text))
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S):
            asked |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", part) for part in block.split("{% plural %}")}
    for file in UI.glob("*.py"):
        asked |= set(re.findall(r"""\b_\("([^"]+)"\)""", file.read_text()))
    assert asked - known == set()
    assert 'msgstr ""\n\n' not in catalogue.split("\n\n", 1)[1]
