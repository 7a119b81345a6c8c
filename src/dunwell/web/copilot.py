"""The copilot: how a customer stands, what to ask next, drafts, and why a figure is what it is."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.compositions import writer_of
from dunwell.engine.copilot import DRAFTS, draft_choice, explain_holds, questions, summary
from dunwell.engine.copilot_explanations import explain_kpi, explain_rank, explain_score
from dunwell.engine.copilot_facts import CopilotFacts
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.jobs.phrasing import FAILED, language_model, phrased
from dunwell.queries.copilot import copilot_facts
from dunwell.queries.copilot_drafts import copilot_draft
from dunwell.queries.copilot_kpis import kpi_pair
from dunwell.web.answers import customer_or_404
from dunwell.web.kpi_choice import kpi_choice
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

DRAFT_LABELS: Mapping[str, Any] = {
    "email": _("Draft of a mail"),
    "letter": _("Draft of a letter"),
    "call": _("What to say in a call"),
}


@require_GET
def customer_copilot(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show what the copilot has to say of a customer; the card alone for the customer's page."""
    facts = facts_or_404(request, customer_id)
    asked = questions(facts)
    context = {
        "facts": facts,
        "summary": summary(facts),
        "first": asked[0] if asked else None,
        "others": asked[1:],
        "score": explain_score(facts),
        "holds": explain_holds(facts),
        "rank": explain_rank(facts),
        "drafts": DRAFT_LABELS.items(),
        "is_part": bool(request.htmx),
    }
    part = "#card" if request.htmx else ""
    return render(request, f"web/copilot.html{part}", context)


@needs("message.compose")
@require_http_methods(["GET", "POST"])
def draft(request: StaffRequest, customer_id: int, kind: str) -> HttpResponse:
    """Show a draft filled from the ledger; a POST words it anew by the language model.

    Nothing is sent or kept here: the composer takes it from there.
    """
    if kind not in DRAFTS:
        raise Http404
    customer = customer_or_404(request, customer_id)
    choice = draft_choice(facts_or_404(request, customer_id), kind)
    found = copilot_draft(
        customer,
        choice,
        writer=writer_of(request.actor),
        as_of=request.as_of,
        at=clock.now(),
    )
    has_model = language_model() is not None and not found.trouble
    worded = None
    if request.method == "POST" and has_model:
        worded = phrased(found.own_words, language=found.language)
    context = {
        "customer": customer,
        "choice": choice,
        "draft": found,
        "heading": DRAFT_LABELS[kind],
        "kinds": DRAFT_LABELS.items(),
        "has_model": has_model,
        "body": worded.text if worded is not None and worded.by_model else found.body,
        # braces stand for placeholders in the composer; two of them are one
        "words": worded.text.replace("{", "{{").replace("}", "}}") if worded else "",
        "worded": worded,
        "refusal": ""
        if worded is None or worded.by_model
        else gettext("The language model did not answer in time; the text stays as it is.")
        if worded.why == FAILED
        else gettext(
            "What the language model wrote says something the ledger does not; the text stays as "
            "it is."
        ),
    }
    return render(request, "web/copilot_draft.html", context)


@require_GET
def kpi_explained(request: StaffRequest, kpi_id: str) -> HttpResponse:
    """Show what a figure was made of and what moved it since the month end before."""
    if kpi_id not in KPIS:
        raise Http404
    about = KPIS[kpi_id]
    choice = kpi_choice(request)
    currency = choice.currency if about.has_currency else ""
    pair = (
        None
        if choice.is_heavy
        else kpi_pair(request.actor.company, about, currency=currency, as_of=choice.asked.as_of)
    )
    context = {
        "about": about,
        "choice": choice,
        "currency": currency,
        "sentences": ()
        if pair is None
        else explain_kpi(about, pair.now, pair.before, currency=currency),
    }
    return render(request, "web/copilot_kpi.html", context)


def facts_or_404(request: StaffRequest, customer_id: int) -> CopilotFacts:
    """Return what is known of a customer of one's own company; Http404 for any other."""
    found = copilot_facts(request.actor.company, customer_id, as_of=request.as_of, at=clock.now())
    if found is None:
        raise Http404
    return found
