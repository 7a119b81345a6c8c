"""Pages about scorecards: the list, one card with all that was measured, trying it, deciding."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.scorecards import (
    doubts_of,
    promote_scorecard,
    retire_scorecard,
    told_reasons,
)
from dunwell.engine.credit_fact_names import fact_named
from dunwell.engine.scorecard_changes import change_to, told
from dunwell.engine.scorecard_terms import CATEGORY, WHOLE, CardInput, Value
from dunwell.engine.scorecard_terms import Scorecard as Card
from dunwell.engine.scorecards import score_one
from dunwell.formats.exports import Value as Cell
from dunwell.models import Scorecard
from dunwell.queries.pages import every_row
from dunwell.queries.scorecards import (
    ScorecardPage,
    ScorecardRow,
    ShadowTable,
    points_counts,
    read_card,
    scorecard_page,
    scorecard_rows,
    shadow_table,
)
from dunwell.templatetags.scorecards import method_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.scorecard_new import training_context
from dunwell.web.staff import StaffRequest

Status = Scorecard.Status
COLUMNS = (
    _("Scorecard"), _("Version"), _("Status"), _("Method"), _("Valid from"), _("Inputs"),
    _("Rows"), _("AUC"), _("KS"), _("Made by"), _("Decided by"),
)  # fmt: skip
POINT_COLUMNS = (_("Input"), _("Label"), _("Value"), _("Points"), _("Reason"))


class PromoteForm(forms.Form):
    """Why a card is put to use; needed where its report raises doubts."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


@require_GET
def scorecard_list(request: StaffRequest) -> HttpResponse:
    """List scorecards by name, the newest version of each first."""
    company, status = request.actor.company, _status(request)
    page = page_asked(
        request, lambda cursor: scorecard_rows(company, status=status, cursor=cursor)
    )
    context = {
        "page": page,
        "status": status,
        "statuses": [(one.value, one.label) for one in Status],
        **training_context(request),
    }
    return render(request, "web/scorecards.html", context)


@require_GET
def scorecards_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every scorecard under the page's filter."""
    found = every_row(partial(scorecard_rows, request.actor.company, status=_status(request)))
    return file_response(
        kind,
        name=f"scorecards-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in found),
    )


@require_GET
def scorecard_show(request: StaffRequest, scorecard_id: int) -> HttpResponse:
    """Show one card: points, report, the champion beside it, and what it says of values tried."""
    page = _page(request, scorecard_id)
    card = read_card(page.document)
    context: dict[str, Any] = {
        "card": page.card,
        "body": page.document["scorecard"],
        "report": page.report,
        "lowest": card.lowest,
        "highest": card.highest,
        "is_own": page.card.author == request.actor.name,
        "doubts": doubts_of(page.report),
        "table": [_table(one) for one in card.inputs],
        "milestones": card.calibration[:: max(1, len(card.calibration) // 6)],
        "counts": points_counts(scorecard_id, as_of=request.as_of),
        "shadow": _shadow(request, page),
        **_figures(page, card),
        **_tried(request, card),
    }
    return render(request, "web/scorecard.html", context)


@require_GET
def scorecard_export(request: StaffRequest, scorecard_id: int, kind: str) -> HttpResponse:
    """Return the points table as a file."""
    page = _page(request, scorecard_id)
    rows = (
        (one["name"], one["label"], row["value"], row["points"], row["reason"])
        for one in (_table(found) for found in read_card(page.document).inputs)
        for row in one["bins"]
    )
    return file_response(
        kind,
        name=f"scorecard-{page.card.name}-{page.card.version}",
        columns=[str(name) for name in POINT_COLUMNS],
        rows=rows,
    )


@require_GET
def scorecard_document(request: StaffRequest, scorecard_id: int) -> HttpResponse:
    """Return the card's document as JSON, as `dunwell scorecard --card` reads it."""
    page = _page(request, scorecard_id)
    text = json.dumps(dict(page.document), indent=1, ensure_ascii=False)
    response = HttpResponse(text + "\n", content_type="application/json")
    name = f"scorecard-{page.card.name}-{page.card.version}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs("scorecard.promote")
@require_http_methods(["GET", "POST"])
def scorecard_promote(request: StaffRequest, scorecard_id: int, to: str) -> HttpResponse:
    """Let a card decide, or score beside the one that does."""
    if to not in (Status.CHAMPION, Status.CHALLENGER):
        raise Http404
    scorecard = _scorecard(request, scorecard_id)
    is_champion = to == Status.CHAMPION
    lead = (
        gettext("It decides from now on; the champion until now scores on beside it.")
        if is_champion
        else gettext("It scores every customer beside the champion and decides nothing.")
    )
    doubts = doubts_of(scorecard.report)
    return told_page(
        request,
        PromoteForm(posted(request)),
        partial(
            promote_scorecard, actor=request.actor, scorecard=scorecard, to=to, at=clock.now()
        ),
        said=gettext("%(card)s is champion now.") % {"card": scorecard}
        if is_champion
        else gettext("%(card)s scores beside the champion now.") % {"card": scorecard},
        back=reverse("scorecard", args=[scorecard.pk]),
        context={
            "heading": gettext("Make %(card)s champion") % {"card": scorecard}
            if is_champion
            else gettext("Let %(card)s challenge") % {"card": scorecard},
            "lead": " ".join([lead, *doubts]),
            "button": gettext("Let it decide") if is_champion else gettext("Let it score beside"),
            "action": reverse("scorecard-promote", args=[scorecard.pk, to]),
            "crumb": str(scorecard),
        },
    )


@needs("scorecard.promote")
@require_http_methods(["GET", "POST"])
def scorecard_retire(request: StaffRequest, scorecard_id: int) -> HttpResponse:
    """Let a card score no more, with the reason."""
    scorecard = _scorecard(request, scorecard_id)

    def retire(reason: str) -> None:
        retire_scorecard(actor=request.actor, scorecard=scorecard, reason=reason, at=clock.now())

    return reason_page(
        request,
        retire,
        said=gettext("%(card)s is retired and scores nobody.") % {"card": scorecard},
        back=reverse("scorecard", args=[scorecard.pk]),
        context={
            "heading": gettext("Retire %(card)s") % {"card": scorecard},
            "lead": gettext("It scores nobody any more; it may be taken back later."),
            "button": gettext("Retire it"),
            "action": reverse("scorecard-retire", args=[scorecard.pk]),
            "crumb": str(scorecard),
        },
    )


def _status(request: StaffRequest) -> str:
    status = request.GET.get("status", "")
    return status if status in Status.values else ""


def _page(request: StaffRequest, scorecard_id: int) -> ScorecardPage:
    page = scorecard_page(request.actor.company, scorecard_id)
    if page is None:
        raise Http404
    return page


def _scorecard(request: StaffRequest, scorecard_id: int) -> Scorecard:
    return get_object_or_404(Scorecard, pk=scorecard_id, company=request.actor.company)


def _cells(row: ScorecardRow) -> tuple[Cell, ...]:
    return (
        row.name, row.version, gettext(row.status_label), method_label(row.method),
        row.valid_from, row.inputs, row.rows, row.auc, row.ks, row.author, row.approver,
    )  # fmt: skip


def _table(one: CardInput) -> dict[str, Any]:
    """Return an input's bins with their value in words."""
    bins = []
    for place, part in enumerate(one.places):
        if place < len(one.bins):
            value = told(change_to(one, len(one.places) - 1, place))
        else:
            is_other = one.kind == CATEGORY and place == len(one.bins)
            value = gettext("any other") if is_other else gettext("not known")
        bins.append(
            {
                "value": value,
                "points": part.points,
                "reason": part.reason,
                "is_enough": part.points >= one.policy_points,
            }
        )
    return {"name": one.name, "label": one.label, "bins": bins}


def _figures(page: ScorecardPage, card: Card) -> dict[str, Any]:
    """Return the report's rows as the page shows them; nothing for a card written by hand."""
    report = page.report
    if not report:
        return {}
    methods: list[dict[str, Any]] = [
        {
            "label": method_label(name),
            "figures": figures,
            "is_this": name == report["method"],
        }
        for name, figures in report["methods"].items()
    ]
    if page.champion and page.champion_report:
        label = gettext("the champion, version %(n)d") % {"n": page.champion.version}
        figures = page.champion_report["quality"]
        methods.append({"label": label, "figures": figures, "is_this": False})
    labels = {one.name: one.label for one in card.inputs}
    moved = {row["input"]: row["psi"] for row in report["stability"]["inputs"]}
    return {
        "methods": methods,
        "inputs": [
            {
                **row,
                "label": labels.get(row["input"], row["input"]),
                "psi": moved.get(row["input"]),
            }
            for row in report["inputs"]
        ],
        "stand_ins": [{**row, "v": row["v_milli"] / 1_000} for row in report["stand_ins"][:8]],
    }


def _shadow(request: StaffRequest, page: ScorecardPage) -> ShadowTable | None:
    """Return how the card and its champion judge the same customers; None without cut-offs."""
    if page.champion is None:
        return None
    own = page.document["scorecard"].get("cut_off", page.report.get("cut_off"))
    other = page.champion_cut_off
    if own is None or other is None:
        return None
    return shadow_table((page.card.id, own), (page.champion.id, other), as_of=request.as_of)


def _tried(request: StaffRequest, card: Card) -> dict[str, Any]:
    """Return the fields to try the card with and, once filled in, what it says of them."""
    typed = {
        one.name: request.GET.get(f"v{place}", "").strip()[:200]
        for place, one in enumerate(card.inputs)
    }
    fields = [
        {
            "key": f"v{place}",
            "label": one.label,
            "unit": fact.unit if (fact := fact_named(one.name)) is not None else "",
            "value": typed[one.name],
            "choices": [text for part in one.bins for text in part.values],
        }
        for place, one in enumerate(card.inputs)
    ]
    context: dict[str, Any] = {"fields": fields}
    if "try" not in request.GET:
        return context
    try:
        values = {one.name: _read_value(one, typed[one.name]) for one in card.inputs}
    except ValueError as error:
        return {**context, "try_refusal": spoken(error)}
    return {**context, **_answer(card, values)}


def _read_value(one: CardInput, text: str) -> Value:
    if not text:
        return None
    if one.kind == CATEGORY:
        return text
    try:
        return int(text) if one.kind == WHOLE else float(text)
    except ValueError as error:
        sentence = (
            gettext("%(label)s: “%(text)s” is no whole number.")
            if one.kind == WHOLE
            else gettext("%(label)s: “%(text)s” is no number; write it with a decimal point.")
        )
        raise ValueError(sentence % {"label": one.label, "text": text}) from error


def _answer(card: Card, values: Mapping[str, Value]) -> dict[str, Any]:
    scored = score_one(card, values)
    labels = {one.name: one.label for one in card.inputs}
    return {
        "tried": scored,
        "passes": None if card.cut_off is None else scored.points >= card.cut_off,
        "tried_parts": [
            {
                "label": labels[part.input],
                "value": part.value,
                "points": part.points,
                "lost": part.lost,
            }
            for part in scored.parts
        ],
        "tried_reasons": [{**row, "label": labels[row["code"]]} for row in told_reasons(scored)],
        "tried_flips": [
            {"label": labels[one.input], "told": told(one), "gain": one.gain}
            for one in scored.flips
        ],
    }
