"""Promises, plans and settlements in the portal: what may be asked, answered and seen, by whom."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from dunwell.actions.approvals import decide_approval
from dunwell.actions.gate import debtor
from dunwell.actions.portal_settlements import ask_settlement
from dunwell.models import (
    ApprovalRequest,
    CustomerScore,
    Hold,
    Message,
    PaymentPlan,
    Promise,
    Settlement,
    Task,
)
from tests.actions import plan_rows
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer, add_user
from tests.portal.seats import onlooker, seat_of, seated

HOME = "/portal/arrangements/"
PLAN_ASK, SETTLEMENT_ASK = f"{HOME}plan/", f"{HOME}settlement/"
PROMISE = f"{HOME}promise/"
ON = {"as_of": TODAY, "at": AT}
SOON = TODAY + timedelta(days=10)


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def items(customer):
    overdue = {"due_on": TODAY - timedelta(days=3)}
    return [invoice(customer, "R1", 600_00, **overdue), invoice(customer, "R2", 300_00)]


@pytest.fixture
def medium(company, customer):
    """A customer of known, medium risk: the portal may grant a short plan by itself."""
    return CustomerScore.objects.create(
        company=company, customer=customer, as_of=TODAY, score=55, base=55, band="C",
        is_thin=False, points={}, warnings=[],
    )  # fmt: skip


@pytest.fixture
def jane(customer, items):
    return seated(seat_of(customer))


def key_of(page):
    """The key of the form on a page."""
    return re.search(r'name="key"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="key"', page.text)[
        1
    ]


def test_a_promise_is_made_once_however_often_the_form_is_sent(jane, items):
    page = jane.get(PROMISE)
    assert page.status_code == 200
    sent = {"key": key_of(page), "item": [items[0].pk], "due_on": SOON.isoformat(), "note": "run"}
    for _ in range(2):
        assert jane.post(PROMISE, sent).url == HOME
    (promise,) = Promise.objects.all()
    assert (promise.due_on, promise.source, promise.note) == (SOON, "portal", "run")
    assert list(promise.lines.values_list("item__number", "amount_minor")) == [("R1", 600_00)]
    shown = jane.get(HOME).text
    assert "R1" in shown and "€600.00" in shown and "Another day" in shown


def test_a_day_beyond_the_policy_is_refused_kindly_with_the_latest_one(jane, items):
    page = jane.get(PROMISE)
    late = TODAY + timedelta(days=61)
    sent = {"key": key_of(page), "item": [items[0].pk], "due_on": late.isoformat(), "note": "n"}
    refused = jane.post(PROMISE, sent)
    assert refused.status_code == 422
    assert "The latest day that can be promised here is 2026-04-05" in refused.text
    assert 'value="n"' in refused.text
    assert not Promise.objects.exists()


def test_a_promise_is_moved_once_and_taken_back(jane, items):
    page = jane.get(PROMISE)
    sent = {"key": key_of(page), "item": [items[0].pk], "due_on": SOON.isoformat()}
    jane.post(PROMISE, sent)
    first = Promise.objects.get()
    move = f"{PROMISE}{first.pk}/move/"
    later = SOON + timedelta(days=5)
    told = {"key": key_of(jane.get(move)), "due_on": later.isoformat()}
    assert jane.post(move, told).url == HOME
    first.refresh_from_db()
    moved = Promise.objects.get(outcome="open")
    assert (first.outcome, moved.due_on) == ("superseded", later)
    shown = jane.get(HOME).text
    assert "Another day" not in shown and "moved once already" in shown and "Take back" in shown
    again = f"{PROMISE}{moved.pk}/move/"
    told = {"key": key_of(jane.get(again)), "due_on": SOON.isoformat()}
    refused = jane.post(again, told)
    assert refused.status_code == 422 and "was moved before" in refused.text
    back = f"{PROMISE}{moved.pk}/withdraw/"
    assert jane.get(back).status_code == 200
    assert jane.post(back, {"reason": ""}).url == HOME
    moved.refresh_from_db()
    assert moved.outcome == "withdrawn"


def test_a_plan_within_authority_is_offered_at_once_and_accepted_with_name_and_tick(
    jane, items, medium
):
    page = jane.get(PLAN_ASK)
    assert page.status_code == 200 and "monthly:2:0" in page.text
    told = {"item": [one.pk for one in items], "first_on": SOON.isoformat(), "key": key_of(page)}
    shown = jane.post(PLAN_ASK, {**told, "choose": "monthly:3:0"})
    assert shown.status_code == 200
    assert "You pay in all" in shown.text and "€900.00" in shown.text and "€300.00" in shown.text
    sent = {**told, "offer": "monthly:3:0", "send": "1"}
    first, second = jane.post(PLAN_ASK, sent), jane.post(PLAN_ASK, sent)
    plan = PaymentPlan.objects.get()
    assert first.url == second.url == f"{PLAN_ASK}{plan.pk}/"
    assert (plan.status, plan.source) == ("offered", "portal")
    offer = jane.get(first.url)
    assert "Payment plan PP-1" in offer.text
    accept = f"{PLAN_ASK}{plan.pk}/accept/"
    signed = {"name": "Jane Buyer", "role": "CFO", "sha256": plan.terms_sha256}
    refused = jane.post(accept, signed)
    assert refused.status_code == 422 and "Tick that you have read" in refused.text
    jane.cookies["django_language"] = "de"
    german = jane.post(accept, signed)
    assert german.status_code == 422 and "Kreuzen Sie an, dass Sie die Bedingungen" in german.text
    del jane.cookies["django_language"]
    assert jane.post(accept, {**signed, "has_agreed": "on"}).url == first.url
    plan.refresh_from_db()
    assert plan.status == "active"
    assert {k: plan.acceptance[k] for k in ("name", "role", "address", "source", "sha256")} == {
        "name": "Jane Buyer",
        "role": "CFO",
        "address": "jane@buyer.example (portal)",
        "source": "portal",
        "sha256": plan.terms_sha256,
    }
    letter = jane.get(f"{PLAN_ASK}{plan.pk}/letter.pdf")
    assert letter.content.startswith(b"%PDF-") and letter["Content-Type"] == "application/pdf"
    assert "Due next" in jane.get(HOME).text


def test_a_plan_beyond_authority_waits_for_approval_and_says_so(jane, items, manager, customer):
    page = jane.get(PLAN_ASK)
    told = {"item": [one.pk for one in items], "first_on": SOON.isoformat(), "key": key_of(page)}
    answer = jane.post(PLAN_ASK, {**told, "offer": "monthly:6:0", "send": "1", "reason": "slow"})
    plan = PaymentPlan.objects.get()
    assert plan.status == "pending"
    waits = jane.get(answer.url)
    assert "Somebody of ours decides on your plan" in waits.text and "Accept" not in waits.text
    request = ApprovalRequest.objects.get()
    assert (request.requested_by, request.reason) == ("jane@buyer.example (portal)", "slow")
    decide_approval(
        actor=acting(manager), request=request, approve=True, reason="", as_of=TODAY, at=AT
    )
    assert "Read and answer" in jane.get(HOME).text
    mail = Message.objects.get(template="portal_answer")
    assert (mail.to, mail.subject) == ("jane@buyer.example", "Your payment plan PP-1: an offer")
    assert "runs once you have accepted" in mail.body and "slow" not in mail.body
    decline = jane.post(f"{PLAN_ASK}{plan.pk}/decline/", {"reason": "too long"})
    plan.refresh_from_db()
    assert (decline.url, plan.status) == (HOME, "rejected")


def test_a_plan_the_policy_does_not_allow_cannot_be_smuggled_in(jane, items):
    page = jane.get(PLAN_ASK)
    told = {"item": [one.pk for one in items], "first_on": SOON.isoformat(), "key": key_of(page)}
    refused = jane.post(PLAN_ASK, {**told, "offer": "monthly:13:0", "send": "1"})
    assert refused.status_code == 422 and "Choose one of the plans" in refused.text
    assert not PaymentPlan.objects.exists()


def test_a_settlement_is_proposed_within_the_policy_decided_and_accepted(
    jane, items, medium, manager
):
    page = jane.get(SETTLEMENT_ASK)
    told = {
        "item": [one.pk for one in items],
        "pay_by_on": SOON.isoformat(),
        "reason": "cash is short",
        "key": key_of(page),
    }
    beyond = jane.post(SETTLEMENT_ASK, {**told, "pay": "300.00"})
    assert beyond.status_code == 422 and not Settlement.objects.exists()
    answers = [jane.post(SETTLEMENT_ASK, {**told, "pay": "810.00"}) for _ in range(2)]
    settlement = Settlement.objects.get()
    assert {one.url for one in answers} == {f"{SETTLEMENT_ASK}{settlement.pk}/"}
    assert (settlement.status, settlement.source) == ("pending", "portal")
    assert "Somebody of ours decides" in jane.get(answers[0].url).text
    decide_approval(
        actor=acting(manager),
        request=ApprovalRequest.objects.get(),
        approve=True,
        reason="",
        as_of=TODAY,
        at=AT,
    )
    jane.cookies["django_language"] = "de"
    for address in (answers[0].url, HOME):
        german = jane.get(address).text
        assert "<dt>Zu zahlen bis</dt>" in german and "<dt>Von</dt>" not in german
    assert "<dt>Was er umfasst</dt>" in jane.get(answers[0].url).text
    del jane.cookies["django_language"]
    accept = f"{SETTLEMENT_ASK}{settlement.pk}/accept/"
    assert jane.post(accept, {"name": "Jane"}).status_code == 422
    jane.post(accept, {"name": "Jane", "has_agreed": "on"})
    settlement.refresh_from_db()
    assert (settlement.status, settlement.acceptance["name"]) == ("accepted", "Jane")


@pytest.mark.parametrize(
    ("language", "approve", "words"),
    [
        ("en", False, "We cannot agree to settlement ST-1"),
        ("de", True, "Wir sind mit dem Vergleich ST-1 einverstanden"),
        ("fr", False, "Nous ne pouvons pas accepter l'accord ST-1"),
        ("es", True, "Aceptamos el acuerdo ST-1"),
    ],
)
def test_who_asked_for_a_settlement_is_told_what_was_decided_in_their_language(
    customer, items, medium, manager, settings, language, approve, words
):
    settings.SITE = "https://pay.own.example"
    seat_of(customer, email="boss@buyer.example")
    asking = seat_of(customer, role="payer", email="tom@buyer.example", language=language)
    settlement = ask_settlement(
        actor=debtor(asking), customer=customer, items=items, pay_minor=810_00, pay_by_on=SOON,
        reason="cash is short", key="settlement-key", **ON,
    )  # fmt: skip
    assert not Message.objects.exists()
    decide_approval(
        actor=acting(manager), request=ApprovalRequest.objects.get(), approve=approve,
        reason="we talked", **ON,
    )  # fmt: skip
    mail = Message.objects.get()
    assert (mail.to, mail.language, mail.status) == ("tom@buyer.example", language, "ready")
    assert words in mail.body and "we talked" not in mail.body
    assert f"https://pay.own.example{SETTLEMENT_ASK}{settlement.pk}/" in mail.body


def test_of_a_plan_a_colleague_proposed_nobody_is_told_by_itself(customer, items, jane, manager):
    asked = plan_rows.wish(12)
    plan = plan_rows.proposed(add_user(customer.company, "colin", "collector"), items, asked)
    assert plan.status == "pending"
    decide_approval(
        actor=acting(manager), request=ApprovalRequest.objects.get(), approve=True, reason="", **ON
    )
    assert not Message.objects.exists()


def test_who_is_in_difficulty_is_heard_once_and_reminders_rest(jane, customer):
    page = jane.get(f"{HOME}hardship/")
    sent = {"key": key_of(page), "text": "Our biggest customer went bankrupt."}
    for _ in range(2):
        assert jane.post(f"{HOME}hardship/", sent).url == HOME
    (hold,) = Hold.objects.all()
    assert (hold.reason, hold.until_on) == ("hardship", TODAY + timedelta(days=14))
    assert "went bankrupt" in Task.objects.get(kind="follow_up").reason
    assert "went bankrupt" in customer.notes.get().text
    anew = {"key": "another-key-1", "text": "Still."}
    jane.post(f"{HOME}hardship/", anew)
    assert Hold.objects.count() == 1 and customer.notes.count() == 2


def test_who_only_looks_sees_all_of_it_and_may_ask_for_nothing(customer, items, jane):
    page = jane.get(PROMISE)
    sent = {"key": key_of(page), "item": [items[0].pk], "due_on": SOON.isoformat()}
    jane.post(PROMISE, sent)
    promise = Promise.objects.get()
    viewer = seated(seat_of(customer, role="viewer", email="v@buyer.example"))
    by_link, _ = onlooker(customer)
    for looking in (viewer, by_link):
        shown = looking.get(HOME)
        assert shown.status_code == 200 and "R1" in shown.text
        assert "Promise a date" not in shown.text and "Take back" not in shown.text
        asks = (PROMISE, f"{PROMISE}{promise.pk}/withdraw/", PLAN_ASK, f"{HOME}hardship/")
        for address in asks:
            assert looking.post(address, sent).status_code == 403
    promise.refresh_from_db()
    assert promise.outcome == "open"


def test_nothing_of_another_customer_can_be_seen_or_answered(company, items, medium, jane):
    page = jane.get(PLAN_ASK)
    told = {"item": [one.pk for one in items], "first_on": SOON.isoformat(), "key": key_of(page)}
    jane.post(PLAN_ASK, {**told, "offer": "monthly:3:0", "send": "1"})
    plan = PaymentPlan.objects.get()
    other = add_customer(company, "K2", "Other")
    stranger = seated(seat_of(other, email="x@other.example"))
    for address in (f"{PLAN_ASK}{plan.pk}/", f"{PLAN_ASK}{plan.pk}/letter.pdf"):
        assert stranger.get(address).status_code == 404
    signed = {"name": "X", "has_agreed": "on", "sha256": plan.terms_sha256}
    for verb in ("accept", "decline"):
        assert stranger.post(f"{PLAN_ASK}{plan.pk}/{verb}/", signed).status_code == 404
    foreign = {"key": "foreign-key-1", "item": [items[0].pk], "due_on": SOON.isoformat()}
    assert stranger.post(PROMISE, foreign).status_code == 422
    assert not Promise.objects.exists()
    plan.refresh_from_db()
    assert plan.status == "offered"
