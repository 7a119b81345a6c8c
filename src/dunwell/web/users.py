"""Pages about people: who works here in which roles, sign-in links, taking access away."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.duty_overrides import LONGEST_DAYS, LONGEST_REASON
from dunwell.actions.gate import Refused
from dunwell.actions.role_rights import ROLE_RIGHTS, STAFF_ROLES
from dunwell.actions.second_factors import LONGEST_REASON as LONGEST_FACTOR_REASON
from dunwell.actions.second_factors import reset_second_factor
from dunwell.actions.users import LINK_MINUTES, add_user, make_sign_in_link, set_roles
from dunwell.models import Membership, Role
from dunwell.queries.users import user_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import colleague_or_404, done, form_page, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

ROLE_CHOICES = [(role.value, role.label) for role in STAFF_ROLES]
"""Roles of our own people; an agency's people get theirs on the agency's page."""


class RolesForm(forms.Form):
    """What somebody is trusted with; pairs of duties that are kept apart need a reason."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Why one person holds duties that are kept apart"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Only where roles conflict. It stands in the report of duties."),
    )
    days = forms.IntegerField(
        label=_("For how many days"), min_value=1, max_value=LONGEST_DAYS, required=False
    )


class UserForm(RolesForm):
    """A new person: a name to sign in with, an address, and roles."""

    username = forms.SlugField(
        label=_("Sign-in name"), max_length=150, help_text=_("Letters, digits, - and _.")
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ("username", "email", "roles", "reason", "days")


class FactorForm(forms.Form):
    """Why a second factor is taken away."""

    reason = forms.CharField(
        label=_("Why, and how you made sure who asked"), max_length=LONGEST_FACTOR_REASON
    )


@needs("user.manage")
@require_GET
def user_list(request: StaffRequest) -> HttpResponse:
    """List the company's people with roles and what should be kept apart."""
    people = user_rows(request.actor.company, rights=ROLE_RIGHTS)
    roles = [
        (role, label, sorted(ROLE_RIGHTS[role] - ROLE_RIGHTS[Role.READ_ONLY]))
        for role, label in ROLE_CHOICES
    ]
    return render(request, "web/users.html", {"people": people, "roles": roles})


@needs("user.manage")
@require_http_methods(["GET", "POST"])
def user_add(request: StaffRequest) -> HttpResponse:
    """Add a person; they sign in first with a one-time link."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            add_user(
                actor=request.actor,
                username=told["username"],
                email=told["email"],
                roles=told["roles"],
                reason=told["reason"],
                days=told["days"] or 0,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("%(name)s added. Make a sign-in link for the first time.")
                % {"name": told["username"]},
                back=reverse("users"),
            )
    context = {
        "heading": gettext("Add a person"),
        "button": gettext("Add"),
        "action": reverse("user-add"),
        "back": reverse("users"),
        "crumb": gettext("People"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("user.manage")
@require_http_methods(["GET", "POST"])
def user_roles(request: StaffRequest, user_id: int) -> HttpResponse:
    """Change a person's roles; it acts on their next request."""
    user = colleague_or_404(request, user_id)
    held = list(
        Membership.objects.filter(company=request.actor.company, user=user).values_list(
            "role", flat=True
        )
    )
    form = RolesForm(request.POST or None, initial={"roles": held})
    if request.method == "POST" and form.is_valid():
        try:
            set_roles(
                actor=request.actor,
                user=user,
                roles=form.cleaned_data["roles"],
                reason=form.cleaned_data["reason"],
                days=form.cleaned_data["days"] or 0,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("Roles of %(name)s changed.") % {"name": user.username},
                back=reverse("users"),
            )
    context = {
        "heading": gettext("Roles of %(name)s") % {"name": user.username},
        "button": gettext("Set roles"),
        "action": reverse("user-roles", args=[user.pk]),
        "back": reverse("users"),
        "crumb": gettext("People"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("user.manage")
@require_POST
def user_link(request: StaffRequest, user_id: int) -> HttpResponse:
    """Make a one-time sign-in link and show it once; only its hash is kept."""
    user = colleague_or_404(request, user_id)
    try:
        token = make_sign_in_link(actor=request.actor, user=user, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("users"))
    address = request.build_absolute_uri(reverse("sign-in-link", args=[token]))
    context = {"person": user, "secret": address, "minutes": LINK_MINUTES}
    return render(request, "web/users_link.html", context)


@needs("user.manage")
@require_http_methods(["GET", "POST"])
def user_factor(request: StaffRequest, user_id: int) -> HttpResponse:
    """Take away the second factor of somebody who lost it."""
    user = colleague_or_404(request, user_id)
    form = FactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reset_second_factor(
                actor=request.actor,
                user=user,
                reason=form.cleaned_data["reason"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("The second factor of %(name)s is gone; their sessions have ended.")
                % {"name": user.username},
                back=reverse("users"),
            )
    context = {
        "heading": gettext("Reset the second factor of %(name)s") % {"name": user.username},
        "lead": gettext(
            "Authenticator app, passkeys and recovery codes of %(name)s stop working, and every "
            "session ends. %(name)s signs in by password or link and sets up anew; API tokens "
            "rest until then. Make sure first that it is %(name)s who asks."
        )
        % {"name": user.username},
        "button": gettext("Reset"),
        "action": reverse("user-factor", args=[user.pk]),
        "back": reverse("users"),
        "crumb": gettext("People"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("user.manage")
@require_http_methods(["GET", "POST"])
def user_remove(request: StaffRequest, user_id: int) -> HttpResponse:
    """Take away all roles: the person's next request, and their tokens, are refused."""
    user = colleague_or_404(request, user_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            set_roles(actor=request.actor, user=user, roles=(), at=clock.now())
        except Refused as refusal:
            form.full_clean()
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("%(name)s has no access any more.") % {"name": user.username},
                back=reverse("users"),
            )
    context = {
        "heading": gettext("Take away access of %(name)s") % {"name": user.username},
        "lead": gettext(
            "%(name)s loses every role in %(company)s at once, and API tokens of %(name)s stop. "
            "What %(name)s did stays in the audit log. Roles can be given again."
        )
        % {"name": user.username, "company": request.actor.company.name},
        "button": gettext("Take away access"),
        "action": reverse("user-remove", args=[user.pk]),
        "back": reverse("users"),
        "crumb": gettext("People"),
    }
    return form_page(request, "web/plain_form.html", form, context)
