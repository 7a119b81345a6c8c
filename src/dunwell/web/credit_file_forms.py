"""What is told to a credit file: data points, consents, reports, a question to a bureau."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.bureau_consents import record_consent, withdraw_consent
from dunwell.actions.bureau_pulls import ask_bureau
from dunwell.actions.bureau_reports import record_report
from dunwell.actions.credit_points import record_data_point
from dunwell.engine.credit_fact_names import FLAG, NUMBER, POINTS, Value, fact_named
from dunwell.jobs.background import begin
from dunwell.jobs.bureau import pull_reports
from dunwell.models import BureauAccount, BureauConsent, BureauPull, Customer
from dunwell.queries.bureaus import waterfall
from dunwell.templatetags.money import MoneyField, money
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

YES_NO = [("yes", _("Yes")), ("no", _("No")), ("", _("Not known"))]


class PointForm(forms.Form):
    """What is known under a name; the field of the value is of the name's kind."""

    on = day_field(label=_("True on"))
    source = forms.CharField(
        label=_("Where from"), max_length=200, help_text=_("Register, call, document, web site")
    )

    def __init__(self, name: str, currency: str, *args: Any, **kwargs: Any) -> None:
        """Make the field of the value before the others; an own point is named too."""
        super().__init__(*args, **kwargs)
        fact = fact_named(f"point_{name}")
        label = translated(fact.label) if fact and name else gettext("Value")
        field: forms.Field
        if fact is not None and fact.kind == FLAG:
            field = forms.ChoiceField(label=label, choices=YES_NO, required=False)
        elif fact is not None and fact.unit == "minor":
            field = MoneyField(currency, label=f"{label} ({currency})", required=False)
        elif fact is not None and fact.kind == NUMBER:
            field = forms.IntegerField(label=label, required=False)
        else:
            field = forms.CharField(label=label, max_length=200, required=False)
        fields: dict[str, forms.Field] = {"value": field}
        if not name:
            help_text = _("Small letters, digits and _, such as number_of_sites")
            fields = {"name": forms.SlugField(label=_("Name"), max_length=40, help_text=help_text),
                      **fields}  # fmt: skip
        self.fields = {**fields, **self.fields}


class AskForm(forms.Form):
    """Why a bureau is asked, and which."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=BureauPull.Purpose.choices)
    bureau = forms.ChoiceField(label=_("Bureau"), required=False)

    def __init__(self, bureaus: list[BureauAccount], *args: Any, **kwargs: Any) -> None:
        """Offer the waterfall and each bureau with what it costs."""
        super().__init__(*args, **kwargs)
        first = gettext("One after the other, until one knows the customer")
        self.fields["bureau"].choices = [  # type: ignore[attr-defined]
            ("", first),
            *(
                (str(row.pk), f"{row.name} ({money(row.cost_minor, row.currency)})")
                for row in bureaus
            ),
        ]


class ConsentForm(forms.Form):
    """A customer's consent."""

    bureau = forms.ChoiceField(label=_("Bureau"), required=False)
    given_on = day_field(label=_("Given on"))
    until_on = day_field(label=_("Until"), required=False)
    evidence = forms.CharField(
        label=_("How it was given"),
        max_length=300,
        help_text=_("Signed form, mail, recorded call"),
    )

    def __init__(self, bureaus: list[BureauAccount], *args: Any, **kwargs: Any) -> None:
        """Offer all bureaus together and each alone."""
        super().__init__(*args, **kwargs)
        self.fields["bureau"].choices = [  # type: ignore[attr-defined]
            ("", gettext("All bureaus")),
            *((str(row.pk), row.name) for row in bureaus),
        ]


class ReportForm(forms.Form):
    """A report or an external score that came another way."""

    bureau = forms.ChoiceField(label=_("Bureau or agency"))
    reported_on = day_field(label=_("Reported on"))
    score = forms.IntegerField(label=_("Score"), required=False)
    pd_percent = forms.DecimalField(
        label=_("Probability of default in percent"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
    )
    risk_class = forms.CharField(label=_("Risk class"), max_length=20, required=False)
    limit_minor = MoneyField("EUR", label=_("Recommended limit"), required=False)
    is_insolvent = forms.ChoiceField(label=_("Insolvent"), choices=YES_NO, required=False)
    external_id = forms.CharField(label=_("Its number there"), max_length=80, required=False)

    def __init__(
        self, bureaus: list[BureauAccount], currency: str, *args: Any, **kwargs: Any
    ) -> None:
        """Offer every bureau; the limit is in the company's currency."""
        super().__init__(*args, **kwargs)
        self.fields["bureau"].choices = [(str(row.pk), row.name) for row in bureaus]  # type: ignore[attr-defined]
        label = f"{gettext('Recommended limit')} ({currency})"
        self.fields["limit_minor"] = MoneyField(currency, label=label, required=False)


@needs("credit_file.edit")
@require_http_methods(["GET", "POST"])
def point_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Add a data point: one of the checklist (`name` in the address) or one of the own."""
    customer = customer_or_404(request, customer_id)
    name = request.GET.get("name", "")
    if name and fact_named(f"point_{name}") is None:
        raise Http404
    currency = request.actor.company.currency
    form = PointForm(name, currency, posted(request), initial={"on": request.as_of})

    def act(**told: Any) -> None:
        record_data_point(
            actor=request.actor,
            customer=customer,
            name=name or told["name"],
            value=_value(name, told["value"]),
            source=told["source"],
            on=told["on"],
            as_of=request.as_of,
            at=clock.now(),
        )

    query = f"?name={name}" if name else ""
    listed = f"point_{name}" in POINTS
    context = {
        "heading": gettext("Data point"),
        "lead": ""
        if listed
        else gettext("A point of your own counts in policies as point_ and its name."),
        "button": gettext("Add it"),
        "action": reverse("credit-point-add", args=[customer.pk]) + query,
        "crumb": customer.name,
    }
    return told_page(
        request,
        form,
        act,
        said=gettext("Added; the latest counts, earlier ones stay in the history."),
        back=_back(customer),
        context=context,
    )


@needs("bureau.pull")
@require_http_methods(["GET", "POST"])
def bureau_ask(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Ask a bureau, or one after the other, with a purpose."""
    customer = customer_or_404(request, customer_id)
    bureaus = waterfall(request.actor.company)
    form = AskForm(bureaus, posted(request))

    def act(purpose: str, bureau: str) -> None:
        ask_bureau(
            actor=request.actor,
            customer=customer,
            purpose=purpose,
            bureau=_chosen(bureaus, bureau),
            as_of=request.as_of,
            at=clock.now(),
        )
        key = request.actor.company.pk
        begin(partial(pull_reports, key), key=f"bureaus {key}")

    context = {
        "heading": gettext("Ask a bureau"),
        "lead": gettext(
            "A report that is young enough is used again and costs nothing. Whom we ask about, "
            "why and at what cost is kept."
        ),
        "button": gettext("Ask"),
        "action": reverse("credit-file-ask", args=[customer.pk]),
        "crumb": customer.name,
    }
    return told_page(
        request,
        form,
        act,
        said=gettext("Asked. The answer appears here once it has come."),
        back=_back(customer),
        context=context,
    )


@needs("bureau.pull")
@require_http_methods(["GET", "POST"])
def consent_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record a consent to be asked about."""
    customer = customer_or_404(request, customer_id)
    bureaus = _bureaus(request)
    form = ConsentForm(bureaus, posted(request), initial={"given_on": request.as_of})

    def act(bureau: str, **told: Any) -> None:
        record_consent(
            actor=request.actor,
            customer=customer,
            bureau=_chosen(bureaus, bureau),
            as_of=request.as_of,
            at=clock.now(),
            **told,
        )

    context = {
        "heading": gettext("Consent"),
        "lead": gettext("A natural person is asked about with its consent alone."),
        "button": gettext("Record it"),
        "action": reverse("credit-consent-add", args=[customer.pk]),
        "crumb": customer.name,
    }
    said = gettext("The consent is recorded.")
    return told_page(request, form, act, said=said, back=_back(customer), context=context)


@needs("bureau.pull")
@require_http_methods(["GET", "POST"])
def consent_withdraw(request: StaffRequest, bureau_consent_id: int) -> HttpResponse:
    """Note that a consent was withdrawn."""
    consent = (
        BureauConsent.objects.filter(company=request.actor.company, pk=bureau_consent_id)
        .select_related("customer")
        .first()
    )
    if consent is None:
        raise Http404
    act = partial(
        withdraw_consent,
        actor=request.actor,
        consent=consent,
        as_of=request.as_of,
        at=clock.now(),
    )
    context = {
        "heading": gettext("The consent was withdrawn"),
        "lead": gettext("From today on nobody is asked on it; what was asked before stays."),
        "button": gettext("Withdraw it"),
        "action": reverse("credit-consent-withdraw", args=[consent.pk]),
        "crumb": consent.customer.name,
    }
    said = gettext("The consent is withdrawn.")
    form, back = forms.Form(posted(request)), _back(consent.customer)
    return told_page(request, form, act, said=said, back=back, context=context)


@needs("credit_file.edit")
@require_http_methods(["GET", "POST"])
def report_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record a report or an external score by hand."""
    customer = customer_or_404(request, customer_id)
    bureaus, currency = _bureaus(request), request.actor.company.currency
    form = ReportForm(bureaus, currency, posted(request), initial={"reported_on": request.as_of})

    def act(bureau: str, pd_percent: Any, is_insolvent: str, **told: Any) -> None:
        chosen = _chosen(bureaus, bureau)
        if chosen is None:
            raise Http404
        record_report(
            actor=request.actor,
            customer=customer,
            bureau=chosen,
            pd_ppm=None if pd_percent is None else int(pd_percent * 10_000),
            is_insolvent=_flag(is_insolvent),
            currency=currency if told["limit_minor"] is not None else "",
            as_of=request.as_of,
            at=clock.now(),
            **told,
        )

    context = {
        "heading": gettext("Report or external score"),
        "lead": gettext("As the bureau told it, by letter, mail or on its portal."),
        "button": gettext("Record it"),
        "action": reverse("credit-report-add", args=[customer.pk]),
        "crumb": customer.name,
    }
    said = gettext("The report is recorded.")
    return told_page(request, form, act, said=said, back=_back(customer), context=context)


def _back(customer: Customer) -> str:
    return reverse("credit-file", args=[customer.pk])


def _bureaus(request: StaffRequest) -> list[BureauAccount]:
    found = BureauAccount.objects.filter(company=request.actor.company, is_active=True)
    return list(found.order_by("priority", "pk"))


def _chosen(bureaus: list[BureauAccount], key: str) -> BureauAccount | None:
    return next((row for row in bureaus if str(row.pk) == key), None)


def _flag(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _value(name: str, typed: Any) -> Value:
    """Return what was typed as a value of the name's kind, None for nothing."""
    fact = fact_named(f"point_{name}")
    if fact is not None and fact.kind == FLAG:
        return _flag(typed)
    return None if typed in {None, ""} else typed
