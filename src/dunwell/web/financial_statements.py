"""Financial statements of a customer: typed in, read from a file, corrected by a new version."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.financial_statements import record_statement, record_statement_file
from dunwell.actions.gate import Refused
from dunwell.engine.financial_statements import LINES, SECTIONS
from dunwell.formats.currencies import ISO_CODES
from dunwell.models import Customer, FinancialStatement
from dunwell.queries.financial_statements import statement_versions, told_lines
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import REFUSED, customer_or_404, done, posted
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SCALES = [("1", _("Whole units")), ("1000", _("Thousands")), ("1000000", _("Millions"))]
CODES = [(code, code) for code in sorted(ISO_CODES)]


class StatementForm(forms.Form):
    """A period, how its figures are stated, and a field for every line of the layout."""

    kind = forms.ChoiceField(label=_("Kind"), choices=FinancialStatement.Kind.choices)
    period_from = day_field(label=_("From"))
    period_to = day_field(label=_("To"))
    currency = forms.ChoiceField(label=_("Currency"), choices=CODES)
    scale = forms.ChoiceField(label=_("Figures are in"), choices=SCALES)
    is_audited = forms.BooleanField(label=_("Audited"), required=False)
    reason = forms.CharField(
        label=_("Why is it corrected?"),
        max_length=300,
        required=False,
        help_text=_("Needed when the period has other figures already"),
    )

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Add the lines; amounts are typed in `currency`, the one that was chosen."""
        super().__init__(*args, **kwargs)
        for name, line in LINES.items():
            self.fields[name] = MoneyField(currency, label=translated(line.label), required=False)

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of the lines by the parts of a statement."""
        return [
            (label, [self[name] for name, line in LINES.items() if line.section == section])
            for section, label in SECTIONS.items()
        ]

    def told(self) -> list[forms.BoundField]:
        """Return the fields about the statement itself."""
        return [field for field in self if field.name not in LINES]

    def amounts(self) -> dict[str, int]:
        """Return the lines that were filled in, in minor units."""
        scale = int(self.cleaned_data["scale"])
        found = {name: self.cleaned_data[name] for name in LINES}
        return {name: amount * scale for name, amount in found.items() if amount is not None}


class UploadForm(forms.Form):
    """A file of statements and how a table in it is to be read."""

    file = forms.FileField(label=_("CSV, XLSX or XBRL instance"))
    currency = forms.ChoiceField(label=_("Currency of a table"), choices=CODES)
    scale = forms.ChoiceField(
        label=_("Figures of a table are in"),
        choices=[("0", _("As the file says, else whole units")), *SCALES],
        required=False,
    )
    decimal = forms.ChoiceField(
        label=_("Sign that parts decimals"),
        choices=[("", _("As the file shows")), (".", _("Point")), (",", _("Comma"))],
        required=False,
    )
    is_audited = forms.BooleanField(label=_("Audited"), required=False)
    reason = forms.CharField(
        label=_("Why are figures corrected?"),
        max_length=300,
        required=False,
        help_text=_("Needed when a period has other figures already"),
    )


@needs("credit_file.edit")
@require_http_methods(["GET", "POST"])
def statement_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Type a statement in; `correct` in the address fills in the figures of one that is there."""
    customer = customer_or_404(request, customer_id)
    before = _corrected(request, customer)
    chosen = request.POST.get("currency", "") or (before.currency if before else "")
    currency = chosen if chosen in ISO_CODES else request.actor.company.currency
    form = StatementForm(currency, posted(request), initial=_initial(before, currency))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            statement = record_statement(
                actor=request.actor,
                customer=customer,
                kind=told["kind"],
                period_from=told["period_from"],
                period_to=told["period_to"],
                currency=told["currency"],
                lines=form.amounts(),
                is_audited=told["is_audited"],
                scale=int(told["scale"]),
                reason=told["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("The statement to %(day)s is recorded.")
            return done(request, text % {"day": statement.period_to}, back=_back(customer))
    context = {"form": form, "customer": customer, "before": before}
    status = REFUSED if form.errors else 200
    return render(request, "web/financial_statement_new.html", context, status=status)


@needs("credit_file.edit")
@require_http_methods(["GET", "POST"])
def statement_upload(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Read the statements of a file, all or none."""
    customer = customer_or_404(request, customer_id)
    initial = {"currency": request.actor.company.currency, "scale": "0"}
    form = UploadForm(posted(request), request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        file = told.pop("file")
        if file.size > settings.IMPORT_LIMIT_BYTES:
            raise Http404
        try:
            statements, read = record_statement_file(
                actor=request.actor,
                customer=customer,
                name=file.name,
                data=file.read(),
                as_of=request.as_of,
                at=clock.now(),
                **{**told, "scale": int(told["scale"] or 0)},
            )
        except Refused as refusal:
            form.add_error("file", spoken(refusal))
        else:
            text = ngettext(
                "%(n)d statement is recorded.", "%(n)d statements are recorded.", len(statements)
            ) % {"n": len(statements)}
            if read.unread:
                left = gettext("Lines that were not used: %(lines)s.")
                text = f"{text} {left % {'lines': '; '.join(read.unread)[:400]}}"
            return done(request, " ".join([text, *read.notes]), back=_back(customer))
    context = {"form": form, "customer": customer}
    status = REFUSED if form.errors else 200
    return render(request, "web/financial_statement_upload.html", context, status=status)


@require_GET
def statement_show(request: StaffRequest, financial_statement_id: int) -> HttpResponse:
    """Show every version of the statement of a period, with who told what and why."""
    versions = statement_versions(request.actor.company, financial_statement_id)
    if not versions:
        raise Http404
    figures = [told_lines(version) for version in versions]
    names = [name for name in LINES if any(name in told for told in figures)]
    context = {
        "versions": versions,
        "newest": versions[0],
        "customer": versions[0].customer,
        "rows": [(name, [told.get(name) for told in figures]) for name in names],
    }
    return render(request, "web/financial_statement.html", context)


def _back(customer: Customer) -> str:
    return reverse("credit-file", args=[customer.pk])


def _corrected(request: StaffRequest, customer: Customer) -> FinancialStatement | None:
    """Return the statement that the address asks to correct, None for a new one."""
    key = read_key(request.GET.get("correct", ""))
    if key is None:
        return None
    return get_object_or_404(FinancialStatement, pk=key, customer=customer)


def _initial(before: FinancialStatement | None, currency: str) -> dict[str, object]:
    if before is None:
        return {"currency": currency, "scale": "1", "kind": FinancialStatement.Kind.ANNUAL}
    lines = told_lines(before)
    whole = all(amount % before.scale == 0 for amount in lines.values())
    scale = before.scale if whole else 1
    return {
        "kind": before.kind,
        "period_from": before.period_from,
        "period_to": before.period_to,
        "currency": before.currency,
        "scale": str(scale),
        "is_audited": before.is_audited,
        **{name: amount // scale for name, amount in lines.items()},
    }
