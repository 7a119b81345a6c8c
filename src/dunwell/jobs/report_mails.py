"""Handing over reports to their readers: the words in the mail, a pack's files with it."""

from collections import Counter
from contextlib import ExitStack
from email.utils import formataddr

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from dunwell import clock
from dunwell.actions.channel_health import note_failure
from dunwell.actions.gate import Actor, system
from dunwell.actions.mail_claims import CLAIM_LASTS
from dunwell.actions.report_mails import claim_report_mails, mark_report_mail
from dunwell.formats.hand_overs import CarrierError
from dunwell.formats.mail import Attachment, Mail, MailFormError
from dunwell.formats.typesetting import shown_day
from dunwell.jobs.channels import HandOver, carrier
from dunwell.models import Channel, Company, Report, ReportMail, ReportSchedule

BATCH = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def deliver_report_mails(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed or given up.

    Claimed, handed over outside any transaction, and marked; killed in between, a later call
    hands a mail over again under the same message id.
    """
    company = Company.objects.get(pk=company_id)
    actor, after = system(company), 0
    counts: Counter[str] = Counter()
    with ExitStack() as opened:
        lines: list[HandOver] = []
        while batch := claim_report_mails(actor=actor, limit=BATCH, at=clock.now(), after=after):
            after = batch[-1].pk
            if not lines:
                lines.append(opened.enter_context(carrier(company, Channel.Kind.EMAIL)))
            for mail in batch:
                counts[_deliver_one(actor, mail, lines[0])] += 1
    return counts


def _deliver_one(actor: Actor, mail: ReportMail, hand_over: HandOver) -> str:
    at = clock.now()
    place, error, is_final = "", "", False
    if mail.claimed_at is None or at - mail.claimed_at > CLAIM_LASTS:
        return "waiting"
    try:
        place = hand_over(report_mail(mail), at).place
    except MailFormError as problem:
        error, is_final = str(problem), True
    except CarrierError as problem:
        error, is_final = str(problem), problem.permanent
        if problem.of_carrier:
            note_failure(actor=actor, kind=Channel.Kind.EMAIL, error=error, at=clock.now())
    except OSError as problem:
        error = f"The file outbox: {problem}"
    return mark_report_mail(
        actor=actor, mail=mail, place=place, error=error, is_final=is_final, at=clock.now()
    )


def report_mail(mail: ReportMail) -> Mail:
    """Return the mail of a report: its sentences, and the files where it is a pack."""
    report, company = mail.report, mail.company
    with override(report.language):
        lines = [
            gettext("%(name)s of %(company)s as of %(day)s")
            % {
                "name": report.name,
                "company": company.name,
                "day": shown_day(report.as_of, report.language),
            },
            "",
            *(f"- {line}" for line in report.words.splitlines()),
        ]
        if settings.SITE:
            page = f"{settings.SITE}{reverse('report', args=[report.pk])}"
            lines += ["", gettext("The report with its tables:"), page]
    return Mail(
        message_id=mail.message_id,
        sender=formataddr((company.name, settings.DEFAULT_FROM_EMAIL)),
        to=mail.to,
        subject=f"{report.name}, {shown_day(report.as_of, report.language)}",
        body="\n".join(lines) + "\n",
        language=report.language,
        reply_to=company.reply_to,
        attachments=_files(report),
    )


def _files(report: Report) -> tuple[Attachment, ...]:
    if report.kind != ReportSchedule.Kind.PACK:
        return ()
    name = f"report-{report.as_of.isoformat()}"
    return (
        Attachment(name=f"{name}.pdf", media_type="application/pdf", data=bytes(report.pdf)),
        Attachment(name=f"{name}.xlsx", media_type=XLSX, data=bytes(report.workbook)),
    )
