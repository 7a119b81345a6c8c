"""Message wordings as a reader would get them: filled with a real customer's items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from dunwell.engine.calendars import next_business_day
from dunwell.engine.wording import TEMPLATES, Facts, WordingError, render
from dunwell.models import Company, OpenItem
from dunwell.queries.charges_told import accrued_charges, charge_texts
from dunwell.queries.texts import DAYS_TO_PAY
from dunwell.queries.wordings import HOW_TO_PAY, KINDS, day_text, money_text, shipped_wordings

MOST_ITEMS = 4
"""So many items stand in a preview."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingPreview:
    """One template in one language; `trouble` says why it could not be filled."""

    template: str
    subject: str
    body: str
    trouble: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingPreviews:
    """All templates of a language, filled for one customer; no customer when nothing is open."""

    language: str
    customer_id: int | None
    customer_name: str
    previews: tuple[WordingPreview, ...]


def wording_previews(company: Company, *, language: str, as_of: date) -> WordingPreviews:
    """Return every shipped wording filled with the overdue items of one customer."""
    chosen = _chosen(company, as_of)
    wordings = shipped_wordings(language)
    if not chosen:
        return WordingPreviews(language=language, customer_id=None, customer_name="", previews=())
    facts = _facts(company, chosen, language=language, as_of=as_of)
    previews = []
    for template in TEMPLATES:
        if template not in wordings:
            continue
        try:
            subject, body = render(wordings[template], facts)
        except WordingError as error:
            previews.append(
                WordingPreview(template=template, subject="", body="", trouble=str(error))
            )
        else:
            previews.append(WordingPreview(template=template, subject=subject, body=body))
    customer = chosen[0].customer
    return WordingPreviews(
        language=language,
        customer_id=customer.pk,
        customer_name=customer.name,
        previews=tuple(previews),
    )


def _chosen(company: Company, as_of: date) -> list[OpenItem]:
    """Return the oldest overdue items of one customer with an e-mail address, else of any."""
    overdue = OpenItem.objects.filter(company=company, due_on__lt=as_of, open_minor__gt=0)
    reached = overdue.filter(customer__contacts__email__gt="")
    first = (
        reached.order_by("-due_on", "item").first() or overdue.order_by("due_on", "item").first()
    )
    if first is None:
        return []
    same = overdue.filter(customer=first.customer_id, currency=first.currency)
    return list(same.select_related("item", "customer").order_by("due_on", "item")[:MOST_ITEMS])


def _facts(company: Company, rows: list[OpenItem], *, language: str, as_of: date) -> Facts:
    customer, currency = rows[0].customer, rows[0].currency
    asked = sum(row.open_minor for row in rows)
    total = money_text(asked, currency, language)
    listed = {row.item_id for row in rows}
    accrued = charge_texts(
        [
            row
            for row in accrued_charges(company, customer_id=customer.pk)
            .sort("due_day", "number", "item_id")
            .iter_rows(named=True)
            if row["item_id"] in listed or not row["is_open"]
        ],
        demand={currency: asked},
        language=language,
    )
    pay_by = next_business_day(as_of + timedelta(days=DAYS_TO_PAY), country=company.country)
    contact = customer.contacts.order_by("-is_primary", "id").first()
    values = {
        "customer_name": customer.name,
        "contact_name": (contact.name if contact else "") or customer.name,
        "company_name": company.name,
        "collector_name": company.name,
        "reply_to": company.reply_to or settings.DEFAULT_FROM_EMAIL,
        "how_to_pay": company.pay_to or HOW_TO_PAY[language],
        "reference": customer.number,
        "today": day_text(as_of, language),
        "pay_by": day_text(pay_by, language),
        "item_count": str(len(rows)),
        "oldest_days_late": str((as_of - rows[0].due_on).days),
        "promise_day": day_text(as_of, language),
        "promise_amount": total,
        "pay_link": "",
        **accrued.values,
    }
    return Facts(
        values=values,
        items=[_line(row, language=language, as_of=as_of) for row in rows],
        totals={currency: total},
        charges=accrued.lines,
        charge_totals=accrued.totals,
    )


def _line(row: OpenItem, *, language: str, as_of: date) -> Mapping[str, str]:
    return {
        "kind": KINDS[language][row.item.kind],
        "number": row.item.number,
        "issued_on": day_text(row.item.issued_on, language),
        "due_on": day_text(row.due_on, language),
        "days_late": str((as_of - row.due_on).days),
        "open": money_text(row.open_minor, row.currency, language),
        "currency": row.currency,
    }
