"""Planning a timing experiment: at which hours mail may go out, and how many mails try them."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.experiments import LARGEST_TRIAL_PPM, plan_experiment
from dunwell.actions.gate import Refused
from dunwell.ml.bandit_hours import ORDINARY, OTHER, SLOTS, shared
from dunwell.models import Experiment
from dunwell.templatetags.experiments import arm_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import form_page
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PPM_OF_PERCENT = 10_000
DAYS = 91
MOST_PERCENT = LARGEST_TRIAL_PPM // PPM_OF_PERCENT
USUAL_PERCENT = 30


class TimingForm(forms.Form):
    """The ordinary hour, the hours to be tried, and the share of mails that try them."""

    name = forms.CharField(label=_("Name"), max_length=80)
    question = forms.CharField(
        label=_("Question"),
        max_length=300,
        required=False,
        help_text=_("What do you want to know? For instance: do mails after lunch bring more?"),
    )
    ordinary = forms.ChoiceField(
        label=_("Ordinary hour"),
        initial=ORDINARY,
        help_text=_("Mail goes out then until another hour has shown that it brings more."),
    )
    others = forms.MultipleChoiceField(
        label=_("Hours to be tried"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("In the customer's own time. The other channel is the one the step names."),
    )
    percent = forms.IntegerField(
        label=_("Share of mails that try them, in percent"),
        min_value=1,
        max_value=MOST_PERCENT,
        initial=USUAL_PERCENT,
        help_text=_("At most so many are ever sent otherwise than what looks best."),
    )
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        hours = [(name, arm_label(name)) for name in SLOTS]
        self.fields["ordinary"].choices = hours  # type: ignore[attr-defined]
        self.fields["others"].choices = [*hours, (OTHER, arm_label(OTHER))]  # type: ignore[attr-defined]
        self.fields["others"].initial = [name for name in SLOTS if name != ORDINARY]


@needs("experiment.run")
@require_http_methods(["GET", "POST"])
def timing_add(request: StaffRequest) -> HttpResponse:
    """Write a timing experiment down as a draft; no mail waits before it is started."""
    today = request.as_of
    begins = {"starts_on": today, "ends_on": today + timedelta(days=DAYS)}
    form = TimingForm(request.POST if request.method == "POST" else None, initial=begins)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        names = [told["ordinary"], *(one for one in told["others"] if one != told["ordinary"])]
        try:
            experiment = plan_experiment(
                actor=request.actor,
                name=told["name"],
                kind=Experiment.Kind.TIMING,
                question=told["question"],
                arms=shared(names, explore_ppm=told["percent"] * PPM_OF_PERCENT),
                starts_on=told["starts_on"],
                ends_on=told["ends_on"],
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("experiment", experiment.pk)
    context = {
        "heading": gettext("Plan a timing experiment"),
        "lead": gettext(
            "Every mail is given an hour of the customer's day by chance. What is paid within 14 "
            "days shifts the chances to the hours that bring more."
        ),
        "button": gettext("Keep as draft"),
        "action": reverse("timing-add"),
        "crumb": gettext("Experiments"),
        "back": reverse("experiments"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)
