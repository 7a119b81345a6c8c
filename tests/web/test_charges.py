"""Pages about interest and fees: what accrued, billing, waiving, official rates, one item."""

from datetime import date

import pytest

from dunwell.models import Charge, Item, ReferenceRate
from tests.actions.charge_desk import ACCRUE, accrue, charges_policy, late
from tests.conftest import TODAY, add_customer, add_user
from tests.web.test_exports import lines

QUERIES = {"/charges/": 8, "/charges/customers/": 5, "/charges/rates/": 6}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def german(company):
    return add_customer(company, "D1", "Deutsch", country="DE", party="company")


@pytest.fixture
def owing(company, german):
    """An invoice of 10,000.00 late since 1 December 2025, as of TODAY."""
    charges_policy(company, ACCRUE)
    item = late(german, due_on=date(2025, 11, 30))
    accrue(company, TODAY)
    return item


def test_without_a_policy_the_page_says_that_nobody_is_charged(come_in, reader):
    page = come_in(reader).get("/charges/").text
    assert "Nobody is charged: the policy is off." in page
    assert "No charges here" in page
    assert "Every bill is owed" in come_in(reader).get("/charges/overbilled/").text
    assert "No customer is charged" in come_in(reader).get("/charges/customers/").text


def test_the_list_shows_rows_that_sum_to_its_total(come_in, reader, company, owing):
    page = come_in(reader).get("/charges/").text

    assert "Nobody is charged" not in page
    assert "€87.22" in page and "€78.78" in page and "€40.00" in page
    assert "2026-02" in page and "DE-BGB-288-B2B" in page
    assert "5 charges in EUR under this filter" in page
    total = sum(Charge.objects.values_list("amount_minor", flat=True))
    assert f"€{total / 100:,.2f}" in page
    assert "/waive/" not in page  # a reader may not


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?kind=interest", 4),
        ("?kind=compensation", 1),
        ("?month=2026-02", 1),
        ("?status=billed", 0),
        ("?status=all&kind=nonsense&month=x&customer=x&cursor=x", 5),
        ("?currency=USD", 0),
    ],
)
def test_the_list_is_filtered_and_exported_alike(come_in, reader, owing, query, count):
    client = come_in(reader)
    page = client.get(f"/charges/{query}").text
    assert page.count('<th scope="row"><a href="/items/') == count
    assert len(lines(client.get(f"/charges/export.csv{query}"))) == count + 1
    assert client.get(f"/charges/export.xlsx{query}").status_code == 200


def test_customers_lead_to_the_rows_behind_each_sum(come_in, clerk, owing, german):
    page = come_in(clerk).get("/charges/customers/").text
    total = sum(Charge.objects.values_list("amount_minor", flat=True))
    assert f"€{total / 100:,.2f}" in page
    assert f"?status=accrued&amp;customer={german.pk}&amp;currency=EUR" in page
    assert f"/charges/customers/{german.pk}/bill/" in page


def test_a_clerk_bills_a_customer(come_in, clerk, reader, owing, german):
    address = f"/charges/customers/{german.pk}/bill/"
    client = come_in(clerk)
    assert 'value="2026-02-28"' in client.get(address).text

    late_day = client.post(address, {"until_on": "2026-04-01"})
    assert late_day.status_code == 422 and "has not come yet" in late_day.text
    answer = client.post(address, {"until_on": "2026-02-28"}, follow=True)

    assert "Billed: FEE-1 €40.00, INT-1 €253.23" in answer.text
    assert Item.objects.filter(kind="interest").get().amount_minor == 253_23
    again = client.post(address, {"until_on": "2026-02-28"}, headers=HTMX)
    assert again.status_code == 422 and "owes no interest or fees" in again.text
    assert come_in(reader).get(address).status_code == 403


def test_a_collector_waives_with_a_reason_and_takes_it_back(come_in, collector, owing):
    charge = Charge.objects.get(kind="compensation")
    client = come_in(collector)
    form = client.get(f"/charges/{charge.pk}/waive/").text
    assert "Waive €40.00 on R1" in form
    assert client.post(f"/charges/{charge.pk}/waive/", {"reason": ""}).status_code == 422

    done = client.post(f"/charges/{charge.pk}/waive/", {"reason": "goodwill"}, follow=True)

    assert "Waived." in done.text
    waived = client.get("/charges/?status=waived").text
    assert "anna: goodwill" in waived and f"/charges/{charge.pk}/restore/" in waived
    client.post(f"/charges/{charge.pk}/restore/", {"reason": "by mistake"})
    charge.refresh_from_db()
    assert charge.status == "accrued"


def test_more_than_ones_authority_is_asked_for(come_in, collector, company, german):
    charges_policy(company, ACCRUE)
    late(german, amount_minor=1_000_000_00, due_on=date(2025, 11, 30))
    accrue(company, TODAY)
    charge = Charge.objects.get(period="2026-02")
    answer = come_in(collector).post(
        f"/charges/{charge.pk}/waive/", {"reason": "goodwill"}, follow=True
    )
    assert "somebody else is asked to approve" in answer.text
    charge.refresh_from_db()
    assert charge.status == "accrued"


def test_an_item_shows_its_interest_with_days_rate_and_source(come_in, reader, owing):
    page = come_in(reader).get(f"/items/{owing.pk}/").text

    assert "Interest and fees so far" in page
    assert "10.27\N{NO-BREAK SPACE}%" in page
    assert "DE_BASIS 1.27 % of 2025-07-01 + 9 % (Deutsche Bundesbank, BGB 247)" in page
    assert "Late-payment interest" in page and "Fixed compensation" in page


def test_official_rates_say_their_source_and_what_is_missing(come_in, reader):
    page = come_in(reader).get("/charges/rates/").text
    assert "ECB main refinancing operations" in page and "2.15\N{NO-BREAK SPACE}%" in page
    assert "missing from" in page and "no value known" in page
    assert "from memory, check it" in page and "Enter a rate" not in page
    rules = come_in(reader).get("/charges/rules/").text
    assert "EU-LPD" in rules and "announced" in rules and "Besluit BIK 2012" in rules


def test_two_people_enter_a_rate(come_in, company, manager):
    second = add_user(company, "max", "credit_manager")
    client = come_in(manager)
    asked = client.get("/charges/rates/add/?name=RBI_BANK&from=2026-01-01").text
    assert '<option value="RBI_BANK" selected>' in asked and 'value="2026-01-01"' in asked
    body = {"name": "RBI_BANK", "from_on": "2026-01-01", "rate": "5.25", "source": "RBI"}
    for wrong in ("x", "5.12345", "nan", "900"):
        answer = client.post("/charges/rates/add/", {**body, "rate": wrong})
        assert answer.status_code == 422, wrong

    client.post("/charges/rates/add/", body)

    row = ReferenceRate.objects.get()
    assert (row.rate_ppm, row.approver) == (52_500, "")
    own = client.post(f"/charges/rates/{row.pk}/approve/")
    assert own.status_code == 422 and "somebody else has to approve" in own.text
    page = come_in(second).get("/charges/rates/").text
    assert "Waiting for a second person" in page
    come_in(second).post(f"/charges/rates/{row.pk}/approve/")
    row.refresh_from_db()
    assert row.approver == "max"
    assert "entered here" in come_in(second).get("/charges/rates/").text
    gone = come_in(second).post(f"/charges/rates/{row.pk}/withdraw/")
    assert gone.status_code == 422 and "in force already" in gone.text


def test_another_companys_charges_are_not_found(come_in, rival, owing, german):
    client = come_in(rival)
    charge = Charge.objects.earliest("id")
    for address in (
        f"/charges/{charge.pk}/waive/",
        f"/charges/{charge.pk}/restore/",
        f"/charges/customers/{german.pk}/bill/",
    ):
        assert client.get(address).status_code in {403, 404}, address
    assert ">R1<" not in client.get("/charges/?status=all").text


@pytest.mark.parametrize("address", list(QUERIES))
@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_as_many_questions_for_three_as_for_one(
    come_in, reader, company, address, count, django_assert_num_queries
):
    charges_policy(company, ACCRUE)
    for number in range(count):
        name = f"D{number}"
        one = add_customer(company, name, country="DE", party="company")
        late(one, name, due_on=date(2025, 11, 30))
    accrue(company, TODAY)
    client = come_in(reader)
    client.get(address)
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)
