"""Which adapter reaches a payment provider, with the keys the server's settings hold for it."""

from dataclasses import dataclass

from django.conf import settings

from dunwell import clock
from dunwell.connectors.payment_loopback.bank import LoopbackBank
from dunwell.connectors.payment_loopback.gateway import LoopbackGateway
from dunwell.connectors.payment_stripe import StripeGateway
from dunwell.connectors.payments import PaymentGateway
from dunwell.engine.checkout_facts import PaymentGatewayError
from dunwell.models import PaymentProvider
from dunwell.queries.payment_providers import practice_secret

KEY, SIGNS = "DUNWELL_PAYMENT_STRIPE_KEY", "DUNWELL_PAYMENT_STRIPE_WEBHOOK"
"""Settings that hold Stripe's keys, unless a provider names others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyNames:
    """Names of the settings a provider's keys are in."""

    key: str
    webhook: str


def gateway_of(provider: PaymentProvider) -> PaymentGateway:
    """Return the adapter of a provider; PaymentGatewayError where its key is not set."""
    if provider.kind == PaymentProvider.Kind.LOOPBACK:
        return practice_gateway(provider)
    names = key_names(provider)
    key = settings.PAYMENT_SECRETS.get(names.key, "")
    if not key:
        raise PaymentGatewayError(
            f"The setting {names.key} is empty; let your operator set it.", is_transient=False
        )
    return StripeGateway(key=key, webhook_secret=settings.PAYMENT_SECRETS.get(names.webhook, ""))


def key_names(provider: PaymentProvider) -> KeyNames:
    """Return the settings a provider's keys are in."""
    return KeyNames(
        key=str(provider.settings.get("key_name") or KEY),
        webhook=str(provider.settings.get("webhook_name") or SIGNS),
    )


def practice_bank() -> LoopbackBank:
    """Return the practice bank of this installation, in a file beside the uploads."""
    return LoopbackBank(path=settings.DATA_DIR / "practice-bank.sqlite3")


def practice_gateway(provider: PaymentProvider) -> LoopbackGateway:
    """Return the practice bank as the provider of a company."""
    return LoopbackGateway(
        bank=practice_bank(),
        shop=provider.nonce,
        secret=practice_secret(provider),
        page=f"{settings.SITE}/loopback-bank/",
        now=clock.now,
    )
