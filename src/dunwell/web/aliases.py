"""Known payers: names and accounts that pay for customers, and who pays for whom."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.aliases import add_alias, add_relation, remove_alias, remove_relation
from dunwell.actions.gate import Refused
from dunwell.models import Company, Customer, PayerAlias, PayerRelation
from dunwell.queries.pages import CursorError
from dunwell.queries.payer_knowledge import alias_rows, relation_rows
from dunwell.templatetags.money import read_money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

KINDS = (*PayerAlias.Kind.choices, *PayerRelation.Kind.choices)


class PayerForm(forms.Form):
    """Somebody who pays for a customer: a name, an account, a parent, a factor, netting."""

    customer = forms.CharField(label=_("Customer number"), max_length=80)
    kind = forms.ChoiceField(label=_("What"), choices=KINDS)
    text = forms.CharField(
        label=_("Name or account"),
        max_length=200,
        required=False,
        help_text=_("As the bank writes it."),
    )
    payer_customer = forms.CharField(
        label=_("Or the customer number of who pays"), max_length=80, required=False
    )
    amount = forms.CharField(
        label=_("What we owe"), max_length=30, required=False, help_text=_("For netting only.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)

    def __init__(self, company: Company, *args: object, **kwargs: object) -> None:
        """Look customers up among the company's own."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.company = company

    def clean_customer(self) -> Customer | None:
        """Return the customer of the number."""
        return self._customer(self.cleaned_data["customer"])

    def clean_payer_customer(self) -> Customer | None:
        """Return the customer who pays, None when left empty."""
        return self._customer(self.cleaned_data["payer_customer"])

    def clean(self) -> dict[str, object]:
        """Read the amount in its currency."""
        data = super().clean() or {}
        data["currency"] = str(data.get("currency") or "").upper()
        data["amount_minor"] = None
        if data.get("amount"):
            try:
                data["amount_minor"] = read_money(data["amount"], data["currency"])
            except (ValueError, KeyError) as error:
                self.add_error("amount", spoken(error))
        return data

    def _customer(self, number: str) -> Customer | None:
        if not number.strip():
            return None
        found = Customer.objects.filter(company=self.company, number=number.strip()).first()
        if found is None:
            raise forms.ValidationError(
                gettext("There is no customer %(number)s.") % {"number": number.strip()}
            )
        return found


@require_GET
def payer_list(request: StaffRequest) -> HttpResponse:
    """List what is known of payers; one search over both lists."""
    company = request.actor.company
    search = request.GET.get("q", "")[:80]
    page = page_asked(request, lambda cursor: alias_rows(company, search=search, cursor=cursor))
    try:
        relations = relation_rows(company, search=search, cursor=request.GET.get("more", ""))
    except CursorError:
        relations = relation_rows(company, search=search)
    context = {"page": page, "relations": relations, "search": search}
    return render(request, "web/aliases.html", context)


@needs("alias.edit")
@require_http_methods(["GET", "POST"])
def payer_add(request: StaffRequest) -> HttpResponse:
    """Say who pays for a customer."""
    form = PayerForm(request.actor.company, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Kept."), back=reverse("payers"))
    context = {
        "heading": gettext("Add a payer"),
        "button": gettext("Keep"),
        "action": reverse("payer-add"),
        "back": reverse("payers"),
        "crumb": gettext("Known payers"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("alias.edit")
@require_POST
def alias_remove(request: StaffRequest, alias_id: int) -> HttpResponse:
    """Forget a name or an account."""
    alias = get_object_or_404(PayerAlias, pk=alias_id, company=request.actor.company)
    try:
        remove_alias(actor=request.actor, alias=alias, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("payers"))
    return done(request, gettext("Forgotten."), back=reverse("payers"))


@needs("alias.edit")
@require_POST
def relation_remove(request: StaffRequest, relation_id: int) -> HttpResponse:
    """Let a relation rest."""
    relation = get_object_or_404(PayerRelation, pk=relation_id, company=request.actor.company)
    try:
        remove_relation(actor=request.actor, relation=relation, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("payers"))
    return done(request, gettext("Removed."), back=reverse("payers"))


def _add(request: StaffRequest, told: dict[str, Any]) -> None:
    keep = _add_alias if told["kind"] in PayerAlias.Kind.values else _add_relation
    keep(request, told)


def _add_alias(request: StaffRequest, told: dict[str, Any]) -> None:
    add_alias(
        actor=request.actor,
        customer=told["customer"],
        kind=told["kind"],
        text=told["text"],
        as_of=request.as_of,
        at=clock.now(),
    )


def _add_relation(request: StaffRequest, told: dict[str, Any]) -> None:
    add_relation(
        actor=request.actor,
        customer=told["customer"],
        kind=told["kind"],
        payer=told["text"],
        payer_customer=told["payer_customer"],
        currency=told["currency"],
        amount_minor=told["amount_minor"],
        at=clock.now(),
    )
