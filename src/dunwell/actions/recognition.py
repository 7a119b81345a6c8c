"""Words for what was done well: kept as milestones once, never for what is held back."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.engine.recognition import Word
from dunwell.models import Milestone


@transaction.atomic
def recognise(*, actor: Actor, words: Sequence[Word], as_of: date, at: datetime) -> int:
    """Keep a milestone of the person for every word that nothing holds back; return how many.

    Others see it where the person shares its milestones; the log does not name the person.
    """
    actor.require("cycle.run")
    made = 0
    for word in words:
        deed = word.deed
        if word.held_back:
            continue
        _, is_new = Milestone.objects.get_or_create(
            company=actor.company,
            kind=deed.kind,
            subject_id=deed.subject_id,
            defaults={
                "user_id": deed.user_id,
                "name": deed.name[:80],
                "figures": {
                    "currency": deed.currency,
                    "paid_minor": deed.paid_minor,
                    "done_on": deed.done_on.isoformat(),
                },
                "on": as_of,
                "recorded_at": at,
            },
        )
        made += is_new
    if made:
        record_event(
            actor, "recognition.kept", actor.company, at=at, as_of=as_of.isoformat(), words=made
        )
    return made
