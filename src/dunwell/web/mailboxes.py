"""Pages about mailboxes: where mail of customers arrives, how looking went, files by hand."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.intake import take_in_file
from dunwell.actions.mailboxes import add_mailbox, edit_mailbox, renew_mailbox_secret
from dunwell.formats.mailbox_files import MOST_BYTES
from dunwell.jobs.fetch_mail import (
    begin_fetching,
    begin_looking_after,
    fetch_progress,
    unread_mails,
)
from dunwell.models import Mailbox
from dunwell.queries.mailboxes import (
    has_imap,
    mailbox_rows,
    mailbox_secret,
    mailbox_token,
)
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, posted, progress, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, sent_file, upload_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

COLUMNS = (
    _("Mailbox"),
    _("Kind"),
    _("Address"),
    _("Server"),
    _("Folder"),
    _("Read"),
    _("Messages"),
    _("Last look"),
    _("Failures"),
    _("Error"),
)
FULL = 100


class MailboxForm(forms.Form):
    """Settings of a mailbox; those of a server count for IMAP alone."""

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.EmailField(
        label=_("Address customers write to"), max_length=254, required=False
    )
    host = forms.CharField(
        label=_("IMAP server"),
        max_length=200,
        required=False,
        help_text=_("Such as imap.example.com. Other kinds need no server."),
    )
    port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65_535,
        help_text=_("993 with TLS, 143 with STARTTLS"),
    )
    is_encrypted = forms.BooleanField(label=_("Encrypted"), required=False)
    user = forms.CharField(label=_("User"), max_length=200, required=False)
    secret_name = forms.CharField(
        label=_("Variable with the password"),
        max_length=80,
        required=False,
        help_text=_("Name of an environment variable of the server: DUNWELL_MAILBOX_…"),
    )
    folder = forms.CharField(label=_("Folder that is read"), max_length=200, required=False)
    move_to = forms.CharField(
        label=_("Folder for what was read"),
        max_length=200,
        required=False,
        help_text=_("Empty: mails stay where they are. Nothing is ever deleted."),
    )


class MailboxAddForm(MailboxForm):
    """Settings of a new mailbox."""

    kind = forms.ChoiceField(label=_("How mail arrives"), choices=Mailbox.Kind.choices)
    field_order = ("name", "kind")


class MailboxEditForm(MailboxForm):
    """Settings of a mailbox that is there, and whether it is read."""

    is_active = forms.BooleanField(label=_("It is read"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


@require_GET
def mailbox_list(request: StaffRequest) -> HttpResponse:
    """List the mailboxes with how the last look went."""
    return _page(request)


@require_GET
def mailboxes_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every mailbox as a file."""
    rows = (
        (
            row.name,
            translated(row.kind_label),
            row.address,
            f"{row.host}:{row.port}" if row.host else "",
            row.folder if row.host else "",
            gettext("yes") if row.is_active else gettext("no"),
            row.messages,
            row.looked_at,
            row.failures,
            row.error,
        )
        for row in mailbox_rows(request.actor.company)
    )
    return file_response(
        kind, name="mailboxes", columns=[str(name) for name in COLUMNS], rows=rows
    )


@needs("mailbox.edit")
@require_http_methods(["GET", "POST"])
def mailbox_add(request: StaffRequest) -> HttpResponse:
    """Add a mailbox; the secret of a webhook is on the page that follows for once."""
    initial = {"kind": "imap", "port": 993, "is_encrypted": True, "folder": "INBOX"}
    form = MailboxAddForm(posted(request), initial=initial)
    context: dict[str, Any] = {
        "heading": gettext("New mailbox"),
        "lead": gettext("Mail is read, never marked, answered or deleted there."),
        "button": gettext("Add it"),
        "action": reverse("mailbox-add"),
        "crumb": gettext("Mailboxes"),
    }
    said = gettext("The mailbox is added.")
    act = partial(add_mailbox, actor=request.actor, at=clock.now())
    return told_page(request, form, act, said=said, back=reverse("mailboxes"), context=context)


@needs("mailbox.edit")
@require_http_methods(["GET", "POST"])
def mailbox_change(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Change a mailbox, or switch it off."""
    mailbox = _mailbox(request, mailbox_id)
    initial = {name: getattr(mailbox, name) for name in MailboxEditForm.base_fields}
    form = MailboxEditForm(posted(request), initial=initial)
    context = {
        "heading": gettext("Change a mailbox"),
        "lead": gettext("Another server, user or folder is read from its beginning."),
        "button": gettext("Save"),
        "action": reverse("mailbox-change", args=[mailbox.pk]),
        "crumb": gettext("Mailboxes"),
    }
    said = gettext("The mailbox is changed.")
    act = partial(edit_mailbox, actor=request.actor, mailbox=mailbox, at=clock.now())
    return told_page(request, form, act, said=said, back=reverse("mailboxes"), context=context)


@needs("mailbox.edit")
@require_POST
def mailbox_secret_show(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Make a new address and secret of a webhook and show them this once."""
    mailbox = _mailbox(request, mailbox_id)
    try:
        renewed = renew_mailbox_secret(actor=request.actor, mailbox=mailbox, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("mailboxes"))
    address = reverse("inbound-mail", args=[renewed.pk, mailbox_token(renewed)])
    return _page(
        request,
        renewed=renewed,
        secret=mailbox_secret(renewed),
        post_address=request.build_absolute_uri(address),
    )


@needs("mailbox.edit")
@require_POST
def mailbox_test(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Sign in to a server and say how many mails would be read; nothing is read."""
    mailbox = _mailbox(request, mailbox_id)
    back = reverse("mailboxes")
    if mailbox.kind != Mailbox.Kind.IMAP:
        return refused(request, Refused(gettext("Only an IMAP server can be tested.")), back=back)
    try:
        waiting = unread_mails(mailbox)
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = ngettext(
        "The server answers: %(n)d mail waits to be read.",
        "The server answers: %(n)d mails wait to be read.",
        waiting,
    )
    return done(request, text % {"n": waiting}, back=back)


@needs("conversation.edit")
@require_POST
def mailboxes_fetch(request: StaffRequest) -> HttpResponse:
    """Begin looking into the mailboxes; the page shows how far it is."""
    begin_fetching(request.actor.company.pk, at=clock.now())
    return redirect("mailboxes")


@require_GET
def mailboxes_progress(request: StaffRequest) -> HttpResponse:
    """Return the line of progress alone; once it is over, htmx loads the page again."""
    return progress(request, "web/mailboxes_progress.html", _running(request))


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("conversation.edit")
@require_http_methods(["GET", "POST"])
def mails_upload(request: StaffRequest) -> HttpResponse:
    """Take in mails from a file by hand: .eml and .msg with one, .mbox with many."""
    if request.method == "POST":
        return _receive(request, capped(request, limit_bytes=MOST_BYTES))
    return _upload_page(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        file = sent_file(request, cap, most_bytes=MOST_BYTES)
        new, known = take_in_file(
            actor=request.actor, mailbox=None, name=file.name, data=file.data, at=clock.now()
        )
    except Refused as refusal:
        return _upload_page(request, refusal)
    begin_looking_after(request.actor.company.pk, at=clock.now())
    text = ngettext(
        "%(n)d message is new; %(known)d known from before.",
        "%(n)d messages are new; %(known)d known from before.",
        new,
    )
    return done(request, text % {"n": new, "known": known}, back=reverse("mailboxes"))


def _upload_page(request: StaffRequest, refusal: Exception | None = None) -> HttpResponse:
    return upload_page(request, "web/mails_upload.html", most_bytes=MOST_BYTES, refusal=refusal)


def _page(request: StaffRequest, **shown: Any) -> HttpResponse:
    running = _running(request)
    latest = fetch_progress(request.actor.company.pk)
    context = {
        "mailboxes": mailbox_rows(request.actor.company),
        "has_imap": has_imap(request.actor.company),
        "running": running,
        "fetched": latest.fetched if latest is not None and running is None else None,
        "section": "mailboxes",
        **(running or {}),
        **shown,
    }
    return render(request, "web/mailboxes.html", context)


def _running(request: StaffRequest) -> dict[str, Any] | None:
    latest = fetch_progress(request.actor.company.pk)
    if latest is None or not latest.is_running:
        return None
    percent = FULL * latest.done // latest.total if latest.total else 0
    return {"progress": latest, "percent": percent}


def _mailbox(request: StaffRequest, mailbox_id: int) -> Mailbox:
    return get_object_or_404(Mailbox, pk=mailbox_id, company=request.actor.company)
