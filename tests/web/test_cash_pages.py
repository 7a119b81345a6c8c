"""The workbench: the queue, one payment beside items, and what is known of payers."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.models import Allocation, Dispute, PayerAlias, PayerRelation, Payment
from dunwell.queries.pages import PAGE_SIZE
from dunwell.web import match_quality
from dunwell.web.cash_forms import FIELDS
from tests.actions.ledger_rows import invoice, open_amounts
from tests.actions.match_desk import case_of, money, run
from tests.conftest import AT, TODAY, add_customer


def waiting(company, number="P1", amount_minor=150_00, **changes):
    """A payment that matching left to a person."""
    told = {"payer": "Somebody", "reference": "thank you", **changes}
    payment = money(company, number, amount_minor, **told)
    run(company)
    return payment, case_of(payment)


def test_the_queue_lists_what_waits_with_sums_and_opens_a_payment_beside_items(
    come_in, clerk, company, customer
):
    invoice(customer, "R1", 100_00)
    _payment, case = waiting(company, customer=customer)
    client = come_in(clerk)

    queue = client.get("/cash/").text
    assert f"/cash/{case.pk}/" in queue and "P1" in queue and "1 payment in EUR" in queue
    page = client.get(f"/cash/{case.pk}/").text
    assert (
        "thank you" in page and "R1" in page and f'name="version" value="{case.version}"' in page
    )
    assert not case.views.exists()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            {"payer": "Acme", "reference": "R1 freight"},
            [
                "Nach Nummer: abzüglich eines Abzugs",
                "der Zahler Acme liest sich wie der Kunde; abgezogen: Fracht</span>",
                "abgezogen: Fracht.</dd>",
            ],
        ),
        (
            {"reference": "Acme"},
            [
                "Nach Zahler: älteste Posten zuerst",
                "Der Text liest sich wie der Kunde; nichts passt: älteste Posten zuerst.",
            ],
        ),
        (
            {"reference": "downpayment"},
            ["Der Text spricht von einer Vorauszahlung; kein offener Posten passt dazu."],
        ),
        (
            {"reference": "R1 under protest"},
            ["Der Text spricht von einer Rechtssache.", "Recht</span>", "Aufheben"],
        ),
    ],
)
def test_why_a_payment_is_read_as_it_is_is_told_in_german(
    come_in, clerk, company, customer, told, words
):
    invoice(customer, "R1", 120_00)
    _payment, case = waiting(company, **{"amount_minor": 95_00, "payer": "", **told})
    client = come_in(clerk)
    client.cookies["django_language"] = "de"
    page = client.get(f"/cash/{case.pk}/").text
    for one in words:
        assert one in page
    assert "Mahnsperre" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_payment_is_put_back_in_german_and_its_reason_stays_as_written(
    come_in, clerk, company, customer
):
    _payment, case = waiting(company, customer=customer)
    client = come_in(clerk)
    client.cookies["django_language"] = "de"
    assert "Zurückstellen" in client.get(f"/cash/{case.pk}/").text
    written = {"version": case.version, "reason": "No open item fits it.", "escalate_to": "Ann"}
    assert "Zurückstellen" in client.get(f"/cash/{case.pk}/hold/").text
    client.post(f"/cash/{case.pk}/hold/", written)
    page = client.get(f"/cash/{case.pk}/").text
    assert "No open item fits it." in page and "Ann</span>" in page


def test_who_looks_at_a_payment_is_told_to_the_next(come_in, clerk, collector, company, customer):
    _, case = waiting(company)
    path = f"/cash/{case.pk}/look/"
    assert "looks at this payment too" not in come_in(clerk).post(path).text
    assert f"{clerk.username} looks at this payment too" in come_in(collector).post(path).text


def test_a_payment_is_put_on_items_and_the_next_case_opens(come_in, clerk, company, customer):
    first, second = invoice(customer, "R1", 100_00), invoice(customer, "R2", 80_00)
    _payment, case = waiting(company)
    _, after = waiting(company, "P2", 77_00)
    client = come_in(clerk)

    answer = client.post(
        f"/cash/{case.pk}/",
        {
            "version": case.version,
            f"amount-{first.pk}": "100.00",
            f"amount-{second.pk}": "50.00",
            "customer": customer.number,
            "learn": "on",
            "seconds": "42",
        },
    )

    assert answer["Location"] == f"/cash/{after.pk}/?after={case.pk}"
    assert open_amounts(company) == {"R2": 30_00}
    case.refresh_from_db()
    assert (case.status, case.seconds, case.decided_by) == ("decided", 42, clerk.username)
    assert [alias.text for alias in PayerAlias.objects.filter(customer=customer)] == ["somebody"]
    following = client.get(answer["Location"]).text
    assert "P1 is applied." in following and f"/cash/{case.pk}/undo/" in following

    client.post(f"/cash/{case.pk}/undo/", {"reason": "wrong customer"})
    assert open_amounts(company) == {"R1": 100_00, "R2": 80_00}
    assert not PayerAlias.objects.exists()


def test_a_payment_of_170_items_can_be_posted(come_in, clerk, company, customer):
    items = [invoice(customer, f"R{n}", 1_00) for n in range(170)]
    _, case = waiting(company, amount_minor=500_00, customer=customer)
    typed = {"version": case.version, "customer": customer.number}
    for item in items:
        typed |= {f"{name}-{item.pk}": "" for name in (*FIELDS, "why", "note")}
    typed[f"amount-{items[169].pk}"] = "1.00"

    answer = come_in(clerk).post(f"/cash/{case.pk}/", typed)

    assert (answer.status_code, answer["Location"]) == (302, "/cash/")
    assert Allocation.objects.get().item == items[169]


def test_the_place_in_the_queue_counts_more_than_one_page_of_it(come_in, clerk, company):
    for n in range(PAGE_SIZE + 2):
        money(company, f"P{n}", 9_999_00 - n, payer="Somebody", reference="thank you")
    run(company)
    last, before = case_of(Payment.objects.get(number="P51")), Payment.objects.get(number="P50")

    page = come_in(clerk).get(f"/cash/{last.pk}/").text

    assert "52 of 52" in page and f'href="/cash/{case_of(before).pk}/"' in page
    first = come_in(clerk).get(f"/cash/{case_of(Payment.objects.get(number='P0')).pk}/").text
    assert "1 of 52" in first


def test_a_discount_not_granted_is_refused_and_what_was_typed_stays(
    come_in, clerk, company, customer
):
    item = invoice(customer, "R1", 160_00)
    _, case = waiting(company, customer=customer)
    client = come_in(clerk)
    typed = {
        "version": case.version,
        f"amount-{item.pk}": "150.00",
        f"discount-{item.pk}": "10.00",
        "customer": customer.number,
    }
    answer = client.post(f"/cash/{case.pk}/", typed)
    assert answer.status_code == 422
    assert 'value="150.00"' in answer.text and 'value="10.00"' in answer.text
    assert open_amounts(company) == {"R1": 160_00}


def test_a_deduction_opens_a_dispute_the_same_minute(come_in, clerk, company, customer):
    item = invoice(customer, "R1", 160_00)
    _, case = waiting(company, customer=customer)
    come_in(clerk).post(
        f"/cash/{case.pk}/",
        {
            "version": case.version,
            f"amount-{item.pk}": "150.00",
            f"deduct-{item.pk}": "10.00",
            f"why-{item.pk}": "quality",
            f"note-{item.pk}": "two boxes broken",
            "customer": customer.number,
        },
    )
    found = Dispute.objects.get()
    assert (found.item, found.amount_minor, found.reason) == (item, 10_00, "quality")
    assert "two boxes broken" in found.note
    assert open_amounts(company) == {"R1": 10_00}


def test_whoever_decides_second_is_told_who_was_faster(come_in, clerk, company, customer):
    item = invoice(customer, "R1", 160_00)
    _, case = waiting(company, customer=customer)
    client = come_in(clerk)
    typed = {
        "version": case.version,
        f"amount-{item.pk}": "150.00",
        "customer": customer.number,
    }
    client.post(f"/cash/{case.pk}/", typed)
    second = client.post(f"/cash/{case.pk}/", typed)
    assert second.status_code == 422 and clerk.username in second.text
    assert Allocation.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("amount", "abc", "R1: abc is not an amount"), ("customer", "K9", "no customer K9")],
)
def test_what_is_wrong_stands_on_the_page(come_in, clerk, company, customer, field, value, words):
    item = invoice(customer, "R1", 160_00)
    _, case = waiting(company, customer=customer)
    typed = {"version": case.version, f"amount-{item.pk}": "150.00", "customer": customer.number}
    name = f"amount-{item.pk}" if field == "amount" else field
    answer = come_in(clerk).post(f"/cash/{case.pk}/", {**typed, name: value})
    assert answer.status_code == 422 and words in answer.text


def test_payments_are_left_on_account_held_and_released(come_in, clerk, company, customer):
    _, case = waiting(company)
    client = come_in(clerk)
    client.post(
        f"/cash/{case.pk}/on-account/",
        {"customer": customer.number, "reason": "next order", "version": case.version},
    )
    case.refresh_from_db()
    assert case.status == "parked"
    client.post(f"/cash/{case.pk}/release/", {"reason": "order came"})
    case.refresh_from_db()
    client.post(
        f"/cash/{case.pk}/hold/",
        {"reason": "odd", "escalate_to": "treasury", "version": case.version},
    )
    case.refresh_from_db()
    assert (case.status, case.escalate_to) == ("held", "treasury")


def test_items_of_another_customer_are_found_and_can_be_paid(come_in, clerk, company, customer):
    other = add_customer(company, "K2", "Other Ltd")
    item = invoice(other, "X-77", 150_00)
    _, case = waiting(company, customer=customer)
    client = come_in(clerk)
    assert "X-77" in client.get(f"/cash/{case.pk}/items/?find=X-77").text
    assert "X-77" not in client.get(f"/cash/{case.pk}/items/?find=X-77&shown={item.pk}").text
    client.post(
        f"/cash/{case.pk}/",
        {"version": case.version, f"amount-{item.pk}": "150.00", "customer": customer.number},
    )
    assert open_amounts(company) == {}


def test_matching_now_posts_what_is_sure_and_says_so(come_in, clerk, company, customer):
    invoice(customer, "R-2026-0815", 100_00)
    payment = money(company, "P1", 100_00, payer=customer.name, reference="R-2026-0815")
    come_in(clerk).post("/cash/match/")
    assert case_of(payment).status == "posted"


def test_who_pays_for_whom_is_kept_and_removed(come_in, clerk, company, customer):
    client = come_in(clerk)
    client.post(
        "/cash/payers/add/", {"customer": "K1", "kind": "account", "text": "DE02 1203 0000 0000"}
    )
    client.post("/cash/payers/add/", {"customer": "K1", "kind": "factor", "text": "Fast Factor"})
    alias, relation = PayerAlias.objects.get(), PayerRelation.objects.get()
    page = client.get("/cash/payers/").text
    assert "DE0212030000" in page and "Fast Factor" in page
    client.post(f"/cash/payers/{alias.pk}/forget/")
    client.post(f"/cash/relations/{relation.pk}/remove/")
    page = client.get("/cash/payers/").text
    assert "DE0212030000" not in page and "Fast Factor" not in page


def test_quality_and_unapplied_cash_drill_down_to_what_they_count(
    come_in, clerk, company, customer
):
    invoice(customer, "R-2026-0815", 100_00)
    money(company, "P1", 100_00, payer=customer.name, reference="R-2026-0815")
    waiting(company, "P2", 50_00, customer=customer)
    client = come_in(clerk)
    quality = client.get("/cash/quality/").text
    assert "1 of 2 posted by itself" in quality
    page = client.get("/cash/unapplied/?currency=EUR&age=0-7").text
    assert "P2" in page and "1 payment" in page
    csv = client.get("/cash/unapplied/export.csv").text
    assert csv.splitlines()[1].split(",")[0] == "P2"
    assert "P2" in client.get("/cash/export.csv?status=exception").text
    assert client.get("/cash/quality/export.xlsx").status_code == 200


def test_unapplied_cash_of_many_customers_comes_page_by_page(come_in, clerk, company, monkeypatch):
    monkeypatch.setattr(match_quality, "PAGE_SIZE", 2)
    for n in range(3):
        waiting(company, f"P{n}", (n + 1) * 10_00, customer=add_customer(company, f"C{n}"))
    client = come_in(clerk)

    def names(page):
        listed = page[page.index('id="h-customers"') :]
        return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', listed)

    first = client.get("/cash/unapplied/").text
    link = re.search(r'rel="next" href="([^"]*)"', first)
    second = client.get(f"/cash/unapplied/{unescape(link[1])}").text

    assert (len(names(first)), len(names(second))) == (2, 1)
    assert len({*names(first), *names(second)}) == 3
    # the sums are those of all, whatever page is shown
    assert "60.00" in first and "60.00" in second
    assert names(client.get("/cash/unapplied/?cursor=nonsense").text) == names(first)


def test_a_queue_is_exported_as_its_page_lists_it(come_in, clerk, company, customer):
    invoice(customer, "R-2026-0815", 100_00)
    money(company, "P1", 100_00, payer=customer.name, reference="R-2026-0815")
    waiting(company, "P2", 50_00)
    client = come_in(clerk)

    def exported(query=""):
        rows = client.get(f"/cash/export.csv{query}").text.splitlines()[1:]
        return [row.split(",")[0] for row in rows]

    assert exported() == exported("?status=nonsense") == ["P2"]
    assert exported("?status=posted") == ["P1"]
    assert exported("?reason=other") == []


def test_reading_is_for_all_deciding_for_clerks_alone(come_in, reader, company, customer):
    _, case = waiting(company)
    client = come_in(reader)
    page = client.get(f"/cash/{case.pk}/").text
    assert "A cash-application clerk decides it." in page and "data-apply" not in page
    assert client.post("/cash/match/").status_code == 403
    assert client.get("/cash/payers/add/").status_code == 403


def test_another_company_has_no_such_case(come_in, rival, company, customer):
    _, case = waiting(company)
    assert come_in(rival).get(f"/cash/{case.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["/cash/", "/cash/unapplied/", "/cash/payers/"])
def test_lists_ask_as_many_queries_for_three_rows_as_for_one(
    come_in, clerk, company, customer, path
):
    client = come_in(clerk)
    counts = []
    for number in ("P1", "P2", "P3"):
        waiting(company, number, 10_00 + int(number[1]), customer=customer)
        PayerAlias.objects.create(
            company=company,
            customer=customer,
            kind="name",
            text=number,
            last_on=TODAY,
            recorded_by="anna",
            recorded_at=AT,
        )
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


def test_a_case_asks_as_many_queries_for_three_candidates_as_for_one(
    come_in, clerk, company, customer
):
    client = come_in(clerk)
    _, case = waiting(company, customer=customer)
    counts = []
    for number in ("R1", "R2", "R3"):
        invoice(customer, number, 33_00)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/cash/{case.pk}/")
        counts.append(len(asked))
    # the first look at a case notes that somebody looks
    assert counts[1] == counts[2]
