"""Short builders for merges: proposed by the clerk and decided by the manager."""

from dunwell.actions.customer_merges import merge_customers, propose_merge, split_customers
from dunwell.models import Allocation, CustomerMove, EntryLine, Item, OpenItem, Payment
from tests.actions.desk import acting
from tests.conftest import AT, TODAY

ON = {"as_of": TODAY, "at": AT}


def proposed(by, merged, survivor, **changes):
    """A proposal to merge."""
    values = {"reason": "the same tax number", **ON, **changes}
    return propose_merge(actor=acting(by), merged=merged, survivor=survivor, **values)


def merged_by(clerk, manager, merged, survivor, **changes):
    """A merge that is done."""
    merge = proposed(clerk, merged, survivor, **changes)
    return merge_customers(actor=acting(manager), merge=merge, **{**ON, **changes})


def split_by(manager, merge, **changes):
    """A merge undone again."""
    values = {"reason": "two branches after all", **ON, **changes}
    return split_customers(actor=acting(manager), merge=merge, **values)


def whose(model, company):
    """Customer by key of every row of a model of the company."""
    return dict(model.objects.filter(company=company).values_list("pk", "customer_id"))


def ownership(company):
    """Who owns every row of the ledger, and what is open."""
    return {
        **{model.__name__: whose(model, company) for model in (Item, Payment, EntryLine)},
        "open": sorted(
            OpenItem.objects.filter(company=company).values_list(
                "item_id", "customer_id", "open_minor"
            )
        ),
        "allocations": sorted(
            Allocation.objects.filter(company=company).values_list("pk", "amount_minor")
        ),
    }


def moves(merge):
    """Place, and from whom to whom, of every move in order."""
    rows = CustomerMove.objects.filter(merge=merge).order_by("pk")
    return list(rows.values_list("place", "before_id", "after_id"))
