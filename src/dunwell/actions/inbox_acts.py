"""What accepting a suggestion does: one act per kind, through the action made for it.

Each returns the record that came of it. They are called inside the transaction of
`inbox_decisions`, which has locked the message and checked the right to decide.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from dunwell.actions.contacts import add_contact, edit_contact
from dunwell.actions.conversations import mark_complaint
from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.holds import place_hold
from dunwell.actions.promises import record_promise
from dunwell.actions.remittances import record_remittance
from dunwell.actions.restrictions import record_restriction
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.uploads import upload_path
from dunwell.engine.money import from_minor
from dunwell.engine.reply_facts import Suggestion
from dunwell.models import (
    Contact,
    Customer,
    DisputeCase,
    Hold,
    InboundAttachment,
    InboundMessage,
    Item,
    Task,
)

TASK_REASONS = {
    "apply_payment": "Says it has paid: money that fits is here. Apply it.",
    "which_item": "Disputes something without naming an item. Ask which one.",
    "order_number": "Needs an order number on the invoice. Ask billing.",
    "bank_details": "Writes of a bank account. Never change one from a mail: call a known number.",
    "other_person": "Somebody else is responsible there. Find out who.",
    "insolvency_proof": "Says it is insolvent. Look it up in the register and file the claim.",
}
"""What the task of a suggestion tells who does it."""

LONGEST_REASON = 300
"""Characters of a task's reason."""

APPLY_RIGHTS = {
    "promise": "promise.record",
    "dispute": "dispute.open",
    "remittance": "remittance.record",
    "copies": "message.compose",
    "ask_proof": "message.compose",
    "contact": "contact.edit",
    "hold": "hold.place",
    "plan": "hold.place",
    "cease": "restriction.edit",
    "task": "inbox.decide",
    "set_aside": "inbox.decide",
    "complaint": "conversation.edit",
}
"""The right that accepting needs besides inbox.decide."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One suggestion about to be carried out: who, of which message, with which fields, when."""

    actor: Actor
    inbound: InboundMessage
    suggestion: Suggestion
    fields: Mapping[str, Any]
    as_of: date
    at: datetime

    @property
    def note(self) -> str:
        """Return where the record came from, with the first words said."""
        return f"Mail of {self.inbound.sender}: {' '.join(self.inbound.text.split())[:200]}"

    def customer(self) -> Customer:
        """Return whose message it is; raise Refused where that is not known or has changed."""
        customer = self.inbound.customer
        if customer is None:
            raise Refused("Say first whose message this is.")
        told = self.fields.get("customer_id")
        if told is not None and told != customer.pk:
            raise Refused(
                "The message was linked to another customer meanwhile; have it suggested again."
            )
        return customer

    def amounts(self, name: str) -> dict[Item, int]:
        """Return items of the customer with their amounts, from a list of fields."""
        customer = self.customer()
        lines = self.fields.get(name) or []
        try:
            wanted = {int(line["item_id"]): int(line["amount_minor"]) for line in lines}
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("Give each item with its amount in minor units.") from error
        found = Item.objects.filter(customer=customer).in_bulk(list(wanted))
        if unknown := sorted(set(wanted) - found.keys()):
            raise Refused(f"The customer has no item {unknown[0]}.")
        return {found[key]: minor for key, minor in wanted.items()}

    def day(self, name: str) -> date | None:
        """Return a day of the fields, None where none is given; raise Refused for no day."""
        told = self.fields.get(name) or ""
        try:
            return date.fromisoformat(told) if told else None
        except (TypeError, ValueError) as error:
            raise Refused(f"{told} is no day; write it as 2026-03-31.") from error


def carry_out(act: Act) -> Model | None:
    """Do what a suggestion says and return the record that came of it, None for none of its own.

    Raises Refused as the action does, Forbidden where its right is missing.
    """
    act.actor.require(APPLY_RIGHTS[act.suggestion.action])
    return _ACTS[act.suggestion.action](act)


def _promise(act: Act) -> Model:
    due_on = act.day("due_on")
    if due_on is None:
        raise Refused("Say on which day the customer will pay.")
    return record_promise(
        actor=act.actor,
        customer=act.customer(),
        amounts=act.amounts("items"),
        due_on=due_on,
        note=act.note,
        supersede=bool(act.fields.get("supersede")),
        as_of=act.as_of,
        at=act.at,
    )


def _dispute(act: Act) -> Model:
    parts = [
        DisputedPart(item=item, amount_minor=minor) for item, minor in act.amounts("parts").items()
    ]
    return open_case(
        actor=act.actor,
        customer=act.customer(),
        reason=str(act.fields.get("reason") or ""),
        parts=parts,
        source=DisputeCase.Source.MAIL,
        title=act.inbound.subject[:120],
        note=act.note,
        conversation=act.inbound.conversation,
        as_of=act.as_of,
        at=act.at,
    )


def _remittance(act: Act) -> Model:
    """Keep the files that came with the message, else a table of the lines it names."""
    customer = act.customer()
    keys = act.fields.get("attachment_ids") or []
    files = InboundAttachment.objects.filter(inbound=act.inbound, pk__in=keys).exclude(
        verdict=InboundAttachment.Verdict.BLOCKED
    )
    told: list[tuple[str, bytes]] = [
        (file.name, upload_path(file.sha256).read_bytes()) for file in files.order_by("pk")
    ]
    amounts = act.amounts("lines")
    if amounts:
        told.append((f"message-{act.inbound.pk}.csv", _table(act, amounts)))
    found = None
    for name, data in told:
        currency = next((item.currency for item in amounts), customer.currency)
        for one in record_remittance(
            actor=act.actor, name=name, data=data, currency=currency, at=act.at
        ):
            found = found or one
    if found is None:
        raise Refused("Nothing in the message says what is paid; name an item.")
    return found


def _table(act: Act, amounts: Mapping[Item, int]) -> bytes:
    """Return the lines of an advice as a table; the message's own key keeps two apart."""
    paid_on = act.day("paid_on")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Invoice", "Amount", "Currency", "Payment date", "Advice number", "Payer"])
    for item, minor in amounts.items():
        writer.writerow(
            [
                item.number,
                from_minor(minor, item.currency),
                item.currency,
                paid_on.isoformat() if paid_on else "",
                f"message-{act.inbound.pk}",
                str(act.fields.get("payer") or ""),
            ]
        )
    return out.getvalue().encode()


def _answer(act: Act) -> None:
    """Nothing is recorded: the composer opens with what is to be said and enclosed."""
    act.customer()


def _contact(act: Act) -> Model:
    """Change the contact or add one. A bank account is no field of a contact."""
    customer = act.customer()
    told = {name: str(act.fields.get(name) or "") for name in ("role", "name", "email", "phone")}
    key = act.fields.get("contact_id")
    if key is None:
        return add_contact(
            actor=act.actor,
            customer=customer,
            is_primary=bool(act.fields.get("is_primary")),
            at=act.at,
            **told,
        )
    contact = Contact.objects.select_related("customer").filter(customer=customer, pk=key).first()
    if contact is None:
        raise Refused("This contact is not there any more; have it suggested again.")
    edit_contact(actor=act.actor, contact=contact, changes=told, at=act.at)
    return contact


def _hold(act: Act) -> Model:
    return _held(act, str(act.fields.get("reason") or ""))


def _held(act: Act, reason: str) -> Model:
    return place_hold(
        actor=act.actor,
        customer=act.customer(),
        reason=reason,
        until_on=act.day("until_on"),
        note=act.note,
        as_of=act.as_of,
        at=act.at,
    )


def _plan(act: Act) -> Model | None:
    """Let reminders rest until the plan is proposed, which is a page of its own."""
    act.customer()
    return None if act.fields.get("is_held") else _held(act, Hold.Reason.AGREEMENT)


def _cease(act: Act) -> Model:
    return record_restriction(
        actor=act.actor,
        customer=act.customer(),
        kind="cease",
        note=act.note,
        as_of=act.as_of,
        at=act.at,
    )


def _task(act: Act) -> Model:
    """Ask a person to follow up what was said."""
    reason = TASK_REASONS.get(str(act.fields.get("task")), "Follow up what the customer wrote.")
    numbers = [one["number"] for one in act.fields.get("money") or []]
    if numbers:
        reason = f"{reason} Payment {', '.join(numbers)}."
    return _asked(act, act.customer(), reason)


def _asked(act: Act, customer: Customer, reason: str) -> Task:
    """Return the customer's one open follow-up, with the reason added where it is another."""
    ask_follow_up(
        company_id=act.actor.company.pk,
        customer_id=customer.pk,
        reason=reason,
        as_of=act.as_of,
        at=act.at,
    )
    rows = Task.objects.select_for_update(no_key=True).filter(
        customer=customer, kind=Task.Kind.FOLLOW_UP, status=Task.Status.OPEN
    )
    task = rows.get()
    longer = f"{task.reason} {reason}"
    if reason not in task.reason and len(longer) <= LONGEST_REASON:
        task.reason = longer
        task.save(update_fields=["reason"])
    return task


def _set_aside(act: Act) -> None:
    """Nothing is recorded: the message itself is set aside by who calls this."""


def _complaint(act: Act) -> Model:
    """Flag the conversation and ask for the manager, where the customer is known."""
    mark_complaint(
        actor=act.actor, conversation=act.inbound.conversation, is_complaint=True, at=act.at
    )
    if act.inbound.customer is not None:
        _asked(act, act.inbound.customer, "Is angry with us: the manager answers.")
    return act.inbound.conversation


_ACTS: Mapping[str, Callable[[Act], Model | None]] = {
    "promise": _promise,
    "dispute": _dispute,
    "remittance": _remittance,
    "copies": _answer,
    "ask_proof": _answer,
    "contact": _contact,
    "hold": _hold,
    "plan": _plan,
    "cease": _cease,
    "task": _task,
    "set_aside": _set_aside,
    "complaint": _complaint,
}
