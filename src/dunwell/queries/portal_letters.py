"""The letters of a customer's plans as PDF."""

from dunwell.formats.account_statement_words import written_language
from dunwell.formats.plan_letter import PlanTermsLetter, plan_letter_pdf
from dunwell.models import Customer, PaymentPlan


def plan_pdf(customer: Customer, plan_id: int) -> tuple[str, bytes] | None:
    """Return number and PDF of an offered plan of the customer, None for any other.

    Raises TypesettingError where it cannot be set.
    """
    plan = PaymentPlan.objects.filter(customer=customer, pk=plan_id).exclude(terms="").first()
    if plan is None:
        return None
    company = customer.company
    letter = PlanTermsLetter(
        number=plan.number,
        language=written_language(customer.language, company.language),
        company=company.name,
        sender=company.reply_to,
        customer=customer.name,
        customer_address=customer.address,
        text=plan.terms,
        sha256=plan.terms_sha256,
        offered_on=plan.offered_on or plan.proposed_on,
        accepted_by=str(plan.acceptance.get("name", "")),
        accepted_on=plan.accepted_on,
    )
    return plan.number, plan_letter_pdf(letter)
