import io
import re
import zipfile

import pytest

from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.actions.policies import load_shipped_policies
from dunwell.formats import typesetting
from dunwell.models import Message
from tests.actions.letter_rows import letter_to
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def desk(company):
    load_shipped_policies(company=company, at=AT)
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    return company


def wait(desk, number, address="Weg 1\n10115 Berlin"):
    customer = add_customer(desk, number, f"{number} GmbH", country="DE", address=address)
    return letter_to(customer, f"L{number}")


def test_letters_are_printed_and_posted_from_the_page(come_in, collector, desk):
    wait(desk, "K1"), wait(desk, "K2"), wait(desk, "K3", address="")
    client = come_in(collector)

    listed = client.get("/letters/").text
    batch = client.post("/letters/take/", follow=True)
    address = batch.redirect_chain[-1][0]
    zipped = b"".join(client.get(f"{address}letters.zip").streaming_content)
    part = client.get(f"{address}part-1.pdf")
    done = client.post(f"{address}posted/", follow=True)
    again = client.post(f"{address}posted/")

    assert "Print 2 letters" in listed and "1 letter cannot be posted" in listed
    assert "2 letters to print." in batch.text and "To be posted" in batch.text
    assert zipfile.ZipFile(io.BytesIO(zipped)).namelist() == [
        "letters-001.pdf",
        "manifest.csv",
        "manifest.json",
    ]
    assert part.content.startswith(b"%PDF") and part["Content-Type"] == "application/pdf"
    assert "2 letters noted as posted." in done.text and "Posted" in done.text
    assert again.status_code == 422 and "No letter of this batch" in again.text
    assert sorted(Message.objects.values_list("status", flat=True)) == ["ready", "sent", "sent"]


def test_letters_that_cannot_be_set_are_told_instead_of_a_broken_file(
    come_in, collector, desk, monkeypatch
):
    wait(desk, "K1")
    client = come_in(collector)
    address = client.post("/letters/take/", follow=True).redirect_chain[-1][0]
    monkeypatch.setattr(typesetting, "TRIES", ())
    for name in (f"{address}letters.zip", f"{address}part-1.pdf"):
        answer = client.get(name)
        assert answer.status_code == 422 and "typst gave no file" in answer.text, name


def test_a_batch_can_be_put_back(come_in, collector, desk):
    wait(desk, "K1")
    client = come_in(collector)
    batch = client.post("/letters/take/", follow=True)
    address = batch.redirect_chain[-1][0]

    back = client.post(f"{address}back/", follow=True)

    assert "The letters wait again." in back.text and "Print the letter that waits" in back.text
    assert client.get(address).status_code == 404


def test_a_letter_can_be_seen_before_it_is_printed(come_in, reader, desk):
    letter = wait(desk, "K1")
    client = come_in(reader)

    page = client.get(f"/messages/{letter.pk}/").text
    pdf = client.get(f"/messages/{letter.pk}/letter.pdf")

    assert f"/messages/{letter.pk}/letter.pdf" in page
    assert pdf.content.startswith(b"%PDF")
    assert 'filename="letter-K1-2026-03-05.pdf"' in pdf["Content-Disposition"]


def test_nothing_waits_and_others_see_nothing(come_in, rival, desk):
    wait(desk, "K1")
    client = come_in(rival)

    page = client.get("/letters/").text
    assert "No letter waits" in page and "K1 GmbH" not in page
    assert client.post("/letters/take/").status_code == 422
    for address in ("/letters/1/", "/letters/99999999999999999/", "/letters/1/letters.zip"):
        assert client.get(address).status_code == 404


def test_reading_only_shows_no_button(come_in, reader, desk):
    wait(desk, "K1")
    client = come_in(reader)

    assert not re.search("letters/take", client.get("/letters/").text)
    assert client.post("/letters/take/").status_code == 403


def test_the_list_costs_the_same_queries_for_one_letter_and_three(
    come_in, collector, desk, django_assert_num_queries
):
    client = come_in(collector)
    wait(desk, "K1")
    client.get("/letters/")
    with django_assert_num_queries(QUERIES):
        client.get("/letters/")
    wait(desk, "K2"), wait(desk, "K3")
    with django_assert_num_queries(QUERIES):
        client.get("/letters/")


QUERIES = 8


def test_the_numbers_of_the_post_are_kept_as_proof(come_in, collector, desk):
    letter = wait(desk, "K1")
    client = come_in(collector)
    address = client.post("/letters/take/", follow=True).redirect_chain[-1][0]
    before = client.get(address).text
    client.post(f"{address}posted/")

    number = {f"tracking-{letter.pk}": "RR 1234 5DE", "registered": str(letter.pk)}
    saved = client.post(f"{address}dispatches/", number, follow=True).text
    wrong = client.post(f"{address}dispatches/", {f"tracking-{letter.pk}": "?"})
    proof = client.get(f"{address}proof.csv").content.decode()

    assert "Proof of dispatch" not in before
    assert "1 letter changed." in saved and 'value="RR 1234 5DE"' in saved
    assert wrong.status_code == 422 and "no number of the post" in wrong.text
    assert f"{letter.body_sha256}" in proof and "anna,registered post,RR 1234 5DE" in proof
