"""Issuing statements of account: figures from the ledger, numbers without gaps, proved later."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payers import assign_payer
from dunwell.actions.payments import apply_credit, apply_payment, record_payment, reverse_payment
from dunwell.actions.statements import issue_statements, make_statement, make_statements
from dunwell.formats.account_statement import canonical_json, digest
from dunwell.models import AccountStatement, Company, Event, PayerAssignment, Payment
from dunwell.queries.account_documents import Span
from dunwell.queries.statements import (
    changed_statements,
    customers_to_state,
    last_statement,
    preview,
    statement_document,
    statement_rows,
)
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.both
MONTH = {"from_on": date(2026, 2, 1), "to_on": TODAY}


def make(customer, **changes):
    """A statement made by the system over February and the first days of March."""
    values = {**MONTH, "as_of": TODAY, "at": AT, **changes}
    return make_statement(actor=system(customer.company), customer=customer, **values)


def shown(customer, statement):
    """The statement made again: per currency opening, lines as (kind, number, amount), closing."""
    issued = statement_document(customer.company, statement.pk)
    assert issued.is_proved and issued.document.breaks() == ()
    return [
        (
            account.currency,
            account.opening_minor,
            [(line.kind, line.number, line.amount_minor) for line in account.lines],
            account.closing_minor,
        )
        for account in issued.document.accounts
    ]


@pytest.fixture
def ledger(customer):
    """An old invoice, one of the span, a payment on both, a discount, a credit, a returned one."""
    act = {"actor": system(customer.company), "as_of": TODAY, "at": AT}
    old = invoice(customer, "R0", 100_00, issued_on=date(2026, 1, 5), due_on=date(2026, 1, 20))
    new, credit = invoice(customer, "R1", 50_00), invoice(customer, "C1", -5_00)
    paid = payment(customer, "P1", 98_00)
    apply_payment(payment=paid, amounts={old: 98_00}, **act)
    record_adjustment(item=old, kind="discount", amount_minor=2_00, reason="2 %", **act)
    apply_credit(credit=credit, amounts={new: 5_00}, **act)
    returned = payment(customer, "P2", 7_00)
    reverse_payment(payment=returned, reason="no cover", **act)
    return {"old": old, "new": new, "credit": credit, "paid": paid}


def test_a_statement_shows_what_moved_the_balance_and_is_made_again_to_the_byte(customer, ledger):
    statement = make(customer)
    issued = statement_document(customer.company, statement.pk)

    assert shown(customer, statement) == [
        (
            "EUR",
            100_00,
            [
                ("invoice", "R1", 50_00),
                ("credit_note", "C1", -5_00),
                ("payment", "P1", -98_00),
                ("payment", "P2", -7_00),
                ("payment_returned", "P2-R", 7_00),
                ("discount", "R0", -2_00),
            ],
            45_00,
        )
    ]
    assert statement.number == "ST-000001" and statement.sha256 == digest(issued.document)
    assert statement.totals["currencies"] == [
        {
            "currency": "EUR",
            "opening_minor": 100_00,
            "movements_minor": -55_00,
            "closing_minor": 45_00,
        }
    ]
    [account] = issued.document.accounts
    # a returned payment and its return cancel each other: they are no unapplied cash
    assert [row.number for row in account.open_items] == ["R1"] and account.unapplied == ()
    assert dict(account.buckets) == {
        "not_due": 45_00, "1-30": 0, "31-60": 0, "61-90": 0, "91+": 0,
    }  # fmt: skip
    assert b'"key":"item:%d"' % ledger["new"].pk in canonical_json(issued.document)


def test_the_same_again_is_the_same_and_what_is_recorded_on_that_day_makes_a_new_one(
    customer, ledger
):
    first, again = make(customer), make(customer)
    closed_day = {"to_on": date(2026, 3, 4), "known_on": date(2026, 3, 4)}
    earlier = make(customer, **closed_day)
    invoice(customer, "R2", 9_00)
    changed, same = make(customer), make(customer, **closed_day)

    assert (again, same) == (first, earlier)
    assert [row.number for row in AccountStatement.objects.order_by("pk")] == [
        "ST-000001",
        "ST-000002",
        "ST-000003",
    ]
    assert (changed.totals["currencies"][0]["closing_minor"], changed.number) == (
        54_00,
        "ST-000003",
    )
    # every one of them is still what it was
    assert list(changed_statements(customer.company)) == []
    assert shown(customer, first)[0][3] == 45_00


def test_a_backdated_row_changes_a_corrected_statement_only(customer, ledger):
    before = make(customer, to_on=date(2026, 3, 4))
    tomorrow = TODAY + timedelta(days=1)
    invoice(customer, "R9", 1_00, as_of=tomorrow)
    after = make(customer, to_on=date(2026, 3, 4), as_of=tomorrow)
    again = make(customer, to_on=date(2026, 3, 4), known_on=TODAY, as_of=tomorrow)

    assert shown(customer, after)[0][3] - shown(customer, before)[0][3] == 1_00
    assert again == before


def test_issuing_hands_out_the_document_that_the_hash_is_of_also_the_second_time(
    company, customer
):
    invoice(customer, "R1", 50_00)
    other = add_customer(company, "K2", language="de")
    asked = {"actor": system(company), "customers": [customer, other], **MONTH}
    issued = issue_statements(**asked, as_of=TODAY, at=AT)

    assert [digest(document) for _, document in issued] == [row.sha256 for row, _ in issued]
    assert [document for _, document in issued] == [
        statement_document(company, row.pk).document for row, _ in issued
    ]
    assert issue_statements(**asked, as_of=TODAY, at=AT) == issued


def test_a_parent_pays_and_both_statements_tie(company, customer):
    parent = add_customer(company, "K0", "Acme Holding")
    item, paid = invoice(customer, "R1", 50_00), payment(parent, "P1", 60_00)
    act = {"actor": system(company), "as_of": TODAY, "at": AT}
    apply_payment(payment=paid, amounts={item: 50_00}, **act)
    mine, theirs = make_statements(
        actor=system(company), customers=[customer, parent], **MONTH, as_of=TODAY, at=AT
    )

    assert shown(customer, mine) == [
        ("EUR", 0, [("invoice", "R1", 50_00), ("paid_by_other", "R1", -50_00)], 0)
    ]
    assert shown(parent, theirs) == [
        ("EUR", 0, [("payment", "P1", -60_00), ("paid_for_other", "R1", 50_00)], -10_00)
    ]
    lines = [
        statement_document(company, row.pk).document.accounts[0].lines[1] for row in (mine, theirs)
    ]
    assert [(line.other, line.reference) for line in lines] == [("K0", "P1"), ("K1", "P1")]


def test_whose_payment_it_is_follows_what_was_found_out_by_then(company, customer):
    paid = record_payment(
        actor=system(company),
        number="P1",
        customer=None,
        currency="EUR",
        amount_minor=60_00,
        value_on=date(2026, 3, 3),
        as_of=date(2026, 3, 3),
        at=AT,
    )
    PayerAssignment.objects.create(
        payment=paid,
        customer=customer,
        reason="IBAN",
        assigned_on=TODAY,
        author="t",
        recorded_at=AT,
    )
    Payment.objects.filter(pk=paid.pk).update(customer=customer)
    unknown = make(customer, to_on=date(2026, 3, 4), known_on=date(2026, 3, 4))
    found = make(customer)

    assert shown(customer, unknown) == []
    assert shown(customer, found) == [("EUR", 0, [("payment", "P1", -60_00)], -60_00)]


def test_a_payment_that_turns_out_to_be_another_s_leaves_the_issued_statement_as_it_was(
    company, customer
):
    other = add_customer(company, "K2")
    paid = payment(customer, "P1", 60_00)
    before = make(customer)
    act = {"actor": system(company), "reason": "they wrote", "as_of": TODAY, "at": AT}
    assign_payer(payment=paid, customer=other, **act)
    after, theirs = make(customer), make(other)
    assign_payer(payment=paid, customer=None, **act)

    assert shown(customer, before) == [("EUR", 0, [("payment", "P1", -60_00)], -60_00)]
    assert shown(customer, after) == []
    assert shown(other, theirs) == [("EUR", 0, [("payment", "P1", -60_00)], -60_00)]
    assert list(changed_statements(company)) == []


def test_every_currency_has_its_own_account(customer):
    invoice(customer, "R1", 50_00)
    invoice(customer, "R2", 5_000, currency="JPY")

    assert [(row[0], row[3]) for row in shown(customer, make(customer))] == [
        ("EUR", 50_00),
        ("JPY", 5_000),
    ]


def test_many_statements_take_as_many_queries_as_one(company, collector):
    many = [add_customer(company, f"K{number}") for number in range(8)]
    for customer in many:
        act = {"actor": system(company), "as_of": TODAY, "at": AT}
        item = invoice(customer, f"R{customer.pk}", 50_00)
        apply_payment(
            payment=payment(customer, f"P{customer.pk}", 9_00), amounts={item: 9_00}, **act
        )
    run = partial(make_statements, actor=acting(collector), **MONTH, as_of=TODAY, at=AT)
    with CaptureQueriesContext(connection) as one:
        run(customers=many[:1])
    with CaptureQueriesContext(connection) as seven:
        made = run(customers=many[1:])

    assert len(one) == len(seven) <= 17
    assert [row.number for row in made] == [f"ST-{n:06}" for n in range(2, 9)]
    assert last_event(company)[0] == "statements.made"
    assert last_event(company)[3]["count"] == 7


def test_a_statement_leaves_an_event_and_the_same_again_none(customer, collector):
    invoice(customer, "R1", 50_00)
    run = partial(
        make_statement, actor=acting(collector), customer=customer, **MONTH, as_of=TODAY, at=AT
    )
    statement = run()
    verb, actor, about, data = last_event(customer.company)
    count = Event.objects.count()
    run()

    assert (verb, actor, about) == ("statement.made", "anna", customer.pk)
    assert data == {
        "number": "ST-000001",
        "sha256": statement.sha256,
        "from_on": "2026-02-01",
        "to_on": "2026-03-05",
        "known_on": "2026-03-05",
    }
    assert Event.objects.count() == count


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"to_on": date(2026, 1, 31)},
            "The span ends on 2026-01-31, before it begins on 2026-02-01.",
        ),
        (
            {"to_on": date(2026, 3, 6)},
            "The span ends on 2026-03-06, but only what was recorded by",
        ),
        ({"known_on": date(2026, 3, 6)}, "What will be known on 2026-03-06 is not known yet"),
        ({"from_on": date(1969, 1, 1)}, "lies before 1970"),
        ({"language": "fr"}, "Statements are written in en, de; fr is none of them."),
    ],
)
def test_wrong_days_and_languages_are_refused_with_the_reason(customer, changes, said):
    with pytest.raises(Refused, match=said.replace(".", r"\.")):
        make(customer, **changes)
    assert not AccountStatement.objects.exists()


def test_another_company_s_customer_and_a_missing_right_are_refused(customer, reader):
    other = Company.objects.create(name="Rival", created_at=AT)
    stranger = add_customer(other, "X1")
    act = {**MONTH, "as_of": TODAY, "at": AT}

    with pytest.raises(Refused, match="Customer X1 does not belong to Northwind"):
        make_statement(actor=system(customer.company), customer=stranger, **act)
    with pytest.raises(Forbidden):
        make_statement(actor=acting(reader), customer=customer, **act)


def test_a_statement_speaks_the_customer_s_language_else_ours(company, customer):
    company.language = "de"
    company.save()
    austrian = add_customer(company, "K2", language="de-AT")
    french = add_customer(company, "K3", language="fr")

    made = [make(row) for row in (customer, austrian, french)]
    assert [row.language for row in made] == ["de", "de", "en"]
    assert make(customer, language="en").language == "en"


def test_a_changed_ledger_is_noticed(company, customer):
    invoice(customer, "R1", 50_00)
    statement = make(customer)
    statement.pk, statement.number, statement.sha256 = None, "ST-000009", "0" * 64
    statement.save()

    assert list(changed_statements(company)) == [("ST-000009", "the ledger does not reproduce it")]
    assert breaks(company) == {"S1": (("ST-000009", "the ledger does not reproduce it"),)}
    assert not statement_document(company, statement.pk).is_proved
    assert (
        statement_document(Company.objects.create(name="R", created_at=AT), statement.pk) is None
    )


def test_whom_to_state(company, customer):
    span = Span(from_on=date(2026, 2, 1), to_on=TODAY, known_on=TODAY)
    names = lambda **only: [row.number for row in customers_to_state(company, span=span, **only)]  # noqa: E731
    settled, cash = add_customer(company, "K2"), add_customer(company, "K3", segment="large")
    add_customer(company, "K4")
    invoice(customer, "R1", 50_00, issued_on=date(2026, 1, 2), due_on=date(2026, 1, 9))
    item = invoice(settled, "R2", 9_00)
    apply_payment(
        actor=system(company),
        payment=payment(settled, "P2", 9_00),
        amounts={item: 9_00},
        as_of=TODAY,
        at=AT,
    )
    payment(cash, "P3", 9_00)

    assert names(scope="balance") == ["K1", "K3"]
    assert names(scope="active") == ["K2", "K3"]
    assert names(scope="all") == ["K1", "K2", "K3", "K4"]
    assert names(scope="all", segment="large") == ["K3"]
    with pytest.raises(ValueError, match="There is no choice debt"):
        names(scope="debt")


def test_the_list_shows_the_newest_first_and_the_preview_issues_nothing(company, customer):
    invoice(customer, "R1", 50_00)
    one, two = make(customer), make(customer, to_on=date(2026, 2, 28))
    page = statement_rows(company, customer_id=customer.pk, limit=1)
    rest = statement_rows(company, search="Acme", cursor=page.next)
    draft = preview(
        company, customer, span=Span(from_on=date(2026, 2, 1), to_on=TODAY, known_on=TODAY)
    )

    assert [row.number for row in (*page.rows, *rest.rows)] == [two.number, one.number]
    assert last_statement(company, customer.pk).number == one.number
    assert (draft.number, draft.accounts[0].closing_minor) == ("", 50_00)
    assert AccountStatement.objects.count() == 2
