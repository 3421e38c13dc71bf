"""Screens of the access rules and quality profiles: all who digitise look, the provincial administrator sets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lienthu.domain.digital.models import AccessRule, QualityProfile
from lienthu.domain.digital.policy import Status
from lienthu.domain.digital.tests.cast import published
from lienthu.domain.network.models import Library

pytestmark = pytest.mark.django_db
RULE = reverse("staff_digital:rule", args=["unknown"])


def posted(html: str, **changes: str) -> dict[str, str]:
    """The form of the page as a browser would send it."""
    form = html.split('id="rules-form"')[1].split("</form>")[0]
    said = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "checkbox" not in tag:
            said[name[1]] = value[1] if value else ""
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', inside)
        said[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        said[name] = inside.strip()
    return {**said, **changes}


def looked(html: str) -> str:
    found = re.search(r'name="looked" value="([^"]+)"', html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", ["rules", "profiles"])
def test_all_who_digitise_look_and_nobody_else(
    name: str, librarian: Client, stranger: Client, editor: Client, admin: Client, client: Client
) -> None:
    where = reverse(f"staff_digital:{name}")
    for who, status in ((librarian, 200), (stranger, 200), (admin, 200), (editor, 403), (client, 302)):
        assert who.get(where).status_code == status


def test_only_the_administrator_sets(librarian: Client, manager: Client, admin: Client) -> None:
    """RGT-12, WFL-17."""
    document = reverse("staff_digital:profile", args=["document"])
    for who in (librarian, manager):
        assert "rules-form" not in who.get(RULE).content.decode()
        assert who.post(RULE, {}).status_code == 403
        assert "profile-form" not in who.get(document).content.decode()
        assert who.post(document, {"name": "x"}).status_code == 403
        assert who.get(reverse("staff_digital:profile_new")).status_code == 403
        assert who.post(reverse("staff_digital:profile_drop", args=["document"])).status_code == 403
    assert "rules-form" in admin.get(RULE).content.decode()
    assert admin.get(reverse("staff_digital:rule", args=["permitted"])).status_code == 404
    assert admin.get(reverse("staff_digital:profile", args=["none-such"])).status_code == 404


def test_only_what_was_looked_at_is_put_in_force(admin: Client, home: Library) -> None:
    """RGT-12."""
    orphan = published(home, "Hương ước <b>làng chài</b>", Status.UNKNOWN)
    first = admin.get(RULE).content.decode()
    asked = posted(first, **{"form-0-access": "closed", "form-0-basis": "Quyết định 7/QĐ-SVHTTDL"})
    shown = admin.post(RULE, asked)
    assert shown.status_code == 200
    html = shown.content.decode()
    assert "1 published object closes" in html
    assert "Hương ước &lt;b&gt;làng chài&lt;/b&gt;" in html
    assert orphan.public_id in html
    assert not AccessRule.objects.exists(), "looking changes nothing"
    other = posted(html, **{"form-0-access": "open"})
    again = admin.post(RULE, {**other, "looked": looked(html)})
    assert "1 published object opens" in again.content.decode()
    assert not AccessRule.objects.exists(), "something else was looked at"
    done = admin.post(RULE, {**posted(html), "looked": looked(html)})
    assert done.status_code == 302
    assert AccessRule.objects.get().access == "closed"
    late = admin.post(RULE, {**posted(html), "looked": looked(html)})
    assert late.status_code == 409
    page = admin.get(RULE).content.decode()
    entry = re.search(r"\?back=(\d+)", page)
    assert entry is not None
    back = admin.get(f"{RULE}?back={entry[1]}").content.decode()
    assert "1 published object opens" in back
    assert admin.post(RULE, {**posted(back), "looked": looked(back)}).status_code == 302
    assert not AccessRule.objects.exists(), "the shipped rules speak again"
    assert admin.get(f"{RULE}?back=999999").status_code == 404
    assert admin.get(f"{RULE}?back=x").status_code == 200


def test_more_rules_are_undone_to_fewer(admin: Client) -> None:
    """RGT-12: the rows of the form are those that would be, not those that are."""
    first = admin.get(RULE).content.decode()
    both = posted(first, **{
        "form-0-valid_until": "2026-12-31",
        "form-1-access": "open", "form-1-valid_from": "2027-01-01", "form-1-basis": "Quyết định 8",
    })  # fmt: skip
    shown = admin.post(RULE, both).content.decode()
    assert "A further rule" in shown
    assert admin.post(RULE, {**posted(shown), "looked": looked(shown)}).status_code == 302
    assert AccessRule.objects.count() == 2
    back = admin.get(f"{RULE}?back=shipped").content.decode()
    assert admin.post(RULE, {**posted(back), "looked": looked(back)}).status_code == 302
    assert not AccessRule.objects.exists()


def test_rules_that_cannot_be_are_told(admin: Client) -> None:
    """RGT-13."""
    first = admin.get(RULE).content.decode()
    further = {"form-1-access": "open", "form-1-valid_from": "2027-01-01", "form-1-basis": "x"}
    both = admin.post(RULE, posted(first, **further))
    assert both.status_code == 422
    assert "Two rules speak of the same day" in both.content.decode()
    gone = admin.post(RULE, posted(first, **{"form-0-DELETE": "on"}))
    assert "at least one rule" in gone.content.decode()
    wrong: tuple[dict[str, Any], ...] = (
        {"form-0-valid_from": "soon"}, {"form-0-access": "everybody"}, {"form-0-basis": ""},
        {"form-TOTAL_FORMS": "99999"}, {"form-TOTAL_FORMS": "x"},
    )  # fmt: skip
    for changes in wrong:
        assert admin.post(RULE, posted(first, **changes)).status_code == 422, changes
    assert admin.post(RULE, {}).status_code == 422
    gap = admin.post(RULE, posted(first, **{"form-0-valid_until": "2030-12-31"})).content.decode()
    assert "From 01/01/2031 on no rule speaks" in gap


def test_the_rights_page_says_which_rule_counts(admin: Client, manager: Client, home: Library) -> None:
    """RGT-2."""
    orphan = published(home, "Hương ước", Status.UNKNOWN)
    AccessRule.objects.create(
        status="unknown", access="signed", valid_from="2020-01-01", basis="Quyết định 7/QĐ", certainty="found"
    )
    page = manager.get(reverse("staff_digital:rights", args=[orphan.public_id])).content.decode()
    assert "Quyết định 7/QĐ" in page
    assert "By a rule of the administrator" in page


def test_a_profile_is_changed_after_looking_and_put_back(admin: Client, librarian: Client) -> None:
    """WFL-17."""
    where = reverse("staff_digital:profile", args=["document"])
    first = admin.get(where).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', first)
    assert seen is not None
    said = {"name": "Tài liệu", "basis": "Quyết định 9", "valid_from": "2026-01-01", "min_dpi": "300", "seen": seen[1]}
    assert admin.post(where, {**said, "min_dpi": "7"}).status_code == 422
    shown = admin.post(where, said).content.decode()
    assert "not asked" in shown
    assert not QualityProfile.objects.exists()
    assert admin.post(where, {**said, "looked": looked(shown)}).status_code == 302
    assert QualityProfile.objects.get().limits == {"min_dpi": 300}
    assert admin.post(where, {**said, "min_dpi": "400", "looked": "x"}).status_code == 200
    assert "300 dpi" in librarian.get(where).content.decode()
    back = admin.get(where + "?back=shipped").content.decode()
    assert looked(back)
    new = reverse("staff_digital:profile_new")
    made = {**said, "seen": "", "code": "newspaper", "name": "Báo"}
    assert admin.post(new, {**made, "code": "document"}).status_code == 422
    assert admin.post(new, made).status_code == 302
    page = admin.get(reverse("staff_digital:profile", args=["newspaper"])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    drop = reverse("staff_digital:profile_drop", args=["newspaper"])
    admin.post(drop, {"seen": "other"})
    assert QualityProfile.objects.filter(code="newspaper").exists()
    admin.post(drop, {"seen": seen[1]})
    assert not QualityProfile.objects.filter(code="newspaper").exists()


def test_a_closed_house_is_not_called_open_to_everybody(manager: Client, home: Library) -> None:
    """RGT-3: its own people are told what follows for them."""
    obj = published(home, "Sổ tay đơn vị")
    page = reverse("staff_digital:rights", args=[obj.public_id])
    assert "Open to everybody" in manager.get(page).content.decode()
    home.closed = True
    home.save()
    closed = manager.get(page).content.decode()
    assert "Open to everybody" not in closed
    assert "For the people of this library only" in closed
