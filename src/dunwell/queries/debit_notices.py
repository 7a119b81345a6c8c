"""Pre-notifications of direct debits: their words, whether one may still go out, and what the
chase gate must know of debits under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

import narwhals.stable.v2 as nw
from django.conf import settings

from dunwell.engine.rendering import render
from dunwell.engine.schema import HOLDS
from dunwell.engine.wording import Facts, Wording, read_wordings
from dunwell.formats.policies import read_policy
from dunwell.models import Company, Contact, Debit, DebitRun, Message
from dunwell.queries import frames
from dunwell.queries.portal_links import told_door
from dunwell.queries.wordings import KINDS, day_text, language_of, money_text

NOTICE = "debit_notice"
"""Template of a pre-notification."""

BY_MAIL = ("notice", "notice2", "notice3")
"""Channels of pre-notifications by mail. A customer gets one message per channel and day, so
the second debit told of on one day goes by the second channel; none meets the day's reminder."""

BY_POST = ("post", "post2", "post3")
"""Channels of pre-notifications that a person prints and posts."""

NOTICES = (*BY_MAIL, *BY_POST)

STATEMENT = "account_statement"
"""Template of a mail with a statement of account."""

BY_STATEMENT = ("statement", "stated2", "stated3")
"""Channels of such mails, three a customer and day; none meets the day's reminder."""

ASKING_NOTHING = (NOTICE, STATEMENT)
"""Templates that ask for nothing: they are no contact in the sense of a strategy."""

PATIENCE_DAYS = 10
"""Days after the collection for which its items are not chased, until the bank's word is in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeText:
    """One pre-notification in words."""

    language: str
    to: str
    subject: str
    body: str


@lru_cache
def shipped_notices(language: str) -> Mapping[str, Wording]:
    """Return the wordings of what must be told, in a language of wordings.LANGUAGES."""
    path = files("dunwell") / "policies" / f"notices_{language}.yaml"
    return read_wordings(read_policy(path.read_text(encoding="utf-8")).document)


def notice_text(
    debit: Debit, contact: Contact | None, *, retry_days: Sequence[int], as_of: date
) -> NoticeText:
    """Return what a customer is told of a debit: amount, day, mandate, creditor and items.

    `debit` brings run, account, company, customer, mandate and its lines with items along.
    Raises WordingError when a fact does not fit.
    """
    run, customer, company = debit.run, debit.customer, debit.run.company
    language = language_of(
        contact.language if contact else "", customer.language, company.language
    )
    lines = sorted(debit.lines.all(), key=lambda line: (line.item.due_on, line.item_id))
    total = money_text(debit.amount_minor, run.account.currency, language)
    facts = Facts(
        values={
            "contact_name": (contact.name if contact else "") or customer.name,
            "customer_name": customer.name,
            "company_name": company.name,
            "reply_to": company.reply_to or settings.DEFAULT_FROM_EMAIL,
            "today": day_text(as_of, language),
            "debit_day": day_text(run.collect_on, language),
            "mandate": debit.mandate.reference,
            "creditor_id": run.account.creditor_id,
            "debit_account": hidden_account(debit.mandate.iban),
            "retry_days": ", ".join(map(str, retry_days)) or "0",
            "pay_link": told_door(),
        },
        items=[
            {
                "kind": KINDS[language].get(line.item.kind, line.item.kind),
                "number": line.item.number,
                "issued_on": day_text(line.item.issued_on, language),
                "due_on": day_text(line.item.due_on, language),
                "days_late": "",
                "open": money_text(line.amount_minor, line.item.currency, language),
                "currency": line.item.currency,
            }
            for line in lines
        ],
        totals={run.account.currency: total},
    )
    subject, body = render(shipped_notices(language)[NOTICE], facts)
    return NoticeText(
        language=language, to=contact.email if contact else "", subject=subject, body=body
    )


def hidden_account(iban: str) -> str:
    """Return an IBAN of which only the country and the last four characters are shown."""
    return f"{iban[:2]}** **** {iban[-4:]}"


def is_notice(message: Message) -> bool:
    """Return whether a message tells and asks for nothing: of a debit, or a statement."""
    return message.channel in (*NOTICES, *BY_STATEMENT)


def notice_reasons(messages: Sequence[Message]) -> dict[int, set[str]]:
    """Return what stands against each pre-notification or statement, by key; nothing: it may go.

    Telling of a debit is a duty, not a reminder: neither opting out nor the chase gate stops
    it, only that the debit was taken out or the contact has another address by now. A statement
    was sent by a person; it stops where the address bounced meanwhile, too.
    """
    keys = [message.pk for message in messages]
    alive = set(
        Debit.objects.filter(
            notice__in=keys,
            status__in=(Debit.Status.PLANNED, Debit.Status.SENT),
            run__status__in=(DebitRun.Status.APPROVED, DebitRun.Status.SENT),
        ).values_list("notice", flat=True)
    )
    contacts = list(
        Contact.objects.filter(
            customer__in=[message.customer_id for message in messages],
            role=Contact.Role.PAYABLES,
            is_primary=True,
        ).values_list("customer_id", "email", "bounced_on")
    )
    current = {key: email for key, email, _ in contacts}
    bounced = {key for key, _, bounced_on in contacts if bounced_on is not None}
    reasons: dict[int, set[str]] = {}
    for message in messages:
        found = reasons.setdefault(message.pk, set())
        is_statement = message.channel in BY_STATEMENT
        if not is_statement and message.pk not in alive:
            found.add("debit_cancelled")
        if is_statement and message.customer_id in bounced:
            found.add("address_bounced")
        if current.get(message.customer_id, "") != message.to:
            found.add("address_changed")
    return reasons


def debit_holds_frame(company: Company) -> nw.LazyFrame:
    """Return items that a told debit pays or that wait for a retry, in columns HOLDS.

    The hold lasts from the day the run was made until some days after the collection, or until
    the day of the retry; then the item is chased again if it is still open.
    """
    made, collect = frames.day("r.made_on"), frames.day("r.collect_on")
    retry = frames.day("d.retry_on")
    joined = (
        "FROM dunwell_debititem l JOIN dunwell_debit d ON d.id = l.debit_id "
        "JOIN dunwell_debitrun r ON r.id = d.run_id"
    )
    return frames.read_frame(
        f"SELECT d.customer_id, l.item_id, 'debit', {made}, {collect} + {PATIENCE_DAYS} {joined} "
        "WHERE r.company_id = %s AND r.status IN ('approved', 'sent') "
        "AND d.status IN ('planned', 'sent') "
        f"UNION ALL SELECT d.customer_id, l.item_id, 'debit', {made}, {retry} {joined} "
        "WHERE r.company_id = %s AND d.status IN ('returned', 'refused') "
        "AND d.retry_on IS NOT NULL",
        [company.pk, company.pk],
        HOLDS,
    )


def told_in_time(*, as_of: date, collect_on: date, notice_days: int) -> bool:
    """Return whether customers told on a day hear of a collection early enough."""
    return as_of + timedelta(days=notice_days) <= collect_on
