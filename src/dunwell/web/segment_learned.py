"""The page of learned segments: a proposal with its draft, applied by nobody but people."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.policies_by_kind import draft_document
from dunwell.models import PolicyVersion
from dunwell.queries.segments_learned import proposed_segments
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, posted
from dunwell.web.policy_texts import DraftForm
from dunwell.web.staff import StaffRequest

KIND = PolicyVersion.Kind.SEGMENTS


@require_http_methods(["GET", "POST"])
def segments_learned(request: StaffRequest) -> HttpResponse:
    """Show groups of customers that behave alike, and draft the policy that would draw them."""
    form = DraftForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            version = draft_document(
                actor=request.actor,
                kind=KIND,
                text=form.cleaned_data["text"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("policy", policy_kind=KIND, policy_id=version.pk)
    proposed = proposed_segments(request.actor.company, as_of=request.as_of)
    if request.method == "GET" and proposed is not None:
        form = DraftForm(initial={"text": proposed.text})
    context = {
        "learned": proposed.learned if proposed else None,
        "form": form,
        "currency": request.actor.company.currency,
    }
    status = REFUSED if form.errors else 200
    return render(request, "web/segments_learned.html", context, status=status)
