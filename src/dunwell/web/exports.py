"""Lists as files: the same filter as the page, as CSV, XLSX or Parquet, safe to open."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import MEDIA_TYPES, ExportError, Value, write_table
from dunwell.jobs.heavy_files import heavy_file
from dunwell.models import ImportBatch, Item
from dunwell.queries.import_batches import finding_rows
from dunwell.queries.items import ItemRow
from dunwell.queries.pages import every_row
from dunwell.queries.payments import SCOPES, payment_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.items import ItemChoice, all_rows, item_choice
from dunwell.web.staff import StaffRequest

KINDS = MEDIA_TYPES
"""Kinds of file and their media types."""

ITEM_COLUMNS = (
    _("Item"),
    _("Kind"),
    _("Customer number"),
    _("Customer"),
    _("Issued"),
    _("Due"),
    _("Days past due"),
    _("Currency"),
    _("Amount"),
    _("Open"),
    _("Disputed"),
    _("Promised"),
    _("Reference"),
    _("As of"),
)
FINDING_COLUMNS = (
    _("File"),
    _("Row"),
    _("Column"),
    _("Value"),
    _("Finding"),
    _("Reason"),
    _("What happened"),
)
PAYMENT_COLUMNS = (
    _("Payment"),
    _("Value date"),
    _("Customer number"),
    _("Customer"),
    _("Payer"),
    _("Payment text"),
    _("Currency"),
    _("Amount"),
    _("Unapplied"),
)


def file_response(
    kind: str, *, name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> HttpResponse:
    """Return rows as a download.

    More rows than a sheet takes are answered with 413 and what to do, another kind with 404.
    Raises Busy, which the middleware answers, while too many files are written.
    """
    if kind not in KINDS:
        raise Http404
    try:
        with heavy_file():
            data, file_name = write_table(kind, name=name, columns=columns, rows=rows)
    except ExportError as error:
        return HttpResponse(spoken(error), status=413, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def amount_or_none(minor: int | None, currency: str) -> Value:
    """Return minor units as a cell of an amount, empty for none."""
    return None if minor is None else from_minor(minor, currency)


@require_GET
def items_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every item under the page's filter."""
    company = request.actor.company
    choice = item_choice(request.GET.dict(), today=request.as_of)
    kinds = {value: gettext(str(label)) for value, label in Item.Kind.choices}
    rows = (_item(row, choice, kinds) for row in all_rows(company, choice))
    return file_response(
        kind,
        name=f"items-{choice.as_of.isoformat()}",
        columns=[str(name) for name in ITEM_COLUMNS],
        rows=rows,
    )


@require_GET
def payments_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every payment under the page's filter."""
    scope = request.GET.get("scope", "")
    found = every_row(
        partial(
            payment_rows,
            request.actor.company,
            scope=scope if scope in SCOPES else "unapplied",
            currency=request.GET.get("currency", "")[:3].upper(),
            search=request.GET.get("q", "")[:80],
        )
    )
    rows = (
        (
            row.number,
            row.value_on,
            row.customer_number,
            row.customer_name,
            row.payer,
            row.reference,
            row.currency,
            from_minor(row.amount_minor, row.currency),
            from_minor(row.unapplied_minor, row.currency),
        )
        for row in found
    )
    return file_response(
        kind,
        name=f"payments-{request.as_of.isoformat()}",
        columns=[str(name) for name in PAYMENT_COLUMNS],
        rows=rows,
    )


@require_GET
def findings_export(request: StaffRequest, batch_id: int, kind: str) -> HttpResponse:
    """Return every finding of an import, of one kind when the page shows one."""
    batch = get_object_or_404(ImportBatch, pk=batch_id, company=request.actor.company)
    code = request.GET.get("code", "")[:40].replace("\0", "")
    rows = (
        (row.file, row.row, row.column, row.value, row.code, row.reason, row.action_label)
        for row in every_row(partial(finding_rows, batch, code=code))
    )
    return file_response(
        kind,
        name=f"findings-{batch.pk}",
        columns=[str(name) for name in FINDING_COLUMNS],
        rows=rows,
    )


def _item(row: ItemRow, choice: ItemChoice, kinds: dict[str, str]) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        kinds.get(row.kind, row.kind),
        row.customer_number,
        row.customer_name,
        row.issued_on,
        row.due_on,
        row.days_past_due,
        code,
        from_minor(row.amount_minor, code),
        from_minor(row.open_minor, code),
        from_minor(row.disputed_minor, code),
        from_minor(row.promised_minor, code),
        row.reference,
        choice.as_of,
    )
