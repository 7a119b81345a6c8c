"""The assistant's dialogue: what it answers next, from what was understood and from facts alone.

Pure: no ledger is read and nothing is done here. A commitment is read back with its figures and
becomes a `Tool` only after a yes; `docs/why/015-assistant.md` says what must go to a person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dunwell.engine.assistant_intents import UNKNOWN, Understood

HANDED_AT_ONCE = ("dispute", "hardship", "legal", "complaint", "human")
"""Intents that need a person: nothing about them is decided here."""

MOST_FAILURES = 2
"""So many texts in a row that were not understood lead to a person."""

SHOWN_ITEMS = 10
"""So many invoices are named in one answer; the page of invoices has all."""

CONFIRM_PROMISE, CONFIRM_PLAN, CONFIRM_CONTACT, ASK_DAY = (
    *("confirm_promise", "confirm_plan", "confirm_contact", "ask_day"),
)

Slot = str | int | date | tuple[int, str]
"""What fills a gap of a wording: a text of the ledger, a count, a day, or minor units and code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceFact:
    """One currency, in minor units: owed as the portal shows it, and overdue before today."""

    currency: str
    owed_minor: int
    overdue_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFact:
    """An open item; `free_minor` is what may be promised of it."""

    id: int
    number: str
    currency: str
    open_minor: int
    free_minor: int
    due_on: date
    is_due: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanFact:
    """A plan the policy offers this customer itself, over all that is free of its items."""

    frequency: str
    number: int
    deposit_minor: int
    level_minor: int
    total_minor: int
    currency: str
    first_on: date
    last_on: date
    items: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All a dialogue may say of a customer: results of tools, never words of the text."""

    balances: tuple[BalanceFact, ...] = ()
    items: tuple[ItemFact, ...] = ()
    latest_on: date | None = None
    plan: PlanFact | None = None
    account_name: str = ""
    iban: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DialogueState:
    """What a dialogue remembers between two texts; plain values, kept as JSON."""

    waiting: str = ""
    held: Mapping[str, Any] = field(default_factory=dict)
    failures: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """A sentence by its key, with what fills its gaps."""

    key: str
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """What is to be done after a yes: `promise` or `plan`, with the figures read back."""

    name: str
    told: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """What is said next, done, remembered; `hand_over` is why a person goes on, empty for none."""

    say: tuple[Say, ...]
    state: DialogueState
    tool: Tool | None = None
    hand_over: str = ""


def step(state: DialogueState, understood: Understood, facts: Facts, *, as_of: date) -> Move:
    """Return the next move; the same arguments, the same move.

    A text that needs a person goes to one whatever was waited for. A yes or no counts only
    where something was read back.
    """
    intent = understood.intent
    if intent in HANDED_AT_ONCE:
        return _hand_over(intent)
    if state.waiting.startswith("confirm") and intent in {"yes", "no", "cancel"}:
        return _confirmed(state) if intent == "yes" else _declined(state)
    if state.waiting == ASK_DAY and understood.days and intent not in {"cancel", "no"}:
        return _promise(state, understood, facts, as_of)
    if intent == UNKNOWN:
        return _unknown(state)
    told = _ANSWERS.get(intent)
    if told is not None:
        return told(state, understood, facts, as_of)
    return _said(Say(key=intent if intent in _PLAIN else "nothing_waits"))


def _said(*say: Say, state: DialogueState | None = None) -> Move:
    return Move(say=say, state=state or DialogueState())


def _hand_over(reason: str) -> Move:
    return Move(say=(Say(key="hand_over"),), state=DialogueState(), hand_over=reason)


def _unknown(state: DialogueState) -> Move:
    failures = state.failures + 1
    if failures >= MOST_FAILURES:
        return _hand_over("not_understood")
    return _said(Say(key="not_understood"), state=replace(state, failures=failures))


def _confirmed(state: DialogueState) -> Move:
    if state.waiting == CONFIRM_CONTACT:
        return _hand_over("contact_change")
    name = "promise" if state.waiting == CONFIRM_PROMISE else "plan"
    return Move(
        say=(Say(key=f"{name}_done"),),
        state=DialogueState(),
        tool=Tool(name=name, told=state.held),
    )


def _declined(state: DialogueState) -> Move:
    if state.waiting == CONFIRM_PLAN:
        return _hand_over("plan")
    return _said(Say(key="not_done"))


def _balance(_state: DialogueState, _understood: Understood, facts: Facts, _as_of: date) -> Move:
    if not facts.balances:
        return _said(Say(key="nothing_open"))
    return _said(
        *(
            Say(
                key="balance",
                slots={
                    "owed": (one.owed_minor, one.currency),
                    "overdue": (one.overdue_minor, one.currency),
                },
            )
            for one in facts.balances
        )
    )


def _items(_state: DialogueState, understood: Understood, facts: Facts, _as_of: date) -> Move:
    named = _named(understood, facts)
    if understood.items and not named:
        return _said(Say(key="item_not_open"))
    rows = named or facts.items
    if not rows:
        return _said(Say(key="nothing_open"))
    more = (Say(key="more_items"),) if len(rows) > SHOWN_ITEMS else ()
    return _said(
        *(
            Say(
                key="item",
                slots={
                    "number": one.number,
                    "open": (one.open_minor, one.currency),
                    "due": one.due_on,
                },
            )
            for one in rows[:SHOWN_ITEMS]
        ),
        *more,
    )


def _named(understood: Understood, facts: Facts) -> tuple[ItemFact, ...]:
    wanted = {number.casefold() for number in understood.items}
    return tuple(one for one in facts.items if one.number.casefold() in wanted)


def _bank(_state: DialogueState, _understood: Understood, facts: Facts, _as_of: date) -> Move:
    if not facts.iban:
        return _said(Say(key="payment_link"))
    return _said(Say(key="bank_details", slots={"name": facts.account_name, "iban": facts.iban}))


def _promise(state: DialogueState, understood: Understood, facts: Facts, as_of: date) -> Move:
    """Read a promise back: the named invoices or those that are due, at most what is free."""
    if facts.latest_on is None:
        return _hand_over("promise")
    rows = _promised_items(state, understood, facts)
    missing = (
        (bool(understood.items) and not _named(understood, facts), "item_not_open"),
        (not rows, "nothing_to_promise"),
        (len({one.currency for one in rows}) > 1, "which_invoice"),
    )
    for is_so, key in missing:
        if is_so:
            return _said(Say(key=key))
    most = _limit(understood, rows) or state.held.get("most")
    day = understood.days[0] if understood.days else None
    if day is None or not as_of <= day <= facts.latest_on:
        held = {"items": [one.id for one in rows], **({"most": most} if most else {})}
        say = Say(key="day_not_taken" if day else "ask_day", slots={"latest": facts.latest_on})
        return _said(say, state=DialogueState(waiting=ASK_DAY, held=held))
    return _read_back(rows, _spread(rows, most), day)


def _promised_items(state: DialogueState, understood: Understood, facts: Facts) -> list[ItemFact]:
    """Return the items meant: those named, else those of the question before, else what is due."""
    free = [one for one in _named(understood, facts) or facts.items if one.free_minor > 0]
    kept = set(state.held.get("items", ())) if state.waiting == ASK_DAY else set()
    if understood.items:
        return free
    if kept:
        return [one for one in free if one.id in kept]
    return [one for one in free if one.is_due] or free


def _read_back(rows: list[ItemFact], amounts: dict[int, int], day: date) -> Move:
    held = {"amounts": {str(key): minor for key, minor in amounts.items()}, "day": day.isoformat()}
    say = Say(
        key="confirm_promise",
        slots={
            "amount": (sum(amounts.values()), rows[0].currency),
            "day": day,
            "numbers": ", ".join(one.number for one in rows if one.id in amounts),
        },
    )
    return _said(say, state=DialogueState(waiting=CONFIRM_PROMISE, held=held))


def _limit(understood: Understood, rows: list[ItemFact]) -> int | None:
    """Return the amount the text names in the currency of the items, where it names one."""
    named = [minor for minor, code in understood.amounts if code == rows[0].currency and minor > 0]
    return named[0] if named else None


def _spread(rows: list[ItemFact], most: int | None) -> dict[int, int]:
    """Return how much of each item is promised, the oldest first, in minor units."""
    left = sum(one.free_minor for one in rows) if most is None else most
    found: dict[int, int] = {}
    for one in rows:
        if left > 0:
            found[one.id] = min(one.free_minor, left)
            left -= found[one.id]
    return found


def _plan(_state: DialogueState, _understood: Understood, facts: Facts, _as_of: date) -> Move:
    """Read back the plan the policy offers; other terms are a person's matter."""
    plan = facts.plan
    if plan is None:
        return _hand_over("plan")
    say = Say(
        key="confirm_plan",
        slots={
            "number": plan.number,
            "level": (plan.level_minor, plan.currency),
            "total": (plan.total_minor, plan.currency),
            "first": plan.first_on,
            "last": plan.last_on,
        },
    )
    held = {
        "frequency": plan.frequency,
        "number": plan.number,
        "deposit_minor": plan.deposit_minor,
        "first": plan.first_on.isoformat(),
        "total_minor": plan.total_minor,
        "items": list(plan.items),
    }
    return _said(say, state=DialogueState(waiting=CONFIRM_PLAN, held=held))


def _contact(_state: DialogueState, _understood: Understood, _facts: Facts, _as_of: date) -> Move:
    """Ask before a change of contacts is passed on: a person makes it, after looking."""
    waits = DialogueState(waiting=CONFIRM_CONTACT)
    return _said(Say(key="confirm_contact"), state=waits)


_ANSWERS: Mapping[str, Callable[[DialogueState, Understood, Facts, date], Move]] = {
    "balance": _balance,
    "open_items": _items,
    "due_dates": _items,
    "item_status": _items,
    "bank_details": _bank,
    "promise": _promise,
    "plan": _plan,
    "contact_change": _contact,
}

_PLAIN = frozenset(
    {
        "greeting", "documents", "statement", "payment_link", "paid_already", "thanks",
        "who_are_you",
    }
)  # fmt: skip
"""Intents that are answered by one sentence without figures."""
