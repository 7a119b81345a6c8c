"""What staff do with a credit application: buttons and forms, each one action."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.application_activation import activate_application
from dunwell.actions.application_checks import match_customer, screen_application
from dunwell.actions.application_decisions import (
    decide_application,
    recommend_application,
    score_application,
)
from dunwell.actions.application_documents import add_document
from dunwell.actions.application_duties import (
    answer_contest,
    ask_reasons,
    contest_decision,
    record_report_used,
    record_told,
    send_reasons,
)
from dunwell.actions.application_references import gather_application, name_reference
from dunwell.actions.applications import (
    await_applicant,
    end_wait,
    give_consent,
    save_answers,
    send_link,
    submit_application,
    withdraw_application,
)
from dunwell.actions.gate import Refused
from dunwell.engine.application_rules import CONSENTS
from dunwell.models import CreditApplication, Customer
from dunwell.queries.application_proposals import application_proposal
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused, told_page
from dunwell.web.application_forms import (
    ActivateForm,
    AgencyForm,
    AskedOnForm,
    ConsentGivenForm,
    ContestAnswerForm,
    ContestForm,
    CustomerForm,
    DecideForm,
    RecommendForm,
    StaffAnswersForm,
    StaffDocumentForm,
    StaffReferenceForm,
    ToldForm,
    WaitForm,
)
from dunwell.web.reasons import ReasonForm
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Act = Callable[..., object]
BUTTONS: Mapping[str, tuple[Act, Promise | str]] = {
    "submit": (submit_application, _("Submitted; the clock of the decision runs.")),
    "screen": (screen_application, _("Checked.")),
    "gather": (gather_application, _("The references are asked.")),
    "resume": (end_wait, _("The clock runs again.")),
    "send-reasons": (send_reasons, _("The reasons are on their way.")),
}
"""Steps that need no more than a button."""

FORMS: Mapping[str, tuple[type[forms.Form], Act, Promise | str, Promise | str]] = {
    "wait": (
        WaitForm,
        await_applicant,
        _("Ask the applicant for more"),
        _("Asked; the clock stands until the applicant has answered."),
    ),
    "withdraw": (ReasonForm, withdraw_application, _("Withdraw"), _("Withdrawn.")),
    "activate": (
        ActivateForm,
        activate_application,
        _("Make the applicant a customer"),
        _("The applicant is a customer now."),
    ),
    "reasons": (
        AskedOnForm,
        ask_reasons,
        _("The applicant asks for the reasons"),
        _("Recorded; the reasons are due."),
    ),
    "contest": (
        ContestForm,
        contest_decision,
        _("The applicant contests the decision"),
        _("Recorded; a person looks again."),
    ),
    "contest-answer": (
        ContestAnswerForm,
        answer_contest,
        _("Looked at again"),
        _("Recorded."),
    ),
    "told": (ToldForm, record_told, _("The applicant was told"), _("Recorded.")),
}
"""Steps that ask something, by the action's own names."""

DATELESS: Mapping[str, tuple[type[forms.Form], Act, Promise | str, Promise | str]] = {
    "report": (
        AgencyForm,
        record_report_used,
        _("A report on a person counted"),
        _("A refusal names this agency."),
    ),
    "reference": (StaffReferenceForm, name_reference, _("Add a reference"), _("Added.")),
}
"""The same for steps that do not depend on the day."""


@needs("application.edit")
@require_POST
def application_button(request: StaffRequest, application_id: int, step: str) -> HttpResponse:
    """Take a step that needs no more than a button."""
    application = _application(request, application_id)
    back = reverse("application", args=[application.pk])
    if step not in BUTTONS:
        raise Http404
    action, said = BUTTONS[step]
    try:
        action(actor=request.actor, application=application, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, str(said), back=back)


@needs("application.edit")
@require_POST
def application_score(request: StaffRequest, application_id: int) -> HttpResponse:
    """Ask the credit policy; it decides alone where it may."""
    application = _application(request, application_id)
    back = reverse("application", args=[application.pk])
    try:
        score_application(
            actor=request.actor,
            application=application,
            proposal=application_proposal(application, as_of=request.as_of),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, str(_("Scored.")), back=back)


@needs("application.edit")
@require_POST
def application_link(request: StaffRequest, application_id: int) -> HttpResponse:
    """Mail the applicant a new link."""
    application = _application(request, application_id)
    back = reverse("application", args=[application.pk])
    try:
        send_link(
            actor=request.actor,
            application=application,
            site=request.build_absolute_uri("/"),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, str(_("The link is on its way.")), back=back)


@needs("ledger.view")
@require_http_methods(["GET", "POST"])
def application_told(request: StaffRequest, application_id: int, step: str) -> HttpResponse:
    """Take a step that asks something; the action checks its right."""
    application = _application(request, application_id)
    on: dict[str, Any] = {"at": clock.now()}
    if step in FORMS:
        kind, action, heading, said = FORMS[step]
        on["as_of"] = request.as_of
    elif step in DATELESS:
        kind, action, heading, said = DATELESS[step]
    else:
        raise Http404
    act = partial(action, actor=request.actor, application=application, **on)
    return _page(request, application, kind(posted(request)), act, step, heading, said)


@needs("application.edit")
@require_http_methods(["GET", "POST"])
def application_answers(request: StaffRequest, application_id: int) -> HttpResponse:
    """Enter answers for the applicant."""
    application = _application(request, application_id)
    form = StaffAnswersForm(application, posted(request))

    def act(answers: Mapping[str, object]) -> None:
        save_answers(actor=request.actor, application=application, answers=answers, at=clock.now())

    return _page(request, application, form, act, "answers", _("Answers"), _("Kept."))


@needs("application.edit")
@require_http_methods(["GET", "POST"])
def application_consent(request: StaffRequest, application_id: int) -> HttpResponse:
    """Record the applicant's consent, given on paper or by phone."""
    application = _application(request, application_id)

    def act(by: str) -> None:
        give_consent(
            actor=request.actor,
            application=application,
            kinds=tuple(CONSENTS),
            by=by,
            at=clock.now(),
        )

    form = ConsentGivenForm(posted(request))
    return _page(request, application, form, act, "consent", _("Consent"), _("Recorded."))


@needs("application.edit")
@require_http_methods(["GET", "POST"])
def application_document_add(request: StaffRequest, application_id: int) -> HttpResponse:
    """Add a file of the applicant."""
    application = _application(request, application_id)
    back = reverse("application", args=[application.pk])
    form = StaffDocumentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            add_document(
                actor=request.actor,
                application=application,
                kind=form.cleaned_data["kind"],
                name=file.name or "document",
                data=file.read(),
                is_staff=True,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error("file", spoken(refusal))
        else:
            return done(request, str(_("Added.")), back=back)
    context = {
        "heading": _("Add a document"),
        "lead": f"{application.number} · {application.name}",
        "button": _("Add the file"),
        "action": request.path,
        "crumb": application.number,
        "back": back,
    }
    return form_page(request, "web/upload_form.html", form, context)


@needs("application.edit")
@require_http_methods(["GET", "POST"])
def application_match(request: StaffRequest, application_id: int) -> HttpResponse:
    """Say which customer the applicant already is."""
    application = _application(request, application_id)

    def act(number: str) -> None:
        customer = None
        if number.strip():
            customer = Customer.objects.filter(
                company=request.actor.company, number=number.strip()
            ).first()
            if customer is None:
                raise Refused(str(_("There is no customer of this number.")))
        match_customer(
            actor=request.actor, application=application, customer=customer, at=clock.now()
        )

    form = CustomerForm(posted(request))
    return _page(request, application, form, act, "match", _("Known as a customer"), _("Kept."))


@needs("application.edit")
@require_http_methods(["GET", "POST"])
def application_recommend(request: StaffRequest, application_id: int) -> HttpResponse:
    """Say what should be decided; somebody else decides."""
    application = _application(request, application_id)
    told = application.proposal
    initial = {
        "outcome": "decline" if told.get("outcome") == "decline" else "approve",
        "limit_minor": told.get("limit_minor"),
        "terms_days": told.get("terms_days"),
        "condition": next(iter(told.get("conditions", [])), ""),
        "reasons": "\n".join(str(one.get("text", "")) for one in told.get("reasons", [])[:4]),
    }
    currency = request.actor.company.currency
    form = RecommendForm(currency, posted(request), initial=initial)
    act = partial(
        recommend_application,
        actor=request.actor,
        application=application,
        as_of=request.as_of,
        at=clock.now(),
    )
    said = _("Recommended; somebody else decides.")
    return _page(request, application, form, act, "recommend", _("Recommend"), said)


@needs("application.decide")
@require_http_methods(["GET", "POST"])
def application_decide(request: StaffRequest, application_id: int) -> HttpResponse:
    """Decide as was recommended, or send it back."""
    application = _application(request, application_id)
    act = partial(
        decide_application,
        actor=request.actor,
        application=application,
        as_of=request.as_of,
        at=clock.now(),
    )
    form = DecideForm(application, posted(request))
    return _page(request, application, form, act, "decide", _("Decide"), _("Decided."))


def _page(
    request: StaffRequest,
    application: CreditApplication,
    form: forms.Form,
    act: Act,
    step: str,
    heading: Promise | str,
    said: Promise | str,
) -> HttpResponse:
    back = reverse("application", args=[application.pk])
    context = {
        "heading": heading,
        "lead": f"{application.number} · {application.name}",
        "button": heading,
        "action": request.path,
        "crumb": application.number,
        "is_page": step in {"answers", "recommend"},
    }
    return told_page(request, form, act, said=str(said), back=back, context=context)


def _application(request: StaffRequest, application_id: int) -> CreditApplication:
    return get_object_or_404(
        CreditApplication.objects.select_related("company", "customer"),
        pk=application_id,
        company=request.actor.company,
    )
