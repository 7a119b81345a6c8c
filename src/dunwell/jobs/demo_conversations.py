"""What is said, in the demo: mails of customers in the inbox, read and some of them dealt with.

Played once; who writes follows from the sample ledger alone.
"""

from datetime import date, datetime, timedelta

from dunwell.actions.gate import system
from dunwell.actions.intake import take_in
from dunwell.actions.mailboxes import add_mailbox
from dunwell.demo.mails import MAILS, DemoMail, Writer, mail_bytes
from dunwell.jobs.demo_stage import Stage
from dunwell.jobs.reading import read_new
from dunwell.models import Company, Contact, Customer, InboundMessage
from dunwell.queries.demo_debtors import free_debtors, late_items
from dunwell.queries.wordings import day_text, money_text

HOME = "EUR"
FEWEST_CUSTOMERS = 100
MAILBOX = "Receivables"


def play_conversations(company: Company, *, as_of: date, at: datetime) -> int:
    """Let a dozen customers write, unless they have; return how many mails there are then."""
    if Customer.objects.filter(company=company).count() < FEWEST_CUSTOMERS:
        return 0
    if InboundMessage.objects.filter(company=company).exists():
        return 0
    stage = Stage(company=company, as_of=as_of, at=at)
    mailbox = add_mailbox(actor=system(company), kind="upload", name=MAILBOX, at=at)
    debtors = free_debtors(company, currency=HOME, as_of=as_of, besides=())
    for mail, customer in zip(MAILS, debtors, strict=False):
        writer = _writer(customer, mail, as_of=as_of)
        if writer is not None:
            when = at - timedelta(hours=mail.hours_ago)
            take_in(
                actor=stage.actor("anna"),
                mailbox=mailbox,
                data=mail_bytes(mail, writer, to="receivables@dunwell-demo.example", at=when),
                received_at=when,
                at=at,
            )
    read_new(company.pk)
    return InboundMessage.objects.filter(company=company).count()


def _writer(customer: Customer, mail: DemoMail, *, as_of: date) -> Writer | None:
    """Return who writes a mail for a customer, None where nobody can or nothing is late."""
    contact = Contact.objects.filter(customer=customer).exclude(email="").order_by("id").first()
    items = late_items(customer, currency=HOME, as_of=as_of)
    if contact is None or not items:
        return None
    first, second = items[0], items[min(1, len(items) - 1)]
    day = as_of + timedelta(days=mail.days)
    return Writer(
        address=contact.email,
        name=contact.name or customer.name,
        item=first.number,
        second=second.number,
        amount=money_text(first.open_now.open_minor, first.currency, mail.language),
        day=day_text(day, mail.language),
    )
