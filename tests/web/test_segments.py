"""Pages of segments: sums, overlaps, movement with its customers, drafts, by hand, learned."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.models import Customer, Habit, PolicyVersion, SegmentByHand
from tests.actions.ledger_rows import invoice
from tests.actions.segment_desk import TEXT, assign, policy
from tests.conftest import AT, TODAY, add_customer

LATE = {"issued_on": TODAY - timedelta(days=90), "due_on": TODAY - timedelta(days=60)}
ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def book(company):
    customers = [add_customer(company, f"K{n}") for n in range(1, 4)]
    invoice(customers[0], "R1", 1500_00, **LATE)
    invoice(customers[1], "R2", 100_00, **LATE)
    policy(company)
    assign(company)
    return customers


def test_segments_show_sums_strategy_and_overlaps_that_drill_down(come_in, collector, book):
    client = come_in(collector)
    page = client.get("/segments/").text
    assert "strategic" in page and "€1,600.00" in page
    assert "none: not chased" in page and "comes later in the policy" in page
    assert "/segments/members/?segment=strategic&amp;also=late" in page
    members = client.get("/segments/members/?segment=strategic&also=late").text
    assert "K1" in members and "late: a month late" in members and "K2" not in members
    rows = client.get("/segments/export.csv").content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("strategic,1,0,EUR,1500.00,1500.00,0")
    listed = client.get("/segments/members/export.csv?q=K1").content.decode("utf-8-sig")
    assert "K1,K1,strategic,large,0,2026-03-05,late,EUR,1500.00,1500.00" in listed


def test_without_a_policy_segments_are_those_imported(come_in, collector, company, customer):
    page = come_in(collector).get("/segments/").text
    assert "No segments policy is in force" in page and "standard" in page
    card = come_in(collector).get(f"/segments/customer/{customer.pk}/").text
    assert "as imported" in card


def test_the_matrix_drills_down_to_customers_that_sum_to_the_cell(come_in, collector, book):
    client = come_in(collector)
    address = "/segments/moves/?from=2026-03-01&until=2026-03-05"
    page = client.get(address).text
    assert "2 customers changed their segment" in page
    cell = "/segments/moves/customers/?from=2026-03-01&amp;until=2026-03-05&amp;"
    assert f"{cell}before=standard&amp;after=strategic" in page
    moved = client.get(f"{cell.replace('&amp;', '&')}before=standard&after=strategic").text
    assert "From standard to strategic" in moved and "€1,500.00" in moved and "K2" not in moved
    rows = client.get(f"/segments/moves/customers/export.csv?{address.split('?')[1]}")
    assert len(rows.content.decode("utf-8-sig").splitlines()) == 4
    odd = client.get("/segments/moves/?from=x&until=2999-01-01")
    assert odd.status_code == 200
    assert client.get("/segments/moves/?from=2026-03-09&until=2026-03-01").status_code == 200
    assert client.get("/segments/moves/customers/?cursor=x").status_code == 200


def test_a_span_and_a_move_are_told_apart_in_german(come_in, collector, book):
    client = come_in(collector)
    client.cookies["django_language"] = "de"
    span = "from=2026-03-01&until=2026-03-05"
    assert '<label for="f-from">Von</label>' in client.get(f"/segments/moves/?{span}").text
    moved = client.get(f"/segments/moves/customers/?{span}&before=standard&after=strategic").text
    assert re.findall(r'<th scope="col">([^<]*)</th>', moved)[1:3] == ["Von", "Nach"]


def test_a_draft_says_who_would_move(come_in, collector, company, book):
    draft = policy(company, TEXT.replace("{from: 30}", "{from: 61}"), status="draft", version=2)
    client = come_in(collector)
    assert f"/segments/preview/{draft.pk}/" in client.get("/segments/").text
    page = client.get(f"/segments/preview/{draft.pk}/").text
    assert "1 customer would change its segment" in page
    assert "No strategy in force covers standard, strategic" in page
    listed = client.get(f"/segments/preview/{draft.pk}/customers/?before=late&after=standard").text
    assert "K2" in listed and "K1" not in listed
    assert client.get(f"/segments/preview/{draft.pk + 1}/").status_code == 404
    assert client.get(f"/segments/preview/{draft.pk + 1}/customers/").status_code == 404


def test_a_segment_is_set_by_hand_and_given_back_to_the_rules(come_in, manager, book):
    client = come_in(manager)
    address = f"/segments/customer/{book[0].pk}/"
    assert address in client.get(f"/customers/{book[0].pk}/").text
    page = client.get(address).text
    assert "large" in page and "a month late: comes later in the policy" in page
    card = client.get(address, headers={"HX-Request": "true"}).text
    assert card.lstrip().startswith('<section class="card" id="segment-card"')
    values = {"segment": "late", "reason": "agreed", "seen": "strategic"}
    assert client.post(address, {**values, "seen": "late"}).status_code == 422
    assert client.post(address, {**values, "segment": "gone"}).status_code == 422
    assert client.post(address, values)["Location"] == address
    page = client.get(address).text
    assert "by hand" in page and "agreed" in page and "mona" in page
    clear = f"{address}clear/"
    assert client.post(clear, {"reason": "over", "seen": "strategic"}).status_code == 422
    assert "Let the rules decide" in client.get(clear).text
    assert client.post(clear, {"reason": "over", "seen": "late"})["Location"] == address
    assert Customer.objects.get(pk=book[0].pk).segment == "strategic"


def test_a_collector_sees_why_and_may_not_set_and_a_rival_sees_nothing(
    come_in, collector, rival, book
):
    client = come_in(collector)
    address = f"/segments/customer/{book[0].pk}/"
    assert "Set by hand" not in client.get(address).text
    values = {"segment": "late", "reason": "agreed", "seen": "strategic"}
    assert client.post(address, values).status_code == 422
    assert not SegmentByHand.objects.exists()
    stranger = come_in(rival)
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}clear/", {}).status_code == 404
    assert "K1" not in stranger.get("/segments/members/").text


def test_what_is_learned_is_drafted_by_a_person_and_changes_nothing(
    come_in, manager, admin, company
):
    assert "Nothing to propose" in come_in(admin).get("/segments/learned/").text
    for n in range(60):
        customer = add_customer(company, f"L{n:02}")
        Habit.objects.create(
            customer=customer, company=company, as_of=TODAY, label="slow", n_settled=9,
            expected_days_late=0, median_days_late=(n % 3) * 20 + n % 2, share_late_ppm=0,
        )  # fmt: skip
    client = come_in(admin)
    page = client.get("/segments/learned/").text
    assert "The rules place 60 of 60 customers" in page
    text = page.split("<textarea", 1)[1].split(">", 1)[1].split("</textarea>")[0]
    answer = client.post("/segments/learned/", {"text": text.replace("&#x27;", "'")})
    version = PolicyVersion.objects.get()
    assert answer["Location"] == f"/policies/segments/{version.pk}/"
    assert (version.status, version.kind) == ("draft", "segments")
    assert set(Customer.objects.values_list("segment", flat=True)) == {"standard"}
    broken = client.post("/segments/learned/", {"text": "segments: 1"})
    assert broken.status_code == 422 and "expected fields with values" in broken.text


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/segments/", 13),
        ("/segments/members/", 7),
        ("/segments/moves/", 9),
        ("/segments/moves/customers/", 9),
        ("/segments/customer/{key}/", 11),
    ],
)
def test_a_page_asks_as_much_for_one_row_as_for_three(come_in, manager, company, address, queries):
    policy(company)
    client = come_in(manager)
    counted = []
    for names in (["K1"], ["K2", "K3"]):
        for name in names:
            customer = add_customer(company, name)
            invoice(customer, f"R{name}", 1500_00, **LATE)
        assign(company)
        path = address.format(key=customer.pk)
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        counted.append(len(seen))
    assert counted == [queries, queries]
