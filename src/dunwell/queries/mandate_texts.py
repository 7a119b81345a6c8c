"""The text of a direct debit mandate as a customer reads and signs it in the portal."""

import hashlib
from dataclasses import dataclass

from dunwell.formats.mandate_words import mandate_text
from dunwell.models import Customer
from dunwell.queries.debits import collecting_accounts


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateTerms:
    """What is agreed to, and its SHA-256, which is what a page sends back."""

    creditor_id: str
    language: str
    text: str
    sha256: str


def mandate_terms(customer: Customer) -> MandateTerms | None:
    """Return today's text for a customer, None where no account of ours collects debits."""
    account = next((one for one in collecting_accounts(customer.company) if one.creditor_id), None)
    if account is None:
        return None
    language = (customer.language or customer.company.language)[:2]
    language, text = mandate_text(
        language, creditor=customer.company.name, creditor_id=account.creditor_id
    )
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return MandateTerms(
        creditor_id=account.creditor_id, language=language, text=text, sha256=sha256
    )
