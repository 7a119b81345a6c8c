"""Pages of one dispute case: what it is about, opened anew, and moved along."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.dispute_cases import edit_case, merge_cases, open_case, split_case
from dunwell.actions.dispute_moves import (
    assign_case,
    escalate_case,
    reopen_case,
    review_case,
    wait_for,
    withdraw_case,
)
from dunwell.actions.gate import Refused
from dunwell.models import Customer, Dispute, DisputeCase, Item
from dunwell.queries.dispute_amounts import CaseAmounts
from dunwell.queries.dispute_details import case_detail
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.dispute_tasks import my_task_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, customer_or_404, done, posted, told_page
from dunwell.web.dispute_board import language
from dunwell.web.dispute_forms import (
    EMPTY,
    MOST_ITEMS,
    EditForm,
    NewCaseForm,
    OwnerForm,
    WaitForm,
    causes_of,
    reasons_of,
)
from dunwell.web.keys import read_key
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

AMOUNTS = {
    "open": _("Still disputed"),
    "credited": _("Credited"),
    "paid": _("Paid after all"),
    "written_off": _("Written off"),
    "cleared": _("Settled otherwise"),
    "removed": _("No longer disputed, owed again"),
}
"""What becomes of a disputed amount, in the order of the bar."""
RUNNING = frozenset({"new", "assigned", "in_review", "waiting_customer", "waiting_internal"})
REOPENABLE = frozenset({"resolved", "closed", "withdrawn"})


class OtherCaseForm(forms.Form):
    """Which case this one goes into."""

    number = forms.CharField(label="", max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field in the reader's language."""
        super().__init__(*args, **kwargs)
        self.fields["number"].label = gettext("Number of the other case")


class SplitForm(forms.Form):
    """Which parts go into a case of their own, and what it is called."""

    title = forms.CharField(max_length=200, required=False)
    reason = forms.ChoiceField()
    parts = forms.ModelMultipleChoiceField(
        Dispute.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, case: DisputeCase, reasons: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Offer the parts of a case that are disputed now."""
        super().__init__(**kwargs)
        parts = Dispute.objects.filter(case=case, closed_on=None).select_related("item")
        chosen: Any = self.fields["parts"]
        chosen.queryset = parts.order_by("pk")
        chosen.label = gettext("Parts that go")
        chosen.label_from_instance = lambda one: one.item.number
        self.fields["title"].label = gettext("Title of the new case")
        self.fields["reason"].label = gettext("Reason")
        self.fields["reason"].choices = list(reasons)  # type: ignore[attr-defined]


@require_GET
def dispute_case(request: StaffRequest, case_id: int) -> HttpResponse:
    """Show one case in full."""
    detail = case_detail(request.actor.company, case_id, as_of=request.as_of, language=language())
    if detail is None:
        raise Http404
    status = detail.row.status
    until = detail.reopen_until
    running = next(
        (one for one in detail.resolutions if one.status in {"proposed", "pending"}), None
    )
    context = {
        "detail": detail,
        "row": detail.row,
        "running": running,
        "bars": [_bar(one) for one in detail.row.amounts],
        "checks": [("customer", detail.checklist.customer), ("us", detail.checklist.us)],
        "is_running": status in RUNNING,
        "may_reopen": status in REOPENABLE and until is not None and request.as_of <= until,
        "has_parts": sum(one.closed_on is None for one in detail.parts),
    }
    return render(request, "web/dispute.html", context)


@needs("dispute.open")
@require_http_methods(["GET", "POST"])
def dispute_new(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Open a case over parts of a customer's items, also from a short payment."""
    customer = customer_or_404(request, customer_id)
    policy = dispute_policy_in_force(request.actor.company, as_of=request.as_of).policy
    payment = read_key(request.GET.get("payment", ""))
    items = _open_items(customer, payment=payment, item=read_key(request.GET.get("item", "")))
    initial = {f"amount_{item.pk}": left for item, left in items} if payment else {}
    form = NewCaseForm(
        customer, reasons_of(policy, language()), items, posted(request), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        source = DisputeCase.Source.SHORT_PAYMENT if payment else DisputeCase.Source.STAFF
        try:
            case = open_case(
                actor=request.actor,
                customer=customer,
                reason=told["reason"],
                parts=told["parts"],
                source=source,
                title=told["title"],
                note=told["note"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            said = gettext("%(case)s is open; only what is disputed rests.") % {
                "case": case.number
            }
            return done(request, said, back=case_address(case))
    context = {"customer": customer, "form": form, "payment": payment}
    status = REFUSED if form.is_bound else 200
    return render(request, "web/dispute_new.html", context, status=status)


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_assign(request: StaffRequest, case_id: int) -> HttpResponse:
    """Give a case to a person or a team."""
    case = case_or_404(request, case_id)
    initial = {"owner": case.owner_id, "team": case.team}
    form = OwnerForm(request.actor.company, posted(request), initial=initial)
    return _move(
        request, case, form, assign_case, gettext("Give the case"), gettext("The case is given.")
    )


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_review(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take a case up, or go on with one that waited."""
    case, form = case_or_404(request, case_id), forms.Form(posted(request))
    heading, said = gettext("Take the case up"), gettext("The case is in review.")
    return _move(request, case, form, review_case, heading, said)


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_wait(request: StaffRequest, case_id: int) -> HttpResponse:
    """Let a case wait for the customer or for colleagues."""
    case, form = case_or_404(request, case_id), WaitForm(posted(request))
    return _move(request, case, form, wait_for, gettext("Wait"), gettext("The case waits."))


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_edit(request: StaffRequest, case_id: int) -> HttpResponse:
    """Change what a case is called, its reason or root cause."""
    case = case_or_404(request, case_id)
    policy = dispute_policy_in_force(request.actor.company, as_of=request.as_of).policy
    initial = {"title": case.title, "reason": case.reason, "root_cause": case.root_cause}
    form = EditForm(posted(request), initial=initial)
    reason: Any = form.fields["reason"]
    cause: Any = form.fields["root_cause"]
    known = reasons_of(policy, language())
    if case.reason not in policy.reasons:
        known.append((case.reason, policy.reason_label(case.reason, language())))
    reason.choices = known
    cause.choices = [("", EMPTY), *causes_of(policy, language())]
    return _move(request, case, form, edit_case, gettext("Change the case"), gettext("Changed."))


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_escalate(request: StaffRequest, case_id: int) -> HttpResponse:
    """Put a case higher."""
    case = case_or_404(request, case_id)
    return _why(request, case, escalate_case, gettext("Escalate"), gettext("Escalated."))


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_withdraw(request: StaffRequest, case_id: int) -> HttpResponse:
    """End a case because the customer no longer disputes."""
    case, said = case_or_404(request, case_id), gettext("Withdrawn; all of it is owed again.")
    return _why(request, case, withdraw_case, gettext("Withdraw the case"), said)


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_reopen(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take a case up again that had ended."""
    case, said = case_or_404(request, case_id), gettext("The case is open again.")
    return _why(request, case, reopen_case, gettext("Open the case again"), said)


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_merge(request: StaffRequest, case_id: int) -> HttpResponse:
    """Put a case into another of the same customer."""
    case, form = case_or_404(request, case_id), OtherCaseForm(posted(request))

    def act(number: str) -> None:
        into = DisputeCase.objects.filter(company=request.actor.company, number=number.strip())
        if (found := into.first()) is None:
            raise Refused(gettext("There is no case %(number)s.") % {"number": number})
        merge_cases(
            actor=request.actor, case=case, into=found, as_of=request.as_of, at=clock.now()
        )

    heading = gettext("Merge into another case")
    return told_page(
        request,
        form,
        act,
        said=gettext("Merged."),
        back=case_address(case),
        context=case_context(request, case, heading),
    )


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_split(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take parts of a case out into a case of their own."""
    case = case_or_404(request, case_id)
    policy = dispute_policy_in_force(request.actor.company, as_of=request.as_of).policy
    initial = {"reason": case.reason}
    form = SplitForm(case, reasons_of(policy, language()), data=posted(request), initial=initial)

    def act(title: str, reason: str, parts: Any) -> None:
        split_case(
            actor=request.actor,
            case=case,
            disputes=list(parts),
            title=title,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("Split."),
        back=case_address(case),
        context=case_context(request, case, gettext("Split the case")),
    )


@require_GET
def dispute_tasks(request: StaffRequest) -> HttpResponse:
    """Show the questions that wait for this person."""
    rows = my_task_rows(request.actor.company, user_id=request.user.pk, as_of=request.as_of)
    return render(request, "web/dispute_tasks.html", {"rows": rows})


@require_GET
def dispute_of_item(request: StaffRequest, dispute_id: int) -> HttpResponse:
    """Lead from a disputed part to its case, or to its customer where it has none yet."""
    dispute = get_object_or_404(Dispute, pk=dispute_id, company=request.actor.company)
    if dispute.case_id is None:
        return redirect("customer", dispute.customer_id)
    return redirect("dispute", dispute.case_id)


def case_or_404(request: StaffRequest, case_id: int) -> DisputeCase:
    """Return a case of the company the person works for; otherwise there is none."""
    found = DisputeCase.objects.select_related("customer")
    return get_object_or_404(found, pk=case_id, company=request.actor.company)


def _bar(amounts: CaseAmounts) -> dict[str, Any]:
    """Return the parts of a disputed amount, drawn on a width of 1,000."""
    parts, place = [], 0
    whole = amounts.original_minor
    for name, label in AMOUNTS.items():
        minor = getattr(amounts, f"{name}_minor")
        width = minor * 1_000 // whole if whole else 0
        parts.append({"name": name, "label": label, "minor": minor, "x": place, "width": width})
        place += width
    return {"amounts": amounts, "parts": parts}


def case_address(case: DisputeCase) -> str:
    """Return the address of a case's page."""
    return reverse("dispute", args=[case.pk])


def case_context(request: StaffRequest, case: DisputeCase, heading: str) -> dict[str, Any]:
    """Return what the page of a form about a case shows around it."""
    return {
        "heading": heading,
        "lead": f"{case.number}, {case.customer.name}: {case.title}",
        "button": heading,
        "action": request.path,
        "crumb": case.number,
        "back": case_address(case),
    }


def _move(
    request: StaffRequest,
    case: DisputeCase,
    form: forms.Form,
    move: Callable[..., object],
    heading: str,
    said: str,
) -> HttpResponse:
    act = partial(move, actor=request.actor, case=case, as_of=request.as_of, at=clock.now())
    context = case_context(request, case, heading)
    return told_page(request, form, act, said=said, back=case_address(case), context=context)


def _why(
    request: StaffRequest,
    case: DisputeCase,
    move: Callable[..., object],
    heading: str,
    said: str,
) -> HttpResponse:
    def take_back(reason: str) -> None:
        move(actor=request.actor, case=case, reason=reason, as_of=request.as_of, at=clock.now())

    context = case_context(request, case, heading)
    return reason_page(request, take_back, said=said, back=case_address(case), context=context)


def _open_items(
    customer: Customer, *, payment: int | None, item: int | None
) -> list[tuple[Item, int]]:
    """Return the customer's open debit items with what is open; of a payment what it left open."""
    found = Item.objects.filter(
        customer=customer, open_now__open_minor__gt=0, amount_minor__gt=0
    ).select_related("open_now")
    if payment is not None:
        found = found.filter(allocations__payment=payment, allocations__payment__customer=customer)
    rows = list(found.distinct().order_by("due_on", "pk")[:MOST_ITEMS])
    # the item that was clicked comes first
    rows.sort(key=lambda one: one.pk != item)
    return [(one, one.open_now.open_minor) for one in rows]
