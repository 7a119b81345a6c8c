"""Pages about the credit policy: what it says in tables, appetite, classes, and trying it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.documents import DocumentError
from dunwell.formats.exports import Value
from dunwell.formats.policies import PolicyError
from dunwell.models import Customer, PolicyVersion
from dunwell.queries.credit_appetite import gauges_shown
from dunwell.queries.credit_policies import credit_policy_in_force, policy_of_text
from dunwell.queries.credit_proposals import CreditProposal, propose
from dunwell.queries.credit_ratings import RatingRow, class_moves, rating_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import read_money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

YEAR = timedelta(days=365)
LARGEST_ASK = 9_000_000_000_000_000
RATING_COLUMNS = (
    _("Day"),
    _("Customer number"),
    _("Customer"),
    _("Class"),
    _("Risk"),
    _("Decision"),
    _("Points"),
    _("Probability of default (ppm)"),
    _("Scorecard"),
    _("Reasons"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveRow:
    """Customers by the class they were in and the classes they are in now, in order."""

    before: str
    counts: tuple[int, ...]


class TryForm(forms.Form):
    """A customer's number and the amount it asks for, in the company's currency."""

    number = forms.CharField(label=_("Customer number"), max_length=80)
    asked = forms.CharField(
        label=_("Amount asked for"),
        max_length=30,
        required=False,
        help_text=_("Empty asks for what the table of limits gives."),
    )

    def __init__(self, *args: Any, request: StaffRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._company = request.actor.company
        self.customer: Customer | None = None

    def clean_number(self) -> str:
        """Find the customer of the company; refuse a number nobody has."""
        number: str = self.cleaned_data["number"].strip()
        self.customer = Customer.objects.filter(company=self._company, number=number).first()
        if self.customer is None:
            raise forms.ValidationError(gettext("No customer has this number."))
        return number

    def clean_asked(self) -> int | None:
        """Return the amount in minor units, None for none."""
        text: str = self.cleaned_data["asked"].strip()
        if not text:
            return None
        try:
            amount = read_money(text, self._company.currency)
        except ValueError as error:
            raise forms.ValidationError(spoken(error)) from error
        if not 0 <= amount <= LARGEST_ASK:
            raise forms.ValidationError(gettext("Write an amount of 0 or more."))
        return amount


@require_GET
def credit_policy_show(request: StaffRequest, policy_id: int | None = None) -> HttpResponse:
    """Show what the policy in force says, or one version, in tables a person can read."""
    company = request.actor.company
    version, error = None, ""
    policy: CreditPolicy | None
    if policy_id is None:
        in_force = credit_policy_in_force(company, as_of=request.as_of)
        policy, shown_id = in_force.policy, in_force.version_id
    else:
        version = get_object_or_404(
            PolicyVersion, pk=policy_id, company=company, kind=PolicyVersion.Kind.CREDIT
        )
        shown_id = version.pk
        policy, error = _policy_of(version)
    if version is None and shown_id is not None:
        version = PolicyVersion.objects.filter(pk=shown_id).defer("document").first()
    context = {
        "policy": policy,
        "error": error,
        "version": version,
        "is_in_force": policy_id is None,
        "currency": company.currency,
        "gauges": gauges_shown(company, as_of=request.as_of) if policy_id is None else (),
        "is_overdue": policy is not None and policy.review_on < request.as_of,
        "form": TryForm(request=request),
    }
    if policy_id is None and policy is not None:
        context |= _moves(request, policy)
    return render(request, "web/credit_policy.html", context)


@require_GET
def credit_policy_try(request: StaffRequest) -> HttpResponse:
    """Show what the policy would propose for a customer; nothing is written."""
    form = TryForm(request.GET or None, request=request)
    proposal: CreditProposal | None = None
    if form.is_valid():
        proposal = propose(
            request.actor.company,
            customer=form.customer,
            as_of=request.as_of,
            asked_minor=form.cleaned_data["asked"],
        )
    context = {"form": form, "proposal": proposal, "customer": form.customer}
    status = REFUSED if form.is_bound and form.errors else 200
    return render(request, "web/credit_try.html", context, status=status)


@require_GET
def credit_rating_list(request: StaffRequest) -> HttpResponse:
    """List every rating there was, the newest first."""
    company, chosen = request.actor.company, _chosen(request)
    page = page_asked(request, lambda cursor: rating_rows(company, **chosen, cursor=cursor))
    policy = credit_policy_in_force(company, as_of=request.as_of).policy
    context = {"page": page, "classes": policy.classes.names, **chosen}
    return render(request, "web/credit_ratings.html", context)


@require_GET
def credit_ratings_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the ratings under the page's filter as a file."""
    company, chosen = request.actor.company, _chosen(request)

    def read(cursor: str, limit: int) -> Any:
        return rating_rows(company, **chosen, cursor=cursor, limit=limit)

    return file_response(
        kind,
        name="credit-ratings",
        columns=[str(column) for column in RATING_COLUMNS],
        rows=(_exported(row) for row in every_row(read)),
    )


def _policy_of(version: PolicyVersion) -> tuple[CreditPolicy | None, str]:
    """Return the policy of a version, or why it cannot be read."""
    try:
        return policy_of_text(version.text), ""
    except (DocumentError, PolicyError) as error:
        return None, spoken(error)


def _moves(request: StaffRequest, policy: CreditPolicy) -> dict[str, Any]:
    """Return the classes of a year ago against those of today."""
    names = policy.classes.names
    found = class_moves(request.actor.company, from_on=request.as_of - YEAR, to_on=request.as_of)
    counts = {(move.before, move.after): move.customers for move in found}
    befores = ("", *names)
    rows = [
        MoveRow(before=before, counts=tuple(counts.get((before, now), 0) for now in names))
        for before in befores
    ]
    return {
        "moves": [row for row in rows if any(row.counts)],
        "names": names,
        "rated": sum(counts.values()),
    }


def _chosen(request: StaffRequest) -> dict[str, Any]:
    return {
        "customer_id": read_key(request.GET.get("customer", "")),
        "risk_class": request.GET.get("class", "")[:20],
    }


def _exported(row: RatingRow) -> list[Value]:
    return [
        row.as_of,
        row.customer_number,
        row.customer_name,
        row.risk_class,
        row.risk,
        row.outcome,
        row.points,
        row.pd_ppm,
        row.scorecard,
        " ".join(str(reason["text"]) for reason in row.reasons),
    ]
