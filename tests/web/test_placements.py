"""Pages about agencies and placements, and what an agency's own people may see: theirs alone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.gate import system
from dunwell.actions.placement_batches import claim_batch
from dunwell.models import Agency, AgencySeat, ApiToken, Payment, Placement, PlacementBatch
from tests.actions.ledger_rows import payment
from tests.actions.placement_rows import (
    ON,
    agency,
    approved,
    collected,
    handed,
    partner,
    proposed,
    ready,
    running,
)
from tests.conftest import TODAY, add_customer

HEAD = "placement,event,on,reference,currency,gross,commission,net,note\n"
QUERIES_OF_THE_BOARD = 6
QUERIES_OF_THE_LIST = 7
QUERIES_OF_A_PLACEMENT = 8
QUERIES_OF_AGENCIES = 6
QUERIES_OF_AN_AGENCY = 8
QUERIES_OF_THE_PARTNER = 6


def test_items_are_proposed_approved_sent_collected_reconciled_and_closed(
    come_in, company, collector, manager, clerk, customer
):
    to, items = agency(company), ready(customer, "R1")
    client = come_in(collector)
    assert (
        f'href="/placements/new/{customer.pk}/"' in client.get(f"/customers/{customer.pk}/").text
    )
    new = client.get(f"/placements/new/{customer.pk}/").text
    assert "The final demand was sent on 2026-02-13, 20 days ago." in new
    assert "€600.00 at 20\N{NO-BREAK SPACE}%: €120.00 commission" in new
    none = client.get(f"/placements/new/{customer.pk}/checks/", {"agency": to.pk}).text
    assert "Nothing to check yet" in none and "<html" not in none
    told = {"item": items[0].pk, "agency": to.pk, "reason": "gone quiet", "currency": "EUR"}
    assert (
        client.post(f"/placements/new/{customer.pk}/", {**told, "reason": ""}).status_code == 422
    )
    client.post(f"/placements/new/{customer.pk}/", told)
    placement = Placement.objects.get()
    address = f"/placements/{placement.pk}/"
    assert client.post(f"{address}approve/").status_code == 403

    client = come_in(manager)
    assert "PL-1" in client.get("/placements/").text
    client.post(f"{address}approve/")
    page = client.get(address).text
    assert "Its items are held. It goes with the next file" in page and "gone quiet" in page
    pack = client.get(f"{address}evidence.zip")
    assert pack["Content-Disposition"] == 'attachment; filename="evidence-PL-1.zip"'
    client.post(f"/agencies/{to.pk}/file/")
    batch = PlacementBatch.objects.get()
    file = client.get(f"/agencies/files/{batch.pk}/placements.zip")
    assert file.content == client.get(f"/agencies/files/{batch.pk}/placements.zip").content
    assert client.post(f"/agencies/{to.pk}/file/").status_code == 422
    client.post(f"/agencies/files/{batch.pk}/handed-over/")

    client = come_in(clerk)
    client.post(f"{address}accept/", {"reference": "A-77"})
    client.post(
        f"{address}collect/",
        {"kind": "remitted", "reference": "M-1", "reported_on": "2026-03-05", "gross": "600"},
    )
    page = client.get(address).text
    assert "Paid in full" in page and "€480.00" in page and "not reconciled" in page
    assert client.post(f"{address}close/").status_code == 422
    payment(customer, "BANK-1", 480_00)
    wrong = client.post(f"{address}reconcile/", {"payment": "BANK-9"})
    assert wrong.status_code == 422 and "no payment with this number" in wrong.text
    client.post(f"{address}reconcile/", {"payment": "BANK-1"})
    client.post(f"{address}close/")
    placement.refresh_from_db()
    assert (placement.status, placement.ended_as) == ("closed", "paid")
    assert placement.reports.get().payment == Payment.objects.get(number="BANK-1")
    export = client.get("/placements/export.csv?state=closed").text
    assert "PL-1" in export and "480.00" in export


def test_a_report_that_cannot_be_booked_shows_every_line_and_writes_nothing(
    come_in, company, collector, clerk, customer
):
    to = agency(company)
    running(company, collector, ready(customer), to)
    client = come_in(clerk)
    assert "A CSV file with the columns" in client.get(f"/agencies/{to.pk}/report/").text

    def send(lines):
        file = SimpleUploadedFile("r.csv", (HEAD + lines).encode())
        return client.post(f"/agencies/{to.pk}/report/", {"file": file})

    bad = send(
        "PL-1,remitted,2026-03-05,M1,EUR,100.00,,,\nPL-9,note,2026-03-05,,,,,,hi\n"
        "PL-1,remitted,2026-03-05,M2,USD,1.00,,,\n"
    )
    assert bad.status_code == 422
    assert "the agency has no placement PL-9" in bad.text and "PL-1 is in EUR" in bad.text
    assert not Placement.objects.get().reports.exists()
    good = "PL-1,remitted,2026-03-05,M1,EUR,100.00,,,\n"
    for _ in range(2):
        assert send(good).status_code == 302
    assert Placement.objects.get().reports.count() == 1


def test_an_agency_is_added_changed_and_its_score_drills_down(
    come_in, company, collector, manager, customer
):
    client = come_in(manager)
    assert "No agencies yet" in client.get("/agencies/").text
    told = {
        "name": "Collecta", "kind": "agency", "transport": "file", "countries": "de, at",
        "demand_days": "7", "tiers": "0: 12.5\n100: 25 %", "least": "50", "is_active": "on",
    }  # fmt: skip
    for tiers, message in [("10: 5", "begins at day 0"), ("x", "is no tier"), ("0: 100", "rate")]:
        answer = client.post("/agencies/add/", {**told, "tiers": tiers})
        assert answer.status_code == 422 and message in answer.text
    client.post("/agencies/add/", told)
    to = Agency.objects.get()
    assert (to.countries, to.least_minor) == (["AT", "DE"], 50_00)
    assert [tier["rate_ppm"] for tier in to.commission] == [125_000, 250_000]
    client.post(f"/agencies/{to.pk}/change/", {**told, "name": "Collecta AG"})
    placement = running(company, collector, ready(customer), to)
    collected(company, placement, 300_00)
    page = client.get(f"/agencies/{to.pk}/").text
    assert "Collecta AG" in page and "€75.00" in page and "50\N{NO-BREAK SPACE}%" in page
    (link,) = set(re.findall(r'href="(/placements/\?state=handed[^"]*cohort=91-180)"', page))
    drilled = client.get(link.replace("&amp;", "&")).text
    assert "PL-1" in drilled and "1 placement in EUR" in drilled
    assert (
        "Collecta AG,agency,EUR,all,1,1,600.00,300.00" in client.get("/agencies/export.csv").text
    )


def test_a_seat_is_given_used_and_taken_away(come_in, company, admin, collector, customer):
    to = agency(company)
    client = come_in(admin)
    client.post(f"/agencies/{to.pk}/seat/", {"username": "paula", "email": "p@a.example"})
    seat = AgencySeat.objects.get()
    token = client.post(f"/agencies/seats/{seat.pk}/token/", {"name": "their system"})
    assert re.search(r"dw_[\w-]{40,}", token.text)
    assert ApiToken.objects.get().rights == ["placement.work"]
    placement = handed(company, collector, ready(customer), to)
    paula = come_in(seat.user)
    assert paula.get("/").headers["Location"] == "/partner/"
    assert placement.number in paula.get("/partner/").text
    come_in(admin).post(f"/agencies/seats/{seat.pk}/end/")
    assert come_in(seat.user).get("/partner/").status_code == 403
    assert ApiToken.objects.get().revoked_at is not None


def test_a_partner_works_on_its_own_placements(come_in, company, collector, customer):
    to = agency(company)
    placement = handed(company, collector, ready(customer), to)
    client = come_in(partner(company, to))
    address = f"/partner/{placement.pk}/"
    page = client.get(address).text
    assert "We take it" in page and "Worklist" not in page and "Search customers" not in page
    # our reasons, checks and people are ours
    assert "no answer for months" not in page and "Undisputed" not in page and "anna" not in page
    client.post(f"{address}accept/", {"reference": "A-1"})
    client.post(f"{address}note/", {"text": "Called him"})
    facts = {"reference": "M1", "reported_on": "2026-03-05", "gross_minor": "100"}
    client.post(f"{address}collect/", facts)
    client.post(f"{address}collect/", facts)
    assert client.get(f"{address}evidence.zip").status_code == 200
    settled = client.post(f"{address}end/", {"status": "settled", "reason": "deal"})
    assert settled.status_code == 422
    client.post(f"{address}end/", {"status": "returned", "reason": "nothing to get"})
    placement.refresh_from_db()
    assert (placement.status, placement.ending) == ("returned", "nothing to get")
    assert placement.reports.count() == 1 and placement.notes.get().is_agency
    page = client.get(address).text
    assert "Called him" in page and "nothing to get" in page


def test_a_partner_reaches_no_foreign_placement_and_no_proposal(
    come_in, company, collector, customer, rival
):
    mine, other = agency(company, "Mine"), agency(company, "Other", transport="api")
    foreign = approved(company, collector, ready(customer, "R1"), other)
    own = approved(company, collector, ready(customer, "R2"), mine)
    proposal = proposed(collector, ready(customer, "R3"), mine)
    client = come_in(partner(company, mine))
    assert "Nothing is placed with you" in client.get("/partner/").text
    for one in (foreign, own, proposal):
        for page in ("", "evidence.zip", "accept/", "collect/", "note/", "acknowledge/"):
            assert client.get(f"/partner/{one.pk}/{page}").status_code == 404
    assert "PL-1" in come_in(partner(company, other, "otto")).get("/partner/").text
    assert come_in(rival).get("/partner/").status_code == 403


@pytest.mark.dealt(one_in=3)
@pytest.mark.parametrize(
    "address",
    [
        "/worklist/", "/customers/", "/customers/{customer}/", "/items/", "/items/{item}/",
        "/promises/", "/messages/", "/payments/", "/refunds/", "/bank/", "/plans/",
        "/settlements/", "/charges/", "/approvals/", "/team/", "/agencies/",
        "/agencies/{agency}/", "/placements/", "/placements/{placement}/",
        "/placements/{placement}/evidence.zip", "/placements/export.csv", "/people/",
        "/settings/", "/settings/tokens/", "/audit/", "/strategies/", "/imports/",
        "/forecast/", "/scores/", "/verify/", "/search/?q=a", "/items/export.csv",
    ],
)  # fmt: skip
def test_no_other_page_opens_to_a_partner(come_in, company, collector, customer, address):
    to, items = agency(company), ready(customer)
    placement = running(company, collector, items, to)
    keys = {
        "customer": customer.pk, "item": items[0].pk, "agency": to.pk, "placement": placement.pk,
    }  # fmt: skip
    client = come_in(partner(company, to))
    for answer in (client.get(address.format(**keys)), client.post(address.format(**keys))):
        assert answer.status_code == 404 and "R-" not in answer.text
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_whatever_there_is(
    come_in, company, collector, manager, number, django_assert_num_queries
):
    to = agency(company)
    for n in range(number):
        each = add_customer(company, f"C{n}")
        last = running(company, collector, ready(each, f"R{n}"), to, reference=f"A{n}")
        collected(company, last, 100_00)
        if n:
            agency(company, f"Other {n}")
    seat = partner(company, to)
    client = come_in(manager)
    for address, queries in (
        ("/placements/", QUERIES_OF_THE_BOARD),
        ("/placements/?state=accepted", QUERIES_OF_THE_LIST),
        (f"/placements/{last.pk}/", QUERIES_OF_A_PLACEMENT),
        ("/agencies/", QUERIES_OF_AGENCIES),
        (f"/agencies/{to.pk}/", QUERIES_OF_AN_AGENCY),
    ):
        client.get(address)
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200
    client = come_in(seat)
    with django_assert_num_queries(QUERIES_OF_THE_PARTNER):
        client.get("/partner/")


def test_a_file_that_was_not_sent_is_released_and_another_s_is_not_there(
    come_in, company, collector, manager, rival, customer
):
    to = agency(company)
    approved(company, collector, ready(customer), to)
    batch = claim_batch(actor=system(company), agency=to, **ON)
    assert come_in(rival).get(f"/agencies/files/{batch.pk}/placements.zip").status_code == 404
    client = come_in(manager)
    client.post(f"/agencies/files/{batch.pk}/release/", {"reason": "the mail came back"})
    assert client.get(f"/agencies/files/{batch.pk}/placements.zip").status_code == 404
    assert Placement.objects.get().batch is None


def test_moves_are_made_on_the_page_and_refusals_stand_at_the_form(
    come_in, company, collector, manager, customer
):
    to = agency(company, transport="api")
    placement = approved(company, collector, ready(customer), to)
    client, address = come_in(manager), f"/placements/{placement.pk}/"
    assert "fetches it over the API" in client.get(address).text
    client.post(f"{address}acknowledge/", {"reference": "A"})
    client.post(f"{address}note/", {"text": "please hurry"})
    client.post(f"{address}accept/", {"reference": "A"})
    late = client.post(f"{address}cancel/", {"reason": "no"})
    assert late.status_code == 422 and "is marked: in collection" in late.text
    client.post(f"{address}end/", {"status": "legal", "reason": "he hides"})
    client.post(f"{address}recall/", {"reason": "he called us"})
    placement.refresh_from_db()
    assert (placement.status, placement.ended_on) == ("recalled", TODAY)
    assert client.post(f"{address}refuse/", {"reason": "x"}).status_code == 422
