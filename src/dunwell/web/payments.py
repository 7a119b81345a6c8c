"""Pages about payments: unapplied cash, recording one, putting it on items, taking it back."""

from collections.abc import Mapping, Sequence
from functools import partial
from secrets import token_hex

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    record_payment,
    reverse_allocation,
)
from dunwell.formats.currencies import ISO_CODES
from dunwell.models import Allocation, Company, Customer, Item, MatchCase, Payment
from dunwell.queries.item_cards import open_currencies
from dunwell.queries.payments import (
    SCOPES,
    Target,
    allocation_order,
    payment_card,
    payment_rows,
    payment_totals,
    spread,
    targets_of,
)
from dunwell.queries.refunds import return_note
from dunwell.templatetags.money import money, money_input, read_money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done, form_page
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SCOPE_LABELS = {"unapplied": _("Unapplied cash"), "all": _("All"), "returned": _("Returned")}


class PaymentForm(forms.Form):
    """Money that reached us, as the bank statement says it."""

    customer = forms.CharField(
        label=_("Customer number"),
        max_length=80,
        required=False,
        help_text=_("Leave empty when the payer is not known yet."),
    )
    amount = forms.CharField(
        label=_("Amount"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    value_on = day_field(
        label=_("Value date"), help_text=_("The day the money reached our account.")
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=120,
        help_text=_("The reference of the bank, if there is one."),
    )
    payer = forms.CharField(label=_("Payer"), max_length=200, required=False)
    reference = forms.CharField(label=_("Payment text"), max_length=400, required=False)

    def __init__(self, company: Company, *args: object, **kwargs: object) -> None:
        """Look customers up among the company's own."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.company = company

    def clean_customer(self) -> Customer | None:
        """Return the customer of a number, None when left empty."""
        number = self.cleaned_data["customer"].strip()
        if not number:
            return None
        found = Customer.objects.filter(company=self.company, number=number).first()
        if found is None:
            raise forms.ValidationError(
                gettext("There is no customer %(number)s.") % {"number": number}
            )
        return found

    def clean_currency(self) -> str:
        """Return the code in capitals; only currencies that exist."""
        code: str = self.cleaned_data["currency"].upper()
        if code not in ISO_CODES:
            raise forms.ValidationError(
                gettext("%(code)s is no currency; write three letters such as EUR.")
                % {"code": code}
            )
        return code

    def clean(self) -> dict[str, object]:
        """Read the amount in its currency."""
        data = super().clean() or {}
        if "amount" in data and "currency" in data:
            try:
                data["amount_minor"] = read_money(data["amount"], data["currency"])
            except ValueError as error:
                self.add_error("amount", spoken(error))
        return data


@require_GET
def payment_list(request: StaffRequest) -> HttpResponse:
    """List payments, with the sums of the same filter; unapplied cash stands first."""
    company = request.actor.company
    scope = request.GET.get("scope", "")
    scope = scope if scope in SCOPES else "unapplied"
    currency = request.GET.get("currency", "")[:3].upper()
    search = request.GET.get("q", "")[:80]
    rows = partial(payment_rows, company, scope=scope, currency=currency, search=search)
    page = page_asked(request, lambda cursor: rows(cursor=cursor))
    totals = payment_totals(company, scope=scope, currency=currency, search=search)
    currencies = {*open_currencies(company), *(row.currency for row in totals)}
    return render(
        request,
        "web/payments.html",
        {
            "page": page,
            "totals": totals,
            "scope": scope,
            "scopes": [(value, SCOPE_LABELS[value]) for value in SCOPES],
            "currency": currency,
            "currencies": sorted({*currencies, currency} - {""}),
            "search": search,
        },
    )


@needs("payment.record")
@require_http_methods(["GET", "POST"])
def payment_add(request: StaffRequest) -> HttpResponse:
    """Record a payment by hand; the next page puts it on items."""
    company = request.actor.company
    form = PaymentForm(company, request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        names = (
            "number",
            "customer",
            "currency",
            "amount_minor",
            "value_on",
            "payer",
            "reference",
        )
        try:
            payment = record_payment(
                actor=request.actor,
                as_of=request.as_of,
                at=clock.now(),
                **{name: told[name] for name in names},
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect(reverse("payment", args=[payment.pk]))
    context = {
        "heading": gettext("Record a payment"),
        "button": gettext("Record and go on to items"),
        "action": reverse("payment-add"),
        "back": reverse("payments"),
        "crumb": gettext("Payments"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_http_methods(["GET", "POST"])
def payment_show(request: StaffRequest, payment_id: int) -> HttpResponse:
    """Show a payment and where it went; a POST puts what is left on open items."""
    company = request.actor.company
    card = payment_card(company, payment_id, as_of=request.as_of)
    if card is None:
        raise Http404
    refusal, typed, status = "", None, 200
    if request.method == "POST":
        typed = request.POST
        try:
            amounts = _amounts(request.POST, card.targets, card.row.currency)
            apply_payment(
                actor=request.actor,
                payment=Payment.objects.get(pk=payment_id, company=company),
                amounts=_items(company, amounts),
                as_of=request.as_of,
                at=clock.now(),
            )
        except ValueError as error:
            refusal = spoken(error)
            status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        else:
            text = gettext("%(amount)s put on items.") % {
                "amount": money(sum(amounts.values()), card.row.currency)
            }
            return done(request, text, back=reverse("payment", args=[payment_id]))
    order = allocation_order(company, as_of=request.as_of)
    proposal = spread(
        card.row.unapplied_minor,
        card.targets,
        order=order,
        as_of=request.as_of,
        reference=card.row.reference,
    )
    context = {
        "card": card,
        "row": card.row,
        "order": order,
        "note": return_note(company, payment_id) if card.row.is_returned else None,
        "case_id": MatchCase.objects.filter(payment=payment_id)
        .values_list("pk", flat=True)
        .first(),
        "targets": _shown(card.targets, proposal, card.row.currency, typed),
        "refusal": refusal,
    }
    return render(request, "web/payment.html", context, status=status)


@needs("payment.apply")
@require_http_methods(["GET", "POST"])
def credit_apply(request: StaffRequest, item_id: int) -> HttpResponse:
    """Put what is open of a credit note on open items of the same customer."""
    company = request.actor.company
    credit = get_object_or_404(
        Item.objects.select_related("customer", "open_now"), pk=item_id, company=company
    )
    left = -credit.open_now.open_minor if hasattr(credit, "open_now") else 0
    targets = targets_of(
        company, customer_id=credit.customer_id, currency=credit.currency, as_of=request.as_of
    )
    order = allocation_order(company, as_of=request.as_of)
    proposal = spread(left, targets, order=order, as_of=request.as_of)
    refusal, typed, status = "", None, 200
    if request.method == "POST":
        typed = request.POST
        try:
            amounts = _amounts(request.POST, targets, credit.currency)
            apply_credit(
                actor=request.actor,
                credit=credit,
                amounts=_items(company, amounts),
                as_of=request.as_of,
                at=clock.now(),
            )
        except ValueError as error:
            refusal = spoken(error)
            status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        else:
            text = gettext("%(amount)s of %(credit)s put on items.") % {
                "amount": money(sum(amounts.values()), credit.currency),
                "credit": credit.number,
            }
            return done(request, text, back=reverse("item", args=[credit.pk]))
    context = {
        "credit": credit,
        "left_minor": max(left, 0),
        "currency": credit.currency,
        "order": order,
        "targets": _shown(targets, proposal, credit.currency, typed),
        "refusal": refusal,
    }
    return render(request, "web/credit.html", context, status=status)


@needs("payment.reverse")
@require_http_methods(["GET", "POST"])
def allocation_reverse(request: StaffRequest, allocation_id: int) -> HttpResponse:
    """Take one amount off an item again; the money stays as unapplied cash or open credit."""
    allocation = get_object_or_404(
        Allocation.objects.select_related("item"),
        pk=allocation_id,
        company=request.actor.company,
    )
    back = reverse("item", args=[allocation.item_id])
    context = {
        "heading": gettext("Take off %(item)s") % {"item": allocation.item.number},
        "lead": gettext("%(amount)s goes back to where it came from.")
        % {"amount": money(abs(allocation.amount_minor), allocation.item.currency)},
        "button": gettext("Take back"),
        "action": reverse("allocation-reverse", args=[allocation.pk]),
        "crumb": allocation.item.number,
    }
    return reason_page(
        request,
        lambda reason: reverse_allocation(
            actor=request.actor,
            allocation=allocation,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Taken back; the item is owed again."),
        back=back,
        context=context,
    )


def _initial(request: StaffRequest) -> dict[str, object]:
    """Return what is known; the number is fixed so that a second click records nothing."""
    known: dict[str, object] = {
        "number": f"M-{request.as_of:%Y%m%d}-{token_hex(3)}",
        "value_on": request.as_of,
        "currency": request.actor.company.currency,
    }
    item_id = read_key(request.GET.get("item", ""))
    if item_id is not None:
        found = Item.objects.filter(company=request.actor.company, pk=item_id)
        item = found.select_related("customer", "open_now").first()
        if item is not None:
            known |= {"customer": item.customer.number, "currency": item.currency}
            if hasattr(item, "open_now") and item.open_now.open_minor > 0:
                known["amount"] = money_input(item.open_now.open_minor, item.currency)
    return known


def _amounts(typed: QueryDict, targets: Sequence[Target], currency: str) -> dict[int, int]:
    """Return item -> amount for the fields filled in; raise ValueError naming the item."""
    amounts = {}
    for target in targets:
        text = typed.get(f"amount-{target.id}", "").strip()
        if text:
            try:
                amounts[target.id] = read_money(text, currency)
            except ValueError as error:
                raise ValueError(f"{target.number}: {error}") from error
    return amounts


def _items(company: Company, amounts: Mapping[int, int]) -> dict[Item, int]:
    found = Item.objects.filter(company=company, pk__in=amounts)
    return {item: amounts[item.pk] for item in found}


def _shown(
    targets: Sequence[Target],
    proposal: Mapping[int, int],
    currency: str,
    typed: QueryDict | None,
) -> list[tuple[Target, str]]:
    """Return each target with the text of its field: what was typed, else the proposal."""
    if typed is not None:
        return [(target, typed.get(f"amount-{target.id}", "")) for target in targets]
    return [
        (target, money_input(proposal[target.id], currency) if target.id in proposal else "")
        for target in targets
    ]
