"""Handing over reports to their readers: the words in the mail, a pack's files with it."""

from collections import Counter
from email.utils import formataddr

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from dunwell.actions.report_mails import claim_report_mails, mark_report_mail
from dunwell.formats.mail import Attachment, Mail
from dunwell.formats.review_pack import PACK_MEDIA
from dunwell.formats.typesetting import shown_day
from dunwell.jobs.plain_mails import hand_over_mails
from dunwell.models import Report, ReportMail, ReportSchedule

BATCH = 20


def deliver_report_mails(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed or given up."""
    return hand_over_mails(
        company_id,
        claim=claim_report_mails,
        mark=mark_report_mail,
        written=report_mail,
        batch=BATCH,
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
    data = {"pdf": report.pdf, "xlsx": report.workbook}
    return tuple(
        Attachment(
            name=f"report-{report.as_of.isoformat()}.{ending}",
            media_type=PACK_MEDIA[ending],
            data=bytes(content),
        )
        for ending, content in data.items()
    )
