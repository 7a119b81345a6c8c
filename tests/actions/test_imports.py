"""Importing ledger exports: what is added, what is known, what is refused, and that books tie."""

from datetime import date, timedelta

import pytest

from dunwell.actions import bulk, imports
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.imports import import_ledger
from dunwell.actions.payers import assign_payer
from dunwell.actions.payments import apply_payment, reverse_allocation
from dunwell.formats.ledger import read_ledger
from dunwell.models import (
    Allocation,
    Company,
    Contact,
    Customer,
    Dispute,
    EntryLine,
    Event,
    Feed,
    ImportBatch,
    Item,
    OpenItem,
    Payment,
)
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from tests.actions.exports import findings, item_totals, items_csv, ledger, merged
from tests.actions.ledger_rows import breaks, open_amounts, payment
from tests.conftest import AT, TODAY, add_customer

LATER = AT + timedelta(days=1)
WAYS = b"""customer;number;issued;due;currency;amount;Paperless Bill
K1;R1;2026-01-05;2026-02-04;EUR;100.00;Paper
K1;R2;2026-01-20;2026-02-19;EUR;80.00;Electronic
K1;R3;2026-01-21;2026-02-20;EUR;70.00;
"""
FIRST = items_csv(
    "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;100.00",
    "K1;Acme;R2;invoice;2026-01-20;2026-02-19;EUR;80.00;30.00",
    "K1;Acme;C1;credit note;2026-02-01;2026-02-01;EUR;-20.00;-20.00",
    "K2;Beta;R3;invoice;2026-02-02;2026-03-04;USD;50.00;0.00",
)
TABLES = (Customer, Contact, Item, Payment, Allocation, EntryLine, OpenItem, Dispute)


def rows():
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def test_a_first_import_makes_items_payments_and_entries_that_tie(company, clerk):
    batch = import_ledger(
        actor=staff(clerk, company), ledger=ledger(FIRST), name="march", as_of=TODAY, at=AT
    )

    assert open_amounts(company) == {"R1": 100_00, "R2": 30_00, "C1": -20_00}
    assert list(Payment.objects.order_by("number").values_list("number", "amount_minor")) == [
        ("paid/K1/R2/1", 50_00),
        ("paid/K2/R3/1", 50_00),
    ]
    assert item_totals(batch) == {"EUR": (160_00, 160_00, 0, 0), "USD": (50_00, 50_00, 0, 0)}
    assert (batch.status, batch.progress_ppm, batch.finished_at) == ("done", 1_000_000, AT)
    assert [(e.verb, e.actor) for e in Event.objects.all()] == [("ledger.imported", "carla")]
    feed = Feed.objects.get()
    assert (feed.kind, feed.covers_until_on, feed.rows) == ("ledger", date(2026, 2, 2), 4)
    assert set(Item.objects.values_list("recorded_on", "recorded_at")) == {(TODAY, AT)}
    assert breaks(company) == {}


def test_a_large_first_import_makes_the_same_books(company, rival, monkeypatch):
    def told(of):
        items = Item.objects.filter(company=of).order_by("pk")
        return list(items.values_list("customer__number", "number", "amount_minor", "issued_on"))

    other = Company.objects.get(name="Rival")
    merged(company, FIRST)
    # as many rows as let the indexes of items and open items be made anew
    monkeypatch.setattr(bulk, "MANY", 1)
    merged(other, FIRST)
    assert told(other) == told(company)
    assert open_amounts(other) == open_amounts(company)
    assert breaks(other) == {}


def test_the_same_rows_again_change_nothing_whatever_the_file(company):
    merged(company, FIRST)
    before = rows()
    shuffled = FIRST.decode().splitlines()
    other = "\r\n".join([shuffled[0], *reversed(shuffled[1:])]).encode("utf-8-sig")

    for file in (FIRST, ("again.csv", other)):
        batch = merged(company, file, at=LATER)
        assert item_totals(batch) == {"EUR": (160_00, 0, 160_00, 0), "USD": (50_00, 0, 50_00, 0)}
        assert rows() == before
    assert breaks(company) == {}


def test_the_tables_are_looked_at_when_an_import_makes_up_much_of_them(company, monkeypatch):
    seen = []
    monkeypatch.setattr(imports, "LARGE", 1)
    monkeypatch.setattr(imports, "look_at_tables", lambda *tables: seen.append(tables))

    merged(company, FIRST)
    assert seen == [imports.TABLES]

    more = [f"K1;Acme;M{n};invoice;2026-01-05;2026-02-04;EUR;1.00;1.00" for n in range(20)]
    merged(company, items_csv(*more), at=LATER)
    assert seen == [imports.TABLES] * 2
    last = items_csv(*more, "K1;Acme;M20;invoice;2026-01-05;2026-02-04;EUR;1.00;1.00")
    merged(company, last, at=LATER + timedelta(days=1))
    assert seen == [imports.TABLES] * 2


def test_a_newer_export_settles_what_was_paid_since(company):
    merged(company, FIRST)
    newer = items_csv(
        "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;40.00",
        "K1;Acme;R2;invoice;2026-01-20;2026-02-19;EUR;80.00;0.00",
        "K1;Acme;C1;credit note;2026-02-01;2026-02-01;EUR;-20.00;0.00",
        "K1;Acme;R4;invoice;2026-03-01;2026-03-31;EUR;7.00;7.00",
    )

    batch = merged(company, newer, at=LATER)

    assert open_amounts(company) == {"R1": 40_00, "R4": 7_00}
    added = Payment.objects.filter(batch=batch).order_by("number")
    assert list(added.values_list("number", "amount_minor", "value_on")) == [
        ("paid/K1/C1/1", -20_00, date(2026, 3, 1)),
        ("paid/K1/R1/1", 60_00, date(2026, 3, 1)),
        ("paid/K1/R2/2", 30_00, date(2026, 3, 1)),
    ]
    assert item_totals(batch) == {"EUR": (167_00, 7_00, 160_00, 0)}
    assert breaks(company) == {}


def test_a_known_item_with_other_figures_is_refused_with_its_row(company):
    merged(company, FIRST)
    changed = items_csv(
        "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.01;50.00",
        "K1;Acme;R2;invoice;2026-01-20;2026-02-20;EUR;80.00;0.00",
        "K2;Beta;R3;invoice;2026-02-02;2026-03-04;USD;50.00;0.00",
    )

    batch = merged(company, changed, at=LATER)

    assert [f for f in findings(batch) if f[2] == "refused"] == [
        ("changed_since", 2, "refused"),
        ("item_refused", 2, "refused"),
        ("changed_since", 3, "refused"),
        ("item_refused", 3, "refused"),
    ]
    assert item_totals(batch) == {"EUR": (180_01, 0, 0, 180_01), "USD": (50_00, 0, 50_00, 0)}
    assert open_amounts(company) == {"R1": 100_00, "R2": 30_00, "C1": -20_00}
    assert breaks(company) == {}


def test_money_applied_here_is_not_applied_again_by_the_next_export(company):
    merged(company, FIRST)
    item = Item.objects.get(number="R1")
    money = payment(Customer.objects.get(number="K1"), "BANK1", 60_00)
    (row,) = apply_payment(
        actor=system(company), payment=money, amounts={item: 60_00}, as_of=TODAY, at=AT
    )
    reverse_allocation(actor=system(company), allocation=row, reason="x", as_of=TODAY, at=AT)
    apply_payment(actor=system(company), payment=money, amounts={item: 45_00}, as_of=TODAY, at=AT)

    newer = items_csv("K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;40.00")
    merged(company, newer, at=LATER)
    merged(company, newer, at=LATER)

    assert open_amounts(company)["R1"] == 40_00
    late = Allocation.objects.get(item=item, batch__isnull=False)
    assert (late.amount_minor, late.applied_on) == (15_00, TODAY)
    assert breaks(company) == {}


def test_what_is_settled_later_is_taken_in_though_the_first_money_was_another_payers(company):
    merged(company, FIRST)
    payer = add_customer(company, "K9")
    assign_payer(
        actor=system(company), payment=Payment.objects.get(number="paid/K1/R2/1"),
        customer=payer, reason="their account", as_of=TODAY, at=LATER,
    )  # fmt: skip

    merged(company, FIRST.replace(b"80.00;30.00", b"80.00;10.00"), at=LATER)

    made = Payment.objects.filter(reference="R2").order_by("number")
    assert list(made.values_list("number", "customer__number", "amount_minor")) == [
        ("paid/K1/R2/1", "K9", 50_00), ("paid/K1/R2/2", "K1", 20_00),
    ]  # fmt: skip
    assert (open_amounts(company)["R2"], breaks(company)) == (10_00, {})


PAYMENTS = ("payments.csv", (b"Payment No;Customer No;Payment Date;Currency;Payment Amount\n"
            b"P1;K1;2026-02-10;EUR;90.00\nP2;K1;2026-02-11;EUR;30.00\n"))  # fmt: skip
LINKS = ("allocations.csv", (b"Payment No;Invoice No;Allocated Amount;Date\n"
         b"P1;R1;70.00;2026-02-10\nP1;R2;20.00;2026-02-10\nC1;R1;20.00;2026-02-12\n"))  # fmt: skip
PLAIN = items_csv(
    "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;10.00",
    "K1;Acme;R2;invoice;2026-01-20;2026-02-19;EUR;80.00;60.00",
    "K1;Acme;C1;credit note;2026-02-01;2026-02-01;EUR;-20.00;0.00",
)


def test_stated_payments_and_nettings_are_taken_as_they_are(company):
    merged(company, PLAIN, PAYMENTS, LINKS)
    before = rows()

    assert open_amounts(company) == {"R1": 10_00, "R2": 60_00}
    booked = Allocation.objects.order_by("applied_on", "pk")
    assert list(booked.values_list("item__number", "source", "amount_minor", "applied_on")) == [
        ("R1", "payment", 70_00, date(2026, 2, 10)),
        ("R2", "payment", 20_00, date(2026, 2, 10)),
        ("R1", "credit", 20_00, date(2026, 2, 12)),
        ("C1", "credit", -20_00, date(2026, 2, 12)),
    ]
    assert list(Payment.objects.order_by("number").values_list("number", flat=True)) == [
        "P1",
        "P2",
    ]
    assert breaks(company) == {}

    merged(company, PLAIN, PAYMENTS, LINKS, at=LATER)
    assert rows() == before


def test_a_changed_payment_is_refused_and_a_new_allocation_of_a_known_one_taken(company):
    merged(company, PLAIN, PAYMENTS, LINKS)
    payments = (
        "p.csv",
        PAYMENTS[1].replace(b"P1;K1;2026-02-10;EUR;90", b"P1;K1;2026-02-10;EUR;91"),
    )
    links = ("a.csv", LINKS[1] + b"P2;R2;25.00;2026-02-20\n")
    plain = PLAIN.replace(b"80.00;60.00", b"80.00;35.00")

    batch = merged(company, plain, payments, links, at=LATER)

    codes = [code for code, _, action in findings(batch) if action == "refused"]
    assert codes == ["payment_refused", "payment_refused", "changed_since"]
    assert open_amounts(company) == {"R1": 10_00, "R2": 35_00}
    new = Allocation.objects.get(batch=batch)
    assert (new.payment.number, new.amount_minor) == ("P2", 25_00)
    assert breaks(company) == {}


def test_disputes_come_from_their_file_or_from_a_mark(company):
    marked = FIRST.decode().splitlines()
    file = "\n".join(
        [marked[0] + ";Disputed", marked[1] + ";no", marked[2] + ";yes", marked[3] + ";no",
         marked[4] + ";yes"]
    ).encode()  # fmt: skip
    disputes = ("disputes.csv", (b"Dispute No;Invoice No;Customer No;Reason;Dispute Amount;Opened\n"
                b"D1;R1;K1;PRICE;150.00;2026-02-20\n"))  # fmt: skip

    for at in (AT, LATER):
        merged(company, file, disputes, at=at)

    found = Dispute.objects.order_by("item__number")
    assert list(found.values_list("item__number", "reason", "amount_minor")) == [
        ("R1", "price", 100_00),
        ("R2", "other", 30_00),
        ("R3", "other", 50_00),
    ]
    assert [d.closed_on is None for d in found] == [True, True, False]
    assert breaks(company) == {}


def test_customers_are_filled_where_empty_and_never_overwritten(company):
    known = Customer.objects.create(
        company=company, number="K1", name="K1", country="FR", recorded_at=AT
    )
    Contact.objects.create(customer=known, phone="123", recorded_at=AT)
    people = ("customers.csv", (b"Customer No;Name;Country;Email;Phone;City;Parent\n"
              b"K1;Acme;DE;a@acme.example;999;Berlin;\nK2;Beta;DE;b@beta.example;;;K1\n"))  # fmt: skip

    for at in (AT, LATER):
        merged(company, FIRST, people, at=at)

    first, second = Customer.objects.order_by("number")
    assert (first.name, first.country, first.address) == ("Acme", "FR", "Berlin")
    assert (second.name, second.country, second.parent) == ("Beta", "DE", first)
    assert list(Contact.objects.order_by("customer").values_list("email", "phone")) == [
        ("a@acme.example", "123"),
        ("b@beta.example", ""),
    ]


def test_who_may_not_import_and_open_questions_change_nothing(company, collector):
    with pytest.raises(Forbidden, match=r"items\.import"):
        import_ledger(actor=staff(collector, company), ledger=ledger(FIRST), as_of=TODAY, at=AT)
    unclear = items_csv("K1;Acme;R1;invoice;05/01/2026;04/02/2026;EUR;100.00;100.00")
    with pytest.raises(Refused, match="Choose the order"):
        merged(company, unclear)
    assert (Item.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_an_import_stays_in_its_company(company, rival):
    other = Company.objects.get(name="Rival")
    merged(company, FIRST)
    merged(other, FIRST)

    assert open_amounts(other) == open_amounts(company)
    assert Item.objects.filter(company=other).count() == 4
    batch = ImportBatch.objects.filter(company=company).get()
    with pytest.raises(Refused, match="does not belong to Rival"):
        import_ledger(actor=system(other), ledger=ledger(FIRST), batch=batch, as_of=TODAY, at=AT)
    assert breaks(company) == breaks(other) == {}


def test_how_documents_were_sent_is_kept_and_known_to_the_models(company, clerk):
    read = read_ledger([("ways.csv", WAYS)])
    import_ledger(actor=staff(clerk, company), ledger=read, name="ways", as_of=TODAY, at=AT)

    assert list(Item.objects.order_by("number").values_list("number", "is_paper")) == [
        ("R1", True),
        ("R2", False),
        ("R3", None),
    ]
    known = company_history(Books(company), as_of=TODAY)
    keys = dict(Item.objects.values_list("number", "pk"))
    assert dict(known.papers.rows()) == {keys["R1"]: True, keys["R2"]: False}
