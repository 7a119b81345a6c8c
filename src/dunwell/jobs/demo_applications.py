"""Who asks the demo company for credit, and whose name is much like one on a list."""

from dunwell.actions.application_checks import screen_application
from dunwell.actions.application_decisions import (
    Recommendation,
    recommend_application,
    score_application,
)
from dunwell.actions.application_references import gather_application, name_reference
from dunwell.actions.applications import (
    await_applicant,
    end_wait,
    give_consent,
    save_answers,
    start_application,
    submit_application,
)
from dunwell.actions.gate import Actor
from dunwell.actions.sanctions import load_list
from dunwell.demo import credit as told
from dunwell.formats.sanctions import file_digest, read_sanctions
from dunwell.jobs.demo_credit_desk import ANALYST, THOUSAND, CreditDesk
from dunwell.models import CreditApplication, SanctionList
from dunwell.queries.application_proposals import application_proposal

BOSS = "Eva Klein"
"""Who answers and signs for the applicants."""


def customers_are_screened(desk: CreditDesk) -> bool:
    """Keep an own list with a name much like a customer's; the cycle finds it."""
    if desk.has(SanctionList):
        return False
    files = [("own.csv", told.sanctions_list(desk.payers[11].name))]
    file, digest = read_sanctions(files), file_digest(files)
    load_list(actor=desk.actor(ANALYST), file=file, sha256=digest, at=desk.at)
    return True


def applicants_wait(desk: CreditDesk) -> bool:
    """Take in three applications: a draft, one waiting for references, one to be decided.

    The two that were sent are signed; of the one to be decided we corrected the number of the
    register afterwards, so that its page says it is no longer as signed.
    """
    if desk.has(CreditApplication):
        return False
    actor = desk.actor(ANALYST)
    _application(desk, "Weidenhof Möbel GmbH", asked_minor=4 * THOUSAND)
    waits = _application(desk, "Falkner Metallbau GmbH", asked_minor=12 * THOUSAND)
    for place in (1, 2):
        name_reference(
            actor=actor,
            application=waits,
            kind="trade",
            name=f"Supplier {place} of Falkner",
            email=f"credit@supplier{place}.example",
            at=desk.at,
        )
    _gather(desk, waits)
    decided = _application(desk, "Sturmberg Elektronik GmbH", asked_minor=6 * THOUSAND)
    _gather(desk, decided, corrects=True)
    proposal = application_proposal(decided, as_of=desk.as_of)
    scored = score_application(actor=actor, application=decided, proposal=proposal, **desk.when)
    if scored.status == CreditApplication.Status.IN_REVIEW:
        recommend_application(
            actor=actor,
            application=scored,
            recommendation=Recommendation(
                outcome="approve",
                limit_minor=6 * THOUSAND,
                terms_days=14,
                note="Known in the trade; begins small.",
            ),
            **desk.when,
        )
    return True


def _application(desk: CreditDesk, name: str, *, asked_minor: int) -> CreditApplication:
    """Return a whole application that is not submitted."""
    actor, host = desk.actor(ANALYST), name.split(maxsplit=1)[0].lower()
    application = start_application(
        actor=actor, name=name, email=f"office@{host}.example", country="DE", **desk.when
    )
    save_answers(
        actor=actor,
        application=application,
        answers={**told.APPLICANT, "contact_name": BOSS, "asked_minor": asked_minor},
        at=desk.at,
    )
    return give_consent(
        actor=actor,
        application=application,
        kinds=("credit_check", "truth"),
        by=BOSS,
        at=desk.at,
    )


def _gather(desk: CreditDesk, application: CreditApplication, *, corrects: bool = False) -> None:
    """Have the applicant sign and send it, correct it where asked, and check it."""
    applicant = Actor(
        company=desk.company,
        name=f"applicant of {application.number}",
        rights=frozenset({"application.edit"}),
    )
    submit_application(actor=applicant, application=application, signed_by=BOSS, **desk.when)
    if corrects:
        analyst = desk.actor(ANALYST)
        await_applicant(actor=analyst, application=application, text=told.ASKED_AGAIN, **desk.when)
        save_answers(actor=analyst, application=application, answers=told.CORRECTED, at=desk.at)
        end_wait(actor=analyst, application=application, **desk.when)
    for step in (screen_application, gather_application):
        step(actor=desk.actor(ANALYST), application=application, **desk.when)
    application.refresh_from_db()
