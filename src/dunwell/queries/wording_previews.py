"""Message wordings as a reader would get them: filled with a real customer's items."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from dunwell.engine.legal_blocks import LegalText, with_legal_texts
from dunwell.engine.rendering import render
from dunwell.engine.wording import DIALOGUE_LINK, Facts, Wording, WordingError
from dunwell.engine.wording_documents import TONES, WORDABLE, WordingsDocument
from dunwell.models import Company, Customer, OpenItem
from dunwell.queries.compositions import legal_of
from dunwell.queries.contact_rules import contact_book
from dunwell.queries.follow_ups import LINK
from dunwell.queries.message_facts import NamedItem, message_facts, open_promises
from dunwell.queries.wordings import wordings_in_force

MOST_ITEMS = 4
"""So many items stand in a preview."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingPreview:
    """One template in one language; `trouble` says why it could not be filled."""

    template: str
    subject: str
    body: str
    trouble: str = ""
    form: str = ""
    """The tone or variant it is, empty for the plain text."""
    legal: tuple[LegalText, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingPreviews:
    """All templates of a language, filled for one customer; no customer when nothing is open.

    `version_id` is the version of the texts, None for the shipped ones.
    """

    language: str
    customer_id: int | None
    customer_name: str
    previews: tuple[WordingPreview, ...]
    version_id: int | None = None


def wording_previews(
    company: Company,
    *,
    language: str,
    as_of: date,
    customer_id: int | None = None,
    document: WordingsDocument | None = None,
) -> WordingPreviews:
    """Return every wording in force filled with the overdue items of one customer.

    Of a draft where its document is given. Without a customer, or with one that owes nothing, one
    that is late is taken. The number of queries does not grow with the texts.
    """
    chosen = _chosen(company, as_of, customer_id)
    now = wordings_in_force(company, language, as_of=as_of)
    if not chosen:
        return WordingPreviews(language=language, customer_id=None, customer_name="", previews=())
    texts = document or now.document
    customer = chosen[0].customer
    facts = _facts(customer, chosen, language=language, as_of=as_of)
    acts_as = contact_book(company, as_of=as_of).policy.acts_as
    previews = [
        _preview(
            template,
            form,
            wording,
            facts,
            legal_of(customer, "email", template, language=language, acts_as=acts_as),
        )
        for template in WORDABLE
        for form, wording in forms_of(texts, template)
    ]
    return WordingPreviews(
        language=language,
        customer_id=customer.pk,
        customer_name=customer.name,
        previews=tuple(previews),
        version_id=None if document else now.version_id,
    )


def forms_of(document: WordingsDocument, template: str) -> Iterator[tuple[str, Wording]]:
    """Yield the texts there are of a template: plain, then its tones, then its variants."""
    yield "", document.wordings[template]
    for tone in TONES:
        if (template, tone) in document.toned:
            yield tone, document.toned[template, tone]
    yield from ((one.name, one.wording) for one in document.variants.get(template, ()))


def _preview(
    template: str, form: str, wording: Wording, facts: Facts, legal: tuple[LegalText, ...]
) -> WordingPreview:
    try:
        subject, body = render(wording, facts)
    except WordingError as error:
        return WordingPreview(
            template=template, form=form, subject="", body="", trouble=str(error)
        )
    return WordingPreview(
        template=template,
        form=form,
        subject=subject,
        body=with_legal_texts(body, legal),
        legal=legal,
    )


def _chosen(company: Company, as_of: date, customer_id: int | None) -> list[OpenItem]:
    """Return the oldest overdue items of one customer with an e-mail address, else of any."""
    overdue = OpenItem.objects.filter(company=company, due_on__lt=as_of, open_minor__gt=0)
    if customer_id is not None and (found := _items_of(overdue.filter(customer=customer_id))):
        return found
    reached = overdue.filter(customer__contacts__email__gt="")
    first = (
        reached.order_by("-due_on", "item").first() or overdue.order_by("due_on", "item").first()
    )
    if first is None:
        return []
    return _items_of(overdue.filter(customer=first.customer_id, currency=first.currency))


def _items_of(rows: QuerySet[OpenItem]) -> list[OpenItem]:
    return list(
        rows.select_related("item", "customer__company").order_by("due_on", "item")[:MOST_ITEMS]
    )


def _facts(customer: Customer, rows: list[OpenItem], *, language: str, as_of: date) -> Facts:
    """Return the facts of a preview; without a promise today's claim stands for one."""
    first = rows[0]
    asked = sum(row.open_minor for row in rows if row.currency == first.currency)
    contact = customer.contacts.order_by("-is_primary", "id").first()
    facts = message_facts(
        customer,
        [NamedItem(item=row.item, open_minor=row.open_minor) for row in rows],
        contact=contact,
        writer="",
        language=language,
        as_of=as_of,
        promise=next(iter(open_promises(customer)), (as_of, asked, first.currency)),
    )
    return replace(facts, values={**facts.values, DIALOGUE_LINK: LINK})
