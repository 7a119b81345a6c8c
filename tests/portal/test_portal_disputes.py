"""Queries in the portal: opened, answered, agreed, taken back, and never more told than is theirs."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.dispute_comments import write_to_customer
from dunwell.actions.dispute_moves import review_case
from dunwell.actions.dispute_tasks import ask_colleague
from dunwell.models import DisputeCase, DisputeComment, DisputeEvidence, Message
from tests.actions.desk import acting
from tests.actions.dispute_rows import on, resolve
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import onlooker, seat_of, seated
from tests.portal.test_arrangements import key_of

LIST, NEW = "/portal/disputes/", "/portal/disputes/new/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    # after every moment `on` may give
    with time_machine.travel(AT + timedelta(hours=11), tick=False):
        yield


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 600_00)


@pytest.fixture
def jane(customer, item):
    return seated(seat_of(customer))


def opened(jane, item, **changes):
    """A query of Jane's over a part of an item."""
    page = jane.get(NEW, {"item": item.pk, "reason": "price"})
    sent = {
        "key": key_of(page),
        "item": [item.pk],
        "reason": "price",
        f"amount_{item.pk}": "150.00",
        "text": "The price agreed was lower.",
        **changes,
    }
    answer = jane.post(NEW, sent)
    again = jane.post(NEW, {k: v for k, v in sent.items() if not k.startswith("paper")})
    assert answer.status_code == 302, answer.text
    assert again.url == answer.url
    return DisputeCase.objects.get(), answer.url


def test_a_query_is_opened_once_with_files_and_its_rest_stays_due(jane, item):
    assert "R1" in jane.get(NEW).text
    assert "Choose at least one invoice" not in jane.get(NEW, {"item": item.pk}).text
    for chosen in ({"reason": "price"}, {"item": item.pk, "asked": "1"}, {"asked": "1"}):
        assert "Choose at least one invoice" in jane.get(NEW, chosen).text
    asked = jane.get(NEW, {"item": item.pk, "reason": "price"})
    assert "Price agreed in writing" in asked.text and "Purchase order" in asked.text
    paper = SimpleUploadedFile("deal.png", PNG)
    case, page = opened(jane, item, paper_price_agreement=paper)
    assert (case.source, case.status, case.reason) == ("portal", "new", "price")
    assert case.disputes.get().amount_minor == 150_00
    (evidence,) = DisputeEvidence.objects.all()
    assert (evidence.kind, evidence.supports, evidence.name) == (
        "price_agreement",
        "customer",
        "deal.png",
    )
    shown = jane.get(page)
    assert "The price agreed was lower." in shown.text and "deal.png" in shown.text
    assert "It is our turn." in shown.text and "We answer by" in shown.text
    file = jane.get(f"{LIST}file/{evidence.pk}/")
    assert file.content == PNG and file["X-Content-Type-Options"] == "nosniff"
    assert case.number in jane.get(LIST).text


def test_a_file_that_is_a_program_is_refused_and_nothing_is_kept(jane, item):
    page = jane.get(NEW, {"item": item.pk, "reason": "price"})
    sent = {
        "key": key_of(page),
        "item": [item.pk],
        "reason": "price",
        "text": "see file",
        "paper_price_agreement": SimpleUploadedFile("deal.pdf", b"MZ\x90\x00 program"),
    }
    refused = jane.post(NEW, sent)
    assert refused.status_code == 422 and "Send a PDF" in refused.text
    assert "see file" in refused.text
    assert not DisputeCase.objects.exists() and not DisputeEvidence.objects.exists()


def test_what_we_ask_reaches_the_customer_by_mail_and_the_answer_lets_the_case_go_on(
    jane, item, manager
):
    case, page = opened(jane, item)
    desk = acting(manager)
    ask_colleague(
        actor=desk, case=case, question="Is it a bluff?", guest_name="Pit",
        guest_email="pit@carrier.example", due_on=TODAY + timedelta(days=3), **on(),
    )  # fmt: skip
    review_case(actor=desk, case=case, note="inside only", **on())
    write_to_customer(
        actor=desk, case=case, kind="question", text="Which price was agreed?", **on()
    )
    case.refresh_from_db()
    assert (case.status, case.responded_on) == ("waiting_customer", TODAY)
    (mail,) = Message.objects.all()
    assert (mail.to, mail.template, mail.status) == (
        "jane@buyer.example",
        "portal_answer",
        "ready",
    )
    assert "Which price" not in mail.body and case.number in mail.subject
    assert "new" in jane.get(LIST).text
    shown = jane.get(page).text
    assert "Which price was agreed?" in shown and "It is your turn" in shown
    assert "bluff" not in shown and "inside only" not in shown and "mona" not in shown
    assert 'chip-info">new' not in jane.get(LIST).text
    sent = {"key": "answer-key-1", "text": "12.50 each."}
    for _ in range(2):
        assert jane.post(f"{page}comment/", sent).url == page
    case.refresh_from_db()
    assert case.status == "in_review"
    said = DisputeComment.objects.order_by("pk").values_list("side", "kind", "answer")
    assert list(said) == [
        ("customer", "comment", ""),
        ("us", "question", "answered"),
        ("customer", "comment", ""),
    ]


def test_a_proposal_is_accepted_once_and_the_desk_resolves_it(jane, item, manager):
    case, page = opened(jane, item)
    comment = write_to_customer(
        actor=acting(manager),
        case=case,
        kind="proposal",
        text="Half of it?",
        credit_minor=75_00,
        **on(),
    )
    shown = jane.get(page).text
    assert "We would credit €75.00." in shown and "We agree" in shown
    answer = f"{page}answer/{comment.pk}/"
    for _ in range(2):
        assert jane.post(answer, {"answer": "accept"}).url == page
    assert jane.post(answer, {"answer": "decline"}).status_code == 422
    case.refresh_from_db()
    comment.refresh_from_db()
    assert (case.status, comment.answer) == ("in_review", "accepted")
    assert DisputeComment.objects.filter(side="customer").count() == 2


def test_the_end_is_shown_with_its_letter_and_can_be_contested_within_the_days(
    jane, item, manager
):
    case, page = opened(jane, item)
    resolve(case, acting(manager), denied=150_00)
    shown = jane.get(page).text
    assert "We do not agree" in shown and "€150.00" in shown and "open it again until" in shown
    resolution = case.resolutions.get()
    letter = jane.get(f"{LIST}letter/{resolution.pk}/")
    assert letter.content.startswith(b"%PDF-")
    sent = {"key": "reopen-key-1", "reason": "We have the contract."}
    for _ in range(2):
        assert jane.post(f"{page}reopen/", sent).url == page
    case.refresh_from_db()
    assert case.status == "in_review" and "We have the contract." in jane.get(page).text


def test_a_query_is_taken_back_and_all_is_due_again(jane, item):
    case, page = opened(jane, item)
    for _ in range(2):
        assert jane.post(f"{page}withdraw/", {"reason": "my mistake"}).url == page
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert not case.disputes.filter(closed_on=None).exists()


def test_onlookers_read_and_strangers_find_nothing(company, customer, jane, item):
    _, page = opened(jane, item, paper_price_agreement=SimpleUploadedFile("a.png", PNG))
    evidence = DisputeEvidence.objects.get()
    looking, _ = onlooker(customer)
    shown = looking.get(page)
    assert shown.status_code == 200 and "Add something" not in shown.text
    assert looking.post(f"{page}comment/", {"key": "x" * 9, "text": "hi"}).status_code == 403
    other = seated(seat_of(add_customer(company, "K2"), email="x@other.example"))
    for address in (page, f"{LIST}file/{evidence.pk}/"):
        assert other.get(address).status_code == 404
    for verb in ("comment", "withdraw", "reopen"):
        sent = {"key": "y" * 9, "text": "hi", "reason": "hi"}
        assert other.post(f"{page}{verb}/", sent).status_code == 404
    foreign = other.get(NEW, {"item": item.pk, "reason": "price"})
    assert "R1" not in foreign.text
    assert DisputeComment.objects.count() == 1
