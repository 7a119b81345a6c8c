"""The domains a company sends from, and what was found when they were looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings

from dunwell.models import Channel, Company, DomainCheck
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

MOST_DOMAINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainFinding:
    """One finding, as `formats.mail_domain_check.Finding` says it."""

    about: str
    code: str
    level: str
    name: str
    found: str
    put: str
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainCheckRow:
    """One look at a domain; `selectors` are the names of DKIM keys that were asked for."""

    id: int
    domain: str
    is_good: bool
    selectors: tuple[str, ...]
    findings: tuple[DomainFinding, ...]
    by: str
    checked_at: datetime

    @property
    def bad(self) -> int:
        """How many findings lose mail."""
        return sum(one.level == "bad" for one in self.findings)

    @property
    def warned(self) -> int:
        """How many findings could be better."""
        return sum(one.level == "warn" for one in self.findings)


def sending_domains(company: Company) -> tuple[str, ...]:
    """Return the domains mails of the company come from: the setting's, and its channels'."""
    senders = Channel.objects.filter(company=company, kind=Channel.Kind.EMAIL, is_active=True)
    addresses = [settings.DEFAULT_FROM_EMAIL, *senders.values_list("sender", flat=True)]
    found = [domain_of(address) for address in addresses]
    return tuple(dict.fromkeys(domain for domain in found if domain))[:MOST_DOMAINS]


def domain_of(address: str) -> str:
    """Return the domain of an address in small letters, empty where it has none of two labels."""
    domain = parseaddr(address)[1].rpartition("@")[2].strip().lower().rstrip(".")
    return domain if "." in domain else ""


def latest_checks(company: Company, domains: Sequence[str]) -> dict[str, DomainCheckRow]:
    """Return the newest check of each domain that has one; one query."""
    found: dict[str, DomainCheckRow] = {}
    rows = DomainCheck.objects.filter(company=company, domain__in=domains).order_by("-id")
    for row in rows[: 20 * MOST_DOMAINS]:
        found.setdefault(row.domain, _row(row))
    return found


def known_selectors(company: Company) -> tuple[str, ...]:
    """Return the names of DKIM keys told at the last check."""
    newest = DomainCheck.objects.filter(company=company).order_by("-id").first()
    return () if newest is None else _selectors(newest)


def domain_check_rows(
    company: Company, *, domain: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[DomainCheckRow]:
    """Return one page of checks, the newest first."""
    found = DomainCheck.objects.filter(company=company)
    if domain:
        found = found.filter(domain=domain.strip().lower())
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def _row(check: DomainCheck) -> DomainCheckRow:
    stored: Mapping[str, list[dict[str, object]]] = check.findings
    return DomainCheckRow(
        id=check.pk,
        domain=check.domain,
        is_good=check.is_good,
        selectors=_selectors(check),
        findings=tuple(_finding(one) for one in stored.get("findings", [])),
        by=check.by,
        checked_at=check.checked_at,
    )


def _finding(told: Mapping[str, object]) -> DomainFinding:
    values = told.get("values")
    return DomainFinding(
        about=str(told["about"]),
        code=str(told["code"]),
        level=str(told["level"]),
        name=str(told.get("name", "")),
        found=str(told.get("found", "")),
        put=str(told.get("put", "")),
        values={str(name): str(value) for name, value in values.items()}
        if isinstance(values, dict)
        else {},
    )


def _selectors(check: DomainCheck) -> tuple[str, ...]:
    return tuple(str(name) for name in check.findings.get("selectors", []))
