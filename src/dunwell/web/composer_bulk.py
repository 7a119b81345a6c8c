"""The same message to many: whom, in which words, a look at the first ones, and how far it is."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.compositions import MOST_BODY
from dunwell.actions.gate import Refused
from dunwell.jobs.bulk_messages import BulkWish, begin_bulk, progress_of, samples, send_samples
from dunwell.models import Pool
from dunwell.queries.compositions import CHANNELS, COMPOSABLE
from dunwell.queries.customers import segments_of
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.strategies import template_label
from dunwell.web.answers import REFUSED, progress
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class BulkForm(forms.Form):
    """To whom and in which words; without words of one's own the chosen text is taken."""

    pool = forms.ChoiceField(label=_("Pool"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    channel = forms.ChoiceField(label=_("Channel"))
    template = forms.ChoiceField(label=_("Text"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Own words"),
        max_length=MOST_BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    is_confirmed = forms.BooleanField(
        label=_("Send where a warning stands, too; what is blocked never goes out"),
        required=False,
    )

    def __init__(self, *args: Any, request: StaffRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company = request.actor.company
        pools = Pool.objects.filter(company=company).order_by("name").values_list("pk", "name")
        choices: dict[str, list[tuple[str, Any]]] = {
            "pool": [("", _("everybody who owes")), *((str(key), name) for key, name in pools)],
            "segment": [("", _("every segment")), *((one, one) for one in segments_of(company))],
            "channel": [(name, channel_label(name)) for name in CHANNELS],
            "template": [
                ("", _("no text: own words")),
                *((name, template_label(name)) for name in COMPOSABLE),
            ],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def wish(self) -> BulkWish:
        """Return what was asked for."""
        told = self.cleaned_data
        return BulkWish(
            channel=told["channel"],
            template=told["template"],
            subject=told["subject"],
            body=told["body"],
            pool_id=read_key(told["pool"]),
            segment=told["segment"],
            is_confirmed=told["is_confirmed"],
        )


@needs("message.compose")
@require_http_methods(["GET", "POST"])
def compose_many(request: StaffRequest) -> HttpResponse:
    """Write to many: look at the first messages, send them to oneself, or begin."""
    form = BulkForm(request.POST or None, request=request)
    context: dict[str, Any] = {"form": form, "latest": progress_of.latest(_key(request))}
    if request.method == "POST" and form.is_valid():
        as_of, at = request.as_of, clock.now()
        try:
            if "send" in request.POST:
                begin_bulk(request.actor, form.wish(), as_of=as_of, at=at)
                return redirect("compose-many")
            if "test" in request.POST:
                count = send_samples(request.actor, form.wish(), as_of=as_of, at=at)
                said = ngettext(
                    "%(n)d test mail is in the outbox.", "%(n)d test mails are in the outbox.",
                    count,
                )  # fmt: skip
                messages.success(request, said % {"n": count})
            context["samples"] = samples(request.actor, form.wish(), as_of=as_of, at=at)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            if not context["samples"]:
                form.add_error(None, gettext("Nobody on this list owes anything."))
    status = REFUSED if form.errors else 200
    return render(request, "web/composer_bulk.html", context, status=status)


@needs("message.compose")
@require_GET
def compose_many_progress(request: StaffRequest) -> HttpResponse:
    """Return the progress bar alone; once it is over, htmx loads the page again."""
    latest = progress_of.latest(_key(request))
    is_running = latest is not None and latest.is_running
    context = {"latest": latest} if is_running else None
    return progress(request, "web/composer_bulk_progress.html", context)


def _key(request: StaffRequest) -> int:
    return request.actor.company.pk
