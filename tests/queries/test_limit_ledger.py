from datetime import timedelta

import pytest

from dunwell.queries.limit_ledger import (
    LedgerFilter,
    LimitLedgerRow,
    expiring_filter,
    limit_row,
    limit_rows,
)
from dunwell.queries.limit_use import (
    UseFilter,
    group_row,
    group_rows,
    member_rows,
    use_rows,
)
from tests.actions.ledger_rows import invoice
from tests.actions.limit_rows import LONG_AGO, approved, group_of, proposed
from tests.conftest import TODAY, add_customer

YESTERDAY = TODAY - timedelta(days=1)


def states_of(company, **on):
    page = limit_rows(company, **{"as_of": TODAY, **on})
    return [(row.amount_minor, row.status, row.state) for row in page.rows]


def test_a_row_says_everything_that_was_decided(company, customer):
    row = approved(100_00, customer=customer, authority={"rule": "limit/credit_manager/low"})

    assert limit_row(company, row.pk, as_of=TODAY) == LimitLedgerRow(
        id=row.pk,
        customer_id=customer.pk,
        customer_number="K1",
        customer_name="Acme",
        group_id=None,
        group="",
        segment="",
        kind="standard",
        kind_label="Standard",
        status="approved",
        status_label="Approved",
        state="in_force",
        currency="EUR",
        amount_minor=100_00,
        from_on=LONG_AGO,
        until_on=None,
        reason="as agreed",
        source="staff",
        risk_class="",
        rule="limit/credit_manager/low",
        asked_by="nina",
        asked_on=LONG_AGO,
        decided_by="mona",
        decided_on=LONG_AGO,
        decision_reason="",
    )
    assert limit_row(company, row.pk + 1, as_of=TODAY) is None


def test_the_ledger_tells_what_applied_on_a_day_as_known_on_a_day(company, customer):
    approved(100_00, customer=customer)
    approved(50_00, customer=customer, from_on=YESTERDAY, asked_on=LONG_AGO, decided_on=TODAY)
    proposed(70_00, customer=customer)

    assert states_of(company) == [
        (70_00, "proposed", ""), (50_00, "approved", "in_force"), (100_00, "approved", "superseded"),
    ]  # fmt: skip
    assert states_of(company, known_on=YESTERDAY) == [
        (50_00, "proposed", ""), (100_00, "approved", "in_force"),
    ]  # fmt: skip
    assert states_of(company, as_of=LONG_AGO)[1:] == [
        (50_00, "approved", "scheduled"), (100_00, "approved", "in_force"),
    ]  # fmt: skip


def test_rows_are_found_by_scope_kind_status_name_and_end(company, customer):
    group = group_of("Acme group", customer)
    approved(1, customer=customer, kind="temporary", until_on=TODAY + timedelta(days=10))
    approved(2, group=group)
    approved(3, segment="small", company=company)
    proposed(4, customer=add_customer(company, "N2", "Bolt"))

    def found(**fields):
        page = limit_rows(company, as_of=TODAY, only=LedgerFilter(**fields))
        return [row.amount_minor for row in page.rows]

    assert found() == [4, 3, 2, 1]
    assert (found(kind="temporary"), found(status="proposed")) == ([1], [4])
    assert (found(customer_id=customer.pk), found(group_id=group.pk)) == ([1], [2])
    assert (found(segment="small"), found(search="acme"), found(search="N2")) == ([3], [2, 1], [4])
    page = limit_rows(company, as_of=TODAY, only=expiring_filter(as_of=TODAY))
    assert [row.amount_minor for row in page.rows] == [1]


@pytest.mark.parametrize("n", [1, 3])
def test_many_rows_cost_the_queries_of_one(company, n, django_assert_num_queries):
    for number in range(n):
        one = add_customer(company, f"N{number}")
        approved(100_00, customer=one)
        approved(100_00, group=group_of(f"G{number}", one))

    with django_assert_num_queries(2):
        limit_rows(company, as_of=TODAY)
    with django_assert_num_queries(10):
        use_rows(company, as_of=TODAY)
    with django_assert_num_queries(8):
        group_rows(company, as_of=TODAY)


def uses(company, **only):
    page = use_rows(company, as_of=TODAY, only=UseFilter(**only))
    return [(row.number, row.limit_minor, row.exposure_minor, row.used_ppm) for row in page.rows]


def test_limits_are_shown_with_what_is_used_of_them(company, customer):
    stopped = add_customer(company, "N2", segment="small")
    add_customer(company, "N3")
    invoice(customer, "R1", 150_00)
    approved(100_00, customer=customer)
    approved(100_00, customer=stopped)
    approved(0, customer=stopped, kind="suspension")
    group = group_of("Acme group", customer)

    first, second, third = ("K1", 100_00, 150_00, 1_500_000), ("N2", 0, 0, None), (
        "N3", None, 0, None,
    )  # fmt: skip
    assert uses(company) == [first, second, third]
    assert uses(company, scope="over") == [first]
    assert uses(company, scope="suspended", segment="small") == [second]
    assert uses(company, scope="none") == [third]
    assert uses(company, group_id=group.pk) == uses(company, search="acme") == [first]
    row = use_rows(company, as_of=TODAY).rows[0]
    assert (row.free_minor, row.is_over) == (-50_00, True)
    with pytest.raises(ValueError, match="no list of"):
        uses(company, scope="odd")


@pytest.mark.parametrize("scope", ["", "none"])
def test_customers_are_paged_by_number(company, scope):
    for number in range(5):
        add_customer(company, f"N{number}")
    seen, cursor = [], ""
    while True:
        page = use_rows(company, as_of=TODAY, only=UseFilter(scope=scope), cursor=cursor, limit=2)
        seen += [row.number for row in page.rows]
        if not (cursor := page.next):
            break

    assert seen == [f"N{number}" for number in range(5)]


def test_the_members_of_a_group_sum_to_its_use(company, customer):
    other, left = add_customer(company, "N2"), add_customer(company, "N3")
    group = group_of("Acme group", customer, other)
    group_of("Old group", left, until_on=YESTERDAY)
    approved(100_00, group=group)
    for number, one in enumerate((customer, other, left)):
        invoice(one, f"R{number}", 30_00)

    found = group_row(company, group.pk, as_of=TODAY)
    members = member_rows(company, group.pk, as_of=TODAY)

    assert (found.members, found.exposure_minor, found.free_minor, found.used_ppm) == (
        2, 60_00, 40_00, 600_000,
    )  # fmt: skip
    assert [(row.number, row.exposure_minor, row.is_in) for row in members] == [
        ("K1", 30_00, True), ("N2", 30_00, True),
    ]  # fmt: skip
    assert [row.members for row in group_rows(company, as_of=TODAY)] == [2, 0]
