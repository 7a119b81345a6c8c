"""Pages about duplicates: pairs that may be one, what a merge would move, deciding, splitting."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.customer_merges import (
    decline_merge,
    mark_distinct,
    merge_customers,
    propose_merge,
    split_customers,
)
from dunwell.actions.gate import Refused
from dunwell.models import Customer, CustomerMerge
from dunwell.queries.customer_merges import merge_preview, merge_rows
from dunwell.queries.customer_twins import twin_rows
from dunwell.queries.merge_splits import (
    SHOWN_ARRIVED,
    arrived,
    rows_that_return,
    split_hindrances,
)
from dunwell.templatetags.merges import moved_words, trait_words
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, posted, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.reasons import ReasonForm, reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = CustomerMerge.Status
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Number of the other customer"),
    _("Other customer"),
    _("Points"),
    _("Alike"),
)


class ChooseForm(forms.Form):
    """Which record stays."""

    number = forms.CharField(
        label=_("Number of the record that stays"),
        max_length=80,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


@require_GET
def twin_list(request: StaffRequest) -> HttpResponse:
    """List pairs of customers that may be one, the surest first."""
    company = request.actor.company
    context = {
        "pairs": twin_rows(company, limit=100),
        "waiting": merge_rows(company, status=Status.PROPOSED).rows,
    }
    return render(request, "web/customer_twins.html", context)


@require_GET
def twin_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the pairs, one a row, with what both have alike."""
    return file_response(
        kind,
        name=f"duplicates-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.first.number,
                row.first.name,
                row.second.number,
                row.second.name,
                row.points,
                ", ".join(trait_words(row.reasons)),
            )
            for row in twin_rows(request.actor.company)
        ),
    )


@require_GET
def merge_list(request: StaffRequest) -> HttpResponse:
    """List merges by what became of them, the newest first."""
    company = request.actor.company
    asked = request.GET.get("status", "")
    status = asked if asked in Status.values else ""
    page = page_asked(request, lambda cursor: merge_rows(company, status=status, cursor=cursor))
    context = {"page": page, "status": status, "tabs": Status.choices}
    return render(request, "web/merges.html", context)


@needs("merge.propose")
@require_http_methods(["GET", "POST"])
def merge_choose(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Ask which record stays, and go on to what a merge would move."""
    customer = customer_or_404(request, customer_id)
    form = ChooseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"].strip()
        other = Customer.objects.filter(company=request.actor.company, number=number).first()
        if other is not None and other.pk != customer.pk:
            return redirect("merge-preview", customer.pk, other.pk)
        text = gettext("There is no other customer %(number)s.") % {"number": number}
        form.add_error("number", text)
    context = {
        "form": form,
        "heading": gettext("Merge %(name)s into another record") % {"name": customer.name},
        "lead": gettext("The next page shows what would move; nothing is done yet."),
        "button": gettext("See what would move"),
        "action": reverse("merge-choose", args=[customer.pk]),
        "crumb": gettext("Duplicates"),
        "back": reverse("customer", args=[customer.pk]),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/plain_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs("merge.propose")
def merge_preview_show(request: StaffRequest, customer_id: int, survivor_id: int) -> HttpResponse:
    """Show both records side by side and what would move; propose the merge with a reason."""
    merged = customer_or_404(request, customer_id)
    survivor = customer_or_404(request, survivor_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            merge = propose_merge(
                actor=request.actor,
                merged=merged,
                survivor=survivor,
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("The merge is proposed; somebody else decides it.")
            return done(request, text, back=reverse("merge", args=[merge.pk]))
    context = {"preview": merge_preview(merged, survivor), "form": form}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/merge.html", context, status=status)


@require_GET
def merge_show(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Show a merge: what it would move or has moved, and whether it can go back."""
    merge = _merge(request, merge_id)
    context: dict[str, object] = {"merge": merge}
    if merge.status == Status.PROPOSED:
        context["preview"] = merge_preview(merge.merged, merge.survivor)
    if merge.status == Status.MERGED:
        context["ties"] = split_hindrances(merge)
        context |= _what_returns(merge)
    return render(request, "web/merge.html", context)


@needs("merge.decide")
@require_POST
def merge_do(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Merge the two records; who proposed it cannot where others can."""
    merge = _merge(request, merge_id)
    back = reverse("merge", args=[merge.pk])
    try:
        merge_customers(actor=request.actor, merge=merge, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(number)s is merged into %(survivor)s.")
    names = {"number": merge.merged.number, "survivor": merge.survivor.number}
    return done(request, text % names, back=back)


@needs("merge.propose")
@require_http_methods(["GET", "POST"])
def merge_decline(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Do not merge the two records, and do not propose them as duplicates again."""
    merge = _merge(request, merge_id)
    return reason_page(
        request,
        lambda reason: decline_merge(
            actor=request.actor, merge=merge, reason=reason, is_distinct=True, at=clock.now()
        ),
        said=gettext("The records stay two customers."),
        back=reverse("merge", args=[merge.pk]),
        context={
            "heading": gettext("Do not merge"),
            "lead": gettext("The two are not shown as duplicates again."),
            "button": gettext("Do not merge"),
            "action": reverse("merge-decline", args=[merge.pk]),
            "crumb": gettext("Duplicates"),
        },
    )


@needs("merge.decide")
@require_http_methods(["GET", "POST"])
def merge_split(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Undo a merge: what came with it or by the old number since goes back."""
    merge = _merge(request, merge_id)
    return reason_page(
        request,
        lambda reason: split_customers(
            actor=request.actor,
            merge=merge,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The records are two customers again."),
        back=reverse("merge", args=[merge.pk]),
        context={
            "heading": gettext("Split the records again"),
            "lead": _told_return(merge),
            "button": gettext("Split"),
            "action": reverse("merge-split", args=[merge.pk]),
            "crumb": gettext("Duplicates"),
        },
    )


@needs("merge.propose")
@require_POST
def distinct_mark(request: StaffRequest, customer_id: int, other_id: int) -> HttpResponse:
    """Say that two records are not the same customer."""
    first, second = customer_or_404(request, customer_id), customer_or_404(request, other_id)
    back = reverse("customer-twins")
    try:
        mark_distinct(actor=request.actor, first=first, second=second, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("They are not shown as duplicates again."), back=back)


def _what_returns(merge: CustomerMerge) -> dict[str, object]:
    """Return what a split gives back: rows by place, and the documents that came since."""
    numbers = arrived(merge)
    return {
        "returns": rows_that_return(merge),
        "arrived": numbers[:SHOWN_ARRIVED],
        "are_more_arrived": len(numbers) > SHOWN_ARRIVED,
    }


def _told_return(merge: CustomerMerge) -> str:
    """Return what a split does, with how much goes back where it is not done yet."""
    said = gettext(
        "What came with the merge or by the old number since goes back; what is new at the record "
        "that stays, stays."
    )
    if merge.status != Status.MERGED:
        return said
    counts = ", ".join(f"{word}: {n}" for word, n in moved_words(rows_that_return(merge)))
    return f"{said} {counts}" if counts else said


def _merge(request: StaffRequest, merge_id: int) -> CustomerMerge:
    rows = CustomerMerge.objects.select_related("merged", "survivor")
    return get_object_or_404(rows, pk=merge_id, company=request.actor.company)
