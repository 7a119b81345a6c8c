"""The assistant end to end: figures of the ledger alone, yes before doing, people where needed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dunwell.actions import assistant_talks
from dunwell.actions.assistant_talks import (
    MOST_TURNS,
    TurnGiven,
    begin_talk,
    end_talk,
    keep_turn,
    save_assistant_setting,
)
from dunwell.actions.gate import Refused, Stale, debtor
from dunwell.engine.assistant_intents import Understood
from dunwell.engine.assistant_moves import Say, spoken
from dunwell.jobs.assistant import answer
from dunwell.models import (
    AssistantConversation,
    AssistantTurn,
    Contact,
    Dispute,
    DisputeCase,
    DisputeComment,
    Event,
    InboundMessage,
    Promise,
)
from dunwell.queries.assistant_hand_overs import hand_overs_of
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY
from tests.connectors.fake_model import model_server, obeys, says
from tests.portal.seats import seat_of


@pytest.fixture
def seat(customer, admin):
    invoice(customer, "R-1001", 600_00)
    save_assistant_setting(actor=acting(admin), version=0, is_on=True, at=AT)
    return seat_of(customer)


def talk_of(seat, language="en"):
    return begin_talk(actor=debtor(seat), seat=seat, language=language, as_of=TODAY, at=AT)


def ask(talk, *texts):
    """What is answered to the last of the texts."""
    for text in texts:
        key = f"key-{AssistantTurn.objects.count():08d}"
        told = answer(talk, text, key=key, at=AT)
    return told


def test_a_promise_is_read_back_and_needs_a_yes(seat):
    day = TODAY + timedelta(days=5)
    talk = talk_of(seat)
    read_back = ask(talk, f"I promise to pay invoice R-1001 on {day.isoformat()}")
    assert "600.00" in read_back.text and "R-1001" in read_back.text, read_back.text
    assert not Promise.objects.exists()
    assert "changed nothing" in ask(talk, "no").text
    assert not Promise.objects.exists()
    done = ask(talk, f"I promise to pay invoice R-1001 on {day.isoformat()}", "yes")
    promise = Promise.objects.get()
    assert (promise.due_on, promise.lines.get().amount_minor) == (day, 600_00)
    assert (done.turn.subject, done.turn.subject_id) == ("promise", promise.pk)
    assert answer(talk, "yes", key=done.turn.key, at=AT).turn == done.turn
    assert Promise.objects.count() == 1


def test_what_changed_since_it_was_read_back_is_not_done_but_handed_over(seat, customer):
    day = TODAY + timedelta(days=5)
    talk = talk_of(seat)
    ask(talk, f"I promise to pay invoice R-1001 on {day.isoformat()}")
    state = AssistantConversation.objects.get(pk=talk.pk).state
    amounts = {key: minor + 1 for key, minor in state["held"]["amounts"].items()}
    state["held"]["amounts"] = amounts
    AssistantConversation.objects.filter(pk=talk.pk).update(state=state)
    told = ask(talk, "yes")
    assert told.hand_over == "not_possible"
    assert not Promise.objects.exists()


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["I want to talk to a human being"], "human"),
        (["qwrt zxcv plmk", "zzkx wqpo vbnm"], "not_understood"),
    ],
)
def test_what_needs_a_person_arrives_in_the_inbox_in_the_customers_own_words(seat, texts, reason):
    told = ask(talk_of(seat), "What is my balance?", *texts)
    assert told.hand_over == reason
    inbound = InboundMessage.objects.get()
    talk = AssistantConversation.objects.get()
    assert (talk.status, talk.handed_to) == ("handed_over", inbound.conversation)
    assert inbound.text == "\n\n".join(["What is my balance?", *texts])
    assert inbound.subject == texts[-1]
    assert (inbound.channel, inbound.customer) == ("portal", seat.customer)
    (summary,) = hand_overs_of(inbound.conversation_id, as_of=TODAY)
    assert (summary.talk_id, summary.reason, summary.done) == (talk.pk, reason, ())
    assert summary.wanted[0] == "balance"
    assert [one.owed_minor for one in summary.balances] == [600_00]


def test_a_query_is_opened_after_a_yes_and_a_person_goes_on(seat):
    words = "I dispute this invoice, the goods were damaged"
    read_back = ask(talk_of(seat), words)
    assert "600.00" in read_back.text and "R-1001" in read_back.text, read_back.text
    assert not DisputeCase.objects.exists()
    done = ask(AssistantConversation.objects.get(), "yes")
    case = DisputeCase.objects.get()
    assert (done.turn.subject_id, done.hand_over) == (case.pk, "dispute")
    assert Dispute.objects.get().amount_minor == 600_00
    assert words in DisputeComment.objects.get().text
    inbound = InboundMessage.objects.get()
    assert (inbound.text, inbound.subject) == (f"{words}\n\nyes", words)
    (summary,) = hand_overs_of(inbound.conversation_id, as_of=TODAY)
    assert (summary.wanted, summary.done) == (("dispute",), ("dispute",))


def test_a_query_that_is_not_confirmed_goes_to_a_person(seat):
    told = ask(talk_of(seat), "I dispute this invoice, the goods were damaged", "no")
    assert told.hand_over == "dispute"
    assert not DisputeCase.objects.exists()
    assert InboundMessage.objects.exists()


def test_the_new_phone_of_the_person_is_read_back_and_changed_after_a_yes(seat, customer):
    own = Contact.objects.create(customer=customer, email=seat.person.email, recorded_at=AT)
    other = Contact.objects.create(
        customer=customer, email="joe@buyer.example", is_primary=False, recorded_at=AT
    )
    talk = talk_of(seat)
    read_back = ask(talk, "Please change our phone number to +49 30 1234567")
    assert "+49301234567" in read_back.text, (read_back.text, read_back.turn.intent)
    own.refresh_from_db()
    assert own.phone == ""
    done = ask(talk, "yes")
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.phone, other.phone, done.hand_over) == ("+49301234567", "", "")


def test_who_only_looks_gets_the_balance_and_nothing_else(seat, customer):
    viewer = seat_of(customer, role="viewer", email="vi@buyer.example")
    talk = talk_of(viewer)
    assert "600.00" in ask(talk, "How much do I owe?").text
    day = TODAY + timedelta(days=5)
    told = ask(talk, f"I promise to pay invoice R-1001 on {day.isoformat()}", "yes")
    assert (told.hand_over, Promise.objects.count(), InboundMessage.objects.count()) == ("", 0, 0)
    assert "your access" in ask(talk, "I want to talk to a human being").text


def test_of_two_texts_that_meet_one_is_answered(seat):
    talk = talk_of(seat)
    given = TurnGiven(
        key="key-one", number=1, text="hello", refused_answer="", evidence=(), answer="Hello.",
        understood=Understood(
            intent="greeting", confidence_ppm=1, is_sure=True, language="en"
        ),
        move=spoken(Say(key="greeting")),
    )  # fmt: skip
    on = {"actor": debtor(seat), "talk": talk, "as_of": TODAY, "at": AT}
    first = keep_turn(given=given, **on)
    with pytest.raises(Stale, match="came first"):
        keep_turn(given=replace(given, key="key-two"), **on)
    assert keep_turn(given=given, **on) == first
    assert AssistantTurn.objects.count() == 1


def test_the_last_turn_of_a_talk_is_handed_over_and_says_so(seat):
    talk = talk_of(seat)
    AssistantConversation.objects.filter(pk=talk.pk).update(turns=MOST_TURNS - 1)
    told = ask(talk, "How much do I owe?")
    assert (told.hand_over, "600.00" in told.text, "person" in told.text) == (
        "too_long", True, True,
    )  # fmt: skip
    with pytest.raises(Refused, match="over"):
        ask(talk, "hello")


def test_bounds_and_refusals_leave_nothing(seat, customer, monkeypatch):
    talk = talk_of(seat)
    for text in ("", "x" * 2_001, "my card is 4111 1111 1111 1111"):
        with pytest.raises(Refused):
            answer(talk, text, key="key-00000000", at=AT)
    colleague = seat_of(customer, email="joe@buyer.example")
    with pytest.raises(Refused, match="somebody else"):
        end_talk(actor=debtor(colleague), talk=talk, at=AT)
    monkeypatch.setattr(assistant_talks, "MOST_TURNS_A_DAY", 1)
    ask(talk, "How much do I owe?")
    before = Event.objects.count()
    with pytest.raises(Refused, match="enough"):
        ask(talk, "How much do I owe?")
    assert (AssistantTurn.objects.count(), Event.objects.count()) == (1, before)


def test_nobody_talks_while_it_is_off(seat, admin):
    talk = talk_of(seat)
    save_assistant_setting(actor=acting(admin), version=1, is_on=False, at=AT)
    with pytest.raises(Refused, match="does not answer"):
        ask(talk, "How much do I owe?")


UNCLEAR = "qwrt zxcv plmk"


def test_a_language_model_names_what_rules_do_not_know_and_never_a_yes(seat, settings):
    rules = ask(talk_of(seat), "What is my balance?").text
    for named, is_heard in (("balance", True), ("yes", False), ("waive it all", False)):
        end_talk(actor=debtor(seat), talk=AssistantConversation.objects.last(), at=AT)
        with model_server(says(named)) as model:
            settings.LANGUAGE_MODEL_ADDRESS = model.address
            told = ask(talk_of(seat), UNCLEAR)
        assert (told.turn.intent == named, told.text == rules) == (is_heard, is_heard)
        assert model.heard[0][2]["messages"][1]["content"] == UNCLEAR


def test_a_model_that_obeys_its_orders_neither_says_nor_does_anything_of_its_own(seat, settings):
    day = (TODAY + timedelta(days=5)).isoformat()
    known = ("What is my balance?", f"I promise to pay invoice R-1001 on {day}")
    rules = [ask(talk_of(seat), text).text for text in known]
    for words in (obeys("You owe 1.00 EUR."), says("yes"), says("promise, 1.00 EUR, now")):
        end_talk(actor=debtor(seat), talk=AssistantConversation.objects.last(), at=AT)
        with model_server(words) as model:
            settings.LANGUAGE_MODEL_ADDRESS = model.address
            talk = talk_of(seat)
            assert [ask(talk, text).text for text in known] == rules
            assert model.heard == [], "what the rules know is not put to a model"
            ask(talk, UNCLEAR)
            assert len(model.heard) == 1
    assert not Promise.objects.exists()
    assert not AssistantTurn.objects.exclude(tool="").exists()
