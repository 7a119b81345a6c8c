"""VAT of bad debts: recorded when it was claimed back, and when it was repaid."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import locked_items, money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.vat_relief import PPM, vat_within
from dunwell.models import Item, VatRelief
from dunwell.queries.vat_relief import CLAIMED, DUE, MISSED, REPAY, VatReliefRow, vat_rows_of


@transaction.atomic
def claim_vat_relief(
    *,
    actor: Actor,
    item: Item,
    rate_ppm: int,
    as_of: date,
    at: datetime,
    reference: str = "",
) -> VatRelief:
    """Record that the VAT of a lost debt was claimed back, at the rate of its invoice.

    The VAT is the part inside the lost amount: amount * rate / (1 + rate). Raises Refused for a
    rate that is not between 0 and 100 percent, a debt that is not lost by the rule of the country,
    before the first day and after the last, and for a second claim.
    """
    actor.require("legal.edit")
    if not 0 < rate_ppm < PPM:
        raise Refused("The VAT rate must lie between 0 and 100 percent, as the invoice states it.")
    locked_items(company=actor.company, items=[item])
    row = _row(actor, item, as_of=as_of)
    if row.state in {CLAIMED, REPAY}:
        raise Refused(f"The VAT of {item.number} was claimed on {row.claimed_on}.")
    if row.state == MISSED:
        raise Refused(f"The VAT of {item.number} could be claimed until {row.until_on}.")
    if row.state != DUE:
        raise Refused(f"The VAT of {item.number} may be claimed from {row.from_on} on.")
    relief = VatRelief.objects.create(
        company=actor.company,
        item=item,
        rule=row.rule,
        rate_ppm=rate_ppm,
        base_minor=row.base_minor,
        vat_minor=vat_within(row.base_minor, rate_ppm=rate_ppm),
        claimed_on=as_of,
        reference=fitting(text=reference, most=120, what="reference"),
        by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "vat.claimed",
        relief,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        rule=row.rule,
        vat_minor=relief.vat_minor,
        currency=item.currency,
    )
    return relief


@transaction.atomic
def record_vat_repayment(*, actor: Actor, item: Item, as_of: date, at: datetime) -> VatRelief:
    """Record that the VAT of what the customer paid since was repaid; return the claim.

    Raises Refused when nothing has to be repaid.
    """
    actor.require("legal.edit")
    locked_items(company=actor.company, items=[item])
    row = _row(actor, item, as_of=as_of)
    if row.state != REPAY:
        raise Refused(f"No VAT of {item.number} has to be repaid.")
    relief = VatRelief.objects.select_for_update().get(item=item)
    relief.repaid_minor += row.to_repay_minor
    relief.repaid_on = as_of
    relief.save(update_fields=["repaid_minor", "repaid_on"])
    record_event(
        actor,
        "vat.repaid",
        relief,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        repaid=money_text(row.to_repay_minor, item.currency),
    )
    return relief


def _row(actor: Actor, item: Item, *, as_of: date) -> VatReliefRow:
    rows = vat_rows_of(actor.company, as_of=as_of, item_id=item.pk)
    if not rows:
        raise Refused(
            f"{item.number} is no lost debt under a VAT rule known for {actor.company.country}."
        )
    return rows[0]
