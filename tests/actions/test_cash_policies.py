"""Cash policies: drafts with cases, a second person publishes, one in force for every day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.cash_policies import (
    discard_cash_policy,
    draft_cash_policy,
    publish_cash_policy,
)
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.policies import discard_policy
from dunwell.actions.rates import set_rate
from dunwell.engine.cash_policy import ACCOUNTS, STANDARD_CASH
from dunwell.models import EntryLine, PolicyVersion
from dunwell.queries.cash_policies import budget_use, cash_policy_in_force, shipped_cash_text
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_user

TEXT = """\
cash:
  valid_from: 2026-03-10
  returned: {fee_minor: 500}
  write_off: {month_minor: 1000}
cases:
  - {name: too much for the month, difference_minor: 200, item_minor: 10000, spent_minor: 900, expect: above_budget}
"""


@pytest.fixture
def second(company):
    return add_user(company, "max", "credit_manager")


def draft(user, text=TEXT):
    return draft_cash_policy(actor=acting(user), text=text, at=AT)


def publish(user, version, as_of=TODAY):
    publish_cash_policy(actor=acting(user), version=version, as_of=as_of, at=AT)


def test_a_policy_is_in_force_from_its_day_on_once_a_second_person_published_it(
    company, manager, second
):
    first = draft(manager)
    assert draft(manager) == first and (first.name, first.version) == ("cash", 1)
    later = draft(manager, TEXT.replace("03-10", "04-01").replace("500", "600"))
    assert cash_policy_in_force(company, as_of=date(2026, 3, 10)) == STANDARD_CASH

    with pytest.raises(Refused, match="somebody else has to publish it"):
        publish(manager, first)
    publish(second, first)
    publish(second, later)

    fees = [
        cash_policy_in_force(company, as_of=day).returned.fee_minor
        for day in (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 31), date(2026, 4, 1))
    ]
    assert fees == [0, 500, 500, 600]
    assert verbs(company) == [
        "cash_policy.drafted", "cash_policy.drafted", "cash_policy.published",
        "cash_policy.published",
    ]  # fmt: skip
    assert last_event(company)[3] == {
        "name": "cash", "version": 2, "valid_from": "2026-04-01", "author": "mona", "override": "",
    }  # fmt: skip


def test_of_two_from_one_day_the_later_one_applies(company, manager, second):
    publish(second, draft(manager))
    publish(second, draft(manager, TEXT.replace("500", "900")))
    publish(second, draft(manager, TEXT.replace("cash:\n", "cash:\n  name: other\n")))
    assert cash_policy_in_force(company, as_of=date(2026, 3, 10)).name == "other"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cash: [", "line 1: "),
        (TEXT.replace("fee_minor: 500", "fee: 5"), "line 3: cash, returned: field 'fee' is not"),
        (TEXT.replace("above_budget", "written_off"), "line 6: case 1 fails: too much for the"),
        (TEXT.replace("  valid_from: 2026-03-10\n", ""), "line 2: cash: valid_from must be a day"),
        (TEXT.replace("cash:\n", "strategy:\n"), "line 1: document: field 'strategy' is not"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(company, manager, text, sentence):
    with pytest.raises(Refused) as refusal:
        draft(manager, text)
    assert str(refusal.value).startswith(sentence)
    assert PolicyVersion.objects.count() == 0 and verbs(company) == []


def test_a_day_gone_by_is_refused_and_a_draft_is_discarded_once(company, manager, second):
    version = draft(manager)
    with pytest.raises(Refused, match="so that past days keep their cash policy"):
        publish(second, version, as_of=date(2026, 3, 11))
    discard_cash_policy(actor=acting(manager), version=version, at=AT)
    version.refresh_from_db()
    with pytest.raises(Refused, match="This version is discarded and cannot be published"):
        publish(second, version)
    with pytest.raises(Refused, match="This strategy belongs to another company"):
        discard_policy(actor=acting(manager), version=draft(manager), at=AT)


def test_the_shipped_text_is_the_standard(company, manager, second):
    text = shipped_cash_text().replace("2026-01-01", TODAY.isoformat())
    publish(second, draft(manager, text))
    found = cash_policy_in_force(company, as_of=TODAY)
    assert replace(found, valid_from=date.min, cases=()) == STANDARD_CASH
    assert len(found.cases) == 8


def test_the_accounts_a_policy_may_number_are_those_of_the_ledger():
    assert set(ACCOUNTS) == set(EntryLine.Account.values)


def test_rights_and_companies_are_kept_apart(manager, clerk, admin, rival):
    with pytest.raises(Forbidden):
        draft(clerk)
    version = draft(admin)
    with pytest.raises(Forbidden):
        publish(admin, version)
    with pytest.raises(Refused, match="belongs to another company"):
        publish(rival, version)


def test_the_budget_of_the_month_counts_what_was_given_up_less_what_was_taken_back(
    company, manager, second, customer
):
    actor = system(company)
    publish(second, draft(manager, TEXT.replace("2026-03-10", TODAY.isoformat())))
    set_rate(
        actor=actor, currency="USD", from_on=date(2026, 1, 1), rate_ppm=900_000, source="t", at=AT
    )

    def give_up(number, minor, kind="small_balance", currency="EUR", as_of=TODAY):
        item = invoice(customer, number, 100_00, currency=currency)
        return record_adjustment(
            actor=actor,
            item=item,
            kind=kind,
            amount_minor=minor,
            reason="small",
            as_of=as_of,
            at=AT,
        )

    give_up("R1", 3_00)
    give_up("R2", 2_00, currency="USD")
    give_up("R3", 9_00, kind="write_off")
    give_up("R4", 1_00, as_of=TODAY + timedelta(days=40))
    back = give_up("R5", 4_00)
    reverse_adjustment(actor=actor, adjustment=back, reason="paid", as_of=TODAY, at=AT)

    use = budget_use(company, as_of=TODAY)

    assert (use.budget_minor, use.spent_minor, use.left_minor, use.used_ppm) == (
        10_00, 4_80, 5_20, 480_000,
    )  # fmt: skip
    assert [(s.currency, s.count, s.amount_minor, s.home_minor) for s in use.spent] == [
        ("EUR", 3, 3_00, 3_00), ("USD", 1, 2_00, 1_80),
    ]  # fmt: skip
    assert [(r.item, r.amount_minor) for r in use.rows] == [
        ("R5", -4_00), ("R5", 4_00), ("R2", 2_00), ("R1", 3_00),
    ]  # fmt: skip
