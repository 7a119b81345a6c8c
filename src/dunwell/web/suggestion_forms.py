"""Forms by which a person changes what was suggested before it is done."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dunwell.engine.reply_suggestions import Suggestion
from dunwell.models import Contact, Dispute
from dunwell.templatetags.money import MoneyField
from dunwell.web.fields import day_field

AMOUNTS = {"promise": "items", "dispute": "parts", "remittance": "lines"}
"""The field that holds items with amounts, by what is done."""
DAYS = {
    "promise": ("due_on", _("Pays on"), True),
    "remittance": ("paid_on", _("Paid on"), False),
    "hold": ("until_on", _("Until"), False),
    "plan": ("until_on", _("Reminders rest until"), False),
}
TEXTS = {"name": _("Name"), "email": _("E-mail"), "phone": _("Phone")}
EDITABLE = frozenset({*DAYS, *AMOUNTS, "contact"})


class SuggestionForm(forms.Form):
    """What a suggestion does, to be changed: amounts of items, a day, a reason, a contact."""

    def __init__(self, suggestion: Suggestion, *args: Any, **kwargs: Any) -> None:
        """Ask for the fields of the suggestion, filled with what was read."""
        super().__init__(*args, **kwargs)
        self.suggestion = suggestion
        fields = suggestion.fields
        for line in self._lines():
            self.fields[f"item_{line['item_id']}"] = MoneyField(
                line["currency"],
                label=f"{line['number']} ({line['currency']})",
                initial=line["amount_minor"],
                required=False,
            )
        if day := DAYS.get(suggestion.action):
            name, label, is_needed = day
            self.fields[name] = day_field(
                label=label, initial=fields.get(name) or None, required=is_needed
            )
        if suggestion.action == "dispute":
            self.fields["reason"] = forms.ChoiceField(
                label=_("Reason"), choices=Dispute.Reason.choices, initial=fields.get("reason")
            )
        if suggestion.action == "contact":
            for name, label in TEXTS.items():
                self.fields[name] = forms.CharField(
                    label=label, max_length=200, initial=fields.get(name), required=False
                )
            self.fields["role"] = forms.ChoiceField(
                label=_("Role"), choices=Contact.Role.choices, initial=fields.get("role")
            )

    def wanted(self) -> Mapping[str, Any]:
        """Return the fields as the action takes them; an item without an amount is left out."""
        cleaned = dict(self.cleaned_data)
        found: dict[str, Any] = {}
        if name := AMOUNTS.get(self.suggestion.action):
            amounts = [
                {**line, "amount_minor": cleaned.pop(f"item_{line['item_id']}")}
                for line in self._lines()
            ]
            found[name] = [line for line in amounts if line["amount_minor"]]
        for key, value in cleaned.items():
            found[key] = value.isoformat() if hasattr(value, "isoformat") else value or ""
        return found

    def _lines(self) -> list[Mapping[str, Any]]:
        name = AMOUNTS.get(self.suggestion.action, "")
        return list(self.suggestion.fields.get(name) or ())
