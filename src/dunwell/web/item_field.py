"""One open item in a form: from a list, or of a customer with very many by its number."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.models import Item

MOST_LISTED = 200
"""More items are not listed: nobody reads on, and a page of thousands is slow."""


class ItemField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the items offered by `offer`; cleans to the item, to None if it may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Item.objects.none(), label=_("Item"), **kwargs)
        self.items = Item.objects.none()
        self.is_by_number = False

    def offer(self, items: QuerySet[Item]) -> None:
        """Offer items in their order; of very many a person writes the number."""
        self.queryset = self.items = items
        if not items[MOST_LISTED : MOST_LISTED + 1].exists():
            return
        self.is_by_number = True
        self.widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": 120})
        self.help_text = gettext("There are too many open items to list; write the number of one.")
        if not self.required:
            self.help_text += " " + gettext("Leave empty for the whole customer.")

    def prepare_value(self, value: Any) -> Any:
        """Show the number of an item that a link has chosen by its key."""
        shown = super().prepare_value(value)
        if not self.is_by_number or not str(shown or "").isdigit():
            return shown
        item = self.items.filter(pk=shown).first()
        return shown if item is None else self._name(item)

    def to_python(self, value: Any) -> Item | None:
        """Return the item. Raises ValidationError for none that is offered, or several."""
        text = str(value or "").strip()
        if not self.is_by_number or not text:
            found: Item | None = super().to_python(value)
            return found
        named = self._numbered(text)
        if len(named) == 1:
            return named[0]
        if named:
            samples = ", ".join(self._full_name(item) for item in named)
            said = gettext(
                "Several open items have the number %(number)s; write one of: %(names)s."
            )
            raise ValidationError(said % {"number": text, "names": samples})
        said = gettext("No open item of this customer has the number %(number)s.")
        raise ValidationError(said % {"number": text})

    def _numbered(self, text: str) -> list[Item]:
        number, opened, _rest = text.rpartition(" (")
        of_number = list(self.items.filter(number__in={text, number} if opened else {text}))
        full = [item for item in of_number if self._full_name(item) == text]
        return full or [item for item in of_number if item.number == text]

    def _name(self, item: Item) -> str:
        alike = self._numbered(item.number)
        return item.number if len(alike) == 1 else self._full_name(item)

    def _full_name(self, item: Item) -> str:
        """Return an item's number with its kind, for several may have one number."""
        return f"{item.number} ({item.get_kind_display()})"
