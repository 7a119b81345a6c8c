"""The outbox of reports: claimed, handed over outside any transaction, and marked."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.mail_claims import claim_mails, settle_mail
from dunwell.models import ReportMail


@transaction.atomic
def claim_report_mails(
    *, actor: Actor, limit: int, at: datetime, after: int = 0
) -> list[ReportMail]:
    """Take up to `limit` mails that may be handed over now, in the order of their keys."""
    actor.require("message.send")
    mails = ReportMail.objects.filter(company=actor.company)
    taken = claim_mails(mails, limit=limit, at=at, after=after)
    return list(taken.select_related("report", "report__schedule", "company"))


@transaction.atomic
def mark_report_mail(
    *, actor: Actor, mail: ReportMail, place: str = "", error: str = "",
    is_final: bool = False, at: datetime,
) -> str:  # fmt: skip
    """Write down what became of a claimed mail; return sent, failed or dead."""
    actor.require("message.send")
    status, is_mine = settle_mail(mail, error=error, is_final=is_final, at=at)
    if is_mine:
        record_event(
            actor, "report.mailed" if not error else "report.mail_failed", mail.report, at=at,
            name=mail.report.name, to=mail.to, place=place, error=error[:500],
        )  # fmt: skip
    return status
