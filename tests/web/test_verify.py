import pytest

from dunwell.models import Event, OpenItem
from tests.actions.ledger_rows import invoice


def test_the_books_are_verified_and_the_answer_is_kept(come_in, reader, customer):
    invoice(customer, "R1", 10_00)
    client = come_in(reader)
    assert "Not verified yet" in client.get("/verify/").text

    answer = client.post("/verify/", follow=True)

    assert "checks hold" in answer.text and "rita" in answer.text
    event = Event.objects.latest("seq")
    assert (event.verb, event.data["broken"]) == ("books.verified", 0)
    assert "checks hold" in client.get("/verify/").text


def test_what_is_broken_is_listed_with_its_rows(come_in, reader, customer):
    item = invoice(customer, "R1", 10_00)
    OpenItem.objects.filter(item=item).update(open_minor=9_00)
    client = come_in(reader)

    page = client.post("/verify/", follow=True).text

    assert "check is broken" in page or "checks are broken" in page
    assert "row breaks it" in page
    broken = [proof for proof in Event.objects.latest("seq").data["proofs"] if proof["broken"]]
    assert any(str(item.pk) in row for proof in broken for row in proof["rows"])


def test_earlier_answers_stay_below(come_in, reader, customer):
    client = come_in(reader)
    client.post("/verify/")
    client.post("/verify/")
    assert "Earlier" in client.get("/verify/").text


def test_verifying_another_company_s_books_is_not_seen_here(come_in, reader, rival):
    come_in(rival).post("/verify/")
    assert "Not verified yet" in come_in(reader).get("/verify/").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_often_it_was_done(
    come_in, reader, count, django_assert_num_queries
):
    client = come_in(reader)
    for _ in range(count):
        client.post("/verify/")
    client.get("/verify/")
    with django_assert_num_queries(5):
        client.get("/verify/")
