"""Training: what one learns and has passed, calls and quizzes, and all people for a lead."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.certificates import assign_curriculum, end_assignment, revoke_certificate
from dunwell.actions.gate import Refused
from dunwell.models import Certificate, CurriculumAssignment, User
from dunwell.queries.authority import authority_in_force
from dunwell.queries.curricula import (
    OUTSIDE,
    PERSONAS,
    LearnerRow,
    curriculum_rows,
    learner_rows,
    shipped_syllabus,
)
from dunwell.queries.pages import every_row
from dunwell.queries.role_plays import role_play_rows
from dunwell.templatetags.role_plays import call_status, curriculum_label, persona_label
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.initiative_forms import PersonChoice
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

USUAL_DAYS = 28
CALL_IN = (("en", _("Call in English")), ("de", _("Call in German")))
COLUMNS = (
    _("Person"),
    _("Curriculum"),
    _("Passed"),
    _("Parts"),
    _("Certificate good until"),
    _("Certificate expired on"),
    _("Asked for until"),
)
CALL_COLUMNS = (
    _("Person"),
    _("Call"),
    _("Language"),
    _("Day"),
    _("Status"),
    _("Compliance"),
    _("Empathy"),
    _("Negotiation"),
    _("Outcome"),
    _("Points"),
)


class CurriculumForm(forms.Form):
    """Who learns what until when."""

    user = PersonChoice(User.objects.none(), label=_("Who"))
    curriculum = forms.ChoiceField(label=_("Curriculum"))
    due_on = day_field(label=_("Until"))

    def __init__(self, *args: object, request: StaffRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        people = User.objects.filter(
            memberships__company=request.actor.company, is_active=True
        ).exclude(memberships__role__in=OUTSIDE)
        self.fields["user"].queryset = people.distinct().order_by("username")  # type: ignore[attr-defined]
        self.fields["curriculum"].choices = [  # type: ignore[attr-defined]
            (name, curriculum_label(name)) for name in shipped_syllabus().curricula
        ]


class RevokeForm(forms.Form):
    """Why a certificate is taken back."""

    reason = forms.CharField(
        label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


@needs("training.take")
@require_GET
def curricula_home(request: StaffRequest) -> HttpResponse:
    """Show one's own curricula, the calls and quizzes there are, and the calls one has made."""
    actor = request.actor
    page = page_asked(
        request,
        lambda cursor: role_play_rows(actor.company, user_id=request.user.pk, cursor=cursor),
    )
    context = {
        "rows": curriculum_rows(
            actor.company, request.user.pk, roles=actor.roles, as_of=request.as_of
        ),
        "unlocked": authority_in_force(actor.company, as_of=request.as_of).policy.unlocked,
        "personas": PERSONAS,
        "quizzes": tuple(shipped_syllabus().quizzes),
        "page": page,
        "languages": CALL_IN,
    }
    return render(request, "web/curricula.html", context)


@needs("training.lead")
@require_GET
def learners(request: StaffRequest) -> HttpResponse:
    """Show how far everybody is, and the latest calls."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: role_play_rows(company, cursor=cursor))
    context = {"rows": learner_rows(company, as_of=request.as_of), "page": page}
    return render(request, "web/learners.html", context)


@needs("training.lead")
@require_GET
def learners_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return how far everybody is."""

    def cells(row: LearnerRow) -> tuple[Any, ...]:
        last = None if row.expires_on is None else row.expires_on - timedelta(days=1)
        return (
            *(row.name, curriculum_label(row.curriculum), row.passed, row.parts),
            *(last, row.expired_on, row.due_on),
        )

    return file_response(
        kind,
        name=f"training-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(cells(row) for row in learner_rows(request.actor.company, as_of=request.as_of)),
    )


@needs("training.take")
@require_GET
def own_calls_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the calls one has practised."""
    return _calls_file(request, kind, user_id=request.user.pk)


@needs("training.lead")
@require_GET
def calls_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the calls everybody has practised."""
    return _calls_file(request, kind)


def _calls_file(request: StaffRequest, kind: str, *, user_id: int | None = None) -> HttpResponse:
    rows = every_row(partial(role_play_rows, request.actor.company, user_id=user_id))
    return file_response(
        kind,
        name=f"calls-{request.as_of.isoformat()}",
        columns=[str(name) for name in CALL_COLUMNS],
        rows=(
            (
                *(row.user, persona_label(row.persona), row.language, row.began_on),
                *(call_status(row.status), row.compliance_points, row.empathy_points),
                *(row.negotiation_points, row.outcome_points, row.total_points),
            )
            for row in rows
        ),
    )


@needs("training.lead")
@require_http_methods(["GET", "POST"])
def curriculum_assign(request: StaffRequest) -> HttpResponse:
    """Ask somebody to learn a curriculum."""
    form = CurriculumForm(
        posted(request),
        request=request,
        initial={"due_on": request.as_of + timedelta(days=USUAL_DAYS)},
    )
    return told_page(
        request,
        form,
        partial(assign_curriculum, actor=request.actor, as_of=request.as_of, at=clock.now()),
        said=gettext("It is asked for."),
        back=reverse("learners"),
        context={
            "heading": gettext("Ask somebody to learn"),
            "lead": gettext("Of the own role or another: who covers for others learns theirs."),
            "button": gettext("Ask"),
            "action": reverse("curriculum-assign"),
            "crumb": gettext("People"),
        },
    )


@needs("training.lead")
@require_POST
def assignment_end(request: StaffRequest, curriculum_assignment_id: int) -> HttpResponse:
    """Ask no longer."""
    asked = get_object_or_404(
        CurriculumAssignment, pk=curriculum_assignment_id, company=request.actor.company
    )
    try:
        end_assignment(actor=request.actor, assignment=asked, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("learners"))
    return done(request, gettext("It is not asked for any more."), back=reverse("learners"))


@needs("training.lead")
@require_http_methods(["GET", "POST"])
def certificate_revoke(request: StaffRequest, certificate_id: int) -> HttpResponse:
    """Take a certificate back."""
    held = get_object_or_404(
        Certificate.objects.select_related("user"),
        pk=certificate_id,
        company=request.actor.company,
    )
    return told_page(
        request,
        RevokeForm(posted(request)),
        partial(
            revoke_certificate,
            actor=request.actor,
            certificate=held,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The certificate is taken back."),
        back=reverse("learners"),
        context={
            "heading": gettext("Take a certificate back"),
            "lead": f"{held.user.username}: {curriculum_label(held.kind)}",
            "button": gettext("Take it back"),
            "action": reverse("certificate-revoke", args=[held.pk]),
            "crumb": gettext("People"),
        },
    )
