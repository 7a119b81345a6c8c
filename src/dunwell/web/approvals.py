"""Pages about approvals: what waits for me, what I asked for, what was decided; deciding."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import ApprovalRequest
from dunwell.queries.approvals import SCOPES, WAITING, ApprovalRow, approval_rows, waiting_count
from dunwell.queries.pages import every_row
from dunwell.templatetags.approvals import act_label, role_label
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

LABELS = {
    "waiting": _("Waiting for me"),
    "mine": _("My requests"),
    "decided": _("Decided"),
    "all": _("All"),
}
COLUMNS = (
    _("What"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Amount"),
    _("Given up, ppm"),
    _("Months"),
    _("Who may approve"),
    _("Reason"),
    _("Asked by"),
    _("Asked on"),
    _("Status"),
    _("Decided by"),
    _("Decided on"),
    _("Decision"),
)


class ApproveForm(forms.Form):
    """What the author should know, if anything."""

    reason = forms.CharField(label=_("Note"), max_length=300, required=False)


class RejectForm(forms.Form):
    """Why not; the author reads it."""

    reason = forms.CharField(label=_("Why is it rejected?"), max_length=300)


@require_GET
def approval_list(request: StaffRequest) -> HttpResponse:
    """List requests: those that wait the oldest first, others the newest first."""
    only = _only(request)
    page = page_asked(request, lambda cursor: approval_rows(**only, cursor=cursor))
    actor = request.actor
    context = {
        "page": page,
        "scope": only["scope"],
        "scopes": LABELS.items(),
        "waiting": waiting_count(
            actor.company, person=actor.name, roles=actor.roles, as_of=request.as_of
        ),
    }
    return render(request, "web/approvals.html", context)


@require_GET
def approvals_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every request under the page's filter."""
    found = every_row(partial(approval_rows, **_only(request)))
    return file_response(
        kind,
        name=f"approvals-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@needs("approval.decide")
@require_http_methods(["GET", "POST"])
def approval_approve(request: StaffRequest, request_id: int) -> HttpResponse:
    """Approve what somebody else asked for; it is carried out at once."""
    asked = _asked(request, request_id)
    form = ApproveForm(request.POST if request.method == "POST" else None)
    context = {
        "heading": gettext("Approve the request"),
        "lead": _lead(asked),
        "button": gettext("Approve"),
        "action": reverse("approval-approve", args=[asked.pk]),
    }
    said = gettext("Approved; it is carried out.")
    return _decide(request, asked, form, is_approved=True, said=said, context=context)


@needs("approval.decide")
@require_http_methods(["GET", "POST"])
def approval_reject(request: StaffRequest, request_id: int) -> HttpResponse:
    """Reject what somebody else asked for, with a reason."""
    asked = _asked(request, request_id)
    form = RejectForm(request.POST if request.method == "POST" else None)
    context = {
        "heading": gettext("Reject the request"),
        "lead": _lead(asked),
        "button": gettext("Reject"),
        "action": reverse("approval-reject", args=[asked.pk]),
    }
    said = gettext("Rejected; the author sees the reason.")
    return _decide(request, asked, form, is_approved=False, said=said, context=context)


@require_http_methods(["GET", "POST"])
def approval_withdraw(request: StaffRequest, request_id: int) -> HttpResponse:
    """Take one's own request back."""
    asked = _asked(request, request_id)
    form = ApproveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_approval(
                actor=request.actor,
                request=asked,
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Withdrawn."), back=reverse("approvals"))
    context = {
        "heading": gettext("Withdraw the request"),
        "lead": _lead(asked),
        "button": gettext("Withdraw"),
        "action": reverse("approval-withdraw", args=[asked.pk]),
    }
    return form_page(request, "web/plain_form.html", form, {**context, **_crumb()})


def _decide(
    request: StaffRequest,
    asked: ApprovalRequest,
    form: forms.Form,
    *,
    is_approved: bool,
    said: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Decide when the form is sent and right, else show it."""
    if request.method == "POST" and form.is_valid():
        try:
            decide_approval(
                actor=request.actor,
                request=asked,
                approve=is_approved,
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, said, back=reverse("approvals"))
    return form_page(request, "web/plain_form.html", form, {**context, **_crumb()})


def _asked(request: StaffRequest, request_id: int) -> ApprovalRequest:
    return get_object_or_404(
        ApprovalRequest.objects.select_related("customer"),
        pk=request_id,
        company=request.actor.company,
    )


def _lead(asked: ApprovalRequest) -> str:
    """Return what is decided on: the verdict, and why it was asked for."""
    return f"{asked.verdict.get('text', '')} {asked.requested_by}: {asked.reason}".strip()


def _crumb() -> dict[str, str]:
    return {"crumb": gettext("Approvals"), "back": reverse("approvals")}


def _only(request: StaffRequest) -> dict[str, Any]:
    asked, actor = request.GET.get("scope", WAITING), request.actor
    return {
        "company": actor.company,
        "scope": asked if asked in SCOPES else WAITING,
        "person": actor.name,
        "roles": actor.roles,
        "as_of": request.as_of,
    }


def _row(row: ApprovalRow) -> tuple[Value, ...]:
    return (
        act_label(row.act),
        row.customer_number,
        row.customer_name,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        row.concession_ppm,
        row.months,
        translated(role_label(row.needs_role)),
        row.reason,
        row.requested_by,
        row.requested_on,
        translated(row.status_label),
        row.decided_by,
        row.decided_on,
        row.decision,
    )
