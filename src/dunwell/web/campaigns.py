"""The preview of today's contacts: who gets what, who is left out and why, what it takes and
brings; and one click that puts the chosen ones on review instead of sending them."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.reminders import review_reminders
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.jobs.day_plans import DayPlan, day_plan, worked_out
from dunwell.queries.campaigns import (
    Campaign,
    CampaignContact,
    CampaignFilter,
    campaign_in,
    review_in,
)
from dunwell.queries.dry_run import DryContact
from dunwell.queries.policies import strategies_in_force
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.strategies import block_label, template_label
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.day_plans import made_of, plan_of, plan_waits
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

EVERY_ROW = 1_000_000
HIGHEST = 1_000
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Strategy"),
    _("Level"),
    _("Channel"),
    _("Wording"),
    _("Decision"),
    _("Reasons"),
    _("Currency"),
    _("Asks for"),
    _("Minutes"),
    _("Expected extra cash"),
)


@require_GET
def campaign_preview(request: StaffRequest) -> HttpResponse:
    """Show who would be contacted today under a choice, with the words one of them would read."""
    only, version_id = _only(request.GET.dict()), _version(request)
    made = day_plan(request.actor.company, as_of=request.as_of, version_id=version_id)
    heading = gettext("Who is contacted today")
    if (waiting := plan_waits(request, made, heading=heading)) is not None:
        return waiting
    error = made.error if isinstance(made, DayPlan) else ""
    found = None
    if not error:
        sample_of = read_key(request.GET.get("sample", ""))
        told, plan = made_of(made)
        found = told.once(
            ("campaign", only, sample_of, get_language()),
            lambda: campaign_in(plan, only, sample_of=sample_of),
        )
    chosen = {name: value for name, value in _named(only).items() if value}
    context = {
        "found": found,
        "error": error,
        "only": only,
        "version_id": version_id,
        "chosen": chosen,
        "back": f"{reverse('campaign')}?{urlencode(chosen)}" if chosen else reverse("campaign"),
    }
    return render(request, "web/campaign.html", context, status=REFUSED if error else 200)


@require_GET
def campaign_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every contact of the choice, those left out included."""
    made = worked_out(request.actor.company, as_of=request.as_of, version_id=_version(request))
    if made.error:
        return HttpResponse(made.error, status=REFUSED, content_type="text/plain; charset=utf-8")
    found = campaign_in(plan_of(made), _only(request.GET.dict()), rows=EVERY_ROW)
    return file_response(
        kind,
        name=f"contacts-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=_rows(found, request.actor.company.currency),
    )


@needs("message.send")
@require_POST
def campaign_review(request: StaffRequest) -> HttpResponse:
    """Write the chosen contacts as drafts that wait for approval."""
    company = request.actor.company
    only = _only(request.POST.dict())
    back = reverse("campaign")
    try:
        count = review_reminders(
            actor=request.actor,
            plan=review_in(plan_of(worked_out(company, as_of=request.as_of)), only),
            policies=strategies_in_force(company, as_of=request.as_of),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    if not count:
        said = gettext("Nobody is left to be contacted; what was due is written already.")
        return done(request, said, back=back)
    text = ngettext(
        "%(n)d message waits for approval; nothing is sent before.",
        "%(n)d messages wait for approval; nothing is sent before.",
        count,
    )
    return done(request, text % {"n": count}, back=back)


def _only(stated: dict[str, str]) -> CampaignFilter:
    level = stated.get("level", "")
    number = 0 if level == "0" else read_key(level)
    return CampaignFilter(
        strategy=stated.get("strategy", "")[:80],
        level=number if number is not None and number <= HIGHEST else None,
        channel=stated.get("channel", "")[:20],
        segment=stated.get("segment", "")[:40],
    )


def _named(only: CampaignFilter) -> dict[str, str]:
    return {
        "strategy": only.strategy,
        "level": "" if only.level is None else str(only.level),
        "channel": only.channel,
        "segment": only.segment,
    }


def _version(request: StaffRequest) -> int | None:
    return read_key(request.GET.get("version", ""))


def _rows(found: Campaign, home: str) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = []
    for one in found.contacts:
        rows += _lines(one.contact, home, one)
    for contact in found.run.blocked:
        rows += _lines(contact, home, None)
    return rows


def _lines(contact: DryContact, home: str, one: CampaignContact | None) -> list[tuple[Value, ...]]:
    """Return a line per currency that is asked for; one where nothing is."""
    decision = {
        "clear": gettext("goes out"),
        "needs_approval": gettext("waits for approval"),
    }.get(contact.decision, gettext("left out"))
    lines: list[tuple[Value, ...]] = []
    for place, (code, amount) in enumerate(contact.demand or ((home, 0),)):
        extra = one.expected_minor if one is not None and not place else None
        lines.append(
            (
                contact.number,
                contact.name,
                contact.strategy,
                contact.level,
                channel_label(contact.channel),
                template_label(contact.template),
                decision,
                ", ".join(block_label(reason) for reason in contact.reasons),
                code,
                from_minor(amount, code),
                one.minutes if one is not None and not place else None,
                None if extra is None else from_minor(extra, home),
            )
        )
    return lines
