"""Accepting, correcting, dismissing and taking back what was suggested of a message."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from dunwell.actions.gate import Forbidden, Refused, Stale, system
from dunwell.actions.inbox_decisions import (
    accept_suggestion,
    act_at_once,
    correct_reading,
    dismiss_suggestion,
    set_aside_messages,
    suggest_again,
    undo_decision,
)
from dunwell.models import (
    Contact,
    ContactRestriction,
    Conversation,
    Dispute,
    DisputeCase,
    Hold,
    InboundDecision,
    Promise,
    Remittance,
    Task,
)
from dunwell.queries.readings import latest_reading
from dunwell.queries.reply_facts import suggestion_facts
from tests.actions.desk import acting, last_event, verbs
from tests.actions.inbox_rows import promising, read_message, reading_of
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": TODAY, "at": AT}


def accept(user, reading, place=0, **fields):
    return accept_suggestion(
        actor=acting(user), reading=reading, place=place, fields=fields or None, **ON
    )


def dunned(customer, number="R1", minor=1_000_00):
    return invoice(customer, number, minor, due_on=TODAY - timedelta(days=5))


def test_one_key_makes_the_promise_and_handles_the_message(company, customer, collector):
    item = dunned(customer)
    inbound, reading = promising(company, customer)
    decision = accept(collector, reading)
    again = accept(collector, reading)

    promise = Promise.objects.get()
    inbound.refresh_from_db()
    assert (promise.due_on, dict(promise.lines.values_list("item", "amount_minor"))) == (
        date(2026, 3, 9),
        {item.pk: 1_000_00},
    )
    assert (decision.verdict, decision.label, decision.subject, decision.subject_id) == (
        "accepted", "promise", "promise", promise.pk,
    )  # fmt: skip
    assert (again.pk, decision.is_edited, InboundDecision.objects.count()) == (
        decision.pk, False, 1,
    )  # fmt: skip
    assert (inbound.status, inbound.handled_by) == ("handled", collector.username)
    assert Conversation.objects.get().label == "promise"
    assert verbs(company)[-2:] == ["promise.recorded", "suggestion.accepted"]
    assert last_event(company)[3]["record_id"] == promise.pk


def test_what_a_person_changes_is_done_and_noted_as_edited(company, customer, collector):
    dunned(customer)
    _, reading = promising(company, customer)
    decision = accept(collector, reading, due_on="2026-03-20")

    assert (Promise.objects.get().due_on, decision.is_edited) == (date(2026, 3, 20), True)


def test_a_refusal_leaves_nothing_behind(company, customer, collector):
    dunned(customer)
    inbound, reading = promising(company, customer)
    with pytest.raises(Refused, match="already passed"):
        accept(collector, reading, due_on="2026-03-01")
    with pytest.raises(Refused, match="no field colour"):
        accept(collector, reading, colour="red")
    with pytest.raises(Refused, match="no such suggestion"):
        accept(collector, reading, 7)
    with pytest.raises(Refused, match="is no day"):
        accept(collector, reading, due_on="soon")

    inbound.refresh_from_db()
    assert (inbound.status, InboundDecision.objects.count(), verbs(company)) == ("new", 0, [])


def test_the_right_of_what_is_done_is_needed_too(company, customer, clerk):
    dunned(customer)
    _, reading = promising(company, customer)

    with pytest.raises(Forbidden, match=r"promise\.record"):
        accept(clerk, reading)


def test_another_companys_message_is_refused(company, customer, rival):
    dunned(customer)
    _, reading = promising(company, customer)

    with pytest.raises(Refused, match="belongs to another company"):
        accept_suggestion(actor=acting(rival), reading=reading, place=0, **ON)


def test_a_dispute_becomes_a_case_of_the_conversation(company, customer, collector):
    item = dunned(customer)
    inbound, reading = read_message(
        company, customer, "R1: the price is wrong", ("item", "R1", "R1"), label="dispute"
    )
    decision = accept(collector, reading)

    case = DisputeCase.objects.get()
    assert (case.reason, case.source, case.conversation_id, decision.subject_id) == (
        "price", "mail", inbound.conversation_id, case.pk,
    )  # fmt: skip
    assert list(Dispute.objects.values_list("item", "amount_minor")) == [(item.pk, 1_000_00)]


def test_an_advice_in_words_becomes_a_remittance_with_its_lines(company, customer, clerk):
    dunned(customer)
    _, reading = read_message(
        company, customer, "R1 990.00 EUR paid", ("item", "R1", "R1"),
        ("amount", "99000 EUR", "990.00 EUR"), label="remittance",
    )  # fmt: skip
    decision = accept(clerk, reading)

    advice = Remittance.objects.get(pk=decision.subject_id)
    assert (advice.currency, list(advice.lines.values_list("item_ref", "paid_minor"))) == (
        "EUR", [("R1", 990_00)],
    )  # fmt: skip


def test_a_new_address_is_a_contact(company, customer, collector):
    text = "Write to neu@muster.example"
    _, reading = read_message(
        company, customer, text, ("email", "neu@muster.example", "neu@muster.example"),
        label="contact_change",
    )  # fmt: skip
    decision = accept(collector, reading)

    assert Contact.objects.get(pk=decision.subject_id).email == "neu@muster.example"
    with pytest.raises(Refused, match="on its own page"):
        undo_decision(actor=acting(collector), decision=decision, **ON)


def test_hardship_holds_and_the_other_suggestion_stays_to_be_decided(company, customer, collector):
    dunned(customer)
    _, reading = read_message(company, customer, "We cannot pay", label="hardship")
    accept(collector, reading, 0)
    plan = accept(collector, reading, 1)

    holds = list(Hold.objects.order_by("pk").values_list("reason", "until_on"))
    assert holds == [
        ("hardship", TODAY + timedelta(days=30)),
        ("agreement", TODAY + timedelta(days=14)),
    ]
    assert plan.subject == "hold"


def test_money_that_fits_is_named_in_one_follow_up(company, customer, collector):
    dunned(customer)
    payment(customer, "P1", 1_000_00)
    _, reading = read_message(
        company, customer, "R1 is paid", ("item", "R1", "R1"), label="paid_already"
    )
    accept(collector, reading)
    _, angry = read_message(company, customer, "You fools", label="hostile")
    accept(collector, angry)

    assert Task.objects.get().reason == (
        "Says it has paid: money that fits is here. Apply it. Payment P1. "
        "Is angry with us: the manager answers."
    )
    assert Conversation.objects.filter(is_complaint=True).count() == 1


def test_the_system_ceases_at_once_and_a_person_can_take_it_back(company, customer, collector):
    inbound, reading = read_message(company, customer, "Stop writing to us", label="cease")
    (decision,) = act_at_once(actor=system(company), reading=reading, **ON)
    assert act_at_once(actor=system(company), reading=reading, **ON) == [decision]

    inbound.refresh_from_db()
    assert (inbound.status, ContactRestriction.objects.get().kind, decision.by) == (
        "new", "cease", "system",
    )  # fmt: skip
    taken = undo_decision(actor=acting(collector), decision=decision, **ON)
    assert undo_decision(actor=acting(collector), decision=decision, **ON) == taken
    assert (taken.undoes, ContactRestriction.objects.get().lifted_on) == (decision, TODAY)
    assert last_event(company)[0] == "decision.undone"
    with pytest.raises(Refused, match="suggested again"):
        accept(collector, reading)


def test_what_is_not_sure_waits_for_a_person(company, customer):
    _, unsure = read_message(company, customer, "Stop", label="cease", sure=False)
    _, promise = promising(company, customer)

    assert act_at_once(actor=system(company), reading=unsure, **ON) == []
    assert act_at_once(actor=system(company), reading=promise, **ON) == []


def test_an_out_of_office_answer_is_set_aside_and_its_conversation_done(company):
    inbound, reading = read_message(company, None, "I am away", label="out_of_office")
    act_at_once(actor=system(company), reading=reading, **ON)

    inbound.refresh_from_db()
    assert (inbound.status, inbound.conversation.status) == ("set_aside", "done")


def test_another_label_gives_its_own_suggestions_and_is_learned_from(company, customer, collector):
    dunned(customer)
    inbound, reading = read_message(
        company, customer, "R1: hm", ("item", "R1", "R1"), label="promise"
    )
    actor = acting(collector)
    made = correct_reading(actor=actor, inbound=inbound, label="dispute", **ON)
    same = correct_reading(actor=actor, inbound=inbound, label="dispute", **ON)

    decision = InboundDecision.objects.get()
    assert (decision.verdict, decision.label, decision.reading_id, decision.suggestion) == (
        "corrected", "dispute", reading.pk, None,
    )  # fmt: skip
    assert (same.pk, made.version, [one["action"] for one in made.suggestions]) == (
        made.pk, "person:2", ["dispute"],
    )  # fmt: skip
    with pytest.raises(Refused, match="no label nonsense"):
        correct_reading(actor=actor, inbound=inbound, label="nonsense", **ON)
    # a model that reads it later does not undo the person's word
    reading_of(inbound, label="promise", version="later")
    assert latest_reading(inbound) == made
    with pytest.raises(Stale, match="read anew"):
        dismiss_suggestion(actor=actor, reading=reading, at=AT)


def test_the_label_it_has_is_confirmed_once(company, customer, collector):
    inbound, reading = promising(company, customer)
    for _ in range(2):
        assert reading == correct_reading(
            actor=acting(collector), inbound=inbound, label="promise", **ON
        )

    assert list(InboundDecision.objects.values_list("verdict", "label")) == [
        ("accepted", "promise")
    ]


def test_dismissing_the_last_suggestion_handles_the_message(company, customer, collector):
    dunned(customer)
    inbound, reading = promising(company, customer)
    actor = acting(collector)
    first = dismiss_suggestion(actor=actor, reading=reading, place=0, at=AT)
    again = dismiss_suggestion(actor=actor, reading=reading, place=0, at=AT)

    inbound.refresh_from_db()
    assert (first, first.verdict, inbound.status) == (again, "dismissed", "handled")
    with pytest.raises(Refused, match="dismissed this already"):
        accept(collector, reading)


def test_once_the_customer_is_known_it_is_suggested_again(company, customer, collector):
    dunned(customer)
    inbound, reading = promising(company, None)
    actor = acting(collector)
    assert reading.suggestions == []
    assert suggest_again(actor=actor, inbound=inbound, **ON) == reading
    inbound.customer = customer
    inbound.save(update_fields=["customer"])
    made = suggest_again(actor=actor, inbound=inbound, **ON)

    assert (made.version, [one["action"] for one in made.suggestions]) == ("again:2", ["promise"])
    accept(collector, made)
    left = suggest_again(actor=actor, inbound=inbound, **ON)
    assert [one["action"] for one in left.suggestions] == []


def test_a_message_that_went_to_another_customer_is_not_acted_on(company, customer, collector):
    dunned(customer)
    inbound, reading = promising(company, customer)
    inbound.customer = add_customer(company, "OTHER")
    inbound.save(update_fields=["customer"])

    with pytest.raises(Refused, match="another customer meanwhile"):
        accept(collector, reading)


def test_messages_are_set_aside_together_once(company, customer, collector):
    messages = [promising(company, customer)[0] for _ in range(2)]
    actor = acting(collector)
    counts = [set_aside_messages(actor=actor, inbound=messages, at=AT) for _ in range(2)]

    assert (counts, last_event(company)[0]) == ([2, 0], "messages.set_aside")


def test_decisions_stay_as_they_were_written(company, customer, collector):
    dunned(customer)
    decision = accept(collector, promising(company, customer)[1])

    with pytest.raises(DatabaseError, match="stays as it was written"):
        InboundDecision.objects.filter(pk=decision.pk).update(label="other")


def test_facts_of_many_customers_take_as_many_queries_as_of_one(
    company, customer, django_assert_num_queries
):
    others = [add_customer(company, f"C{n}") for n in range(2)]
    for one in (customer, *others):
        dunned(one, f"R-{one.pk}")
    with django_assert_num_queries(13):
        alone = suggestion_facts(company, [customer.pk], as_of=TODAY)
    with django_assert_num_queries(13):
        found = suggestion_facts(company, [customer.pk, *(o.pk for o in others)], as_of=TODAY)

    assert alone[customer.pk] == found[customer.pk]
    assert {key: facts.items[0].number for key, facts in found.items()} == {
        one.pk: f"R-{one.pk}" for one in (customer, *others)
    }
