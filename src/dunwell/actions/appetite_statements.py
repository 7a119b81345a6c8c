"""Stating the risk appetite: ten answers become a draft of the credit policy."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.policies_by_kind import draft_document
from dunwell.engine.appetite_form import Answer, AppetiteError, appetite_lines, appetite_section
from dunwell.formats.policies import PolicyError
from dunwell.formats.policy_sections import with_field, with_section
from dunwell.models import AppetiteStatement, Company, PolicyVersion
from dunwell.queries.appetite_statements import company_figures, line_document
from dunwell.queries.credit_policies import KIND
from dunwell.queries.policy_documents import text_in_force

REVIEW_DAYS = 365


@transaction.atomic
def state_appetite(
    *, actor: Actor, answers: Mapping[str, Answer], valid_from: date, as_of: date, at: datetime
) -> AppetiteStatement:
    """Draft a credit policy whose appetite is what the answers say; somebody else publishes it.

    Everything else is as in the policy in force on `valid_from`. The same answers again return the
    statement they made. Raises Refused for answers that contradict each other, a day that has
    passed, and a policy in force that cannot be written on.
    """
    actor.require("policy.edit")
    if valid_from < as_of:
        raise Refused("The day from which it holds has passed; choose today or a later day.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    figures = company_figures(company, as_of=as_of)
    try:
        lines = appetite_lines(answers, figures)
    except AppetiteError as error:
        raise Refused(str(error)) from error
    found = text_in_force(company, KIND, as_of=valid_from)
    try:
        text = with_section(
            found.text,
            part="credit",
            section="appetite",
            rows=appetite_section(lines),
            note=f"How much risk is wanted, as {actor.name} stated on {as_of.isoformat()}.",
        )
        text = with_field(text, part="credit", name="valid_from", value=valid_from.isoformat())
        review_on = (valid_from + timedelta(days=REVIEW_DAYS)).isoformat()
        text = with_field(text, part="credit", name="review_on", value=review_on)
    except PolicyError as error:
        raise Refused(
            f"The credit policy in force cannot be written on: {error}. Edit it as text."
        ) from error
    version: PolicyVersion = draft_document(actor=actor, kind=KIND, text=text, at=at)
    statement, is_new = AppetiteStatement.objects.get_or_create(
        policy_version=version,
        defaults={
            "company": company,
            "currency": company.currency,
            "answers": {
                name: {"value": one.value, "then": one.then} for name, one in answers.items()
            },
            "figures": {
                "exposure_minor": figures.exposure_minor,
                "country": figures.country,
                "weak_classes": list(figures.weak_classes),
            },
            "lines": [line_document(line) for line in lines],
            "as_of": as_of,
            "by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(
            actor,
            "appetite.stated",
            statement,
            at=at,
            version=version.version,
            valid_from=valid_from.isoformat(),
            limits=len(lines),
        )
    return statement
