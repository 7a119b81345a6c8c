"""Handing over mails that are no contact with a debtor: one way for each of their outboxes."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TypeVar

from dunwell import clock
from dunwell.actions.channel_health import note_failure
from dunwell.actions.gate import Actor, system
from dunwell.actions.mail_claims import CLAIM_LASTS, put_back_mail
from dunwell.formats.hand_overs import CarrierError
from dunwell.formats.mail import AddressUnknown, Mail, MailFormError
from dunwell.jobs.channels import HandOver, carrier
from dunwell.models import ApplicationMail, Channel, Company, PortalMail, ReportMail, TeamMail

M = TypeVar("M", ApplicationMail, PortalMail, ReportMail, TeamMail)


def hand_over_mails(
    company_id: int,
    *,
    claim: Callable[..., Sequence[M]],
    mark: Callable[..., str],
    written: Callable[[M], Mail],
    batch: int,
) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed, given up or wait.

    Each mail is claimed, handed over as `written` says outside any transaction, and marked;
    killed in between, a later call hands it over again under the same message id. Where nothing
    is ready only the company is asked for besides what `claim` asks.
    """
    company = Company.objects.get(pk=company_id)
    actor, after = system(company), 0
    counts: Counter[str] = Counter()
    with ExitStack() as opened:
        lines: list[HandOver] = []
        while mails := claim(actor=actor, limit=batch, at=clock.now(), after=after):
            after = mails[-1].pk
            if not lines:
                lines.append(opened.enter_context(carrier(company, Channel.Kind.EMAIL)))
            for mail in mails:
                counts[_hand_over(actor, mail, lines[0], mark, written)] += 1
    return counts


def _hand_over(
    actor: Actor,
    mail: M,
    hand_over: HandOver,
    mark: Callable[..., str],
    written: Callable[[M], Mail],
) -> str:
    at = clock.now()
    place, error, is_final = "", "", False
    if mail.claimed_at is None or at - mail.claimed_at > CLAIM_LASTS:
        return "waiting"
    try:
        place = hand_over(written(mail), at).place
    except AddressUnknown as problem:
        put_back_mail(actor=actor, mail=mail, text=str(problem))
        return "waiting"
    except MailFormError as problem:
        error, is_final = str(problem), True
    except CarrierError as problem:
        error, is_final = str(problem), problem.permanent
        if problem.of_carrier:
            note_failure(actor=actor, kind=Channel.Kind.EMAIL, error=error, at=clock.now())
    except OSError as problem:
        error = f"The file outbox: {problem}"
    return mark(
        actor=actor, mail=mail, place=place, error=error, is_final=is_final, at=clock.now()
    )
