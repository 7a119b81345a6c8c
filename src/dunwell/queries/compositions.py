"""A message a person writes, as it would go out: filled, judged, and with what stands against it.

Whatever is shown before sending is what is sent: the page, the API and the action ask here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from dunwell.engine.composition_findings import Finding, block, text_findings, warning
from dunwell.engine.legal_blocks import LegalText, MessageScope, legal_texts, with_legal_texts
from dunwell.engine.money import amount_words
from dunwell.engine.phrases import phrase_hits
from dunwell.engine.rendering import render
from dunwell.engine.stated_amounts import amount_findings
from dunwell.engine.wording import CALL_TEMPLATES, DIALOGUE_TEMPLATES, WordingError, check_text
from dunwell.engine.wording_documents import FREE, WORDABLE
from dunwell.formats.short_messages import phone_number, segments_of
from dunwell.formats.suppression_rows import clean_address
from dunwell.models import Company, Contact, Customer, Dispute, Item
from dunwell.queries.channel_carriers import active_channels, kind_of
from dunwell.queries.composed_deliveries import opted_out_channels
from dunwell.queries.contact_rules import ContactVerdict, contact_book, customer_verdicts
from dunwell.queries.message_facts import (
    NamedItem,
    message_facts,
    message_ledger,
    named_items,
    open_promises,
    spoken_to,
)
from dunwell.queries.suppressions import suppressed
from dunwell.queries.wordings import WordingsInForce, shipped_legal_blocks, wordings_in_force

CHANNELS = ("email", "sms", "letter", "portal")
"""Ways a composed message may go: by carriers, or as a letter a person posts."""

COMPOSABLE = tuple(name for name in WORDABLE if name not in CALL_TEMPLATES | DIALOGUE_TEMPLATES)
"""Templates a message may start from."""

SMS_SEGMENTS = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to say: whom to, how, about which items, in which words.

    Without subject and body the template's are taken; both may hold its placeholders.
    """

    customer: Customer
    channel: str
    contact: Contact | None = None
    subject: str = ""
    body: str = ""
    template: str = ""
    items: Sequence[Item] = ()
    is_answer: bool = False
    writer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Composition:
    """The message as it would go out, and what stands against it.

    `verdict` is the contact rules' word, None for an answer, which is no contact of ours.
    `approval` says why a second person has to see it first, empty where nobody has to.
    """

    to: str
    language: str
    subject: str
    body: str
    named: tuple[NamedItem, ...]
    findings: tuple[Finding, ...]
    verdict: ContactVerdict | None
    approval: str
    legal: tuple[LegalText, ...] = ()
    wording: int | None = None
    tone: str = ""
    variant: str = ""
    trouble: str = ""

    @property
    def blocks(self) -> tuple[Finding, ...]:
        """Return what keeps it from going out."""
        return tuple(one for one in self.findings if one.is_blocking)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return what its sender has to confirm."""
        return tuple(one for one in self.findings if not one.is_blocking)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    subject: str
    body: str
    tone: str = ""
    variant: str = ""
    legal: tuple[LegalText, ...] = ()


def composition(wish: Wish, *, as_of: date, at: datetime) -> Composition:
    """Return a message as it would go out now, with everything that stands against it.

    Where it cannot be worded at all `trouble` says why and the texts stay as they were wished.
    The number of queries does not grow with the items.
    """
    customer = wish.customer
    company = customer.company
    language = spoken_to(company, customer, wish.contact)
    now = wordings_in_force(company, language, as_of=as_of)
    named = named_items(wish.items)
    to = _address(wish, company)
    verdict = _verdict(wish, as_of=as_of, at=at)
    against = _against(wish, to, verdict, as_of=as_of)
    try:
        words = _worded(wish, now, named, as_of=as_of)
    except WordingError as error:
        return Composition(
            to=to,
            language=language,
            named=named,
            verdict=verdict,
            subject=wish.subject,
            body=wish.body,
            findings=(block("text", "body", str(error)), *against),
            approval="",
            trouble=str(error),
        )
    findings = (*against, *_of_text(wish, words, now, named))
    return Composition(
        to=to,
        language=language,
        named=named,
        verdict=verdict,
        subject=words.subject,
        body=with_legal_texts(words.body, words.legal),
        findings=tuple(sorted(findings, key=lambda one: not one.is_blocking)),
        approval=_approval(wish, now),
        legal=words.legal,
        wording=now.version_id,
        tone=words.tone,
        variant=words.variant,
    )


def starting_text(
    customer: Customer, contact: Contact | None, template: str, *, as_of: date
) -> tuple[str, str]:
    """Return subject and body of a template in the contact's language, its placeholders unfilled.

    Empty texts for a template that there is not.
    """
    language = spoken_to(customer.company, customer, contact)
    now = wordings_in_force(customer.company, language, as_of=as_of)
    if template not in COMPOSABLE:
        return "", ""
    chosen = now.chosen(template, segment=customer.segment, customer_id=customer.pk)
    return chosen.wording.subject, chosen.wording.body


def _worded(
    wish: Wish, now: WordingsInForce, named: Sequence[NamedItem], *, as_of: date
) -> _Words:
    """Return the texts filled with the ledger's facts; raise WordingError."""
    customer = wish.customer
    template = wish.template if wish.template in COMPOSABLE else ""
    chosen = now.chosen(template or "answer", segment=customer.segment, customer_id=customer.pk)
    base = chosen.wording
    is_templates_own = bool(template) and (not wish.body.strip() or wish.body == base.body)
    body = wish.body.replace("\r\n", "\n") if wish.body.strip() else base.body if template else ""
    subject = wish.subject.strip() or (base.subject if template else "")
    if not body.strip():
        raise WordingError("Write something, or choose a text to start from.")
    text = replace(base, template=template or FREE, subject=subject, body=body)
    check_text(text)
    facts = message_facts(
        customer,
        named,
        contact=wish.contact,
        writer=wish.writer,
        language=now.language,
        as_of=as_of,
        promise=next(iter(open_promises(customer)), None),
    )
    filled_subject, filled_body = render(text, facts)
    return _Words(
        subject=filled_subject,
        body=filled_body,
        tone=chosen.tone if is_templates_own else "",
        variant=chosen.variant if is_templates_own else "",
        legal=legal_of(
            customer,
            wish.channel,
            template,
            language=now.language,
            acts_as=contact_book(customer.company, as_of=as_of).policy.acts_as,
        ),
    )


def legal_of(
    customer: Customer, channel: str, template: str, *, language: str, acts_as: str
) -> tuple[LegalText, ...]:
    """Return the sentences the law asks for in a message to a customer.

    `acts_as` is how the company collects, as its contact policy in force says.
    """
    company = customer.company
    scope = MessageScope(
        country=customer.country or company.country,
        party=customer.party,
        use=customer.debt_use,
        acts_as=acts_as,
        channel=channel,
        template=template,
    )
    return legal_texts(shipped_legal_blocks(), scope, language=language)


def _of_text(
    wish: Wish, words: _Words, now: WordingsInForce, named: Sequence[NamedItem]
) -> tuple[Finding, ...]:
    """Return what the words say that they should not: phrases, amounts, too much for the way."""
    customer = wish.customer
    hits = [
        hit
        for part, text in (("subject", words.subject), ("body", words.body))
        for hit in phrase_hits(text, now.phrases, language=now.language, part=part)
    ]
    whole = f"{words.subject}\n{words.body}"
    ledger = message_ledger(customer, whole, named)
    found = [
        *text_findings(hits, amount_findings(words.body, ledger)),
        *text_findings((), amount_findings(words.subject, ledger), part="subject"),
    ]
    if wish.channel == "email" and not words.subject.strip():
        found.append(block("subject", "subject", "A mail needs a subject."))
    if wish.channel == "sms":
        taken = segments_of(words.body).segments
        if taken > SMS_SEGMENTS:
            found.append(
                warning("length", "body", f"The text takes {taken} short messages, not one.")
            )
    return (*found, *_disputed(named))


def _disputed(named: Sequence[NamedItem]) -> list[Finding]:
    """Return a warning for each named item of which a part is disputed; one query."""
    by_key = {one.item.pk: one for one in named}
    sums: dict[int, int] = {}
    rows = Dispute.objects.filter(item__in=by_key, closed_on=None)
    for key, amount in rows.values_list("item_id", "amount_minor"):
        sums[key] = sums.get(key, 0) + amount
    return [
        warning(
            "disputed",
            "items",
            f"{amount_words(amount, by_key[key].item.currency)} of {by_key[key].item.number} is "
            "disputed; do not ask for that part.",
        )
        for key, amount in sorted(sums.items())
    ]


def _against(
    wish: Wish, to: str, verdict: ContactVerdict | None, *, as_of: date
) -> tuple[Finding, ...]:
    """Return what stands against the way and the address."""
    customer, found = wish.customer, list[Finding]()
    if wish.channel == "letter" and not customer.address.strip():
        found.append(block("address", "to", "The customer has no postal address."))
    if wish.channel != "letter" and not to:
        what = "number that can be dialled" if wish.channel == "sms" else "mail address"
        found.append(block("address", "to", f"The contact has no {what}."))
    if wish.channel == "sms" and not kind_of("sms", active_channels(customer.company)):
        found.append(block("carrier", "channel", "No carrier of short messages is set up."))
    way = "sms" if wish.channel == "sms" else "email"
    if to and clean_address(to) in suppressed(customer.company, way, [to]):
        found.append(block("suppressed", "to", f"{to} is on the list of those that get nothing."))
    contact = wish.contact
    if contact is not None and contact.bounced_on is not None and to == contact.email:
        found.append(block("bounced", "to", f"Mail to {to} came back on {contact.bounced_on}."))
    barred = opted_out_channels(customer.company, [customer.pk], as_of=as_of)
    if {(customer.pk, ""), (customer.pk, wish.channel)} & barred:
        found.append(block("opted_out", "channel", "The customer opted out of this channel."))
    elif customer.is_opted_out and not wish.is_answer:
        found.append(block("opted_out", "channel", "The customer opted out of messages."))
    if verdict is not None and not verdict.is_allowed:
        make = warning if verdict.next_at is not None else block
        found.append(make("contact_rule", "channel", verdict.refusal()))
    return tuple(found)


def _verdict(wish: Wish, *, as_of: date, at: datetime) -> ContactVerdict | None:
    if wish.is_answer:
        return None
    customer, contact = wish.customer, wish.contact
    [verdict] = customer_verdicts(
        customer.company,
        customer.pk,
        as_of=as_of,
        at=at,
        channels=(wish.channel,),
        contact_id=None if contact is None else contact.pk,
        role=None if contact is None else contact.role,
    )
    return verdict


def _address(wish: Wish, company: Company) -> str:
    contact = wish.contact
    if contact is None or wish.channel == "letter":
        return ""
    if wish.channel == "sms":
        return phone_number(contact.phone, country=wish.customer.country or company.country)
    return contact.email


def _approval(wish: Wish, now: WordingsInForce) -> str:
    """Return why a second person has to see the message, empty where nobody has to."""
    asked = wish.template or FREE
    if wish.is_answer or asked not in now.document.approve:
        return ""
    return (
        "What is written freely is seen by a second person before it goes out."
        if asked == FREE
        else "This text is seen by a second person before it goes out."
    )
