"""Which statements of a run were not mailed yet."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from dunwell.models import AccountStatement, Company, Contact, Message
from dunwell.queries.account_documents import Span
from dunwell.queries.debit_notices import STATEMENT
from dunwell.queries.statements import customers_to_state

NEVER_LEFT = (Message.Status.CANCELLED, Message.Status.DEAD)


def unmailed_statements(
    company: Company, *, span: Span, scope: str, segment: str, language: str, most: int
) -> Sequence[AccountStatement]:
    """Return the newest statement of each customer of a run that was not mailed, at most so many.

    Customers with a payables address come first, so that the others hold nobody up.
    """
    mailed = {
        int(key)
        for key in Message.objects.filter(company=company, template=STATEMENT)
        .exclude(status__in=NEVER_LEFT)
        .values_list("decision__statement_id", flat=True)
    }
    usable = Contact.objects.filter(
        customer=OuterRef("customer_id"),
        role=Contact.Role.PAYABLES,
        is_primary=True,
        bounced_on=None,
    ).exclude(email="")
    found = AccountStatement.objects.filter(
        company=company,
        customer__in=customers_to_state(company, scope=scope, segment=segment, span=span),
        from_on=span.from_on,
        to_on=span.to_on,
        known_on=span.known_on,
    ).annotate(is_usable=Exists(usable))
    if language:
        found = found.filter(language=language)
    newest = {row.customer_id: row for row in found.order_by("pk")}
    waiting = [row for row in newest.values() if row.pk not in mailed]
    waiting.sort(key=lambda row: (not vars(row)["is_usable"], row.pk))
    return waiting[:most]
