"""New scorecards: learned from the books or a file in the background, or written by hand."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.scorecards import draft_scorecard
from dunwell.formats.policies import LARGEST_BYTES, PolicyError, read_policy
from dunwell.jobs.scorecards import CardOrder, begin_card_training, latest_card_training
from dunwell.models import Scorecard
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, form_page, posted, progress
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

MOST_BYTES = 100 * 1024**2
EXAMPLE = """scorecard:
  name: trade
  valid_from: {day}
  subjects: companies
  start: 450
  cut_off: 470
  inputs:
    - name: own_days_late
      label: Mean days late
      bins:
        - {{up_to: 5, points: 30}}
        - {{up_to: 20, points: 0, reason: "Pays some days late"}}
        - {{points: -40, reason: "Pays more than 20 days late"}}
      missing: {{points: -10, reason: "No payment history with us"}}
    - name: customer_has_vat_id
      label: VAT number
      kind: category
      bins:
        - {{values: ["yes"], points: 10}}
        - {{values: ["no"], points: 0, reason: "No VAT number is recorded"}}
      missing: {{points: 0, reason: "No VAT number is recorded"}}
  calibration:
    - {{points: 400, pd_ppm: 90000}}
    - {{points: 500, pd_ppm: 10000}}
cases:
  - {{name: a prompt payer, values: {{own_days_late: 2, customer_has_vat_id: yes}}, points: 490}}
"""
"""What the editor begins with: a card that can be kept as it stands."""


class LearnForm(forms.Form):
    """What to learn; without a file, from the company's own books."""

    name = forms.RegexField(
        r"^[a-z][a-z0-9_]{0,79}$",
        label=_("Name"),
        help_text=_("Small letters, digits and _; versions are counted under it."),
        initial="applications",
    )
    valid_from = day_field(label=_("Valid from"))
    subjects = forms.ChoiceField(
        label=_("Whom it scores"),
        choices=[
            ("companies", _("companies")),
            ("natural_persons", _("natural persons: protected inputs are refused")),
        ],
    )
    method = forms.ChoiceField(
        label=_("Method"),
        required=False,
        choices=[
            ("", _("what the data speak for")),
            ("woe", _("weight of evidence")),
            ("stumps", _("boosted stumps")),
            ("blend", _("mean of both")),
        ],
    )
    file = forms.FileField(
        label=_("File of past customers"),
        required=False,
        help_text=_(
            "CSV, XLSX or Parquet, a row per customer with what became of it. Left out, your own "
            "books teach: payment habits, and whether an item became more than 90 days late "
            "within the twelve months after."
        ),
    )
    target = forms.CharField(
        label=_("Column of the outcome"), max_length=200, required=False,
        help_text=_("Needed with a file."),
    )  # fmt: skip
    bad = forms.CharField(
        label=_("Its value for gone bad"), max_length=200, required=False,
        help_text=_("Needed with a file, for example 1."),
    )  # fmt: skip
    leave_out = forms.CharField(
        label=_("Columns to leave out"), max_length=2_000, required=False,
        help_text=_("Names with commas between them, such as numbers of customers."),
    )  # fmt: skip
    protected = forms.CharField(
        label=_("Protected columns"), max_length=2_000, required=False,
        help_text=_(
            "No inputs, but looked at: is every group treated alike, does an input stand in?"
        ),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for the outcome where a file is given."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("file"):
            for name in ("target", "bad"):
                if not cleaned.get(name):
                    self.add_error(name, gettext("With a file this is needed."))
        return cleaned


class WriteForm(forms.Form):
    """A scorecard as text: YAML, or JSON, which is YAML too."""

    text = forms.CharField(
        label=_("Scorecard and its cases, in YAML"),
        max_length=LARGEST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "false", "class": "code"}),
        help_text=_(
            "Inputs are facts of customers (own_, fs_, bureau_, customer_, point_). The cases "
            "must come out, or nothing is kept."
        ),
    )


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("scorecard.train")
@require_http_methods(["GET", "POST"])
def scorecard_learn(request: StaffRequest) -> HttpResponse:
    """Ask what to learn from, and begin; the list shows how it goes."""
    if request.method != "POST":
        return _learn_page(request, LearnForm(initial={"valid_from": request.as_of}))
    cap = CappedUpload(request, limit_bytes=min(MOST_BYTES, settings.IMPORT_LIMIT_BYTES))
    request.upload_handlers.insert(0, cap)
    return _begun(request, cap)


@csrf_protect
def _begun(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    # reading the form is what brings the file in
    form = LearnForm(request.POST, request.FILES)
    if cap.is_over:
        form.add_error("file", gettext("The file is too large; send fewer rows."))
    if not form.is_valid():
        return _learn_page(request, form)
    told, file = form.cleaned_data, form.cleaned_data["file"]
    order = CardOrder(
        name=told["name"],
        valid_from=told["valid_from"],
        subjects=told["subjects"],
        method=told["method"],
        content=file.read() if file else None,
        file_name=file.name[:100] if file else "",
        target=told["target"],
        bad=told["bad"],
        leave_out=_names(told["leave_out"]),
        protected=_names(told["protected"]),
    )
    begin_card_training(
        request.actor.company.pk, order, user_id=request.actor.user_id, at=clock.now()
    )
    return redirect("scorecards")


@needs("scorecard.train")
@require_http_methods(["GET", "POST"])
def scorecard_write(request: StaffRequest) -> HttpResponse:
    """Keep a scorecard written by hand as a draft, begun from another one or an example."""
    form = WriteForm(posted(request), initial={"text": _start(request)})
    if request.method == "POST" and form.is_valid():
        try:
            document = read_policy(form.cleaned_data["text"]).document
            found = draft_scorecard(actor=request.actor, document=document, at=clock.now())
        except (PolicyError, Refused) as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(card)s is kept as a draft; somebody else promotes it.")
            back = reverse("scorecard", args=[found.pk])
            return done(request, text % {"card": found}, back=back)
    context = {
        "heading": gettext("Write a scorecard"),
        "lead": gettext(
            "Every bin with fewer points than the best needs the reason that a person is told."
        ),
        "button": gettext("Keep as draft"),
        "action": reverse("scorecard-write"),
        "crumb": gettext("Scorecards"),
        "back": reverse("scorecards"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_GET
def scorecards_progress(request: StaffRequest) -> HttpResponse:
    """Return the progress line alone; once training has ended, htmx loads the page again."""
    context = training_context(request)
    shown = context if context["is_training"] else None
    return progress(request, "web/scorecards_training.html", shown)


def training_context(request: StaffRequest) -> dict[str, Any]:
    """Return how the last training stands that somebody began here."""
    latest = latest_card_training(request.actor.company.pk)
    return {"training": latest, "is_training": latest is not None and latest.is_running}


def _learn_page(request: StaffRequest, form: LearnForm) -> HttpResponse:
    status = REFUSED if form.is_bound and form.errors else 200
    return render(request, "web/scorecard_learn.html", {"form": form}, status=status)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _start(request: StaffRequest) -> str:
    """Return the text the editor begins with: another card's document, or the example."""
    key = request.GET.get("from", "")
    if key.isdecimal():
        found = get_object_or_404(Scorecard, pk=int(key), company=request.actor.company)
        return json.dumps(found.document, indent=1, ensure_ascii=False)
    return EXAMPLE.format(day=request.as_of)
