"""What the copilot says of a customer: how it stands, what to ask next, which text fits.

Nothing is decided here and nothing is written: it puts facts in the order a collector needs them.
"""

from dataclasses import dataclass

from dunwell.engine.copilot_facts import (
    Amount,
    BalanceFact,
    CopilotFacts,
    Counted,
    Days,
    Named,
    Record,
    Sentence,
    Share,
    Slot,
)

SOON_DAYS = 3
"""A promise due within so many days is asked after."""

SILENT_DAYS = 45
"""After so many days without a contact it is asked first whether the invoices arrived."""

UNUSUAL_DAYS = 10
"""So much later than usual is worth a question."""

SECOND_AFTER, URGENT_AFTER = 15, 40
"""Days late from which a firmer text fits; a final notice is left to the strategy."""

DRAFTS = ("email", "letter", "call")
"""What a draft may be: a mail, a letter, or what to say in a call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftChoice:
    """Which text fits, why, and the items it is about."""

    kind: str
    template: str
    why: Sentence
    item_ids: tuple[int, ...]


def summary(facts: CopilotFacts) -> tuple[Sentence, ...]:
    """Return how a customer stands in a few sentences, what matters most first."""
    said = [_balance(facts, one) for one in facts.balances]
    if not said:
        said = [Sentence(key="owes_nothing", records=(facts.record,))]
    said += _agreed(facts)
    said += _habits(facts)
    said += _contacts(facts)
    return tuple(said)


def questions(facts: CopilotFacts) -> tuple[Sentence, ...]:
    """Return what to ask in a call, the most telling first; none where nobody may call.

    A question is left out where the facts already answer it.
    """
    if facts.is_held or facts.is_opted_out:
        return ()
    asked: list[Sentence] = []
    broken = facts.failed_promise
    if broken is not None and facts.overdue:
        asked.append(
            Sentence(
                key="ask_broken",
                slots={
                    "amount": Amount(broken.amount_minor, broken.currency),
                    "day": broken.due_on,
                },
                records=(broken.record,),
            )
        )
    asked += [
        Sentence(
            key="ask_promise",
            slots={"amount": Amount(one.amount_minor, one.currency), "day": one.due_on},
            records=(one.record,),
        )
        for one in facts.open_promises
        if (one.due_on - facts.as_of).days <= SOON_DAYS
    ][:1]
    asked += [
        Sentence(
            key="ask_dispute",
            slots={"item": one.item, "reason": Named("dispute", one.reason)},
            records=(one.record,),
        )
        for one in facts.disputes[:1]
    ]
    asked += _about_items(facts)
    return tuple(asked)


def draft_choice(facts: CopilotFacts, kind: str) -> DraftChoice:
    """Return the text that fits for a mail, a letter or a call; ValueError for another kind.

    It asks only for what may be asked for: not what is disputed, promised or held. A final notice
    is never suggested: it is a step of the strategy, with its approval.
    """
    if kind not in DRAFTS:
        raise ValueError(f"no draft of a {kind}; there are {', '.join(DRAFTS)}")
    free = tuple(item for item in facts.overdue if item.is_free)
    template, why = _template(facts, late=max((item.days_late for item in free), default=0))
    ids = tuple(item.id for item in free)
    if kind == "call":
        late = max((item.days_late for item in free), default=0)
        template = "second_call_script" if late > URGENT_AFTER else "call_script"
    return DraftChoice(kind=kind, template=template, why=why, item_ids=ids)


def _balance(facts: CopilotFacts, one: BalanceFact) -> Sentence:
    owed: dict[str, Slot] = {
        "open": Amount(one.open_minor, one.currency),
        "items": Counted(one.items, "item"),
    }
    if one.overdue_minor > 0:
        oldest = next((item for item in facts.overdue if item.currency == one.currency), None)
        owed |= {"overdue": Amount(one.overdue_minor, one.currency), "days": Days(one.oldest_days)}
        records = (facts.record,) if oldest is None else (facts.record, oldest.record)
        return Sentence(key="owes_late", slots=owed, records=records)
    if one.items:
        return Sentence(key="owes", slots=owed, records=(facts.record,))
    waits = Amount(one.unapplied_minor, one.currency)
    return Sentence(key="on_account", slots={"unapplied": waits}, records=(facts.record,))


def _agreed(facts: CopilotFacts) -> list[Sentence]:
    said = [
        Sentence(
            key="promised",
            slots={"amount": Amount(one.amount_minor, one.currency), "day": one.due_on},
            records=(one.record,),
        )
        for one in facts.open_promises
    ]
    if (failed := facts.failed_promise) is not None:
        said.append(
            Sentence(
                key="promise_failed",
                slots={
                    "amount": Amount(failed.amount_minor, failed.currency),
                    "day": failed.due_on,
                },
                records=(failed.record,),
            )
        )
    said += [
        Sentence(
            key="disputed",
            slots={
                "amount": Amount(one.amount_minor, one.currency),
                "item": one.item,
                "reason": Named("dispute", one.reason),
                "day": one.opened_on,
            },
            records=(one.record,),
        )
        for one in facts.disputes
    ]
    return said + list(explain_holds(facts))


def explain_holds(facts: CopilotFacts) -> tuple[Sentence, ...]:
    """Return why nobody chases the customer or an item, one sentence per hold that stands."""
    said = []
    for hold in facts.holds:
        key = "held_item" if hold.item else "held"
        key += "" if hold.until_on is None else "_until"
        slots: dict[str, Slot] = {"reason": Named("hold", hold.reason), "day": hold.from_on}
        if hold.item:
            slots["item"] = hold.item
        if hold.until_on is not None:
            slots["until"] = hold.until_on
        said.append(Sentence(key=key, slots=slots, records=(hold.record,)))
    return tuple(said)


def _habits(facts: CopilotFacts) -> list[Sentence]:
    said: list[Sentence] = []
    if (habit := facts.habit) is not None and habit.settled:
        key = "pays_late" if habit.usual_days > 0 else "pays_in_time"
        slots: dict[str, Slot] = {
            "share": Share(habit.late_ppm),
            "items": Counted(habit.settled, "item"),
        }
        if habit.usual_days > 0:
            slots["days"] = Days(habit.usual_days)
        said.append(Sentence(key=key, slots=slots, records=(facts.record,)))
    if (paid := facts.payment) is not None:
        said.append(
            Sentence(
                key="paid_last",
                slots={"amount": Amount(paid.amount_minor, paid.currency), "day": paid.value_on},
                records=(Record("payment", paid.number, paid.number),),
            )
        )
    if (score := facts.score) is not None:
        said.append(
            Sentence(
                key="scored",
                slots={"score": score.score, "band": score.band, "day": score.on},
                records=(Record("score", str(facts.customer_id), facts.number),),
            )
        )
    return said


def _contacts(facts: CopilotFacts) -> list[Sentence]:
    said = []
    if facts.last_contact_on is None:
        said.append(Sentence(key="never_contacted", records=(facts.record,)))
    else:
        said.append(
            Sentence(
                key="contacted", slots={"day": facts.last_contact_on}, records=(facts.record,)
            )
        )
    for way in facts.ways:
        if way.is_allowed:
            continue
        slots: dict[str, Slot] = {
            "channel": Named("channel", way.channel),
            "rule": Named("contact_rule", way.rule, way.text or way.rule),
        }
        key = "not_now" if way.next_on is None else "not_before"
        if way.next_on is not None:
            slots["day"] = way.next_on
        said.append(
            Sentence(
                key=key,
                slots=slots,
                records=(Record("contact_rules", str(facts.customer_id), way.rule),),
            )
        )
    return said


def _about_items(facts: CopilotFacts) -> list[Sentence]:
    """Return questions about what is late, else about what is due next."""
    free = [item for item in facts.overdue if item.is_free]
    if not free:
        coming = [item for item in facts.items if item.days_late <= 0 and item.is_free]
        return [
            Sentence(
                key="ask_coming",
                slots={"item": one.number, "day": one.due_on},
                records=(one.record,),
            )
            for one in coming[:1]
        ]
    asked = []
    oldest = free[0]
    since = facts.last_contact_on
    if since is None or (facts.as_of - since).days > SILENT_DAYS:
        asked.append(
            Sentence(key="ask_received", slots={"item": oldest.number}, records=(oldest.record,))
        )
    if oldest.open_minor < oldest.amount_minor:
        asked.append(
            Sentence(
                key="ask_rest",
                slots={
                    "item": oldest.number,
                    "amount": Amount(oldest.open_minor, oldest.currency),
                },
                records=(oldest.record,),
            )
        )
    habit = facts.habit
    if habit is not None and habit.settled:
        usual = max(habit.usual_days, 0)
        if oldest.days_late > usual + UNUSUAL_DAYS:
            asked.append(
                Sentence(
                    key="ask_unusual",
                    slots={
                        "item": oldest.number,
                        "days": Days(oldest.days_late),
                        "usual": Days(usual),
                    },
                    records=(oldest.record, facts.record),
                )
            )
    sums: dict[str, int] = {}
    for item in free:
        sums[item.currency] = sums.get(item.currency, 0) + item.open_minor
    asked += [
        Sentence(
            key="ask_when",
            slots={"amount": Amount(amount, currency)},
            records=tuple(item.record for item in free if item.currency == currency),
        )
        for currency, amount in sorted(sums.items())
    ]
    return asked


def _template(facts: CopilotFacts, *, late: int) -> tuple[str, Sentence]:
    """Return the wording that fits and the sentence that says why."""
    failed = facts.failed_promise
    if failed is not None and late > 0 and facts.open_promises:
        failed = None  # there is a newer word; what it was about before is no text of today
    if failed is not None and late > 0:
        return "broken_promise", _why("why_broken", failed.record, day=failed.due_on)
    if late > 0:
        template = "reminder" if late <= SECOND_AFTER else "second_reminder"
        template = "urgent_reminder" if late > URGENT_AFTER else template
        return template, _why("why_late", facts.record, days=Days(late))
    if facts.open_promises:
        one = facts.open_promises[0]
        return "promise_confirmation", _why("why_promised", one.record, day=one.due_on)
    if facts.disputes:
        return "dispute_received", _why("why_disputed", facts.disputes[0].record)
    is_unapplied = any(one.unapplied_minor for one in facts.balances)
    return (
        ("remittance_request", _why("why_unapplied", facts.record))
        if is_unapplied
        else ("statement", _why("why_nothing_late", facts.record))
    )


def _why(key: str, record: Record, **slots: Slot) -> Sentence:
    return Sentence(key=key, slots=slots, records=(record,))
