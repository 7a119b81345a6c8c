"""What the portal's pages read: figures that tie with the ledger, in a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import debtor, system
from dunwell.actions.portal_statement_answers import LineAnswer, answer_statement
from dunwell.actions.promises import record_promise
from dunwell.models import CreditHold
from dunwell.queries.portal_account import account_figures, coming_events, portal_account
from dunwell.queries.portal_calendar import calendar_entries
from dunwell.queries.portal_credit import portal_credit
from dunwell.queries.portal_item_sheets import portal_item_sheet
from dunwell.queries.portal_items import (
    STATES,
    PortalItemFilter,
    portal_item_rows,
    portal_item_totals,
)
from dunwell.queries.portal_papers import portal_papers
from dunwell.queries.statement_answers import answer_rows, newest_answers
from dunwell.queries.statement_spans import read_span
from dunwell.queries.supplier_statements import our_entries
from tests.actions.ledger_rows import invoice, payment
from tests.actions.limit_rows import approved, order
from tests.conftest import AT, TODAY, add_customer
from tests.portal.account_rows import OLD, filled
from tests.portal.seats import seat_of

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def rows(customer):
    return filled(customer)


def test_figures_tie_with_the_lists_they_lead_to(company, customer, rows):
    desk = system(company)
    open_dispute(actor=desk, item=rows["first"], amount_minor=15_00, reason="price", **ON)
    record_promise(
        actor=desk, customer=customer, amounts={rows["later"]: 250_00}, due_on=TODAY, **ON
    )
    (one,) = account_figures(customer, as_of=TODAY)
    totals = {
        state: portal_item_totals(customer, as_of=TODAY, only=PortalItemFilter(state=state))
        for state in STATES
    }
    left = {state: sum(t.open_minor for t in found) for state, found in totals.items()}
    items = {state: sum(t.items for t in found) for state, found in totals.items()}

    assert one.owed_minor == 285_00
    assert (one.balance.open_minor, one.due_minor) == (left["open"], left["due"])
    assert one.balance.overdue_minor == left["overdue"] == 40_00
    assert left["open"] == left["due"] + left["upcoming"] == left["all"]
    assert (one.due_items, one.overdue_items) == (items["due"], items["overdue"])
    assert one.balance.disputed_minor == totals["disputed"][0].disputed_minor == 15_00
    assert one.disputed_items == items["disputed"] == 1
    assert [
        (event.kind, event.amount_minor) for event in coming_events(customer, as_of=TODAY)
    ] == [("promise", 250_00)]


def test_pages_of_items_follow_each_other_in_every_order(company, customer, rows):
    only = PortalItemFilter(state="all")
    whole = portal_item_rows(company, customer, as_of=TODAY, only=only).rows
    for sort in ("due_on", "-due_on", "amount", "-number", "issued_on"):
        found, cursor = [], ""
        while True:
            page = portal_item_rows(
                company, customer, as_of=TODAY, only=only, sort=sort, cursor=cursor, limit=1
            )
            found += [row.number for row in page.rows]
            if not (cursor := page.next):
                break
        assert sorted(found) == sorted(row.number for row in whole), sort
    with pytest.raises(ValueError, match="cannot be sorted"):
        portal_item_rows(company, customer, as_of=TODAY, only=only, sort="colour")
    with pytest.raises(ValueError, match="no list"):
        portal_item_totals(customer, as_of=TODAY, only=PortalItemFilter(state="lost"))


def test_an_item_says_where_it_stands(company, customer, rows):
    states = {
        row.number: row.state
        for row in portal_item_rows(
            company, customer, as_of=TODAY, only=PortalItemFilter(state="all")
        ).rows
    }
    assert states == {"R1": "overdue", "R2": "upcoming", "R3": "paid", "G1": "credit"}
    sheet = portal_item_sheet(company, customer, rows["first"].pk, with_interest=True, as_of=TODAY)
    assert [(one.number, one.amount_minor, one.left_minor) for one in sheet.settling] == [
        ("Z1", 40_00, 60_00)
    ]
    other = add_customer(company, "K2", "Other")
    assert (
        portal_item_sheet(company, other, rows["first"].pk, with_interest=True, as_of=TODAY)
        is None
    )


def test_what_holds_an_order_is_said_without_our_judgement(company, customer):
    approved(500_00, customer=customer)
    held = order(customer, "O1", 900_00, status="held")
    order(customer, "O2", 10_00)
    CreditHold.objects.create(
        company=company, customer=customer, order=held, status="raised", kind="rules",
        reasons=[
            {"rule": "limit", "text": "over by 400", "release": [
                {"kind": "pay", "text": "pay", "amount_minor": 400_00, "currency": "EUR", "on": None},
                {"kind": "raise_limit", "text": "x", "amount_minor": 1, "currency": "EUR", "on": None},
            ]},
            {"rule": "insolvency", "text": "we think they are broke", "release": []},
        ],
        raised_by="rules", raised_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    found = portal_credit(company, customer, with_limit=True, with_orders=True, as_of=TODAY)
    first = next(one for one in found.orders if one.row.number == "O1")
    assert (first.is_held, first.reasons) == (True, ("limit", "review"))
    assert [(way.kind, way.amount_minor) for way in first.ways] == [("pay", 400_00)]
    assert found.credit.limit_minor == 500_00 and "broke" not in str(found)
    hidden = portal_credit(company, customer, with_limit=False, with_orders=False, as_of=TODAY)
    assert (hidden.credit, hidden.free_minor, hidden.orders) == (None, None, ())


def test_the_calendar_names_what_is_due_and_promised(company, customer, rows):
    record_promise(
        actor=system(company),
        customer=customer,
        amounts={rows["first"]: 60_00},
        due_on=TODAY,
        **ON,
    )
    found = calendar_entries(company, customer, as_of=TODAY, language="en")
    assert [one.summary for one in found] == [
        f"R1 due: 60.00 EUR to {company.name}",
        f"R2 due: 250.00 EUR to {company.name}",
        f"Promised: 60.00 EUR to {company.name}",
    ]
    assert len({one.uid for one in found}) == 3


def test_the_newest_answer_of_a_line_counts(company, customer, rows):
    seat = seat_of(customer)
    _, span = read_span({"span": "this_year"}, today=TODAY)
    key = f"item:{rows['first'].pk}"
    for verdict in ("agrees", "disagrees"):
        answer_statement(
            actor=debtor(seat), customer=customer, seat=seat, span=span,
            answers=[LineAnswer(line_key=key, verdict=verdict, note="no")], **ON,
        )  # fmt: skip
    assert newest_answers(customer, [key, "item:0"])[key].verdict == "disagrees"
    page = answer_rows(company, customer_id=customer.pk)
    assert [(row.verdict, row.is_newest) for row in page.rows] == [
        ("disagrees", True),
        ("agrees", False),
    ]


READS = {
    "account": lambda company, customer: portal_account(company, customer, as_of=TODAY),
    "items": lambda company, customer: portal_item_rows(
        company, customer, as_of=TODAY, only=PortalItemFilter(state="all")
    ),
    "entries": lambda company, customer: our_entries(customer, "EUR", as_of=TODAY),
    "papers": lambda company, customer: portal_papers(company, customer, as_of=TODAY),
    "credit": lambda company, customer: portal_credit(
        company, customer, with_limit=True, with_orders=True, as_of=TODAY
    ),
    "calendar": lambda company, customer: calendar_entries(
        company, customer, as_of=TODAY, language="en"
    ),
}
MOST = {"account": 13, "items": 6, "entries": 4, "papers": 7, "credit": 12, "calendar": 4}


@pytest.mark.parametrize("name", READS)
def test_more_rows_take_no_more_queries(company, customer, name):
    def counted():
        with CaptureQueriesContext(connection) as caught:
            READS[name](company, customer)
        return len(caught)

    def add(tag):
        invoice(customer, f"R{tag}", 100_00, **OLD)
        invoice(customer, f"G{tag}", -1_00)
        payment(customer, f"Z{tag}", 5_00)
        order(customer, f"O{tag}", 10_00)

    add(1)
    once = counted()
    add(2)
    add(3)
    assert counted() == once <= MOST[name]
