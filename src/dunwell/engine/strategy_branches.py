"""Branches of a step: what the customer did since the last contact changes the next one.

A branch moves the step's day or changes its channel and wording. It never skips, repeats or
raises a level: the ladder stays as it is, so every law of it holds for every branch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

SIGNALS: Mapping[str, str] = {
    "viewed": "a message or item was looked at",
    "replied": "the customer wrote back",
    "bounced": "a message came back",
    "complained": "a message was reported as unwanted",
    "part_paid": "a part of the item was paid",
    "promised": "a payment was promised",
    "promise_broken": "a promise was broken or kept in part only",
    "disputed": "a dispute was opened",
    "dispute_closed": "a dispute was closed",
    "no_answer": "a follow-up was not answered in time",
}
"""What a branch may ask for; about the item, or about the customer as a whole."""

SIGNAL_DAYS = 30
"""Before the first contact, a signal counts for so many days."""

ANSWER_DAYS = 7
"""A follow-up of the assistant that nobody answered for so many days is a `no_answer`."""

_FIELDS = {
    "when",
    "unless",
    "delay",
    "days_after",
    "channel",
    "template",
    "fallback",
    "needs_approval",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """When a branch is taken, and when its step then comes.

    One of `when` was heard (any at all where it is empty) and none of `unless`, from the item's
    last contact on. `delay` days are added to the step's own day (negative: sooner); `days_after`
    instead counts from the newest signal of `when`. Days count as the step counts them.
    """

    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    delay: int = 0
    days_after: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """What a step becomes when its trigger applies."""

    trigger: Trigger
    channel: str
    template: str
    fallback: str | None
    needs_approval: bool


def read_trigger(stated: Mapping[str, object], where: str) -> Trigger:
    """Return when a branch applies; raise DocumentError naming the first wrong field."""
    documents.known(stated, _FIELDS, where)
    when = _signals(stated, "when", where)
    unless = _signals(stated, "unless", where)
    if not when and not unless:
        raise DocumentError(f"{where}: state what it depends on, in 'when' or 'unless'")
    both = sorted(set(when) & set(unless))
    if both:
        raise DocumentError(f"{where}: {both[0]} stands in both when and unless")
    has_after = stated.get("days_after") is not None
    if has_after and ("delay" in stated or not when):
        raise DocumentError(
            f"{where}: days_after counts from a signal of 'when' and stands instead of delay"
        )
    return Trigger(
        when=when,
        unless=unless,
        delay=documents.number(stated, "delay", where, default=0, smallest=-365, largest=365),
        days_after=documents.number(stated, "days_after", where, largest=365)
        if has_after
        else None,
    )


def _signals(stated: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    listed = documents.names(stated.get(name), name, where)
    return tuple(documents.choice(signal, name, tuple(SIGNALS), where) for signal in listed)
