"""Taking in what customers' systems answer to invoices: kept once, with what the policy says.

An answer is kept whatever its effects come to: an effect that a rule of the desk refuses is told
with its reason, for the customer has answered all the same.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent, own_customer
from dunwell.actions.promises import record_promise
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.uploads import keep_upload
from dunwell.engine.delivery_ladder import RUNGS
from dunwell.engine.money import to_minor
from dunwell.engine.responses_policy import RUNGS_OF_CODES, ResponsesPolicy
from dunwell.formats.invoice_response_rows import read_invoice_responses
from dunwell.formats.invoice_responses import InvoiceResponseError, ReadResponse
from dunwell.models import (
    Customer,
    Dispute,
    DisputeCase,
    InvoiceResponse,
    Item,
    OpenItem,
    Promise,
)
from dunwell.queries.customer_merges import led_on
from dunwell.queries.delivery_ladders import KINDS
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.responses_policies import responses_in_force

AGREEING = frozenset(
    code
    for code, kind in RUNGS_OF_CODES.items()
    if kind in RUNGS and RUNGS.index(kind) >= RUNGS.index("accepted")
)
"""Codes by which a customer agrees, pays or has paid."""

DISAGREEING = frozenset(
    code for code, kind in RUNGS_OF_CODES.items() if kind in {"queried", "rejected"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponsesTaken:
    """What a file of answers came to: those kept now or before, and why others were not."""

    taken: tuple[InvoiceResponse, ...]
    new: int
    refused: tuple[str, ...]


@dataclass(slots=True)
class _Effects:
    """What the effects of an answer came to, as the record keeps it."""

    outcomes: list[dict[str, object]]
    case: DisputeCase | None = None
    promise: Promise | None = None

    def add(self, effect: str, text: str, *, done: bool = True) -> None:
        self.outcomes.append({"effect": effect, "done": done, "text": text[:500]})


@transaction.atomic
def take_response_file(
    *,
    actor: Actor,
    name: str,
    data: bytes,
    door: str,
    as_of: date,
    at: datetime,
    customer: Customer | None = None,
) -> ResponsesTaken:
    """Take in every answer of a file (XML, JSON or CSV); one that is refused stops no other.

    `customer` narrows the invoices to one customer's. Raises Refused where the file cannot be
    read, and where none of its answers can be taken.
    """
    actor.require("response.take")
    try:
        told = read_invoice_responses(data, name[:120] or "answer")
    except InvoiceResponseError as error:
        raise Refused(str(error)) from error
    sha256 = keep_upload(data, by=actor, at=at)
    new = 0
    taken: list[InvoiceResponse] = []
    refused: list[str] = []
    for one in told:
        try:
            with transaction.atomic():
                kept, is_new = _taken(
                    actor, one, sha256=sha256, door=door, customer=customer, as_of=as_of, at=at
                )
            taken.append(kept)
            new += is_new
        except Refused as refusal:
            refused.append(str(refusal))
    if not taken:
        raise Refused(refused[0])
    return ResponsesTaken(taken=tuple(taken), new=new, refused=tuple(refused))


@transaction.atomic
def take_response(
    *,
    actor: Actor,
    told: ReadResponse,
    sha256: str,
    door: str,
    as_of: date,
    at: datetime,
    customer: Customer | None = None,
) -> InvoiceResponse:
    """Keep one answer and do what the policy says; told again it returns what is known.

    Raises Refused for an invoice that is not here or stands twice, a customer of another
    company, and an identity under which something else was told before.
    """
    actor.require("response.take")
    kept, _ = _taken(actor, told, sha256=sha256, door=door, customer=customer, as_of=as_of, at=at)
    return kept


def _taken(
    actor: Actor,
    told: ReadResponse,
    *,
    sha256: str,
    door: str,
    customer: Customer | None,
    as_of: date,
    at: datetime,
) -> tuple[InvoiceResponse, bool]:
    """Return an answer as it is kept, and whether it is new."""
    if customer is not None:
        own_customer(actor, customer)
        customer = led_on(customer)
    item = _item(actor, told, customer)
    # one at a time: of two that tell the same the second sees what the first has kept
    Customer.objects.select_for_update(no_key=True).get(pk=item.customer_id)
    known = InvoiceResponse.objects.filter(
        company=actor.company, scheme=told.scheme, document_id=told.document_id, item=item
    ).first()
    if known is not None:
        if (known.code, known.effective_on) != (told.code, told.effective_on):
            raise Refused(
                f"{told.document_id} said {known.code} of {item.number} before, now {told.code}; "
                "ask its sender for an identity of its own."
            )
        return known, False
    in_force = responses_in_force(actor.company, as_of=as_of)
    effects = _effects(actor, told, item, in_force.policy, as_of=as_of, at=at)
    kept = InvoiceResponse.objects.create(
        company=actor.company,
        customer_id=item.customer_id,
        item=item,
        scheme=told.scheme,
        document_id=told.document_id,
        code=told.code,
        reason_codes=list(told.reason_codes),
        action_codes=list(told.action_codes),
        note=told.note,
        sender=told.sender,
        effective_on=told.effective_on,
        expected_pay_on=told.expected_pay_on,
        amount_minor=_amount_minor(told, item),
        outcomes=effects.outcomes,
        case=effects.case,
        promise=effects.promise,
        policy_version=in_force.version_id,
        sha256=sha256,
        door=door,
        by=actor.name,
        recorded_on=as_of,
        recorded_at=at,
    )
    record_event(
        actor,
        "response.taken",
        kept,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        scheme=told.scheme,
        code=told.code,
        reasons=list(told.reason_codes),
        outcomes=effects.outcomes,
    )
    return kept, True


def _item(actor: Actor, told: ReadResponse, customer: Customer | None) -> Item:
    """Return the invoice an answer speaks of, by its number."""
    found = Item.objects.select_related("customer", "company").filter(
        company=actor.company, number=told.invoice_number, kind__in=KINDS
    )
    if customer is not None:
        found = found.filter(customer=customer)
    rows = list(found.order_by("pk")[:2])
    if not rows:
        raise Refused(
            f"There is no invoice {told.invoice_number}; check the number, or import it first."
        )
    if len(rows) > 1:
        raise Refused(
            f"Several invoices are numbered {told.invoice_number}; say of which customer."
        )
    return rows[0]


def _amount_minor(told: ReadResponse, item: Item) -> int | None:
    """Return the amount of an answer in the item's minor units; None where it tells another."""
    if told.amount is None or told.currency not in {"", item.currency}:
        return None
    try:
        return to_minor(told.amount, item.currency)
    except ValueError:
        return None


def _effects(
    actor: Actor,
    told: ReadResponse,
    item: Item,
    policy: ResponsesPolicy,
    *,
    as_of: date,
    at: datetime,
) -> _Effects:
    effects = _Effects(outcomes=[])
    # an access point's word on the message itself says nothing of the invoice
    named = () if told.scheme == "peppol_mlr" else policy.effects_of(told.code)
    for effect in named:
        try:
            # what the desk refuses is undone alone; the answer stays
            with transaction.atomic():
                if effect == "dispute":
                    _dispute(actor, told, item, policy, effects, as_of=as_of, at=at)
                elif effect == "announce":
                    _announce(actor, told, item, policy, effects, as_of=as_of, at=at)
                elif effect == "check_paid":
                    _check_paid(actor, told, item, effects, as_of=as_of, at=at)
                else:
                    _ask(actor, told, item, effects, as_of=as_of, at=at)
        except Refused as refusal:
            effects.add(effect, str(refusal), done=False)
    return effects


def _later(item: Item, codes: frozenset[str], told: ReadResponse) -> InvoiceResponse | None:
    """Return an answer that came before this one but speaks of a later day: its word stands."""
    return (
        InvoiceResponse.objects.filter(
            item=item, code__in=codes, effective_on__gt=told.effective_on
        )
        .order_by("-effective_on", "-pk")
        .first()
    )


def _dispute(
    actor: Actor,
    told: ReadResponse,
    item: Item,
    policy: ResponsesPolicy,
    effects: _Effects,
    *,
    as_of: date,
    at: datetime,
) -> None:
    later = _later(item, AGREEING, told)
    if later is not None:
        raise Refused(f"{later.code} of {later.effective_on.isoformat()} came later and stands.")
    reasons = dispute_policy_in_force(actor.company, as_of=as_of).policy.reasons
    reason = policy.reason_of(told.reason_codes, told.code)
    open_minor = _open_minor(item)
    approved = _amount_minor(told, item) or 0
    amount = open_minor - approved if 0 < approved < open_minor else open_minor
    said = " ".join((told.code, *told.reason_codes, *told.action_codes))
    effects.case = open_case(
        actor=lent(actor, "dispute.open"),
        customer=item.customer,
        reason=reason if reason in reasons else "other",
        parts=[DisputedPart(item=item, amount_minor=amount)],
        source=DisputeCase.Source.E_INVOICE,
        note=f"{said}: {told.note}"[:500] if told.note else said[:500],
        as_of=as_of,
        at=at,
    )
    effects.add("dispute", f"{effects.case.number}, {effects.case.reason}")


def _announce(
    actor: Actor,
    told: ReadResponse,
    item: Item,
    policy: ResponsesPolicy,
    effects: _Effects,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Take an announced payment as the customer's word: reminders rest and forecasts move."""
    later = _later(item, DISAGREEING, told)
    if later is not None:
        raise Refused(f"{later.code} of {later.effective_on.isoformat()} came later and stands.")
    disputed = dict(
        Dispute.objects.filter(item=item, closed_on=None).values_list("item", "amount_minor")
    )
    left = _open_minor(item) - disputed.get(item.pk, 0)
    arrives = told.expected_pay_on or told.effective_on + timedelta(days=policy.arrival_days)
    due_on = max(arrives, as_of)
    effects.promise = record_promise(
        actor=lent(actor, "promise.record"),
        customer=item.customer,
        amounts={item: min(_amount_minor(told, item) or left, left)},
        due_on=due_on,
        note=f"Payment announced by {told.code} of {told.effective_on.isoformat()}.",
        supersede=True,
        as_of=as_of,
        at=at,
    )
    effects.add("announce", due_on.isoformat())


def _check_paid(
    actor: Actor,
    told: ReadResponse,
    item: Item,
    effects: _Effects,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Compare the word that an invoice is paid with the ledger; a difference is a person's."""
    if not OpenItem.objects.filter(item=item).exists():
        effects.add("check_paid", f"{item.number} is settled here too.")
        return
    _ask(actor, told, item, effects, effect="check_paid", as_of=as_of, at=at)


def _ask(
    actor: Actor,
    told: ReadResponse,
    item: Item,
    effects: _Effects,
    *,
    as_of: date,
    at: datetime,
    effect: str = "task",
) -> None:
    reason = (
        f"{item.number} counts as paid there ({told.code}) and is open here: look for the money."
        if effect == "check_paid"
        else f"The customer's system answered {told.code} to {item.number}: {told.note}"
    )
    ask_follow_up(
        company_id=actor.company.pk,
        customer_id=item.customer_id,
        reason=reason[:300],
        as_of=as_of,
        at=at,
    )
    effects.add(effect, reason)


def _open_minor(item: Item) -> int:
    """Return what is open of an item now, 0 where it is settled."""
    found = OpenItem.objects.filter(item=item).values_list("open_minor", flat=True).first()
    return max(found or 0, 0)
