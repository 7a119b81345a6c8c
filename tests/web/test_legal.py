"""Pages about legal matters, limitation, recoveries and VAT: one story each, rights, and figures."""

from datetime import date, timedelta
from io import BytesIO

from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from dunwell.models import Hold, LegalMatter, LimitationEvent, VatRelief
from tests.actions.ledger_rows import invoice, payment
from tests.actions.legal_rows import late_items, opened, written_off
from tests.conftest import TODAY, add_customer

QUERIES = {
    "/legal/": 8,
    "/legal/matters/": 5,
    "/legal/{}/": 8,
    "/limitation/": 8,
    "/limitation/events/": 5,
    "/recoveries/": 7,
    "/vat-relief/?state=any": 7,
}


def test_an_insolvency_is_opened_filed_admitted_paid_and_closed(
    come_in, company, manager, clerk, customer
):
    items = late_items(customer, 600_00, 400_00)
    client = come_in(manager)
    assert f'href="/legal/new/{customer.pk}/"' in client.get(f"/customers/{customer.pk}/").text
    new = client.get(f"/legal/new/{customer.pk}/").text
    assert "L1" in new and "€600.00" in new and "stops all chasing of the customer" in new
    client.post(
        f"/legal/new/{customer.pk}/",
        {
            "kind": "insolvency", "opened_on": TODAY.isoformat(), "court": "AG Mitte",
            "items": [item.pk for item in items], "quota": "5",
            "file_by_on": (TODAY + timedelta(days=9)).isoformat(),
        },
    )  # fmt: skip
    matter = LegalMatter.objects.get()
    address = f"/legal/{matter.pk}/"
    assert Hold.objects.filter(reason="insolvency", item=None).exists()
    page = client.get(address).text
    assert "9 days left" in page and "€1,000.00" in page and "€50.00" in page
    pdf = client.get(f"{address}claim.pdf")
    text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf.content)).pages)
    assert pdf["Content-Type"] == "application/pdf" and "1,000.00" in text and "AG Mitte" in text
    board = client.get("/legal/").text
    assert matter.number in board and "9 days left" in board

    client.post(f"{address}file/", {"filed_on": TODAY.isoformat(), "reference": "36 IN 7/26"})
    client.post(f"{address}admit/", {"quota": "10"})
    client.post(f"{address}cost/", {"amount_minor": "25", "on": TODAY.isoformat(), "note": "fee"})
    money = payment(customer, "Q1", 100_00)
    come_in(clerk).post(f"{address}dividend/", {"payment": money.pk})
    client = come_in(manager)
    page = client.get(address).text
    assert "Admitted or adjudged" in page and "Q1" in page and "€100.00" in page
    wrong = client.post(f"{address}file/", {"filed_on": TODAY.isoformat()})
    assert wrong.status_code == 422 and "is marked: admitted or adjudged" in wrong.text
    client.post(f"{address}edit/", {"version": "3", "court": "AG Nord", "quota": "12"})
    stale = client.post(f"{address}edit/", {"version": "3", "court": "AG Ost"})
    assert stale.status_code == 422 and "Somebody else has changed" in stale.text
    assert "AG Nord" in client.get(address).text
    client.post(f"{address}enforce/", {})
    client.post(f"{address}close/", {"result": "distributed"})
    page = client.get(address).text
    assert "distributed" in page and "Closed" in page
    listed = client.get("/legal/matters/?status=closed").text
    assert matter.number in listed
    assert "AG" not in client.get("/legal/matters/?status=open").text
    export = client.get("/legal/matters/export.csv?status=any").text
    assert matter.number in export and "1000.00" in export and "25.00" in export


def test_limitation_drills_down_and_events_are_added_ended_and_taken_back(
    come_in, company, manager, reader
):
    customer = add_customer(company, "D", country="DE")
    invoice(customer, "OLD", 50_00, issued_on=date(2022, 1, 1), due_on=date(2022, 12, 31))
    soon = invoice(customer, "SOON", 70_00, issued_on=date(2023, 1, 1), due_on=date(2023, 2, 1))
    client = come_in(manager)
    page = client.get("/limitation/").text
    assert "Time-barred" in page and "DE-BGB-195" in page and "€50.00" in page
    barred = client.get("/limitation/?bucket=barred").text
    assert "OLD" in barred and "SOON" not in barred
    add = f"/limitation/new/{customer.pk}/"
    assert "SOON" in client.get(f"{add}?item={soon.pk}").text
    facts = {"kind": "negotiating", "on": "2026-01-01", "item": soon.pk}
    assert client.post(add, {**facts, "evidence": ""}).status_code == 422
    client.post(add, {**facts, "evidence": "letter of 1 January"})
    event = LimitationEvent.objects.get()
    stopped = client.get("/limitation/?bucket=stopped").text
    assert "SOON" in stopped and "its days are not counted" in stopped
    client.post(f"/limitation/{event.pk}/end/", {"until_on": "2026-01-31"})
    events = client.get("/limitation/events/").text
    assert "letter of 1 January" in events and f"/limitation/{event.pk}/take-back/" in events
    client.post(f"/limitation/{event.pk}/take-back/", {"reason": "no talks"})
    assert "taken back" in client.get("/limitation/events/").text
    export = client.get("/limitation/export.csv?bucket=barred").text
    assert "OLD" in export and "2025-12-31" in export and "SOON" not in export
    assert come_in(reader).get(add).status_code == 403


def test_money_for_a_written_off_debt_is_recorded_on_its_page(
    come_in, company, manager, clerk, customer
):
    (item,) = late_items(customer, 1_000_00)
    written_off(manager, item)
    money = payment(customer, "P1", 300_00)
    client = come_in(clerk)
    page = client.get("/recoveries/").text
    assert "L1" in page and f"/recoveries/{item.pk}/" in page
    over = client.post(f"/recoveries/{item.pk}/", {"payment": money.pk, "amount_minor": "2000"})
    assert over.status_code == 422 and "written off and not recovered" in over.text
    client.post(f"/recoveries/{item.pk}/", {"payment": money.pk, "amount_minor": "300"})
    page = client.get("/recoveries/").text
    assert "€700.00" in page and "30\N{NO-BREAK SPACE}%" in page
    assert "700.00" in client.get("/recoveries/export.csv").text
    assert "No debts here" in client.get("/recoveries/?which=over").text


def test_vat_is_claimed_with_the_rate_of_the_invoice_and_repaid(
    come_in, company, manager, clerk, customer
):
    (item,) = late_items(customer, 119_00)
    written_off(manager, item)
    client = come_in(manager)
    assert "DE-USTG-17" in client.get("/vat-relief/").text
    address = f"/vat-relief/{item.pk}/"
    assert client.post(f"{address}claim/", {"rate": ""}).status_code == 422
    client.post(f"{address}claim/", {"rate": "19", "reference": "03/2026"})
    assert VatRelief.objects.get().vat_minor == 19_00
    assert "€19.00" in client.get("/vat-relief/?state=claimed").text
    assert "19.00" in client.get("/vat-relief/export.csv?state=any").text
    nothing = client.post(f"{address}repay/", {})
    assert nothing.status_code == 422 and "has to be repaid" in nothing.text
    company.country = "FR"
    company.save()
    assert "ask a tax adviser" in client.get("/vat-relief/").text


def test_a_stranger_finds_nothing_and_who_may_not_is_refused(
    come_in, company, manager, collector, rival, customer
):
    matter = opened(manager, late_items(customer, 100_00))
    client = come_in(rival)
    for place in (f"/legal/{matter.pk}/", f"/legal/{matter.pk}/claim.pdf"):
        assert client.get(place).status_code == 404
    assert "LM-" not in client.get("/legal/").text
    client = come_in(collector)
    assert client.get(f"/legal/{matter.pk}/").status_code == 200
    assert client.get(f"/legal/{matter.pk}/claim.pdf").status_code == 404
    for place in ("file", "admit", "enforce", "close", "edit", "cost", "dividend"):
        assert client.get(f"/legal/{matter.pk}/{place}/").status_code == 403
    for place in ("/legal/?x", "/legal/matters/", "/limitation/", "/recoveries/", "/vat-relief/"):
        assert client.get(f"{place}?cursor=odd&bucket=odd&state=odd").status_code == 200


def test_pages_ask_as_often_for_three_rows_as_for_one(come_in, company, manager):
    client = come_in(manager)
    for rows in (1, 3):
        for number in range(rows):
            customer = add_customer(company, f"C{rows}{number}", country="DE")
            lost, claimed = late_items(customer, 50_00, 60_00)
            written_off(manager, lost)
            matter = opened(manager, [claimed])
            LimitationEvent.objects.create(
                company=company, customer=customer, kind="letter", on=TODAY, evidence="x",
                by="mona", recorded_at=matter.recorded_at,
            )  # fmt: skip
        client.get("/legal/")
        asked = {}
        for page in QUERIES:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(page.format(matter.pk)).status_code == 200
            asked[page] = len(caught)
        assert asked == QUERIES
