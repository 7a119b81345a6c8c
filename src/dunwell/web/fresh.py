"""Pages whose misuse costs most ask who it is once more, ten minutes after somebody signed in.

Bank data, keys, refunds, opening closed periods, full exports, and who may do what: a screen left
open or a stolen session is not enough for them.
"""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.forms import ReauthenticateForm
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from dunwell import clock
from dunwell.actions.users import must_confirm
from dunwell.web.staff import StaffRequest
from dunwell.web.typed import keep_typed, page_of

FORMS = frozenset(
    {
        *("payee-add", "bank-account-edit", "mandate-add", "mandate-sign", "mandate-upload"),
        *("mandate-file", "payment-provider-change", "bureau-add", "bureau-change"),
        *("channel-add", "channel-change", "mailbox-add", "mailbox-change", "mailbox-secret"),
        *("payment-refund", "credit-refund", "checkout-refund-add", "refunds-file"),
        *("unlock-ask", "unlock-grant", "user-add", "user-roles", "user-remove"),
        "user-factor",
        *("duties-allow", "access-review-add", "advisor-invite", "advisor-extend", "seat-add"),
        *("connection-add", "connection-change"),
    }
)
"""Pages of one form: asked before anything is typed."""

BUTTONS = frozenset(
    {
        *("company", "payee-approve", "payee-retire", "payment-providers", "tokens", "webhooks"),
        *("payment-provider-pay-out", "webhook-change", "webhook-secret", "channel-renew"),
        *("refund-approve", "refunds-paid", "checkout-refund-approve", "user-link", "seat-token"),
        *("advisor-extension-grant", "invoice-platform-secret", "desk-export-new"),
        *("desk-export-file", "desk-export-remove", "demo-reset"),
        "connection-decide",
    }
)
"""Pages that may be looked at, and buttons: asked when something is sent."""


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]  # allauth: no types
    """The question for the password, without a link to a page of lost ones: there is none here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the link away."""
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class FreshMiddleware:
    """Lead to a password, code or passkey where the last one was more than ten minutes ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],  # noqa: ARG002  Django's signature
        view_kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """Return a redirect to the page that asks, None to go on."""
        name = request.resolver_match.url_name if request.resolver_match else None
        sent = request.method == "POST"
        if not hasattr(request, "actor") or not (name in FORMS or (sent and name in BUTTONS)):
            return None
        known = cast("StaffRequest", request)
        if not must_confirm(known.actor, known.session, at=clock.now()):
            return None
        if sent:
            keep_typed(known, view_func, user_id=known.user.pk)
        return _ask(known, sent=sent)


def _ask(request: StaffRequest, *, sent: bool) -> HttpResponse:
    if sent:
        messages.info(
            request,
            gettext("Nothing was done yet: confirm that it is you, then do it once more."),
        )
    # a form asked for in a dialog is a page of its own as well, so it is what is gone on with
    back = page_of(request) if sent else request.get_full_path()
    methods = get_adapter().get_reauthentication_methods(request.user)
    page = methods[0]["url"] if methods else reverse("mfa_index")
    address = f"{page}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
