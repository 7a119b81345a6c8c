"""Shadow mode: decisions made while nothing leaves, compared with the present process."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell.actions.gate import Refused
from dunwell.engine.shadow import (
    BOTH,
    KINDS,
    ONLY_THEY,
    ONLY_WE,
    Beside,
    laid_beside,
    sums_by_kind,
)
from dunwell.formats.deed_rows import MOST_BYTES, TEMPLATE, DeedFileError, DeedLine, read_deeds
from dunwell.queries.shadow import customers_by_number, our_deeds
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, sent_file
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

LONGEST = timedelta(days=366)
SHOWN = 200
"""Rows of one outcome on the page; the file has all."""

EXAMPLES = (("K1001", "2026-03-02", "reminder"), ("K1002", "2026-03-03", "hold"))
KIND_LABELS = {
    "reminder": _("Reminder"),
    "letter": _("Letter"),
    "call": _("Call"),
    "hold": _("Order held"),
}
OUTCOMES = {
    BOTH: _("Both did it"),
    ONLY_WE: _("Only we would have"),
    ONLY_THEY: _("Only they did"),
}
COLUMNS = (
    _("Outcome"),
    _("Kind"),
    _("Customer number"),
    _("Customer"),
    _("Decided here"),
    _("Done by them"),
    _("Days later"),
)


class CompareForm(forms.Form):
    """The span of days, and how far apart two deeds may lie to be one."""

    first = forms.DateField(label=pgettext_lazy("span of days", "From"))
    last = forms.DateField(label=_("Until"))
    days = forms.IntegerField(label=_("Days apart at most"), min_value=0, max_value=31)

    def clean(self) -> dict[str, object]:
        """Refuse a span that ends before it begins, or is longer than a year."""
        told: dict[str, object] = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if (
            isinstance(first, date)
            and isinstance(last, date)
            and not timedelta() <= last - first <= LONGEST
        ):
            raise forms.ValidationError(_("Choose a span of at most a year."))
        return told


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownRow:
    """A row with the customer's name and id, None for a number we do not know."""

    row: Beside
    customer_id: int | None
    customer_name: str
    kind_label: str


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("replay.run")
@require_http_methods(["GET", "POST"])
def shadow(request: StaffRequest) -> HttpResponse:
    """Ask for what the present process did, and lay it beside what was decided here."""
    if request.method == "POST":
        return _compare(request, capped(request, limit_bytes=MOST_BYTES))
    begin = {"first": request.as_of - timedelta(days=30), "last": request.as_of, "days": 2}
    return _page(request, CompareForm(initial=begin))


@require_GET
def shadow_template(request: StaffRequest, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example file with the columns that are read."""
    return file_response(kind, name="shadow-template", columns=list(TEMPLATE), rows=EXAMPLES)


@csrf_protect
def _compare(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    form = CompareForm(request.POST)
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        lines = read_deeds(upload.data, upload.name)
    except (Refused, DeedFileError) as refusal:
        return _page(request, form, refusal=spoken(refusal), status=REFUSED)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    told = form.cleaned_data
    span = {"first": told["first"], "last": told["last"]}
    theirs = [line.deed for line in lines if line.deed and _within(line.deed.on, **span)]
    ours = our_deeds(request.actor.company, **span)
    rows = laid_beside(ours, theirs, days=told["days"])
    shown = _named(request, rows)
    if kind := request.POST.get("as"):
        return file_response(
            kind,
            name=f"shadow-{told['first']}-{told['last']}",
            columns=[str(name) for name in COLUMNS],
            rows=(_exported(one) for one in shown),
        )
    return _page(request, form, _found(rows, shown, lines, len(theirs)))


def _within(on: date, *, first: date, last: date) -> bool:
    return first <= on <= last


def _named(request: StaffRequest, rows: tuple[Beside, ...]) -> list[ShownRow]:
    known = customers_by_number(request.actor.company)
    found = []
    for row in rows:
        key, name = known.get(row.customer, (None, ""))
        label = str(KIND_LABELS[row.kind])
        found.append(ShownRow(row=row, customer_id=key, customer_name=name, kind_label=label))
    return found


def _found(
    rows: tuple[Beside, ...], shown: list[ShownRow], lines: tuple[DeedLine, ...], theirs: int
) -> dict[str, object]:
    """Return what the page shows of a comparison: sums, the rows behind each, lines refused."""
    sums = sums_by_kind(rows)
    wrong = [line for line in lines if line.problem]
    return {
        "sums": [
            (KIND_LABELS[kind], [sums[kind][outcome] for outcome in OUTCOMES]) for kind in KINDS
        ],
        "totals": [sum(sums[kind][outcome] for kind in KINDS) for outcome in OUTCOMES],
        "parts": [
            (outcome, label, [one for one in shown if one.row.outcome == outcome])
            for outcome, label in OUTCOMES.items()
        ],
        "outside": len(lines) - len(wrong) - theirs,
        "wrong": wrong[:SHOWN],
        "wrong_count": len(wrong),
    }


def _page(
    request: StaffRequest,
    form: CompareForm,
    found: dict[str, object] | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "outcomes": OUTCOMES.items(),
        "most": SHOWN,
        "limit_mb": MOST_BYTES // 1024**2,
        **(found or {}),
    }
    return render(request, "web/shadow.html", context, status=status)


def _exported(one: ShownRow) -> tuple[str | int | None, ...]:
    row = one.row
    return (
        gettext(str(OUTCOMES[row.outcome])),
        one.kind_label,
        row.customer,
        one.customer_name,
        row.ours_on.isoformat() if row.ours_on else "",
        row.theirs_on.isoformat() if row.theirs_on else "",
        row.days_later,
    )
