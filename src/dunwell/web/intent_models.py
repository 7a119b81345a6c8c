"""Pages about the reader of messages: how well it reads, what it learned from, who decides."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.intent_models import promote_intent_model, retire_intent_model
from dunwell.formats.exports import Value
from dunwell.jobs.intents import begin_reader_training, latest_reader_training
from dunwell.models import IntentModel
from dunwell.queries.intent_models import ReaderRow, reader_card, reader_page, reader_rows
from dunwell.templatetags.intents import reader_status
from dunwell.web.answers import posted, progress, told_page
from dunwell.web.exports import file_response
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SHOWN = 30
MOST_EXPORTED = 500
PERCENT = 10_000

COLUMNS = (
    _("Version"),
    _("Status"),
    _("Messages"),
    _("Of them the team's own"),
    _("F1, mean of labels (%)"),
    _("Right (%)"),
    _("Right on the team's own (%)"),
    _("Trained by"),
    _("Trained (UTC)"),
    _("Put to serve by"),
    _("Put to serve (UTC)"),
)


class PromoteForm(forms.Form):
    """Why a reader is put to serve; needed where what serves now does better."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


@require_GET
def reader_list(request: StaffRequest) -> HttpResponse:
    """Show which reader serves, how well it reads, and every trained one."""
    page = reader_page(request.actor.company, limit=SHOWN)
    context = {
        "page": page,
        "card": page.card,
        "waiting": [row for row in page.rows if row.status == "candidate"],
        **_training(request),
    }
    return render(request, "web/intent_models.html", context)


@require_GET
def readers_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the trained readers with their main figures as a file."""
    rows = reader_rows(request.actor.company, limit=MOST_EXPORTED)
    return file_response(
        kind,
        name=f"message-readers-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in rows),
    )


@require_GET
def reader_show(request: StaffRequest, model_id: int) -> HttpResponse:
    """Show the card of one trained reader."""
    found = reader_card(request.actor.company, model_id)
    if found is None:
        raise Http404
    return render(request, "web/intent_model.html", {"row": found[0], "card": found[1]})


@needs("intent.train")
@require_POST
def reader_train(request: StaffRequest) -> HttpResponse:
    """Begin training on what the team accepted; the page shows how it goes."""
    begin_reader_training(request.actor.company.pk, user_id=request.actor.user_id, at=clock.now())
    return redirect("intent-models")


@require_GET
def reader_progress(request: StaffRequest) -> HttpResponse:
    """Return the progress line alone; once training has ended, htmx loads the page again."""
    context = _training(request)
    return progress(
        request, "web/intent_models_training.html", context if context["is_training"] else None
    )


@needs("intent.train")
@require_http_methods(["GET", "POST"])
def reader_promote(request: StaffRequest, model_id: int) -> HttpResponse:
    """Put a trained reader to serve in place of the present one."""
    model = _model(request, model_id)
    lead = gettext("New messages, and those read before, are read by it from the next run on.")
    if model.card.get("is_worse"):
        lead = f"{gettext('What serves now does better on the same messages.')} {lead}"
    return told_page(
        request,
        PromoteForm(posted(request)),
        partial(promote_intent_model, actor=request.actor, model=model, at=clock.now()),
        said=gettext("This reader serves now."),
        back=reverse("intent-models"),
        context={
            "heading": gettext("Let this reader serve"),
            "lead": lead,
            "button": gettext("Let it serve"),
            "action": reverse("intent-promote", args=[model.pk]),
            "crumb": gettext("Message reader"),
        },
    )


@needs("intent.train")
@require_http_methods(["GET", "POST"])
def reader_retire(request: StaffRequest, model_id: int) -> HttpResponse:
    """Go back to the shipped reader, with a reason."""
    model = _model(request, model_id)

    def retire(reason: str) -> None:
        retire_intent_model(actor=request.actor, model=model, reason=reason, at=clock.now())

    return reason_page(
        request,
        retire,
        said=gettext("The shipped reader serves again."),
        back=reverse("intent-models"),
        context={
            "heading": gettext("Go back to the shipped reader"),
            "lead": gettext("This reader stays in the list and can be put to serve again."),
            "button": gettext("Go back"),
            "action": reverse("intent-retire", args=[model.pk]),
            "crumb": gettext("Message reader"),
        },
    )


def _model(request: StaffRequest, model_id: int) -> IntentModel:
    return get_object_or_404(IntentModel, pk=model_id, company=request.actor.company)


def _training(request: StaffRequest) -> dict[str, Any]:
    latest = latest_reader_training(request.actor.company.pk)
    seconds = max(int((clock.now() - latest.started_at).total_seconds()), 0) if latest else 0
    return {
        "training": latest,
        "is_training": latest is not None and latest.is_running,
        "training_seconds": seconds,
    }


def _row(row: ReaderRow) -> tuple[Value, ...]:
    own = row.own_accuracy_ppm
    return (
        row.version,
        reader_status(row.status),
        row.messages,
        row.accepted,
        row.macro_f1_ppm / PERCENT,
        row.accuracy_ppm / PERCENT,
        None if own is None else own / PERCENT,
        row.trained_by,
        row.trained_at,
        row.promoted_by,
        row.promoted_at,
    )
