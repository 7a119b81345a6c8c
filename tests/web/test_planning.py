"""Pages of planning: a budget from draft to its rows, scenarios side by side, liquidity, covenants."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.covenants import add_covenant
from dunwell.actions.gap_alerts import raise_gap_alerts
from dunwell.actions.gate import system
from dunwell.actions.month_actuals import keep_actuals
from dunwell.models import Budget, CashPosition, Covenant, PlannedPayment, Scenario
from dunwell.queries.budgets import budget_lines
from dunwell.queries.gaps import gaps_due
from dunwell.queries.ledgers import Books
from dunwell.queries.month_actuals import facts_due
from tests.actions.ledger_rows import invoice
from tests.actions.planning_rows import figures, outlook, peer
from tests.conftest import AT, TODAY, add_customer, add_user

JANUARY = date(2026, 1, 1)
NEW = {"name": "Plan", "starts_on": "2026-01", "months": "12", "currency": "eur"}


@pytest.fixture
def desk(come_in, manager):
    return come_in(manager)


def test_a_budget_goes_from_a_draft_to_approved_and_opens_its_rows(desk, come_in, company):
    customer = add_customer(company, "K1", "Acme")
    invoice(customer, "R1", 300_00, issued_on=date(2026, 1, 10), due_on=date(2026, 2, 9))
    assert desk.post("/planning/budgets/new/", {**NEW, "starts_on": "x"}).status_code == 422
    assert desk.post("/planning/budgets/new/", NEW).status_code == 302
    budget = Budget.objects.get()
    page = f"/planning/budgets/{budget.pk}/"
    bad = desk.post(f"{page}edit/", {"revision": "1", "v0-202601": "12.345", "v2-202601": "45.5"})
    assert bad.status_code == 422
    assert 'value="12.345"' in bad.text and "more decimals than EUR allows" in bad.text
    sent = {"revision": "1", "v0-202601": "400.00", "v2-202601": "45.5"}
    assert desk.post(f"{page}edit/", sent).status_code == 302
    assert budget_lines(budget) == {
        (JANUARY, "sales", "", ""): 400_00, (JANUARY, "dso", "", ""): 4_550,
    }  # fmt: skip
    stale = desk.post(f"{page}edit/", {**sent, "v0-202601": "1.00"})
    assert stale.status_code == 422 and "meanwhile" in stale.text
    export = desk.get(f"{page}export.csv").content
    more = export.replace(b"\r\n", b"\r\nsales,segment,large,5.00" + b"," * 11 + b"\r\n", 1)
    upload = SimpleUploadedFile("b.csv", more)
    assert desk.post(f"{page}upload/", {"file": upload}).status_code == 302
    assert budget_lines(budget)[JANUARY, "sales", "segment", "large"] == 5_00
    wrong = SimpleUploadedFile("b.csv", export.replace(b"400.00", b"400.001"))
    refused = desk.post(f"{page}upload/", {"file": wrong})
    assert refused.status_code == 422 and "row 2, 2026-01" in refused.text
    assert desk.post(f"{page}hand-in/", {"revision": "3"}).status_code == 302
    assert desk.post(f"{page}approve/").status_code == 422
    second = come_in(add_user(company, "fay", "finance_director"))
    assert second.post(f"{page}approve/").status_code == 302
    keep_actuals(actor=system(company), facts=facts_due(Books(company), as_of=TODAY), at=AT)
    shown = second.get(page).text
    assert "-€100.00" in shown
    assert "-25.0" in shown
    rows = second.get(f"{page}rows/sales/2026-1/").text
    assert "R1" in rows and "€300.00" in rows
    book = second.get(f"{page}export.xlsx")
    assert book.content[:2] == b"PK"


def test_liquidity_names_the_breach_and_its_levers(desk, company):
    assert "not known yet" in desk.get("/planning/").text
    outlook(company)
    balance = {"account": "Main", "on": "2026-03-05", "currency": "EUR", "amount": "500.00"}
    assert desk.post("/planning/cash/balances/new/", balance).status_code == 302
    payment = {
        "on": "2026-03-15", "kind": "tax", "label": "VAT", "currency": "EUR",
        "amount": "1000.00", "every_months": "1",
    }  # fmt: skip
    assert desk.post("/planning/cash/payments/new/", payment).status_code == 302
    assert desk.post("/planning/cash/payments/new/", {**payment, "amount": "x"}).status_code == 422
    buffer = {"kind": "amount", "amount": "200.00", "miss_percent": "10"}
    assert desk.post("/planning/buffer/", buffer).status_code == 302
    page = desk.get("/planning/").text
    assert "One time in ten" in page and "?from=2026-03-13&amp;until=2026-03-19" in page
    raise_gap_alerts(actor=system(company), due=gaps_due(company, as_of=TODAY), as_of=TODAY, at=AT)
    alerts = desk.get("/planning/alerts/").text
    assert "Offer a discount for earlier money" in alerts and "/early-payment/" in alerts
    assert "Main" in desk.get("/planning/cash/").text
    position, planned = CashPosition.objects.get(), PlannedPayment.objects.get()
    for address in (
        f"/planning/cash/balances/{position.pk}/withdraw/",
        f"/planning/cash/payments/{planned.pk}/withdraw/",
    ):
        assert desk.post(address, {"reason": "mistyped"}).status_code == 302
    assert "mistyped" in desk.get("/planning/cash/balances/").text
    told = {"from_on": "2026-03-05", "inventory_days": "40", "payables_days": "30"}
    assert desk.post("/planning/working-capital/new/", told).status_code == 302
    assert "40" in desk.get("/planning/working-capital/").text


def test_working_capital_takes_payables_off_in_days_and_money(desk, company, customer):
    invoice(customer, "R1", 90_000)
    figures(company)
    told = {
        "from_on": "2026-03-05", "inventory_days": "40", "payables_days": "30",
        "cost_of_sales": "3650.00",
    }  # fmt: skip
    assert desk.post("/planning/working-capital/new/", told).status_code == 302
    page = desk.get("/planning/working-capital/").text
    assert "40 days" in page and "\N{MINUS SIGN}30 days" in page
    assert "\N{MINUS SIGN}€300.00" in page


def test_scenarios_are_typed_and_stand_side_by_side(desk, company, customer):
    invoice(customer, "R1", 90_000)
    figures(company)
    outlook(company)
    typed = {"name": "Late", "delay_days": "7", "customers": "K1", "rates": "usd -10"}
    unknown = desk.post("/planning/scenarios/new/", {**typed, "customers": "K9"})
    assert unknown.status_code == 422 and "There is no customer K9" in unknown.text
    assert desk.post("/planning/scenarios/new/", typed).status_code == 302
    scenario = Scenario.objects.get()
    assert scenario.assumptions["fx_ppm"] == {"USD": -100_000}
    page = desk.get(f"/planning/scenarios/?scenario={scenario.pk}").text
    assert "paid 7 days later" in page and "€1,300" in page
    edit = desk.get(f"/planning/scenarios/{scenario.pk}/").text
    assert 'value="K1"' in edit and 'value="USD -10"' in edit
    book = desk.get(f"/planning/scenarios/export.xlsx?scenario={scenario.pk}&period=month")
    assert book.content[:2] == b"PK"
    assert desk.post(f"/planning/scenarios/{scenario.pk}/copy/", {"name": "B"}).status_code == 302
    assert desk.post(f"/planning/scenarios/{scenario.pk}/archive/").status_code == 302
    assert "Late" not in desk.get("/planning/scenarios/").text


def test_covenants_are_read_in_the_unit_of_their_measure(desk, company, customer):
    invoice(customer, "R1", 90_000)
    figures(company)
    typed = {
        "name": "Share", "lender": "Bank", "measure": "concentration", "currency": "EUR",
        "threshold": "25.50", "first_test_on": "2026-03-31", "every_months": "3",
    }  # fmt: skip
    assert desk.post("/planning/covenants/new/", typed).status_code == 302
    covenant = Covenant.objects.get()
    assert covenant.threshold == 255_000
    page = desk.get(f"/planning/covenants/{covenant.pk}/").text
    assert "25.5" in page and "broken" in page
    assert f'As of</dt><dd class="num">{TODAY.isoformat()}' not in page
    waived = {
        "from_on": "2026-03-31", "until_on": "2026-03-31", "granted_by": "Ms Bank", "note": "once",
    }  # fmt: skip
    assert desk.post(f"/planning/covenants/{covenant.pk}/waive/", waived).status_code == 302
    assert "Ms Bank" in desk.get(f"/planning/covenants/{covenant.pk}/").text
    assert desk.post(f"/planning/covenants/{covenant.pk}/end/", {"reason": "x"}).status_code == 302


def test_a_reader_looks_and_another_company_finds_nothing(come_in, company, reader, rival):
    made = add_covenant(
        actor=peer(company), name="DSO", lender="Bank", measure="dso", currency="EUR",
        threshold=1, first_test_on=TODAY, every_months=1, at=AT,
    )  # fmt: skip
    address = f"/planning/covenants/{made.pk}/"
    assert come_in(reader).get(address).status_code == 200
    assert come_in(reader).get(f"{address}end/").status_code == 403
    assert come_in(rival).get(address).status_code == 404
