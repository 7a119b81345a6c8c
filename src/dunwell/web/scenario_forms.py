"""The form of a scenario's assumptions, and what was typed as assumptions."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.scenarios import Assumptions
from dunwell.models import Company, Customer
from dunwell.queries.scenarios import ScenarioRow

PERCENT_PPM = 10_000
MOST_NAMED = 20


def _percent(label: Any, least: int, most: int, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=least,
        max_value=most,
        max_digits=6,
        decimal_places=2,
        localize=True,
        required=False,
        **kwargs,
    )


def _days(label: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False)


class ScenarioForm(forms.Form):
    """A name and what is assumed; what is left empty stays as it is."""

    name = forms.CharField(label=_("Name"), max_length=80)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    volume = _percent(
        _("Sales change by percent"), -100, 100, help_text=_("-10 means a tenth less.")
    )
    terms_days = _days(_("Terms of new sales change by days"), -180, 365)
    delay_days = _days(_("Everybody pays later by days"), 0, 365)
    dispute = _percent(_("Disputed, percent of the cash on the book"), 0, 100)
    dispute_days = _days(_("A dispute takes days"), 0, 365)
    customers = forms.CharField(
        label=_("Customers that never pay"),
        max_length=1000,
        required=False,
        help_text=_("Their numbers, parted by commas."),
    )
    uptake = _percent(_("Take a discount, percent of the cash on the book"), 0, 100)
    discount = _percent(_("The discount in percent"), 0, 50)
    discount_days = _days(_("They pay earlier by days"), 0, 180)
    rates = forms.CharField(
        label=_("Currencies change by percent"),
        max_length=300,
        required=False,
        help_text=_("Such as USD -10, GBP 5: what a unit is worth at home."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        """Remember whose customers may be named."""
        super().__init__(*args, **kwargs)
        self._company = company

    def clean_customers(self) -> tuple[int, ...]:
        """Return the keys of the customers named; says which number is none."""
        numbers = [one.strip() for one in self.cleaned_data["customers"].split(",")]
        wanted = list(dict.fromkeys(filter(None, numbers)))
        if len(wanted) > MOST_NAMED:
            raise forms.ValidationError(
                gettext("Name %(n)s customers at most.") % {"n": MOST_NAMED}
            )
        found = dict(
            Customer.objects.filter(company=self._company, number__in=wanted).values_list(
                "number", "pk"
            )
        )
        if unknown := [number for number in wanted if number not in found]:
            raise forms.ValidationError(
                gettext("There is no customer %(number)s.") % {"number": unknown[0]}
            )
        return tuple(found[number] for number in wanted)

    def clean_rates(self) -> dict[str, int]:
        """Return changes in ppm by currency."""
        changes: dict[str, int] = {}
        for told in filter(None, (one.strip() for one in self.cleaned_data["rates"].split(","))):
            code, _blank, text = told.partition(" ")
            try:
                change = Decimal(text.strip().removesuffix("%").strip())
                ppm = int(change * PERCENT_PPM)
            except (InvalidOperation, OverflowError, ValueError) as error:
                raise forms.ValidationError(
                    gettext("%(text)s is no change; write it like USD -10.") % {"text": told}
                ) from error
            changes[code.upper()[:3]] = ppm
        return changes

    def assumptions(self) -> Assumptions:
        """Return what was typed."""
        told = self.cleaned_data
        return Assumptions(
            volume_ppm=_ppm(told["volume"]),
            terms_days=told["terms_days"] or 0,
            delay_days=told["delay_days"] or 0,
            dispute_ppm=_ppm(told["dispute"]),
            dispute_days=Assumptions().dispute_days
            if told["dispute_days"] is None
            else told["dispute_days"],
            defaults=told["customers"],
            discount_uptake_ppm=_ppm(told["uptake"]),
            discount_ppm=_ppm(told["discount"]),
            discount_days=told["discount_days"] or 0,
            fx_ppm=told["rates"],
        )


def scenario_initial(row: ScenarioRow) -> dict[str, Any]:
    """Return a saved scenario as the form shows it."""
    told = row.assumptions
    return {
        "name": row.name,
        "note": row.note,
        "version": row.version,
        "volume": _shown(told.volume_ppm),
        "terms_days": told.terms_days or None,
        "delay_days": told.delay_days or None,
        "dispute": _shown(told.dispute_ppm),
        "dispute_days": told.dispute_days,
        "customers": ", ".join(number for _key, number, _name in row.customers),
        "uptake": _shown(told.discount_uptake_ppm),
        "discount": _shown(told.discount_ppm),
        "discount_days": told.discount_days or None,
        "rates": ", ".join(
            f"{code} {Decimal(change) / PERCENT_PPM:f}" for code, change in told.fx_ppm.items()
        ),
    }


def _ppm(percent: Decimal | None) -> int:
    return int((percent or 0) * PERCENT_PPM)


def _shown(ppm: int) -> Decimal | None:
    return Decimal(ppm) / PERCENT_PPM if ppm else None
