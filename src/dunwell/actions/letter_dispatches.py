"""Proof of dispatch: how each posted letter went, and the number the post follows it by."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.letter_dispatches import Dispatch, post_number
from dunwell.models import Message
from dunwell.queries.letters import CHANNEL

POST, REGISTERED = "post", "registered post"
"""How a letter went: what stands as the provider of its message."""

MOST = 500


@transaction.atomic
def record_dispatches(*, actor: Actor, dispatches: Sequence[Dispatch], at: datetime) -> int:
    """Write down how posted letters went; return how many differ from what was known.

    Raises Refused for a letter that was not posted, a number that is none, one that two letters
    have, and for registered mail without a number. The same again changes nothing.
    """
    actor.require("task.complete")
    if not dispatches:
        raise Refused("Give the number of one letter at least.")
    if len(dispatches) > MOST:
        raise Refused(f"Tell of at most {MOST} letters at once.")
    told = {one.message_id: (_number(one), one.is_registered) for one in dispatches}
    letters = list(
        Message.objects.select_for_update(no_key=True)
        .filter(company=actor.company, channel=CHANNEL, pk__in=told)
        .filter(status__in=Message.HANDED_OVER)
        .order_by("pk")
    )
    if len(letters) != len(told):
        raise Refused("One of these letters was not posted; note the batch as posted first.")
    _check_once(actor, {key: number for key, (number, _) in told.items() if number})
    changed: list[Fact] = []
    for letter in letters:
        number, is_registered = told[letter.pk]
        way = REGISTERED if is_registered else POST
        if (letter.provider, letter.provider_id) == (way, number):
            continue
        Message.objects.filter(pk=letter.pk).update(provider=way, provider_id=number)
        changed.append(
            Fact(
                verb="letter.dispatched",
                subject="message",
                subject_id=letter.pk,
                customer_id=letter.customer_id,
                data={"way": way, "tracking": number, "before": letter.provider_id},
            )
        )
    record_events(actor, changed, at=at)
    return len(changed)


def _number(one: Dispatch) -> str:
    number = post_number(one.tracking)
    if number is None:
        raise Refused(f"{one.tracking.strip()[:50]} is no number of the post.")
    if not number and one.is_registered:
        raise Refused("Registered mail has a number; it stands on the receipt of the post.")
    return number


def _check_once(actor: Actor, numbers: dict[int, str]) -> None:
    """Raise Refused where two letters would have one number."""
    seen = list(numbers.values())
    twice = next((number for number in seen if seen.count(number) > 1), "")
    taken = Message.objects.filter(
        company=actor.company, channel=CHANNEL, provider_id__in=set(seen)
    ).exclude(pk__in=numbers)
    other = twice or taken.order_by("pk").values_list("provider_id", flat=True).first()
    if other:
        raise Refused(f"{other} is the number of another letter.")
