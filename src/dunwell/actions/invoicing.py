"""What invoices rest on: our own details, what a customer wants, number series, tax codes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Model

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, open_customer
from dunwell.actions.texts import fitting, needed
from dunwell.formats.payment_code import known_iban
from dunwell.formats.registrations import FAILED, check_vat
from dunwell.models import (
    Company,
    Customer,
    CustomerInvoicing,
    InvoicingProfile,
    NumberSeries,
    TaxRate,
)
from dunwell.queries.invoice_rules import PATTERN

OWN_TEXTS = (
    "legal_name", "street", "street_more", "postcode", "city", "region", "country", "vat_id",
    "tax_number", "registration", "registration_scheme", "iban", "bic", "account_name",
    "contact", "phone", "email", "endpoint", "endpoint_scheme", "terms", "small_print",
)  # fmt: skip
THEIR_TEXTS = (
    "street", "street_more", "postcode", "city", "region", "country", "buyer_reference",
    "endpoint", "endpoint_scheme", "language",
)  # fmt: skip
YEARLY = "{year}"
Settings = TypeVar("Settings", InvoicingProfile, CustomerInvoicing)
LONGEST_PATTERN = 40
PPM = 1_000_000
COUNTRY_LETTERS = 2
FIRST_YEAR = 0


@transaction.atomic
def save_profile(
    *,
    actor: Actor,
    texts: Mapping[str, str],
    approve_over_minor: int | None,
    version: int,
    at: datetime,
) -> InvoicingProfile:
    """Save what stands on our invoices; invoices issued before keep what stood there.

    `texts` are fields of OWN_TEXTS; those left out become empty. Raises Stale for another
    version, Refused for a wrong IBAN, VAT number or country, and without a name.
    """
    actor.require("invoicing.edit")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = InvoicingProfile.objects.filter(company=company).first()
    fields = _texts(InvoicingProfile, OWN_TEXTS, texts)
    needed(text=fields["legal_name"], most=200, what="name", missing="Enter our legal name.")
    fields["country"] = _country(fields["country"])
    if fields["iban"] and not known_iban(fields["iban"]):
        raise Refused(f"{fields['iban']} is no IBAN; check its digits.")
    fields["iban"] = known_iban(fields["iban"])
    vat = check_vat(fields["vat_id"], country=fields["country"])
    if vat.outcome == FAILED:
        raise Refused(vat.text)
    if approve_over_minor is not None and approve_over_minor < 0:
        raise Refused("The amount above which somebody else approves must not be below 0.")
    wanted = {**fields, "approve_over_minor": approve_over_minor}
    row, changed = _saved(
        found or InvoicingProfile(company=company, version=0), wanted, version=version, at=at
    )
    if changed:
        record_event(actor, "invoicing.changed", row, at=at, changed=changed)
    return row


@transaction.atomic
def save_customer_invoicing(
    *,
    actor: Actor,
    customer: Customer,
    texts: Mapping[str, str],
    wire: str,
    delivery: str,
    is_po_required: bool,
    version: int,
    at: datetime,
) -> CustomerInvoicing:
    """Save how a customer wants its invoices; `texts` are fields of THEIR_TEXTS.

    Raises Stale for another version, Refused for an unknown country, format or way.
    """
    actor.require("invoice.edit")
    open_customer(actor, customer)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    found = CustomerInvoicing.objects.filter(customer=customer).first()
    fields = _texts(CustomerInvoicing, THEIR_TEXTS, texts)
    fields["country"] = _country(fields["country"]) if fields["country"] else ""
    if wire not in CustomerInvoicing.Format.values:
        raise Refused(f"There is no format {wire!r}.")
    if delivery not in CustomerInvoicing.Delivery.values:
        raise Refused(f"There is no way of delivery {delivery!r}.")
    wanted = {**fields, "format": wire, "delivery": delivery, "is_po_required": is_po_required}
    fresh = CustomerInvoicing(company=actor.company, customer=customer, version=0)
    row, changed = _saved(found or fresh, wanted, version=version, at=at)
    if changed:
        record_event(
            actor, "customer_invoicing.changed", row, at=at, customer_id=customer.pk,
            changed=changed,
        )  # fmt: skip
    return row


@transaction.atomic
def set_series(
    *, actor: Actor, kind: str, pattern: str, next_number: int, as_of: date, at: datetime
) -> NumberSeries:
    """Say how the numbers of a kind look and which comes next; the series never goes back.

    The same again changes nothing. Raises Refused for a pattern without {number}, and for a next
    number below the one that is due.
    """
    actor.require("invoicing.edit")
    if kind not in NumberSeries.Kind.values:
        raise Refused(f"There is no series {kind!r}.")
    if not PATTERN.fullmatch(pattern) or len(pattern) > LONGEST_PATTERN:
        raise Refused(
            "Write the pattern with letters, digits, {year} and at its end {number:5}, such as "
            "INV-{year}-{number:5}."
        )
    year = as_of.year if YEARLY in pattern else FIRST_YEAR
    series, is_new = NumberSeries.objects.get_or_create(
        company=actor.company, kind=kind, year=year,
        defaults={"pattern": pattern, "next_number": max(next_number, 1), "recorded_at": at},
    )  # fmt: skip
    series = NumberSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    if not is_new:
        if (series.pattern, series.next_number) == (pattern, next_number):
            return series
        if next_number < series.next_number:
            raise Refused(f"The next number is {series.next_number}; a series only goes forward.")
        series.pattern, series.next_number = pattern, next_number
        series.save(update_fields=["pattern", "next_number"])
    record_event(
        actor, "number_series.set", series, at=at, kind=kind, pattern=pattern,
        next_number=series.next_number, year=year,
    )  # fmt: skip
    return series


@transaction.atomic
def add_tax_rate(
    *,
    actor: Actor,
    code: str,
    name: str,
    country: str,
    category: str,
    rate_ppm: int,
    exemption: str = "",
    exemption_code: str = "",
    valid_from: date,
    at: datetime,
) -> TaxRate:
    """Add a tax code, or what it is from a day on; the same again is the row of before.

    Raises Refused for a rate that its category cannot have, and for a day it has a row for.
    """
    actor.require("invoicing.edit")
    called = needed(text=code, most=20, what="code", missing="Give the tax code a code.")
    if category not in TaxRate.Category.values:
        raise Refused(f"There is no tax category {category!r}.")
    is_taxed = category == TaxRate.Category.STANDARD
    if is_taxed != (0 < rate_ppm <= PPM):
        raise Refused("Category S has a rate above 0 % and at most 100 %, every other one 0 %.")
    fields = {
        "name": needed(text=name, most=80, what="name", missing="Give the tax code a name."),
        "country": _country(country),
        "category": category,
        "rate_ppm": rate_ppm,
        "exemption": fitting(text=exemption, most=200, what="reason of exemption"),
        "exemption_code": fitting(text=exemption_code, most=30, what="VATEX code"),
    }
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    row, is_new = TaxRate.objects.get_or_create(
        company=actor.company, code=called, valid_from=valid_from,
        defaults={**fields, "author": actor.name, "recorded_at": at},
    )  # fmt: skip
    if not is_new:
        if any(getattr(row, name) != value for name, value in fields.items()):
            raise Refused(f"{called} is stated from {valid_from} on already; choose a later day.")
        return row
    record_event(
        actor, "tax_rate.added", row, at=at, code=called, rate_ppm=rate_ppm,
        category=category, valid_from=valid_from.isoformat(),
    )  # fmt: skip
    return row


def _texts(model: type[Model], names: tuple[str, ...], texts: Mapping[str, str]) -> dict[str, str]:
    if strange := sorted(set(texts) - set(names)):
        raise Refused(f"There is no field {strange[0]}.")
    found = {}
    for name in names:
        most = int(getattr(model._meta.get_field(name), "max_length", 0) or 0)
        found[name] = fitting(text=texts.get(name, ""), most=most, what=name.replace("_", " "))
    try:
        if found.get("email"):
            validate_email(found["email"])
    except ValidationError as error:
        raise Refused(f"{found['email']} is no mail address.") from error
    return found


def _country(text: str) -> str:
    code = text.strip().upper()
    if len(code) != COUNTRY_LETTERS or not code.isalpha():
        raise Refused("Write the country in its two letters, such as DE.")
    return code


def _saved(
    row: Settings, wanted: Mapping[str, object], *, version: int, at: datetime
) -> tuple[Settings, list[str]]:
    """Write what differs; return the row and the names of its changed fields."""
    if row.version != version:
        raise Stale("Somebody changed these settings meanwhile; load the page again.")
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    if changed or row.pk is None:
        for name in changed:
            setattr(row, name, wanted[name])
        row.version = version + 1
        row.recorded_at = at
        row.save()
    return row, changed
