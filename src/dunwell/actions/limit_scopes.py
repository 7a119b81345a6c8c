"""Whom a limit is for, and the row that is locked while somebody decides about it."""

from dataclasses import dataclass

from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting
from dunwell.engine.limits import Row
from dunwell.models import Company, CreditGroup, CreditLimit, Customer
from dunwell.queries.limits import rows_of_scope

LONGEST_SEGMENT = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """Whom a limit is for: one customer, a group, or every customer of a segment."""

    company: Company
    customer: Customer | None = None
    group: CreditGroup | None = None
    segment: str = ""

    def fields(self) -> dict[str, object]:
        """Return the columns that name the scope."""
        return {
            "company": self.company,
            "customer": self.customer,
            "group": self.group,
            "segment": self.segment,
        }

    def rows(self) -> list[Row]:
        """Return the approved rows of the scope."""
        return rows_of_scope(
            self.company,
            customer_id=self.customer.pk if self.customer else None,
            group_id=self.group.pk if self.group else None,
            segment=self.segment,
        )

    @property
    def stated_minor(self) -> int | None:
        """Return the limit that the customer's record says."""
        return self.customer.credit_limit_minor if self.customer else None

    @property
    def members(self) -> int:
        """Return how many customers have a limit of this amount: one but for segments."""
        if not self.segment:
            return 1
        return Customer.objects.filter(company=self.company, segment=self.segment).count()


def whose_of(limit: CreditLimit) -> Whose:
    """Return whom a row of the ledger is for."""
    return Whose(
        company=limit.company,
        customer=limit.customer,
        group=limit.group,
        segment=limit.segment,
    )


def locked_scope(
    actor: Actor, *, customer: Customer | None, group: CreditGroup | None, segment: str
) -> Whose:
    """Return the scope, its row locked so that wishes and order checks take turns."""
    company = actor.company
    name = fitting(text=segment, most=LONGEST_SEGMENT, what="segment")
    if [customer is not None, group is not None, bool(name)].count(True) != 1:
        raise Refused("Say whom the limit is for: one customer, one group or one segment.")
    for record in (customer, group):
        if record is not None:
            own(actor, record, "customer or group")
    if customer is not None:
        customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    elif group is not None:
        group = CreditGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        if group.ended_on is not None:
            raise Refused(f"The group {group.name} ended on {group.ended_on}.")
    else:
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)
        if not Customer.objects.filter(company=company, segment=name).exists():
            raise Refused(f"There is no customer in the segment {name}.")
    return Whose(company=company, customer=customer, group=group, segment=name)


def lock_scope_of(actor: Actor, limit: CreditLimit) -> None:
    """Lock what the row is about, in the same order as a wish does."""
    own(actor, limit, "limit")
    if limit.customer_id is not None:
        Customer.objects.select_for_update(no_key=True).get(pk=limit.customer_id)
    elif limit.group_id is not None:
        CreditGroup.objects.select_for_update(no_key=True).get(pk=limit.group_id)
    else:
        Company.objects.select_for_update(no_key=True).get(pk=limit.company_id)
