"""Rules of access that the administrator sets: what they may say, what they would change, what is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from lienthu.domain.digital.access import SYSTEM, open_object, rules_in_force
from lienthu.domain.digital.errors import Conflict, RulesRefused
from lienthu.domain.digital.models import AccessRule, Collection
from lienthu.domain.digital.policy import Access, RightsFacts, Rule, Status
from lienthu.domain.digital.ruling import Alike, RuleFault, effects, fault_of, gaps_of
from lienthu.domain.digital.selectors.rules import effects_of, history_of, rules_of, shipped_of, titles_in
from lienthu.domain.digital.services.rules import set_rules
from lienthu.domain.digital.shipped.reading import StatedRule
from lienthu.domain.digital.tests.cast import CLERK, published
from lienthu.domain.network.tests.factories import make_library
from lienthu.platform.models import AuditEntry
from lienthu.platform.services.epoch import epoch

TODAY = date(2026, 11, 22)
NEW_YEAR = date(2027, 1, 1)
UNKNOWN = Status.UNKNOWN


def stated(
    access: Access, begins: date, ends: date | None = None, *, status: Status = UNKNOWN, basis: str = "Quyết định 1"
) -> StatedRule:
    return StatedRule(Rule(status, access, begins, ends), basis, "found")


@pytest.mark.parametrize(("rules", "fault"), [
    ([stated(Access.OPEN, TODAY)], None),
    ([stated(Access.OPEN, TODAY, NEW_YEAR), stated(Access.CLOSED, NEW_YEAR + timedelta(days=1))], None),
    ([], RuleFault.NONE),
    ([stated(Access.OPEN, date(1900 + n, 1, 1), date(1900 + n, 2, 1)) for n in range(31)], RuleFault.TOO_MANY),
    ([stated(Access.OPEN, TODAY, basis="  ")], RuleFault.NO_BASIS),
    ([StatedRule(Rule(UNKNOWN, Access.OPEN, TODAY), "x", "surely")], RuleFault.CERTAINTY),
    ([stated(Access.OPEN, date(1, 1, 1))], RuleFault.ODD_DAY),
    ([stated(Access.OPEN, TODAY, date.max)], RuleFault.ODD_DAY),
    ([stated(Access.OPEN, NEW_YEAR, TODAY)], RuleFault.BACKWARDS),
    ([stated(Access.OPEN, TODAY, NEW_YEAR), stated(Access.CLOSED, NEW_YEAR)], RuleFault.OVERLAP),
    ([stated(Access.CLOSED, NEW_YEAR), stated(Access.OPEN, TODAY)], RuleFault.OVERLAP),
])  # fmt: skip
def test_rules_that_cannot_be_are_refused(rules: list[StatedRule], fault: RuleFault | None) -> None:
    """RGT-13."""
    assert fault_of(rules) is fault


def test_days_without_a_rule_are_found() -> None:
    """RGT-13: a day without a rule is closed, so it is told."""
    later = NEW_YEAR + timedelta(days=9)
    assert gaps_of([Rule(UNKNOWN, Access.OPEN, date(1900, 1, 1))], TODAY) == []
    assert gaps_of([], TODAY) == [(TODAY, None)]
    found = gaps_of([Rule(UNKNOWN, Access.OPEN, date(1900, 1, 1), TODAY), Rule(UNKNOWN, Access.OPEN, later)], TODAY)
    assert found == [(TODAY + timedelta(days=1), later - timedelta(days=1))]
    past = Rule(UNKNOWN, Access.OPEN, date(1900, 1, 1), TODAY - timedelta(days=1))
    assert gaps_of([past], TODAY) == [(TODAY, None)]


def test_what_would_close_and_open_is_told_by_the_day() -> None:
    """RGT-12: each day on which something changes once, what closes first."""
    before = [
        Rule(UNKNOWN, Access.PREMISES, date(1900, 1, 1)),
        Rule(Status.IN_COPYRIGHT, Access.SEATS, date(1900, 1, 1)),
    ]
    after = [
        Rule(UNKNOWN, Access.PREMISES, date(1900, 1, 1), date(2026, 12, 31)),
        Rule(UNKNOWN, Access.OPEN, NEW_YEAR),
        before[1],
    ]
    alike = [
        Alike(RightsFacts(UNKNOWN), 3, (7, 5)),
        Alike(RightsFacts(UNKNOWN, copies_held=1), 2, (9,)),
        Alike(RightsFacts(Status.IN_COPYRIGHT), 4, (1,)),
    ]
    [told] = effects(alike, before, after, TODAY)
    assert told.on == NEW_YEAR
    [shift] = told.shifts
    assert (shift.before, shift.after, shift.count, shift.some) == (Access.PREMISES, Access.OPEN, 5, (7, 5, 9))
    assert shift.opens
    [closing] = effects(alike, after, before, TODAY)
    assert not closing.shifts[0].opens
    expired = RightsFacts(Status.PERMITTED, permission=Access.OPEN, permission_until=date(2020, 1, 1), copies_held=1)
    [told] = effects([Alike(expired, 1)], before, before[:1], TODAY)
    assert (told.shifts[0].before, told.shifts[0].after) == (Access.SEATS, Access.CLOSED), "counts as in copyright"


@pytest.mark.django_db
def test_hidden_objects_are_not_told_of(django_assert_num_queries: object) -> None:
    """RGT-3, RGT-12: neither counted nor named."""
    home, army = make_library(), make_library()
    army.closed = True
    army.save()
    shown = published(home, "Hương ước làng chài", UNKNOWN)
    published(army, "Sổ quân bưu", UNKNOWN)
    hidden = published(home, "Gia phả kín", UNKNOWN)
    hidden.collection = Collection.objects.create(library=home, code="kin", name="Kín", closed=True)
    hidden.save()
    published(home, "Công báo")
    wanted = [stated(Access.CLOSED, date(1900, 1, 1))]
    with django_assert_num_queries(3):  # type: ignore[operator]  # the plugin's fixture has no public type
        told = effects_of(UNKNOWN, wanted, timezone.localdate())
        titles = titles_in(told)
    [effect] = told
    assert [(s.before, s.after, s.count, set(s.some)) for s in effect.shifts] == [
        (Access.PREMISES, Access.CLOSED, 1, {shown.pk})
    ]
    assert list(titles) == [shown.pk]


@pytest.mark.django_db(transaction=True)
def test_rules_are_set_kept_and_put_back() -> None:
    """RGT-12, RGT-13: in force at once and for pictures that are remembered too; the shipped rules are not copied."""
    orphan = published(make_library(), "Hương ước làng chài", UNKNOWN)
    shipped = rules_of(UNKNOWN)
    assert not shipped.own
    wanted = [stated(Access.OPEN, date(2026, 1, 1), basis="Quyết đi\u0323nh 12/QĐ-UBND")]
    number = epoch().read()
    after = set_rules(UNKNOWN, wanted, seen=shipped.stamp, actor=CLERK)
    assert epoch().read() > number
    assert (after.own, [r.rule.access for r in after.rules]) == (True, [Access.OPEN])
    assert after.rules[0].basis == "Quyết định 12/QĐ-UBND"
    assert open_object(orphan.public_id, SYSTEM).audiences.access is Access.OPEN
    assert [r for r in rules_in_force(timezone.localdate()) if r.status is UNKNOWN] == [after.rules[0].rule]
    with pytest.raises(Conflict):
        set_rules(UNKNOWN, shipped_of(UNKNOWN), seen=shipped.stamp, actor=CLERK)
    with pytest.raises(RulesRefused):
        set_rules(UNKNOWN, [], seen=after.stamp, actor=CLERK)
    assert set_rules(UNKNOWN, after.rules, seen=after.stamp, actor=CLERK) == after
    assert AuditEntry.objects.filter(action="digital.rules_set").count() == 1, "the same again is no change"
    [past] = history_of(UNKNOWN)
    assert (past.before, past.after) == (shipped.rules, after.rules)
    back = set_rules(UNKNOWN, past.before, seen=after.stamp, actor=CLERK)
    assert back == shipped
    assert not AccessRule.objects.exists()
    assert [p.entry.detail["shipped"] for p in history_of(UNKNOWN)] == [True, False]
    with pytest.raises(RulesRefused):
        set_rules(Status.PERMITTED, wanted, seen="", actor=CLERK)
