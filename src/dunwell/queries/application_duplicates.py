"""Customers an applicant may already be: the same VAT number, or a name that reads alike."""

import re
from dataclasses import dataclass

from django.db.models import Q

from dunwell.engine.sanctions import Listed, SanctionIndex, Subject, name_words
from dunwell.models import CreditApplication, Customer
from dunwell.models.sealed import mark_of

MOST = 500
LEAST_PPM = 880_000
START = 5
"""Letters of the longest word by which customers are looked up before they are compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """A customer who may be the applicant, and why: `vat` or the likeness of the names, ppm."""

    customer_id: int
    number: str
    name: str
    is_same_vat: bool
    score_ppm: int


def twins_of(application: CreditApplication) -> tuple[Twin, ...]:
    """Return the customers who may be the applicant, the surest first; one query."""
    vat = re.sub(r"[^A-Z0-9]", "", str(application.answers.get("vat_id") or "").upper())
    words = sorted(name_words(application.name), key=len, reverse=True)
    alike = Q(pk__in=())
    if words:
        alike |= Q(name__icontains=words[0][:START])
    # names with accents are written otherwise in the database
    typed = max(application.name.split(), key=len, default="")
    if typed:
        alike |= Q(name__icontains=typed[:START])
    if same := mark_of(Customer, "vat_id", vat):
        alike |= Q(vat_id_mark=same)
    found = {
        customer.pk: customer
        for customer in Customer.objects.filter(alike, company=application.company)
        .only("id", "number", "name", "vat_id")
        .order_by("id")[:MOST]
    }
    index = SanctionIndex(
        [
            Listed(source="customer", uid=str(key), kind="", names=(one.name,))
            for key, one in found.items()
        ]
    )
    subject = Subject(key="applicant", names=(application.name,))
    scores = {
        int(like.uid): like.score_ppm for like in index.screen([subject], threshold_ppm=LEAST_PPM)
    }
    twins = [
        Twin(
            customer_id=key,
            number=one.number,
            name=one.name,
            is_same_vat=bool(vat)
            and re.sub(r"[^A-Z0-9]", "", one.vat_id.upper()).endswith(vat[2:])
            and bool(one.vat_id),
            score_ppm=scores.get(key, 0),
        )
        for key, one in found.items()
    ]
    kept = [one for one in twins if one.is_same_vat or one.score_ppm]
    return tuple(sorted(kept, key=lambda one: (not one.is_same_vat, -one.score_ppm, one.number)))
