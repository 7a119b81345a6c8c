"""Pages about who belongs to whom: the tree with exposure at every place, and its links."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.customer_links import add_link, end_link
from dunwell.actions.gate import Refused
from dunwell.models import Customer, CustomerLink
from dunwell.queries.hierarchies import hierarchy, link_rows
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Depth"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Limit"),
    _("Own exposure"),
    _("Below"),
    _("Pays for"),
    _("In all"),
    _("Guarantees"),
    _("Has to pay"),
    _("Paid by"),
)


class LinkForm(forms.Form):
    """Who the other customer is, and what it is to this one."""

    kind = forms.ChoiceField(label=_("The other one is its"), choices=CustomerLink.Kind.choices)
    number = forms.CharField(label=_("Number of the other customer"), max_length=80)
    from_on = day_field(label=_("From"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for a guarantor's cap in the company's currency."""
        super().__init__(*args, **kwargs)
        self.fields["most"] = MoneyField(
            currency,
            label=_("At most"),
            required=False,
            help_text=_("What a guarantor answers for; empty for no cap."),
        )


class LastDayForm(forms.Form):
    """The last day of a link."""

    until_on = day_field(label=_("Last day"))


@require_GET
def hierarchy_show(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the tree around a customer, what it comes to at every place, and all its links."""
    company, customer = request.actor.company, customer_or_404(request, customer_id)
    context = {
        "customer": customer,
        "tree": hierarchy(company, customer_id=customer.pk, as_of=request.as_of),
        "links": link_rows(company, customer_id=customer.pk),
    }
    return render(request, "web/hierarchy.html", context)


@require_GET
def hierarchy_export(request: StaffRequest, customer_id: int, kind: str) -> HttpResponse:
    """Return the tree, a customer a row."""
    company, customer = request.actor.company, customer_or_404(request, customer_id)
    tree = hierarchy(company, customer_id=customer.pk, as_of=request.as_of)

    return file_response(
        kind,
        name=f"hierarchy-{customer.number}-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                node.depth,
                node.number,
                node.name,
                tree.currency,
                amount_or_none(node.limit_minor, tree.currency),
                amount_or_none(node.rolled.own_minor, tree.currency),
                amount_or_none(node.rolled.below_minor, tree.currency),
                amount_or_none(node.rolled.paid_minor, tree.currency),
                amount_or_none(node.rolled.total_minor, tree.currency),
                amount_or_none(node.rolled.guaranteed_minor, tree.currency),
                amount_or_none(node.rolled.payable_minor, tree.currency),
                node.payer,
            )
            for node in tree.nodes
        ),
    )


@needs("link.edit")
@require_http_methods(["GET", "POST"])
def link_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say who is a customer's parent, guarantor, bill-to or payer."""
    customer = customer_or_404(request, customer_id)
    company = request.actor.company

    def act(kind: str, number: str, from_on: date, reason: str, most: int | None) -> None:
        other = Customer.objects.filter(company=company, number=number.strip()).first()
        if other is None:
            raise Refused(gettext("There is no customer %(number)s.") % {"number": number})
        add_link(
            actor=request.actor,
            customer=customer,
            other=other,
            kind=kind,
            from_on=from_on,
            most_minor=most,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        LinkForm(company.currency, posted(request), initial={"from_on": request.as_of}),
        act,
        said=gettext("The link is recorded."),
        back=reverse("hierarchy", args=[customer.pk]),
        context={
            "heading": gettext("Link %(name)s") % {"name": customer.name},
            "lead": gettext(
                "A parent stands above it, a guarantor answers for it, the bill-to receives its "
                "bills, and the payer pays them. The debtor stays the debtor."
            ),
            "button": gettext("Record the link"),
            "action": reverse("link-add", args=[customer.pk]),
            "crumb": gettext("Hierarchy"),
        },
    )


@needs("link.edit")
@require_http_methods(["GET", "POST"])
def link_end(request: StaffRequest, link_id: int) -> HttpResponse:
    """End a link with its last day."""
    link = get_object_or_404(
        CustomerLink.objects.select_related("customer"), pk=link_id, company=request.actor.company
    )

    def act(until_on: date) -> None:
        end_link(
            actor=request.actor, link=link, until_on=until_on, as_of=request.as_of, at=clock.now()
        )

    return told_page(
        request,
        LastDayForm(posted(request), initial={"until_on": request.as_of}),
        act,
        said=gettext("The link ends."),
        back=reverse("hierarchy", args=[link.customer_id]),
        context={
            "heading": gettext("End the link"),
            "lead": gettext("It stays in the history, with its last day."),
            "button": gettext("End the link"),
            "action": reverse("link-end", args=[link.pk]),
            "crumb": gettext("Hierarchy"),
        },
    )
