"""Pages of limits: asking, deciding, what applied when, many at once, groups and hierarchies."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.models import ApprovalRequest, CreditGroup, CreditLimit, CustomerLink
from tests.actions.ledger_rows import invoice, payment
from tests.actions.limit_rows import approved, cover, group_of, order, proposed
from tests.actions.test_limits import rated
from tests.conftest import TODAY, add_customer, add_user
from tests.queries.test_hierarchies import linked

YESTERDAY = TODAY - timedelta(days=1)
QUERIES = {
    "/limits/": 17,
    "/limits/?show=ledger": 9,
    "/credit-groups/": 12,
}
QUERIES_OF_A_CUSTOMER = {"limits": 21, "exposure": 21, "hierarchy": 19}


@pytest.fixture
def analyst(company):
    return add_user(company, "nina", "credit_analyst")


def wish(customer, **fields):
    return {
        "customer_number": customer.number, "kind": "standard", "amount": "1,000.00",
        "from_on": TODAY.isoformat(), "reason": "they buy more", **fields,
    }  # fmt: skip


def test_a_limit_within_authority_applies_at_once(come_in, analyst, customer):
    client = come_in(analyst)
    rated(customer)
    address = f"/limits/new/?customer={customer.pk}"
    page = client.get(address).text
    assert 'value="K1"' in page and "New limit" in page

    answer = client.post(address, wish(customer))

    limit = CreditLimit.objects.get()
    assert answer["Location"] == f"/limits/{limit.pk}/"
    assert (limit.status, limit.amount_minor, limit.decided_by) == ("approved", 1_000_00, "nina")
    page = client.get(f"/limits/{limit.pk}/").text
    assert "Standard: €1,000.00" in page and "they buy more" in page and "in force" in page
    assert "without a second person" in page
    page = client.get("/limits/").text
    assert "€1,000.00" in page and f"/customers/{customer.pk}/limits/" in page
    assert f"/customers/{customer.pk}/limits/" in client.get(f"/customers/{customer.pk}/").text


def test_a_limit_beyond_it_waits_and_is_withdrawn_by_its_author(come_in, analyst, customer):
    client = come_in(analyst)
    client.post("/limits/new/", wish(customer, amount="900,000.00"))

    limit = CreditLimit.objects.get()
    page = client.get(f"/limits/{limit.pk}/").text
    assert "Somebody else has to approve this" in page
    assert "Acme" in client.get("/limits/?show=waiting").text
    assert f"/limits/{limit.pk}/withdraw/" in page
    client.post(f"/limits/{limit.pk}/withdraw/", {"reason": "too much"})

    limit.refresh_from_db()
    assert (limit.status, limit.decision_reason) == ("withdrawn", "too much")
    assert ApprovalRequest.objects.get().status == "withdrawn"


def test_the_page_of_approvals_leads_to_the_limit(come_in, analyst, manager, customer):
    come_in(analyst).post("/limits/new/", wish(rated(customer), amount="30,000.00"))

    page = come_in(manager).get("/approvals/").text

    assert f"/limits/{CreditLimit.objects.get().pk}/" in page and "Credit limit" in page


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"amount": ""}, "Say how much credit is given"),
        ({"customer_number": "N9"}, "There is no customer N9."),
        ({"customer_number": ""}, "Say whom the limit is for"),
        ({"kind": "temporary"}, "A temporary limit needs its last day."),
    ],
)
def test_what_is_refused_stands_at_the_form(come_in, analyst, customer, fields, text):
    answer = come_in(analyst).post("/limits/new/", wish(customer, **fields))

    assert answer.status_code == 422 and text in answer.text
    assert not CreditLimit.objects.exists()


def test_a_suspension_and_its_end_need_no_amount(come_in, manager, customer):
    client = come_in(manager)
    approved(5_000_00, customer=rated(customer))
    client.post("/limits/new/", wish(customer, kind="suspension", amount=""))
    page = client.get(f"/customers/{customer.pk}/limits/").text
    assert "suspended" in page and "kind=resumption" in page

    client.post("/limits/new/", wish(customer, kind="resumption", amount=""))

    assert "kind=suspension" in client.get(f"/customers/{customer.pk}/limits/").text


def test_what_applied_on_a_day_and_was_known_then(come_in, reader, customer):
    approved(100_00, customer=customer)
    approved(50_00, customer=customer, from_on=YESTERDAY, decided_on=TODAY, decided_by="felix")
    client = come_in(reader)

    now = client.get("/limits/").text
    before = client.get(f"/limits/?as_of={YESTERDAY}&known={YESTERDAY}").text

    assert "€50.00" in now and "felix" in now
    assert "€100.00" in before and "mona" in before and "felix" not in before
    assert before.count("Mar 4, 2026") >= 2 and "as known on" in before
    assert "superseded" in client.get("/limits/?show=ledger").text
    wrong = client.get("/limits/?as_of=soon&known=2999-01-01&group=x&kind=odd&cursor=zz")
    assert wrong.status_code == 200 and "€50.00" in wrong.text


def test_the_tabs_find_who_is_over_suspended_without_and_about_to_expire(
    come_in, reader, company, customer
):
    invoice(customer, "R1", 150_00)
    approved(100_00, customer=customer, until_on=TODAY + timedelta(days=9))
    stopped = add_customer(company, "N2", "Bolt")
    approved(100_00, customer=stopped)
    approved(0, customer=stopped, kind="suspension")
    add_customer(company, "N3", "Cleo")
    client = come_in(reader)

    shown = {
        tab: [name for name in ("Acme", "Bolt", "Cleo") if f">{name}</a>" in page]
        for tab in ("over", "suspended", "none", "expiring", "waiting")
        for page in [client.get(f"/limits/?show={tab}").text]
    }

    assert shown == {
        "over": ["Acme"], "suspended": ["Bolt"], "none": ["Cleo"], "expiring": ["Acme"],
        "waiting": [],
    }  # fmt: skip
    assert 'class="nowrap bad">150' in client.get("/limits/?show=over").text


def test_the_lists_come_as_files(come_in, reader, company, customer):
    invoice(customer, "R1", 50_00)
    approved(100_00, customer=customer)
    group_of("Acme group", customer)
    client = come_in(reader)

    used = client.get("/limits/export.csv").content.decode("utf-8-sig").splitlines()
    rows = client.get("/limits/export.csv?show=ledger").content.decode("utf-8-sig").splitlines()
    groups = client.get("/credit-groups/export.csv").content.decode("utf-8-sig").splitlines()

    assert used[1].startswith("K1,Acme,standard,EUR,100.00,standard,,50.00,50.00,50.0,Acme group")
    assert ",Standard,Approved,in force,EUR,100.00,2025-03-05" in rows[1]
    assert groups[1].startswith("Acme group,1,EUR,,50.00")
    assert client.get("/limits/export.xlsx").status_code == 200


def test_every_figure_of_an_exposure_is_the_sum_of_its_rows(come_in, reader, customer):
    invoice(customer, "R1", 100_00)
    payment(customer, "B1", 40_00)
    order(customer, "O1", 80_00, prepaid_minor=10_00, delivered_minor=30_00)
    cover(customer, "P1", 20_00)
    client = come_in(reader)

    page = client.get(f"/customers/{customer.pk}/exposure/").text
    told = client.get(f"/customers/{customer.pk}/exposure/export.csv").content.decode("utf-8-sig")

    assert all(text in page for text in ("R1", "O1", "B1", "Safe P1", "€120.00"))
    amounts = [float(line.rsplit(",", 1)[1]) for line in told.splitlines()[1:]]
    assert sum(amounts) == 120.00


def test_an_unknown_exposure_says_which_rate_is_missing(come_in, reader, customer):
    invoice(customer, "R1", 100_00, currency="USD")

    page = come_in(reader).get(f"/customers/{customer.pk}/exposure/").text

    assert "there is no exchange rate of USD" in page


def test_a_file_is_looked_at_and_then_added(come_in, analyst, customer):
    rated(customer)
    client = come_in(analyst)
    data = b"Customer,Limit,Kind\nK1,1000.00,standard\nN9,much,\n"
    answer = client.post("/limits/import/", {"file": SimpleUploadedFile("l.csv", data)})
    page = client.get(answer["Location"]).text
    assert "is no amount" in page and "granted at once" in page
    # what is refused comes to nothing
    assert "€1,000.00" in page and "€0.00" not in page

    client.post(answer["Location"], {"reason": "old system"})

    assert [(x.amount_minor, x.reason) for x in CreditLimit.objects.all()] == [
        (1_000_00, "old system")
    ]
    assert "known from before" in client.get(answer["Location"]).text
    wrong = client.post("/limits/import/", {"file": SimpleUploadedFile("l.csv", b"a,b\n1,2\n")})
    assert wrong.status_code == 422 and "no column is known" in wrong.text
    assert client.post("/limits/import/").status_code == 422
    assert client.get("/limits/import/nothing/").status_code == 404
    assert client.get("/limits/import/template.csv").status_code == 200


def test_many_limits_are_changed_after_a_look(come_in, analyst, customer):
    approved(1_000_00, customer=rated(customer))
    client = come_in(analyst)
    values = {
        "way": "percent", "percent": "10", "step": "100.00", "rounding": "up", "segment": "",
        "from_on": TODAY.isoformat(), "reason": "prices rose",
    }  # fmt: skip
    page = client.post("/limits/adjust/", {**values, "show": "1"}).text
    assert "€1,100.00" in page and "Change 1 limit" in page
    assert CreditLimit.objects.count() == 1

    client.post("/limits/adjust/", {**values, "make": "1"})

    assert CreditLimit.objects.get(source="adjustment").amount_minor == 1_100_00
    wrong = client.post("/limits/adjust/", {**values, "percent": ""})
    assert wrong.status_code == 422 and "Say by how many percent." in wrong.text


def test_a_group_is_made_joined_left_and_ended(come_in, manager, customer):
    invoice(customer, "R1", 100_00)
    client = come_in(manager)
    client.post("/credit-groups/new/", {"name": "Acme group"})
    group = CreditGroup.objects.get()
    join = f"/credit-groups/{group.pk}/join/"
    wrong = client.post(join, {"number": "N9", "from_on": TODAY.isoformat()})
    assert wrong.status_code == 422 and "There is no customer N9." in wrong.text
    client.post(join, {"number": "K1", "from_on": TODAY.isoformat()})
    page = client.get(f"/credit-groups/{group.pk}/").text
    assert "Members today" in page and page.count("€100.00") >= 2
    assert "Acme group" in client.get(f"/customers/{customer.pk}/limits/").text

    member = group.members.get()
    client.post(f"/credit-groups/members/{member.pk}/leave/", {"until_on": TODAY.isoformat()})
    client.post(f"/credit-groups/{group.pk}/end/")

    assert "No groups yet" in client.get("/credit-groups/").text
    assert "Acme group" in client.get("/credit-groups/?show=all").text


def test_a_hierarchy_is_shown_linked_and_unlinked(come_in, analyst, company, customer):
    child = add_customer(company, "N2", "Child", parent=customer)
    invoice(child, "R1", 100_00)
    client = come_in(analyst)
    address = f"/customers/{child.pk}/hierarchy/"
    page = client.get(address).text
    assert "└" in page and page.count("€100.00") >= 3

    form = {"kind": "payer", "number": "K1", "from_on": TODAY.isoformat()}
    client.post(f"/customers/{child.pk}/links/add/", form)
    assert "It is paid for by" in client.get(address).text
    link = CustomerLink.objects.get()
    client.post(f"/customer-links/{link.pk}/end/", {"until_on": TODAY.isoformat()})

    link.refresh_from_db()
    assert link.until_on == TODAY
    told = client.get(f"{address}export.csv").content.decode("utf-8-sig").splitlines()
    assert told[2].startswith("1,N2,Child,EUR,,100.00,0.00,0.00,100.00,0.00,0.00,Acme")
    wrong = client.post(f"/customers/{child.pk}/links/add/", {**form, "number": "N9"})
    assert wrong.status_code == 422 and "There is no customer N9." in wrong.text


def test_who_may_not_is_turned_away_and_strangers_find_nothing(
    come_in, reader, rival, company, customer
):
    limit, group = proposed(5_00, customer=customer), group_of("Acme group", customer)
    link = linked(add_customer(company, "N2"), customer)
    forms = (
        "/limits/new/", "/limits/import/", "/limits/adjust/", f"/limits/{limit.pk}/withdraw/",
        "/credit-groups/new/", f"/credit-groups/{group.pk}/join/",
        f"/credit-groups/{group.pk}/end/", f"/customers/{customer.pk}/links/add/",
        f"/customer-links/{link.pk}/end/",
    )  # fmt: skip
    pages = (
        f"/limits/{limit.pk}/", f"/credit-groups/{group.pk}/",
        f"/customers/{customer.pk}/limits/", f"/customers/{customer.pk}/exposure/",
        f"/customers/{customer.pk}/hierarchy/", f"/limits/new/?customer={customer.pk}",
    )  # fmt: skip

    client = come_in(reader)
    told = {address: client.get(address).status_code for address in forms}
    assert told == dict.fromkeys(forms, 403)
    client = come_in(rival)
    told = {address: client.get(address).status_code for address in pages}
    assert told == dict.fromkeys(pages, 404)
    assert "Acme" not in client.get("/limits/").text


@pytest.mark.parametrize("n", [1, 3])
def test_one_row_and_three_take_the_same_queries(
    come_in, reader, company, customer, n, django_assert_num_queries
):
    for number in range(n):
        one = add_customer(company, f"N{number}", parent=customer)
        invoice(one, f"R{number}", 50_00)
        payment(one, f"B{number}", 5_00)
        order(one, f"O{number}", 5_00)
        approved(100_00, customer=one)
        approved(100_00, group=group_of(f"G{number}", one))
    client = come_in(reader)
    for address, queries in QUERIES.items():
        with django_assert_num_queries(queries):
            client.get(address)
    for page, queries in QUERIES_OF_A_CUSTOMER.items():
        with django_assert_num_queries(queries):
            client.get(f"/customers/{one.pk}/{page}/")
