"""Answering wishes at the portal's door, and handing over mails about access to it.

The link or code of a mail is computed and put in at the very end: neither the database nor a
backup of it holds one that works.
"""

from collections import Counter
from contextlib import ExitStack
from email.utils import formataddr

from django.conf import settings

from dunwell import clock
from dunwell.actions.channel_health import note_failure
from dunwell.actions.gate import Actor, system
from dunwell.actions.mail_claims import CLAIM_LASTS
from dunwell.actions.portal_links import answer_knock
from dunwell.actions.portal_mails import claim_portal_mails, mark_portal_mail
from dunwell.formats.hand_overs import CarrierError
from dunwell.formats.mail import Mail, MailFormError
from dunwell.formats.portal_words import CODE, DOOR, LINK
from dunwell.jobs.background import begin
from dunwell.jobs.channels import HandOver, carrier
from dunwell.models import Channel, Company, PortalKnock, PortalMail
from dunwell.queries.portal_links import code_digits, door_address, portal_address

BATCH = 50


def answer_door() -> Counter[str]:
    """Answer every wish at the door and hand its mail over; return what became of the mails.

    Killed in between, what was not answered is answered by the next call.
    """
    companies: set[int] = set()
    for key in list(PortalKnock.objects.order_by("pk").values_list("pk", flat=True)):
        company = answer_knock(key=key, at=clock.now())
        if company is not None:
            companies.add(company.pk)
    counts: Counter[str] = Counter()
    for company_id in sorted(companies):
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
    """Hand over what is ready; return how many were sent, failed or given up.

    Claimed, handed over outside any transaction, and marked; killed in between, a later call
    hands a mail over again under the same message id.
    """
    company = Company.objects.get(pk=company_id)
    actor, after = system(company), 0
    counts: Counter[str] = Counter()
    with ExitStack() as opened:
        lines: list[HandOver] = []
        while batch := claim_portal_mails(actor=actor, limit=BATCH, at=clock.now(), after=after):
            after = batch[-1].pk
            if not lines:
                lines.append(opened.enter_context(carrier(company, Channel.Kind.EMAIL)))
            for mail in batch:
                counts[_deliver_one(actor, mail, lines[0])] += 1
    return counts


def _deliver_one(actor: Actor, mail: PortalMail, hand_over: HandOver) -> str:
    at = clock.now()
    place, error, is_final = "", "", False
    if mail.claimed_at is None or at - mail.claimed_at > CLAIM_LASTS:
        return "waiting"
    try:
        place = hand_over(_mail(mail), at).place
    except MailFormError as problem:
        error, is_final = str(problem), True
    except CarrierError as problem:
        error, is_final = str(problem), problem.permanent
        if problem.of_carrier:
            note_failure(actor=actor, kind=Channel.Kind.EMAIL, error=error, at=clock.now())
    except OSError as problem:
        error = f"The file outbox: {problem}"
    return mark_portal_mail(
        actor=actor, mail=mail, place=place, error=error, is_final=is_final, at=clock.now()
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
    """Return the words with link, door and code; MailFormError where our address is not known."""
    door = door_address(mail.site)
    if not door and (LINK in mail.body or DOOR in mail.body):
        raise MailFormError(
            "The address of this installation is not known; set DUNWELL_SITE and try again"
        )
    body = mail.body.replace(DOOR, door)
    if mail.link is not None:
        body = body.replace(LINK, portal_address(mail.link, mail.site))
    if mail.code is not None:
        body = body.replace(CODE, code_digits(mail.code))
    return body
