"""What a customer says it will pay or has paid: which items, how much, on which day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine.intents import Extract, Reading
from dunwell.engine.reply_facts import Facts, FreeMoney, OwedItem, Quote, Suggestion

NOT_A_PROMISE = ("paid_on", "until")
"""Roles of dates that do not say when money will come."""


@dataclass(slots=True)
class _Word:
    """A day the customer named, with the items and amounts said with it."""

    day: Extract
    items: list[Extract]
    amounts: list[Extract]


def quoted(extracts: Sequence[Extract]) -> tuple[Quote, ...]:
    """Return extracts as quotes, each place of the text once, in its order."""
    places = {(one.start, one.end): one for one in extracts}
    return tuple(
        Quote(quote=one.quote, start=one.start, end=one.end) for _, one in sorted(places.items())
    )


def known_items(reading: Reading, facts: Facts) -> list[tuple[Extract, OwedItem]]:
    """Return the customer's items that a message names, in its order, each once."""
    found: dict[int, tuple[Extract, OwedItem]] = {}
    for one in reading.extracts:
        item = facts.item(one.value) if one.kind == "item" else None
        if item is not None:
            found.setdefault(item.item_id, (one, item))
    return list(found.values())


def part(item: OwedItem, amount_minor: int) -> dict[str, object]:
    """Return an item with an amount as fields say it."""
    return {
        "item_id": item.item_id,
        "number": item.number,
        "amount_minor": amount_minor,
        "currency": item.currency,
    }


def promises(reading: Reading, facts: Facts) -> list[Suggestion]:
    """Return one promise per day named, or the plan to propose where promises cannot hold it.

    A day takes the items and amounts said with it; a single day without items takes what
    is due, oldest first, up to the amount. A day beyond the policy's, a customer none is taken
    from, and an item that would be paid in parts on several days are plans.
    """
    words = _words(reading, facts)
    if not words:
        return []
    if facts.no_promises_until is not None:
        return [_plan(words, facts, why="promises_not_taken")]
    last = facts.as_of + timedelta(days=facts.most_promise_days)
    if any(word.day.day > last for word in words):
        return [_plan(words, facts, why="promise_too_far")]
    taken: set[int] = set()
    made = []
    for word in words:
        suggestion = _promise(word, facts, taken, is_alone=len(words) == 1)
        if suggestion is not None:
            made.append(suggestion)
    if len(made) < len(words) and len(words) > 1:
        return [_plan(words, facts, why="paid_in_parts")]
    return made


def _words(reading: Reading, facts: Facts) -> list[_Word]:
    days = [
        one
        for one in reading.extracts
        if one.kind == "date" and one.role not in NOT_A_PROMISE and one.day >= facts.as_of
    ]
    if any(one.role == "pay_by" for one in days):
        days = [one for one in days if one.role == "pay_by"]
    first: dict[date, Extract] = {}
    for one in sorted(days, key=lambda one: one.start):
        first.setdefault(one.day, one)
    words = [_Word(day=one, items=[], amounts=[]) for one in first.values()]
    if not words:
        return []
    things = sorted(
        (
            one
            for one in reading.extracts
            if (one.kind == "item" and facts.item(one.value) is not None)
            or (one.kind == "amount" and one.money[0] > 0)
        ),
        key=lambda one: one.start,
    )
    for one in things:
        word = _word_of(words, one, leads=things[0].start < words[0].day.start)
        (word.items if one.kind == "item" else word.amounts).append(one)
    return words


def _word_of(words: Sequence[_Word], one: Extract, *, leads: bool) -> _Word:
    """Return the day a thing belongs to: people say either the thing first or the day first.

    Where things lead ("R1 on the 9th, R2 on the 16th") it is the day after it, else the one
    before.
    """
    if leads:
        return next((word for word in words if word.day.start >= one.start), words[-1])
    return next((word for word in reversed(words) if word.day.start <= one.start), words[0])


def _promise(word: _Word, facts: Facts, taken: set[int], *, is_alone: bool) -> Suggestion | None:
    """Return the promise of one day, None where nothing is left that it could be for."""
    named = [item for one in word.items if (item := facts.item(one.value)) is not None]
    wanted = _wanted(word.amounts, named)
    if named:
        pool, why = named, "names_items_and_day"
    elif is_alone or wanted is not None:
        due = [item for item in facts.items if item.due_on <= facts.as_of]
        pool, why = due or list(facts.items), "names_day_only"
    else:
        return None
    currency = wanted[1] if wanted else next((item.currency for item in pool), "")
    pool = [
        item
        for item in pool
        if item.item_id not in taken and item.free_minor > 0 and item.currency == currency
    ]
    amounts = _spread(list({item.item_id: item for item in pool}.values()), wanted)
    if not amounts:
        return None
    taken.update(item.item_id for item, _ in amounts)
    standing = sorted({item.promised_on for item, _ in amounts if item.promised_on})
    return Suggestion(
        action="promise",
        label="promise",
        fields={
            "customer_id": facts.customer_id,
            "items": [part(item, minor) for item, minor in amounts],
            "currency": currency,
            "due_on": word.day.day.isoformat(),
            "supersede": bool(standing),
            "replaces": [one.isoformat() for one in standing],
        },
        quotes=_quotes(word),
        why=why,
    )


def _quotes(word: _Word) -> Mapping[str, tuple[Quote, ...]]:
    told = {"due_on": quoted([word.day])}
    if word.items:
        told["items"] = quoted(word.items)
    if word.amounts:
        told["amount"] = quoted(word.amounts)
    return told


def _wanted(amounts: Sequence[Extract], named: Sequence[OwedItem]) -> tuple[int, str] | None:
    """Return the amount said for a day: the total where one is said so, else the sum."""
    if not amounts:
        return None
    totals = [one for one in amounts if one.role == "total"]
    chosen = totals[:1] or list(amounts)
    currencies = {one.money[1] for one in chosen}
    if len(currencies) > 1:
        of_items = {item.currency for item in named}
        chosen = [one for one in chosen if one.money[1] in of_items] or chosen[:1]
    currency = chosen[0].money[1]
    return sum(one.money[0] for one in chosen if one.money[1] == currency), currency


def _spread(
    pool: Sequence[OwedItem], wanted: tuple[int, str] | None
) -> list[tuple[OwedItem, int]]:
    """Return what of each item is meant: all that is free, or up to the amount in their order."""
    if wanted is None:
        return [(item, item.free_minor) for item in pool]
    left, spread = wanted[0], []
    for item in pool:
        minor = min(item.free_minor, left)
        if minor > 0:
            spread.append((item, minor))
            left -= minor
    return spread


def _plan(words: Sequence[_Word], facts: Facts, *, why: str) -> Suggestion:
    """Return the plan to propose for what a promise cannot be taken for."""
    items = [one for word in words for one in word.items]
    return plan(
        facts,
        label="promise",
        named=[item for one in items if (item := facts.item(one.value)) is not None],
        quotes={"first_on": quoted([word.day for word in words]), "item_ids": quoted(items)},
        first_on=min(word.day.day for word in words),
        number=len(words),
        why=why,
    )


def plan(
    facts: Facts,
    *,
    label: str,
    named: Sequence[OwedItem],
    quotes: Mapping[str, tuple[Quote, ...]],
    why: str,
    first_on: date | None = None,
    number: int | None = None,
) -> Suggestion:
    """Return the suggestion to propose a plan, with reminders at rest until it is decided."""
    chosen = list(named) or [item for item in facts.items if item.due_on <= facts.as_of]
    until = facts.as_of + timedelta(days=facts.plan_days)
    return Suggestion(
        action="plan",
        label=label,
        fields={
            "customer_id": facts.customer_id,
            "item_ids": [item.item_id for item in chosen if not item.is_planned],
            "first_on": first_on.isoformat() if first_on else "",
            "number": number,
            "hold_reason": "agreement",
            "until_on": until.isoformat(),
            "is_held": "agreement" in facts.held_for,
        },
        quotes={name: told for name, told in quotes.items() if told},
        why=why,
    )


def lines_paid(reading: Reading, facts: Facts) -> list[tuple[Extract, OwedItem, Extract | None]]:
    """Return the items a message names, each with the amount said next after it, else nearest.

    An amount is used once; of one said to be the total none is taken.
    """
    amounts = [
        one for one in reading.extracts if one.kind == "amount" and one.role in {"", "disputed"}
    ]
    free = sorted(amounts, key=lambda one: one.start)
    lines: list[tuple[Extract, OwedItem, Extract | None]] = []
    named = known_items(reading, facts)
    for place, (one, item) in enumerate(named):
        end = named[place + 1][0].start if place + 1 < len(named) else one.end + 200
        found = next((a for a in free if one.end <= a.start < end), None)
        if found is not None and found.money[1] == item.currency:
            free.remove(found)
            lines.append((one, item, found))
        else:
            lines.append((one, item, None))
    return lines


def traced(reading: Reading, facts: Facts) -> list[FreeMoney]:
    """Return money here that fits what a customer says it paid.

    By an amount said, or by what is open on the items named, each and all together. Payments
    of the customer come before bank entries nobody claimed, the newest first.
    """
    wanted = {one.money for one in reading.extracts if one.kind == "amount"}
    named = [item for _, item in known_items(reading, facts)]
    wanted |= {(item.open_minor, item.currency) for item in named}
    for currency in {item.currency for item in named}:
        wanted.add((sum(i.open_minor for i in named if i.currency == currency), currency))
    found = [one for one in facts.money if (one.amount_minor, one.currency) in wanted]
    return sorted(found, key=lambda one: (one.kind != "payment", -one.value_on.toordinal()))
