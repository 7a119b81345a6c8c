"""What customers told us, on the desk's pages: seen by all, decided by some, of one company."""

import pytest

from dunwell.actions.gate import debtor
from dunwell.models import DetailChange, DocumentRequest, PortalSetting
from tests.api.customer_answer_books import keep_customer_answers
from tests.conftest import AT, TODAY
from tests.portal.account_rows import filled
from tests.portal.seats import seat_of


@pytest.fixture
def kept(customer):
    filled(customer)
    seat = seat_of(customer)
    assert debtor(seat).customer_id == customer.pk
    return keep_customer_answers(customer, as_of=TODAY, at=AT)


def test_the_desk_sees_all_that_customers_told(come_in, reader, customer, kept):
    client = come_in(reader)
    for tab, words in {
        "answers": "Nothing here yet",
        "lists": "x.csv",
        "papers": "vat.png",
        "changes": "new@buyer.example",
    }.items():
        page = client.get(f"/customer-answers/?tab={tab}&customer={customer.pk}")
        assert page.status_code == 200 and words in page.text, tab
    compared = client.get(f"/customer-answers/lists/{kept['supplier_statement_id']}/")
    assert "X-1" in compared.text and "Only in your books" in compared.text
    for address in (
        "/customer-answers/export.csv",
        f"/customer-answers/lists/{kept['supplier_statement_id']}/csv/",
        f"/customer-answers/lists/{kept['supplier_statement_id']}/original/",
        f"/customer-answers/papers/{kept['customer_document_id']}/file/",
    ):
        assert client.get(address)["Content-Disposition"].startswith("attachment"), address


def test_a_customers_portal_page_leads_to_where_a_paper_is_asked_for(come_in, manager, customer):
    client = come_in(manager)
    address = f"/customer-answers/?customer={customer.pk}"
    assert f'href="{address}"' in client.get(f"/customers/{customer.pk}/portal/").text
    assert "Ask for a paper" in client.get(address).text


def test_papers_and_changes_are_decided_with_a_reason_for_a_no(come_in, manager, customer, kept):
    client = come_in(manager)
    change = f"/customer-answers/changes/{kept['detail_change_id']}/decide/"
    refused = client.post(change, {"status": "declined"})
    assert refused.status_code == 422 and "Say why it is not done." in refused.text
    client.post(change, {"status": "applied"})
    assert DetailChange.objects.get().status == "applied"
    paper = f"/customer-answers/papers/{kept['customer_document_id']}/decide/"
    client.post(paper, {"status": "rejected", "reason": "blurred"})
    assert "blurred" in client.get("/customer-answers/?tab=papers").text
    client.post(f"/customer-answers/asked/{kept['document_request_id']}/withdraw/")
    asked = client.post(f"/customers/{customer.pk}/papers/ask/", {"kind": "resale"})
    assert asked.status_code == 302
    assert list(DocumentRequest.objects.filter(closed_on=None).values_list("kind", flat=True)) == [
        "resale"
    ]


def test_another_company_finds_none_of_it(come_in, rival, kept):
    client = come_in(rival)
    assert (
        client.get(f"/customer-answers/lists/{kept['supplier_statement_id']}/").status_code == 404
    )
    for path in (
        f"papers/{kept['customer_document_id']}/decide/",
        f"changes/{kept['detail_change_id']}/decide/",
        f"asked/{kept['document_request_id']}/withdraw/",
    ):
        assert client.post(f"/customer-answers/{path}", {"status": "applied"}).status_code == 404
    assert "x.csv" not in client.get("/customer-answers/?tab=lists").text


def test_the_admin_says_what_the_portal_shows(come_in, admin, reader):
    client = come_in(admin)
    told = {"version": 0, "shows_limit": "nobody", "takes_statements": "on", "welcome": "Hello"}
    saved = client.post("/settings/portal/", told, follow=True)
    assert saved.status_code == 200 and PortalSetting.objects.get().shows_limit == "nobody"
    stale = client.post("/settings/portal/", told)
    assert stale.status_code == 422 and "saved these settings meanwhile" in stale.text
    assert come_in(reader).get("/settings/portal/").status_code == 403
