"""What customers of the demo write: a mail in one language, of days that fit what it says."""

from datetime import timedelta

from dunwell.demo.mails import MAILS
from dunwell.jobs.demo_conversations import play_conversations
from dunwell.models import Contact, InboundMessage
from dunwell.queries.wordings import day_text, money_text
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

LONG_AGO = TODAY - timedelta(days=80)
CUSTOMERS = 100


def test_days_and_amounts_are_in_the_language_of_the_mail_and_what_was_paid_is_over(
    company, collector
):
    for n in range(CUSTOMERS):
        customer = add_customer(company, f"C{n}", language="fr")
        if n < len(MAILS):
            Contact.objects.create(
                customer=customer, name=f"Person {n}", email=f"ap@c{n}.example", recorded_at=AT
            )
            invoice(customer, f"R{n}", 400_00, issued_on=LONG_AGO, due_on=LONG_AGO)
    assert play_conversations(company, as_of=TODAY, at=AT) == len(MAILS)
    said = {mail.subject: " ".join(mail.text.split()) for mail in InboundMessage.objects.all()}
    paid, ago = said["AW: Mahnung"], TODAY - timedelta(days=4)
    assert " ".join(f"über {money_text(400_00, 'EUR', 'de')}".split()) in paid
    assert f"bereits am {day_text(ago, 'de')} überwiesen" in paid
    soon = day_text(TODAY + timedelta(days=5), "en")
    assert f"on {soon}." in said["Re: Reminder"]
