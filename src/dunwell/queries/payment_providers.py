"""Payment providers as pages, jobs and the portal ask for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from dunwell.models import Company, PaymentProvider, ProviderEvent
from dunwell.queries.link_tokens import link_token, signing_secret

PAYMENT_HOOK, PAYMENT_SECRET = "payment_hook", "payment_secret"
"""Of a provider: the address it tells us at, and what the practice bank signs with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentProviderRow:
    """One provider with what it is used for and how it is; counts of its checkouts and events."""

    id: int
    name: str
    kind: str
    kind_label: str
    is_live: bool
    currencies: tuple[str, ...]
    methods: tuple[str, ...]
    account_id: int | None
    account: str
    settings: dict[str, Any]
    hook_path: str
    version: int
    failures: int
    rest_until: datetime | None
    last_ok_at: datetime | None
    told_at: datetime | None
    error: str
    ended_on: date | None
    checkouts: int
    waiting: int
    dead: int


def payment_provider_rows(
    company: Company, *, with_ended: bool = False
) -> tuple[PaymentProviderRow, ...]:
    """Return a company's providers by name; two queries."""
    found = PaymentProvider.objects.filter(company=company).select_related("account")
    if not with_ended:
        found = found.filter(ended_on=None)
    found = found.annotate(n=Count("checkouts")).order_by("name", "id")
    events: dict[int, dict[str, Any]] = {
        row["provider"]: {"waiting": row["waiting"], "dead": row["dead"]}
        for row in ProviderEvent.objects.filter(provider__company=company)
        .order_by()
        .values("provider")
        .annotate(
            waiting=Count("id", filter=Q(state="new")), dead=Count("id", filter=Q(state="failed"))
        )
    }
    return tuple(_row(one, one.n, events.get(one.pk, {})) for one in found)


def payment_provider_row(company: Company, provider_id: int) -> PaymentProviderRow | None:
    """Return one provider of the company, an ended one too."""
    rows = payment_provider_rows(company, with_ended=True)
    return next((row for row in rows if row.id == provider_id), None)


def providers_in_use(company: Company, *, currency: str = "") -> tuple[PaymentProvider, ...]:
    """Return the providers a payer may choose from, those that take the currency."""
    found = PaymentProvider.objects.filter(company=company, ended_on=None).order_by("name", "id")
    return tuple(one for one in found if not currency or currency in one.currencies)


def hook_token(provider: PaymentProvider) -> str:
    """Return the secret part of the address at which a provider tells us."""
    return link_token(PAYMENT_HOOK, provider.pk, provider.nonce)


def practice_secret(provider: PaymentProvider) -> str:
    """Return what the practice bank signs with; computed, never stored."""
    return signing_secret(PAYMENT_SECRET, provider.pk, provider.nonce)


def _row(one: PaymentProvider, checkouts: int, events: dict[str, Any]) -> PaymentProviderRow:
    return PaymentProviderRow(
        id=one.pk,
        name=one.name,
        kind=one.kind,
        kind_label=str(one.get_kind_display()),
        is_live=one.is_live,
        currencies=tuple(one.currencies),
        methods=tuple(one.methods),
        account_id=one.account_id,
        account=str(one.account) if one.account else "",
        settings=dict(one.settings),
        hook_path=f"/hooks/payments/{one.pk}/{hook_token(one)}/",
        version=one.version,
        failures=one.failures,
        rest_until=one.rest_until,
        last_ok_at=one.last_ok_at,
        told_at=one.told_at,
        error=one.error,
        ended_on=one.ended_on,
        checkouts=checkouts,
        waiting=events.get("waiting", 0),
        dead=events.get("dead", 0),
    )


def practising(shop: str) -> PaymentProvider | None:
    """Return the provider a shop of the practice bank is, while its company may practise."""
    found = (
        PaymentProvider.objects.filter(kind=PaymentProvider.Kind.LOOPBACK, nonce=shop)
        .select_related("company")
        .first()
    )
    if found is None:
        return None
    company = found.company
    return found if company.is_demo or company.sending == Company.Sending.TEST else None
