"""The form of a pool: conditions by fact, in the reader's own style."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.segments_rules import POOL_FACTS, WORD
from dunwell.models import Pool, User
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.segments import LABELS

LONGEST_WORDS = 2_000
PERCENT_PPM = 10_000


class PoolForm(forms.Form):
    """Name, people and conditions; of each fact from and to, or words with commas between."""

    name = forms.CharField(label=_("Name"), max_length=80)
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("People"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who works on these customers."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        currency: str,
        people: list[User],
        data: QueryDict | None,
        pool: Pool | None = None,
    ) -> None:
        """Offer a field or two for every fact, filled from a pool that is changed."""
        self.currency = currency
        super().__init__(data, initial=_initial(pool) if pool else None)
        found = User.objects.filter(pk__in=[person.pk for person in people])
        self.fields["people"].queryset = found.order_by("username")  # type: ignore[attr-defined]
        self.fields["people"].label_from_instance = lambda user: user.username  # type: ignore[attr-defined]
        for fact, told in POOL_FACTS.items():
            if told.unit == WORD:
                self.fields[fact] = _words_field(fact)
                self.fields[f"not_{fact}"] = _words_field(fact, is_not=True)
            else:
                for side in ("from", "to"):
                    self.fields[f"{fact}_{side}"] = _number_field(fact, told.unit, side, currency)

    def facts(self) -> list[tuple[str, bool, list[forms.BoundField]]]:
        """Return each fact's label, whether it is a word, and its two fields, for a table."""
        rows = []
        for fact, told in POOL_FACTS.items():
            is_word = told.unit == WORD
            names = (fact, f"not_{fact}") if is_word else (f"{fact}_from", f"{fact}_to")
            rows.append((str(LABELS[fact]), is_word, [self[name] for name in names]))
        return rows

    def main(self) -> list[forms.BoundField]:
        """Return the fields that are no conditions."""
        return [self[name] for name in ("name", "people", "note")]

    def rule(self) -> dict[str, object]:
        """Return the conditions that are stated, in the form of the rule language."""
        stated: dict[str, object] = {}
        for fact, told in POOL_FACTS.items():
            value = self._words(fact) if told.unit == WORD else self._range(fact, told.unit)
            if value:
                stated[fact] = value
        return stated

    def clean(self) -> dict[str, Any]:
        """Refuse words that are wanted and unwanted at once: only one of both is a condition."""
        data = super().clean() or {}
        for fact, told in POOL_FACTS.items():
            if told.unit == WORD and data.get(fact) and data.get(f"not_{fact}"):
                self.add_error(fact, gettext("State what it is or what it is not, not both."))
        return data

    def _words(self, fact: str) -> object:
        wanted, unwanted = (
            list(dict.fromkeys(w.strip() for w in self.cleaned_data[name].split(",") if w.strip()))
            for name in (fact, f"not_{fact}")
        )
        return {"not": unwanted} if unwanted else wanted

    def _range(self, fact: str, unit: str) -> dict[str, int]:
        found = {}
        for side in ("from", "to"):
            value = self.cleaned_data[f"{fact}_{side}"]
            if value is not None:
                found[side] = int(value * PERCENT_PPM) if unit == "ppm" else int(value)
        return found


def _words_field(fact: str, *, is_not: bool = False) -> forms.CharField:
    label = str(LABELS[fact])
    if is_not:
        label = gettext("%(fact)s: none of") % {"fact": label}
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_WORDS,
        help_text=", ".join(POOL_FACTS[fact].words) or gettext("Commas between."),
    )


def _number_field(fact: str, unit: str, side: str, currency: str) -> forms.Field:
    word = gettext("%(fact)s from") if side == "from" else gettext("%(fact)s up to")
    label = word % {"fact": LABELS[fact]}
    if unit == "money":
        return MoneyField(currency, label=label, required=False, help_text=currency)
    if unit == "ppm":
        return forms.DecimalField(
            label=label, required=False, min_value=0, max_value=100, decimal_places=4,
            help_text=_("Percent"),
        )  # fmt: skip
    help_text = _("Days") if unit == "days" else _("0 to 100")
    return forms.IntegerField(
        label=label, required=False, min_value=-100_000, max_value=100_000, help_text=help_text
    )


def _initial(pool: Pool) -> dict[str, object]:
    """Return the fields of a pool as the form shows them."""
    shown: dict[str, object] = {
        "name": pool.name,
        "note": pool.note,
        "seen": pool.version,
        "people": [user.pk for user in pool.users.all()],
    }
    for fact, stated in pool.rule.items():
        unit = POOL_FACTS[fact].unit
        if unit == WORD:
            is_not = isinstance(stated, dict)
            words = stated["not"] if is_not else stated
            shown[f"not_{fact}" if is_not else fact] = ", ".join(words)
            continue
        for side, value in stated.items():
            shown[f"{fact}_{side}"] = value / PERCENT_PPM if unit == "ppm" else value
    return shown
