"""/feedback/: a customer says how it was treated, once, through the link of a mail."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.surveys import answer_survey
from dunwell.engine.feedback_policy import SCALES
from dunwell.formats.survey_words import QUESTIONS, survey_language
from dunwell.models import Company, Survey
from dunwell.portal.visitors import REFUSED, visitor
from dunwell.queries.surveys import survey_of_link
from dunwell.templatetags.sentences import spoken

ENDS = {
    "csat": (_("not satisfied at all"), _("very satisfied")),
    "nps": (_("not likely at all"), _("extremely likely")),
    "effort": (_("very difficult"), _("very easy")),
}
"""What the lowest and the highest number of a scale mean."""


class SurveyForm(forms.Form):
    """A number on the scale, and a sentence if one likes."""

    score = forms.TypedChoiceField(
        label=_("Your answer"), coerce=int, widget=forms.RadioSelect, choices=()
    )
    comment = forms.CharField(
        label=_("What should we know? (optional)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, kind: str, *args: object, **kwargs: object) -> None:
        """Offer the numbers of the scale."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        lowest, highest = SCALES[kind]
        numbers = [(number, str(number)) for number in range(lowest, highest + 1)]
        self.fields["score"].choices = numbers  # type: ignore[attr-defined]


@visitor("survey", most=20)
@require_http_methods(["GET", "POST"])
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question, and keep the answer when it is sent; looking burns nothing."""
    survey = survey_of_link(token)
    if survey is None:
        return render(request, "portal/survey_gone.html", status=REFUSED)
    language = survey.contact.language if survey.contact else ""
    language = survey_language(language or survey.customer.language or survey.company.language)
    translation.activate(language if language in {"en", "de"} else "en")
    today = clock.today(survey.company.zone)
    context: dict[str, object] = {"company": survey.company, "survey": survey}
    if survey.answered_at is not None or today > survey.until_on:
        return render(request, "portal/survey_gone.html", context, status=REFUSED)
    form = SurveyForm(survey.kind, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_survey(
                actor=_customer(survey.company, survey),
                survey=survey,
                as_of=today,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return render(request, "portal/survey_thanks.html", context)
    context |= {
        "form": form,
        "question": QUESTIONS[language][survey.kind],
        "language": language,
        "ends": ENDS[survey.kind],
    }
    status = REFUSED if form.is_bound else 200
    return render(request, "portal/survey.html", context, status=status)


def _customer(company: Company, survey: Survey) -> Actor:
    name = f"customer {survey.customer.number}"[:150]
    return Actor(company=company, name=name, rights=frozenset({"survey.answer"}))
