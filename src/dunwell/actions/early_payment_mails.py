"""Telling customers of new offers for early payment: one mail in a week at most."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor
from dunwell.engine.early_payment import apr_ppm, discount_minor
from dunwell.engine.early_payment_policy import EarlyPaymentPolicy
from dunwell.engine.money import percent_words
from dunwell.formats.early_payment_words import OfferWords, offer_language, offer_mail
from dunwell.models import Company, Contact, EarlyPaymentOffer, Message
from dunwell.queries.early_payment import steps_in
from dunwell.queries.wordings import day_text, money_text

TEMPLATE = "early_payment"
AUTHOR = "early payment"
"""Who composed the mail: nobody of ours."""

EVERY = timedelta(days=7)
MOST_LINES = 20
"""Invoices a mail names; the others stand in the portal."""

BATCH = 500


@transaction.atomic
def tell_offers(*, actor: Actor, policy: EarlyPaymentPolicy, as_of: date, at: datetime) -> int:
    """Write one mail to each customer with offers it was not told of; return how many.

    Nothing where the policy tells nobody. Customers without an address, who opted out, or who had
    such a mail within a week are told later or not at all.
    """
    actor.require("early_payment.offer")
    if not policy.tells:
        return 0
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    by_customer: dict[int, list[EarlyPaymentOffer]] = {}
    new = EarlyPaymentOffer.objects.filter(
        company=company, status=EarlyPaymentOffer.Status.OPEN, message=None, until_on__gte=as_of
    )
    for offer in new.select_related("item").order_by("until_on", "pk"):
        by_customer.setdefault(offer.customer_id, []).append(offer)
    recent = Message.objects.filter(
        company=company, template=TEMPLATE, as_of__gt=as_of - EVERY, customer__in=by_customer
    )
    told = set(recent.values_list("customer_id", flat=True))
    contacts = Contact.objects.filter(
        customer__in=[key for key in by_customer if key not in told],
        customer__is_opted_out=False,
        role=Contact.Role.PAYABLES,
        is_primary=True,
        bounced_on=None,
    ).exclude(email="")
    asked = list(contacts.select_related("customer").order_by("customer"))
    mails = Message.objects.bulk_create(
        [_mail(company, one, by_customer[one.customer_id], as_of=as_of, at=at) for one in asked],
        batch_size=BATCH,
    )
    named = []
    for mail in mails:
        for offer in by_customer[mail.customer_id]:
            offer.message = mail
            named.append(offer)
    EarlyPaymentOffer.objects.bulk_update(named, ["message"], batch_size=BATCH)
    record_events(actor, [_fact(one, len(by_customer[one.customer_id])) for one in mails], at=at)
    return len(mails)


def _mail(
    company: Company,
    contact: Contact,
    offers: Sequence[EarlyPaymentOffer],
    *,
    as_of: date,
    at: datetime,
) -> Message:
    customer = contact.customer
    language = offer_language(contact.language or customer.language or company.language)
    address = urljoin(settings.SITE, reverse("portal-offers")) if settings.SITE else ""
    mail = offer_mail(
        language=language,
        company=company.name,
        name=contact.name or customer.name,
        offers=[_words(one, language) for one in offers[:MOST_LINES]],
        address=address,
    )
    return Message(
        company=company,
        customer=customer,
        channel="email",
        strategy="",
        level=0,
        template=TEMPLATE,
        language=mail.language,
        to=contact.email,
        subject=mail.subject,
        body=mail.body,
        body_sha256=hashlib.sha256(mail.body.encode()).hexdigest(),
        message_id=f"<{customer.pk}-{as_of.isoformat()}.early-payment@dunwell>",
        decision={
            "as_of": as_of.isoformat(),
            "demand_minor": {},
            "offers": [o.pk for o in offers],
        },
        author=AUTHOR,
        as_of=as_of,
        recorded_at=at,
    )


def _words(offer: EarlyPaymentOffer, language: str) -> OfferWords:
    """Return the first step of an offer as it is read."""
    step = steps_in(offer)[0]
    pay = offer.open_minor - discount_minor(offer.open_minor, step.rate_ppm)
    item = offer.item
    return OfferWords(
        number=item.number,
        pay=money_text(pay, item.currency, language),
        whole=money_text(offer.open_minor, item.currency, language),
        until=day_text(step.until_on, language),
        due=day_text(item.due_on, language),
        rate=percent_words(step.rate_ppm),
        apr=percent_words(apr_ppm(step.rate_ppm, (item.due_on - step.until_on).days)),
    )


def _fact(message: Message, offers: int) -> Fact:
    return Fact(
        verb="early_payment.told",
        subject="message",
        subject_id=message.pk,
        customer_id=message.customer_id,
        data={"offers": offers},
    )
