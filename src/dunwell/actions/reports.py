"""Reports: what makes them by itself, and one kept as it was made, once per key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import needed
from dunwell.engine.report_clock import EVERY
from dunwell.formats.review_pack import ReviewPack, pack_document, pack_hash
from dunwell.models import Company, Report, ReportMail, ReportSchedule
from dunwell.queries.report_sections import SECTIONS

MOST_RECIPIENTS = 50
MOST_SCHEDULES = 50
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeReport:
    """A report that was made and is not kept yet."""

    kind: str
    pack: ReviewPack
    words: str
    pdf: bytes
    workbook: bytes


@transaction.atomic
def add_schedule(
    *,
    actor: Actor,
    name: str,
    kind: str,
    every: str,
    sections: Sequence[str],
    recipients: Sequence[str],
    language: str,
    from_on: date,
    at: datetime,
) -> ReportSchedule:
    """Let a report be made again and again from a day on, and sent to readers.

    Raises Refused for a name in use, no section, or an address that is none.
    """
    actor.require("report.edit")
    told = needed(text=name, most=80, what="name", missing="Give the report a name.")
    if kind not in ReportSchedule.Kind.values or every not in EVERY:
        raise Refused("A report is a digest, a pack or about the team, daily, weekly or monthly.")
    chosen = checked_sections(sections)
    if language not in LANGUAGES:
        raise Refused(f"{language} is no language reports are written in.")
    readers = _addresses(recipients)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    running = ReportSchedule.objects.filter(company=actor.company, ended_on=None)
    if running.filter(name=told).exists():
        raise Refused(f"A report named {told} is made already; end it or choose another name.")
    if running.count() >= MOST_SCHEDULES:
        raise Refused(f"{MOST_SCHEDULES} reports are made already; end one first.")
    schedule = ReportSchedule.objects.create(
        company=actor.company,
        name=told,
        kind=kind,
        every=every,
        sections=chosen,
        recipients=readers,
        language=language,
        author=actor.name,
        from_on=from_on,
        recorded_at=at,
    )
    record_event(
        actor, "report.scheduled", schedule, at=at,
        name=told, kind=kind, every=every, sections=chosen, readers=len(readers),
    )  # fmt: skip
    return schedule


@transaction.atomic
def end_schedule(
    *, actor: Actor, schedule: ReportSchedule, as_of: date, at: datetime
) -> ReportSchedule:
    """Make a report no longer by itself; what was made stays. Refused when it has ended."""
    actor.require("report.edit")
    own(actor, schedule, "report")
    locked = ReportSchedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
    if locked.ended_on is not None:
        raise Refused(f"{locked.name} has ended already.")
    locked.ended_on = as_of
    locked.save(update_fields=["ended_on"])
    record_event(actor, "report.ended", locked, at=at, name=locked.name)
    return locked


@transaction.atomic
def keep_report(
    *,
    actor: Actor,
    made: MadeReport,
    key: str,
    recipients: Sequence[str] = (),
    schedule: ReportSchedule | None = None,
    at: datetime,
) -> Report:
    """Keep a report as it was made, and put its mails into the outbox; once per key.

    A key that has been used returns what was kept under it: nothing is sent twice. `recipients`
    are readers of a report made by hand; a schedule brings its own.
    """
    actor.require("report.edit")
    if schedule is not None:
        own(actor, schedule, "report")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = Report.objects.filter(company=actor.company, key=key).first()
    if known is not None:
        return known
    document = pack_document(made.pack)
    report = Report.objects.create(
        company=actor.company,
        schedule=schedule,
        kind=made.kind,
        name=made.pack.title,
        as_of=made.pack.as_of,
        language=made.pack.language,
        document=document,
        words=made.words,
        sha256=pack_hash(document),
        pdf=made.pdf,
        workbook=made.workbook,
        by=actor.name,
        key=key,
        recorded_at=at,
    )
    readers = _addresses(recipients if schedule is None else schedule.recipients)
    ReportMail.objects.bulk_create(
        ReportMail(
            company=actor.company,
            report=report,
            to=address,
            message_id=f"<report-{report.pk}.{number}@dunwell>",
            recorded_at=at,
        )
        for number, address in enumerate(readers, 1)
    )
    record_event(
        actor, "report.made", report, at=at,
        name=report.name, as_of=report.as_of.isoformat(), sha256=report.sha256,
        readers=len(readers),
    )  # fmt: skip
    return report


def checked_sections(sections: Sequence[str]) -> list[str]:
    """Return the sections in the order of packs; Refused for none and for an unknown one."""
    unknown = sorted(set(sections) - SECTIONS.keys())
    if unknown:
        raise Refused(f"{', '.join(unknown)}: no such section; there are {', '.join(SECTIONS)}.")
    chosen = [key for key in SECTIONS if key in set(sections)]
    if not chosen:
        raise Refused("Choose at least one section.")
    return chosen


def _addresses(recipients: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(one.strip().lower() for one in recipients if one.strip()))
    if len(found) > MOST_RECIPIENTS:
        raise Refused(f"A report goes to {MOST_RECIPIENTS} readers at most, not {len(found)}.")
    for address in found:
        try:
            validate_email(address)
        except ValidationError as error:
            raise Refused(f"{address[:80]} is no mail address; correct or remove it.") from error
    return found
