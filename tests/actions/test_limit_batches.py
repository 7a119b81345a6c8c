"""Many limits in one step: from a file and by a change, judged as each one by hand."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Refused
from dunwell.actions.limit_batches import (
    AddedLimits,
    adjust_limits,
    import_limits,
    receive_limit_file,
)
from dunwell.actions.uploads import Upload, upload_path
from dunwell.engine.limit_wishes import Change, Wish
from dunwell.formats.limit_rows import LimitLine
from dunwell.models import ApprovalRequest, CreditLimit
from dunwell.queries.limit_checks import asked_of_change, asked_of_lines, checked_limits, grouped
from dunwell.queries.limits import limits_in_force
from tests.actions.desk import acting, verbs
from tests.actions.limit_rows import approved, proposed
from tests.actions.test_limits import rated
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def analyst(company):
    return add_user(company, "nina", "credit_analyst")


def line(row, number, amount_minor, **fields):
    return LimitLine(row=row, customer_number=number, amount_minor=amount_minor, **fields)


def added(user, *lines, **fields):
    return import_limits(
        actor=acting(user), lines=lines, **{"reason": "from the old system", **ON, **fields}
    )


def limit_of(customer, **on):
    company = customer.company
    return limits_in_force(company, **{"as_of": TODAY, **on})[customer.pk].limit_minor


def test_lines_within_authority_are_approved_and_the_others_wait(company, customer, analyst):
    rated(customer)
    other = rated(add_customer(company, "N2"))
    approved(90_000_00, customer=add_customer(company, "N3"))
    known = add_customer(company, "N4")
    approved(70_00, customer=known)

    told = added(
        analyst,
        line(2, "K1", 20_000_00),
        line(3, "N2", 30_000_00, reason="they grow"),
        line(4, "N3", 80_000_00),
        line(5, "N4", 70_00),
    )

    assert told == AddedLimits(approved=2, proposed=1, known=1)
    assert (limit_of(customer), limit_of(other)) == (20_000_00, None)
    request = ApprovalRequest.objects.get()
    assert (request.customer_id, request.reason, request.amount_minor) == (
        other.pk, "they grow", 30_000_00,
    )  # fmt: skip
    row = CreditLimit.objects.get(customer=customer)
    assert (row.source, row.reason, row.authority["rule"]) == (
        "import", "from the old system", "limit/credit_analyst/low",
    )  # fmt: skip
    assert verbs(company)[-3:] == ["limit.approved", "limit.proposed", "limit.approved"]


def test_the_same_file_again_changes_nothing(company, customer, analyst):
    rated(customer)
    lines = [
        line(2, "K1", 20_000_00),
        line(3, "K1", 5_00, kind="insured", until_on=TODAY + timedelta(days=9)),
    ]
    added(analyst, *lines)

    later = {"as_of": TODAY + timedelta(days=1), "at": AT + timedelta(days=1)}
    assert added(analyst, *lines) == AddedLimits(approved=0, proposed=0, known=2)
    assert added(analyst, *lines, **later) == AddedLimits(approved=0, proposed=0, known=2)
    assert CreditLimit.objects.count() == 2


def test_days_gone_by_are_taken_as_told_and_known_since_the_import(customer, analyst):
    past = TODAY - timedelta(days=30)
    rated(customer)

    added(analyst, line(2, "K1", 20_000_00, from_on=past))

    assert limit_of(customer, as_of=past) == 20_000_00
    assert limit_of(customer, as_of=past, known_on=past) is None


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"number": "N9"}, "Row 2: There is no customer N9"),
        ({"currency": "USD"}, "Limits are in EUR, not in USD"),
        ({"amount": -1}, "0 or more"),
        ({"kind": "temporary"}, "needs its last day"),
        ({"kind": "suspension"}, "write 0"),
        ({"until_on": TODAY - timedelta(days=1)}, "before the first"),
        ({"from_on": TODAY - timedelta(days=9), "until_on": TODAY - timedelta(days=1)},
         "a limit that is over"),
        ({"problem": "no amount"}, "no amount"),
    ],
)  # fmt: skip
def test_one_wrong_line_and_nothing_is_added(customer, analyst, fields, match):
    number, amount = fields.pop("number", "K1"), fields.pop("amount", 5_00)

    with pytest.raises(Refused, match=match):
        added(analyst, line(2, number, amount, **fields), line(3, "K1", 0, kind="suspension"))
    assert CreditLimit.objects.count() == 0


def test_a_line_twice_and_one_that_waits_already_are_refused(customer, analyst):
    with pytest.raises(Refused, match="Row 3: Row 2 says another limit"):
        added(analyst, line(2, "K1", 5_00), line(3, "K1", 6_00))
    proposed(50_00, customer=customer)
    with pytest.raises(Refused, match="nina asked for another limit"):
        added(analyst, line(2, "K1", 5_00))
    with pytest.raises(Refused, match="No line was chosen"):
        added(analyst, line(2, "K1", 5_00), rows=[])
    with pytest.raises(Refused, match="Say why"):
        added(analyst, line(2, "K1", 5_00), reason="")


def test_limits_are_raised_by_a_share_and_rounded(company, customer, analyst):
    rated(customer)
    approved(10_000_00, customer=customer, until_on=TODAY + timedelta(days=90))
    stated = rated(add_customer(company, "N2", credit_limit_minor=3_333_00))
    none = add_customer(company, "N3")
    expired = add_customer(company, "N4")
    approved(5_00, customer=expired, until_on=TODAY - timedelta(days=1))
    change = Change(way="percent", value=100_000, step_minor=100_00)

    told = adjust_limits(
        actor=acting(analyst), change=change, from_on=TODAY, reason="prices rose",
        customer_ids=[customer.pk, stated.pk, none.pk, expired.pk], **ON,
    )  # fmt: skip

    assert told == AddedLimits(approved=2, proposed=0, known=0)
    assert [limit_of(one) for one in (customer, stated, none, expired)] == [
        11_000_00, 3_700_00, None, 0,
    ]  # fmt: skip
    row = CreditLimit.objects.filter(customer=customer, source="adjustment").get()
    assert (row.until_on, row.reason) == (TODAY + timedelta(days=90), "prices rose")


def test_a_change_begins_today_or_later_and_needs_a_limit_to_change(customer, analyst):
    change = Change(way="fixed", value=5_00)
    with pytest.raises(Refused, match="before today"):
        adjust_limits(
            actor=acting(analyst), change=change, from_on=TODAY - timedelta(days=1),
            reason="x", customer_ids=[customer.pk], **ON,
        )  # fmt: skip
    with pytest.raises(Refused, match="No line was chosen"):
        adjust_limits(
            actor=acting(analyst), change=change, from_on=TODAY, reason="x",
            customer_ids=[customer.pk], **ON,
        )  # fmt: skip


def test_the_preview_says_what_would_become_of_each_line(company, customer, analyst):
    approved(10_000_00, customer=customer)
    change = Change(way="fixed", value=-1_00)
    asked = asked_of_change(company, change, customer_ids=[customer.pk], from_on=TODAY)

    (one,) = checked_limits(
        company, asked, roles={"credit_analyst"}, user_id=None, is_told=False, as_of=TODAY
    )

    assert (one.state, one.before_minor, one.wish) == (
        "lower", 10_000_00, Wish("standard", 9_999_00, TODAY),
    )  # fmt: skip
    assert grouped([one]) == {"refused": 0, "approval": 0, "new": 0, "lower": 1, "known": 0}


@pytest.mark.parametrize("n", [1, 3])
def test_many_lines_cost_the_queries_of_one(company, n, django_assert_num_queries):
    for number in range(n):
        approved(5_00, customer=rated(add_customer(company, f"N{number}")))
    asked = asked_of_lines([line(k, f"N{k}", 50_00) for k in range(n)], as_of=TODAY)

    with django_assert_num_queries(8):
        checked_limits(
            company, asked, roles={"credit_analyst"}, user_id=None, is_told=False, as_of=TODAY
        )


def test_a_file_is_kept_until_its_lines_are_chosen(analyst):
    data = b"Customer,Limit\nK1,5.00\n"
    sha256 = receive_limit_file(actor=acting(analyst), file=Upload(name="l.csv", data=data), at=AT)

    assert upload_path(sha256).read_bytes() == data
    for wrong, match in ((b"", "is empty"), (b"a,b\n1,2\n", "no column is known")):
        with pytest.raises(Refused, match=match):
            receive_limit_file(actor=acting(analyst), file=Upload(name="l.csv", data=wrong), at=AT)
