"""Looking at the domains a company sends from: asks name servers, never within a request."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from dunwell import clock
from dunwell.actions.domain_checks import record_domain_check, told_selectors
from dunwell.actions.gate import Actor, Refused
from dunwell.connectors.name_servers import name_servers
from dunwell.formats.mail_domain_check import (
    Finding,
    check_domain,
    is_reserved,
    reserved_finding,
)
from dunwell.jobs.progress import DONE, LatestProgress, Progress
from dunwell.models import Company
from dunwell.queries.domain_checks import sending_domains

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainProgress(Progress):
    """One look at the domains."""


_checks: LatestProgress[DomainProgress] = LatestProgress()


def start_domain_check(actor: Actor, selectors: Sequence[str]) -> bool:
    """Begin a check in the background unless one runs; return whether it was begun.

    Raises Forbidden without the right, Refused for a selector that is none, and where there is
    no domain to look at.
    """
    actor.require("suppression.edit")
    names = told_selectors(selectors)
    if not sending_domains(actor.company):
        raise Refused(
            "There is no domain to look at: set DUNWELL_MAIL_FROM to an address of ours."
        )
    begun = DomainProgress(started_at=clock.now(), is_running=True)
    work = partial(_run, actor, names)
    return _checks.begin(actor.company.pk, begun, work, key=f"domain check {actor.company.pk}")


def domain_check_progress(company: Company) -> DomainProgress | None:
    """Return how the latest check of this process stands, None for none."""
    return _checks.latest(company.pk)


def check_domains(actor: Actor, selectors: Sequence[str] = ()) -> int:
    """Look at every domain now and keep what was found; return how many were looked at."""
    host = settings.EMAIL_HOST if "." in settings.EMAIL_HOST.strip("0123456789.") else ""
    domains = sending_domains(actor.company)
    ask = name_servers(settings.NAME_SERVERS)
    for number, domain in enumerate(domains):
        _tell(actor.company, number, len(domains))
        findings: tuple[Finding, ...] = (reserved_finding(domain),)
        if not is_reserved(domain):
            findings = check_domain(
                domain, ask, selectors=selectors, report_to=actor.company.reply_to, host=host
            )
        record_domain_check(
            actor=actor, domain=domain, selectors=selectors, findings=findings, at=clock.now()
        )
    return len(domains)


def _run(actor: Actor, selectors: Sequence[str]) -> None:
    refusal = ""
    try:
        check_domains(actor, selectors)
    except Refused as error:
        refusal = str(error)
    except Exception:
        log.exception("the domain check failed")
        refusal = "The check failed; what happened is in the server's log."
    _checks.end(actor.company.pk, refusal=refusal)


def _tell(company: Company, number: int, count: int) -> None:
    if _checks.latest(company.pk) is not None:
        _checks.tell(company.pk, "ask", DONE * number // max(count, 1))
