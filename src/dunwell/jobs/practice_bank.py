"""The practice bank at work: its page's buttons, its webhooks brought to our door, its payouts."""

from dunwell import clock
from dunwell.connectors.payment_loopback.bank import BUTTONS
from dunwell.connectors.payment_loopback.store import Session
from dunwell.jobs.checkouts import apply_events, take_webhook
from dunwell.jobs.payment_gateways import practice_bank, practice_gateway
from dunwell.models import PaymentProvider
from dunwell.queries.payment_providers import practising


def practice_session(session_id: str) -> tuple[Session, PaymentProvider] | None:
    """Return a page of the practice bank and its provider; None where it does not exist."""
    session = practice_bank().session(session_id)
    provider = practising(session.shop) if session is not None else None
    return None if session is None or provider is None else (session, provider)


def buttons_of(session: Session) -> tuple[str, ...]:
    """Return what can be pressed on a page."""
    return BUTTONS.get(session.status, ())


def press(session_id: str, button: str) -> Session | None:
    """Press a button, and bring what the bank has to tell of it to our door."""
    session = practice_bank().press(session_id, button, at=clock.now())
    provider = practising(session.shop) if session is not None else None
    if provider is not None:
        bring_events(provider)
    return session


def bring_events(provider: PaymentProvider) -> int:
    """Bring the bank's events to the door every webhook comes through; return how many.

    One that is not taken is brought again by the next call.
    """
    bank, gateway, brought = practice_bank(), practice_gateway(provider), 0
    for event in bank.untold(provider.nonce):
        headers = gateway.letter(event.id, event.body, now=clock.now())
        take_webhook(
            provider, {name.lower(): value for name, value in headers.items()}, event.body
        )
        bank.mark_told(event.id, at=clock.now())
        brought += 1
    if brought:
        apply_events(provider.company)
    return brought


def pay_out(provider: PaymentProvider) -> str:
    """Have the practice bank send what it holds; return the payout's id, "" for nothing."""
    payout = practice_bank().pay_out(
        provider.nonce, on=clock.today(provider.company.zone), at=clock.now()
    )
    bring_events(provider)
    return payout
