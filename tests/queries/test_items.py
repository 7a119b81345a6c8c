from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold
from dunwell.actions.payments import apply_payment
from dunwell.actions.promises import record_promise
from dunwell.engine.aging import BUCKETS
from dunwell.models import Item
from dunwell.queries import items as of_items
from dunwell.queries.home import aging_figures
from dunwell.queries.items import ItemFilter, ItemRow, ItemTotal, bucket_of, item_rows, item_totals
from dunwell.queries.pages import CursorError
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

LATENESS = (-1, 0, 1, 30, 31, 60, 61, 90, 91, 400)
"""Days past due on both sides of every edge of the ageing."""


def late(customer, number, amount, days, **changes):
    due_on = TODAY - timedelta(days=days)
    fields = {"due_on": due_on, "issued_on": due_on - timedelta(days=30), **changes}
    return invoice(customer, number, amount, **fields)


def rows(company, sort="due_on", **only):
    return item_rows(company, as_of=TODAY, only=ItemFilter(**only), sort=sort).rows


def numbers(company, sort="due_on", **only):
    return [row.number for row in rows(company, sort, **only)]


@pytest.fixture
def ledger(company, customer):
    """Items on every edge of the ageing in two currencies, a credit, a settled one."""
    other = add_customer(company, "K2", "Zeta")
    for days in LATENESS:
        late(customer, f"E{days}", 100_00 + days, days)
        late(other, f"U{days}", 7_00 + days, days, currency="USD")
    late(other, "C1", -25_00, 45)
    settled = late(other, "S1", 9_00, 5)
    money = payment(other, "B1", 9_00)
    apply_payment(
        actor=system(company), payment=money, amounts={settled: 9_00}, as_of=TODAY, at=AT
    )


def test_a_row_says_everything_about_its_item(company, customer):
    item = late(customer, "R1", 100_00, 12, reference="PO 7")
    act = {"actor": system(company), "as_of": TODAY, "at": AT}
    open_dispute(item=item, amount_minor=30_00, reason="price", **act)
    record_promise(customer=customer, amounts={item: 20_00}, due_on=TODAY, **act)
    place_hold(customer=customer, item=item, reason="legal", **act)

    assert rows(company) == (
        ItemRow(
            id=item.pk,
            number="R1",
            kind="invoice",
            customer_id=customer.pk,
            customer_number="K1",
            customer_name="Acme",
            currency="EUR",
            amount_minor=100_00,
            open_minor=100_00,
            issued_on=item.issued_on,
            due_on=item.due_on,
            days_past_due=12,
            bucket="1-30",
            reference="PO 7",
            disputed_minor=30_00,
            promised_minor=20_00,
            is_held=True,
        ),
    )


@pytest.mark.parametrize("currency", ["EUR", "USD"])
@pytest.mark.parametrize("bucket", BUCKETS)
def test_drilling_into_a_bucket_of_the_home_page_sums_exactly_to_its_figure(
    company, ledger, currency, bucket
):
    figures = {line.currency: line for line in aging_figures(company, as_of=TODAY)}
    figure = next(b for b in figures[currency].buckets if b.bucket == bucket)

    found = rows(company, bucket=bucket, currency=currency)
    totals = item_totals(company, as_of=TODAY, only=ItemFilter(bucket=bucket, currency=currency))

    assert {row.bucket for row in found} == {bucket}
    assert sum(row.open_minor for row in found) == figure.open_minor
    assert len(found) == figure.items > 0
    assert [(t.currency, t.items, t.open_minor) for t in totals] == [
        (currency, figure.items, figure.open_minor)
    ]


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("scope", ["open", "overdue", "settled", "all"])
def test_totals_tie_with_the_rows_of_the_same_filter(
    company, rival, ledger, monkeypatch, scope, is_large
):
    monkeypatch.setattr(of_items, "has_so_many", lambda *_: is_large)
    only = ItemFilter(scope=scope)
    found = item_rows(company, as_of=TODAY, only=only, limit=500).rows

    assert item_totals(company, as_of=TODAY, only=only) == tuple(
        ItemTotal(
            currency=code,
            items=len([r for r in found if r.currency == code]),
            amount_minor=sum(r.amount_minor for r in found if r.currency == code),
            open_minor=sum(r.open_minor for r in found if r.currency == code),
        )
        for code in sorted({row.currency for row in found})
    )


@pytest.mark.parametrize("few", [0, 3, 5_000])
@pytest.mark.parametrize("scope", ["open", "all", "settled"])
def test_what_a_text_finds_is_the_same_however_much_it_is(
    company, rival, ledger, monkeypatch, few, scope
):
    theirs = add_customer(rival.memberships.first().company, "K1", "Acme elsewhere")
    late(theirs, "C1", 70_00, 10)
    texts = ["C1", "K1", "acm", "S1", "E31", "nothing", "\0C1 "]
    monkeypatch.setattr(of_items, "FEW", 10**9)
    wanted = [numbers(company, search=text, scope=scope) for text in texts]

    monkeypatch.setattr(of_items, "FEW", few)

    assert [numbers(company, search=text, scope=scope) for text in texts] == wanted
    assert wanted[5] == [] and wanted[0] == wanted[6]
    assert any(wanted)


def test_scopes_and_filters_choose(company, customer, ledger):
    assert numbers(company, scope="settled") == ["S1"]
    assert len(numbers(company, scope="all")) == Item.objects.count() == 22
    assert numbers(company, scope="overdue", currency="EUR")[0] == "E400"
    assert "E0" not in numbers(company, scope="overdue")
    assert numbers(company, kind="credit_note") == numbers(
        company, scope="all", kind="credit_note"
    )
    assert numbers(company, search="C1") == ["C1"]
    assert numbers(company, search="S1", scope="all") == ["S1"]
    assert len(numbers(company, search="K1")) == len(numbers(company, search="acm")) == 10
    assert len(numbers(company, customer_id=customer.pk)) == 10
    item = Item.objects.get(number="E31")
    open_dispute(
        actor=system(company), item=item, amount_minor=1, reason="tax", as_of=TODAY, at=AT
    )
    assert numbers(company, is_disputed=True) == ["E31"]
    assert numbers(company, is_disputed=True, scope="all") == ["E31"]


@pytest.mark.parametrize("scope", ["open", "all"])
@pytest.mark.parametrize(
    "sort", ["due_on", "issued_on", "amount", "number", "customer", "-due_on"]
)
def test_pages_of_every_sort_hold_every_item_once_in_order(company, ledger, scope, sort):
    only = ItemFilter(scope=scope)
    whole = item_rows(company, as_of=TODAY, only=only, sort=sort, limit=500)
    seen, text = [], ""
    while True:
        page = item_rows(company, as_of=TODAY, only=only, sort=sort, cursor=text, limit=4)
        seen += page.rows
        text = page.next
        if not text:
            break

    assert tuple(seen) == whole.rows
    assert whole.next == ""
    assert len({row.id for row in seen}) == len(seen) == (21 if scope == "open" else 22)


def test_open_amounts_sort_largest_first(company, ledger):
    amounts = [row.open_minor for row in rows(company, "-open")]

    assert amounts == sorted(amounts, reverse=True)


def test_unknown_words_are_refused(company):
    for call, sentence in [
        (lambda: rows(company, "colour"), "cannot be sorted by colour"),
        (lambda: rows(company, "open", scope="all"), "cannot be sorted by open"),
        (lambda: rows(company, scope="lost"), "There is no list of lost items"),
        (lambda: rows(company, bucket="31"), "There is no bucket 31"),
    ]:
        with pytest.raises(ValueError, match=sentence):
            call()
    with pytest.raises(CursorError):
        item_rows(company, as_of=TODAY, only=ItemFilter(), cursor="x")


def test_another_companys_items_are_not_there(rival, ledger):
    theirs = rival.memberships.all()[0].company

    assert (rows(theirs), rows(theirs, scope="all")) == ((), ())
    assert item_totals(theirs, as_of=TODAY, only=ItemFilter(scope="all")) == ()


def test_one_row_and_three_take_the_same_queries(company, customer, django_assert_num_queries):
    late(customer, "R1", 1_00, 1)
    for scope in ("open", "all"):
        with django_assert_num_queries(4):
            rows(company, scope=scope)
    for number in ("R2", "R3"):
        late(add_customer(company, number), number, 1_00, 1)
    for scope in ("open", "all"):
        with django_assert_num_queries(4):
            assert len(rows(company, scope=scope)) == 3


@given(st.integers(-1000, 1000))
def test_every_lateness_lies_in_one_bucket(days):
    edges = {"not_due": (-(10**9), 0), "1-30": (1, 30), "31-60": (31, 60), "61-90": (61, 90)}
    low, high = edges.get(bucket_of(days), (91, 10**9))

    assert low <= days <= high
