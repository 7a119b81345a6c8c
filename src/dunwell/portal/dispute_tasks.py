"""/guest/dispute/: somebody without a seat answers one question about a case, once."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.dispute_tasks import MOST_FILES, answer_task
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.uploads import Upload
from dunwell.formats.document_types import MOST_BYTES
from dunwell.models import DisputeTask
from dunwell.portal.visitors import REFUSED, TOO_LARGE, visitor
from dunwell.queries.dispute_guests import guest_question, is_answerable, task_of_link
from dunwell.templatetags.sentences import spoken

ROOM = 64 * 1024
"""What a form may take besides its files."""


class ManyFiles(forms.ClearableFileInput):
    """A field that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none; cleans to the list of them."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return every file that was sent."""
        sent = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in sent]


class GuestAnswerForm(forms.Form):
    """What the guest says."""

    answer = forms.CharField(
        label=_("Your answer"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    verdict = forms.ChoiceField(
        label=_("Is the objection right?"),
        required=False,
        choices=[
            ("", _("I cannot say")),
            ("valid", _("Yes")),
            ("partly", _("In part")),
            ("invalid", _("No")),
        ],
        widget=forms.RadioSelect,
    )
    papers = FilesField(
        label=_("Files"),
        required=False,
        widget=ManyFiles(attrs={"multiple": True}),
        help_text=_("For example a signed delivery note. At most five."),
    )


@csrf_exempt
@visitor("guest", most=20)
@require_http_methods(["GET", "POST"])
def guest_dispute(request: HttpRequest, token: str) -> HttpResponse:
    """Refuse an upload by its stated size before a byte of it is read, then show or take it."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if not stated.isdigit() or int(stated) > MOST_FILES * MOST_BYTES + ROOM:
        return render(request, "portal/too_large.html", status=TOO_LARGE)
    return _answer(request, token)


@csrf_protect
def _answer(request: HttpRequest, token: str) -> HttpResponse:
    task = task_of_link(token)
    if task is None:
        return render(request, "portal/guest_gone.html", status=REFUSED)
    company = task.case.company
    today = clock.today(company.zone)
    if not is_answerable(task, as_of=today):
        return render(request, "portal/guest_gone.html", {"company": company}, status=REFUSED)
    form = GuestAnswerForm(request.POST or None, request.FILES or None)
    told = guest_question(task, as_of=today, language=(get_language() or "en")[:2])
    context = {"company": company, "question": told, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            answer_task(
                actor=_guest(task),
                task=task,
                answer=form.cleaned_data["answer"],
                verdict=form.cleaned_data["verdict"],
                answered_by=task.guest_name,
                files=_uploads(form),
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return render(request, "portal/guest_thanks.html", context)
    return render(request, "portal/guest.html", context, status=REFUSED if form.is_bound else 200)


def _uploads(form: GuestAnswerForm) -> list[Upload]:
    sent = form.cleaned_data["papers"]
    return [Upload(name=one.name or "file", data=one.read()) for one in sent]


def _guest(task: DisputeTask) -> Actor:
    name = f"guest {task.guest_name}"[:150]
    return Actor(company=task.case.company, name=name, rights=frozenset({"dispute.edit"}))
