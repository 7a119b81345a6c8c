"""Segregation of duties on one object: who did one side of a pair does not do the other.

`record_event` asks here, so that no action can be forgotten: what is refused here takes the
action's whole transaction with it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from dunwell.actions.four_eyes import others_here, person
from dunwell.actions.gate import Actor, Refused
from dunwell.engine.duty_pairs import DutyPair
from dunwell.models import Event
from dunwell.queries.duty_pairs import (
    USED,
    Act,
    customers_acted_for,
    earlier_act,
    guarded_acts,
    standing_override,
)


def kept_apart(
    actor: Actor,
    verb: str,
    *,
    subject: str,
    subject_id: int,
    customer_id: int | None,
    at: datetime,
) -> Mapping[str, int]:
    """Return what the event has to say of an override, mostly nothing.

    Raises Refused where the same person did the other side of a pair on the same object, unless
    an override stands or nobody else works for the company. A demo company is exempt, and so is
    the system, which nobody is.
    """
    pairs = _pairs_of(actor, verb)
    if not pairs or actor.user_id is None:
        return {}
    act = Act(
        company=actor.company, name=person(actor.name), subject=subject, subject_id=subject_id,
        customer_id=customer_id,
    )  # fmt: skip
    if earlier_act(act, pairs) is None or not others_here(actor.company, actor.user_id).exists():
        return {}
    allowed: dict[str, int] = {}
    for pair, acts in pairs:
        before = earlier_act(act, [(pair, acts)])
        if before is None:
            continue
        override = standing_override(actor.company, user_id=actor.user_id, pair=pair.id, at=at)
        if override is None:
            raise Refused(_words(pair, before))
        allowed[USED] = override.pk
    return allowed


def may_meet(
    actor: Actor, acts: Collection[tuple[str, int | None]]
) -> Collection[tuple[str, int | None]]:
    """Return which of many acts `kept_apart` has to look at one by one: mostly none.

    An act is a verb and its customer. One query per kind of act and 500 customers, however many
    acts there are.
    """
    by_verb: dict[str, set[int | None]] = {}
    for verb, customer_id in acts:
        by_verb.setdefault(verb, set()).add(customer_id)
    found: set[tuple[str, int | None]] = set()
    for verb, customers in by_verb.items():
        for pair, others in _pairs_of(actor, verb):
            met: Collection[int | None] = customers
            if pair.object == "customer":
                known = {key for key in customers if key is not None}
                met = customers_acted_for(
                    actor.company, name=person(actor.name), acts=others, customers=known
                )
            found |= {(verb, key) for key in met}
    return found


def _pairs_of(actor: Actor, verb: str) -> tuple[tuple[DutyPair, frozenset[str]], ...]:
    """Return the pairs an act is a side of; none for the system and in a demo."""
    if actor.user_id is None or actor.company.is_demo:
        return ()
    return guarded_acts().get(verb, ())


def _words(pair: DutyPair, before: Event) -> str:
    shared = "this customer" if pair.object == "customer" else "the same record"
    done = before.verb.replace(".", " ").replace("_", " ")
    return (
        f"Segregation of duties: you did the other side for {shared} on "
        f"{before.at.date().isoformat()} ({done}); somebody else has to do this. An admin may "
        "allow both for a time, with a reason, on the page Duties kept apart."
    )
