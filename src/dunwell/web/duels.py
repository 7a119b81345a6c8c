"""Planning champion against challenger: two strategies or texts, and what a winner takes."""

from collections.abc import Iterable
from datetime import date, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.duels import DuelTerms, plan_duel
from dunwell.actions.gate import Refused
from dunwell.ml.duels import MEASURES
from dunwell.models import Duel
from dunwell.queries.duels import power, strategy_names, wording_names
from dunwell.templatetags.experiments import guard_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import form_page, posted
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PPM_OF_POINT = 10_000
DAYS = 182
USUAL_POINTS = 5


class DuelForm(forms.Form):
    """Who meets whom, for which part of the customers, and what counts as worth it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    question = forms.CharField(label=_("Question"), max_length=300, required=False)
    champion = forms.ChoiceField(label=_("Champion"), help_text=_("What customers get today."))
    challenger = forms.ChoiceField(label=_("Challenger"), help_text=_("What might be better."))
    percent = forms.IntegerField(
        label=_("Share of customers for the challenger, in percent"),
        min_value=5,
        max_value=95,
        initial=50,
        help_text=_("Half and half is quickest."),
    )
    smallest = forms.DecimalField(
        label=_("Effect worth finding, in points of money paid within 28 days"),
        min_value=1,
        max_value=50,
        decimal_places=1,
        initial=USUAL_POINTS,
        help_text=_(
            "The table “What a comparison takes” says how many customers and weeks each needs."
        ),
    )
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day"))

    def __init__(self, *args: object, names: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        chosen = list(names)
        for field in ("champion", "challenger"):
            self.fields[field].choices = chosen  # type: ignore[attr-defined]
        for measure in MEASURES:
            self.fields[f"margin_{measure}"] = forms.DecimalField(
                label=_("Margin: %(what)s, in points") % {"what": guard_label(measure)},
                min_value=0,
                max_value=10,
                decimal_places=1,
                initial=2,
                help_text=_("So much more would still do; beyond it the challenger stops."),
            )

    @property
    def terms(self) -> DuelTerms:
        """Return what was told, as the action takes it; the kind stands before the name."""
        told = self.cleaned_data
        kind, _, champion = told["champion"].partition("/")
        other, _, challenger = told["challenger"].partition("/")
        if kind != other:
            raise Refused(gettext("Compare two strategies, or two variants of one text."))
        return DuelTerms(
            kind=kind,
            champion=champion,
            challenger=challenger,
            share_ppm=told["percent"] * PPM_OF_POINT,
            smallest_ppm=int(told["smallest"] * PPM_OF_POINT),
            margins=tuple(
                (measure, int(told[f"margin_{measure}"] * PPM_OF_POINT)) for measure in MEASURES
            ),
        )


@needs("experiment.run")
@require_http_methods(["GET", "POST"])
def duel_add(request: StaffRequest) -> HttpResponse:
    """Write a comparison down as a draft, beside what it takes with today's volumes."""
    company, today = request.actor.company, request.as_of
    begins = {"starts_on": today, "ends_on": today + timedelta(days=DAYS)}
    form = DuelForm(posted(request), names=_names(request, today), initial=begins)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            duel = plan_duel(
                actor=request.actor,
                name=told["name"],
                question=told["question"],
                terms=form.terms,
                starts_on=told["starts_on"],
                ends_on=told["ends_on"],
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("experiment", duel.experiment_id)
    context = {
        "power": power(company, as_of=today),
        "action": reverse("duel-add"),
        "back": reverse("experiments"),
    }
    return form_page(request, "web/duel_new.html", form, context)


def _names(request: StaffRequest, today: date) -> list[tuple[str, str]]:
    company = request.actor.company
    strategies = [
        (f"{Duel.Kind.STRATEGY}/{name}", gettext("Strategy: %(name)s") % {"name": name})
        for name in strategy_names(company, as_of=today)
    ]
    texts = [
        (f"{Duel.Kind.WORDING}/{name}", gettext("Text: %(name)s") % {"name": name})
        for name in wording_names(company, as_of=today)
    ]
    return [*strategies, *texts]
