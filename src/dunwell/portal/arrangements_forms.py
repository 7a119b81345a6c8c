"""Forms of what the debtor's people ask for; each has a key, so that sent twice it counts once."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.document_types import MOST_BYTES
from dunwell.portal.debtors import Debtor
from dunwell.portal.dispute_tasks import FilesField, ManyFiles
from dunwell.portal.visitors import REFUSED, TOO_LARGE

ROOM = 256 * 1024
"""What a form may take besides its files."""

MOST_SENT = 2 * MOST_BYTES + ROOM
LONGEST_KEY = 19
SHOWN_ITEMS = 100
"""So many open items can be chosen on a page."""


class DayInput(forms.DateInput):
    """The browser's own calendar; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def day_field(*, least: date | None = None, most: date | None = None, **kwargs: Any) -> Any:
    """Return a date field with the browser's calendar, which offers the days between."""
    bounds = {"min": least, "max": most}
    shown = {name: day.isoformat() for name, day in bounds.items() if day is not None}
    return forms.DateField(widget=DayInput(**shown), input_formats=["%Y-%m-%d"], **kwargs)


class KeyedForm(forms.Form):
    """A form with the key by which the action knows it again."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give a form that is shown anew a fresh key."""
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = secrets.token_hex(16)


class ReasonForm(forms.Form):
    """Why something is taken back or declined."""

    reason = forms.CharField(label=_("Why?"), max_length=180, required=False)


class AcceptForm(forms.Form):
    """Who accepts an offer, with the tick."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    role = forms.CharField(label=_("Your role"), max_length=120, required=False)
    has_agreed = forms.BooleanField(
        label=_("I have read the terms above and agree to them for my company."), required=False
    )
    sha256 = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class MessageForm(KeyedForm):
    """A message, with files."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Your message"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    papers = FilesField(
        label=_("Files"),
        required=False,
        widget=ManyFiles(attrs={"multiple": True}),
        help_text=_("PDF, pictures, XLSX or DOCX; at most five."),
    )


class ReplyForm(MessageForm):
    """An answer within a conversation, which has its subject already."""

    subject = None  # type: ignore[assignment]


def uploads(sent: Sequence[Any]) -> list[Upload]:
    """Return the files of a cleaned field."""
    return [Upload(name=one.name or "file", data=one.read()) for one in sent]


def too_large(request: HttpRequest) -> HttpResponse | None:
    """Refuse a form by its stated size before a byte of it is read; None where it fits."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if not stated.isdigit() or int(stated) > MOST_SENT:
        return render(request, "portal/too_large.html", status=TOO_LARGE)
    return None


def page(
    request: HttpRequest, who: Debtor, template: str, context: dict[str, Any], *forms_: Any
) -> HttpResponse:
    """Return a page of the portal; a form that was sent and not taken makes it 422."""
    is_bad = any(form is not None and form.is_bound for form in forms_)
    told = {**context, "who": who, "company": who.company}
    return render(
        request, f"portal/account/{template}.html", told, status=REFUSED if is_bad else 200
    )


def download(name: str, data: bytes, media_type: str) -> HttpResponse:
    """Return bytes as a download, which `AttachmentMiddleware` closes."""
    response = HttpResponse(data, content_type=media_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


def kept(sha256: str) -> bytes | None:
    """Return the bytes of a kept file, None where they are gone."""
    path = upload_path(sha256)
    return path.read_bytes() if path.exists() else None


def picked(request: HttpRequest, name: str = "item") -> set[int]:
    """Return the keys a form or an address names."""
    told = request.POST if request.method == "POST" else request.GET
    return {int(one) for one in told.getlist(name) if is_key(one)}


def is_key(text: str) -> bool:
    """Return whether a text is a key of a record, as the databases hold it."""
    return text.isascii() and text.isdigit() and len(text) < LONGEST_KEY


def language() -> str:
    """Return the language the reader is spoken to in, of those policies have labels in."""
    return (get_language() or "en")[:2]
