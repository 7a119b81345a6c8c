"""The composer: a message to one customer, shown as it will go out before it does."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.compositions import MOST_ENCLOSED, Enclosure, compose_message, writer_of
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import Upload
from dunwell.actions.wordings import send_test_mail
from dunwell.jobs.enclosures import (
    code_enclosure,
    document_enclosures,
    file_enclosure,
    statement_enclosure,
)
from dunwell.models import Message
from dunwell.queries.compositions import CHANNELS, Composition, composition, starting_text
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.composer_forms import Composer, ComposerForm, composer_of, first_contact
from dunwell.web.kept_files import capped
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload
from dunwell.web.wording_forms import PALETTE

UPLOAD_LIMIT = MOST_ENCLOSED


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("message.compose")
@require_http_methods(["GET", "POST"])
def compose(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Write a message: start from a text, look at it, send it."""
    if request.method == "POST":
        return _posted(request, customer_id, capped(request, limit_bytes=UPLOAD_LIMIT))
    composer = composer_of(request, customer_id)
    return _page(request, composer, _first_form(request, composer))


@csrf_protect
def _posted(request: StaffRequest, customer_id: int, cap: CappedUpload) -> HttpResponse:
    composer = composer_of(request, customer_id)
    form = ComposerForm(request.POST, contacts=composer.contacts)
    if not form.is_valid():
        return _page(request, composer, form)
    if "begin" in request.POST:  # a draft of the copilot is looked at before it is sent
        return _page(request, composer, form)
    if "use" in request.POST:
        return _page(request, composer, _started(request, composer, form))
    try:
        message = _sent(request, composer, form, cap)
    except Refused as refusal:
        form.add_error(None, spoken(refusal))
        return _page(request, composer, form)
    said = (
        gettext("The message waits for approval.")
        if message.status == Message.Status.DRAFT
        else gettext("The message is in the outbox.")
    )
    return done(request, said, back=reverse("message", args=[message.pk]))


@needs("message.compose")
@require_POST
def compose_preview(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the message as it would go out now, with what stands against it."""
    composer = composer_of(request, customer_id)
    form = ComposerForm(request.POST, contacts=composer.contacts)
    shown = _shown(request, composer, form) if form.is_valid() else None
    context = {"shown": shown, "composer": composer, "form": form}
    return render(request, "web/composer_preview.html", context)


@needs("message.compose")
@require_POST
def compose_test(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Send the message as it stands to the one who writes it, and to nobody else."""
    composer = composer_of(request, customer_id)
    form = ComposerForm(request.POST, contacts=composer.contacts)
    back = reverse("compose", args=[composer.customer.pk])
    if not form.is_valid():
        return refused(request, Refused(gettext("The form cannot be read.")), back=back)
    shown = _shown(request, composer, form)
    if shown.trouble:
        return refused(request, Refused(shown.trouble), back=back)
    try:
        message = send_test_mail(
            actor=request.actor,
            customer=composer.customer,
            subject=shown.subject,
            body=shown.body,
            language=shown.language,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    said = gettext("A test mail to %(address)s is in the outbox.") % {"address": message.to}
    return done(request, said, back=back)


def _sent(
    request: StaffRequest, composer: Composer, form: ComposerForm, cap: CappedUpload
) -> Message:
    told = form.cleaned_data
    if cap.is_over:
        most = UPLOAD_LIMIT // 1024**2
        raise Refused(gettext("The files have more than %(most)d MB.") % {"most": most})
    return compose_message(
        actor=request.actor,
        customer=composer.customer,
        contact=composer.contact(told["contact"]),
        channel=told["channel"],
        subject=told["subject"],
        body=told["body"],
        items=composer.chosen,
        attachments=_enclosures(request, composer),
        conversation=composer.conversation,
        in_reply_to=composer.in_reply_to,
        template=told["template"],
        is_confirmed=bool(request.POST.get("confirm")),
        as_of=request.as_of,
        at=clock.now(),
    )


def _enclosures(request: StaffRequest, composer: Composer) -> list[Enclosure]:
    """Return the files the form asks for: papers, statement, payment code, files of one's own."""
    asked = {read_key(text) for text in request.POST.getlist("document")}
    found = document_enclosures([one for one in composer.documents if one.pk in asked])
    if request.POST.get("statement"):
        found.append(statement_enclosure(composer.customer, as_of=request.as_of))
    if request.POST.get("code"):
        found.append(code_enclosure(composer.customer, composer.chosen))
    for sent in request.FILES.getlist("files"):
        found.append(file_enclosure(Upload(name=sent.name or "file", data=sent.read())))
    return found


def _first_form(request: StaffRequest, composer: Composer) -> ComposerForm:
    """Return the form as it opens: an answer to what is answered, or an empty message."""
    subject, channel = "", "email"
    if composer.answered is not None:
        subject = composer.answered.subject
        came_by = composer.answered.channel
        channel = came_by if came_by in CHANNELS else channel
        subject = subject if subject.lower().startswith(("re:", "aw:")) else f"Re: {subject}"
    contact = first_contact(composer)
    template = request.GET.get("template", "")
    body = ""
    if template:
        words = starting_text(
            composer.customer, composer.contact(contact), template, as_of=request.as_of
        )
        subject, body = subject or words[0], words[1]
    initial = {
        "channel": channel,
        "contact": contact,
        "template": template if body else "",
        "subject": subject[:200],
        "body": body,
    }
    return ComposerForm(initial=initial, contacts=composer.contacts)


def _started(request: StaffRequest, composer: Composer, form: ComposerForm) -> ComposerForm:
    """Return the form with the chosen text in place of what stood there."""
    told = form.cleaned_data
    subject, body = starting_text(
        composer.customer,
        composer.contact(told["contact"]),
        told["template"],
        as_of=request.as_of,
    )
    if composer.answered is not None:
        subject = told["subject"] or subject
    return ComposerForm(
        initial={**told, "subject": subject, "body": body}, contacts=composer.contacts
    )


def _shown(request: StaffRequest, composer: Composer, form: ComposerForm) -> Composition:
    wish = composer.wish(form, writer=writer_of(request.actor))
    return composition(wish, as_of=request.as_of, at=clock.now())


@csrf_protect
def _page(request: StaffRequest, composer: Composer, form: ComposerForm) -> HttpResponse:
    status = REFUSED if form.is_bound and form.errors else 200
    shown = None
    if form.is_bound and not form.errors.get("channel") and hasattr(form, "cleaned_data"):
        shown = _shown(request, composer, form)
    elif not form.is_bound and form.initial.get("body"):
        filled = ComposerForm(form.initial, contacts=composer.contacts)
        shown = _shown(request, composer, filled) if filled.is_valid() else None
    context: dict[str, Any] = {
        "composer": composer,
        "customer": composer.customer,
        "form": form,
        "shown": shown,
        "palette": PALETTE,
        "sent_documents": {
            read_key(text) for text in (request.POST or request.GET).getlist("document")
        },
        "limit_bytes": UPLOAD_LIMIT,
        "limit_mb": UPLOAD_LIMIT // 1024**2,
    }
    return render(request, "web/composer.html", context, status=status)
