"""What customers of the demo write: a dozen mails, as people write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoMail:
    """A mail; `{item}`, `{second}`, `{amount}` and `{day}` stand for the customer's own.

    Days and amounts are written in its language; `days` says which day, from today on.
    """

    name: str
    hours_ago: int
    language: str = "en"
    days: int = 5
    subject: str
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Who writes it, about which items; amounts and days already as texts."""

    address: str
    name: str
    item: str
    second: str
    amount: str
    day: str


MAILS: Sequence[DemoMail] = (
    DemoMail(
        name="promise",
        hours_ago=3,
        subject="Re: Reminder",
        body="Hello,\n\nsorry for the delay, your invoice went to the wrong desk. We will "
        "transfer {amount} for {item} on {day}.\n\nBest regards\n{name}\nAccounts Payable\n",
    ),
    DemoMail(
        name="dispute",
        hours_ago=5,
        subject="Invoice {item} - short delivery",
        body="Dear colleagues,\n\non invoice {item} you billed 40 cartons but only 34 arrived, "
        "see the delivery note. We will not pay the missing 6 until this is corrected. Please "
        "send a credit note.\n\nKind regards\n{name}\n",
    ),
    DemoMail(
        name="copy",
        hours_ago=6,
        subject="invoice copy please",
        body="hi, can you pls send me a copy of {item} again? cannot find it in our system. thx "
        "{name}\n",
    ),
    DemoMail(
        name="paid",
        hours_ago=8,
        language="de",
        days=-4,
        subject="AW: Mahnung",
        body="Guten Tag,\n\nRechnung {item} über {amount} haben wir bereits am {day} überwiesen. "
        "Bitte prüfen Sie Ihren Zahlungseingang.\n\nMit freundlichen Grüßen\n{name}\n",
    ),
    DemoMail(
        name="order",
        hours_ago=9,
        subject="Missing PO number",
        body="Hello,\n\nwe cannot process {item} because no purchase order number is stated on "
        "it. Please issue the invoice again with PO 4500017731.\n\nRegards\n{name}\n",
    ),
    DemoMail(
        name="advice",
        hours_ago=11,
        days=-1,
        subject="Remittance advice",
        body="Please find below the details of our payment of {day}:\n\n{item}   {amount}\n\n"
        "{name}\nTreasury\n",
    ),
    DemoMail(
        name="plan",
        hours_ago=20,
        language="de",
        subject="Ratenzahlung möglich?",
        body="Sehr geehrte Damen und Herren,\n\nwegen eines Zahlungsausfalls können wir {item} im "
        "Moment nicht auf einmal zahlen. Wäre eine Zahlung in drei Monatsraten möglich?\n\n"
        "Freundliche Grüße\n{name}\n",
    ),
    DemoMail(
        name="contact",
        hours_ago=26,
        subject="New contact in accounts payable",
        body="Hello,\n\nplease note that invoices and reminders should go to "
        "payables-desk@{domain} from now on, as I am leaving the department.\n\nThanks\n{name}\n",
    ),
    DemoMail(
        name="away",
        hours_ago=27,
        subject="Out of office: Reminder",
        body="I am out of the office until {day} with limited access to mail. In urgent cases "
        "please write to my colleague.\n\n{name}\n",
    ),
    DemoMail(
        name="redirect",
        hours_ago=30,
        language="fr",
        subject="Re: Relance facture {item}",
        body="Bonjour,\n\nje ne suis pas responsable de ce dossier. Merci de vous adresser à "
        "notre service comptable pour la facture {item}.\n\nCordialement\n{name}\n",
    ),
    DemoMail(
        name="hostile",
        hours_ago=33,
        subject="stop this",
        body="This is the third time you write about {item}. Your service is a disgrace and I am "
        "fed up with these threats. Sort it out or we take our business elsewhere.\n\n{name}\n",
    ),
    DemoMail(
        name="two promises",
        hours_ago=50,
        language="es",
        subject="Re: Statement of account",
        body="Hola,\n\npagaremos la factura {item} el {day} y la {second} a finales de mes.\n\n"
        "Saludos\n{name}\n",
    ),
)


def mail_bytes(mail: DemoMail, writer: Writer, *, to: str, at: datetime) -> bytes:
    """Return the mail as it arrives, the same bytes for the same writer and moment."""
    words = {
        "item": writer.item,
        "second": writer.second,
        "amount": writer.amount,
        "day": writer.day,
        "name": writer.name,
        "domain": writer.address.rpartition("@")[2],
    }
    message = EmailMessage()
    message["From"] = f'"{writer.name}" <{writer.address}>'
    message["To"] = to
    message["Subject"] = mail.subject.format(**words)
    message["Date"] = format_datetime(at)
    place = mail.name.replace(" ", "-")
    message["Message-ID"] = f"<{place}.{writer.address.partition('@')[0]}@customer.example>"
    if mail.name == "away":
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(mail.body.format(**words))
    return message.as_bytes()
