"""Pages about covers: the list, deadlines, what they cover, one cover, its forms and claims."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.models import Cover, CoverClaim, CoverNotice
from tests.actions.cover_rows import credit_policy, granted, overdue, requested, watched
from tests.conftest import TODAY, add_customer, add_user

PAGES = ("/covers/", "/covers/deadlines/", "/covers/usage/", "/covers/claims/")
QUERIES = {
    "/covers/?scope=all": 6,
    "/covers/deadlines/": 6,
    "/covers/usage/": 10,
    "/covers/claims/": 5,
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def analyst(company):
    return add_user(company, "nora2", "credit_analyst")


@pytest.fixture
def cover(company, customer):
    credit_policy(company)
    overdue(customer)
    cover = granted(customer)
    watched(company)
    return cover


def test_pages_without_covers_say_what_to_do(come_in, reader, company):
    credit_policy(company)
    client = come_in(reader)
    for address, words in zip(
        PAGES,
        ("No covers here", "No deadlines here", "No covers here", "No claims here"),
        strict=True,
    ):
        assert words in client.get(address).text


def test_the_list_shows_covers_and_filters_them(come_in, reader, company, cover):
    other = requested(add_customer(company, "K2", "Beta"), provider="Bank", kind="guarantee")
    client = come_in(reader)
    page = client.get("/covers/").text
    assert "Coface P-1" in page and "€1,000.00" in page and "Beta" not in page
    assert "Bank" in client.get("/covers/?scope=requested&kind=guarantee&q=bank").text
    assert "Coface" in client.get("/covers/?scope=nonsense&kind=x&cursor=x&customer=x").text
    assert other.status == "requested"
    lines = client.get("/covers/export.csv?scope=all").text.splitlines()
    assert len(lines) == 3 and "Coface" in lines[2]


def test_the_page_of_a_cover_says_what_it_covers_and_when_what_is_due(come_in, reader, cover):
    page = come_in(reader).get(f"/covers/{cover.pk}/").text
    assert "€450.00" in page  # 90 % of an open item of 500.00
    assert "our own share" in page
    for words in ("Report the overdue item", "Stop deliveries", "File the claim", "Cover ends"):
        assert words in page
    assert "/grant/" not in page and "/done/" not in page  # a reader may not


def test_what_is_covered_adds_up(come_in, reader, company, cover):
    page = come_in(reader).get("/covers/usage/").text
    assert "€500.00" in page and "€450.00" in page and "€50.00" in page
    assert "1 customer with a cover" in page
    assert "450" in come_in(reader).get("/covers/usage/export.csv").text


def test_a_cover_is_asked_for_and_granted_by_somebody_else(
    come_in, company, analyst, manager, customer
):
    client = come_in(analyst)
    told = {
        "kind": "insurance", "provider": "Coface", "number": "P-1", "asked_minor": "1,000.00",
        "effect": "reduces_exposure", "share": "90", "claim_days": "180",
    }  # fmt: skip
    assert "€" not in client.get(f"/covers/new/{customer.pk}/", headers=HTMX).text
    assert client.post(f"/covers/new/{customer.pk}/", told).status_code == 302
    cover = Cover.objects.get()
    assert (cover.asked_minor, cover.share_ppm, cover.conditions) == (
        100_000, 900_000, {"claim_days": 180},
    )  # fmt: skip
    grant = {
        "number": "P-1", "amount_minor": "800.00", "share": "90", "from_on": "2026-01-01",
        "until_on": "2026-12-31", "claim_days": "150",
    }  # fmt: skip
    refused = client.post(f"/covers/{cover.pk}/grant/", grant)
    assert (refused.status_code, "somebody else enters" in refused.text) == (422, True)
    assert come_in(manager).post(f"/covers/{cover.pk}/grant/", grant).status_code == 302
    cover.refresh_from_db()
    assert (cover.status, cover.amount_minor, cover.until_on, cover.conditions) == (
        "granted", 80_000, date(2026, 12, 31), {"claim_days": 150},
    )  # fmt: skip


def test_covers_come_from_a_file_and_are_granted_together(
    come_in, company, analyst, manager, customer
):
    client = come_in(analyst)
    assert "Bring in covers" in client.get("/covers/file/").text
    template = client.get("/covers/template.csv").content
    wrong = client.post("/covers/file/", {"file": SimpleUploadedFile("covers.csv", template)})
    assert (wrong.status_code, "there is no customer" in wrong.text) == (422, True)
    assert client.post("/covers/file/", {}).status_code == 422
    mine = template.replace(b"10001", b"K1")
    sent = client.post("/covers/file/", {"file": SimpleUploadedFile("covers.csv", mine)})
    assert sent.status_code == 302
    cover = Cover.objects.get()
    assert client.post("/covers/grant/", {"covers": [cover.pk]}).status_code == 422
    assert come_in(manager).post("/covers/grant/", {"covers": [cover.pk]}).status_code == 302
    cover.refresh_from_db()
    assert (cover.status, cover.amount_minor) == ("granted", 5_000_000)


def test_a_deadline_is_met_and_a_claim_goes_its_way(come_in, analyst, cover, customer):
    client = come_in(analyst)
    notice = CoverNotice.objects.get(kind="report")
    assert f"/covers/deadlines/{notice.pk}/done/" in client.get("/covers/deadlines/").text
    client.post(
        f"/covers/deadlines/{notice.pk}/done/", {"done_on": TODAY.isoformat(), "note": "portal"}
    )
    notice.refresh_from_db()
    assert (notice.status, notice.note) == ("done", "portal")
    item = customer.items.get()
    client.post(f"/covers/{cover.pk}/claim/", {"items": [item.pk], "reason": "insolvent"})
    claim = CoverClaim.objects.get()
    address = f"/covers/claims/{claim.pk}"
    assert client.get(f"{address}/pack.zip").status_code == 404
    client.post(f"{address}/file/", {"reference": "C-1"})
    assert client.get(f"{address}/pack.zip").content.startswith(b"PK")
    client.post(f"{address}/answer/", {"is_accepted": "yes", "amount_minor": "400.00"})
    client.post(f"{address}/pay/", {"paid_minor": "400.00", "paid_on": TODAY.isoformat()})
    claim.refresh_from_db()
    assert (claim.status, claim.paid_minor) == ("paid", 40_000)
    assert "C-1" in client.get("/covers/claims/?status=paid").text
    assert client.post(f"{address}/drop/", {"reason": "x"}).status_code == 422


def test_nobody_of_another_company_or_without_the_right_gets_in(come_in, rival, reader, cover):
    assert come_in(rival).get(f"/covers/{cover.pk}/").status_code == 404
    client = come_in(reader)
    for act in ("grant", "refuse", "end", "claim"):
        assert client.get(f"/covers/{cover.pk}/{act}/").status_code == 403


@pytest.mark.parametrize("address", QUERIES)
@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_and_three_rows(
    come_in, reader, company, django_assert_num_queries, address, count
):
    credit_policy(company)
    for n in range(count):
        other = add_customer(company, f"Q{n}")
        overdue(other, f"I{n}")
        granted(other)
    watched(company)
    client = come_in(reader)
    client.get(address)
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)
