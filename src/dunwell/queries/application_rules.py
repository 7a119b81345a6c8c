"""What applies to credit applications on a day: the policy's section, and the law as shipped."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from dunwell.engine.adverse_action import (
    AdversePack,
    Applicant,
    Duties,
    duties,
    notice_texts,
    read_adverse_pack,
)
from dunwell.engine.application_rules import (
    ApplicationRules,
    Missing,
    Needed,
    missing_answers,
    needed,
    read_application_rules,
)
from dunwell.formats.policies import read_policy
from dunwell.models import ApplicationReference, Company, CreditApplication, PolicyVersion
from dunwell.queries.authority import exchanged, home_amount
from dunwell.queries.policy_documents import document_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationRulesInForce:
    """The section that applies on a day, and the version it comes from (None: the standard)."""

    rules: ApplicationRules
    version_id: int | None


def application_rules(company: Company, *, as_of: date) -> ApplicationRulesInForce:
    """Return section `applications` of the credit policy in force on a day; one query."""
    found = document_in_force(company, PolicyVersion.Kind.CREDIT, as_of=as_of)
    stated = found.document.get("credit")
    section = stated.get("applications") if isinstance(stated, dict) else None
    return ApplicationRulesInForce(
        rules=read_application_rules(section), version_id=found.version_id
    )


@cache
def adverse_pack() -> AdversePack:
    """Return the shipped rules on what an applicant is told."""
    text = files("dunwell").joinpath("policies", "adverse_action.yaml").read_text(encoding="utf-8")
    return read_adverse_pack(read_policy(text).document)


def applicant_of(application: CreditApplication, *, as_of: date) -> Applicant:
    """Return what the law asks about an applicant; revenue in cents of the US dollar."""
    revenue = application.answers.get("revenue_minor")
    known = revenue if isinstance(revenue, int) and not isinstance(revenue, bool) else None
    dollars = (
        None
        if known is None
        else exchanged(application.company, known, application.currency, to="USD", as_of=as_of)
    )
    return Applicant(
        country=application.country,
        # we sell goods on credit and lend no money
        is_trade_credit=True,
        is_natural_person=application.is_natural_person,
        used_consumer_report=application.used_consumer_report,
        revenue_usd_minor=dollars,
    )


def duties_of(application: CreditApplication, *, as_of: date) -> Duties:
    """Return what is owed to the applicant by the rules in force on a day."""
    return duties(adverse_pack(), applicant_of(application, as_of=as_of), on=as_of)


def notices_of(application: CreditApplication, *, as_of: date) -> tuple[str, ...]:
    """Return the notices that a refusal has to hold, in the applicant's language."""
    agency = ", ".join(
        str(application.agency[part])
        for part in ("name", "address", "phone")
        if application.agency.get(part)
    )
    return notice_texts(
        adverse_pack(),
        duties_of(application, as_of=as_of),
        language=application.language,
        agency=agency,
    )


def needed_of(application: CreditApplication, rules: ApplicationRules, *, as_of: date) -> Needed:
    """Return what the applicant has to give; without a rate the amount counts as large."""
    asked = application.asked_minor
    home = (
        None
        if asked is None
        else home_amount(application.company, asked, application.currency, as_of=as_of)
    )
    return needed(
        rules,
        country=application.country,
        asked_minor=home,
        is_person=application.is_natural_person,
    )


def missing_of(
    application: CreditApplication, rules: ApplicationRules, *, as_of: date
) -> tuple[Missing, ...]:
    """Return everything that is missing before the application is complete; two queries."""
    references = ApplicationReference.objects.filter(application=application)
    counted: dict[str, int] = {}
    for kind in references.values_list("kind", flat=True):
        counted[kind] = counted.get(kind, 0) + 1
    given = application.documents.filter(removed_at=None).values_list("kind", flat=True)
    return missing_answers(
        needed_of(application, rules, as_of=as_of),
        answers={**application.answers, "name": application.name, "region": application.region}
        | {"contact_email": application.email},
        documents_given=set(given),
        references=counted,
        consents={str(one.get("kind")) for one in application.consents},
        asked_minor=application.asked_minor,
    )
