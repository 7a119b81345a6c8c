"""The process as files: its figures and their invoices as sheets, its log as OCEL 2.0."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.formats.ocel import write_ocel
from dunwell.queries.pages import LARGEST_PAGE
from dunwell.queries.process import (
    ProcessBook,
    ProcessPage,
    ProcessRow,
    process_book,
    process_page,
)
from dunwell.queries.process_cases import ProcessCase
from dunwell.queries.process_files import LogTooLargeError, ocel_log
from dunwell.templatetags.process import activity_label, process_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.exports import file_response
from dunwell.web.process import cases_asked, chosen
from dunwell.web.staff import StaffRequest

STEP_COLUMNS = (
    _("Activity"),
    _("Next"),
    _("Times"),
    _("Invoices"),
    _("Median days"),
    _("Days at 90 %"),
    _("Median business hours"),
    _("Business hours at 90 %"),
    _("Currency"),
    _("Amount"),
    _("Money times days"),
    _("Agreed"),
)
ROW_COLUMNS = (
    _("What"),
    _("Times"),
    _("Invoices"),
    _("Share of invoices"),
    _("Still waiting"),
    _("Median days"),
    _("Days at 90 %"),
    _("Currency"),
    _("Amount"),
    _("Money times days"),
)
CASE_COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Times"),
    _("Days"),
    _("Business hours"),
    _("Still waiting"),
    _("Currency"),
    _("Amount"),
    _("Money times days"),
)
PARTS: Mapping[str, Callable[[ProcessPage], Sequence[ProcessRow]]] = {
    "stages": lambda page: page.stages,
    "variants": lambda page: page.variants,
    "rework": lambda page: (*page.loops, *page.repeats),
    "conformance": lambda page: page.deviations,
    "handovers": lambda page: page.handovers,
}
PPM = 1_000_000


@require_GET
def process_export(request: StaffRequest, part: str, kind: str) -> HttpResponse:
    """Return one part of the figures under the page's filter."""
    book = _book(request)
    choice = chosen(request, book)
    page = process_page(book, choice)
    name = f"process-{part}-{book.newest_as_of.isoformat()}"
    if part == "steps":
        columns = [str(column) for column in STEP_COLUMNS]
        return file_response(kind, name=name, columns=columns, rows=_steps(page))
    if part not in PARTS:
        raise Http404
    code = choice.currency
    return file_response(
        kind,
        name=name,
        columns=[str(column) for column in ROW_COLUMNS],
        rows=(_row(row, code) for row in PARTS[part](page)),
    )


@require_GET
def process_cases_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every invoice of the figure that the address names."""
    choice = chosen(request, _book(request))
    code = choice.currency

    def every() -> Iterator[tuple[Value, ...]]:
        cursor = ""
        while True:
            found = cases_asked(request, choice, cursor=cursor, limit=LARGEST_PAGE)
            yield from (_case(row, code) for row in found.page.rows)
            if not (cursor := found.page.next):
                return

    columns = [str(column) for column in CASE_COLUMNS]
    return file_response(kind, name="process-invoices", columns=columns, rows=every())


@require_GET
def process_log_export(request: StaffRequest) -> HttpResponse:
    """Return the log of the invoices chosen as OCEL 2.0; 413 where they are too many."""
    company = request.actor.company
    choice = chosen(request, _book(request))
    try:
        log = ocel_log(company, choice, as_of=request.as_of)
    except LogTooLargeError as error:
        return HttpResponse(spoken(error), status=413, content_type="text/plain; charset=utf-8")
    response = HttpResponse(write_ocel(log), content_type="application/json")
    name = f"invoice-to-cash-{choice.first:%Y-%m}-{choice.last:%Y-%m}.ocel.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _book(request: StaffRequest) -> ProcessBook:
    book = process_book(request.actor.company)
    if book is None:
        raise Http404
    return book


def _steps(page: ProcessPage) -> Iterator[tuple[Value, ...]]:
    code = page.choice.currency
    for row in page.follows:
        yield (
            activity_label(row.activity),
            activity_label(row.next),
            row.times,
            row.cases,
            row.median_days,
            row.p90_days,
            row.median_hours,
            row.p90_hours,
            code,
            from_minor(row.amount_minor, code),
            from_minor(row.money_days, code),
            row.is_agreed,
        )


def _row(row: ProcessRow, code: str) -> tuple[Value, ...]:
    return (
        process_label(row.kind, row.name),
        row.times,
        row.cases,
        row.share_ppm / PPM,
        row.waiting,
        row.median_days,
        row.p90_days,
        code,
        from_minor(row.amount_minor, code),
        from_minor(row.money_days, code),
    )


def _case(row: ProcessCase, code: str) -> tuple[Value, ...]:
    return (
        row.number,
        row.customer_name,
        row.times,
        row.days,
        row.hours,
        row.is_waiting,
        code,
        from_minor(row.amount_minor, code),
        from_minor(row.money_days, code),
    )
