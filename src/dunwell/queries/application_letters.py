"""The letter with the decision on an application, as the record keeps what it says."""

from collections.abc import Mapping
from typing import Any

from dunwell.formats.application_words import spoken
from dunwell.formats.decision_letter import DecisionLetter
from dunwell.models import CreditApplication
from dunwell.queries.credit_reason_words import reason_told


def decision_told(application: CreditApplication) -> dict[str, Any]:
    """Return the decision with its reasons in the language the applicant is written to."""
    decision: Mapping[str, Any] = application.decision
    code = spoken(application.language)
    reasons = [reason_told(str(one), code) for one in decision.get("reasons", [])]
    return {**decision, **({"reasons": reasons} if reasons else {})}


def decision_letter(application: CreditApplication) -> DecisionLetter | None:
    """Return the letter of a decided application, None before the decision."""
    if application.decided_on is None:
        return None
    answers = application.answers
    lines = (
        str(answers.get("street") or ""),
        f"{answers.get('postcode') or ''} {answers.get('city') or ''}".strip(),
        application.country,
    )
    decision = decision_told(application)
    by = "" if decision.get("is_automatic") else application.decided_by
    return DecisionLetter(
        number=application.number,
        language=application.language,
        company=application.company.name,
        applicant=application.name,
        address="\n".join(filter(None, lines)),
        decided_on=application.decided_on,
        decision=decision,
        signed_by=by or application.company.name,
    )
