"""Who looks after whose account: opened, reset, switched off; never more power than one's own (NW-7, NW-9 to NW-11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.network import policy, selectors
from lienthu.domain.network.errors import InvalidData, NotAllowed
from lienthu.domain.network.models import Library, RoleAssignment
from lienthu.domain.network.policy import AccountFacts, Block, Grant, Permission, PersonFacts, Role
from lienthu.domain.network.services.accounts import (
    open_account_for,
    release_lockout,
    reset_password,
    switch_account,
)
from lienthu.domain.network.services.roles import grant_role
from lienthu.domain.network.tests.factories import PASSWORD, TESTS, give_role, make_admin, make_library, make_person
from lienthu.platform.actor import Actor
from lienthu.platform.models import AuditEntry, User

LIBRARIES = (1, 2)
_grants = st.builds(
    lambda role, library: Grant(role, None if role in policy.PROVINCE_WIDE else library),
    st.sampled_from(Role),
    st.sampled_from(LIBRARIES),
)
_some = st.frozensets(_grants, max_size=4)


@given(mine=_some, theirs=_some, own=st.booleans())
def test_whoever_may_reset_a_password_could_do_all_that_the_account_can(
    mine: frozenset[Grant], theirs: frozenset[Grant], own: bool
) -> None:
    """Whatever the roles of two people: taking over the other account brings no power that one did not have."""
    me = PersonFacts(signed_in=True, active=True, grants=mine)
    libraries = frozenset(g.library_id for g in theirs if g.library_id is not None)
    account = AccountFacts(own=own, grants=theirs, libraries=libraries)
    if not policy.decide_account_change(me, account).allowed:
        return
    assert not own
    them = PersonFacts(signed_in=True, active=True, grants=theirs)
    for permission in Permission:
        for library in (None, *LIBRARIES):
            if policy.decide_permission(them, permission, library).allowed:
                assert policy.decide_permission(me, permission, library).allowed, (permission, library)


@given(mine=_some, theirs=_some, first=st.booleans(), active=st.booleans())
def test_without_the_right_to_give_roles_nobody_is_looked_after(
    mine: frozenset[Grant], theirs: frozenset[Grant], first: bool, active: bool
) -> None:
    me = PersonFacts(signed_in=True, active=active, grants=mine, password_first=first)
    account = AccountFacts(grants=theirs, libraries=frozenset(LIBRARIES))
    manages = any(g.role in (Role.LIBRARY_MANAGER, Role.PROVINCIAL_ADMIN) for g in mine)
    if not manages or first or not active:
        assert not policy.decide_account_change(me, account).allowed
        assert not policy.decide_account_sight(me, account).allowed


def actor(user: User) -> Actor:
    return Actor(user.pk, str(user))


@pytest.fixture
def home(db: None) -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def other(db: None) -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def manager(home: Library) -> User:
    return make_person("minh", (Role.LIBRARY_MANAGER, home))


@pytest.fixture
def admin(db: None) -> User:
    return make_admin()


def opened(by: User, library: Library, role: Role = Role.LIBRARIAN, name: str = "hoa") -> tuple[User, str]:
    return open_account_for(
        username=name, display_name="Trần Thị Hoa", role=role, library_id=library.pk, actor=actor(by)
    )


def test_a_manager_opens_accounts_at_home_with_a_password_that_opens_nothing_yet(manager: User, home: Library) -> None:
    hoa, password = opened(manager, home)
    assert hoa.check_password(password)
    assert len(password.replace("-", "")) == 16
    assert hoa.one_time_until is not None
    assert timedelta(days=6) < hoa.one_time_until - timezone.now() <= timedelta(days=7)
    assert not selectors.allowed(hoa, Permission.VIEW_STAFF)
    assert selectors.facts_of(hoa).password_first
    assert not selectors.libraries_for(hoa, Permission.VIEW_STAFF).exists()
    User.objects.filter(pk=hoa.pk).update(one_time_until=None)
    assert selectors.allowed(User.objects.get(pk=hoa.pk), Permission.IMPORT_RECORDS, home.pk)
    told = list(AuditEntry.objects.filter(library_id=home.pk, actor_id=manager.pk).order_by("id"))
    assert [row.action for row in told] == ["account.opened", "role.granted"]
    assert all(password not in str(row.detail) for row in told)


@pytest.mark.parametrize("role", [Role.LIBRARY_MANAGER, Role.UNION_EDITOR, Role.PROVINCIAL_ADMIN])
def test_a_manager_opens_none_with_a_higher_role(manager: User, home: Library, role: Role) -> None:
    library = None if role in policy.PROVINCE_WIDE else home.pk
    with pytest.raises(NotAllowed):
        open_account_for(username="x", display_name="X", role=role, library_id=library, actor=actor(manager))
    assert not User.objects.filter(username="x").exists()


def test_nor_in_another_library_nor_does_a_librarian_at_all(manager: User, home: Library, other: Library) -> None:
    with pytest.raises(NotAllowed):
        opened(manager, other)
    with pytest.raises(NotAllowed):
        opened(make_person("an", (Role.LIBRARIAN, home)), home, Role.READER)
    assert User.objects.count() == 2


@pytest.mark.parametrize("name", ["minh", "MINH", " minh ", "", "hai từ", "a" * 151])
def test_a_name_that_is_taken_or_none_is_refused(manager: User, home: Library, name: str) -> None:
    with pytest.raises(InvalidData) as refused:
        opened(manager, home, name=name)
    assert "username" in refused.value.errors
    assert User.objects.count() == 1


def test_a_reset_ends_the_old_password_and_is_told(manager: User, home: Library) -> None:
    hoa = make_person("hoa", (Role.LIBRARIAN, home))
    before = hoa.get_session_auth_hash()
    user, password = reset_password(user_id=hoa.pk, actor=actor(manager))
    hoa.refresh_from_db()
    assert (hoa.check_password(password), hoa.check_password(PASSWORD)) == (True, False)
    assert hoa.get_session_auth_hash() != before, "every session of the account ends"
    assert user.one_time_until
    assert AuditEntry.objects.get(action="account.password_reset").library_id == home.pk


def test_a_manager_resets_nobody_who_could_do_more(manager: User, admin: User, home: Library, other: Library) -> None:
    mixed = make_person("lam", (Role.LIBRARIAN, home), (Role.LIBRARIAN, other))
    higher = make_person("thu", (Role.LIBRARIAN, home), (Role.LIBRARY_MANAGER, home))
    editor = make_person("ngoc", (Role.READER, home), (Role.UNION_EDITOR, None))
    root = make_person("root", (Role.READER, home), is_superuser=True)
    later = make_person("mai", (Role.READER, home))
    give_role(later, Role.PROVINCIAL_ADMIN, valid_from=timezone.localdate() + timedelta(days=30))
    stranger = make_person("xa", (Role.LIBRARIAN, other))
    nobody = make_person("trong")
    for person in (admin, mixed, higher, editor, root, later, stranger, nobody):
        for act in (
            lambda pk: reset_password(user_id=pk, actor=actor(manager)),
            lambda pk: switch_account(user_id=pk, on=False, actor=actor(manager)),
            lambda pk: release_lockout(user_id=pk, actor=actor(manager)),
        ):
            with pytest.raises(NotAllowed):
                act(person.pk)
        person.refresh_from_db()
        assert person.is_active
        assert person.check_password(PASSWORD)


def test_a_role_that_has_ended_counts_for_seeing_not_against(manager: User, home: Library, other: Library) -> None:
    left = make_person("cu", (Role.READER, home))
    give_role(left, Role.LIBRARY_MANAGER, other, valid_to=date(2021, 1, 1))
    assert reset_password(user_id=left.pk, actor=actor(manager))
    former = make_person("xua")
    give_role(former, Role.LIBRARIAN, home, valid_to=date(2021, 1, 1))
    assert not switch_account(user_id=former.pk, on=False, actor=actor(manager)).is_active


def test_nobody_does_it_to_the_own_account_and_the_last_administrator_stays(admin: User) -> None:
    with pytest.raises(NotAllowed) as refused:
        reset_password(user_id=admin.pk, actor=actor(admin))
    assert refused.value.decision.blocks == {Block.OWN_ACCOUNT}
    with pytest.raises(NotAllowed) as refused:
        switch_account(user_id=admin.pk, on=False, actor=TESTS)
    assert refused.value.decision.blocks == {Block.LAST_ADMIN}
    second = make_admin("binh")
    assert not switch_account(user_id=second.pk, on=False, actor=actor(admin)).is_active
    with pytest.raises(NotAllowed):
        switch_account(user_id=admin.pk, on=False, actor=TESTS)
    assert switch_account(user_id=second.pk, on=True, actor=actor(admin)).is_active


def test_no_role_goes_to_an_account_whose_password_somebody_else_knows(
    manager: User, admin: User, home: Library, other: Library
) -> None:
    hoa, _password = opened(manager, home)
    with pytest.raises(InvalidData):
        grant_role(user_id=hoa.pk, role=Role.UNION_EDITOR, actor=actor(admin))
    with pytest.raises(InvalidData):
        grant_role(user_id=hoa.pk, role=Role.LIBRARIAN, library_id=other.pk, actor=actor(admin))
    grant_role(user_id=hoa.pk, role=Role.READER, library_id=home.pk, actor=actor(manager))
    reset_password(user_id=hoa.pk, actor=actor(admin))
    grant_role(user_id=hoa.pk, role=Role.UNION_EDITOR, actor=actor(admin))
    assert RoleAssignment.objects.filter(user=hoa).count() == 3


def test_a_list_takes_the_same_statements_for_any_number(
    manager: User, home: Library, django_assert_num_queries
) -> None:
    for n in range(5):
        make_person(f"nguoi{n}", (Role.LIBRARIAN, home))
    facts = selectors.facts_of(manager)
    with django_assert_num_queries(2):
        rows = selectors.account_list(facts, onlooker=manager.pk)
    assert [(r.user.username, r.may_change) for r in rows] == [
        ("minh", False), *((f"nguoi{n}", True) for n in range(5)),
    ]  # fmt: skip
    page = selectors.account_list(facts, onlooker=manager.pk, after="nguoi1", limit=2)
    assert [r.user.username for r in page] == ["nguoi2", "nguoi3"]
