from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.gate import system
from dunwell.actions.rates import set_rate
from dunwell.engine.limits import GroupLimit, LimitInForce
from dunwell.models import Company
from dunwell.queries.limits import limits_in_force
from tests.actions.limit_rows import LONG_AGO, approved, cover, group_of, proposed
from tests.conftest import AT, TODAY, add_customer

YESTERDAY = TODAY - timedelta(days=1)


def limit_of(customer, as_of=TODAY, **known):
    found = limits_in_force(customer.company, as_of=as_of, customer_ids=[customer.pk], **known)
    return found[customer.pk]


def test_the_ledger_tells_the_limit_who_approved_it_and_when(customer):
    approved(100_00, customer=customer)
    row = approved(80_00, customer=customer, from_on=YESTERDAY, until_on=TODAY, source="review 4")

    assert limit_of(customer) == LimitInForce(
        "EUR",
        80_00,
        80_00,
        0,
        "standard",
        (row.pk,),
        until_on=TODAY,
        approved_by="mona",
        approved_on=YESTERDAY,
        source="review 4",
        scope="customer",
    )


def test_what_is_asked_for_refused_or_taken_back_is_no_limit(customer):
    approved(100_00, customer=customer, status="rejected")
    approved(100_00, customer=customer, status="withdrawn")
    proposed(100_00, customer=customer)

    assert limit_of(customer) == LimitInForce("EUR")


def test_the_day_asked_about_and_the_day_it_was_known_on(customer):
    approved(100_00, customer=customer)
    approved(50_00, customer=customer, from_on=YESTERDAY - timedelta(days=3), decided_on=TODAY)

    assert limit_of(customer, YESTERDAY).limit_minor == 50_00
    assert limit_of(customer, YESTERDAY, known_on=YESTERDAY).limit_minor == 100_00
    assert limit_of(customer, LONG_AGO - timedelta(days=1)).limit_minor is None


def test_a_limit_of_the_segment_and_of_the_group_are_found(company, customer):
    customer.segment = "small"
    customer.save()
    other = add_customer(company, "N2")
    group = group_of("Acme group", customer, other)
    row = approved(30_00, segment="small", company=company)
    shared = approved(90_00, group=group)

    found = limits_in_force(company, as_of=TODAY)

    both = GroupLimit(
        group.pk, "Acme group", 90_00, row_ids=(shared.pk,), approved_by="mona",
        approved_on=LONG_AGO,
    )  # fmt: skip
    assert found[customer.pk] == limit_of(customer)
    assert (found[customer.pk].limit_minor, found[customer.pk].row_ids) == (30_00, (row.pk,))
    assert found[customer.pk].group == found[other.pk].group == both
    assert found[other.pk].limit_minor is None


def test_a_customer_is_in_a_group_on_its_days_only(company, customer):
    group = group_of("Acme group", customer, until_on=YESTERDAY)
    approved(90_00, group=group)

    assert limit_of(customer).group is None
    assert limit_of(customer, YESTERDAY).group.limit_minor == 90_00


def test_covers_that_lift_the_limit_add_their_share_at_the_rate_of_the_day(company, customer):
    customer.credit_limit_minor = 100_00
    customer.save()
    lifting = {"effect": "lifts_limit", "share_ppm": 500_000}
    home = cover(customer, "P1", 60_00, **lifting)
    foreign = cover(customer, "P2", 20_00, currency="USD", **lifting)
    cover(customer, "P3", 60_00)

    unknown = limit_of(customer)
    set_rate(
        actor=system(company), currency="USD", from_on=LONG_AGO, rate_ppm=900_000,
        source="bank", at=AT,
    )  # fmt: skip
    known = limit_of(customer)

    assert (unknown.limit_minor, unknown.missing_rates) == (130_00, ("USD",))
    assert (known.base_minor, known.lifted_minor, known.limit_minor) == (100_00, 39_00, 139_00)
    assert known.cover_ids == (home.pk, foreign.pk)


def test_another_company_is_never_read(company, customer):
    other = Company.objects.create(name="Rival", zone="UTC", currency="EUR", created_at=AT)
    theirs = add_customer(other, "K1")
    approved(100_00, customer=theirs)
    approved(50_00, segment=customer.segment, company=other)

    assert limits_in_force(company, as_of=TODAY) == {customer.pk: LimitInForce("EUR")}
    assert limits_in_force(company, as_of=TODAY, customer_ids=[theirs.pk]) == {}


@pytest.mark.parametrize("n", [1, 3])
def test_one_customer_or_many_cost_the_same_queries(company, n, django_assert_num_queries):
    for number in range(n):
        one = add_customer(company, f"N{number}")
        approved(100_00, customer=one)
        approved(100_00, group=group_of(f"G{number}", one))
        cover(one, f"P{number}", 5_00, effect="lifts_limit")

    with django_assert_num_queries(4):
        limits_in_force(company, as_of=TODAY)


def test_one_customer_is_found_by_indexes_alone(company, customer):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever its indexes")
    approved(90_00, group=group_of("Acme group", customer))
    with CaptureQueriesContext(connection) as told:
        limit_of(customer)
    for query in told.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [line[3] for line in cursor.fetchall()]
        wide = ("SCAN dunwell", "(company_id=?)")
        assert not [step for step in plan if any(word in step for word in wide)]
