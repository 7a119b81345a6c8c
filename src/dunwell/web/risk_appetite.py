"""Pages about the risk appetite: where it stands, the guided form, statements and their paper."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.appetite_statements import state_appetite
from dunwell.actions.gate import Refused
from dunwell.engine.appetite_form import QUESTIONS, Answer, Question
from dunwell.formats.appetite_paper import AppetitePaper, PaperLine, appetite_pdf
from dunwell.formats.typesetting import TypesettingError
from dunwell.queries.appetite_statements import (
    AppetiteStatementRow,
    company_figures,
    statement_detail,
    statement_rows,
)
from dunwell.queries.credit_appetite import gauges_shown
from dunwell.templatetags.credit_portfolio import gauge_value, measure_label, way_label
from dunwell.templatetags.money import read_money
from dunwell.templatetags.portfolio_risk import QUESTIONS as WORDS
from dunwell.templatetags.portfolio_risk import question_text, steps_text
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, posted
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PPM = 1_000_000
WAYS = (
    ("refer", _("a person decides")),
    ("stop", _("nothing more of it on credit")),
    ("watch", _("it is watched")),
)


class AppetiteForm(forms.Form):
    """Ten questions; what is left empty limits nothing."""

    valid_from = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        """Ask every question in the company's currency or in percent."""
        super().__init__(*args, **kwargs)
        self._currency = currency
        for question in QUESTIONS:
            label, told = WORDS[question.name]
            self.fields[question.name] = self._field(question, label, told)
            self.fields[f"{question.name}_then"] = forms.ChoiceField(
                label=_("What follows"), choices=WAYS, required=False
            )

    @staticmethod
    def _field(question: Question, label: Any, told: Any) -> forms.Field:
        if question.kind == "amount":
            return forms.CharField(label=label, help_text=told, max_length=30, required=False)
        return forms.DecimalField(
            label=label,
            help_text=told,
            min_value=0,
            max_value=100,
            max_digits=6,
            decimal_places=3,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        """Read amounts in the company's currency."""
        told: dict[str, Any] = super().clean() or {}
        for question in QUESTIONS:
            text = told.get(question.name)
            if question.kind != "amount" or not text:
                continue
            try:
                told[question.name] = read_money(text, self._currency)
            except ValueError as error:
                self.add_error(question.name, spoken(error))
        return told

    def answers(self) -> Mapping[str, Answer]:
        """Return what was answered."""
        found = {}
        for question in QUESTIONS:
            value = self.cleaned_data.get(question.name)
            if value is None or value == "":
                continue
            is_amount = question.kind == "amount"
            then = self.cleaned_data.get(f"{question.name}_then") or "refer"
            found[question.name] = Answer(
                value=int(value) if is_amount else int(value * PPM / 100), then=then
            )
        return found

    @property
    def asked(self) -> list[tuple[int, Any, Any]]:
        """Return each question with its number, its field and the field of what follows."""
        return [
            (n, self[question.name], self[f"{question.name}_then"])
            for n, question in enumerate(QUESTIONS, 1)
        ]


@require_GET
def appetite_home(request: StaffRequest) -> HttpResponse:
    """Show where the appetite stands, and the statements there were."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: statement_rows(company, cursor=cursor))
    context = {
        "page": page,
        "gauges": gauges_shown(company, as_of=request.as_of),
        "currency": company.currency,
    }
    return render(request, "web/risk_appetite.html", context)


@needs("policy.edit")
@require_http_methods(["GET", "POST"])
def appetite_new(request: StaffRequest) -> HttpResponse:
    """Ask the ten questions, and draft the credit policy they make."""
    company = request.actor.company
    form = AppetiteForm(
        posted(request), currency=company.currency, initial={"valid_from": request.as_of}
    )
    if request.method == "POST" and form.is_valid():
        try:
            statement = state_appetite(
                actor=request.actor,
                answers=form.answers(),
                valid_from=form.cleaned_data["valid_from"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("risk-statement", statement.pk)
    context = {
        "form": form,
        "figures": company_figures(company, as_of=request.as_of),
        "currency": company.currency,
    }
    status = REFUSED if form.is_bound else 200
    return render(request, "web/risk_appetite_new.html", context, status=status)


@require_GET
def appetite_statement(request: StaffRequest, statement_id: int) -> HttpResponse:
    """Show one statement: answers, limits and the arithmetic between."""
    return render(request, "web/risk_statement.html", {"row": _statement(request, statement_id)})


@require_GET
def appetite_statement_pdf(request: StaffRequest, statement_id: int) -> HttpResponse:
    """Return a statement as paper."""
    row = _statement(request, statement_id)
    company, code = request.actor.company, row.currency
    paper = AppetitePaper(
        company=company.name,
        as_of=row.as_of,
        title=gettext("Risk appetite"),
        lead=gettext(
            "Stated by %(by)s. Policy version %(version)s, valid from %(day)s, %(status)s."
        )
        % {
            "by": row.by,
            "version": row.version,
            "day": row.valid_from.isoformat(),
            "status": row.status_label.lower(),
        },
        heads=(gettext("Question"), gettext("Limit"), gettext("At most"), gettext("Then")),
        lines=tuple(
            PaperLine(
                question=question_text(line.question),
                measure=measure_label(line.measure),
                most=gauge_value(line.most, code, line.is_share),
                then=way_label(line.then),
                arithmetic=steps_text(line.steps, code),
            )
            for line in row.lines
        ),
    )
    try:
        data = appetite_pdf(paper)
    except TypesettingError as error:
        text = gettext("The statement cannot be written: %(why)s") % {"why": spoken(error)}
        return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="appetite-{row.id}.pdf"'
    return response


def _statement(request: StaffRequest, statement_id: int) -> AppetiteStatementRow:
    row = statement_detail(request.actor.company, statement_id)
    if row is None:
        raise Http404
    return row
