"""Signing over a program: the applicant was shown statement and paper, and typed a name."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.application_moves import locked_application
from dunwell.actions.applications import check_open, submit_application
from dunwell.actions.gate import Actor, Refused
from dunwell.models import CreditApplication
from dunwell.queries.application_papers import paper_to_sign


@transaction.atomic
def sign_application(
    *,
    actor: Actor,
    application: CreditApplication,
    signed_by: str,
    statement: str,
    sha256: str,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Keep the applicant's name under what it was shown, and submit: one step, as in the form.

    `statement` is what it declared, word for word, `sha256` the paper it saw. Raises Refused where
    the statement is not ours in the application's language, where the application says something
    else by now, for what is missing, and when it is not open to the applicant.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    check_open(application)
    paper = paper_to_sign(application, at=at)
    if statement.split() != paper.statement.split():
        raise Refused(
            "The applicant signs the statement of this application, word for word; read it, show "
            "it, and send it back."
        )
    if sha256 != paper.sha256:
        raise Refused(
            "The application says something else than what was signed; read it again, show it, "
            "and have it signed anew."
        )
    return submit_application(
        actor=actor, application=application, signed_by=signed_by, as_of=as_of, at=at
    )
