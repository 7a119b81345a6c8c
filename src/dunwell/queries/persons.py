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
from django.db.models import Max, Model

from dunwell.models import Contact, Customer, Hold, Item, LegalMatter, Payment, PortalPerson
from dunwell.queries.personal import AFTER, KEPT, NOW, PersonalField, fields_by_model

SHORTEST = 3
"""Characters below which a word is not looked for in texts: it would stand in others too."""

BOOK_YEARS = 8
"""Vouchers are kept to the end of the eighth year after (§ 147 AO as of 2025)."""


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
    customer: Customer, *goes: str, words: Collection[str] | None = None
) -> Iterator[tuple[Model, list[PersonalField]]]:
    """Yield the rows of a customer with their personal fields that are filled, by model.

    With `words` only rows and fields that hold one of them.
    """
    for model, fields in fields_by_model(*goes).items():
        paths: dict[str, list[PersonalField]] = {}
        for one in fields:
            paths.setdefault(one.path, []).append(one)
        for path, listed in paths.items():
            for row in model.objects.filter(**{path: customer.pk}).order_by("pk"):
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


def legal_hold(customer: Customer) -> str:
    """Return what keeps everything of a customer as it is, empty where nothing does."""
    matter = LegalMatter.objects.filter(customer=customer, closed_on=None).order_by("pk").first()
    if matter is not None:
        return f"legal matter {matter.number}"
    held = Hold.objects.filter(
        customer=customer, released_on=None, reason__in=(Hold.Reason.LEGAL, Hold.Reason.INSOLVENCY)
    )
    return "a legal hold" if held.exists() else ""


def keep_until(customer: Customer, *, as_of: date) -> date:
    """Return the last day on which vouchers of a customer have to be kept."""
    last = [as_of]
    for model, field in ((Item, "issued_on"), (Payment, "value_on")):
        newest = model.objects.filter(customer=customer).aggregate(day=Max(field))["day"]
        if newest is not None:
            last.append(newest)
    return date(max(last).year + BOOK_YEARS, 12, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFile:
    """What is known of a person, as the file that is handed out."""

    name: str
    text: str
    rows: int


def person_file(
    customer: Customer, *, contact: Contact | None, as_of: date, at: datetime
) -> PersonFile:
    """Return one JSON file of everything the register finds; a contact, or the customer itself."""
    words = None if contact is None else words_of(contact)
    parts: dict[str, dict[str, Any]] = {}
    count = 0
    for row, found in rows_of(customer, NOW, AFTER, KEPT, words=words):
        name = row._meta.model_name or ""
        part = parts.setdefault(
            name,
            {
                "purpose": found[0].purpose,
                "basis": found[0].basis,
                "years": found[0].years,
                "rows": [],
            },
        )
        part["rows"].append(
            {"id": row.pk, **{one.field: getattr(row, one.field) for one in found}}
        )
        count += 1
    if contact is not None and contact.email:
        person = PortalPerson.objects.filter(email=contact.email.lower()).first()
        if person is not None:
            told = {
                "email": person.email,
                "name": person.name,
                "last_seen_at": person.last_seen_at,
            }
            parts["portalperson"] = {"purpose": "portal", "basis": "b", "years": 0, "rows": [told]}
            count += 1
    text = json.dumps(
        {
            "about": str(contact) if contact is not None else customer.name,
            "customer": customer.number,
            "as_of": as_of.isoformat(),
            "made_at": at.isoformat(),
            "data": parts,
        },
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        indent=1,
    )
    which = f"contact-{contact.pk}" if contact is not None else f"customer-{customer.pk}"
    return PersonFile(name=f"person-{which}-{as_of.isoformat()}.json", text=text, rows=count)
