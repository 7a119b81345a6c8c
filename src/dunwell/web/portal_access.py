"""Who of a customer has access to the portal: invited, changed, ended; links and keys."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_access import change_role, end_seat, invite_person
from dunwell.actions.portal_keys import revoke_key
from dunwell.actions.portal_links import revoke_link, send_sign_in_link, send_view_link
from dunwell.jobs.portal_mails import begin_portal_mails
from dunwell.models import Contact, Customer, PortalKey, PortalLink, PortalSeat
from dunwell.queries.portal_seats import key_rows, link_rows, seat_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, customer_or_404, done, posted, refused
from dunwell.web.staff import StaffRequest


class InviteForm(forms.Form):
    """Somebody of the customer, the role, and that an address we do not know was asked for."""

    email = forms.EmailField(label=_("Mail address"), max_length=120)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("May"), choices=PortalSeat.Role.choices, initial=PortalSeat.Role.MANAGER
    )
    is_checked = forms.BooleanField(
        label=_("I asked the customer by a number we know"),
        required=False,
        help_text=_("Needed where the address belongs to none of the contacts."),
    )


@require_http_methods(["GET", "POST"])
def customer_portal(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show who has access, links and keys; a form invites somebody."""
    customer = customer_or_404(request, customer_id)
    if request.htmx and request.method == "GET":
        return render(request, "web/customer_portal.html#card", _shown(customer))
    form = InviteForm(posted(request), initial=_first_contact(customer))
    if request.method == "POST" and form.is_valid():
        try:
            invite_person(
                actor=request.actor,
                customer=customer,
                site=request.build_absolute_uri("/"),
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            begin_portal_mails(request.actor.company.pk)
            text = gettext("%(email)s was invited.") % form.cleaned_data
            return done(request, text, back=_page_of(customer))
    status = REFUSED if form.is_bound and form.errors else 200
    context = {
        **_shown(customer),
        "form": form,
        "contacts": customer.contacts.exclude(email="").order_by("role", "-is_primary", "pk"),
        "links": link_rows(customer, at=clock.now()),
        "keys": key_rows(customer, as_of=request.as_of),
        "ended": [row for row in seat_rows(customer, with_ended=True) if row.ended_on],
        "roles": PortalSeat.Role.choices,
    }
    return render(request, "web/customer_portal.html", context, status=status)


@require_POST
def access_role(request: StaffRequest, seat_id: int) -> HttpResponse:
    """Give somebody of a customer another role."""
    seat = _seat(request, seat_id)
    back = _page_of(seat.customer)
    try:
        change_role(
            actor=request.actor,
            seat=seat,
            role=request.POST.get("role", ""),
            site=request.build_absolute_uri("/"),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    begin_portal_mails(request.actor.company.pk)
    return done(request, gettext("The role was changed."), back=back)


@require_POST
def access_end(request: StaffRequest, seat_id: int) -> HttpResponse:
    """End somebody's access."""
    seat = _seat(request, seat_id)
    back = _page_of(seat.customer)
    try:
        end_seat(actor=request.actor, seat=seat, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The access has ended."), back=back)


@require_POST
def access_link(request: StaffRequest, seat_id: int) -> HttpResponse:
    """Send somebody with access a link to sign in."""
    seat = _seat(request, seat_id)
    back = _page_of(seat.customer)
    try:
        send_sign_in_link(
            actor=request.actor,
            seat=seat,
            site=request.build_absolute_uri("/"),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    begin_portal_mails(request.actor.company.pk)
    return done(request, gettext("The link is on its way."), back=back)


@require_POST
def access_view_link(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Send a contact a link to look at the account."""
    contacts = Contact.objects.select_related("customer__company")
    contact = get_object_or_404(contacts, pk=contact_id, customer__company=request.actor.company)
    back = _page_of(contact.customer)
    try:
        send_view_link(
            actor=request.actor,
            contact=contact,
            site=request.build_absolute_uri("/"),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    begin_portal_mails(request.actor.company.pk)
    return done(request, gettext("The link is on its way."), back=back)


@require_POST
def access_link_revoke(request: StaffRequest, link_id: int) -> HttpResponse:
    """Take a link back."""
    links = PortalLink.objects.select_related("customer")
    link = get_object_or_404(links, pk=link_id, company=request.actor.company)
    back = _page_of(link.customer)
    try:
        revoke_link(actor=request.actor, link=link, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The link opens nothing any more."), back=back)


@require_POST
def access_key_revoke(request: StaffRequest, key_id: int) -> HttpResponse:
    """Stop a key of a customer's program."""
    keys = PortalKey.objects.select_related("customer")
    key = get_object_or_404(keys, pk=key_id, company=request.actor.company)
    back = _page_of(key.customer)
    try:
        revoke_key(actor=request.actor, key=key, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The key has stopped."), back=back)


def _seat(request: StaffRequest, seat_id: int) -> PortalSeat:
    seats = PortalSeat.objects.select_related("customer__company", "person", "company")
    return get_object_or_404(seats, pk=seat_id, company=request.actor.company)


def _shown(customer: Customer) -> dict[str, object]:
    return {"customer": customer, "rows": seat_rows(customer)}


def _first_contact(customer: Customer) -> dict[str, object]:
    """Return what the form begins with: whom we write to about payments, without access yet."""
    seated = PortalSeat.objects.filter(customer=customer, ended_on=None)
    contacts = customer.contacts.exclude(email="").filter(bounced_on=None)
    found = contacts.exclude(email__in=seated.values("person__email")).order_by(
        "-is_primary", "pk"
    )
    first = found.filter(role=Contact.Role.PAYABLES).first() or found.first()
    return {"email": first.email, "name": first.name} if first else {}


def _page_of(customer: Customer) -> str:
    return reverse("customer-portal", args=[customer.pk])
