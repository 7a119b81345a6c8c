"""Anomalies: what looks wrong in words, confirming and dismissing, filters and the export."""

import json
from datetime import date

import pytest

from dunwell.engine.anomalies import ANOMALY_KINDS
from dunwell.engine.calendars import day_number
from dunwell.models import Anomaly
from dunwell.queries.anomalies import anomaly_rows
from dunwell.templatetags.anomalies import KINDS, anomaly_words
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_anomalies import find, finding
from tests.web.test_exports import lines

QUERIES_OF_THE_PAGE = 6
HTMX = {"HX-Request": "true"}


@pytest.fixture
def two(company, customer):
    """An item at ten times the usual amount, and a payment that looks like a duplicate."""
    item, first = invoice(customer, "R1", 29_250_00), payment(customer, "P1", 50_00)
    second = payment(customer, "P2", 50_00)
    find(
        company,
        finding(
            "a", kind="ten_times", severity=80, measured=29_250_00, usual=3_120_86,
            item_id=item.pk, customer_id=customer.pk, facts=json.dumps({"rests_on": 98}),
        ),
        finding(
            "b", kind="duplicate", severity=57, measured=50_00, usual=None, payment_id=second.pk,
            other_payment_id=first.pk, customer_id=customer.pk,
            facts=json.dumps({"tier": "likely", "days_apart": 0}),
        ),
    )  # fmt: skip
    return list(Anomaly.objects.order_by("identity"))


def test_every_kind_of_the_engine_has_words():
    assert set(KINDS) == {*ANOMALY_KINDS, "duplicate"}


def test_nothing_to_look_at_is_said(come_in, reader):
    client = come_in(reader)

    assert "Nothing looks wrong." in client.get("/anomalies/").text
    assert "No finding was decided so yet." in client.get("/anomalies/?status=confirmed").text


def test_findings_say_what_was_measured_beside_what_is_usual(come_in, clerk, two):
    page = come_in(clerk).get("/anomalies/").text

    assert page.index("About ten times the usual amount") < page.index(
        "Perhaps a duplicate</span>"
    )
    assert "€29,250.00, usually €3,120.86 (from 98 rows)" in page
    assert "Check the decimal point before it is chased." in page
    assert "€50.00, likely the same, on the same day" in page
    assert f'href="/items/{two[0].item_id}/"' in page
    assert f'href="/payments/{two[1].other_payment_id}/"' in page
    assert "Perhaps a duplicate (1)" in page and "severity 80" in page


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?kind=duplicate", ["Perhaps a duplicate"]),
        ("?kind=nonsense", ["About ten times the usual amount", "Perhaps a duplicate"]),
        ("?status=dismissed", []),
        ("?status=nonsense&cursor=x", ["About ten times the usual amount", "Perhaps a duplicate"]),
    ],
)
def test_the_list_is_filtered(come_in, reader, two, query, kinds):
    page = come_in(reader).get(f"/anomalies/{query}").text

    known = ("About ten times the usual amount", "Perhaps a duplicate")
    assert [kind for kind in known if f'<span class="strong">{kind}</span>' in page] == kinds


def test_a_finding_is_confirmed_in_a_dialog(come_in, clerk, two):
    client = come_in(clerk)
    form = client.get(f"/anomalies/{two[0].pk}/confirm/", headers=HTMX)
    done = client.post(
        f"/anomalies/{two[0].pk}/confirm/", {"reason": "point slipped"}, headers=HTMX
    )
    page = client.get("/anomalies/?status=confirmed").text

    assert "<html" not in form.text and "Something is wrong here." in form.text
    assert (done.status_code, "Confirmed; correct it" in done["HX-Trigger"]) == (204, True)
    assert "carla" in page and "point slipped" in page
    # decided findings have no buttons any more
    assert "/confirm/" not in page


def test_a_dismissal_needs_a_reason_and_is_final(come_in, manager, two):
    client = come_in(manager)
    address = f"/anomalies/{two[1].pk}/dismiss/"
    empty = client.post(address, {"reason": ""})
    done = client.post(address, {"reason": "two invoices"}, follow=True)
    again = client.post(address, {"reason": "once more"})

    assert empty.status_code == 422 and "This field is required." in empty.text
    assert "Dismissed; it is not brought up again." in done.text
    assert again.status_code == 422 and "This finding is dismissed already." in again.text
    assert Anomaly.objects.get(pk=two[1].pk).reason == "two invoices"


def test_only_who_may_decides(come_in, collector, two):
    client = come_in(collector)

    assert "Confirm" not in client.get("/anomalies/").text.replace("Confirmed", "")
    assert client.post(f"/anomalies/{two[0].pk}/confirm/").status_code == 403
    assert client.post(f"/anomalies/{two[0].pk}/dismiss/").status_code == 403


def test_another_company_s_findings_are_not_there(come_in, rival, two):
    client = come_in(rival)

    assert "Nothing looks wrong." in client.get("/anomalies/").text
    assert client.post(f"/anomalies/{two[0].pk}/confirm/").status_code == 404
    assert len(lines(client.get("/anomalies/export.csv"))) == 1


def test_findings_are_exported_under_the_same_filter(come_in, reader, two):
    head, row = lines(come_in(reader).get("/anomalies/export.csv?kind=ten_times"))

    assert head == (
        "Kind,Severity,Status,Customer number,Customer,Item,Payment,What was found,Found on,"
        "Decided by,Reason"
    )
    assert row == (
        "About ten times the usual amount,80,Open,K1,Acme,R1,,"
        '"€29,250.00, usually €3,120.86 (from 98 rows)",2026-03-05,,'
    )


JANUARY = day_number(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "overpayment", "measured": 90_00, "usual": 50_00}, "€90.00, owed €50.00"),
        ({"kind": "closed_day", "unit": "day", "measured": JANUARY}, "issued Jan 1, 2026"),
        (
            {"kind": "number_order", "unit": "day", "measured": JANUARY + 4, "usual": JANUARY},
            "issued Jan 5, 2026, the number before it Jan 1, 2026",
        ),
        (
            {"kind": "terms_unusual", "unit": "days", "measured": 90, "usual": 30},
            "90 days, usually 30 days",
        ),
        (
            {"kind": "paid_early", "unit": "days", "measured": -4, "usual": 14},
            "paid 4 days early, usually 14 days late",
        ),
        ({"kind": "number_gap", "unit": "numbers", "measured": 3}, "3 numbers are missing"),
        ({"kind": "small_burst", "unit": "count", "measured": 4}, "4 payments in seven days"),
        ({"kind": "payer_unusual", "unit": "count", "measured": 1}, "seen 1 time"),
        ({"kind": "returned_again", "unit": "days", "measured": 1}, "1 day after it came back"),
        ({"kind": "amount_high", "measured": None}, ""),
        ({"kind": "brand_new", "unit": "count", "measured": 2}, "seen 2 times"),
    ],
)
def test_each_unit_reads_as_a_phrase(company, customer, fields, words):
    item = invoice(customer, "R1", 10_00)
    given = {"usual": None, "unit": "minor", "facts": "{}", **fields}
    find(company, finding("x", item_id=item.pk, customer_id=customer.pk, **given))

    assert anomaly_words(anomaly_rows(company).rows[0]) == words


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, clerk, company, customer, count, django_assert_num_queries
):
    for number in range(count):
        item = invoice(customer, f"R{number}", 10_00)
        find(company, finding(f"x{number}", item_id=item.pk, customer_id=customer.pk))
    client = come_in(clerk)

    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get("/anomalies/")
