"""Suppressed addresses and a look at a mail domain for the calls about them."""

from dunwell.actions.domain_checks import record_domain_check
from dunwell.actions.gate import system
from dunwell.actions.suppressions import suppress_address
from dunwell.formats.mail_domain_check import reserved_finding


def keep_suppressions(company, tag="", *, at):
    """Add one address that gets nothing, and one check; return path parameter -> key."""
    actor = system(company)
    entry = suppress_address(
        actor=actor,
        channel="email",
        address=f"gone{tag}@initech.example",
        reason="bounced",
        note="550 5.1.1",
        at=at,
    )
    record_domain_check(
        actor=actor,
        domain="northwind.example",
        selectors=["s1"],
        findings=[reserved_finding("northwind.example")],
        at=at,
    )
    return {"suppression_id": entry.pk}
