"""A customer's payments through providers as it sees them: under way, and how one ended."""

from dataclasses import dataclass

from dunwell.models import Checkout, Customer, OpenItem, Transfer

LONGEST_WAIT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidLine:
    """An item of a checkout, in minor units; `left_minor` is what is still open of it now."""

    item_id: int
    number: str
    amount_minor: int
    discount_minor: int
    left_minor: int

    @property
    def is_settled(self) -> bool:
        """Return whether nothing is left open."""
        return self.left_minor <= 0


def own_checkout(customer: Customer, checkout_id: int) -> Checkout | None:
    """Return a checkout of the customer, None for any other."""
    found = Checkout.objects.filter(customer=customer, pk=checkout_id)
    return found.select_related("provider", "payment").first()


def own_transfer(customer: Customer, transfer_id: int) -> Transfer | None:
    """Return a transfer the customer announced, None for any other."""
    return Transfer.objects.filter(customer=customer, pk=transfer_id).first()


def paid_lines(checkout: Checkout) -> tuple[PaidLine, ...]:
    """Return what a checkout pays, the oldest item first; two queries."""
    lines = list(checkout.lines.select_related("item").order_by("item__due_on", "item_id"))
    left = dict(
        OpenItem.objects.filter(item__in=[line.item_id for line in lines]).values_list(
            "item_id", "open_minor"
        )
    )
    return tuple(
        PaidLine(
            item_id=line.item_id,
            number=line.item.number,
            amount_minor=line.amount_minor,
            discount_minor=line.discount_minor,
            left_minor=left.get(line.item_id, 0),
        )
        for line in lines
    )


def waiting_checkouts(customer: Customer) -> list[Checkout]:
    """Return the payments whose money is under way, the newest first."""
    found = Checkout.objects.filter(customer=customer, status=Checkout.Status.PROCESSING)
    return list(found.order_by("-pk")[:LONGEST_WAIT])
