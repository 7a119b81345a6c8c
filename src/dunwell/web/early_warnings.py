"""Pages about early warnings: the watch-list, one warning beside the customer's own pattern."""

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
from dunwell.actions.early_warnings import decide_warning
from dunwell.formats.exports import Value
from dunwell.models import EarlyWarning
from dunwell.queries.early_warnings import (
    EarlyWarningRow,
    early_warning_counts,
    early_warning_row,
    early_warning_rows,
)
from dunwell.queries.pages import every_row
from dunwell.queries.playbooks import playbooks_in_force
from dunwell.queries.warning_patterns import pattern_of
from dunwell.templatetags.credit_words import sign_label
from dunwell.templatetags.ui import translated
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = EarlyWarning.Status
PPM = 1_000_000
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Warning"),
    _("Speaks of"),
    _("Strength"),
    _("Now"),
    _("Usual"),
    _("Unit"),
    _("Since"),
    _("First told"),
    _("Status"),
    _("Decided by"),
    _("Reason"),
)


class AcceptForm(forms.Form):
    """A note, and the watch the customer is put under."""

    reason = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, playbooks: list[str], *args: Any, **kwargs: Any) -> None:
        """Offer the playbooks of the company's policy."""
        super().__init__(*args, **kwargs)
        self.fields["playbook"] = forms.ChoiceField(
            label=_("Put the customer under watch"),
            required=False,
            choices=[("", _("no")), *((name, name) for name in playbooks)],
        )


@require_GET
def warning_list(request: StaffRequest) -> HttpResponse:
    """List early warnings, the strongest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: early_warning_rows(company, cursor=cursor, **only))
    counts = early_warning_counts(company)
    context = {
        "page": page,
        "only": only,
        "tabs": [
            (value, label, counts["status"].get(value, 0)) for value, label in Status.choices
        ],
        "kinds": [(kind, sign_label(kind), n) for kind, n in sorted(counts["kind"].items())],
        "signs": [
            (value, label, counts["sign"].get(value, 0))
            for value, label in EarlyWarning.Sign.choices
        ],
    }
    return render(request, "web/early_warnings.html", context)


@require_GET
def warnings_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every warning under the page's filter."""
    found = every_row(partial(early_warning_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"early-warnings-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in found),
    )


@require_GET
def warning_show(request: StaffRequest, warning_id: int) -> HttpResponse:
    """Show one warning beside how late the customer paid week by week."""
    company = request.actor.company
    row = early_warning_row(company, warning_id)
    if row is None:
        raise Http404
    others = early_warning_rows(company, status="", customer_id=row.customer_id).rows
    pattern = pattern_of(company, row.customer_id, as_of=request.as_of)
    context = {
        "row": row,
        "others": [one for one in others if one.id != row.id],
        "pattern": pattern,
        "points": [(one.week_on, one.days_late) for one in pattern.weeks],
    }
    return render(request, "web/early_warning.html", context)


@needs("warning.decide")
@require_http_methods(["GET", "POST"])
def warning_accept(request: StaffRequest, warning_id: int) -> HttpResponse:
    """Accept a warning; the customer may be put under watch by it."""
    warning = _warning(request, warning_id)
    books = playbooks_in_force(request.actor.company, as_of=request.as_of).playbooks
    form = AcceptForm([book.name for book in books], posted(request))

    def act(*, reason: str, playbook: str) -> None:
        decide_warning(
            actor=request.actor,
            warning=warning,
            is_accepted=True,
            reason=reason,
            playbook=playbook,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("Accepted."),
        back=reverse("early-warnings"),
        context={
            "heading": gettext("Accept the warning"),
            "lead": gettext("A review of the credit comes by itself where the policy says so."),
            "button": gettext("Accept"),
            "action": reverse("early-warning-accept", args=[warning.pk]),
            "crumb": gettext("Early warnings"),
        },
    )


@needs("warning.decide")
@require_http_methods(["GET", "POST"])
def warning_dismiss(request: StaffRequest, warning_id: int) -> HttpResponse:
    """Say that a warning is none."""
    warning = _warning(request, warning_id)

    def dismiss(reason: str) -> None:
        decide_warning(
            actor=request.actor,
            warning=warning,
            is_accepted=False,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return reason_page(
        request,
        dismiss,
        said=gettext("Dismissed; it is not raised again for some time."),
        back=reverse("early-warnings"),
        context={
            "heading": gettext("Dismiss the warning"),
            "lead": gettext("Say why it is none; the reason goes into the audit log."),
            "button": gettext("Dismiss"),
            "action": reverse("early-warning-dismiss", args=[warning.pk]),
            "crumb": gettext("Early warnings"),
        },
    )


def _warning(request: StaffRequest, warning_id: int) -> EarlyWarning:
    return get_object_or_404(EarlyWarning, pk=warning_id, company=request.actor.company)


def _only(request: StaffRequest) -> dict[str, Any]:
    asked = request.GET
    status, sign = asked.get("status", ""), asked.get("sign", "")
    return {
        "status": status if status in Status.values else str(Status.NEW),
        "sign": sign if sign in EarlyWarning.Sign.values else "",
        "kind": asked.get("kind", "")[:40].replace("\0", ""),
        "search": asked.get("q", "")[:80].replace("\0", ""),
        "customer_id": read_key(asked.get("customer", "")),
    }


def _line(row: EarlyWarningRow) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        sign_label(row.kind),
        translated(row.sign_label),
        row.strength_ppm / PPM,
        row.measured,
        row.usual,
        row.unit,
        row.since_on,
        row.first_on,
        translated(row.status_label),
        row.decided_by,
        row.reason,
    )
