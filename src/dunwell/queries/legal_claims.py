"""What a proof of claim says, and what a matter may claim, pay from and be given to."""

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from dunwell.formats.proof_of_claim import ClaimLine, ProofOfClaim
from dunwell.models import Agency, Company, Customer, Item, LegalMatter, Payment


def proof_of_claim(company: Company, matter_id: int) -> ProofOfClaim | None:
    """Return the claim of an insolvency of the company as a document, None for anything else."""
    matter = (
        LegalMatter.objects.filter(company=company, pk=matter_id, kind=LegalMatter.Kind.INSOLVENCY)
        .select_related("customer")
        .first()
    )
    if matter is None:
        return None
    lines = matter.lines.select_related("item").order_by("item__due_on", "item")
    return ProofOfClaim(
        number=matter.number,
        language=matter.customer.language,
        company=company.name,
        pay_to=company.pay_to,
        customer=matter.customer.name,
        address=matter.customer.address,
        court=matter.court,
        reference=matter.reference,
        currency=matter.currency,
        opened_on=matter.opened_on,
        file_by_on=matter.file_by_on,
        lines=tuple(
            ClaimLine(
                number=line.item.number,
                issued_on=line.item.issued_on,
                due_on=line.item.due_on,
                amount_minor=line.amount_minor,
                interest_minor=line.interest_minor,
            )
            for line in lines
        ),
    )


def claimable_items(customer: Customer) -> list[Item]:
    """Return the debit items of a customer that are open and in no matter, the oldest first."""
    return list(
        Item.objects.filter(customer=customer, open_now__open_minor__gt=0)
        .exclude(legal_lines__is_live=True)
        .select_related("open_now")
        .order_by("due_on", "pk")[:500]
    )


def lawyers(company: Company) -> list[Agency]:
    """Return the lawyers a company works with, by name."""
    found = Agency.objects.filter(company=company, kind=Agency.Kind.LAWYER, is_active=True)
    return list(found.order_by("name"))


def spendable_payments(customer: Customer, *, currency: str) -> list[tuple[Payment, int]]:
    """Return a customer's payments of a currency with what is left of each, the newest first."""
    found = (
        Payment.objects.filter(
            customer=customer, currency=currency, amount_minor__gt=0, reversed_by=None
        )
        .annotate(
            left=F("amount_minor")
            - Coalesce(Sum(Coalesce("allocations__paid_minor", "allocations__amount_minor")), 0)
        )
        .filter(left__gt=0)
        .order_by("-value_on", "-pk")[:200]
    )
    return [(payment, int(payment.left)) for payment in found]
