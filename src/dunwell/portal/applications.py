"""/apply/: applying for credit without an account: begin, fill in, send, come back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.application_documents import add_document, remove_document
from dunwell.actions.application_references import name_reference, remove_reference
from dunwell.actions.applications import (
    give_consent,
    open_link,
    renew_link,
    save_answers,
    start_application,
    submit_application,
)
from dunwell.actions.gate import Refused
from dunwell.engine.application_rules import CONSENTS
from dunwell.formats.application_words import consent_text, signing_text
from dunwell.formats.document_types import MOST_BYTES
from dunwell.models import ApplicationDocument, ApplicationReference, CreditApplication
from dunwell.portal.application_forms import (
    FIELDS_OF,
    STEPS,
    AnswersForm,
    ConsentForm,
    DocumentForm,
    ReferenceForm,
    SignatureForm,
    StartForm,
    answers_before,
)
from dunwell.portal.visitors import (
    REFUSED,
    TOO_LARGE,
    applicant,
    company_of,
    forget,
    of_applicant,
    outsider,
    remember,
    visitor,
)
from dunwell.queries.application_links import application_of_link
from dunwell.queries.application_parts import document_rows, reference_rows
from dunwell.queries.application_rules import application_rules, missing_of, needed_of
from dunwell.templatetags.sentences import spoken

ROOM = 64 * 1024
"""Bytes of an upload besides the file itself."""


@visitor("start", most=6)
@require_http_methods(["GET", "POST"])
def apply_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an application; its link goes to the address, and the form opens at once."""
    company = company_of(slug)
    today = clock.today(company.zone)
    if not application_rules(company, as_of=today).rules.open_form:
        raise Http404
    language = (translation.get_language() or "en")[:2]
    initial = {"country": company.country, "language": language if language == "de" else "en"}
    form = StartForm(request.POST or None, initial=initial)
    context = {"company": company, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            application = start_application(
                actor=outsider(company, "applicant"),
                source="form",
                site=request.build_absolute_uri("/"),
                key=request.POST.get("key", "")[:64],
                sends_link=True,
                as_of=today,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            remember(request, application)
            return redirect("apply-form", step="applicant")
    status = REFUSED if form.is_bound else 200
    return render(request, "portal/start.html", context, status=status)


@visitor("resume", most=20)
@require_http_methods(["GET", "POST"])
def apply_resume(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, and open the application when it is pressed: a scanner's GET burns nothing.

    The address with the token is left at once; the browser goes on with its session.
    """
    application = application_of_link(token)
    if request.method != "POST" or application is None:
        context: dict[str, object] = {"application": application}
        status = 200 if request.method != "POST" else REFUSED
        return render(request, "portal/resume.html", context, status=status)
    try:
        opened = open_link(
            actor=applicant(application),
            token=token,
            at=clock.now(),
        )
    except Refused as refusal:
        context = {"application": application, "refusal": spoken(refusal)}
        return render(request, "portal/resume.html", context, status=REFUSED)
    remember(request, opened)
    return redirect("apply-form", step="applicant")


@visitor("renew", most=5)
@require_POST
def apply_renew(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new link to the address on record; the answer is the same whatever the token."""
    application = application_of_link(token)
    if application is not None:
        renew_link(
            actor=applicant(application),
            token=token,
            as_of=clock.today(application.company.zone),
            at=clock.now(),
        )
    return render(request, "portal/renewed.html")


@visitor("form", most=200)
@of_applicant
@require_http_methods(["GET", "POST"])
def apply_form(request: HttpRequest, application: CreditApplication, step: str) -> HttpResponse:
    """Show one step of the form, or keep what was typed and go on.

    Every answer that can be kept is kept, also beside one that cannot, which stays as typed.
    """
    if step not in FIELDS_OF:
        raise Http404
    as_of = clock.today(application.company.zone)
    rules = application_rules(application.company, as_of=as_of).rules
    wanted = needed_of(application, rules, as_of=as_of)
    if request.method != "POST":
        form = AnswersForm(application, step, wanted, initial=answers_before(application))
        return _page(request, application, step, {"form": form})
    form = AnswersForm(application, step, wanted, request.POST)
    is_valid = form.is_valid()
    try:
        save_answers(
            actor=applicant(application),
            application=application,
            answers=form.kept(),
            at=clock.now(),
        )
    except Refused as refusal:
        form.add_error(None, spoken(refusal))
        is_valid = False
    if is_valid:
        return redirect(_after(step))
    return _page(request, application, step, {"form": form}, status=REFUSED)


@visitor("form", most=200)
@of_applicant
@require_http_methods(["GET", "POST"])
def apply_references(request: HttpRequest, application: CreditApplication) -> HttpResponse:
    """Show the references, or add one."""
    form = ReferenceForm(request.POST or None)

    def act() -> None:
        name_reference(
            actor=applicant(application),
            application=application,
            at=clock.now(),
            **form.cleaned_data,
        )

    def shown() -> dict[str, Any]:
        return {"references": reference_rows(application)}

    return _told(request, application, "references", form, act, shown)


@csrf_exempt
@visitor("upload", most=60)
@require_http_methods(["GET", "POST"])
def apply_documents(request: HttpRequest) -> HttpResponse:
    """Refuse an upload by its stated size before a byte of it is read, then take it."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if not stated.isdigit() or int(stated) > MOST_BYTES + ROOM:
        return render(request, "portal/too_large.html", status=TOO_LARGE)
    return _documents(request)


@csrf_protect
@of_applicant
def _documents(request: HttpRequest, application: CreditApplication) -> HttpResponse:
    form = DocumentForm(request.POST or None, request.FILES or None)

    def act() -> None:
        file = form.cleaned_data["file"]
        add_document(
            actor=applicant(application),
            application=application,
            kind=form.cleaned_data["kind"],
            name=file.name or "document",
            data=file.read(),
            at=clock.now(),
        )

    def shown() -> dict[str, Any]:
        return {"documents": document_rows(application)}

    return _told(request, application, "documents", form, act, shown, field="file")


@visitor("form", most=200)
@of_applicant
@require_POST
def apply_document_remove(
    request: HttpRequest, application: CreditApplication, document_id: int
) -> HttpResponse:
    """Take a file off again."""
    document = get_object_or_404(ApplicationDocument, pk=document_id, application=application)
    return _removed(
        request,
        application,
        "documents",
        lambda: remove_document(
            actor=applicant(application),
            document=document,
            at=clock.now(),
        ),
    )


@visitor("form", most=200)
@of_applicant
@require_POST
def apply_reference_remove(
    request: HttpRequest, application: CreditApplication, reference_id: int
) -> HttpResponse:
    """Take a reference off again."""
    reference = get_object_or_404(ApplicationReference, pk=reference_id, application=application)
    return _removed(
        request,
        application,
        "references",
        lambda: remove_reference(
            actor=applicant(application),
            reference=reference,
            at=clock.now(),
        ),
    )


@visitor("form", most=200)
@of_applicant
@require_http_methods(["GET", "POST"])
def apply_consent(request: HttpRequest, application: CreditApplication) -> HttpResponse:
    """Show what is agreed to, word for word, and keep the consent; sending comes after it."""
    texts = {
        kind: consent_text(kind, application.language, company=application.company.name)
        for kind in CONSENTS
    }
    form = ConsentForm(texts, request.POST or None)

    def act() -> None:
        give_consent(
            actor=applicant(application),
            application=application,
            kinds=form.kinds(),
            by=form.cleaned_data["by"],
            at=clock.now(),
        )

    def shown() -> dict[str, Any]:
        return _sending(application, SignatureForm())

    return _told(request, application, "consent", form, act, shown)


@visitor("form", most=200)
@of_applicant
@require_POST
def apply_submit(request: HttpRequest, application: CreditApplication) -> HttpResponse:
    """Sign and send the application; what is missing is named, and nothing is lost."""
    signature = SignatureForm(request.POST)
    context = _sending(application, signature)
    if not signature.is_valid():
        return _page(request, application, "consent", context, status=REFUSED)
    try:
        submit_application(
            actor=applicant(application),
            application=application,
            signed_by=signature.cleaned_data["signed_by"],
            as_of=clock.today(application.company.zone),
            at=clock.now(),
        )
    except Refused as refusal:
        context |= {"refusal": spoken(refusal), "is_given": True}
        return _page(request, application, "consent", context, status=REFUSED)
    return redirect("apply-done")


def _sending(application: CreditApplication, signature: SignatureForm) -> dict[str, Any]:
    """Return what the last step shows: what was agreed to, and what is signed by sending."""
    given = {str(one["kind"]) for one in application.consents}
    return {
        "is_given": given >= set(CONSENTS),
        "given": application.consents,
        "signature": signature,
        "signing": signing_text(application.language),
    }


@visitor("form", most=200)
@of_applicant
@require_http_methods(["GET", "POST"])
def apply_done(request: HttpRequest, application: CreditApplication) -> HttpResponse:
    """Show where the application stands; a POST closes it in this browser."""
    if request.method == "POST":
        forget(request)
        return render(request, "portal/closed.html", {"company": application.company})
    context = {"application": application, "company": application.company}
    return render(request, "portal/done.html", context)


def _told(
    request: HttpRequest,
    application: CreditApplication,
    step: str,
    form: forms.Form,
    act: Callable[[], object],
    shown: Callable[[], dict[str, Any]],
    *,
    field: str | None = None,
) -> HttpResponse:
    """Act on a form that was sent and show its step anew; a refusal stands at the form."""
    if form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_error(field, spoken(refusal))
        else:
            return redirect(f"apply-{step}")
    status = REFUSED if form.is_bound else 200
    return _page(request, application, step, {"form": form, **shown()}, status=status)


def _removed(
    request: HttpRequest,
    application: CreditApplication,
    step: str,
    take_off: Callable[[], object],
) -> HttpResponse:
    try:
        take_off()
    except Refused as refusal:
        return _page(request, application, step, {"refusal": spoken(refusal)}, status=REFUSED)
    return redirect(f"apply-{step}")


def _page(
    request: HttpRequest,
    application: CreditApplication,
    step: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    as_of = clock.today(application.company.zone)
    rules = application_rules(application.company, as_of=as_of).rules
    form = context.get("form")
    shown = {
        "application": application,
        "company": application.company,
        "step": step,
        "steps": STEPS.items(),
        "missing": missing_of(application, rules, as_of=as_of),
        "needed": sorted(form.needed) if isinstance(form, AnswersForm) else [],
        "heading": STEPS[step],
        **context,
    }
    template = "answers" if step in FIELDS_OF else step
    return render(request, f"portal/{template}.html", shown, status=status)


def _after(step: str) -> str:
    names = list(STEPS)
    following = names[names.index(step) + 1]
    if following in FIELDS_OF:
        return reverse("apply-form", args=[following])
    return reverse(f"apply-{following}")
