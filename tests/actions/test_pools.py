"""Pools are saved choices of customers: found at once, kept by the cycle, changed with care."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused, Stale
from dunwell.actions.pools import add_pool, change_pool, remove_pool
from dunwell.models import Customer, Pool, PoolMember
from dunwell.queries.pools import pool_aging, pool_customers, pool_rows
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.actions.segment_desk import assign
from tests.conftest import AT, TODAY, add_customer

LATE = {"issued_on": TODAY - timedelta(days=90), "due_on": TODAY - timedelta(days=60)}
RULE = {"oldest_days": {"from": 30}, "country": ["DE", "AT"]}


@pytest.fixture
def book(company):
    customers = [
        add_customer(company, "K1", country="DE"),
        add_customer(company, "K2", country="FR"),
        add_customer(company, "K3", country="AT"),
    ]
    for n, customer in enumerate(customers, 1):
        invoice(customer, f"R{n}", 100_00 * n, **LATE)
    return customers


def add(user, **changes):
    arguments = {"name": "Late in DACH", "rule": RULE, "as_of": TODAY, "at": AT}
    return add_pool(actor=acting(user), **{**arguments, **changes})


def change(user, pool, **changes):
    arguments = {
        "seen": 1, "name": "Late in DACH", "rule": RULE, "as_of": TODAY, "at": AT, **changes,
    }  # fmt: skip
    return change_pool(actor=acting(user), pool=pool, **arguments)


def numbers(pool):
    return list(pool.members.order_by("customer").values_list("customer__number", flat=True))


def test_a_pool_finds_its_customers_at_once_with_what_they_owe_and_its_people(
    company, book, manager, collector
):
    pool = add(manager, people=[collector], note="to call")
    assert numbers(pool) == ["K1", "K3"]
    assert last_event(company) == (
        "pool.added",
        "mona",
        None,
        {"name": "Late in DACH", "rule": RULE, "people": ["anna"], "customers": 2},
    )
    (row,) = pool_rows(company, as_of=TODAY, user_id=collector.pk)
    assert (row.customers, row.people, row.owed_minor, row.overdue_minor, row.without_rate) == (
        2, ("anna",), 400_00, 400_00, 0,
    )  # fmt: skip
    (aged,) = pool_aging(company, pool.pk, as_of=TODAY)
    assert (aged.currency, aged.open_minor, aged.overdue_minor) == ("EUR", 400_00, 400_00)
    assert [(b.bucket, b.open_minor) for b in aged.buckets if b.items] == [("31-60", 400_00)]
    page = pool_customers(company, pool.pk, as_of=TODAY, limit=1)
    rest = pool_customers(company, pool.pk, as_of=TODAY, cursor=page.next)
    assert [r.number for r in (*page.rows, *rest.rows)] == ["K1", "K3"]


def test_the_cycle_brings_customers_in_and_out_and_a_second_run_writes_nothing(
    company, book, manager
):
    pool = add(manager)
    assert assign(company) == 0
    Customer.objects.filter(pk=book[1].pk).update(country="AT")
    Customer.objects.filter(pk=book[0].pk).update(country="")
    assert (assign(company), assign(company)) == (2, 0)
    assert numbers(pool) == ["K2", "K3"]
    assert last_event(company)[3]["pool_members"] == 2


def test_a_pool_is_changed_once_and_a_second_clerk_is_told(company, book, manager):
    pool = add(manager)
    change(manager, pool)
    assert verbs(company) == ["pool.added"]
    change(manager, pool, rule={"segment": ["standard"]})
    assert numbers(pool) == ["K1", "K2", "K3"]
    with pytest.raises(Stale, match="Somebody else changed the pool"):
        change(manager, pool, note="mine")
    assert verbs(company) == ["pool.added", "pool.changed"]
    assert Pool.objects.get().version == 2


def test_a_removed_pool_is_gone_and_its_customers_stay(company, book, manager):
    pool = add(manager)
    remove_pool(actor=acting(manager), pool=pool, at=AT)
    assert (Pool.objects.count(), PoolMember.objects.count(), Customer.objects.count()) == (
        0, 0, 3,
    )  # fmt: skip
    assert last_event(company)[0] == "pool.removed"
    with pytest.raises(Refused, match="was removed"):
        remove_pool(actor=acting(manager), pool=pool, at=AT)
    assert assign(company) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Give the pool a name"),
        ({"name": "taken"}, "There is a pool named taken already"),
        ({"rule": {}}, "pool: state at least one condition"),
        ({"rule": {"mood": ["bad"]}}, "field 'mood' is not known"),
        ({"note": "x" * 301}, "at most 300 fit"),
    ],
)
def test_what_cannot_be_a_pool_is_refused_with_a_reason(company, manager, changes, words):
    add(manager, name="taken")
    with pytest.raises(Refused, match=words):
        add(manager, **changes)
    assert Pool.objects.count() == 1


def test_people_who_do_not_collect_and_roles_without_the_right_are_refused(
    company, manager, collector, reader
):
    with pytest.raises(Refused, match="rita does not collect for Northwind"):
        add(manager, people=[reader])
    with pytest.raises(Forbidden):
        add(collector)
