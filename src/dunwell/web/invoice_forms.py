"""The forms of invoicing: the head of a draft and its lines, and what a form says as a draft."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dunwell.formats.currencies import ISO_CODES
from dunwell.models import Invoice, InvoiceLine, TaxRate
from dunwell.queries.invoice_drafts import AllowanceDraft, Draft, LineDraft
from dunwell.templatetags.money import MoneyField
from dunwell.web.fields import day_field

MICROS = 1_000_000
MOST_LINES = 100
"""Lines that can be written on the page; more come by file or API."""

UNITS = (
    ("C62", _("piece")), ("HUR", _("hour")), ("DAY", _("day")), ("MON", _("month")),
    ("KGM", _("kilogram")), ("MTR", _("metre")), ("LTR", _("litre")),
)  # fmt: skip
KEPT = ("preceding", "is_allocated", "order", "prepaid_minor")
"""What a draft keeps when it is edited on the page."""


class HeadForm(forms.Form):
    """All of a draft but its lines."""

    currency = forms.ChoiceField(label=_("Currency"))
    terms = forms.CharField(label=_("Terms"), max_length=80, required=False)
    due_on = day_field(label=_("Due on, instead of by terms"), required=False)
    delivered_on = day_field(label=_("Delivered on"), required=False)
    from_on = day_field(label=_("Period from"), required=False)
    to_on = day_field(label=_("Period to"), required=False)
    order_number = forms.CharField(label=_("Order of the customer"), max_length=80, required=False)
    buyer_reference = forms.CharField(label=_("Buyer reference"), max_length=80, required=False)
    contract = forms.CharField(label=_("Contract"), max_length=80, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        """Offer the currencies in use first."""
        super().__init__(*args, **kwargs)
        codes = dict.fromkeys((*currencies, *sorted(ISO_CODES)))
        self.fields["currency"].choices = [(code, code) for code in codes if code]  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One line; quantity and price with up to six decimals."""

    name = forms.CharField(label=_("What"), max_length=120)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=15, decimal_places=6)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    price = forms.DecimalField(label=_("Price"), max_digits=15, decimal_places=6, min_value=0)
    tax_code = forms.ChoiceField(label=_("Tax"))
    discount = forms.CharField(label=_("Discount"), required=False)

    def __init__(
        self, *args: Any, rates: Mapping[str, TaxRate], currency: str, **kwargs: Any
    ) -> None:
        """Offer the tax codes of the day."""
        super().__init__(*args, **kwargs)
        self.fields["tax_code"].choices = [  # type: ignore[attr-defined]
            (code, rate.name) for code, rate in rates.items()
        ]
        self.fields["discount"] = MoneyField(currency, label=_("Discount"), required=False)

    def line(self, known: InvoiceLine | None) -> LineDraft:
        """Return the line as it is asked for; what the page does not show stays as it was."""
        told = self.cleaned_data
        return LineDraft(
            name=told["name"],
            quantity_micros=int(told["quantity"] * MICROS),
            price_micros=int(told["price"] * MICROS),
            tax_code=told["tax_code"],
            unit=told["unit"] or "C62",
            discount_minor=told["discount"] or 0,
            description=known.description if known else "",
            seller_item=known.seller_item if known else "",
            discount_reason=known.discount_reason if known else "",
            order_line=known.order_line if known else "",
            agreed_price_micros=known.agreed_price_micros if known else None,
        )


class Editor:
    """The head and lines of one draft on a page, and the button that was pressed.

    Buttons add and remove lines and sum up anew without a script; only `save` saves.
    """

    def __init__(
        self,
        *,
        sent: QueryDict | None,
        rates: Mapping[str, TaxRate],
        currencies: Sequence[str],
        invoice: Invoice | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.invoice = invoice
        self.known = {} if invoice is None else {row.position: row for row in invoice.lines.all()}
        self.do = sent.get("do", "save") if sent is not None else ""
        first = dict(initial or {}) if invoice is None else _head_of(invoice)
        self.head = HeadForm(sent, initial=first, currencies=currencies)
        typed = str(sent.get("currency", "")) if sent is not None else ""
        currency = typed or str(first.get("currency", currencies[0]))
        self.currency = currency if currency in ISO_CODES else currencies[0]
        marks = self._marks(sent)
        self.lines = [self._line(sent, mark, rates) for mark in marks]

    @property
    def is_saving(self) -> bool:
        """Return whether the button was the one that saves."""
        return self.do == "save"

    def is_valid(self) -> bool:
        """Return whether head and lines can be used."""
        return all([self.head.is_valid(), *(form.is_valid() for _, form in self.lines)])

    def draft(self) -> Draft:
        """Return what was typed as a draft; only after `is_valid`."""
        told = self.head.cleaned_data
        kept: dict[str, Any] = {}
        if self.invoice is not None:
            kept = {name: getattr(self.invoice, name) for name in KEPT}
            kept["kind"] = self.invoice.kind
            kept["allowances"] = _allowances(self.invoice, self.known.values())
        lines = [form.line(self.known.get(mark)) for mark, form in self.lines]
        return Draft(lines=lines, **told, **kept)

    def _marks(self, sent: QueryDict | None) -> list[int]:
        """Return the numbers of the lines on the page after the button was pressed."""
        if sent is None:
            return sorted(self.known) or [1]
        marks = [int(text) for text in sent.getlist("line") if text.isdigit()][:MOST_LINES]
        if self.do.startswith("remove-"):
            marks = [mark for mark in marks if f"remove-{mark}" != self.do]
        if self.do == "add" or not marks:
            marks.append(max([*marks, *self.known], default=0) + 1)
        return marks[:MOST_LINES]

    def _line(
        self, sent: QueryDict | None, mark: int, rates: Mapping[str, TaxRate]
    ) -> tuple[int, LineForm]:
        row = self.known.get(mark)
        is_new = sent is None or str(mark) not in sent.getlist("line")
        data = None if is_new else sent
        initial = _line_of(row) if row is not None else {"quantity": "1", "unit": "C62"}
        form = LineForm(
            data, prefix=f"l{mark}", initial=initial, rates=rates, currency=self.currency
        )
        return mark, form


def _head_of(invoice: Invoice) -> dict[str, Any]:
    names = HeadForm.base_fields
    return {name: getattr(invoice, name) for name in names}


def _line_of(row: InvoiceLine) -> dict[str, Any]:
    return {
        "name": row.name,
        "quantity": _decimal(row.quantity_micros),
        "unit": row.unit,
        "price": _decimal(row.price_micros),
        "tax_code": row.tax_code,
        "discount": row.discount_minor or None,
    }


def _decimal(micros: int) -> str:
    value = (Decimal(micros) / MICROS).normalize()
    return f"{value:f}"


def _allowances(invoice: Invoice, rows: Any) -> tuple[AllowanceDraft, ...]:
    codes = {(row.category, row.rate_ppm): row.tax_code for row in rows}
    return tuple(
        AllowanceDraft(
            amount_minor=one["amount_minor"],
            is_charge=one["is_charge"],
            reason=one["reason"],
            tax_code=codes.get((one["vat_category"], one["vat_rate_ppm"]), ""),
        )
        for one in invoice.allowances
    )
