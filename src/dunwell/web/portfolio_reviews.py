"""Pages about portfolio reviews: the list, the rhythm, one with its pack and what changed."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portfolio_reviews import plan_review, set_rhythm
from dunwell.engine.money import from_minor, to_minor
from dunwell.formats.exports import Value
from dunwell.formats.review_pack import PACK_MEDIA
from dunwell.models import ReviewRhythm
from dunwell.queries.portfolio_reviews import (
    PortfolioDecisionRow,
    decision_rows,
    pack_file,
    review_detail,
    review_rows,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import form_page, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

DECISION_COLUMNS = (
    _("Review"),
    _("Decision"),
    _("Owner"),
    _("Due"),
    _("Customer"),
    _("Done on"),
    _("Done by"),
    _("Outcome"),
)
USUAL_DAYS = 14
USUAL_WARNING = 100_000_00


class RhythmForm(forms.Form):
    """How often, when next, and which events ask besides."""

    every_months = forms.TypedChoiceField(
        label=_("How often"), choices=ReviewRhythm.Every.choices, coerce=int
    )
    next_on = day_field(label=_("Next review"))
    on_gauge = forms.BooleanField(
        label=_("When a limit of the risk appetite is passed"), required=False
    )
    on_warning = forms.BooleanField(
        label=_("On a strong early warning about a large customer"), required=False
    )
    warning = forms.DecimalField(
        label=_("Large is an exposure from"), min_value=Decimal("0.01"), max_digits=15
    )


class PlanForm(forms.Form):
    """A review that somebody asks for."""

    name = forms.CharField(label=_("Name"), max_length=80)
    due_on = day_field(label=_("Due"))
    reason = forms.CharField(label=_("Why now?"), max_length=300)
    agenda = forms.CharField(
        label=_("Agenda"), max_length=20_000, required=False, widget=forms.Textarea
    )


@require_GET
def review_list(request: StaffRequest) -> HttpResponse:
    """List reviews, the rhythm, and the decisions that wait."""
    company, as_of = request.actor.company, request.as_of
    page = page_asked(request, lambda cursor: review_rows(company, as_of=as_of, cursor=cursor))
    context = {
        "page": page,
        "rhythm": ReviewRhythm.objects.filter(company=company).first(),
        "waiting": decision_rows(company, as_of=as_of),
    }
    return render(request, "web/portfolio_reviews.html", context)


@require_GET
def review_show(request: StaffRequest, review_id: int) -> HttpResponse:
    """Show one review: its pack, the difference to the last, minutes, decisions, names."""
    detail = review_detail(request.actor.company, review_id, as_of=request.as_of)
    if detail is None:
        raise Http404
    context = {"detail": detail, "row": detail.row, "pack": detail.pack}
    return render(request, "web/portfolio_review.html", context)


@require_GET
def pack_download(request: StaffRequest, review_id: int, kind: str) -> HttpResponse:
    """Return a file of the frozen pack, as it was frozen."""
    found = pack_file(request.actor.company, review_id, kind)
    if found is None:
        raise Http404
    response = HttpResponse(found[0], content_type=PACK_MEDIA[kind])
    response["Content-Disposition"] = f'attachment; filename="portfolio-review-{review_id}.{kind}"'
    response["X-Content-SHA256"] = found[1]
    return response


@require_GET
def decisions_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the decisions that wait."""
    rows = decision_rows(request.actor.company, as_of=request.as_of)
    return file_response(
        kind,
        name=f"decisions-{request.as_of.isoformat()}",
        columns=[str(name) for name in DECISION_COLUMNS],
        rows=(_decision(row) for row in rows),
    )


@needs("portfolio_review.edit")
@require_http_methods(["GET", "POST"])
def rhythm_edit(request: StaffRequest) -> HttpResponse:
    """Set how often the portfolio is reviewed."""
    company = request.actor.company
    rhythm = ReviewRhythm.objects.filter(company=company).first()
    least = rhythm.warning_minor if rhythm else USUAL_WARNING
    form = RhythmForm(
        posted(request),
        initial={
            "every_months": rhythm.every_months if rhythm else ReviewRhythm.Every.QUARTER,
            "next_on": rhythm.next_on if rhythm else request.as_of + timedelta(days=USUAL_DAYS),
            "on_gauge": rhythm.on_gauge if rhythm else True,
            "on_warning": rhythm.on_warning if rhythm else True,
            "warning": from_minor(least, company.currency),
        },
    )
    form.fields["warning"].help_text = _("An amount in %(currency)s.") % {
        "currency": company.currency
    }

    def act(warning: Decimal, **told: object) -> None:
        try:
            minor = to_minor(warning, company.currency)
        except ValueError as error:
            raise Refused(str(error)) from error
        set_rhythm(
            actor=request.actor,
            warning_minor=minor,
            as_of=request.as_of,
            at=clock.now(),
            **told,  # type: ignore[arg-type]  # the form's fields
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("The rhythm is set."),
        back=reverse("portfolio-reviews"),
        context={
            "heading": gettext("Rhythm of portfolio reviews"),
            "lead": gettext("The day's cycle plans each review on its day."),
            "button": gettext("Set"),
            "action": reverse("review-rhythm"),
            "crumb": gettext("Portfolio reviews"),
        },
    )


@needs("portfolio_review.edit")
@require_http_methods(["GET", "POST"])
def review_add(request: StaffRequest) -> HttpResponse:
    """Plan a review by hand."""
    begins = {"due_on": request.as_of + timedelta(days=USUAL_DAYS)}
    form = PlanForm(posted(request), initial=begins)
    if request.method == "POST" and form.is_valid():
        try:
            review = plan_review(
                actor=request.actor, as_of=request.as_of, at=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("portfolio-review", review.pk)
    context = {
        "heading": gettext("Plan a portfolio review"),
        "button": gettext("Plan"),
        "action": reverse("portfolio-review-add"),
        "crumb": gettext("Portfolio reviews"),
        "back": reverse("portfolio-reviews"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


def _decision(row: PortfolioDecisionRow) -> tuple[Value, ...]:
    return (
        row.review,
        row.text,
        row.owner,
        row.due_on,
        row.customer,
        row.done_on,
        row.done_by,
        row.outcome,
    )
