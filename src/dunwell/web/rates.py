"""Exchange rates: what is in force, setting one, loading a file."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.rates import NewRate, load_rates, set_rate
from dunwell.formats.rates import RatesError, ReadRate, rate_ppm, read_rate, read_rates
from dunwell.queries.rates import rate_currencies, rate_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, form_page
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

LARGEST_FILE = 5 * 1024 * 1024


def _quotes(home: str) -> tuple[tuple[str, str], ...]:
    return (
        ("home", gettext("%(home)s for one unit of the currency") % {"home": home}),
        ("foreign", gettext("Units of the currency for one %(home)s") % {"home": home}),
    )


class RateForm(forms.Form):
    """One rate from a day on."""

    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    from_on = day_field(label=_("From"))
    rate = forms.CharField(
        label=_("Rate"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    quote = forms.ChoiceField(label=_("The rate says"))
    source = forms.CharField(label=_("Source"), max_length=80, initial=_("Set by hand"))

    def __init__(self, home: str, *args: object, **kwargs: object) -> None:
        """Ask which way the rate is quoted, in words."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.home = home
        self.fields["quote"].choices = _quotes(home)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Turn the rate into ppm of minor units."""
        data = super().clean() or {}
        if {"rate", "currency", "quote"} <= data.keys():
            try:
                data["rate_ppm"] = rate_ppm(
                    read_rate(data["rate"]),
                    currency=data["currency"].upper(),
                    home=self.home,
                    quote=data["quote"],
                )
            except RatesError as error:
                self.add_error("rate", spoken(error))
        return data


class FileForm(forms.Form):
    """A file of rates, and which way it quotes them."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns currency, date, rate; or date and one column per currency."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    quote = forms.ChoiceField(label=_("The rates say"), initial="foreign")
    source = forms.CharField(label=_("Source"), max_length=80)

    def __init__(self, home: str, *args: object, **kwargs: object) -> None:
        """Ask which way the rates are quoted, in words."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.home = home
        self.fields["quote"].choices = _quotes(home)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Read the file; the first wrong row is named at the field."""
        data = super().clean() or {}
        file = data.get("file")
        if file is not None and file.size > LARGEST_FILE:
            self.add_error("file", gettext("The file is larger than 5 MB; load it in parts."))
        elif file is not None and "quote" in data:
            try:
                data["rates"] = read_rates(file.read(), home=self.home, quote=data["quote"])
            except RatesError as error:
                self.add_error("file", spoken(error))
        return data


@require_GET
def rate_list(request: StaffRequest) -> HttpResponse:
    """List the rates, the newest day first."""
    return _page(request, None)


@needs("rates.edit")
@require_http_methods(["GET", "POST"])
def rate_add(request: StaffRequest) -> HttpResponse:
    """Set the rate of one currency from a day on."""
    company = request.actor.company
    form = RateForm(company.currency, request.POST or None, initial={"from_on": request.as_of})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            rate = set_rate(
                actor=request.actor,
                currency=told["currency"],
                from_on=told["from_on"],
                rate_ppm=told["rate_ppm"],
                source=told["source"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("Rate of %(code)s set.") % {"code": rate.currency}
            return done(request, text, back=reverse("rates"))
    context = {
        "heading": gettext("Set a rate"),
        "lead": gettext(
            "Another value for the same day replaces the earlier one; the audit log keeps both."
        ),
        "button": gettext("Set rate"),
        "action": reverse("rate-add"),
        "back": reverse("rates"),
        "crumb": gettext("Exchange rates"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("rates.edit")
@require_http_methods(["GET", "POST"])
def rate_load(request: StaffRequest) -> HttpResponse:
    """Load a file of rates: all or none."""
    form = FileForm(request.actor.company.currency, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            loaded = load_rates(
                actor=request.actor,
                rates=_new(told["rates"]),
                source=told["source"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext(
                "%(added)d rates added, %(changed)d replaced, %(known)d known already."
            ) % {"added": loaded.added, "changed": loaded.changed, "known": loaded.known}
            return done(request, text, back=reverse("rates"))
    return _page(request, form)


def _new(rows: Sequence[ReadRate]) -> list[NewRate]:
    return [
        NewRate(currency=row.currency, from_on=row.from_on, rate_ppm=row.rate_ppm) for row in rows
    ]


def _page(request: StaffRequest, form: FileForm | None) -> HttpResponse:
    company, as_of = request.actor.company, request.as_of
    currency = request.GET.get("currency", "")[:3].upper()
    page = page_asked(
        request, lambda cursor: rate_rows(company, as_of=as_of, currency=currency, cursor=cursor)
    )
    context = {
        "page": page,
        "currency": currency,
        "currencies": rate_currencies(company),
        "form": form or FileForm(company.currency),
        "section": "rates",
        "is_stale": _is_stale(page.rows and page.rows[0].from_on, as_of),
    }
    is_wrong = form is not None and form.is_bound and bool(form.errors)
    return render(request, "web/rates.html", context, status=REFUSED if is_wrong else 200)


def _is_stale(newest: object, as_of: date) -> bool:
    """Return whether the newest rate on the page is older than a month."""
    return isinstance(newest, date) and (as_of - newest).days > 31  # noqa: PLR2004 -- a month
