"""What payment plans and settlements share: locks, statuses, and holds on what they cover.

Rows are locked customer first, then the agreement, then its items by key, as everywhere. Nothing
here is an action of its own: the caller holds the transaction and has checked the right.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

from dunwell.actions.gate import Refused
from dunwell.models import Company, Customer, Hold, PaymentPlan, Settlement

A = TypeVar("A", PaymentPlan, Settlement)
Agreement = PaymentPlan | Settlement

WHAT: Mapping[type[Agreement], str] = {PaymentPlan: "Plan", Settlement: "Settlement"}
"""What an agreement is called in sentences."""

REASONS: Mapping[type[Agreement], Hold.Reason] = {
    PaymentPlan: Hold.Reason.PLAN,
    Settlement: Hold.Reason.AGREEMENT,
}
"""Why the items of an agreement are not chased."""


def locked_agreement(company: Company, agreement: A) -> A:
    """Lock the customer and the agreement; return it as it is now, or raise Refused."""
    kind = type(agreement)
    Customer.objects.select_for_update(no_key=True).get(pk=agreement.customer_id)
    found = (
        kind.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "company")
        .filter(company=company, pk=agreement.pk)
        .first()
    )
    if found is None:
        raise Refused(f"{WHAT[kind]} {agreement.number} does not belong to {company.name}.")
    return found


def check_move(agreement: A, status: str) -> None:
    """Raise Refused when the agreement cannot take the status from where it is."""
    before = agreement.Status(agreement.status)
    if status not in agreement.MOVES[before]:
        raise Refused(
            f"{agreement.number} is marked: {before.label.lower()}; load the page again."
        )


def move(agreement: A, status: str, **fields: object) -> None:
    """Move an agreement on, with fields that change with it; refuse when somebody just did."""
    check_move(agreement, status)
    changes = {"status": status, "version": agreement.version + 1, **fields}
    rows = type(agreement).objects.filter(
        pk=agreement.pk, status=agreement.status, version=agreement.version
    )
    if rows.update(**changes) != 1:
        raise Refused(f"Somebody else has just changed {agreement.number}; load the page again.")
    for name, value in changes.items():
        setattr(agreement, name, value)


def hold_items(agreement: Agreement, *, as_of: date, at: datetime) -> None:
    """Stop the chasing of what the agreement covers, from the day on."""
    keys = agreement.lines.order_by("item").values_list("item", flat=True)
    Hold.objects.bulk_create(
        Hold(
            company_id=agreement.company_id,
            customer_id=agreement.customer_id,
            item_id=key,
            reason=REASONS[type(agreement)],
            note=agreement.number,
            from_on=as_of,
            recorded_at=at,
        )
        for key in keys
    )


def release_items(agreement: Agreement, *, as_of: date) -> None:
    """End the agreement's holds: from the day on its items may be chased."""
    Hold.objects.filter(
        company=agreement.company_id,
        customer=agreement.customer_id,
        reason=REASONS[type(agreement)],
        note=agreement.number,
        released_on=None,
    ).update(released_on=as_of)


def bind_items(agreement: Agreement, *, is_live: bool) -> None:
    """Say whether the items are bound to it; a constraint lets one of a kind bind an item."""
    agreement.lines.update(is_live=is_live)
