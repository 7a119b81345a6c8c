"""What every request of the portal has in common: the right, whose it is, once per form."""

from datetime import timedelta

import pytest

from dunwell.actions.dispute_cases import DisputedPart
from dunwell.actions.dispute_comments import write_to_customer
from dunwell.actions.gate import Forbidden, Refused, debtor, system
from dunwell.actions.portal_disputes import comment_query, open_query, withdraw_query
from dunwell.actions.portal_hardship import report_hardship
from dunwell.actions.portal_messages import mark_seen, send_portal_message
from dunwell.actions.portal_plans import accept_own_plan, ask_plan
from dunwell.actions.portal_promises import promise_in_portal
from dunwell.actions.portal_settlements import ask_settlement
from dunwell.actions.uploads import Upload
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import (
    DisputeCase,
    DisputeComment,
    Event,
    InboundMessage,
    Message,
    PaymentPlan,
    PortalRequest,
    PortalSeen,
    Promise,
    Settlement,
)
from dunwell.queries.portal_promises import promise_bounds
from tests.actions.dispute_rows import on
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import seat_of

KEY = "a-form-of-the-portal"
SOON = TODAY + timedelta(days=10)
ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 900_00)


@pytest.fixture
def seat(customer):
    return seat_of(customer)


def asks(item, seat):
    """Every request that makes something new, by what it makes: a call of an actor and a key."""
    customer = item.customer
    wish = PlanWish(frequency="monthly", number=3, first_on=SOON)
    part = DisputedPart(item=item, amount_minor=100_00)
    return {
        Promise: lambda actor, key: promise_in_portal(
            actor=actor, customer=customer, amounts={item: 900_00}, due_on=SOON, key=key, **ON
        ),
        PaymentPlan: lambda actor, key: ask_plan(
            actor=actor, customer=customer, items=[item], wish=wish, key=key, **ON
        ),
        Settlement: lambda actor, key: ask_settlement(
            actor=actor, customer=customer, items=[item], pay_minor=850_00, pay_by_on=SOON,
            reason="short of cash", key=key, **ON,
        ),
        DisputeCase: lambda actor, key: open_query(
            actor=actor, customer=customer, parts=[part], reason="price", text="too dear",
            key=key, **ON,
        ),
        InboundMessage: lambda actor, key: send_portal_message(
            actor=actor, seat=seat, subject="Hello", text="a question", key=key, at=AT
        ),
        PortalRequest: lambda actor, key: report_hardship(
            actor=actor, customer=customer, text="no money", key=key, **ON
        ),
    }  # fmt: skip


MADE = (Promise, PaymentPlan, Settlement, DisputeCase, InboundMessage, PortalRequest)


@pytest.mark.parametrize("made", MADE, ids=lambda model: model.__name__)
def test_a_form_that_is_sent_twice_makes_one_record(item, seat, made):
    ask = asks(item, seat)[made]
    actor = debtor(seat)
    first, events = ask(actor, KEY), Event.objects.count()
    again = ask(actor, KEY)
    assert again == first and made.objects.count() == 1
    assert Event.objects.count() == events
    request = PortalRequest.objects.get()
    assert (request.subject_id, request.by) == (first.pk, "jane@buyer.example (portal)")


@pytest.mark.parametrize("made", MADE, ids=lambda model: model.__name__)
def test_without_the_right_or_for_another_customer_nothing_is_made(company, item, seat, made):
    ask = asks(item, seat)[made]
    viewer = debtor(seat_of(item.customer, role="viewer", email="v@buyer.example"))
    stranger = debtor(seat_of(add_customer(company, "K2"), email="x@other.example"))
    before = Event.objects.count()
    with pytest.raises(Forbidden):
        ask(viewer, KEY)
    with pytest.raises(Refused, match="another customer"):
        ask(stranger, KEY)
    assert not made.objects.exists() and Event.objects.count() == before


def test_the_key_of_one_form_cannot_stand_for_another(item, seat):
    actor, found = debtor(seat), asks(item, seat)
    found[Promise](actor, KEY)
    with pytest.raises(Refused, match="sent before for something else"):
        found[InboundMessage](actor, KEY)
    with pytest.raises(Refused, match="not complete"):
        found[InboundMessage](actor, "short")
    assert not InboundMessage.objects.exists()


def test_the_latest_day_is_the_earlier_of_policy_and_authority(customer):
    # the standard promises policy takes 60 days, the portal's authority one month
    assert promise_bounds(customer, as_of=TODAY).latest_on.isoformat() == "2026-04-05"


def test_a_plan_is_accepted_only_with_the_tick_and_for_the_text_that_was_read(
    company, item, seat, customer
):
    actor = debtor(seat)
    plan = ask_plan(
        actor=actor, customer=customer, items=[item], key=KEY,
        wish=PlanWish(frequency="monthly", number=3, first_on=SOON), **ON,
    )  # fmt: skip
    assert plan.status == "pending"
    signed = {"name": "Jane", "sha256": "0" * 64}
    with pytest.raises(Refused, match="Tick that you have read"):
        accept_own_plan(actor=actor, plan=plan, has_agreed=False, **signed, **ON)
    with pytest.raises(Refused):
        accept_own_plan(actor=actor, plan=plan, has_agreed=True, **signed, **ON)
    plan.refresh_from_db()
    assert plan.status == "pending"


def test_a_file_no_one_takes_stops_the_whole_message(seat, item):
    with pytest.raises(Refused, match="run.exe: Send a PDF"):
        send_portal_message(
            actor=debtor(seat), seat=seat, subject="s", text="t", key=KEY, at=AT,
            files=[Upload(name="run.exe", data=b"MZ\x90")],
        )  # fmt: skip
    assert not InboundMessage.objects.exists() and not PortalRequest.objects.exists()


def test_a_word_to_the_customer_is_told_once_and_a_question_stops_the_clock(seat, item):
    case = asks(item, seat)[DisputeCase](debtor(seat), KEY)
    desk = system(item.company)
    when = on()
    for _ in range(2):
        write_to_customer(actor=desk, case=case, kind="question", text="Which price?", **when)
    case.refresh_from_db()
    assert (case.status, case.paused_on) == ("waiting_customer", TODAY)
    (mail,) = Message.objects.all()
    assert (mail.to, mail.in_reply_to) == (
        "jane@buyer.example",
        f"<case-{case.pk}.portal@dunwell>",
    )
    with pytest.raises(Refused, match="from 0 to"):
        write_to_customer(
            actor=desk, case=case, kind="proposal", text="All?", credit_minor=100_01, **on()
        )
    comment_query(actor=debtor(seat), case=case, text="12.50", key="second-form", **on())
    case.refresh_from_db()
    assert (case.status, case.paused_on) == ("in_review", None)
    assert DisputeComment.objects.filter(answer="answered").count() == 1


def test_nothing_is_taken_back_while_its_end_is_decided_by_somebody(seat, item, manager):
    case = asks(item, seat)[DisputeCase](debtor(seat), KEY)
    DisputeCase.objects.filter(pk=case.pk).update(status="pending_approval")
    case.refresh_from_db()
    with pytest.raises(Refused, match="waits for a decision"):
        withdraw_query(actor=debtor(seat), case=case, **ON)


def test_what_was_seen_never_goes_back(seat):
    actor = debtor(seat)
    for minutes in (5, 9, 2):
        mark_seen(
            actor=actor, seat=seat, subject="conversation", subject_id=7,
            at=AT + timedelta(minutes=minutes),
        )  # fmt: skip
    assert PortalSeen.objects.get().seen_at == AT + timedelta(minutes=9)
