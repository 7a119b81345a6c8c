"""Many rows in one request: all or each for itself, once, and in as many statements as one row."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell import clock
from dunwell.models import (
    Contact,
    EntryLine,
    Event,
    Item,
    Note,
    OpenItem,
    Payment,
    Promise,
    PromiseItem,
)

DATED = {"issued_on": "2026-01-10", "due_on": "2026-02-09"}


def item(customer, number, amount_minor=100_00, **changes):
    return {
        "customer_id": customer.pk, "number": number, "kind": "invoice", "currency": "EUR",
        "amount_minor": amount_minor, **DATED, **changes,
    }  # fmt: skip


def money(customer, number, amount_minor=50_00):
    return {
        "customer_id": customer.pk, "number": number, "currency": "EUR",
        "amount_minor": amount_minor, "value_on": "2026-01-12",
    }  # fmt: skip


def refusal(row, code, detail):
    return {"row": row, "status": "refused", "id": None, "code": code, "detail": detail}


def test_items_are_added_once_booked_and_told_of_one_by_one(as_clerk, customer):
    body = {"rows": [item(customer, "R1"), item(customer, "R2", 7_00), item(customer, "R1")]}
    first, again = (as_clerk.post("/items/bulk", body, key="k") for _ in range(2))
    r1, r2 = Item.objects.order_by("number")

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert {name: first.json()[name] for name in ("done", "known", "refused")} == {
        "done": 2, "known": 1, "refused": 0,
    }  # fmt: skip
    assert [(row["status"], row["id"]) for row in first.json()["rows"]] == [
        ("done", r1.pk), ("done", r2.pk), ("known", r1.pk),
    ]  # fmt: skip
    assert sorted(OpenItem.objects.values_list("open_minor", flat=True)) == [7_00, 100_00]
    assert EntryLine.objects.count() == 4
    assert Event.objects.filter(verb="item.added").count() == 2
    assert as_clerk.post("/items/bulk", body).json()["known"] == 3


def test_one_row_that_does_not_fit_stops_all_unless_each_is_for_itself(as_clerk, customer):
    rows = [item(customer, "R1"), item(customer, "R2", -5), item(customer, "R3", customer_id=9**9)]
    all_of_them = as_clerk.post("/items/bulk", {"rows": rows}, key="k")
    kept = Item.objects.count()
    each = as_clerk.post("/items/bulk", {"rows": rows, "all_or_nothing": False}, key="k")

    sign = "The amount of R2 must be above 0; a credit is a credit note."
    gone = f"There is no customer {9**9} in your company."
    assert (all_of_them.status_code, kept) == (422, 0)
    assert all_of_them.json() == {"detail": [
        {"type": "refused", "loc": ["body", "body", "rows", 1], "msg": sign},
        {"type": "absent", "loc": ["body", "body", "rows", 2], "msg": gone},
    ]}  # fmt: skip
    assert each.json()["rows"][1:] == [refusal(1, "refused", sign), refusal(2, "absent", gone)]
    assert list(Item.objects.values_list("number", flat=True)) == ["R1"]


def test_payments_with_other_figures_are_refused(as_clerk, customer):
    as_clerk.post("/payments/bulk", {"rows": [money(customer, "B1")]})
    rows = [money(customer, "B1", 1), money(customer, "B2")]
    told = as_clerk.post("/payments/bulk", {"rows": rows, "all_or_nothing": False}).json()

    assert (told["done"], told["refused"]) == (1, 1)
    assert told["rows"][0]["detail"] == "Payment B1 is already recorded with other figures."
    assert sorted(Payment.objects.values_list("number", "amount_minor")) == [
        ("B1", 50_00), ("B2", 50_00),
    ]  # fmt: skip


@pytest.mark.parametrize(("path", "make"), [("/items/bulk", item), ("/payments/bulk", money)])
def test_three_rows_cost_as_many_statements_as_one(as_clerk, customer, path, make):
    as_clerk.post(path, {"rows": [make(customer, "R0")]})
    counts = []
    for numbers in (["A"], ["B", "C", "D"]):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = as_clerk.post(path, {"rows": [make(customer, one) for one in numbers]})
        assert answer.json()["done"] == len(numbers)
        counts.append(len(seen))

    assert counts[0] == counts[1] < 50


def test_contacts_notes_and_promises_draw_what_each_draws_alone(as_collector, as_clerk, customer):
    key = as_clerk.post("/items", item(customer, "R1")).json()["id"]
    whose = {"customer_id": customer.pk}
    line = {"item_id": key, "amount_minor": 40_00}
    contacts = [{**whose, "email": "a@acme.example"}, {**whose, "email": "wrong"}]
    notes = [{**whose, "kind": "note", "text": "polite"}, {**whose, "kind": "note"}]
    promise = {**whose, "lines": [line], "due_on": "2099-01-01"}
    told = {
        name: as_collector.post(f"/{name}/bulk", {"rows": rows, "all_or_nothing": False}).json()
        for name, rows in (("contacts", contacts), ("notes", notes), ("promises", [promise]))
    }

    assert [(told[name]["done"], told[name]["refused"]) for name in told] == [
        (1, 1),
        (1, 1),
        (0, 1),
    ]
    assert (Contact.objects.count(), Note.objects.count(), Promise.objects.count()) == (1, 1, 0)
    assert told["notes"]["rows"][1] == refusal(1, "refused", "Write a text.")


def alone(program, name, whose, row):
    """What the operation for one answers to the same row."""
    path = f"/customers/{whose.pk}/{name}" if name in {"contacts", "notes"} else f"/{name}"
    told = row if path == f"/{name}" else {k: v for k, v in row.items() if k != "customer_id"}
    return program.post(path, told)


def test_promises_that_fit_are_kept_with_their_lines_and_told_of_as_alone(
    as_collector, as_clerk, customer, company
):
    keys = [as_clerk.post("/items", item(customer, n)).json()["id"] for n in ("R1", "R2", "R3")]
    due = str(clock.today(company.zone) + timedelta(days=3))
    rows = [
        {
            "customer_id": customer.pk,
            "due_on": due,
            "lines": [{"item_id": key, "amount_minor": 40_00}],
        }
        for key in keys
    ]
    single = alone(as_collector, "promises", customer, rows[0])
    many = as_collector.post("/promises/bulk", {"rows": rows[1:]})

    assert (single.status_code, many.status_code) == (201, 200)
    assert [one["status"] for one in many.json()["rows"]] == ["done", "done"]
    made = Promise.objects.order_by("pk")
    assert [one.pk for one in made] == [
        single.json()["id"], *(one["id"] for one in many.json()["rows"]),
    ]  # fmt: skip
    assert [(str(one.due_on), one.customer_id) for one in made] == [(due, customer.pk)] * 3
    lines = PromiseItem.objects.order_by("promise").values_list("item", "amount_minor")
    assert list(lines) == [(key, 40_00) for key in keys]
    events = Event.objects.filter(verb="promise.recorded").order_by("seq")
    kept = [{k: v for k, v in one.data.items() if k != "amounts"} for one in events]
    assert len(kept) == 3
    assert kept[0] == kept[1] == kept[2]


REFUSED = {
    "items": [
        lambda one: item(one, "N1", -5),
        lambda one: item(one, "N2", due_on="2025-01-01"),
        lambda one: item(one, "N3", issued_on="2099-01-01", due_on="2099-01-01"),
        lambda one: item(one, "R1", 7),
    ],
    "payments": [
        lambda one: money(one, "N1", 0),
        lambda one: {**money(one, "N2"), "value_on": "2099-01-01"},
        lambda one: money(one, "B1", 7),
        lambda one: {**money(one, "N3"), "reference": "4111 1111 1111 1111"},
    ],
    "contacts": [
        lambda one: {"customer_id": one.pk, "email": "wrong"},
        lambda one: {"customer_id": one.pk, "name": "Ann"},
    ],
    "notes": [
        lambda one: {"customer_id": one.pk, "kind": "note"},
        lambda one: {"customer_id": one.pk, "kind": "call", "text": "4111 1111 1111 1111"},
        lambda one: {"customer_id": one.pk, "kind": "note", "text": "x", "next_on": "2020-01-01"},
    ],
    "promises": [
        lambda one: promised(one, due_on="2099-01-01"),
        lambda one: promised(one, due_on="2020-01-01"),
        lambda one: promised(one, amount_minor=999_999_00),
        lambda one: promised(one, lines=[]),
    ],
}


def promised(customer, *, amount_minor=1, due_on="", lines=None):
    line = {"item_id": Item.objects.get(number="R1").pk, "amount_minor": amount_minor}
    on = due_on or str(clock.today(customer.company.zone) + timedelta(days=3))
    return {"customer_id": customer.pk, "due_on": on, "lines": [line] if lines is None else lines}


@pytest.mark.parametrize("name", REFUSED)
def test_a_row_is_refused_in_the_words_of_the_operation_for_one(as_anyone, customer, name):
    as_anyone.post("/items", item(customer, "R1"))
    as_anyone.post("/payments", money(customer, "B1"))
    for make in REFUSED[name]:
        told = make(customer)
        single = alone(as_anyone, name, customer, told)
        many = as_anyone.post(f"/{name}/bulk", {"rows": [told], "all_or_nothing": False})

        assert single.status_code == 422, (told, single.content)
        words = single.json()["detail"]
        if isinstance(words, str):
            # a card number stops the whole body
            told = many.json().get("rows", [many.json()])
            assert [one["detail"] for one in told] == [words]
        else:
            assert [one["msg"] for one in many.json()["detail"]] == [one["msg"] for one in words]


def test_without_the_right_nothing_is_done(as_collector, customer):
    answer = as_collector.post("/items/bulk", {"rows": [item(customer, "R1")]})

    assert (answer.status_code, Item.objects.count()) == (403, 0)
