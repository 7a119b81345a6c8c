"""The applicant's own name under an application, kept with the hash of what it was put under.

Nothing here is an action of its own: the caller holds the transaction and checked the right.
"""

from datetime import date, datetime

from dunwell.actions.application_moves import tell
from dunwell.actions.gate import Actor
from dunwell.actions.texts import needed
from dunwell.formats.application_words import signing_text
from dunwell.models import ApplicationSignature, CreditApplication
from dunwell.queries.application_papers import paper_digest

LONGEST_NAME = 120


def sign_paper(
    actor: Actor, application: CreditApplication, by: str | None, *, as_of: date, at: datetime
) -> None:
    """Keep the name under what the application says now; once for the same paper."""
    if by is None:
        return
    told = needed(text=by, most=LONGEST_NAME, what="name", missing="Type your name to sign.")
    signature, is_new = ApplicationSignature.objects.get_or_create(
        application=application,
        sha256=paper_digest(application, at=at),
        defaults={
            "signed_by": told,
            "statement": signing_text(application.language),
            "signed_on": as_of,
            "recorded_by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        tell(
            actor, "signed", application, at=at,
            signed_by=told, sha256=signature.sha256, signature=signature.pk,
        )  # fmt: skip
