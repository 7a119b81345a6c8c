"""The team lead's page: who works today, what fits, how far it is; absences and hand-over."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.contacts import assign_collector
from dunwell.actions.gate import Refused
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.workforce import (
    LONGEST_NOTE,
    MOST_MINUTES,
    cancel_absence,
    record_absence,
    set_capacity,
)
from dunwell.models import Absence, Customer, User
from dunwell.queries.access_reviews import overdue_reviews
from dunwell.queries.colleagues import colleagues
from dunwell.queries.workforce import absence_rows, collectors_of, team_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.fields import day_field
from dunwell.web.staff import StaffRequest


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the people who collect for the company."""

    def label_from_instance(self, obj: User) -> str:
        """Return the name a colleague is known by."""
        return obj.get_full_name() or obj.username


class AbsenceForm(forms.Form):
    """Who is away when, and who covers."""

    user = PersonField(User.objects.none(), label=_("Who"))
    kind = forms.ChoiceField(label=_("Reason"), choices=Absence.Kind.choices)
    from_on = day_field(label=_("First day"))
    until_on = day_field(label=_("Last day"))
    cover = PersonField(
        User.objects.none(),
        label=_("Covered by"),
        required=False,
        empty_label=_("nobody"),
    )
    note = forms.CharField(
        label=_("What the cover must know"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CapacityForm(forms.Form):
    """How many minutes a day somebody has for customers, from a day on."""

    user = PersonField(User.objects.none(), label=_("Who"))
    minutes = forms.IntegerField(label=_("Minutes a day"), min_value=0, max_value=MOST_MINUTES)
    from_on = day_field(label=_("From"))


class HandOverForm(forms.Form):
    """All customers of one collector go to another."""

    user = PersonField(User.objects.none(), label=_("From whom"))
    to = PersonField(User.objects.none(), label=_("To whom"))


@require_GET
def team(request: StaffRequest) -> HttpResponse:
    """Show every collector's day beside absences to come; htmx asks again for the day alone."""
    company = request.actor.company
    rows = team_rows(company, as_of=request.as_of)
    context = {
        "rows": rows,
        "absences": absence_rows(company, as_of=request.as_of),
        "planned_minutes": sum(row.planned_minutes for row in rows),
        "minutes": sum(row.minutes for row in rows),
        "to_collect": sum(row.to_collect_minor for row in rows),
        "overdue_reviews": (
            overdue_reviews(company, rights=ROLE_RIGHTS, as_of=request.as_of)
            if "access.review" in request.actor.rights
            else 0
        ),
        "expected_extra": sum(row.expected_extra_minor for row in rows),
    }
    part = "#today" if request.htmx and request.htmx.target == "team-today" else ""
    return render(request, f"web/team.html{part}", context)


@require_http_methods(["GET", "POST"])
def absence_add(request: StaffRequest) -> HttpResponse:
    """Note down that somebody is away."""
    form = _with_people(
        request,
        AbsenceForm(posted(request), initial=_me(request)),
        [one.user_id for one in colleagues(request.actor.company)],
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_absence(
                actor=request.actor, as_of=request.as_of, at=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The absence is noted down."), back=reverse("team"))
    return _form(request, form, gettext("Absence"), gettext("Note down"), "absence-add")


@require_POST
def absence_cancel(request: StaffRequest, absence_id: int) -> HttpResponse:
    """Take an absence back."""
    absence = get_object_or_404(Absence, pk=absence_id, company=request.actor.company)
    try:
        cancel_absence(actor=request.actor, absence=absence, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("team"))
    return done(request, gettext("The absence is cancelled."), back=reverse("team"))


@require_http_methods(["GET", "POST"])
def capacity_set(request: StaffRequest) -> HttpResponse:
    """Say how many minutes a day somebody has."""
    initial = {"from_on": request.as_of, "user": request.GET.get("user")}
    form = _with_people(request, CapacityForm(posted(request), initial=initial))
    if request.method == "POST" and form.is_valid():
        try:
            set_capacity(
                actor=request.actor, as_of=request.as_of, at=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The minutes are set."), back=reverse("team"))
    return _form(request, form, gettext("Minutes a day"), gettext("Set"), "capacity-set")


@require_http_methods(["GET", "POST"])
def hand_over(request: StaffRequest) -> HttpResponse:
    """Give all customers of one collector to another."""
    form = _with_people(
        request, HandOverForm(posted(request), initial={"user": request.GET.get("user")})
    )
    if request.method == "POST" and form.is_valid():
        found = Customer.objects.filter(
            company=request.actor.company, collector=form.cleaned_data["user"]
        )
        try:
            moved = assign_collector(
                actor=request.actor,
                ids=list(found.values_list("pk", flat=True)),
                collector=form.cleaned_data["to"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = ngettext(
                "%(n)d customer changed hands.", "%(n)d customers changed hands.", moved
            ) % {"n": moved}
            return done(request, text, back=reverse("team"))
    return _form(request, form, gettext("Hand over"), gettext("Hand over"), "hand-over")


def _with_people(
    request: StaffRequest, form: forms.Form, keys: list[int] | None = None
) -> forms.Form:
    """Offer people wherever one is asked for: the company's collectors unless said."""
    if keys is None:
        keys = [person.pk for person in collectors_of(request.actor.company)]
    people = User.objects.filter(pk__in=keys).order_by("username")
    for field in form.fields.values():
        if isinstance(field, PersonField):
            field.queryset = people
    return form


def _me(request: StaffRequest) -> dict[str, object]:
    return {"user": request.actor.user_id, "from_on": request.as_of, "until_on": request.as_of}


def _form(
    request: StaffRequest, form: forms.Form, heading: str, button: str, page: str
) -> HttpResponse:
    context = {
        "heading": heading,
        "button": button,
        "action": reverse(page),
        "back": reverse("team"),
        "crumb": gettext("Team"),
    }
    return form_page(request, "web/plain_form.html", form, context)
