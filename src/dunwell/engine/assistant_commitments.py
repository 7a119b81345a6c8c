"""What a customer commits to by the assistant: read back with its figures, done after a yes.

Each kind is made of facts within the bounds they give, held in the state, and proven again from
state and facts before it is said: `proven` never looks at the sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from dunwell.engine.assistant_answers import named_items
from dunwell.engine.assistant_facts import Facts, ItemFact, PlanFact
from dunwell.engine.assistant_intents import AMOUNT, EMAIL, IBAN, ITEM, PERCENT, PHONE, Understood
from dunwell.engine.assistant_moves import (
    DialogueState,
    Move,
    Say,
    Slot,
    Tool,
    handed_over,
    spoken,
)

PROMISE, PLAN, DISPUTE, CONTACT = ("promise", "plan", "dispute", "contact")
ASK_DAY, CONFIRM = "ask_day", "confirm_"

_CHANGES_A_YES = frozenset({AMOUNT, ITEM, PERCENT, EMAIL, PHONE, IBAN})


def is_read_back(state: DialogueState) -> bool:
    """Return whether a commitment was read back and waits for its yes."""
    return state.waiting.startswith(CONFIRM)


def is_plain_yes(state: DialogueState, understood: Understood) -> bool:
    """Return whether a yes adds nothing: "yes, but 100" is another commitment, not this one."""
    if any(one.kind in _CHANGES_A_YES for one in understood.extracts):
        return False
    return all(day.isoformat() == state.held.get("day") for day in understood.days)


def confirmed(state: DialogueState) -> Move:
    """Return the move after a yes: the tool with what was held; a dispute goes to a person too."""
    name = state.waiting.removeprefix(CONFIRM)
    passed_on = (Say(key="hand_over"),) if name == DISPUTE else ()
    return Move(
        say=(Say(key=f"{name}_done"), *passed_on),
        state=DialogueState(),
        tool=Tool(name=name, told=state.held),
        hand_over=DISPUTE if name == DISPUTE else "",
    )


def declined(state: DialogueState) -> Move:
    """Return the move after a no: a plan or dispute is a person's matter then."""
    name = state.waiting.removeprefix(CONFIRM)
    return handed_over(name) if name in {PLAN, DISPUTE} else spoken(Say(key="not_done"))


def promised(state: DialogueState, understood: Understood, facts: Facts, *, as_of: date) -> Move:
    """Read a promise back: the named invoices or those that are due, at most what is free."""
    if facts.latest_on is None:
        return handed_over(PROMISE)
    rows = _promised_items(state, understood, facts)
    missing = (
        (bool(understood.items) and not named_items(understood, facts), "item_not_open"),
        (not rows, "nothing_to_promise"),
        (len({one.currency for one in rows}) > 1, "which_invoice"),
    )
    for is_so, key in missing:
        if is_so:
            return spoken(Say(key=key))
    most = _limit(understood, rows) or state.held.get("most")
    day = understood.days[0] if understood.days else None
    if day is None or not as_of <= day <= facts.latest_on:
        held = {"items": [one.id for one in rows], **({"most": most} if most else {})}
        say = Say(key="day_not_taken" if day else "ask_day", slots={"latest": facts.latest_on})
        return spoken(say, state=DialogueState(waiting=ASK_DAY, held=held))
    amounts = _spread(rows, most)
    held = {**_held_amounts(amounts), "day": day.isoformat()}
    return spoken(
        Say(key="confirm_promise", slots={**_over(rows, amounts), "day": day}),
        state=DialogueState(waiting=f"{CONFIRM}{PROMISE}", held=held),
    )


def planned(facts: Facts) -> Move:
    """Read back the plan the policy offers; other terms are a person's matter."""
    plan = facts.plan
    if plan is None:
        return handed_over(PLAN)
    say = [
        Say(
            key="confirm_plan",
            slots={
                "number": plan.number,
                "level": (plan.level_minor, plan.currency),
                "total": (plan.total_minor, plan.currency),
                "first": plan.first_on,
                "last": plan.last_on,
            },
        )
    ]
    if plan.deposit_minor:
        slots: dict[str, Slot] = {
            "deposit": (plan.deposit_minor, plan.currency),
            "first": plan.first_on,
        }
        say.insert(0, Say(key="plan_deposit", slots=slots))
    waits = DialogueState(waiting=f"{CONFIRM}{PLAN}", held=_held_plan(plan))
    return spoken(*say, state=waits)


def disputed(understood: Understood, facts: Facts) -> Move:
    """Read back which invoice is objected to and how much; where that is open, a person asks."""
    named = named_items(understood, facts)
    rows = [
        one
        for one in (named or (() if understood.items else facts.items))
        if one.open_minor > one.disputed_minor
    ]
    is_clear = (
        len({one.currency for one in rows}) == 1
        and (bool(named) or len(facts.items) == 1)
        and len(rows) == max(len(named), 1)
    )
    if not is_clear or not facts.dispute_reason:
        return handed_over(DISPUTE)
    amounts = {one.id: one.open_minor - one.disputed_minor for one in rows}
    most = _limit(understood, rows)
    if most is not None and len(rows) == 1:
        amounts = {rows[0].id: min(most, amounts[rows[0].id])}
    held = {**_held_amounts(amounts), "reason": facts.dispute_reason}
    return spoken(
        Say(key="confirm_dispute", slots=_over(rows, amounts)),
        state=DialogueState(waiting=f"{CONFIRM}{DISPUTE}", held=held),
    )


def contact_changed(understood: Understood, facts: Facts) -> Move:
    """Read back the person's own new phone or mail address; all else a person changes."""
    told = {kind: [one.value for one in understood.found(kind)] for kind in (EMAIL, PHONE)}
    new = {kind: values[-1] for kind, values in told.items() if values}
    own = facts.contact
    if own is None or not new or understood.found(IBAN):
        return handed_over("contact_change")
    if all(getattr(own, kind) == value for kind, value in new.items()):
        return spoken(Say(key="contact_same"))
    say = [Say(key=f"new_{kind}", slots={kind: value}) for kind, value in new.items()]
    waits = DialogueState(waiting=f"{CONFIRM}{CONTACT}", held={"contact": own.id, **new})
    return spoken(*say, Say(key="confirm_contact"), state=waits)


def proven(state: DialogueState, facts: Facts, *, as_of: date) -> tuple[Slot, ...]:
    """Return what proves a read-back: its figures worked out anew from what is held and facts.

    Empty where nothing waits, and where what is held does not fit the facts: then nothing may be
    said of it.
    """
    known = _PROOFS.get(state.waiting)
    return () if known is None else known(state.held, facts, as_of)


def is_still_so(tool: Tool, facts: Facts, *, as_of: date) -> bool:
    """Return whether what a tool is to do still stands within the facts of this moment."""
    state = DialogueState(waiting=f"{CONFIRM}{tool.name}", held=tool.told)
    return bool(proven(state, facts, as_of=as_of))


def _proven_promise(held: Mapping[str, Any], facts: Facts, as_of: date) -> tuple[Slot, ...]:
    day = date.fromisoformat(held["day"])
    if facts.latest_on is None or not as_of <= day <= facts.latest_on:
        return ()
    figures = _proven_amounts(held, facts, lambda one: one.free_minor)
    return (*figures, day) if figures else ()


def _proven_dispute(held: Mapping[str, Any], facts: Facts, _as_of: date) -> tuple[Slot, ...]:
    return _proven_amounts(held, facts, lambda one: one.open_minor - one.disputed_minor)


def _proven_plan(held: Mapping[str, Any], facts: Facts, _as_of: date) -> tuple[Slot, ...]:
    plan = facts.plan
    if plan is None or _held_plan(plan) != held:
        return ()
    amounts = (plan.deposit_minor, plan.level_minor, plan.total_minor)
    return (
        plan.number,
        *((minor, plan.currency) for minor in amounts),
        plan.first_on,
        plan.last_on,
    )


def _proven_contact(held: Mapping[str, Any], facts: Facts, _as_of: date) -> tuple[Slot, ...]:
    if facts.contact is None or facts.contact.id != held["contact"]:
        return ()
    return tuple(held[kind] for kind in (EMAIL, PHONE) if kind in held)


def _proven_amounts(
    held: Mapping[str, Any], facts: Facts, most: Callable[[ItemFact], int]
) -> tuple[Slot, ...]:
    """Return sum and numbers of what is held, within what each item lets; empty otherwise."""
    amounts = {int(key): int(minor) for key, minor in held["amounts"].items()}
    rows = facts.items_of(frozenset(amounts))
    is_within = (
        len(rows) == len(amounts) > 0
        and len({one.currency for one in rows}) == 1
        and all(0 < amounts[one.id] <= most(one) for one in rows)
    )
    if not is_within:
        return ()
    return ((sum(amounts.values()), rows[0].currency), *(one.number for one in rows))


_PROOFS: Mapping[str, Callable[[Mapping[str, Any], Facts, date], tuple[Slot, ...]]] = {
    f"{CONFIRM}{PROMISE}": _proven_promise,
    f"{CONFIRM}{PLAN}": _proven_plan,
    f"{CONFIRM}{DISPUTE}": _proven_dispute,
    f"{CONFIRM}{CONTACT}": _proven_contact,
}


def _promised_items(state: DialogueState, understood: Understood, facts: Facts) -> list[ItemFact]:
    """Return the items meant: those named, else those of the question before, else what is due."""
    free = [one for one in named_items(understood, facts) or facts.items if one.free_minor > 0]
    kept = set(state.held.get("items", ())) if state.waiting == ASK_DAY else set()
    if understood.items:
        return free
    if kept:
        return [one for one in free if one.id in kept]
    return [one for one in free if one.is_due] or free


def _over(rows: Sequence[ItemFact], amounts: Mapping[int, int]) -> dict[str, Slot]:
    return {
        "amount": (sum(amounts.values()), rows[0].currency),
        "numbers": ", ".join(one.number for one in rows if one.id in amounts),
    }


def _held_amounts(amounts: Mapping[int, int]) -> dict[str, Any]:
    return {"amounts": {str(key): minor for key, minor in amounts.items()}}


def _held_plan(plan: PlanFact) -> dict[str, Any]:
    return {
        "frequency": plan.frequency,
        "number": plan.number,
        "deposit_minor": plan.deposit_minor,
        "first": plan.first_on.isoformat(),
        "total_minor": plan.total_minor,
        "items": list(plan.items),
    }


def _limit(understood: Understood, rows: Sequence[ItemFact]) -> int | None:
    """Return the amount the text names in the currency of the items, where it names one."""
    named = [minor for minor, code in understood.amounts if code == rows[0].currency and minor > 0]
    return named[0] if named else None


def _spread(rows: Sequence[ItemFact], most: int | None) -> dict[int, int]:
    """Return how much of each item is promised, the oldest first, in minor units."""
    left = sum(one.free_minor for one in rows) if most is None else most
    found: dict[int, int] = {}
    for one in rows:
        if left > 0:
            found[one.id] = min(one.free_minor, left)
            left -= found[one.id]
    return found
