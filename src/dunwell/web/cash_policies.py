"""Pages about the cash policy: what is in force, the budget of the month, drafting, publishing."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.cash_policies import (
    discard_cash_policy,
    draft_cash_policy,
    publish_cash_policy,
)
from dunwell.actions.gate import Refused
from dunwell.engine.cash_policy import read_cash_policy
from dunwell.engine.cash_rehearsal import play_cash_cases
from dunwell.models import PolicyVersion
from dunwell.queries.cash_policies import (
    budget_use,
    cash_policy_in_force,
    cash_version_in_force,
    shipped_cash_text,
)
from dunwell.queries.policies import policy_rows, policy_text
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.policy_texts import DraftForm, Reading, read_text
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

CASH = PolicyVersion.Kind.CASH


class CashDraftForm(DraftForm):
    """The document as text."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Name the field after what it holds."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("Cash policy and its cases, in YAML")


@require_GET
def cash_policy_list(request: StaffRequest) -> HttpResponse:
    """Show what is in force, the budget used this month, drafts, and every version there was."""
    company, as_of = request.actor.company, request.as_of
    versions = page_asked(
        request, lambda cursor: policy_rows(company, as_of=as_of, kind=CASH, cursor=cursor)
    )
    drafts = policy_rows(company, as_of=as_of, kind=CASH, status=PolicyVersion.Status.DRAFT)
    version = cash_version_in_force(company, as_of=as_of)
    context = {
        "section": "cash",
        "policy": cash_policy_in_force(company, as_of=as_of),
        "version": version,
        "in_force_id": version.pk if version else None,
        "budget": budget_use(company, as_of=as_of),
        "drafts": drafts.rows,
        "page": versions,
    }
    return render(request, "web/cash_policies.html", context)


@require_GET
def cash_policy_show(request: StaffRequest, version_id: int) -> HttpResponse:
    """Show one version: what it says, its cases, and its text."""
    version = _version(request, version_id)
    in_force = cash_version_in_force(version.company, as_of=request.as_of)
    reading = _read(version.text)
    context = {
        "version": version,
        "reading": reading,
        "policy": reading.policy,
        "is_in_force": in_force == version,
        "is_own": version.author == request.actor.name,
    }
    return render(request, "web/cash_policy.html", context)


@needs("cash_policy.edit")
@require_http_methods(["GET", "POST"])
def cash_policy_draft(request: StaffRequest) -> HttpResponse:
    """Edit a text: check it and play its cases, or keep it as a draft."""
    form = CashDraftForm(request.POST or None, initial={"text": _start(request)})
    reading, status = None, 200
    if request.method == "POST" and form.is_valid():
        reading = _read(form.cleaned_data["text"])
        if "save" in request.POST:
            try:
                version = draft_cash_policy(
                    actor=request.actor, text=form.cleaned_data["text"], at=clock.now()
                )
            except Refused as refusal:
                status = REFUSED
                if not reading.error:
                    form.add_error(None, spoken(refusal))
            else:
                return redirect(reverse("cash-policy", args=[version.pk]))
        elif reading.error or reading.failed:
            status = REFUSED
    elif form.errors:
        status = REFUSED
    context = {"form": form, "reading": reading}
    return render(request, "web/cash_policies_draft.html", context, status=status)


@needs("cash_policy.publish")
@require_POST
def cash_policy_publish(request: StaffRequest, version_id: int) -> HttpResponse:
    """Put a draft in force from its own day on; the author cannot where others can."""
    version = _version(request, version_id)
    back = reverse("cash-policy", args=[version.pk])
    try:
        publish_cash_policy(
            actor=request.actor, version=version, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(name)s version %(version)d is published.")
    return done(request, text % {"name": version.name, "version": version.version}, back=back)


@needs("cash_policy.edit")
@require_POST
def cash_policy_discard(request: StaffRequest, version_id: int) -> HttpResponse:
    """Drop a draft."""
    version = _version(request, version_id)
    try:
        discard_cash_policy(actor=request.actor, version=version, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("cash-policy", args=[version.pk]))
    text = gettext("Draft %(name)s version %(version)d is discarded.")
    said = text % {"name": version.name, "version": version.version}
    return done(request, said, back=reverse("cash-policies"))


def _read(text: str) -> Reading:
    return read_text(text, read=read_cash_policy, play_cases=play_cash_cases)


def _start(request: StaffRequest) -> str:
    """Return the text a draft starts from: a version, else the one in force, else the standard.

    The standard starts today, so that it can be published as it is.
    """
    company, asked = request.actor.company, read_key(request.GET.get("from", ""))
    if asked is not None:
        text = policy_text(company, asked, kind=CASH)
        if text is None:
            raise Http404
        return text
    version = cash_version_in_force(company, as_of=request.as_of)
    if version is not None:
        return version.text
    return shipped_cash_text().replace("2026-01-01", request.as_of.isoformat(), 1)


def _version(request: StaffRequest, version_id: int) -> PolicyVersion:
    return get_object_or_404(
        PolicyVersion.objects.select_related("company"),
        pk=version_id,
        company=request.actor.company,
        kind=CASH,
    )
