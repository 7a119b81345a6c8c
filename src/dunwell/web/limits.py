"""Pages about limits: what applies on a day and how much is used, the ledger, one row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.limits import withdraw_limit
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import CreditLimit
from dunwell.queries.events import event_rows
from dunwell.queries.limit_ledger import (
    LedgerFilter,
    LimitLedgerRow,
    expiring_filter,
    group_names,
    limit_row,
    limit_rows,
    waiting_count,
)
from dunwell.queries.limit_use import SCOPES, LimitUseRow, UseFilter, segment_sizes, use_rows
from dunwell.queries.pages import CursorError, Page, every_row
from dunwell.templatetags.limits import limit_source, limit_state
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.keys import read_key
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

IN_FORCE, OVER, EXPIRING, WAITING, LEDGER = "", "over", "expiring", "waiting", "ledger"
TABS = (
    (IN_FORCE, _("In force")),
    (OVER, _("Over their limit")),
    ("suspended", _("Suspended")),
    ("none", _("Without a limit")),
    (EXPIRING, _("Expiring soon")),
    (WAITING, _("Waiting for approval")),
    (LEDGER, _("Every row")),
)
Rows = Page[LimitUseRow] | Page[LimitLedgerRow]
SHOWN_EVENTS = 20
FIRST_YEAR = 1970

USE_COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Segment"),
    _("Currency"),
    _("Limit"),
    _("Kind"),
    _("Until"),
    _("Exposure"),
    _("Left"),
    _("Used in percent"),
    _("Group"),
    _("Approved by"),
    _("Approved on"),
    _("Source"),
    _("As of"),
)
LEDGER_COLUMNS = (
    _("Row"),
    _("Customer number"),
    _("Customer"),
    _("Group"),
    _("Segment"),
    _("Kind"),
    _("Status"),
    _("State"),
    _("Currency"),
    _("Limit"),
    _("From"),
    _("Until"),
    _("Asked by"),
    _("Asked on"),
    _("Decided by"),
    _("Decided on"),
    _("Reason"),
    _("Source"),
    _("As of"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What the page is asked for."""

    tab: str
    as_of: date
    known_on: date | None
    use: UseFilter
    ledger: LedgerFilter

    @property
    def is_ledger(self) -> bool:
        """Return whether rows of the ledger are listed, not customers."""
        return self.tab in {EXPIRING, WAITING, LEDGER}


@require_GET
def limit_list(request: StaffRequest) -> HttpResponse:
    """List the limits that apply on a day with their use, or the rows of the ledger."""
    company, choice = request.actor.company, _choice(request)
    context: dict[str, Any] = {
        "choice": choice,
        "page": _page(request, choice, cursor=request.GET.get("cursor", "")),
        "tabs": TABS,
        "waiting": waiting_count(company),
        "groups": group_names(company),
        "segments": segment_sizes(company),
        "kinds": CreditLimit.Kind.choices,
        "is_past": choice.as_of != request.as_of or choice.known_on is not None,
    }
    return render(request, "web/limits.html", context)


@require_GET
def limits_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return everything under the page's filter."""
    choice = _choice(request)
    columns = LEDGER_COLUMNS if choice.is_ledger else USE_COLUMNS
    return file_response(
        kind,
        name=f"limits-{choice.as_of.isoformat()}",
        columns=[str(name) for name in columns],
        rows=_lines(request, choice),
    )


@require_GET
def limit_show(request: StaffRequest, limit_id: int) -> HttpResponse:
    """Show one row of the ledger: what was asked, who decided, by which rule, what happened."""
    company = request.actor.company
    row = limit_row(company, limit_id, as_of=request.as_of)
    if row is None:
        raise Http404
    record = CreditLimit.objects.get(pk=limit_id, company=company)
    context = {
        "row": row,
        "authority": record.authority,
        "events": event_rows(
            company, subject="creditlimit", subject_id=limit_id, limit=SHOWN_EVENTS
        ),
    }
    return render(request, "web/limit.html", context)


@needs("limit.propose")
@require_http_methods(["GET", "POST"])
def limit_withdraw(request: StaffRequest, limit_id: int) -> HttpResponse:
    """Take one's own wish back."""
    limit = get_object_or_404(CreditLimit, pk=limit_id, company=request.actor.company)
    return reason_page(
        request,
        lambda reason: withdraw_limit(
            actor=request.actor, limit=limit, reason=reason, as_of=request.as_of, at=clock.now()
        ),
        said=gettext("The limit is withdrawn; nobody is asked any more."),
        back=reverse("limit", args=[limit.pk]),
        context={
            "heading": gettext("Withdraw the limit"),
            "lead": gettext("It stays in the ledger as withdrawn and never applies."),
            "button": gettext("Withdraw"),
            "action": reverse("limit-withdraw", args=[limit.pk]),
            "crumb": gettext("Limit"),
        },
    )


def _page(request: StaffRequest, choice: Choice, *, cursor: str) -> Rows:
    """Return one page; a cursor of another list starts again."""
    read: Callable[..., Rows]
    read = _ledger(request, choice) if choice.is_ledger else _uses(request, choice)
    try:
        return read(cursor=cursor)
    except CursorError:
        return read()


def _ledger(request: StaffRequest, choice: Choice) -> Callable[..., Page[LimitLedgerRow]]:
    return partial(
        limit_rows,
        request.actor.company,
        as_of=choice.as_of,
        known_on=choice.known_on,
        only=choice.ledger,
    )


def _uses(request: StaffRequest, choice: Choice) -> Callable[..., Page[LimitUseRow]]:
    return partial(
        use_rows,
        request.actor.company,
        as_of=choice.as_of,
        known_on=choice.known_on,
        only=choice.use,
    )


def _choice(request: StaffRequest) -> Choice:
    """Return what is asked for; days that are none, or to come, are today."""
    told = request.GET
    tab = told.get("show", "")
    tab = tab if tab in dict(TABS) else IN_FORCE
    as_of = _day(told.get("as_of", ""), today=request.as_of) or request.as_of
    search, segment = told.get("q", "")[:80], told.get("segment", "")[:40].replace("\0", "")
    group, kind = read_key(told.get("group", "")), told.get("kind", "")
    ledger = LedgerFilter(
        kind=kind if kind in CreditLimit.Kind.values else "",
        group_id=group,
        segment=segment,
        search=search,
        status=CreditLimit.Status.PROPOSED if tab == WAITING else "",
    )
    if tab == EXPIRING:
        soon = expiring_filter(as_of=as_of)
        ledger = replace(
            ledger,
            status=soon.status,
            until_on=soon.until_on,
            from_until_on=soon.from_until_on,
        )
    return Choice(
        tab=tab,
        as_of=as_of,
        known_on=_day(told.get("known", ""), today=request.as_of),
        use=UseFilter(
            scope=tab if tab in SCOPES else IN_FORCE,
            segment=segment,
            group_id=group,
            search=search,
        ),
        ledger=ledger,
    )


def _day(text: str, *, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= FIRST_YEAR and day <= today else None


def _lines(request: StaffRequest, choice: Choice) -> Iterator[tuple[Value, ...]]:
    if choice.is_ledger:
        for row in every_row(_ledger(request, choice)):
            yield (*_ledger_line(row), choice.as_of)
        return
    for used in every_row(_uses(request, choice)):
        yield (*_use_line(used), choice.as_of)


def _use_line(row: LimitUseRow) -> tuple[Value, ...]:
    code, limit = row.currency, row.limit
    return (
        row.number,
        row.name,
        row.segment,
        code,
        amount_or_none(row.limit_minor, code),
        limit.kind,
        limit.until_on,
        amount_or_none(row.exposure_minor, code),
        amount_or_none(row.free_minor, code),
        None if row.used_ppm is None else row.used_ppm / 10_000,
        limit.group.name if limit.group else "",
        limit.approved_by,
        limit.approved_on,
        limit_source(limit.source) if limit.source else "",
    )


def _ledger_line(row: LimitLedgerRow) -> tuple[Value, ...]:
    return (
        row.id,
        row.customer_number,
        row.customer_name,
        row.group,
        row.segment,
        gettext(row.kind_label),
        gettext(row.status_label),
        limit_state(row.state),
        row.currency,
        from_minor(row.amount_minor, row.currency),
        row.from_on,
        row.until_on,
        row.asked_by,
        row.asked_on,
        row.decided_by,
        row.decided_on,
        row.reason,
        limit_source(row.source),
    )
