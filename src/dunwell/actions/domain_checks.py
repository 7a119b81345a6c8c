"""Keeping what the name servers said of the domains we send from, one look after another."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.mail_domain_check import MOST_SELECTORS, Finding, is_good
from dunwell.models import DomainCheck

SELECTOR = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?")
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


@transaction.atomic
def record_domain_check(
    *,
    actor: Actor,
    domain: str,
    selectors: Sequence[str],
    findings: Sequence[Finding],
    at: datetime,
) -> DomainCheck:
    """Keep the findings of one look at a domain; they are never changed.

    Raises Refused for what is no domain, and for a selector that is none.
    """
    actor.require("suppression.edit")
    name = domain.strip().lower().rstrip(".")
    if not DOMAIN.fullmatch(name):
        raise Refused(f"{domain[:60]} is no domain.")
    check = DomainCheck.objects.create(
        company=actor.company,
        domain=name,
        findings={
            "selectors": list(told_selectors(selectors)),
            "findings": [finding.document() for finding in findings],
        },
        is_good=is_good(findings),
        by=actor.name,
        checked_at=at,
    )
    bad = sum(finding.level == "bad" for finding in findings)
    record_event(actor, "domain.checked", check, at=at, domain=name, bad=bad)
    return check


def told_selectors(selectors: Sequence[str]) -> tuple[str, ...]:
    """Return names of keys in small letters, each once; raise Refused for one that is none."""
    found = tuple(dict.fromkeys(one.strip().lower() for one in selectors if one.strip()))
    if len(found) > MOST_SELECTORS:
        raise Refused(f"There are {len(found)} selectors; name at most {MOST_SELECTORS}.")
    for name in found:
        if not SELECTOR.fullmatch(name):
            raise Refused(
                f"{name[:40]} is no selector; it is the part before ._domainkey, such as s1."
            )
    return found
