"""What is known of one person at a customer: rows, the export, what stands against erasing.

A contact is found by its words (name, e-mail, phone) in the rows of its customer; of a customer
that is a natural person every row counts.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max, Model, QuerySet, Sum

from dunwell.models import (
    Contact,
    Customer,
    EntryLine,
    Hold,
    Item,
    LegalMatter,
    OpenItem,
    Payment,
    PortalPerson,
)
from dunwell.queries.holds import holds_standing
from dunwell.queries.personal import AFTER, BOOKS, KEPT, NOW, PersonalField, fields_by_model

SHORTEST = 3
"""Characters below which a word is not looked for in texts: it would stand in others too."""


def words_of(contact: Contact) -> tuple[str, ...]:
    """Return the words by which a contact is found, the longest first."""
    told = {contact.name.strip(), contact.email.strip(), contact.phone.strip()}
    return tuple(sorted((one for one in told if len(one) >= SHORTEST), key=lambda one: -len(one)))


def holds_any(value: object, words: Collection[str]) -> bool:
    """Return whether a value holds one of the words, whatever the case."""
    if not value:
        return False
    text = (
        value
        if isinstance(value, str)
        else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    )
    folded = text.casefold()
    return any(word.casefold() in folded for word in words)


def rows_of(
    customer: Customer,
    *goes: str,
    words: Collection[str] | None = None,
    ended: Collection[int] | None = None,
) -> Iterator[tuple[Model, list[PersonalField]]]:
    """Yield the rows of a customer with their personal fields that are filled, by model.

    With `words` only rows and fields that hold one of them, with `ended` only fields that are
    kept for so many years.
    """
    for model, fields in fields_by_model(*goes).items():
        paths: dict[str, list[PersonalField]] = {}
        for one in fields:
            if ended is not None and one.years not in ended:
                continue
            paths.setdefault(one.path, []).append(one)
        for path, listed in paths.items():
            rows: QuerySet[Model] = QuerySet(model)
            for row in rows.filter(**{path: customer.pk}).order_by("pk"):
                found = [
                    one
                    for one in listed
                    if (value := getattr(row, one.field))
                    and (words is None or holds_any(value, words))
                ]
                if found:
                    yield row, found


def kept_counts(customer: Customer, *goes: str, words: Collection[str] | None) -> dict[str, int]:
    """Return how many rows still hold the person, by model."""
    found: dict[str, int] = {}
    for row, _ in rows_of(customer, *goes, words=words):
        name = row._meta.model_name or ""
        found[name] = found.get(name, 0) + 1
    return found


LEGAL = (Hold.Reason.LEGAL, Hold.Reason.INSOLVENCY)
"""Reasons of holds that keep everything of a customer as it is."""


def legal_holds(*, as_of: date) -> QuerySet[Hold]:
    """Return the holds that stop erasing on a day, also those that begin later."""
    return Hold.objects.filter(holds_standing(as_of=as_of), reason__in=LEGAL)


def open_matters() -> QuerySet[LegalMatter]:
    """Return the legal matters that stop erasing."""
    return LegalMatter.objects.filter(closed_on=None)


def legal_hold(customer: Customer, *, as_of: date) -> str:
    """Return what keeps everything of a customer as it is, empty where nothing does."""
    matter = open_matters().filter(customer=customer).order_by("pk").first()
    if matter is not None:
        return f"legal matter {matter.number}"
    held = legal_holds(as_of=as_of).filter(customer=customer)
    return "a legal hold" if held.exists() else ""


def held_customers(customers: QuerySet[Any, Any], *, as_of: date) -> frozenset[int]:
    """Return which customers (a query of keys) a `legal_hold` keeps as they are; two queries."""
    holds = legal_holds(as_of=as_of).filter(customer__in=customers)
    matters = open_matters().filter(customer__in=customers)
    return frozenset(holds.values_list("customer", flat=True)).union(
        matters.values_list("customer", flat=True)
    )


def is_settled(customer: Customer) -> bool:
    """Return whether nothing is open on an account and none of its money lies unapplied."""
    if OpenItem.objects.filter(customer=customer).exists():
        return False
    lines = EntryLine.objects.filter(customer=customer, account=EntryLine.Account.UNAPPLIED)
    return not lines.values("currency").annotate(sum=Sum("amount_minor")).exclude(sum=0).exists()


def keep_until(customer: Customer, *, as_of: date) -> date:
    """Return the last day on which vouchers of a customer have to be kept."""
    last = [as_of]
    for model, field in ((Item, "issued_on"), (Payment, "value_on")):
        newest = QuerySet(model).filter(customer=customer).aggregate(day=Max(field))["day"]
        if newest is not None:
            last.append(newest)
    return date(max(last).year + BOOKS, 12, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPart:
    """What one table holds of a person, why, and for how many years."""

    model: str
    purpose: str
    basis: str
    years: int
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFile:
    """What is known of a person, as the file that is handed out; `text` is JSON."""

    name: str
    about: str
    customer: str
    text: str
    parts: tuple[PersonPart, ...]
    rows: int


def person_file(
    customer: Customer, *, contact: Contact | None, as_of: date, at: datetime
) -> PersonFile:
    """Return everything the register finds of a contact, or of the customer itself."""
    words = None if contact is None else words_of(contact)
    fields: dict[str, PersonalField] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    for row, found in rows_of(customer, NOW, AFTER, KEPT, words=words):
        name = row._meta.model_name or ""
        fields.setdefault(name, found[0])
        told = {one.field: getattr(row, one.field) for one in found}
        rows.setdefault(name, []).append({"id": row.pk, **told})
    parts = [
        PersonPart(
            model=name, purpose=one.purpose, basis=one.basis, years=one.years,
            rows=tuple(rows[name]),
        )
        for name, one in fields.items()
    ]  # fmt: skip
    if people := _portal_people(customer, contact):
        parts.append(
            PersonPart(model="portalperson", purpose="portal", basis="b", years=0, rows=people)
        )
    about = str(contact) if contact is not None else customer.name
    text = json.dumps(
        {
            "about": about,
            "customer": customer.number,
            "as_of": as_of.isoformat(),
            "made_at": at.isoformat(),
            "data": {
                one.model: {
                    "purpose": one.purpose, "basis": one.basis, "years": one.years,
                    "rows": one.rows,
                }
                for one in parts
            },
        },
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        indent=1,
    )  # fmt: skip
    which = f"contact-{contact.pk}" if contact is not None else f"customer-{customer.pk}"
    return PersonFile(
        name=f"person-{which}-{as_of.isoformat()}", about=about, customer=customer.number,
        text=text, parts=tuple(parts), rows=sum(len(one.rows) for one in parts),
    )  # fmt: skip


def _portal_people(customer: Customer, contact: Contact | None) -> tuple[dict[str, Any], ...]:
    """Return who signs in at the portal: the contact by its address, or all of a customer."""
    if contact is None:
        found = PortalPerson.objects.filter(seats__customer=customer).distinct()
    elif contact.email:
        found = PortalPerson.objects.filter(email=contact.email.lower())
    else:
        return ()
    told = found.order_by("pk").values("id", "email", "name", "last_seen_at")
    return tuple(dict(one) for one in told)
