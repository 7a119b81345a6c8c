"""What is done within a dispute case: evidence, questions, the resolution and its decision."""

from functools import partial
from typing import Any
from urllib.parse import quote

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.dispute_evidence import add_evidence, remove_evidence
from dunwell.actions.dispute_resolutions import decide_resolution, propose_resolution
from dunwell.actions.dispute_tasks import (
    answer_task,
    ask_colleague,
    cancel_task,
    task_link_token,
)
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import upload_path
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.formats.document_types import MOST_BYTES
from dunwell.models import (
    Dispute,
    DisputeCase,
    DisputeEvidence,
    DisputeResolution,
    DisputeTask,
    ItemDocument,
)
from dunwell.queries.dispute_facts import checklist, disputed_now
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, form_page, posted, refused, told_page
from dunwell.web.dispute_board import language
from dunwell.web.dispute_cases import case_address, case_context, case_or_404
from dunwell.web.dispute_forms import AnswerForm, AskForm, DecideForm, ResolutionForm, causes_of
from dunwell.web.kept_files import capped, download
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

SIDES = [("", _("as the checklist says")), ("customer", _("the customer")), ("us", _("us"))]


class EvidenceForm(forms.Form):
    """A file, or words, for or against the claim."""

    kind = forms.ChoiceField(label=_("What it is"))
    supports = forms.ChoiceField(label=_("It speaks for"), required=False, choices=SIDES)
    file = forms.FileField(label=_("File"), required=False)
    note = forms.CharField(label=_("In words"), max_length=500, required=False)


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_evidence_add(request: StaffRequest, case_id: int) -> HttpResponse:
    """Add a file or a statement to a case."""
    cap = capped(request, limit_bytes=MOST_BYTES + 64 * 1024) if request.method == "POST" else None
    return _evidence_page(request, case_id, cap)


@csrf_protect
def _evidence_page(request: StaffRequest, case_id: int, cap: CappedUpload | None) -> HttpResponse:
    case = case_or_404(request, case_id)
    policy = dispute_policy_in_force(request.actor.company, as_of=request.as_of).policy
    initial = {"kind": request.GET.get("kind", "")}
    form = EvidenceForm(posted(request), request.FILES or None, initial=initial)
    kinds: Any = form.fields["kind"]
    kinds.choices = [(kind, policy.evidence_label(kind, language())) for kind in policy.evidence]
    if cap is not None and cap.is_over:
        most = MOST_BYTES // 1024**2
        form.add_error("file", gettext("The file is larger than %(most)d MB.") % {"most": most})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        file = told["file"]
        try:
            add_evidence(
                actor=request.actor,
                case=case,
                kind=told["kind"],
                supports=told["supports"],
                name=file.name if file else "",
                note=told["note"],
                data=file.read() if file else b"",
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Added."), back=case_address(case))
    context = case_context(request, case, gettext("Add evidence"))
    return form_page(request, "web/upload_form.html", form, context)


@needs("dispute.edit")
@require_POST
def dispute_paper_add(request: StaffRequest, case_id: int, document_id: int) -> HttpResponse:
    """Take a paper of a disputed item as evidence."""
    case = case_or_404(request, case_id)
    paper = get_object_or_404(
        ItemDocument.objects.filter(item__disputes__case=case, removed_at=None).distinct(),
        pk=document_id,
        company=request.actor.company,
    )
    data = _kept(paper.sha256)
    try:
        add_evidence(
            actor=request.actor,
            case=case,
            kind=request.POST.get("kind", ""),
            name=paper.name,
            data=data,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=case_address(case))
    return done(request, gettext("Added."), back=case_address(case))


@needs("ledger.view")
@require_GET
def dispute_evidence_file(request: StaffRequest, evidence_id: int) -> HttpResponse:
    """Return a file as a download; it is never shown in the page."""
    found = get_object_or_404(
        DisputeEvidence.objects.exclude(sha256=""),
        pk=evidence_id,
        case__company=request.actor.company,
    )
    return download(found.sha256, name=found.name, media_type=found.media_type)


@needs("dispute.edit")
@require_POST
def dispute_evidence_remove(request: StaffRequest, evidence_id: int) -> HttpResponse:
    """Take evidence off a case."""
    found = get_object_or_404(
        DisputeEvidence.objects.select_related("case"),
        pk=evidence_id,
        case__company=request.actor.company,
    )
    try:
        remove_evidence(actor=request.actor, evidence=found, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=case_address(found.case))
    return done(request, gettext("Removed."), back=case_address(found.case))


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_ask(request: StaffRequest, case_id: int) -> HttpResponse:
    """Ask a colleague, or a guest, whose link is shown to copy."""
    case = case_or_404(request, case_id)
    form = AskForm(request.actor.company, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            task = ask_colleague(
                actor=request.actor,
                case=case,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            if task.guest_email:
                then = reverse("dispute-task-link", args=[task.pk])
                return (
                    redirect(then)
                    if not request.htmx
                    else done(
                        request, gettext("Asked."), back=then, then=then, title=gettext("The link")
                    )
                )
            return done(request, gettext("Asked."), back=case_address(case))
    return form_page(
        request, "web/plain_form.html", form, case_context(request, case, gettext("Ask somebody"))
    )


@needs("dispute.edit")
@require_GET
def dispute_task_link(request: StaffRequest, task_id: int) -> HttpResponse:
    """Show the link of a guest to copy, or to send by one's own mail program."""
    task = _task(request, task_id)
    if not task.token_hash or task.answered_at is not None:
        raise Http404
    address = reverse("guest-dispute", args=[task_link_token(task)])
    link = request.build_absolute_uri(address)
    subject = gettext("A question about %(case)s") % {"case": task.case.number}
    body = gettext("Please answer here, without signing in:") + f"\n{link}"
    context = {
        "task": task,
        "link": link,
        "mailto": f"mailto:{quote(task.guest_email)}?subject={quote(subject)}&body={quote(body)}",
        "back": case_address(task.case),
    }
    response = render(request, "web/dispute_link.html", context)
    response["Cache-Control"] = "no-store"
    return response


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_task_answer(request: StaffRequest, task_id: int) -> HttpResponse:
    """Answer a question about a case."""
    task = _task(request, task_id)
    act = partial(answer_task, actor=request.actor, task=task, as_of=request.as_of, at=clock.now())
    return told_page(
        request,
        AnswerForm(posted(request)),
        act,
        said=gettext("Answered."),
        back=case_address(task.case),
        context=case_context(request, task.case, gettext("Answer")) | {"lead": task.question},
    )


@needs("dispute.edit")
@require_POST
def dispute_task_cancel(request: StaffRequest, task_id: int) -> HttpResponse:
    """Take a question back; a guest's link stops working."""
    task = _task(request, task_id)
    try:
        cancel_task(actor=request.actor, task=task, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=case_address(task.case))
    return done(request, gettext("The question was taken back."), back=case_address(task.case))


@needs("dispute.propose")
@require_http_methods(["GET", "POST"])
def dispute_resolve(request: StaffRequest, case_id: int) -> HttpResponse:
    """Propose how a case ends; what is neither credited nor written off is denied."""
    case = case_or_404(request, case_id)
    policy = dispute_policy_in_force(request.actor.company, as_of=request.as_of).policy
    form = _resolution_form(request, case, policy)
    if request.method == "POST" and form.is_valid():
        try:
            resolution = propose_resolution(
                actor=request.actor,
                case=case,
                as_of=request.as_of,
                at=clock.now(),
                **{
                    name: form.cleaned_data[name]
                    for name in (
                        "parts",
                        "reason",
                        "root_cause",
                        "is_rebilled",
                        "missing_evidence",
                        "letter",
                        "only_proposed",
                    )
                },
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            waits = resolution.status in (
                DisputeResolution.Status.PROPOSED,
                DisputeResolution.Status.PENDING,
            )
            said = gettext("Proposed; somebody else decides.") if waits else gettext("Resolved.")
            return done(request, said, back=case_address(case))
    context = {
        "case": case,
        "form": form,
        "checklist": checklist(case, policy, language=language()),
        "sums": form.sums() if form.is_bound and not form.errors else (),
    }
    status = REFUSED if form.is_bound else 200
    return render(request, "web/dispute_resolve.html", context, status=status)


@needs("dispute.propose")
@require_POST
def dispute_resolve_sums(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return what the amounts typed so far come to; nothing is changed."""
    case = case_or_404(request, case_id)
    policy = dispute_policy_in_force(request.actor.company, as_of=request.as_of).policy
    form = _resolution_form(request, case, policy)
    form.is_valid()
    names = [name for name in form.errors if name.startswith(("credit_", "write_off_"))]
    context = {
        "sums": () if names else form.sums(),
        "problems": [error for name in names for error in form.errors[name]],
    }
    return render(request, "web/dispute_resolve_sums.html", context)


@needs("dispute.approve")
@require_http_methods(["GET", "POST"])
def dispute_decide(request: StaffRequest, resolution_id: int) -> HttpResponse:
    """Approve or reject how a colleague proposes to end a case."""
    resolution = get_object_or_404(
        DisputeResolution.objects.select_related("case__customer"),
        pk=resolution_id,
        case__company=request.actor.company,
    )
    act = partial(
        decide_resolution,
        actor=request.actor,
        resolution=resolution,
        as_of=request.as_of,
        at=clock.now(),
    )
    return told_page(
        request,
        DecideForm(posted(request)),
        act,
        said=gettext("Decided."),
        back=case_address(resolution.case),
        context=case_context(request, resolution.case, gettext("Decide"))
        | {"lead": resolution.reason},
    )


def _resolution_form(
    request: StaffRequest, case: DisputeCase, policy: DisputePolicy
) -> ResolutionForm:
    parts = list(
        Dispute.objects.filter(case=case, closed_on=None).select_related("item").order_by("pk")
    )
    now = disputed_now(parts)
    rule = policy.reasons.get(case.reason)
    return ResolutionForm(
        [(part, now[part.pk]) for part in parts],
        causes_of(policy, language()),
        posted(request),
        initial={"root_cause": case.root_cause or (rule.root_cause if rule else "")},
    )


def _kept(sha256: str) -> bytes:
    """Return the bytes of a kept file; there is none once it was deleted."""
    path = upload_path(sha256)
    if not path.exists():
        raise Http404
    return path.read_bytes()


def _task(request: StaffRequest, task_id: int) -> DisputeTask:
    found = DisputeTask.objects.select_related("case__customer", "case__company")
    return get_object_or_404(found, pk=task_id, case__company=request.actor.company)
