"""Pages about provisions, retentions, yields and financing: a story each, and nobody else's."""

import zipfile
from datetime import date
from io import BytesIO

import pytest

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import (
    FinancingDraw,
    FinancingFacility,
    LossAssessment,
    ProvisionRun,
    Retention,
)
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.conftest import AT, TODAY, add_user

FEB = date(2026, 2, 28)


@pytest.fixture
def director(company):
    return add_user(company, "dora", "finance_director")


@pytest.fixture
def owed(customer):
    late = {"issued_on": date(2025, 10, 1), "due_on": date(2025, 11, 1)}
    return invoice(customer, "R1", 1_000_00, **late), invoice(customer, "R2", 500_00)


def test_a_provision_is_drawn_reviewed_posted_read_and_taken_back(
    come_in, client, company, customer, owed, manager, director, rival
):
    client = come_in(manager)
    assert "No provision yet" in client.get("/provisions/").text
    refused = client.post("/provisions/draw/", {"on": "2026-02-27"})
    assert refused.status_code == 422 and "no month end" in refused.text
    client.post("/provisions/draw/", {"on": FEB.isoformat()})
    run = ProvisionRun.objects.get()
    address = f"/provisions/{run.pk}/"
    assert client.post(f"{address}review/").status_code == 422
    client.force_login(director)
    client.post(f"{address}review/")
    client.post(f"{address}post/")

    page = client.get(address).text
    assert "€106.00" in page and "Expected losses charged" in page and "10.60" in page
    items = client.get(f"{address}items/?line=1").text
    assert "R2" in items or "R1" in items
    assert "R1" in client.get(f"{address}items/export.csv").text
    assert "€107.50" in client.get("/provisions/").text
    assert "€1,500.00" in client.get(f"{address}hindsight/").text
    note = client.get(f"{address}note/").text
    assert "IFRS 7 35H" in note and "Closing balance" in note
    assert "Not due" in note and "not_due" not in note and "Everybody else" in note
    assert 'class="right">Allowance' in note
    book = zipfile.ZipFile(BytesIO(client.get(f"{address}note.xlsx").content))
    assert b"not_due" not in book.read("xl/sharedStrings.xml")
    assert client.get(f"{address}note.pdf").content.startswith(b"%PDF")
    assert client.get(f"{address}note.xlsx").content.startswith(b"PK")
    assert "106.00" in client.get(f"{address}export.csv").text
    words = client.get("/provisions/words/").text
    assert "€106.00" in words
    client.force_login(rival)
    assert client.get(address).status_code == 404
    assert client.get(f"{address}items/").status_code == 404
    client.force_login(manager)
    client.post(f"{address}reverse/", {"reason": "wrong"})
    assert "wrong" in client.get(address).text
    assert not breaks(company)


def test_a_loss_is_assessed_and_a_part_held_back(
    come_in, company, customer, owed, manager, director
):
    client = come_in(manager)
    told = {
        "customer": "K1", "percent": "60", "reason": "insolvent", "evidence": "IN 1/26",
        "from_on": "2026-03-01",
    }  # fmt: skip
    wrong = client.post("/provisions/assessments/add/", {**told, "customer": "K9"})
    assert wrong.status_code == 422 and 'value="K9"' in wrong.text
    client.post("/provisions/assessments/add/", told)
    found = LossAssessment.objects.get()
    assert (found.loss_ppm, found.status) == (600_000, "asked")
    client.force_login(director)
    client.post(f"/provisions/assessments/{found.pk}/decide/", {"answer": "approve"})
    assert "In force" in client.get("/provisions/assessments/").text
    client.force_login(manager)
    client.post(f"/provisions/assessments/{found.pk}/end/", {"reason": "plan accepted"})

    assert "R2, Acme" in client.get("/provisions/retentions/?number=R2").text
    add = f"/provisions/retentions/item/{owed[1].pk}/"
    part = {"kind": "defects", "amount_minor": "50.00", "due_on": "2028-03-01", "event": "2 years"}
    assert client.post(add, {**part, "amount_minor": "501"}).status_code == 422
    client.post(add, part)
    page = client.get("/provisions/retentions/").text
    assert "€50.00" in page and "1 to 2 years" in page and "€47" in page
    assert "2 years" in client.get("/provisions/retentions/export.csv").text
    held = Retention.objects.get()
    client.post(f"/provisions/retentions/{held.pk}/release/", {"evidence": "record"})
    assert "record" in client.get("/provisions/retentions/?status=released").text


def test_the_year_of_credit_sums_and_drills(come_in, company, customer, owed, manager):
    client = come_in(manager)
    page = client.get("/provisions/yield/").text
    assert "€1,500.00" in page and "group=standard" in page
    inner = client.get("/provisions/yield/?by=segment&group=standard").text
    assert "Acme" in inner and "€225.00" in inner
    assert "225.00" in client.get("/provisions/yield/export.csv").text
    period = page.partition(">Period<")[2][:200]
    assert "2026-03-05" in period and "2026-03-06" not in period


def test_a_facility_is_compared_opened_drawn_on_and_settled(
    come_in, company, customer, owed, manager, director, rival
):
    client = come_in(manager)
    told = {
        "name": "Line", "lender": "Bank", "kind": "recourse", "limit_minor": "1000",
        "from_on": TODAY.isoformat(),
    }  # fmt: skip
    client.post("/financing/add/", told)
    facility = FinancingFacility.objects.get()
    address = f"/financing/{facility.pk}/"
    terms = {
        "valid_from": TODAY.isoformat(), "advance": "80", "rate": "6", "fee": "1", "reserve": "0",
        "insured": "0", "recourse_days": "30", "past_due_days": "90", "source": "offer of 1 March",
    }  # fmt: skip
    wrong = client.post(f"{address}terms/", {**terms, "advance": "101"})
    assert wrong.status_code == 422
    client.post(f"{address}terms/", terms)
    compare = client.get("/financing/compare/").text
    assert "Hold" in compare and "Line" in compare
    assert client.post(f"{address}open/").status_code == 422
    client.force_login(director)
    client.post(f"{address}open/")
    page = client.get(address).text
    assert "Past due too long" in page and "€400.00" in page
    assert "R1" in client.get(f"{address}items/?reason=past_due").text
    assert "R2" in client.get(f"{address}items/export.csv?reason=eligible").text
    client.post(f"{address}draw/")
    draw = FinancingDraw.objects.get()
    at = f"/financing/draws/{draw.pk}/"
    client.force_login(manager)
    client.post(f"{at}sanction/")
    client.post(f"{at}disburse/", {"reference": "B1"})
    assert "€395.00" in client.get(at).text
    assert "R2" in client.get(f"{at}export.csv").text
    money = payment(customer, "P1", 500_00)
    apply_payment(
        actor=system(company), payment=money, amounts={owed[1]: 500_00},
        as_of=TODAY, at=AT,
    )  # fmt: skip
    client.post(f"{at}settle/")
    draw.refresh_from_db()
    assert draw.status == "settled"
    assert not breaks(company)
    client.force_login(rival)
    assert client.get(at).status_code == 404 and client.get(address).status_code == 404
