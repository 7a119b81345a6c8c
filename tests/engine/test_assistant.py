"""The assistant's dialogue: nothing is done without a yes, nothing said that facts do not hold."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.assistant import COMMITS, HANDED_AT_ONCE, step
from dunwell.engine.assistant_commitments import is_still_so, proven
from dunwell.engine.assistant_facts import (
    BalanceFact,
    ContactFact,
    Facts,
    ItemFact,
    PaymentFact,
    PlanFact,
)
from dunwell.engine.assistant_intents import INTENTS, Understood
from dunwell.engine.assistant_moves import DialogueState
from dunwell.engine.intents import Extract

TODAY = date(2026, 3, 5)
LATEST = TODAY + timedelta(days=14)
NUMBERS = ("R-1", "R-2", "R-3", "R-4")
FACTS = Facts(
    balances=(BalanceFact(currency="EUR", owed_minor=900, overdue_minor=300),),
    items=(
        ItemFact(
            id=1, number="R-1", currency="EUR", open_minor=300, free_minor=300,
            due_on=TODAY - timedelta(days=3), is_due=True,
        ),
        ItemFact(
            id=2, number="R-2", currency="EUR", open_minor=600, free_minor=400,
            due_on=TODAY + timedelta(days=9), is_due=False, disputed_minor=200,
        ),
    ),
    settled=("R-3",),
    payments=(PaymentFact(amount_minor=77, currency="EUR", value_on=TODAY),),
    latest_on=LATEST,
    plan=PlanFact(
        frequency="monthly", number=3, deposit_minor=100, level_minor=200, total_minor=700,
        currency="EUR", first_on=TODAY + timedelta(days=14), last_on=TODAY + timedelta(days=104),
        items=(1,),
    ),
    contact=ContactFact(id=5, email="jane@buyer.example", phone=""),
    dispute_reason="other",
)  # fmt: skip


def extract(kind, value):
    return Extract(kind=kind, value=value, quote=value, start=0, end=len(value))


def text(intent, *extracts):
    return Understood(
        intent=intent, confidence_ppm=1_000_000, is_sure=True, language="en", extracts=extracts
    )


def day(number):
    return extract("date", (TODAY + timedelta(days=number)).isoformat())


def dialogue(*texts, facts=FACTS):
    """The moves after each of the texts."""
    state, moves = DialogueState(), []
    for one in texts:
        moves.append(step(state, one, facts, as_of=TODAY))
        state = moves[-1].state
    return moves


EXTRACTS = st.one_of(
    st.integers(-3, 30).map(day),
    st.integers(-5, 2_000).map(lambda minor: extract("amount", f"{minor} EUR")),
    st.just(extract("amount", "50 USD")),
    st.sampled_from(NUMBERS).map(lambda number: extract("item", number)),
    st.just(extract("percent", "500000")),
    st.sampled_from(["jane@new.example", "jane@buyer.example"]).map(
        lambda told: extract("email", told)
    ),
    st.just(extract("iban", "DE02120300000000202051")),
)
TEXTS = st.lists(
    st.builds(
        lambda intent, found: text(intent, *found),
        st.sampled_from([*INTENTS, *COMMITS, *COMMITS, "yes", "yes", "yes"]),
        st.lists(EXTRACTS, max_size=3),
    ),
    min_size=1,
    max_size=6,
)


def known(facts):
    """Every figure and day of the facts, without what a read-back adds up."""
    found = {facts.latest_on, facts.plan.first_on, facts.plan.last_on, facts.plan.number}
    for one in facts.balances:
        found |= {(one.owed_minor, one.currency), (one.overdue_minor, one.currency)}
    for one in facts.items:
        amounts = (one.open_minor, one.disputed_minor)
        found |= {(minor, one.currency) for minor in amounts} | {one.due_on}
    return found | {(one.amount_minor, one.currency) for one in facts.payments} | {TODAY}


@given(TEXTS)
def test_nothing_is_done_without_a_yes_to_what_was_read_back(texts):
    before = DialogueState()
    for one in texts:
        move = step(before, one, FACTS, as_of=TODAY)
        if move.tool is not None:
            assert (one.intent, before.waiting) == ("yes", f"confirm_{move.tool.name}")
            assert move.tool.told == before.held
            assert is_still_so(move.tool, FACTS, as_of=TODAY)
        if one.intent in HANDED_AT_ONCE:
            assert (move.tool, move.hand_over) == (None, one.intent)
        before = move.state


@given(TEXTS)
def test_every_figure_and_day_that_is_said_is_one_of_the_facts_or_proven_of_what_is_held(texts):
    for move in dialogue(*texts):
        proof = proven(move.state, FACTS, as_of=TODAY)
        if move.state.waiting.startswith("confirm"):
            assert proof
        for say in move.say:
            for slot in say.slots.values():
                if not isinstance(slot, str):
                    assert slot in known(FACTS) | set(proof), (say, slot)


@given(TEXTS)
def test_what_is_promised_or_disputed_never_passes_what_is_free_of_each_invoice(texts):
    most = {"promise": {1: 300, 2: 400}, "dispute": {1: 300, 2: 400}}
    for move in dialogue(*texts):
        if move.tool is not None and move.tool.name in most:
            told = move.tool.told
            assert all(
                0 < minor <= most[move.tool.name][int(key)]
                for key, minor in told["amounts"].items()
            )
            if "day" in told:
                assert TODAY <= date.fromisoformat(told["day"]) <= LATEST


@given(TEXTS)
def test_who_only_looks_gets_figures_but_commits_to_nothing(texts):
    for move in dialogue(*texts, facts=replace(FACTS, may_ask=False)):
        assert (move.tool, move.hand_over, move.state.waiting) == (None, "", "")


PROMISE = text("promise", extract("item", "R-1"), day(3))
DISPUTED = text("dispute", extract("item", "R-2"))


@pytest.mark.parametrize(
    ("texts", "said", "tool", "hand_over"),
    [
        ([PROMISE], "confirm_promise", None, ""),
        ([PROMISE, text("yes")], "promise_done", "promise", ""),
        ([PROMISE, text("yes", day(3))], "promise_done", "promise", ""),
        ([PROMISE, text("yes", extract("amount", "5 EUR"))], "yes_or_no", None, ""),
        ([PROMISE, text("yes", day(9))], "yes_or_no", None, ""),
        ([PROMISE, text("balance"), text("yes")], "nothing_waits", None, ""),
        ([text("promise", day(30))], "day_not_taken", None, ""),
        ([text("promise"), text("unknown", day(4)), text("yes")], "promise_done", "promise", ""),
        ([text("plan")], "plan_deposit", None, ""),
        ([text("plan"), text("yes")], "plan_done", "plan", ""),
        ([text("plan"), text("no")], "hand_over", None, "plan"),
        ([DISPUTED], "confirm_dispute", None, ""),
        ([DISPUTED, text("yes")], "dispute_done", "dispute", "dispute"),
        ([DISPUTED, text("balance")], "hand_over", None, "dispute"),
        ([text("dispute")], "hand_over", None, "dispute"),
        ([text("contact_change", extract("email", "j@new.example"))], "new_email", None, ""),
        ([text("contact_change")], "hand_over", None, "contact_change"),
        ([text("unknown"), text("unknown")], "hand_over", None, "not_understood"),
        ([text("item_status", extract("item", "R-3"))], "item_settled", None, ""),
        ([text("item_status", extract("item", "R-4"))], "item_not_open", None, ""),
    ],
)
def test_a_dialogue_says_does_and_hands_over(texts, said, tool, hand_over):
    move = dialogue(*texts)[-1]
    assert move.say[0].key == said
    assert (move.tool.name if move.tool else None, move.hand_over) == (tool, hand_over)


def test_a_plan_s_deposit_is_read_back_and_proven():
    move = dialogue(text("plan"))[-1]
    assert move.say[0].slots["deposit"] == (100, "EUR")
    assert (100, "EUR") in proven(move.state, FACTS, as_of=TODAY)


def test_what_is_held_is_not_proven_by_facts_that_changed():
    state = dialogue(PROMISE)[-1].state
    paid = replace(FACTS, items=FACTS.items[1:])
    late = replace(FACTS, latest_on=TODAY)
    assert proven(state, paid, as_of=TODAY) == proven(state, late, as_of=TODAY) == ()
