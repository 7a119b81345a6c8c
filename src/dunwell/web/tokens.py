"""API tokens: made with chosen rights, shown once, revoked at once."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.users import make_api_token, revoke_api_token
from dunwell.models import ApiToken
from dunwell.queries.tokens import token_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

LIVES = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    ("", _("Until it is revoked")),
)


class TokenForm(forms.Form):
    """What the program is called, what it may do, and for how long."""

    name = forms.CharField(label=_("Name of the program"), max_length=80)
    days = forms.ChoiceField(label=_("Valid for"), choices=LIVES, required=False, initial="90")
    rights = forms.MultipleChoiceField(label=_("Rights"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, rights: frozenset[str], *args: object, **kwargs: object) -> None:
        """Offer the rights that the person holds; a program never gets more."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(right, right) for right in sorted(rights)]
        self.fields["rights"].choices = choices  # type: ignore[attr-defined]


@needs("token.manage")
@require_http_methods(["GET", "POST"])
def token_list(request: StaffRequest) -> HttpResponse:
    """List the tokens; a POST makes one and shows it this once."""
    form = TokenForm(
        request.actor.rights, request.POST or None, initial={"rights": ["ledger.view"]}
    )
    secret = ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            secret = make_api_token(
                actor=request.actor,
                name=told["name"],
                rights=told["rights"],
                days=int(told["days"]) if told["days"] else None,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
    context = {
        "form": TokenForm(request.actor.rights, initial={"rights": ["ledger.view"]})
        if secret
        else form,
        "tokens": token_rows(request.actor.company),
        "secret": secret,
        "now": clock.now(),
        "section": "tokens",
    }
    status = REFUSED if form.is_bound and form.errors else 200
    return render(request, "web/tokens.html", context, status=status)


@needs("token.manage")
@require_POST
def token_revoke(request: StaffRequest, token_id: int) -> HttpResponse:
    """Stop a token at once."""
    token = get_object_or_404(ApiToken, pk=token_id, company=request.actor.company)
    try:
        revoke_api_token(actor=request.actor, token=token, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("tokens"))
    text = gettext("Token %(name)s is revoked.") % {"name": token.name}
    return done(request, text, back=reverse("tokens"))
