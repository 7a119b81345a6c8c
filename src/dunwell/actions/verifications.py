"""Verifying the books leaves a trace: who proved what and when, and what was broken."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.queries.verifications import VERB
from dunwell.queries.verify import Proof, Verification, verify_books

KEPT_ROWS = 20
"""So many breaking rows of each check are kept with the event."""


@transaction.atomic
def record_verification(*, actor: Actor, at: datetime) -> Verification:
    """Run every check and keep the answer as an event; return it.

    Nothing of the books is changed, whatever is found.
    """
    actor.require("ledger.verify")
    found = verify_books(actor.company)
    record_event(
        actor,
        VERB,
        actor.company,
        at=at,
        broken=found.broken,
        proofs=[_kept(proof) for proof in found.proofs],
    )
    return found


def _kept(proof: Proof) -> dict[str, object]:
    return {
        "id": proof.id,
        "proves": proof.proves,
        "broken": proof.broken,
        "columns": list(proof.columns),
        "rows": [list(row) for row in proof.rows[:KEPT_ROWS]],
    }
