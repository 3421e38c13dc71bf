"""Roles given and taken, and what the selectors make of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from lienthu.domain.network import selectors
from lienthu.domain.network.errors import NotAllowed, NotInForce
from lienthu.domain.network.models import RoleAssignment
from lienthu.domain.network.policy import Block, Permission, Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.services.roles import grant_role, revoke_role
from lienthu.domain.network.tests.factories import TESTS, give_role, make_admin, make_library, make_person
from lienthu.platform.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def test_a_librarian_of_one_library_cannot_touch_another() -> None:
    mine, theirs = make_library(), make_library()
    hoa = make_person("hoa", (Role.LIBRARY_MANAGER, mine))
    selectors.require(hoa, Permission.EDIT_LIBRARY, mine)
    with pytest.raises(NotAllowed) as refused:
        selectors.require(hoa, Permission.EDIT_LIBRARY, theirs)
    assert refused.value.decision.blocks == {Block.OTHER_LIBRARY}
    assert refused.value.status == 403
    assert list(selectors.libraries_for(hoa, Permission.EDIT_LIBRARY)) == [mine]


def test_a_visitor_may_do_nothing() -> None:
    visitor = AnonymousUser()
    assert not selectors.allowed(visitor, Permission.VIEW_STAFF)
    assert not selectors.libraries_for(visitor, Permission.VIEW_STAFF).exists()
    with pytest.raises(NotAllowed):
        selectors.actor_of(visitor)


def test_roles_hold_from_their_first_day_until_the_day_before_their_end() -> None:
    library, today = make_library(), timezone.localdate()
    ended, future, ending = (make_person() for _ in range(3))
    give_role(ended, Role.LIBRARIAN, library, valid_to=today)
    give_role(future, Role.LIBRARIAN, library, valid_from=today + timedelta(days=1))
    give_role(ending, Role.LIBRARIAN, library, valid_to=today + timedelta(days=1))
    assert [selectors.allowed(p, Permission.VIEW_STAFF) for p in (ended, future, ending)] == [
        False,
        False,
        True,
    ]


def test_a_switched_off_account_loses_everything() -> None:
    library = make_library()
    person = make_person("hoa", (Role.PROVINCIAL_ADMIN, None), is_active=False)
    assert not selectors.allowed(person, Permission.VIEW_STAFF)
    assert not selectors.libraries_for(person, Permission.VIEW_STAFF).filter(pk=library.pk).exists()


def test_rights_take_one_query_and_closed_libraries_one_more(django_assert_num_queries) -> None:
    open_one = make_library()
    barracks = make_library(particulars=Particulars(closed=True))
    librarian = make_person("hoa", (Role.LIBRARIAN, open_one))
    editor = make_person("minh", (Role.UNION_EDITOR, None))
    with django_assert_num_queries(1):
        rights = selectors.rights_of(librarian)
        assert [rights.allowed(p, open_one.pk) for p in (Permission.IMPORT_RECORDS, Permission.EDIT_UNION)] == [
            True,
            False,
        ]
    with django_assert_num_queries(2):
        rights = selectors.rights_of(editor)
        assert not rights.allowed(Permission.EXPORT_RECORDS, barracks.pk)
    assert list(selectors.libraries_for(editor, Permission.EXPORT_RECORDS)) == [open_one]
    assert set(selectors.libraries_for(make_admin(), Permission.EXPORT_RECORDS)) == {open_one, barracks}


def test_a_manager_appoints_librarians_at_home_only() -> None:
    mine, theirs = make_library(), make_library()
    manager, newcomer = make_person("hoa", (Role.LIBRARY_MANAGER, mine)), make_person("an")
    actor = selectors.actor_of(manager)
    grant_role(user_id=newcomer.pk, role=Role.LIBRARIAN, library_id=mine.pk, actor=actor)
    newcomer.refresh_from_db()
    assert selectors.allowed(newcomer, Permission.IMPORT_RECORDS, mine.pk)
    assert newcomer.is_staff
    for role, library_id in (
        (Role.LIBRARIAN, theirs.pk),
        (Role.LIBRARY_MANAGER, mine.pk),
        (Role.PROVINCIAL_ADMIN, None),
    ):
        with pytest.raises(NotAllowed):
            grant_role(user_id=newcomer.pk, role=role, library_id=library_id, actor=actor)
        with pytest.raises(NotAllowed):
            grant_role(user_id=manager.pk, role=role, library_id=library_id, actor=actor)


def test_a_role_is_given_once_and_may_be_given_again_after_it_was_taken() -> None:
    library, person = make_library(), make_person("an")
    first = grant_role(user_id=person.pk, role=Role.LIBRARIAN, library_id=library.pk, actor=TESTS)
    assert grant_role(user_id=person.pk, role=Role.LIBRARIAN, library_id=library.pk, actor=TESTS) == first
    revoke_role(assignment_id=first.pk, actor=TESTS)
    person.refresh_from_db()
    assert not selectors.allowed(person, Permission.VIEW_STAFF)
    assert not person.is_staff
    with pytest.raises(NotInForce):
        revoke_role(assignment_id=first.pk, actor=TESTS)
    again = grant_role(user_id=person.pk, role=Role.LIBRARIAN, library_id=library.pk, actor=TESTS)
    assert again != first
    actions = AuditEntry.objects.filter(object_type="network.roleassignment").values_list("action", flat=True)
    assert list(actions.order_by("id")) == ["role.granted", "role.revoked", "role.granted"]


def test_the_last_administrator_cannot_be_removed_even_by_a_switched_off_second_one() -> None:
    admin = make_admin()
    make_person("cu", (Role.PROVINCIAL_ADMIN, None), is_active=False)
    assignment = RoleAssignment.objects.get(user=admin)
    with pytest.raises(NotAllowed) as refused:
        revoke_role(assignment_id=assignment.pk, actor=selectors.actor_of(admin))
    assert refused.value.decision.blocks == {Block.LAST_ADMIN}
    make_person("moi", (Role.PROVINCIAL_ADMIN, None))
    revoke_role(assignment_id=assignment.pk, actor=selectors.actor_of(admin))
    assert not selectors.allowed(admin, Permission.MANAGE_ROLES)


def test_the_database_keeps_scopes_and_uniqueness() -> None:
    library, person = make_library(), make_person("an")
    give_role(person, Role.UNION_EDITOR)
    for wrong in (
        {"role": "librarian", "library": None},
        {"role": "provincial_admin", "library": library},
        {"role": "union_editor", "library": None},
    ):
        with pytest.raises(IntegrityError, match="roleassignment_"), transaction.atomic():
            RoleAssignment.objects.create(user=person, **wrong)


def test_a_superuser_is_an_administrator_of_the_province() -> None:
    root = User.objects.create_superuser("root")
    assert selectors.allowed(root, Permission.EDIT_NETWORK)
