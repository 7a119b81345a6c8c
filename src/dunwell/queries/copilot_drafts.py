"""A draft of the copilot: the wording that fits, filled from the ledger, with what stands against.

Mail and letter are compositions as the composer shows them; what to say in a call is the call
script of the wordings in force. Nothing is written: a person sends it by the composer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from dunwell.engine.composition_findings import Finding
from dunwell.engine.copilot import DraftChoice
from dunwell.engine.legal_blocks import with_legal_texts
from dunwell.engine.rendering import render
from dunwell.engine.wording import WordingError
from dunwell.models import Contact, Customer, Item
from dunwell.queries.compositions import Wish, composition
from dunwell.queries.message_facts import message_facts, named_items, open_promises, spoken_to
from dunwell.queries.wordings import wordings_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class CopilotDraft:
    """A draft in the language of whom it is for; `trouble` says why there is none.

    `item_ids` are the items it asks for, `contact_id` whom it is written to, `findings` what
    stands against sending it now. `channel` is empty for what is said in a call. `own_words` is
    the text without the sentences the law asks for, which the composer adds itself.
    """

    kind: str
    channel: str
    template: str
    contact_id: int | None
    language: str
    subject: str
    body: str
    own_words: str
    item_ids: tuple[int, ...]
    findings: tuple[Finding, ...]
    trouble: str


def copilot_draft(
    customer: Customer, choice: DraftChoice, *, writer: str, as_of: date, at: datetime
) -> CopilotDraft:
    """Return the draft of a choice, filled with what the ledger says now."""
    contact = customer.contacts.order_by("-is_primary", "role", "id").first()
    items = list(Item.objects.filter(customer=customer, pk__in=choice.item_ids))
    if choice.kind == "call":
        return _script(customer, contact, items, choice, writer=writer, as_of=as_of)
    found = composition(
        Wish(
            customer=customer,
            channel=choice.kind,
            contact=contact,
            template=choice.template,
            items=items,
            writer=writer,
        ),
        as_of=as_of,
        at=at,
    )
    return CopilotDraft(
        kind=choice.kind,
        channel=choice.kind,
        template=choice.template,
        contact_id=None if contact is None else contact.pk,
        language=found.language,
        subject=found.subject,
        body=found.body,
        own_words=found.body.removesuffix(with_legal_texts("", found.legal)).rstrip(),
        item_ids=choice.item_ids,
        findings=found.findings,
        trouble=found.trouble,
    )


def _script(
    customer: Customer,
    contact: Contact | None,
    items: Sequence[Item],
    choice: DraftChoice,
    *,
    writer: str,
    as_of: date,
) -> CopilotDraft:
    language = spoken_to(customer.company, customer, contact)
    now = wordings_in_force(customer.company, language, as_of=as_of)
    chosen = now.chosen(choice.template, segment=customer.segment, customer_id=customer.pk)
    facts = message_facts(
        customer,
        named_items(items),
        contact=contact,
        writer=writer,
        language=now.language,
        as_of=as_of,
        promise=next(iter(open_promises(customer)), None),
    )
    draft = CopilotDraft(
        kind=choice.kind,
        channel="",
        template=choice.template,
        contact_id=None if contact is None else contact.pk,
        language=now.language,
        subject="",
        body="",
        own_words="",
        item_ids=choice.item_ids,
        findings=(),
        trouble="",
    )
    if not items:
        return replace(draft, trouble="Nothing is late that may be asked for in a call.")
    try:
        subject, body = render(chosen.wording, facts)
    except WordingError as error:
        return replace(draft, trouble=str(error))
    return replace(draft, subject=subject, body=body, own_words=body)
