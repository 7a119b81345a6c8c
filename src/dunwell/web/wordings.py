"""The studio of message texts: by language and template, edited beside a real customer's letter,
what changed since the version in force, published by a second person."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.wordings import (
    discard_wordings,
    draft_wordings,
    publish_wordings,
    send_test_mail,
)
from dunwell.engine.documents import DocumentError
from dunwell.engine.phrases import PhraseHit
from dunwell.engine.placeholders import LINE_VALUES
from dunwell.engine.wording_documents import TONES, WORDABLE, WordingsDocument
from dunwell.formats.policies import PolicyError, read_policy
from dunwell.formats.wording_lines import line_of_wording
from dunwell.formats.wording_texts import with_text
from dunwell.models import Customer, PolicyVersion
from dunwell.queries.customers import customer_page
from dunwell.queries.wording_previews import wording_previews
from dunwell.queries.wording_studio import own_text, studio, text_to_edit, variant_rows
from dunwell.queries.wordings import KIND, LANGUAGES, SPOKEN, hits_of, language_of, read_document
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.policy_texts import DraftForm, differences
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.wording_forms import PALETTE, TextForm

SUGGESTED = 12
LINE_PALETTE = tuple(f"{{{name}}}" for name in LINE_VALUES)


@require_GET
def wording_studio(request: StaffRequest) -> HttpResponse:
    """Show the texts of a language: in force, drafts, each template, and how variants fare."""
    company = request.actor.company
    language = language_of(request.GET.get("language", ""), company.language)
    context = {
        "studio": studio(company, language, as_of=request.as_of),
        "variants": variant_rows(company, language, as_of=request.as_of),
        "language": language,
        "languages": SPOKEN.items(),
        "hits": hits_of(studio_document(request, language)),
    }
    return render(request, "web/wordings.html", context)


def studio_document(request: StaffRequest, language: str) -> WordingsDocument:
    """Return the texts a change starts from: the latest draft's, else those in force."""
    text = text_to_edit(request.actor.company, language, as_of=request.as_of)
    return read_document(read_policy(text).document)


@needs("policy.edit")
@require_http_methods(["GET", "POST"])
def wording_edit(request: StaffRequest, language: str, template: str) -> HttpResponse:
    """Edit one text with its preview beside it, and keep it in a draft of the language's texts."""
    tone = _place(request, language, template)
    company = request.actor.company
    start = text_to_edit(company, language, as_of=request.as_of)
    if request.method == "GET":
        wording = read_document(read_policy(start).document).worded(template, tone)
        form = TextForm(
            initial={
                "subject": wording.subject,
                "body": wording.body,
                "valid_from": request.as_of,
                "customer": request.GET.get("customer", ""),
            }
        )
        return _edit_page(request, form, language, template, tone)
    form = TextForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, form, language, template, tone)
    try:
        version = draft_wordings(
            actor=request.actor,
            text=_changed(request, form, start, template, tone),
            at=clock.now(),
        )
    except Refused as refusal:
        form.add_error(None, spoken(refusal))
        return _edit_page(request, form, language, template, tone)
    return redirect("wording-version", version.pk)


@needs("policy.edit")
@require_POST
def wording_preview(request: StaffRequest, language: str, template: str) -> HttpResponse:
    """Show the text as it stands in the editor, filled for a customer, with what is wrong."""
    tone = _place(request, language, template)
    context = _previewed(request, TextForm(request.POST), language, template, tone)
    return render(request, "web/wordings_preview.html", context)


@needs("message.compose")
@require_POST
def wording_test(request: StaffRequest, language: str, template: str) -> HttpResponse:
    """Send the text as it stands to the one who writes it, and to nobody else."""
    tone = _place(request, language, template)
    shown = _previewed(request, TextForm(request.POST), language, template, tone)
    preview, back = shown["preview"], reverse("wording-edit", args=[language, template])
    if preview is None or preview.trouble or shown["trouble"]:
        trouble = shown["trouble"] or gettext("There is nothing to show this text with.")
        return refused(request, Refused(trouble), back=back)
    try:
        message = send_test_mail(
            actor=request.actor,
            customer=get_object_or_404(
                Customer, pk=shown["customer_id"], company=request.actor.company
            ),
            subject=preview.subject,
            body=preview.body,
            language=language,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    said = gettext("A test mail to %(address)s is in the outbox.") % {"address": message.to}
    return done(request, said, back=back)


@require_GET
def wording_customers(request: StaffRequest) -> HttpResponse:
    """Return customers a text can be shown with, as choices of the field."""
    found = customer_page(
        request.actor.company,
        as_of=request.as_of,
        search=request.GET.get("customer", "")[:80],
        only_owing=True,
        limit=SUGGESTED,
    )
    rows = [(row.id, row.number, row.name) for row in found.rows]
    return render(request, "web/cash_customers.html", {"customers": rows})


@needs("policy.edit")
@require_http_methods(["GET", "POST"])
def wording_document(request: StaffRequest, language: str) -> HttpResponse:
    """Edit the whole document of a language: tones by segment, variants, phrases, approvals."""
    if language not in LANGUAGES:
        raise Http404
    company = request.actor.company
    start = text_to_edit(company, language, as_of=request.as_of)
    form = DraftForm(request.POST or None, initial={"text": start})
    context: dict[str, Any] = {"language": language, "spoken": SPOKEN[language], "form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        context |= _read(text)
        if "save" in request.POST:
            try:
                version = draft_wordings(actor=request.actor, text=text, at=clock.now())
            except Refused as refusal:
                if not context["error"]:
                    form.add_error(None, spoken(refusal))
            else:
                return redirect("wording-version", version.pk)
        before = own_text(company, language, as_of=request.as_of)
        context["lines"] = differences(before, text)
    status = REFUSED if form.errors or context.get("error") else 200
    return render(request, "web/wordings_document.html", context, status=status)


@require_GET
def wording_version(request: StaffRequest, version_id: int) -> HttpResponse:
    """Show a version: what differs from the one in force, its findings, every text filled."""
    version = _version(request, version_id)
    company, language = version.company, version.name.removeprefix("wordings_")
    before = own_text(company, language, as_of=request.as_of)
    told = _read(version.text)
    found = wording_previews(
        company, language=language, as_of=request.as_of, document=told["document"]
    )
    context = {
        "version": version,
        "language": language,
        "spoken": SPOKEN.get(language, language),
        "lines": differences(before, version.text),
        "found": found,
        "is_own": version.author == request.actor.name,
        "is_in_force": version.status == PolicyVersion.Status.PUBLISHED and before == version.text,
        **told,
    }
    return render(request, "web/wordings_version.html", context)


@needs("policy.publish")
@require_POST
def wording_publish(request: StaffRequest, version_id: int) -> HttpResponse:
    """Put a draft in force from its own day on; the author cannot where others can."""
    version = _version(request, version_id)
    back = reverse("wording-version", args=[version.pk])
    try:
        publish_wordings(actor=request.actor, version=version, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(name)s version %(version)d is published.")
    return done(request, text % {"name": version.name, "version": version.version}, back=back)


@needs("policy.edit")
@require_POST
def wording_discard(request: StaffRequest, version_id: int) -> HttpResponse:
    """Drop a draft."""
    version = _version(request, version_id)
    try:
        discard_wordings(actor=request.actor, version=version, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("wording-version", args=[version.pk]))
    text = gettext("Draft %(name)s version %(version)d is discarded.")
    said = text % {"name": version.name, "version": version.version}
    return done(request, said, back=reverse("wording-studio"))


def _place(request: StaffRequest, language: str, template: str) -> str:
    """Return the tone the address names; Http404 for a language, template or tone there is not."""
    tone = request.GET.get("tone", "")
    if language not in LANGUAGES or template not in WORDABLE or tone not in {"", *TONES}:
        raise Http404
    return tone


def _changed(request: StaffRequest, form: TextForm, start: str, template: str, tone: str) -> str:
    told = form.cleaned_data
    return with_text(
        start,
        template=template,
        tone=tone,
        subject=told["subject"],
        body=told["body"],
        valid_from=told.get("valid_from") or request.as_of,
    )


def _previewed(
    request: StaffRequest, form: TextForm, language: str, template: str, tone: str
) -> dict[str, Any]:
    """Return the preview of the editor's text, and what is wrong with it or is not said."""
    shown: dict[str, Any] = {"preview": None, "trouble": "", "hits": (), "language": language}
    if not form.is_valid():
        return {**shown, "trouble": gettext("Fill in subject and text.")}
    company = request.actor.company
    start = text_to_edit(company, language, as_of=request.as_of)
    try:
        text = _changed(request, form, start, template, tone)
        document = read_document(read_policy(text).document)
    except (DocumentError, PolicyError) as error:
        return {**shown, "trouble": spoken(error)}
    place = f"{template} ({tone})" if tone else template
    hits = [hit for hit in hits_of(document) if hit.part.startswith(f"{place}, ")]
    number = form.cleaned_data.get("customer", "").strip()
    customer = Customer.objects.filter(company=company, number=number).first() if number else None
    found = wording_previews(
        company,
        language=language,
        as_of=request.as_of,
        customer_id=customer.pk if customer else None,
        document=document,
    )
    preview = next(
        (one for one in found.previews if (one.template, one.form) == (template, tone)), None
    )
    return {
        **shown,
        "preview": preview,
        "hits": hits,
        "customer_id": found.customer_id,
        "customer_name": found.customer_name,
    }


def _edit_page(
    request: StaffRequest, form: TextForm, language: str, template: str, tone: str
) -> HttpResponse:
    filled = TextForm(form.data if form.is_bound else form.initial)
    context = {
        "form": form,
        "language": language,
        "spoken": SPOKEN[language],
        "template": template,
        "tone": tone,
        "tones": TONES,
        "palette": PALETTE,
        "line_palette": LINE_PALETTE,
        **_previewed(request, filled, language, template, tone),
    }
    status = REFUSED if form.is_bound and form.errors else 200
    return render(request, "web/wordings_edit.html", context, status=status)


def _read(text: str) -> dict[str, Any]:
    """Return a document as read with its findings by line, or what is wrong and where."""
    told: dict[str, Any] = {"document": None, "error": "", "line": None, "findings": ()}
    try:
        policy = read_policy(text)
        document = read_document(policy.document)
    except PolicyError as error:
        return {**told, "error": spoken(error)}
    except DocumentError as error:
        line = line_of_wording(policy, f"{error}")
        return {**told, "error": f"line {line}: {error}", "line": line}
    findings = [(_line(policy, document, hit), hit) for hit in hits_of(document)]
    return {**told, "document": document, "findings": findings}


def _line(policy: Any, document: WordingsDocument, hit: PhraseHit) -> int:
    place = hit.part.replace(", ", f" ({document.language}), ", 1)
    return line_of_wording(policy, f"{place}, line {hit.line}: ")


def _version(request: StaffRequest, version_id: int) -> PolicyVersion:
    return get_object_or_404(
        PolicyVersion.objects.select_related("company"),
        pk=version_id,
        company=request.actor.company,
        kind=KIND,
    )
