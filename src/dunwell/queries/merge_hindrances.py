"""What stands against merging a customer's record into another one, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from dunwell.engine.hierarchies import PARENT, Link, closes_circle
from dunwell.models import (
    ApprovalRequest,
    Autopay,
    BureauPull,
    Checkout,
    ConnectionChange,
    Cover,
    CreditApplication,
    CreditGroupMember,
    CreditLimit,
    CreditReview,
    Customer,
    CustomerLink,
    CustomerMerge,
    Debit,
    DetailChange,
    EarlyPaymentOffer,
    Erasure,
    FinancingItem,
    HandOff,
    Invoice,
    InvoiceSchedule,
    Item,
    LegalMatter,
    LossAssessment,
    Message,
    Payee,
    PaymentPlan,
    Placement,
    Refund,
    Settlement,
)

SHOWN = 3
"""So many of the rows that stand against it are named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hindrance:
    """One thing that stands against it: its kind, which rows, and what to do first."""

    kind: str
    where: str
    text: Words

    def told(self) -> str:
        """Return the sentence in English, as refusals are kept, with the rows it is about."""
        with override("en"):
            text = str(self.text)
        return f"{text} ({self.where})" if self.where else text


@dataclass(frozen=True, slots=True)
class _Block:
    model: type[Model]
    live: Q
    text: Words


_BLOCKS: tuple[_Block, ...] = (
    _Block(
        PaymentPlan,
        Q(status__in=("draft", "pending", "offered", "active", "defaulted", "accelerated")),
        _("A payment plan stands; let it end or cancel it first."),
    ),
    _Block(
        Settlement,
        Q(status__in=("draft", "pending", "offered", "accepted")),
        _("A settlement stands; let it end or cancel it first."),
    ),
    _Block(
        Placement,
        Q(ended_on=None),
        _("Items are placed with an agency; recall or close that first."),
    ),
    _Block(
        LegalMatter,
        ~Q(status="closed"),
        _("A legal matter runs; close it first."),
    ),
    _Block(
        ApprovalRequest,
        Q(status="open"),
        _("A request waits for approval; decide it first."),
    ),
    _Block(
        Autopay,
        ~Q(status="ended"),
        _("A standing order is set up in the portal; end it first."),
    ),
    _Block(
        Debit,
        Q(status__in=("planned", "sent")),
        _("A direct debit is under way; wait for the bank or drop it first."),
    ),
    _Block(
        Checkout,
        Q(status__in=("created", "open", "processing")),
        _("A payment online is under way; wait until it ends."),
    ),
    _Block(
        Message,
        Q(status__in=("draft", "ready", "claimed")),
        _("A message waits to go out; send or cancel it first."),
    ),
    _Block(
        Refund,
        Q(status__in=("proposed", "approved")),
        _("A refund is not paid out yet; pay or reject it first."),
    ),
    _Block(
        Invoice,
        Q(status__in=("draft", "approved")),
        _("An invoice is not issued yet; issue or void it first."),
    ),
    _Block(
        InvoiceSchedule,
        Q(ends_on=None),
        _("Invoices come by a schedule; end it first."),
    ),
    _Block(
        EarlyPaymentOffer,
        Q(status="open"),
        _("A discount for paying early is offered; withdraw it first."),
    ),
    _Block(
        FinancingItem,
        Q(status="assigned"),
        _("Items are assigned to a lender; settle or return them first."),
    ),
    _Block(
        Cover,
        Q(status__in=("requested", "granted")),
        _("The record is insured by its own number; end that cover first."),
    ),
    _Block(
        CreditLimit,
        Q(status="proposed"),
        _("A credit limit is proposed; decide it first."),
    ),
    _Block(
        CreditApplication,
        Q(ended_on=None),
        _("An application for credit is open; end it first."),
    ),
    _Block(
        CreditReview,
        Q(status__in=("due", "triggered", "refreshing", "recommendation", "pending_approval")),
        _("A credit review is open; close it first."),
    ),
    _Block(
        CreditGroupMember,
        Q(until_on=None),
        _("The record is in a credit group; take it out first."),
    ),
    _Block(
        DetailChange,
        Q(status="open"),
        _("A change of details was asked for; decide it first."),
    ),
    _Block(
        HandOff,
        Q(status__in=("asked", "taken")),
        _("A matter is handed to another desk; end that first."),
    ),
    _Block(
        BureauPull,
        Q(status__in=("asked", "claimed")),
        _("A report of a bureau is on its way; wait for it."),
    ),
    _Block(
        ConnectionChange,
        Q(status__in=("proposed", "tried", "approved", "writing", "failed")),
        _("A change waits to be written to a connected system; decide it first."),
    ),
    _Block(
        LossAssessment,
        Q(item=None, status__in=("asked", "in_force")),
        _("A loss is assessed for the record; end that first."),
    ),
)
_CLOSED = _("The record is merged into another one already; use that one.")
_WAITS = _("Another merge of the record waits for a decision.")
_TAKEN = _("Its survivor waits to be merged itself; decide that merge first.")
_ERASED = _("Personal data were erased; such a record stays as it is.")
_CIRCLE = _(
    "One is the other's parent, payer or guarantor; end that link first if they are one.",
)
_BELOW = _("The survivor would come to stand below itself; end a parent's link first.")
_NUMBERS = _("Both records have a document of the same kind and number; reverse one first.")
_ACCOUNTS = _("Both records have the same payee; retire that of the merged record first.")


def hindrances(merged: Customer, survivor: Customer) -> tuple[Hindrance, ...]:
    """Return what stands against it now, empty where the merge may be done; some 30 queries."""
    found = [*_own_merges(merged, survivor), *_between(merged, survivor)]
    for block in _BLOCKS:
        rows = list(_rows_of(block.model, block.live, merged))
        if rows:
            name = block.model._meta.model_name or ""
            found.append(Hindrance(kind=name, where=_named(rows), text=block.text))
    return tuple(found)


def _own_merges(merged: Customer, survivor: Customer) -> list[Hindrance]:
    """Return what other merges of the two stand against it."""
    rows = list(
        CustomerMerge.objects.filter(
            Q(merged__in=(merged, survivor)) | Q(survivor=merged, status="proposed"),
            status__in=("proposed", "merged"),
        )
        .exclude(merged=merged, survivor=survivor, status="proposed")
        .select_related("merged", "survivor")
        .order_by("id")
    )
    found = []
    for row in rows:
        text = _CLOSED if row.status == "merged" else _WAITS
        if row.survivor_id == merged.pk:
            text = _TAKEN
        named = f"{row.merged.number} → {row.survivor.number}"
        found.append(Hindrance(kind="merge", where=named, text=text))
    return found


def _between(merged: Customer, survivor: Customer) -> list[Hindrance]:
    """Return what the two records themselves have that cannot become one."""
    found = []
    if Erasure.objects.filter(customer__in=(merged, survivor), contact=None).exists():
        found.append(Hindrance(kind="erasure", where="", text=_ERASED))
    both = Q(customer=merged, other=survivor) | Q(customer=survivor, other=merged)
    is_linked = CustomerLink.objects.filter(both, until_on=None).exists()
    if is_linked or survivor.pk == merged.parent_id or merged.pk == survivor.parent_id:
        found.append(Hindrance(kind="circle", where="", text=_CIRCLE))
    elif _stands_below(merged, survivor):
        found.append(Hindrance(kind="circle", where="", text=_BELOW))
    theirs = Item.objects.filter(
        customer=survivor, kind=OuterRef("kind"), number=OuterRef("number")
    )
    same = Item.objects.filter(Exists(theirs), customer=merged).order_by("number")
    if shared := list(same.values_list("number", flat=True)[: SHOWN + 1]):
        found.append(Hindrance(kind="item", where=_listed(shared), text=_NUMBERS))
    marks = Payee.objects.filter(customer=survivor).exclude(status="retired")
    if (
        Payee.objects.filter(customer=merged, account_mark__in=marks.values("account_mark"))
        .exclude(status="retired")
        .exclude(account_mark="")
        .exists()
    ):
        found.append(Hindrance(kind="payee", where="", text=_ACCOUNTS))
    return found


def _stands_below(merged: Customer, survivor: Customer) -> bool:
    """Return whether parents of both records, taken together, lead back to the survivor."""
    rows = CustomerLink.objects.filter(company=merged.company_id, kind=PARENT, until_on=None)
    one = {merged.pk: survivor.pk}
    links = [
        Link(one.get(child, child), one.get(parent, parent), PARENT)
        for child, parent in rows.values_list("customer_id", "other_id")
    ]
    return closes_circle(links, survivor.pk)


def _rows_of(model: type[Model], live: Q, merged: Customer) -> QuerySet[Model]:
    rows = model._default_manager.filter(live, customer=merged)  # noqa: SLF001  of any model
    return rows.order_by("pk")[: SHOWN + 1]


def _named(rows: Sequence[Model]) -> str:
    """Return the numbers of the rows; most kinds have none, and a key says nothing to a person."""
    return _listed([str(row.number) for row in rows if hasattr(row, "number")])


def _listed(names: Sequence[str]) -> str:
    more = ", …" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
