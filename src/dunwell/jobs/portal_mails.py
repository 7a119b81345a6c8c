"""Answering wishes at the portal's door, and handing over mails about access to it.

The link or code of a mail is computed and put in at the very end: neither the database nor a
backup of it holds one that works.
"""

from collections import Counter
from email.utils import formataddr

from django.conf import settings

from dunwell import clock, walls
from dunwell.actions.portal_links import answer_knock
from dunwell.actions.portal_mails import claim_portal_mails, mark_portal_mail
from dunwell.formats.mail import AddressUnknown, Mail, MailFormError
from dunwell.formats.portal_words import CODE, DOOR, LINK
from dunwell.jobs.background import begin
from dunwell.jobs.plain_mails import hand_over_mails
from dunwell.models import PortalKnock, PortalMail
from dunwell.queries.portal_links import code_digits, door_address, portal_address

BATCH = 50


def answer_door() -> Counter[str]:
    """Answer every wish at the door and hand its mail over; return what became of the mails.

    Killed in between, what was not answered is answered by the next call.
    """
    companies: set[int] = set()
    # which company somebody knocks at is only found here
    with walls.everything():
        for key in list(PortalKnock.objects.order_by("pk").values_list("pk", flat=True)):
            company = answer_knock(key=key, at=clock.now())
            if company is not None:
                companies.add(company.pk)
    counts: Counter[str] = Counter()
    for company_id in sorted(companies):
        with walls.within(company_id):
            counts += deliver_portal_mails(company_id)
    return counts


def begin_answering() -> None:
    """Answer the door beside the request, so that whoever knocks learns nothing by the time."""
    begin(answer_door, key="portal-door", takes_later=True)


def begin_portal_mails(company_id: int) -> None:
    """Hand over a company's mails about access beside the request: somebody waits for one."""
    begin(
        lambda: deliver_portal_mails(company_id),
        key=f"portal-mails-{company_id}",
        takes_later=True,
    )


def deliver_portal_mails(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed or given up."""
    return hand_over_mails(
        company_id,
        claim=claim_portal_mails,
        mark=mark_portal_mail,
        written=_mail,
        batch=BATCH,
    )


def _mail(mail: PortalMail) -> Mail:
    company = mail.company
    return Mail(
        message_id=mail.message_id,
        sender=formataddr((company.name, settings.DEFAULT_FROM_EMAIL)),
        to=mail.to,
        subject=mail.subject,
        body=_body(mail),
        language=mail.language,
        reply_to=company.reply_to,
    )


def _body(mail: PortalMail) -> str:
    """Return the words with link, door and code; AddressUnknown where ours is not known.

    Raises MailFormError where link or code ran out meanwhile: the mail would open nothing.
    """
    door = door_address(mail.site)
    if not door and (LINK in mail.body or DOOR in mail.body):
        raise AddressUnknown
    for opener in (mail.link, mail.code):
        if opener is not None and opener.expires_at <= clock.now():
            raise MailFormError("What this mail brings ran out while it waited; send a new one")
    body = mail.body.replace(DOOR, door)
    if mail.link is not None:
        body = body.replace(LINK, portal_address(mail.link, mail.site))
    if mail.code is not None:
        body = body.replace(CODE, code_digits(mail.code))
    return body
