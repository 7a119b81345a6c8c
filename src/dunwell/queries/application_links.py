"""What a link of an outsider leads to, whether it still works or not."""

from django.utils.text import slugify

from dunwell.models import ApplicationReference, Company, CreditApplication
from dunwell.queries.link_tokens import hashed_link


def application_of_link(token: str) -> CreditApplication | None:
    """Return the application a link was sent for, None for a token nobody was sent."""
    return (
        CreditApplication.objects.filter(link_hash=hashed_link(token))
        .select_related("company")
        .first()
    )


def reference_of_link(token: str) -> ApplicationReference | None:
    """Return the reference a link was sent to, None for a token nobody was sent."""
    return (
        ApplicationReference.objects.filter(link_hash=hashed_link(token))
        .select_related("application__company")
        .first()
    )


def form_slug(company: Company) -> str:
    """Return a company's name as it stands in the address of its form, such as acme-ltd-3."""
    return f"{slugify(company.name) or 'company'}-{company.pk}"
