"""Making reports: figures gathered and set outside of any transaction, then kept once."""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from dunwell import clock
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.reports import MadeReport, checked_sections, keep_report
from dunwell.formats.review_pack import pack_document, pack_hash, review_pack_pdf, review_pack_xlsx
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import Company, Report, ReportSchedule
from dunwell.queries.report_sections import report_pack
from dunwell.queries.report_words import report_words
from dunwell.queries.reports import reports_due
from dunwell.queries.team_words import team_words


def make_due_reports(company: Company, *, as_of: date) -> list[Report]:
    """Make every report of a schedule that is due; return them. Killed, the next call goes on.

    Each is kept under a key of its schedule and day, so two calls at once keep one.
    """
    actor, made = system(company), []
    for due in reports_due(company, as_of=as_of):
        one = due.schedule
        report = made_report(
            company, kind=one.kind, name=one.name, sections=one.sections,
            language=one.language, as_of=as_of,
        )  # fmt: skip
        made.append(
            keep_report(actor=actor, made=report, key=due.key, schedule=one, at=clock.now())
        )
    return made


def make_report(
    *,
    actor: Actor,
    name: str,
    sections: Sequence[str],
    recipients: Sequence[str],
    language: str,
    as_of: date,
    key: str = "",
) -> Report:
    """Make a pack now, and send it to readers where some are named; once per key.

    Raises Refused for no section, a reader that is no address, and what cannot be set as PDF.
    """
    actor.require("report.edit")
    made = made_report(
        actor.company,
        kind=ReportSchedule.Kind.PACK,
        name=name.strip()[:80] or "Report",
        sections=checked_sections(sections),
        language=language,
        as_of=as_of,
    )
    return keep_report(
        actor=actor,
        made=made,
        key=key or f"hand:{uuid4().hex}",
        recipients=recipients,
        at=clock.now(),
    )


def made_report(
    company: Company, *, kind: str, name: str, sections: Sequence[str], language: str, as_of: date
) -> MadeReport:
    """Return a report of the books as they stand; nothing is written."""
    words = team_words if kind == ReportSchedule.Kind.TEAM else report_words
    pack = report_pack(company, sections, name=name, language=language, as_of=as_of)
    digest = pack_hash(pack_document(pack))
    try:
        pdf = review_pack_pdf(pack, sha256=digest)
    except TypesettingError as error:
        raise Refused(f"The report cannot be set as PDF: {error}") from error
    return MadeReport(
        kind=kind,
        pack=pack,
        words=words(company, language=language, as_of=as_of),
        pdf=pdf,
        workbook=review_pack_xlsx(pack),
    )
