"""The page that puts a demo company back to its first day: what it does, a typed yes, how far."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.jobs.demo_resets import FAILED, RUNNING, begin_demo_reset, read_demo_reset
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, progress
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class ResetForm(forms.Form):
    """The yes, typed."""

    name = forms.CharField(label=_("Name of the company"), max_length=200)


@needs("demo.reset")
@require_http_methods(["GET", "POST"])
def demo_reset(request: StaffRequest) -> HttpResponse:
    """Show what a reset does and how far one is; begin one when the name is typed."""
    _require_demo(request)
    form = ResetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            begin_demo_reset(actor=request.actor, typed=form.cleaned_data["name"], at=clock.now())
        except Refused as refusal:
            form.add_error("name", spoken(refusal))
        else:
            return redirect("demo-reset")
    status = REFUSED if form.errors else 200
    return render(request, "web/demo_reset.html", {"form": form, **_standing()}, status=status)


@needs("demo.reset")
@require_GET
def demo_reset_progress(request: StaffRequest) -> HttpResponse:
    """Return the bar alone; the page is loaded again once it is over."""
    _require_demo(request)
    standing = _standing()
    return progress(
        request, "web/demo_reset_progress.html", standing if standing["running"] else None
    )


def _standing() -> dict[str, Any]:
    found = read_demo_reset()
    is_running = found is not None and found.status == RUNNING
    failed = found.error if found is not None and found.status == FAILED else ""
    return {
        "running": found if is_running else None,
        "last": None if is_running else found,
        "failed": gettext(failed) if failed else "",
    }


def _require_demo(request: StaffRequest) -> None:
    if not request.actor.company.is_demo:
        raise Http404
