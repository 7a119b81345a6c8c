"""The page behind every button that takes something back: why?"""

from collections.abc import Callable, Mapping

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from dunwell.web.answers import told_page
from dunwell.web.staff import StaffRequest


class ReasonForm(forms.Form):
    """Why something is taken back; it stands in the audit log for good."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


def reason_page(
    request: StaffRequest,
    take_back: Callable[[str], object],
    *,
    said: str,
    back: str,
    context: Mapping[str, object],
) -> HttpResponse:
    """Ask why, call `take_back` with the reason, and say so on the page `back`.

    A refusal stands at the form. `context` holds heading, lead, button, action and crumb.
    """
    form = ReasonForm(request.POST or None)

    def act(reason: str) -> None:
        take_back(reason)

    return told_page(request, form, act, said=said, back=back, context={**context, "back": back})
