"""Pages about groups that share a limit: the list, one with its members, joining, leaving."""

from datetime import date

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.credit_groups import add_group, end_group, join_group, leave_group
from dunwell.actions.gate import Refused
from dunwell.models import CreditGroup, CreditGroupMember, Customer
from dunwell.queries.limit_ledger import LedgerFilter, limit_rows
from dunwell.queries.limit_use import group_row, group_rows, member_rows
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Group"),
    _("Members"),
    _("Currency"),
    _("Limit"),
    _("Exposure"),
    _("Left"),
    _("Until"),
    _("Approved by"),
)


class GroupForm(forms.Form):
    """A new group."""

    name = forms.CharField(label=_("Name"), max_length=120)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class JoinForm(forms.Form):
    """Who joins, and from when."""

    number = forms.CharField(label=_("Customer number"), max_length=80)
    from_on = day_field(label=_("From"))


class LastDayForm(forms.Form):
    """The last day of something that ends."""

    until_on = day_field(label=_("Last day"))


@require_GET
def group_list(request: StaffRequest) -> HttpResponse:
    """List the groups with their limit and what the members use of it together."""
    with_ended = request.GET.get("show") == "all"
    context = {
        "rows": group_rows(request.actor.company, as_of=request.as_of, with_ended=with_ended),
        "with_ended": with_ended,
    }
    return render(request, "web/credit_groups.html", context)


@require_GET
def groups_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every group with limit and use."""
    rows = group_rows(request.actor.company, as_of=request.as_of)
    return file_response(
        kind,
        name=f"credit-groups-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.name,
                row.members,
                row.currency,
                *(
                    amount_or_none(minor, row.currency)
                    for minor in (row.limit_minor, row.exposure_minor, row.free_minor)
                ),
                row.limit.until_on,
                row.limit.approved_by,
            )
            for row in rows
        ),
    )


@require_GET
def group_show(request: StaffRequest, group_id: int) -> HttpResponse:
    """Show one group: its limit, its members whose exposure sums to its use, its ledger."""
    company = request.actor.company
    row = group_row(company, group_id, as_of=request.as_of)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "members": member_rows(company, group_id, as_of=request.as_of),
        "limits": limit_rows(company, as_of=request.as_of, only=LedgerFilter(group_id=group_id)),
    }
    return render(request, "web/credit_group.html", context)


@needs("group.edit")
@require_http_methods(["GET", "POST"])
def group_add(request: StaffRequest) -> HttpResponse:
    """Add a group."""

    def act(name: str, note: str) -> None:
        add_group(actor=request.actor, name=name, note=note, at=clock.now())

    return told_page(
        request,
        GroupForm(posted(request)),
        act,
        said=gettext("The group is there; add its members."),
        back=reverse("credit-groups"),
        context={
            "heading": gettext("New group"),
            "lead": gettext("Customers who share one limit, beside the limit each has itself."),
            "button": gettext("Add the group"),
            "action": reverse("credit-group-add"),
            "crumb": gettext("Groups"),
        },
    )


@needs("group.edit")
@require_http_methods(["GET", "POST"])
def group_join(request: StaffRequest, group_id: int) -> HttpResponse:
    """Put a customer into a group."""
    group = _group(request, group_id)

    def act(number: str, from_on: date) -> None:
        customer = Customer.objects.filter(company=request.actor.company, number=number).first()
        if customer is None:
            raise Refused(gettext("There is no customer %(number)s.") % {"number": number})
        join_group(
            actor=request.actor,
            group=group,
            customer=customer,
            from_on=from_on,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        JoinForm(posted(request), initial={"from_on": request.as_of}),
        act,
        said=gettext("The customer is in the group."),
        back=reverse("credit-group", args=[group.pk]),
        context={
            "heading": gettext("Add a member"),
            "lead": gettext("A customer is in one group at a time; its own limit holds as well."),
            "button": gettext("Add the member"),
            "action": reverse("credit-group-join", args=[group.pk]),
            "crumb": group.name,
        },
    )


@needs("group.edit")
@require_http_methods(["GET", "POST"])
def group_leave(request: StaffRequest, member_id: int) -> HttpResponse:
    """End a membership with its last day."""
    member = get_object_or_404(
        CreditGroupMember.objects.select_related("group", "customer"),
        pk=member_id,
        group__company=request.actor.company,
    )

    def act(until_on: date) -> None:
        leave_group(
            actor=request.actor,
            member=member,
            until_on=until_on,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        LastDayForm(posted(request), initial={"until_on": request.as_of}),
        act,
        said=gettext("The customer leaves the group."),
        back=reverse("credit-group", args=[member.group_id]),
        context={
            "heading": gettext("%(name)s leaves the group") % {"name": member.customer.name},
            "lead": gettext("After its last day the limit of the group no longer holds for it."),
            "button": gettext("Leave"),
            "action": reverse("credit-group-leave", args=[member.pk]),
            "crumb": member.group.name,
        },
    )


@needs("group.edit")
@require_http_methods(["GET", "POST"])
def group_end(request: StaffRequest, group_id: int) -> HttpResponse:
    """End a group today."""
    group = _group(request, group_id)

    def act() -> None:
        end_group(actor=request.actor, group=group, as_of=request.as_of, at=clock.now())

    return told_page(
        request,
        forms.Form(posted(request)),
        act,
        said=gettext("The group has ended."),
        back=reverse("credit-groups"),
        context={
            "heading": gettext("End the group %(name)s") % {"name": group.name},
            "lead": gettext("Its members leave today, and its limit holds no more."),
            "button": gettext("End the group"),
            "action": reverse("credit-group-end", args=[group.pk]),
            "crumb": group.name,
        },
    )


def _group(request: StaffRequest, group_id: int) -> CreditGroup:
    return get_object_or_404(CreditGroup, pk=group_id, company=request.actor.company)
