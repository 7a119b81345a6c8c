"""Pages with many dispute cases: the board by last day, the list with filters, the file of it."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.dispute_assignments import assign_cases
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import DisputeCase
from dunwell.queries.dispute_board import case_board, case_sums
from dunwell.queries.dispute_cases import (
    NOBODY,
    OPEN,
    SCOPES,
    CaseChoice,
    DisputeCaseRow,
    case_counts,
    case_rows,
)
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import read_money
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, refused
from dunwell.web.dispute_forms import causes_of, colleagues, day_or_none, reasons_of
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

TABS = {
    "open": _("To be decided"),
    "mine": _("Mine"),
    "late": _("Late"),
    "over": _("Decided"),
    "all": _("All"),
}
COLUMNS = (
    _("Case"),
    _("Title"),
    _("Customer number"),
    _("Customer"),
    _("Reason"),
    _("Root cause"),
    _("Status"),
    _("Owner"),
    _("Team"),
    _("Opened"),
    _("Resolve by"),
    _("Business days left"),
    _("Ended"),
    _("Age in days"),
    _("Currency"),
    _("Disputed at first"),
    _("Open"),
    _("Credited"),
    _("Paid"),
    _("Written off"),
    _("Settled otherwise"),
    _("No longer disputed"),
)


@require_GET
def dispute_board(request: StaffRequest) -> HttpResponse:
    """Show the columns by status, each card with the days it has left."""
    choice = case_choice(request)
    context = _context(request, choice) | {
        "board": case_board(
            request.actor.company, choice, as_of=request.as_of, language=language()
        )
    }
    return render(request, "web/dispute_board.html", context)


@require_GET
def dispute_list(request: StaffRequest) -> HttpResponse:
    """List cases under a filter, with what they dispute now."""
    company, choice = request.actor.company, case_choice(request)
    read = partial(case_rows, company, choice, as_of=request.as_of, language=language())
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = _context(request, choice) | {
        "page": page,
        "sums": case_sums(company, choice, as_of=request.as_of),
        "people": colleagues(company) if "dispute.edit" in request.actor.rights else (),
    }
    return render(request, "web/disputes.html", context)


@require_GET
def disputes_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every case under the page's filter, a row per currency."""
    company, choice = request.actor.company, case_choice(request)
    read = partial(case_rows, company, choice, as_of=request.as_of, language=language())
    return file_response(
        kind,
        name=f"disputes-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(row for one in every_row(read) for row in _rows(one)),
    )


@needs("dispute.edit")
@require_POST
def disputes_assign(request: StaffRequest) -> HttpResponse:
    """Give the cases that were ticked to a person or a team."""
    company = request.actor.company
    keys = [key for text in request.POST.getlist("case") if (key := read_key(text)) is not None]
    owner_key = read_key(request.POST.get("owner", ""))
    back = reverse("disputes-list")
    try:
        changed = assign_cases(
            actor=request.actor,
            cases=list(DisputeCase.objects.filter(company=company, pk__in=keys)),
            owner=colleagues(company).filter(pk=owner_key).first() if owner_key else None,
            team=request.POST.get("team", ""),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Cases given: %(n)d.") % {"n": changed}, back=back)


def case_choice(request: StaffRequest) -> CaseChoice:
    """Return the filter of the address; what cannot be read is left out."""
    asked = request.GET
    currency = asked.get("currency", "")[:3].upper()
    amount = asked.get("amount", "").strip()
    least = None
    if amount:
        currency = currency or request.actor.company.currency
        try:
            least = read_money(amount[:30], currency)
        except ValueError:
            least = None
    scope, status = asked.get("scope", OPEN), asked.get("status", "")
    return CaseChoice(
        scope=scope if scope in SCOPES else OPEN,
        user_id=request.actor.user_id,
        team=_text(asked.get("team", ""), 40),
        owner_id=NOBODY if asked.get("owner") == "none" else read_key(asked.get("owner", "")),
        reason=_text(asked.get("reason", ""), 20),
        cause=_text(asked["cause"], 40) if "cause" in asked and asked["cause"] != "any" else None,
        status=status if status in DisputeCase.Status.values else "",
        customer_id=read_key(asked.get("customer", "")),
        segment=_text(asked.get("segment", ""), 40),
        search=_text(asked.get("q", ""), 80),
        currency=currency if len(currency) == len("EUR") and currency.isalpha() else "",
        least_minor=least,
        since=day_or_none(asked.get("since", "")),
        until=day_or_none(asked.get("until", "")),
    )


def language() -> str:
    """Return the language of the page, of which labels of the policy are shown."""
    return (get_language() or "en")[:2]


def _context(request: StaffRequest, choice: CaseChoice) -> dict[str, Any]:
    company = request.actor.company
    counts = case_counts(company, user_id=request.actor.user_id, as_of=request.as_of)
    policy = dispute_policy_in_force(company, as_of=request.as_of).policy
    told = language()
    return {
        "choice": choice,
        "scopes": [(value, label, getattr(counts, value, None)) for value, label in TABS.items()],
        "teams": counts.teams,
        "statuses": DisputeCase.Status.choices,
        "reasons": reasons_of(policy, told),
        "causes": causes_of(policy, told),
        "amount": request.GET.get("amount", "")[:30],
    }


def _text(value: str, most: int) -> str:
    return value[:most].replace("\0", "")


def _rows(row: DisputeCaseRow) -> list[tuple[Value, ...]]:
    head: tuple[Value, ...] = (
        row.number,
        row.title,
        row.customer_number,
        row.customer_name,
        row.reason_label,
        row.root_cause_label,
        translated(row.status_label),
        row.owner,
        row.team,
        row.opened_on,
        row.resolve_by,
        row.days_left,
        row.resolved_on or row.closed_on,
        row.age_days,
    )
    return [
        (
            *head,
            one.currency,
            *(
                from_minor(minor, one.currency)
                for minor in (
                    one.original_minor,
                    one.open_minor,
                    one.credited_minor,
                    one.paid_minor,
                    one.written_off_minor,
                    one.cleared_minor,
                    one.removed_minor,
                )
            ),
        )
        for one in row.amounts
    ] or [(*head, *(None,) * 8)]
