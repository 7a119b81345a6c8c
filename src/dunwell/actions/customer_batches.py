"""Many customers with their contacts in one go: new ones made, known ones changed, by number.

Each row is judged as the actions for one judge it, in the same words; the statements do not grow
with the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from dunwell.actions.contacts import (
    CONTACT_FIELDS,
    Value,
    changed_fields,
    check_contact,
    told_values,
)
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused, Stale
from dunwell.actions.row_batches import MOST_ROWS, Outcome, Row, refuse_some, refused_row
from dunwell.actions.texts import needed
from dunwell.models import Contact, Customer, Erasure, SegmentMembership
from dunwell.models.sealed import with_marks

LONGEST_NUMBER = 80
DEFAULTS: Mapping[str, Value] = {
    "role": Contact.Role.PAYABLES,
    "name": "",
    "email": "",
    "phone": "",
    "language": "",
    "is_primary": True,
}
"""What a new contact has where nothing is said, as `add_contact` has it."""


@dataclass(slots=True)
class _Contact:
    """A contact as it is, and as a row leaves it."""

    record: Contact
    is_new: bool = False
    changes: set[str] = field(default_factory=set)
    is_demoted: bool = False
    is_done: bool = False
    """Whether a row of this request is about it."""


@dataclass(slots=True)
class _Customer:
    """A customer as a row leaves it, with all of its contacts."""

    record: Customer
    is_new: bool
    before: dict[str, Value]
    after: dict[str, Value]
    contacts: list[_Contact]

    @property
    def is_known(self) -> bool:
        """Return whether all of it was there before."""
        is_same = not any(one.is_new or one.changes for one in self.contacts)
        return not self.is_new and not self.after and is_same


@transaction.atomic
def save_customers(
    *, actor: Actor, rows: Sequence[Row], all_or_nothing: bool, at: datetime
) -> list[Outcome]:
    """Make customers whose number is new and change the others; return what became of every row.

    A row has a `number`, fields of CUSTOMER_FIELDS as `edit_customer` takes them, and `contacts`
    as `add_contact` takes them: one of the same role with the same e-mail address (or, without
    one, the same phone) is changed, any other added. What a row does not say stays. `done` is
    made or changed, `known` was there already. Raises RowsRefused where all or nothing is asked
    for, Stale when somebody else makes one of them at the same moment.
    """
    actor.require("customer.edit")
    if any(row.get("contacts") for row in rows):
        actor.require("contact.edit")
    if len(rows) > MOST_ROWS:
        raise Refused(f"At most {MOST_ROWS:,} rows are taken at once; send the rest apart.")
    known, contacts, ruled = _found(actor, rows)
    outcomes: list[Outcome] = []
    said: dict[str, tuple[Row, Outcome]] = {}
    saved: dict[int, _Customer] = {}
    for place, row in enumerate(rows):
        number = str(row["number"]).strip()
        try:
            if number in said:
                outcomes.append(_again(place, row, *said[number]))
                continue
            told = _customer(actor, row, known.get(number), ruled=ruled, at=at)
            told.contacts = _contacts(told.record, row, contacts.get(told.record.pk, ()), at=at)
        except Refused as refusal:
            outcomes.append(refused_row(place, refusal))
        else:
            saved[place] = told
            outcomes.append(Outcome(row=place, status="known" if told.is_known else "done"))
        said.setdefault(number, (row, outcomes[-1]))
    refuse_some(outcomes, all_or_nothing=all_or_nothing)
    _write(list(saved.values()))
    record_events(actor, [fact for one in saved.values() for fact in _facts(one)], at=at)
    return [_with_key(one, saved, said, rows) for one in outcomes]


def _found(
    actor: Actor, rows: Sequence[Row]
) -> tuple[dict[str, Customer], dict[int | None, list[Contact]], set[int]]:
    """Return the customers the rows name, their contacts, and whose segment rules decide."""
    numbers = {str(row["number"]).strip() for row in rows}
    found = (
        Customer.objects.select_for_update(no_key=True)
        .filter(company=actor.company, number__in=numbers)
        .order_by("pk")
    )
    known = {one.number: one for one in found}
    keys = [one.pk for one in known.values()]
    contacts: dict[int | None, list[Contact]] = {}
    erased = Erasure.objects.filter(contact__customer__in=keys).values("contact")
    theirs = Contact.objects.select_for_update(no_key=True).filter(customer__in=keys)
    for one in theirs.exclude(pk__in=erased).order_by("pk"):
        contacts.setdefault(one.customer_id, []).append(one)
    of_rules = SegmentMembership.objects.filter(customer__in=keys)
    return known, contacts, set(of_rules.values_list("customer", flat=True))


def _again(place: int, row: Row, first: Row, outcome: Outcome) -> Outcome:
    """Return what becomes of a row whose number stood in one before it."""
    if row != first:
        raise Refused(f"{row['number']} stands in the rows twice; put it into one.")
    if outcome.status == "refused":
        return Outcome(row=place, status="refused", code=outcome.code, detail=outcome.detail)
    return Outcome(row=place, status="known")


def _customer(
    actor: Actor, row: Row, known: Customer | None, *, ruled: set[int], at: datetime
) -> _Customer:
    """Return a customer as a row leaves it, or raise Refused with what does not fit."""
    changes = {name: value for name, value in row.items() if name not in {"number", "contacts"}}
    number = needed(
        text=str(row["number"]), most=LONGEST_NUMBER, what="number",
        missing="The number must not be empty.",
    )  # fmt: skip
    record = known or Customer(company=actor.company, number=number, recorded_at=at)
    if known is None:
        changes.setdefault("name", "")
    after = changed_fields(record, changes, is_ruled=lambda: record.pk in ruled)
    before = {name: getattr(record, name) for name in after}
    for name, value in after.items():
        setattr(record, name, value)
    return _Customer(record=record, is_new=known is None, before=before, after=after, contacts=[])


def _contacts(
    customer: Customer, row: Row, there: Sequence[Contact], *, at: datetime
) -> list[_Contact]:
    """Return all contacts of a customer as a row leaves them; Refused where one does not fit."""
    found = [_Contact(record=one) for one in there]
    for given in row.get("contacts") or ():
        told = {name: _stripped(value) for name, value in given.items()}
        same = next((one for one in found if _is_same(one.record, told)), None)
        if same is not None and same.is_done:
            raise Refused(f"{same.record} stands in the contacts of {customer.number} twice.")
        if same is None:
            same = _Contact(record=Contact(customer=customer, recorded_at=at), is_new=True)
            found.append(same)
            told = {**DEFAULTS, **told}
        elif told.get("email"):
            # the same address in other letters is no change
            told["email"] = same.record.email
        same.is_done = True
        check_contact({**{name: getattr(same.record, name) for name in CONTACT_FIELDS}, **told})
        same.changes |= {name for name in told if told[name] != getattr(same.record, name)}
        for name, value in told.items():
            setattr(same.record, name, value)
        if "email" in same.changes:
            same.record.bounced_on = None
        if same.record.is_primary and (same.is_new or "is_primary" in same.changes):
            _make_room(found, same)
    return found


def _is_same(contact: Contact, told: Mapping[str, Value]) -> bool:
    """Tell whether a row is about a contact: of the role, under the address or the phone."""
    if contact.role != told.get("role", DEFAULTS["role"]):
        return False
    if email := str(told.get("email") or ""):
        return contact.email.casefold() == email.casefold()
    return bool(told.get("phone")) and contact.phone == told["phone"]


def _make_room(contacts: Sequence[_Contact], primary: _Contact) -> None:
    """Let a contact be the only primary one of its role, as it is when each is added alone."""
    for one in contacts:
        if one is not primary and one.record.role == primary.record.role and one.record.is_primary:
            one.record.is_primary = False
            one.is_demoted = not one.is_new


def _stripped(value: Value) -> Value:
    return value.strip() if isinstance(value, str) else value


def _write(saved: Sequence[_Customer]) -> None:
    """Write what is new and what changed: a statement or two of each kind, whatever the number."""
    changed = [one for one in saved if one.after and not one.is_new]
    contacts = [contact for one in saved for contact in one.contacts]
    edited = [one for one in contacts if one.changes and not one.is_new]
    fields = {name for one in changed for name in one.after}
    names = {name for one in edited for name in one.changes}
    names |= {"bounced_on"} if "email" in names else set()
    try:
        with transaction.atomic():
            Customer.objects.bulk_create([one.record for one in saved if one.is_new])
            _update(Customer, [one.record for one in changed], fields)
            # first: a role has one primary contact at every moment
            Contact.objects.filter(pk__in=_demoted(contacts)).update(is_primary=False)
            _update(Contact, [one.record for one in edited], names)
            Contact.objects.bulk_create([one.record for one in contacts if one.is_new])
    except IntegrityError as error:
        raise Stale(
            "Somebody else recorded one of these rows at the same moment; send them again."
        ) from error


def _demoted(contacts: Sequence[_Contact]) -> list[int]:
    """Return the keys of contacts that are not primary any more."""
    return [
        one.record.pk
        for one in contacts
        if not one.is_new
        and not one.record.is_primary
        and (one.is_demoted or "is_primary" in one.changes)
    ]


def _update(
    model: type[Customer] | type[Contact], records: Sequence[Any], names: set[str]
) -> None:
    """Write some fields of records, those of sealed ones with their marks."""
    if not records:
        return
    marks = set(with_marks(model, dict.fromkeys(names, ""))) - names
    for record in records:
        values = with_marks(model, {name: getattr(record, name) for name in names})
        for name in marks:
            setattr(record, name, values[name])
    model.objects.bulk_update(records, sorted(names | marks))


def _facts(told: _Customer) -> list[Fact]:
    """Tell of a customer made or changed, and of its contacts, as the actions for one do."""
    key, facts = told.record.pk, []
    if told.is_new:
        facts.append(_recorded("customer.added", "customer", key, number=told.record.number))
    elif told.after:
        before, after = told_values(told.before), told_values(told.after)
        facts.append(_recorded("customer.edited", "customer", key, before=before, after=after))
    for one in told.contacts:
        contact, names = one.record, sorted(one.changes)
        if one.is_new:
            which = {"role": contact.role, "is_primary": contact.is_primary}
            facts.append(_recorded("contact.added", "contact", contact.pk, **which))
        elif names:
            facts.append(_recorded("contact.edited", "contact", contact.pk, fields=names))
    return [replace(fact, customer_id=key) for fact in facts]


def _recorded(verb: str, subject: str, subject_id: int, **data: Any) -> Fact:
    return Fact(verb=verb, subject=subject, subject_id=subject_id, data=data)


def _with_key(
    outcome: Outcome,
    saved: Mapping[int, _Customer],
    said: Mapping[str, tuple[Row, Outcome]],
    rows: Sequence[Row],
) -> Outcome:
    """Return an outcome with the key of its customer; a row told again has that of the first."""
    if outcome.status == "refused":
        return outcome
    first = said[str(rows[outcome.row]["number"]).strip()][1].row
    return Outcome(row=outcome.row, status=outcome.status, id=saved[first].record.pk)
