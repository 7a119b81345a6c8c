"""Forms of dispute cases: new ones with parts and lines, how they end, and small moves."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.actions.dispute_bookings import ResolvedPart
from dunwell.actions.dispute_intake import DisputedLine, DisputedPart
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.engine.dispute_validity import VERDICTS
from dunwell.models import Company, Customer, Dispute, Item, User
from dunwell.templatetags.money import MoneyField, money, read_money
from dunwell.templatetags.sentences import spoken
from dunwell.web.fields import day_field

MOST_ITEMS = 60
"""Open items a form offers; the oldest due first."""
LINES = 3
"""Lines of items a new case can name at once."""
MILLI, DECIMALS = 1_000, 3
EMPTY = "\N{EN DASH}"
"""What stands for nothing chosen."""
VERDICT_LABELS = {
    "valid": _("The customer is right"),
    "partly": _("Right in part"),
    "invalid": _("The customer is wrong"),
}


def colleagues(company: Company) -> QuerySet[User]:
    """Return who works for a company, by name."""
    found = User.objects.filter(memberships__company=company, is_active=True)
    return found.order_by("username").distinct()


def reasons_of(policy: DisputePolicy, language: str) -> list[tuple[str, str]]:
    """Return the reasons of a policy as choices."""
    return [(code, policy.reason_label(code, language)) for code in policy.reasons]


def causes_of(policy: DisputePolicy, language: str) -> list[tuple[str, str]]:
    """Return the root causes of a policy as choices."""
    return [(code, policy.cause_label(code, language)) for code in policy.root_causes]


class NewCaseForm(forms.Form):
    """Which items, how much of each, why; lines say of what and how many."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=_("What the customer says"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        customer: Customer,
        reasons: Sequence[tuple[str, str]],
        items: Sequence[tuple[Item, int]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Offer the customer's open items, each with an amount, and some lines."""
        super().__init__(*args, **kwargs)
        self.customer, self.items = customer, list(items)
        self.fields["reason"].choices = list(reasons)  # type: ignore[attr-defined]
        for item, open_minor in self.items:
            self.fields[f"amount_{item.pk}"] = MoneyField(
                item.currency,
                label=gettext("Disputed of %(item)s") % {"item": item.number},
                required=False,
                help_text=gettext("open: %(amount)s")
                % {"amount": money(open_minor, item.currency)},
            )
        choices = [("", EMPTY), *((str(item.pk), item.number) for item, _left in self.items)]
        for at in range(LINES):
            self.fields[f"line_item_{at}"] = forms.ChoiceField(
                label=_("Item"), choices=choices, required=False
            )
            for name, label, most in (
                ("line", _("Line"), 40),
                ("description", _("Product"), 200),
                ("quantity", _("Billed quantity"), 20),
                ("disputed", _("Disputed quantity"), 20),
                ("price", _("Price"), 30),
                ("claimed", _("Price claimed"), 30),
            ):
                self.fields[f"line_{name}_{at}"] = forms.CharField(
                    label=label, max_length=most, required=False
                )

    def clean(self) -> dict[str, Any]:
        """Read the parts: an amount, lines, or both; an item with neither is not disputed."""
        data = super().clean() or {}
        by_key = {str(item.pk): item for item, _left in self.items}
        lines: dict[str, list[DisputedLine]] = {}
        for at in range(LINES):
            key = data.get(f"line_item_{at}") or ""
            if key in by_key:
                try:
                    lines.setdefault(key, []).append(self._line(at, by_key[key].currency))
                except ValueError as error:
                    self.add_error(f"line_line_{at}", spoken(error))
        parts = []
        for key, item in by_key.items():
            amount = data.get(f"amount_{key}") or 0
            if amount or key in lines:
                parts.append(
                    DisputedPart(item=item, amount_minor=amount, lines=tuple(lines.get(key, ())))
                )
        if not parts and not self.errors:
            self.add_error(None, gettext("Say of at least one item how much is disputed."))
        data["parts"] = parts
        return data

    def amount_fields(self) -> list[forms.BoundField]:
        """Return the amounts, in the order of the items."""
        return [self[f"amount_{item.pk}"] for item, _left in self.items]

    def line_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each line."""
        names = ("item", "line", "description", "quantity", "disputed", "price", "claimed")
        return [[self[f"line_{name}_{at}"] for name in names] for at in range(LINES)]

    def _line(self, at: int, currency: str) -> DisputedLine:
        told = {
            name: self.cleaned_data.get(f"line_{name}_{at}") or ""
            for name in ("line", "description", "quantity", "disputed", "price", "claimed")
        }
        if not told["line"]:
            raise ValueError(gettext("Say which line of the item it is."))
        return DisputedLine(
            line=told["line"],
            description=told["description"],
            quantity_milli=_milli(told["quantity"]),
            disputed_quantity_milli=_milli(told["disputed"]),
            price_minor=read_money(told["price"], currency) if told["price"] else None,
            claimed_price_minor=read_money(told["claimed"], currency) if told["claimed"] else None,
        )


class ResolutionForm(forms.Form):
    """How much of each part is credited or written off; the rest is denied and owed again."""

    reason = forms.CharField(
        label=_("Why should it end so?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    root_cause = forms.ChoiceField(label=_("Root cause"), required=False)
    is_rebilled = forms.BooleanField(label=_("What is credited is billed anew"), required=False)
    missing_evidence = forms.CharField(
        label=_("Why evidence is missing"), max_length=500, required=False
    )
    only_proposed = forms.BooleanField(
        label=_("A colleague decides, also within my authority"), required=False
    )
    letter = forms.CharField(
        label=_("Letter about what is denied"),
        max_length=8_000,
        required=False,
        help_text=_("Leave empty for the policy's letter."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(
        self,
        parts: Sequence[tuple[Dispute, int]],
        causes: Sequence[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Take the open parts with what of each is disputed now."""
        super().__init__(*args, **kwargs)
        self.parts = [(part, now) for part, now in parts if now > 0]
        self.fields["root_cause"].choices = [("", EMPTY), *causes]  # type: ignore[attr-defined]
        for part, now in self.parts:
            for name, label in (("credit", _("Credit")), ("write_off", _("Write off"))):
                self.fields[f"{name}_{part.pk}"] = MoneyField(
                    part.item.currency,
                    label=f"{label}: {part.item.number}",
                    required=False,
                    initial=now if name == "credit" else None,
                )

    def clean(self) -> dict[str, Any]:
        """Work out what is denied: what of a part is neither credited nor written off."""
        data = super().clean() or {}
        resolved = []
        for part, now in self.parts:
            credit = data.get(f"credit_{part.pk}") or 0
            written = data.get(f"write_off_{part.pk}") or 0
            if credit < 0 or written < 0 or credit + written > now:
                self.add_error(
                    f"credit_{part.pk}",
                    gettext("At most %(amount)s of %(item)s is disputed now.")
                    % {"amount": money(now, part.item.currency), "item": part.item.number},
                )
            resolved.append(
                ResolvedPart(
                    dispute=part,
                    credit_minor=credit,
                    written_off_minor=written,
                    denied_minor=max(now - credit - written, 0),
                )
            )
        data["parts"] = resolved
        return data

    def part_rows(self) -> list[dict[str, Any]]:
        """Return each part with its two fields."""
        return [
            {
                "part": part,
                "now_minor": now,
                "credit": self[f"credit_{part.pk}"],
                "write_off": self[f"write_off_{part.pk}"],
            }
            for part, now in self.parts
        ]

    def sums(self) -> list[dict[str, Any]]:
        """Return what is credited, written off and denied by currency, once the form is read."""
        found: dict[str, dict[str, Any]] = {}
        for one in self.cleaned_data.get("parts", ()):
            code = one.dispute.item.currency
            held = found.setdefault(
                code, {"currency": code, "credit": 0, "written_off": 0, "denied": 0}
            )
            held["credit"] += one.credit_minor
            held["written_off"] += one.written_off_minor
            held["denied"] += one.denied_minor
        return list(found.values())


class AskForm(forms.Form):
    """What is asked, of whom, and by when."""

    question = forms.CharField(
        label=_("Question"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    assignee = forms.ModelChoiceField(
        User.objects.none(), label=_("Colleague"), required=False, empty_label=_("a guest by link")
    )
    guest_name = forms.CharField(label=_("Guest: name"), max_length=120, required=False)
    guest_email = forms.EmailField(
        label=_("Guest: e-mail address"),
        required=False,
        help_text=_("Whoever has the link answers this one question; no seat is needed."),
    )
    due_on = day_field(label=_("Answer by"), required=False)

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        """Offer who works for the company."""
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = colleagues(company)  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What a colleague says to a question."""

    answer = forms.CharField(
        label=_("Answer"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    verdict = forms.ChoiceField(
        label=_("Is the customer right?"),
        required=False,
        choices=[("", _("No word on it")), *((code, VERDICT_LABELS[code]) for code in VERDICTS)],
    )


class OwnerForm(forms.Form):
    """Who takes the case."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Person"), required=False, empty_label=_("the team alone")
    )
    team = forms.CharField(label=_("Team"), max_length=40, required=False)

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        """Offer who works for the company."""
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues(company)  # type: ignore[attr-defined]


class WaitForm(forms.Form):
    """Whom a case waits for."""

    who = forms.ChoiceField(
        label=_("It waits for"),
        choices=[
            ("customer", _("the customer: the clock stands still")),
            ("colleagues", _("colleagues: the clock runs on")),
        ],
    )
    note = forms.CharField(label=_("For what"), max_length=500, required=False)


class EditForm(forms.Form):
    """What a case is called, its reason and root cause."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    reason = forms.ChoiceField(label=_("Reason"))
    root_cause = forms.ChoiceField(label=_("Root cause"), required=False)


class DecideForm(forms.Form):
    """Why a proposal is rejected; an approval needs no words."""

    approve = forms.TypedChoiceField(
        label=_("Decision"),
        coerce=lambda text: text == "yes",
        choices=[("yes", _("Approve: it is carried out at once")), ("no", _("Reject"))],
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


def _milli(text: str) -> int | None:
    """Return a quantity in thousandths; raise ValueError for none, and for finer ones."""
    if not text:
        return None
    whole, _dot, part = text.strip().replace(",", ".").partition(".")
    if (
        not whole.isascii()
        or not whole.isdigit()
        or len(part) > DECIMALS
        or (part and not part.isdigit())
    ):
        raise ValueError(gettext("%(text)s is no quantity; write 12 or 12.5.") % {"text": text})
    return int(whole) * MILLI + int(part.ljust(DECIMALS, "0") or 0)


def day_or_none(text: str) -> date | None:
    """Return the day of an address such as 2026-01-31, None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-31") else None
    except ValueError:
        return None
