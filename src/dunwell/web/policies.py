"""Pages about policy documents of every kind: in force, drafting, differences, publishing."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.policies_by_kind import (
    discard_document,
    draft_document,
    publish_document,
)
from dunwell.actions.policy_kinds import KINDS, read_checked
from dunwell.models import PolicyVersion
from dunwell.queries.policies import policy_rows, policy_text
from dunwell.queries.policy_documents import policies_at_a_glance, standard_text, text_in_force
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.policy_texts import DraftForm, Reading, differences, read_text
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Kind = PolicyVersion.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayedCase:
    """A case of a document as its page shows it."""

    name: str
    message: str
    is_passed: bool


@require_GET
def policy_kinds(request: StaffRequest) -> HttpResponse:
    """List every kind of policy with what is in force and the drafts that wait."""
    glances = policies_at_a_glance(request.actor.company, tuple(KINDS), as_of=request.as_of)
    rows = [
        {"glance": glance, "label": Kind(glance.kind).label, "about": KINDS[glance.kind].about}
        for glance in glances
    ]
    return render(request, "web/policies.html", {"rows": rows, "section": "policies"})


@require_GET
def policy_list(request: StaffRequest, policy_kind: str) -> HttpResponse:
    """Show what a kind says today, the drafts, and every version there was."""
    company, as_of = request.actor.company, request.as_of
    context = _about(policy_kind)
    versions = page_asked(
        request, lambda cursor: policy_rows(company, as_of=as_of, kind=policy_kind, cursor=cursor)
    )
    drafts = policy_rows(company, as_of=as_of, kind=policy_kind, status=PolicyVersion.Status.DRAFT)
    now = text_in_force(company, policy_kind, as_of=as_of)
    context |= {"now": now, "reading": _read(policy_kind, now.text), "drafts": drafts.rows}
    return render(request, "web/policies_kind.html", {**context, "page": versions})


@require_GET
def policy_show(request: StaffRequest, policy_kind: str, policy_id: int) -> HttpResponse:
    """Show one version: its cases, what differs from the version in force, and its text."""
    context = _about(policy_kind)
    version = _version(request, policy_kind, policy_id)
    now = text_in_force(version.company, policy_kind, as_of=request.as_of)
    reading = _read(policy_kind, version.text)
    context |= {
        "version": version,
        "reading": reading,
        "cases": _cases(reading),
        "now": now,
        "is_in_force": now.version_id == version.pk,
        "lines": differences(now.text, version.text),
        "is_own": version.author == request.actor.name,
    }
    return render(request, "web/policies_version.html", context)


@needs("policy.edit")
@require_http_methods(["GET", "POST"])
def policy_draft(request: StaffRequest, policy_kind: str) -> HttpResponse:
    """Edit a text: check it and play its cases, or keep it as a draft."""
    context = _about(policy_kind)
    form = DraftForm(request.POST or None, initial={"text": _start(request, policy_kind)})
    reading, status = None, 200
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        reading = read_text(
            text,
            read=partial(read_checked, request.actor.company, policy_kind),
            play_cases=KINDS[policy_kind].play_cases,
        )
        if "save" in request.POST:
            try:
                version = draft_document(
                    actor=request.actor, kind=policy_kind, text=text, at=clock.now()
                )
            except Refused as refusal:
                status = REFUSED
                if not reading.error:
                    form.add_error(None, spoken(refusal))
            else:
                return redirect(reverse("policy", args=[policy_kind, version.pk]))
        elif reading.error or reading.failed:
            status = REFUSED
        now = text_in_force(request.actor.company, policy_kind, as_of=request.as_of)
        context |= {"now": now, "lines": differences(now.text, text)}
    elif form.errors:
        status = REFUSED
    cases = _cases(reading) if reading else []
    context |= {"form": form, "reading": reading, "cases": cases}
    return render(request, "web/policies_draft.html", context, status=status)


@needs("policy.publish")
@require_POST
def policy_publish(request: StaffRequest, policy_kind: str, policy_id: int) -> HttpResponse:
    """Put a draft in force from its own day on; the author cannot where others can."""
    version = _version(request, policy_kind, policy_id)
    back = reverse("policy", args=[policy_kind, version.pk])
    try:
        publish_document(actor=request.actor, version=version, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(name)s version %(version)d is published.")
    return done(request, text % {"name": version.name, "version": version.version}, back=back)


@needs("policy.edit")
@require_POST
def policy_discard(request: StaffRequest, policy_kind: str, policy_id: int) -> HttpResponse:
    """Drop a draft."""
    version = _version(request, policy_kind, policy_id)
    try:
        discard_document(actor=request.actor, version=version, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("policy", args=[policy_kind, version.pk]))
    text = gettext("Draft %(name)s version %(version)d is discarded.")
    said = text % {"name": version.name, "version": version.version}
    return done(request, said, back=reverse("policy-kind", args=[policy_kind]))


def _about(policy_kind: str) -> dict[str, Any]:
    if policy_kind not in KINDS:
        raise Http404
    return {
        "kind": policy_kind,
        "label": Kind(policy_kind).label,
        "about": KINDS[policy_kind].about,
    }


def _read(policy_kind: str, text: str) -> Reading:
    return read_text(text, read=KINDS[policy_kind].read, play_cases=KINDS[policy_kind].play_cases)


def _cases(reading: Reading) -> list[PlayedCase]:
    """Return the cases of any kind: the name stands on the result, or on its case."""
    return [
        PlayedCase(
            name=getattr(result, "name", None) or result.case.name,
            message=result.message(),
            is_passed=result.is_passed,
        )
        for result in reading.results
    ]


def _start(request: StaffRequest, policy_kind: str) -> str:
    """Return the text a draft starts from: a version, else what is in force.

    The standard starts today, so that it can be published as it is.
    """
    company, asked = request.actor.company, read_key(request.GET.get("from", ""))
    if asked is not None:
        text = policy_text(company, asked, kind=policy_kind)
        if text is None:
            raise Http404
        return text
    now = text_in_force(company, policy_kind, as_of=request.as_of)
    if now.version_id is not None:
        return now.text
    return standard_text(policy_kind).replace("2026-01-01", request.as_of.isoformat(), 1)


def _version(request: StaffRequest, policy_kind: str, policy_id: int) -> PolicyVersion:
    if policy_kind not in KINDS:
        raise Http404
    return get_object_or_404(
        PolicyVersion.objects.select_related("company"),
        pk=policy_id,
        company=request.actor.company,
        kind=policy_kind,
    )
