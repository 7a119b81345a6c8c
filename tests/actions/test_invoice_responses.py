import json
from datetime import date, timedelta

import pytest

from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.engine.calendars import day_number
from dunwell.engine.chase import GATE_REASONS
from dunwell.engine.collectable import collectable, promised
from dunwell.engine.items import open_items
from dunwell.engine.strategy import steps_frame
from dunwell.models import Dispute, DisputeCase, InvoiceResponse, Promise, Task
from dunwell.queries.frames import disputes_frame, holds_frame, promises_frame
from dunwell.queries.ledgers import Books
from tests.actions.delivery_rows import answered
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.formats.response_samples import cdar, french_reason, peppol, reason


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def actor(collector):
    return acting(collector)


def told(actor, data, **changes):
    """The one answer of a file, as it was kept."""
    (kept,) = answered(actor, data, **changes).taken
    return kept


def outcomes(kept):
    return [(one["effect"], one["done"], one["text"]) for one in kept.outcomes]


def test_a_refusal_opens_a_case_with_the_reason_it_states(company, actor, item):
    data = peppol(status=reason("REF", "Order 4711 is missing"))

    kept = told(actor, data)

    assert (kept.scheme, kept.document_id, kept.code, kept.reason_codes, kept.note) == (
        *("peppol", "IR-1", "RE"),
        *(["REF"], "Order 4711 is missing"),
    )
    assert (kept.item, kept.customer, kept.effective_on, kept.recorded_on) == (
        *(item, item.customer, date(2026, 3, 4), TODAY),
    )
    assert outcomes(kept) == [("dispute", True, "D-000001, no_po")]
    assert (kept.case.source, kept.case.reason, kept.case.title) == ("e_invoice", "no_po", "R1")
    dispute = Dispute.objects.get(case=kept.case)
    assert (dispute.amount_minor, dispute.note) == (100_00, "RE REF: Order 4711 is missing")
    assert verbs(company) == ["dispute_case.opened", "response.taken"]
    _verb, name, about, event = last_event(company)
    assert (name, about) == ("anna", item.customer_id)
    assert event == {
        "item": "R1",
        "scheme": "peppol",
        "code": "RE",
        "reasons": ["REF"],
        "outcomes": kept.outcomes,
    }


@pytest.mark.parametrize(
    ("data", "reason_told", "minor"),
    [
        (peppol(code="UQ", status=reason("PRI")), "price", 100_00),
        (peppol(code="UQ", status=reason("QTY")), "short_delivery", 100_00),
        (cdar(code="207", status=french_reason("TX_TVA_ERR")), "tax", 100_00),
        (cdar(code="210", status=french_reason("DOUBLON")), "duplicate", 100_00),
        (cdar(code="208"), "other", 100_00),
        # what is approved is not disputed
        (
            cdar(code="206", status=french_reason("QTE_ERR", amount="60.00")),
            "short_delivery",
            40_00,
        ),
    ],
)
def test_questions_and_refusals_of_both_schemes_become_disputes(
    actor, item, data, reason_told, minor
):
    kept = told(actor, data)
    dispute = Dispute.objects.get(item=item)
    assert (kept.case_id, dispute.reason, dispute.amount_minor) == (
        *(dispute.case_id, reason_told, minor),
    )


def test_an_answer_joins_the_case_that_is_open_already(actor, item):
    case = open_case(
        actor=actor,
        customer=item.customer,
        reason="price",
        parts=[DisputedPart(item=item, amount_minor=30_00)],
        source="staff",
        as_of=TODAY,
        at=AT,
    )
    kept = told(actor, peppol(status=reason("QTY")))
    assert (kept.case, DisputeCase.objects.count()) == (case, 1)


def test_the_same_answer_again_adds_nothing_by_whatever_door(company, actor, item):
    first = answered(actor, peppol())
    again = answered(actor, peppol(), door="mail", name="other.xml")
    assert (first.new, again.new, again.taken) == (1, 0, first.taken)
    assert verbs(company) == ["dispute_case.opened", "response.taken"]


def test_another_word_under_one_identity_is_refused(actor, item):
    answered(actor, peppol(code="UQ"))
    with pytest.raises(Refused, match="IR-1 said UQ of R1 before, now AP"):
        answered(actor, peppol(code="AP"))


@pytest.mark.parametrize(
    ("data", "due_on"),
    [
        (cdar(code="211", on="20260306"), date(2026, 3, 8)),
        (peppol(code="PD", on="2026-01-01"), TODAY),
        (
            json.dumps(
                {
                    "id": "P",
                    "invoice_number": "R1",
                    "code": "PD",
                    "effective_on": "2026-03-04",
                    "expected_pay_on": "2026-03-20",
                }
            ).encode(),
            date(2026, 3, 20),
        ),
    ],
)
def test_a_payment_that_is_announced_is_the_customers_word_for_a_day(actor, item, data, due_on):
    kept = told(actor, data)
    assert outcomes(kept) == [("announce", True, due_on.isoformat())]
    promise = kept.promise
    assert (promise.due_on, promise.made_on, promise.outcome) == (due_on, TODAY, "open")
    assert list(promise.lines.values_list("item", "amount_minor")) == [(item.pk, 100_00)]


def test_an_announced_payment_stops_reminders_until_it_is_overdue(company, actor, customer):
    item = invoice(customer, "R1", 100_00, due_on=TODAY - timedelta(days=5))
    told(actor, cdar(code="211", on="20260310"))

    def asked(on):
        books = Books(company)
        ledger = books.still_open(as_of=on)
        found = collectable(
            open_items(ledger.items, ledger.allocations, as_of=on),
            books.customers,
            steps_frame([], as_of=on),
            disputes=disputes_frame(company, only_open=True),
            promised=promised(ledger.promises, ledger.allocations, ledger.items, as_of=on),
            holds=holds_frame(company),
            as_of=on,
        ).collect()
        return found["collect_minor"].to_list()

    # announced for the 12th, and two days of tolerance
    assert (asked(TODAY), asked(date(2026, 3, 14))) == ([0], [0])
    assert asked(date(2026, 3, 15)) == [item.amount_minor]
    assert "announced" in GATE_REASONS["promise_open"]


def test_the_pay_date_model_reads_the_announced_day_as_a_promise(company, actor, item):
    """`tests/ml/test_hazard.py` shows that the expected day follows it."""
    told(actor, cdar(code="211", on="20260310"))
    (row,) = promises_frame(company).collect().to_native().rows(named=True)
    assert (row["item_id"], row["made_day"], row["due_day"]) == (
        *(item.pk, day_number(TODAY)),
        day_number(date(2026, 3, 12)),
    )


def test_a_payment_announced_for_a_part_covers_that_part(actor, item):
    row = {
        "id": "P",
        "invoice_number": "R1",
        "code": "PD",
        "effective_on": "2026-03-04",
        "amount": "25.00",
        "currency": "EUR",
    }
    kept = told(actor, json.dumps(row).encode())
    assert (kept.amount_minor, kept.promise.lines.get().amount_minor) == (25_00, 25_00)
    other = told(actor, json.dumps({**row, "id": "Q", "currency": "USD"}).encode())
    assert (other.amount_minor, other.promise.lines.get().amount_minor) == (None, 100_00)


def test_a_newer_announcement_takes_the_place_of_the_older(actor, item):
    first = told(actor, cdar(code="211", on="20260306"))
    second = told(actor, cdar(code="211", on="20260310", identity="CDV-2"))
    first.promise.refresh_from_db()
    assert (first.promise.outcome, second.promise.outcome) == ("superseded", "open")


def test_an_answer_is_kept_where_the_desk_refuses_what_would_follow(company, actor, customer):
    item = invoice(customer, "R1", 100_00)
    apply_payment(
        actor=system(company),
        payment=payment(customer, "P1", 100_00),
        amounts={item: 100_00},
        as_of=TODAY,
        at=AT,
    )
    announced = told(actor, peppol(code="PD"))
    refused = told(actor, peppol(code="RE", identity="IR-2"))
    assert [one["done"] for one in (*announced.outcomes, *refused.outcomes)] == [False, False]
    assert refused.outcomes[0]["text"] == "Nothing of R1 is open, so nothing can be disputed."
    assert (Promise.objects.count(), DisputeCase.objects.count()) == (0, 0)


def test_of_answers_that_come_in_the_wrong_order_the_later_word_stands(actor, item):
    told(actor, peppol(code="AP", on="2026-03-04"))
    late = told(actor, peppol(code="UQ", on="2026-03-01", identity="IR-0"))
    assert outcomes(late) == [("dispute", False, "AP of 2026-03-04 came later and stands.")]
    told(actor, peppol(code="RE", on="2026-03-05", identity="IR-2"))
    paid = told(actor, peppol(code="PD", on="2026-03-02", identity="IR-3"))
    assert outcomes(paid) == [("announce", False, "RE of 2026-03-05 came later and stands.")]


def test_an_approval_opens_nothing_and_weakens_a_later_claim(actor, item):
    kept = told(actor, peppol(code="AP"))
    assert (kept.outcomes, kept.case, kept.promise) == ([], None, None)
    case = told(actor, peppol(code="UQ", on="2026-03-05", identity="IR-2")).case
    codes = {one["code"]: one["weight_milli"] for one in case.validity["contributions"]}
    assert codes["accepted"] < 0


def test_what_counts_as_paid_there_and_is_open_here_is_looked_at(actor, item):
    kept = told(actor, cdar(code="212"))
    why = "R1 counts as paid there (212) and is open here: look for the money."
    assert outcomes(kept) == [("check_paid", True, why)]
    task = Task.objects.get()
    assert (task.kind, task.reason, task.customer) == ("follow_up", why, item.customer)


def test_a_message_level_answer_says_nothing_of_the_invoice(actor, item):
    kept = told(actor, peppol(code="RE", kind="mlr"))
    assert (kept.scheme, kept.outcomes, DisputeCase.objects.count()) == ("peppol_mlr", [], 0)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (peppol(number="X9"), "There is no invoice X9"),
        (b"<Order/>", "a document Order, no answer"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_leaves_nothing(company, actor, item, data, text):
    with pytest.raises(Refused, match=text):
        answered(actor, data)
    assert (InvoiceResponse.objects.count(), verbs(company)) == (0, [])


def test_a_number_of_two_customers_needs_the_customer(company, actor, item):
    other = add_customer(company, "K2", "Beta")
    invoice(other, "R1", 50_00)
    with pytest.raises(Refused, match="Several invoices are numbered R1"):
        answered(actor, peppol())
    assert told(actor, peppol(), customer=other).customer == other


def test_answers_of_a_file_that_are_refused_stop_no_other(actor, item):
    rows = [
        {"id": str(n), "invoice_number": number, "code": "AP", "effective_on": "2026-03-04"}
        for n, number in enumerate(("R1", "X9"))
    ]
    found = answered(actor, json.dumps(rows).encode())
    assert (len(found.taken), found.new, len(found.refused)) == (1, 1, 1)


def test_only_the_desk_takes_answers(company, reader, rival, item):
    with pytest.raises(Forbidden):
        answered(acting(reader), peppol())
    with pytest.raises(Refused, match="There is no invoice R1"):
        answered(acting(rival), peppol())
    with pytest.raises(Refused, match="another company"):
        answered(acting(rival), peppol(), customer=item.customer)
