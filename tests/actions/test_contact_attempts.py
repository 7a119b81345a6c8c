"""Contacts made and refused: stored with the verdict of the rules, whatever way they were made."""

from datetime import UTC, datetime, timedelta

import pytest

from dunwell.actions.contact_attempts import log_attempt
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.notes import record_note
from dunwell.actions.outbox import claim_messages, mark_sent
from dunwell.actions.restrictions import record_restriction
from dunwell.actions.tasks import cancel_task, complete_task
from dunwell.models import ContactAttempt
from dunwell.queries.contact_rules import customer_verdicts, shipped_rules
from tests.actions.desk import acting, last_event, verbs
from tests.actions.test_messages import message_to
from tests.actions.test_notes import task_of
from tests.conftest import AT, TODAY, add_customer

PACK = shipped_rules().pack
ALLOWED = {
    "decision": "allow",
    "rule": "",
    "text": "",
    "next_at": AT.isoformat(),
    "pack": PACK,
    "policy_version": None,
}


def log(user, customer, **changes):
    arguments = {"channel": "call", "outcome": "voicemail", "as_of": TODAY, "at": AT, **changes}
    return log_attempt(actor=acting(user), customer=customer, **arguments)


def kept():
    found = ContactAttempt.objects.order_by("id")
    return [(one.channel, one.outcome, one.verdict.get("rule"), one.by) for one in found]


def test_an_allowed_contact_is_kept_with_its_verdict(company, collector, customer):
    attempt = log(collector, customer)

    assert (attempt.outcome, attempt.verdict, attempt.by, attempt.at) == (
        "voicemail",
        ALLOWED,
        "anna",
        AT,
    )
    assert last_event(company) == (
        "contact.logged",
        "anna",
        customer.pk,
        {
            "channel": "call",
            "purpose": "collection",
            "outcome": "voicemail",
            "decision": "allow",
            "rule": "",
        },
    )


def test_a_denied_contact_is_kept_as_refused_with_rule_and_next_moment(
    company, collector, customer
):
    log(collector, customer)

    attempt = log(collector, customer, channel="email", at=AT + timedelta(hours=1))

    assert attempt.outcome == "refused"
    assert attempt.verdict == {
        "decision": "deny",
        "rule": "EU-B2B-TOUCH",
        "text": shipped_rules().rule("EU-B2B-TOUCH").text,
        # 48 hours later is a Saturday
        "next_at": "2026-03-09T07:00:00+00:00",
        "pack": PACK,
        "policy_version": None,
    }
    assert last_event(company)[0] == "contact.refused"
    assert verbs(company) == ["contact.logged", "contact.refused"]


def test_a_refused_contact_counts_for_nothing(collector, customer):
    for minute in range(3):
        log(collector, customer, channel="call", outcome="no_answer", at=at_night(minute))

    assert kept() == [("call", "refused", "EU-B2B-HOURS", "anna")] * 3
    assert log(collector, customer).outcome == "voicemail"


def at_night(minute):
    return datetime(2026, 3, 5, 3, minute, tzinfo=UTC)


def test_what_the_customer_begins_is_never_refused_and_counts_for_nothing(collector, customer):
    record_restriction(
        actor=acting(collector), customer=customer, kind="cease", as_of=TODAY, at=AT
    )

    attempt = log(collector, customer, outcome="conversation", is_inbound=True)

    assert (attempt.outcome, attempt.verdict["rule"]) == ("conversation", "OWN-CEASE")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel": "pigeon"}, "There is no channel pigeon; use email,"),
        ({"outcome": "refused"}, "There is no outcome refused; use conversation,"),
        ({"purpose": "revenge"}, "There is no purpose revenge; use collection,"),
    ],
)
def test_an_unknown_word_is_refused(collector, customer, changes, words):
    with pytest.raises(Refused) as refusal:
        log(collector, customer, **changes)

    assert str(refusal.value).startswith(words)
    assert kept() == []


def test_a_contact_of_another_customer_is_refused(company, collector, customer):
    other = add_customer(company, "K2").contacts.create(email="a@b.example", recorded_at=AT)

    with pytest.raises(Refused, match="This contact belongs to another customer"):
        log(collector, customer, contact=other)


def test_others_may_not(clerk, rival, customer):
    with pytest.raises(Forbidden):
        log(clerk, customer)
    with pytest.raises(Refused, match="belongs to another company"):
        log(rival, customer)


@pytest.mark.parametrize(
    ("kind", "result", "made"),
    [
        ("call", "reached", ("call", "conversation")),
        ("call", "left_message", ("call", "voicemail")),
        ("call", "no_answer", ("call", "no_answer")),
        ("call", "wrong_number", ("call", "no_answer")),
        ("visit", "", ("visit", "conversation")),
        ("note", "", None),
        ("email", "", None),
    ],
)
def test_a_note_of_a_call_or_a_visit_is_a_contact(collector, customer, kind, result, made):
    record_note(
        actor=acting(collector), customer=customer, kind=kind, result=result,
        text="" if kind == "call" else "said something", as_of=TODAY, at=AT,
    )  # fmt: skip

    assert [row[:2] for row in kept()] == ([made] if made else [])


def test_a_call_against_a_rule_is_written_down_and_said(company, collector, customer):
    record_note(
        actor=acting(collector), customer=customer, kind="call", result="reached", as_of=TODAY,
        at=at_night(0),
    )  # fmt: skip

    assert kept() == [("call", "conversation", "EU-B2B-HOURS", "anna")]
    assert last_event(company)[3]["against_rule"] == "EU-B2B-HOURS"


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("letter", ("letter", "written")),
        ("call", ("call", "conversation")),
        ("check_in", None),
    ],
)
def test_a_completed_task_is_a_contact(collector, customer, kind, made):
    complete_task(actor=acting(collector), task=task_of(customer, kind), at=AT)

    assert [row[:2] for row in kept()] == ([made] if made else [])


def test_a_task_that_is_dropped_is_none(collector, customer):
    task = task_of(customer, "call")
    cancel_task(actor=acting(collector), task=task, reason="paid", at=AT)

    assert kept() == []


def test_a_message_that_was_handed_over_is_a_contact_with_its_verdict(
    company, collector, customer
):
    message_to(customer, status="ready")
    actor = acting(collector)
    (message,) = claim_messages(actor=actor, limit=1, at=AT)
    (verdict,) = customer_verdicts(company, customer.pk, as_of=TODAY, at=AT, channels=("email",))

    mark_sent(actor=actor, message=message, place="file a", at=AT, verdict=verdict)
    mark_sent(actor=actor, message=message, place="file a", at=AT, verdict=verdict)

    (attempt,) = ContactAttempt.objects.all()
    assert (attempt.message_id, attempt.channel, attempt.outcome, attempt.verdict) == (
        message.pk,
        "email",
        "written",
        ALLOWED,
    )


def test_the_rules_see_what_was_made_by_every_team_and_channel(company, collector, customer):
    mark_sent_now(company, collector, customer)

    told = {
        verdict.channel: (verdict.decision, verdict.rule_id)
        for verdict in customer_verdicts(
            company, customer.pk, as_of=TODAY, at=AT + timedelta(minutes=1)
        )
    }

    assert set(told.values()) == {("deny", "EU-B2B-TOUCH")}
    assert set(told) == {"email", "letter", "call", "sms", "portal", "visit"}


def mark_sent_now(company, user, customer):
    message_to(customer, status="ready")
    (message,) = claim_messages(actor=acting(user), limit=1, at=AT)
    mark_sent(actor=acting(user), message=message, place="file a", at=AT)
