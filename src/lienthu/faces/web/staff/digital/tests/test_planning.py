"""Planning from the catalogue by a search. Rule WFL-22."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lienthu.domain.digital.models import DigitalObject, Project
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.roles import grant_role
from lienthu.faces.web.staff.digital.views import projects
from lienthu.platform.actor import Actor
from lienthu.platform.models import User


@pytest.fixture
def desk(province: Any) -> Client:
    """A librarian of the provincial library, whose catalogue is indexed."""
    user = User.objects.create_user("quét")
    library = Library.objects.get(code="VN-QNTV")
    grant_role(user_id=user.pk, role=Role.LIBRARIAN, library_id=library.pk, actor=Actor.system("tests"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def project(province: Any) -> Project:
    return Project.objects.create(library=Library.objects.get(code="VN-QNTV"), code="dia-chi", name="Địa chí")


def test_what_a_search_finds_is_shown_and_planned_once(desk: Client, project: Project) -> None:
    """WFL-22: of the project's library only, and what is planned already is left out."""
    plan = reverse("staff_digital:project_plan", args=[project.pk])
    before = DigitalObject.objects.count()
    shown = desk.post(plan, {"search": "quảng ninh", "look": "1"})
    assert (shown.status_code, DigitalObject.objects.count()) == (200, before)
    titles, there = shown.context["looked"].titles, shown.context["looked"].there
    assert len(titles) > 3
    unmarked = desk.post(plan, {"search": "quang ninh", "look": "1"}).context["looked"].titles
    assert {one.record_id for one in titles} <= {one.record_id for one in unmarked}, "WFL-24"
    html = shown.content.decode()
    assert all(one.title.split(":")[0].split("/")[0].strip()[:15] in html for one in titles[:3])
    assert desk.post(plan, {"search": "quảng ninh"}).status_code == 302
    made = list(project.volumes.select_related("record"))
    assert len(made) == len(titles)
    assert {o.record.library_id for o in made} == {project.library_id}
    again = desk.post(plan, {"search": "quảng ninh", "look": "1"}).context["looked"]
    assert (again.titles, again.there) == ([], there + len(titles))
    assert desk.post(plan, {"search": "quảng ninh"}).status_code == 422, "nothing is left to be planned"
    assert project.volumes.count() == len(titles)


def test_a_search_gives_nothing_up_and_asks_to_be_narrow(
    desk: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WFL-22."""
    plan = reverse("staff_digital:project_plan", args=[project.pk])
    assert desk.post(plan, {"search": "quảng ninh zyxwvuts", "look": "1"}).context["looked"].titles == []
    monkeypatch.setattr(projects, "MOST_FOUND", 2)
    refused = desk.post(plan, {"search": "quảng ninh"})
    assert (refused.status_code, project.volumes.count()) == (422, 0)
    Library.objects.filter(pk=project.library_id).update(closed=True)
    closed = desk.post(plan, {"search": "nothing at all zyxwvuts"})
    assert closed.status_code == 422, closed.context["form"].errors
    assert "closed libraries" in str(closed.context["form"].errors), "it says where to go instead"
    assert project.volumes.count() == 0
