"""Two invoices not due yet, one of them with a discount offered, for the calls about them."""

from datetime import timedelta

from dunwell.actions.early_payments import offer_by_hand
from dunwell.actions.gate import system
from dunwell.actions.items import add_item
from dunwell.engine.early_payment import OfferStep
from tests.conftest import add_customer


def keep_early_payment(company, tag="", *, today, at):
    """Offer a discount on one invoice; return path parameter -> key."""
    actor = system(company)
    customer = add_customer(company, f"EP{tag}", "Early Bird")
    first, second = (
        add_item(
            actor=actor,
            customer=customer,
            number=f"EP{tag}-{n}",
            kind="invoice",
            currency="EUR",
            amount_minor=100_000,
            issued_on=today,
            due_on=today + timedelta(days=30),
            as_of=today,
            at=at,
        )
        for n in (1, 2)
    )
    offer = offer_by_hand(
        actor=actor,
        item=first,
        steps=[OfferStep(until_on=today + timedelta(days=10), rate_ppm=10_000)],
        reason="needs cash",
        as_of=today,
        at=at,
    )
    return {"early_offer_id": offer.pk, "early_item_id": second.pk}
