"""The page that says what a customer does: its sector, from the list of NACE."""

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.contacts import edit_customer
from dunwell.engine.sectors import DIVISIONS, SECTIONS
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

CHOICES = [
    ("", _("Not known")),
    *(
        (code, f"{code} {name}")
        for letter, section in SECTIONS.items()
        for code, name in (
            (letter, section),
            *((one, told) for one, (held, told) in DIVISIONS.items() if held == letter),
        )
    ),
]


class SectorForm(forms.Form):
    """One sector of the list."""

    sector = forms.ChoiceField(label=_("Sector"), choices=CHOICES, required=False)


@needs("customer.edit")
@require_http_methods(["GET", "POST"])
def customer_sector(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Change the sector of a customer."""
    customer = customer_or_404(request, customer_id)

    def edit(sector: str) -> None:
        edit_customer(
            actor=request.actor, customer=customer, changes={"sector": sector}, at=clock.now()
        )

    return told_page(
        request,
        SectorForm(posted(request), initial={"sector": customer.sector}),
        edit,
        said=gettext("Customer changed."),
        back=reverse("risk"),
        context={
            "heading": gettext("Sector of %(name)s") % {"name": customer.name},
            "lead": gettext("By NACE Rev. 2: a section by its letter, a division by two digits."),
            "button": gettext("Save"),
            "action": reverse("risk-sector", args=[customer.pk]),
            "crumb": gettext("Portfolio risk"),
        },
    )
