"""Pages about the pay-date model: who serves and why, how it holds, its versions and its card."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.model_versions import promote_model, reject_model
from dunwell.jobs.training import Training, begin_training, latest_training
from dunwell.ml.card import card_text
from dunwell.models import ModelVersion
from dunwell.queries.model_versions import LARGE, CheckRow, model_page, version_page
from dunwell.templatetags.model_words import SCOPES
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, progress
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SHOWN_VERSIONS = 30
CARD_KINDS = {"json": "application/json", "md": "text/markdown; charset=utf-8"}


class DecisionForm(forms.Form):
    """Why a version is put to serve or turned down; it stands in the audit log for good."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class RejectForm(forms.Form):
    """Why a version is turned down."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


@require_GET
def model_list(request: StaffRequest) -> HttpResponse:
    """Show who serves and why, the league, calibration, drift, and every version."""
    company = request.actor.company
    page = model_page(company, limit=SHOWN_VERSIONS)
    scope = _scope(request)
    context = {
        "page": page,
        "check": page.checks[0] if page.checks else None,
        "calibration": _calibration(page.checks, page.card),
        "scope": scope,
        "scopes": SCOPES.items(),
        "waiting": [row for row in page.versions if row.status == "candidate"],
        "is_own": _is_own(request, page.versions),
        **_training(request),
    }
    return render(request, "web/models.html", context)


@require_GET
def model_show(request: StaffRequest, model_id: int) -> HttpResponse:
    """Show one version with the back-test it was chosen by and its card."""
    page = version_page(request.actor.company, model_id)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "version": page.version,
        "card": page.card,
        "scope": _scope(request),
        "scopes": SCOPES.items(),
        "is_own": page.version.trained_by == request.actor.name,
    }
    return render(request, "web/model.html", context)


@require_GET
def model_card(request: StaffRequest, model_id: int, kind: str) -> HttpResponse:
    """Return a version's card as a file: JSON for programs, Markdown for people."""
    page = version_page(request.actor.company, model_id)
    if page is None or not page.card.get("league") or kind not in CARD_KINDS:
        raise Http404
    card = dict(page.card)
    text = (
        json.dumps(card, indent=2, ensure_ascii=False, sort_keys=True)
        if kind == "json"
        else card_text(card)
    )
    response = HttpResponse(text, content_type=CARD_KINDS[kind])
    name = f"model-card-{page.version.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs("model.train")
@require_POST
def model_train(request: StaffRequest) -> HttpResponse:
    """Begin training a new version in the background; the page shows how it goes."""
    begin_training(request.actor.company.pk, user_id=request.actor.user_id, at=clock.now())
    return redirect("models")


@require_GET
def model_progress(request: StaffRequest) -> HttpResponse:
    """Return the progress line alone; once training has ended, htmx loads the page again."""
    context = _training(request)
    shown = context if context["is_training"] else None
    return progress(request, "web/models_training.html", shown)


@needs("model.promote")
@require_http_methods(["GET", "POST"])
def model_promote(request: StaffRequest, model_id: int) -> HttpResponse:
    """Put a version to serve in place of the present one."""
    version = _version(request, model_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            promote_model(
                actor=request.actor,
                version=version,
                reason=form.cleaned_data["reason"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("Version %(number)d serves now; the next cycle scores with it.")
            return done(request, text % {"number": version.number}, back=reverse("models"))
    context = _form(
        version,
        heading=gettext("Let version %(number)d serve") % {"number": version.number},
        lead=_promote_lead(version, is_own=version.trained_by == request.actor.name),
        button=gettext("Let it serve"),
        action=reverse("model-promote", args=[version.pk]),
    )
    return form_page(request, "web/plain_form.html", form, context)


@needs("model.promote")
@require_http_methods(["GET", "POST"])
def model_reject(request: StaffRequest, model_id: int) -> HttpResponse:
    """Turn a candidate down, with a reason."""
    version = _version(request, model_id)
    form = RejectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reject_model(
                actor=request.actor,
                version=version,
                reason=form.cleaned_data["reason"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("Version %(number)d is rejected.") % {"number": version.number}
            return done(request, text, back=reverse("models"))
    context = _form(
        version,
        heading=gettext("Reject version %(number)d") % {"number": version.number},
        lead=gettext("It will never serve. What serves now goes on."),
        button=gettext("Reject"),
        action=reverse("model-reject", args=[version.pk]),
    )
    return form_page(request, "web/plain_form.html", form, context)


def _version(request: StaffRequest, model_id: int) -> ModelVersion:
    versions = ModelVersion.objects.defer(*(name for name in LARGE if name != "league"))
    return get_object_or_404(versions, pk=model_id, company=request.actor.company)


def _form(
    version: ModelVersion, *, heading: str, lead: str, button: str, action: str
) -> dict[str, Any]:
    return {
        "heading": heading,
        "lead": lead,
        "button": button,
        "action": action,
        "crumb": gettext("Version %(number)d") % {"number": version.number},
        "back": reverse("model", args=[version.pk]),
    }


def _promote_lead(version: ModelVersion, *, is_own: bool) -> str:
    told = []
    if version.league.get("is_worse"):
        told.append(gettext("In its back-test another model did better, so a reason is needed."))
    if is_own:
        told.append(
            gettext(
                "You trained this version: somebody else has to put it to serve, unless nobody "
                "else works here."
            )
        )
    told.append(gettext("What serves now is retired and can be taken back any time."))
    return " ".join(told)


def _scope(request: StaffRequest) -> str:
    asked = request.GET.get("scope", "")
    return asked if asked in SCOPES else "new"


def _is_own(request: StaffRequest, versions: Any) -> bool:
    return any(
        row.status == "candidate" and row.trained_by == request.actor.name for row in versions
    )


def _training(request: StaffRequest) -> dict[str, Any]:
    latest: Training | None = latest_training(request.actor.company.pk)
    seconds = 0
    if latest is not None:
        now: datetime = clock.now()
        seconds = max(int((now - latest.started_at).total_seconds()), 0)
    return {
        "training": latest,
        "is_training": latest is not None and latest.is_running,
        "training_seconds": seconds,
    }


def _calibration(checks: tuple[CheckRow, ...], card: Any) -> dict[str, Any]:
    """Return the calibration of real predictions once some have come out, else of the back-test.

    `since` names which; `rows` are of P(late) by segment, `ranges` of the 80 % range.
    """
    for check in checks:
        figures = check.figures
        if figures.get("calibration") and figures.get("ranges"):
            return {
                "is_live": True,
                "as_of": check.as_of,
                "reliability": figures.get("reliability", ()),
                "rows": [row for row in figures["calibration"] if row["late_days"] == 0],
                "ranges": figures["ranges"],
                "rank_shares": figures.get("rank_shares_ppm", ()),
            }
    return {
        "is_live": False,
        "as_of": None,
        "reliability": (),
        "rows": [row for row in card.get("calibration", ()) if row["late_days"] == 0],
        "ranges": card.get("ranges", ()),
        "rank_shares": (),
    }
