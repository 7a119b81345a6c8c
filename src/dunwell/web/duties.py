"""Who is on call for a role: the plan, and changing it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.duties import end_duty, plan_duty
from dunwell.actions.gate import Refused
from dunwell.engine.playbooks_policy import ROLES
from dunwell.models import Duty, Role, User
from dunwell.queries.colleagues import colleagues
from dunwell.queries.duties import duty_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (_("Role"), _("Who"), _("First day"), _("Last day"))


class DutyForm(forms.Form):
    """Who is on call for a role from a day to a day."""

    role = forms.ChoiceField(
        label=_("For the role"), choices=[(role, Role(role).label) for role in ROLES]
    )
    user = forms.ChoiceField(label=_("Who"))
    from_on = day_field(label=_("First day"))
    until_on = day_field(label=_("Last day"))

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]


@require_GET
def duty_list(request: StaffRequest) -> HttpResponse:
    """Show who is on call now and next."""
    rows = duty_rows(request.actor.company, as_of=request.as_of)
    return render(request, "web/duties.html", {"rows": rows})


@require_GET
def duties_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return who is on call now and next."""
    rows = duty_rows(request.actor.company, as_of=request.as_of)
    return file_response(
        kind,
        name=f"on-call-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=((gettext(row.role_label), row.name, row.from_on, row.until_on) for row in rows),
    )


@needs("duty.edit")
@require_http_methods(["GET", "POST"])
def duty_add(request: StaffRequest) -> HttpResponse:
    """Put somebody on call."""
    people = colleagues(request.actor.company)
    form = DutyForm(
        [(str(one.user_id), one.name) for one in people],
        posted(request),
        initial={"from_on": request.as_of, "until_on": request.as_of},
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            plan_duty(
                actor=request.actor,
                role=told["role"],
                user=User.objects.get(pk=int(told["user"])),
                from_on=told["from_on"],
                until_on=told["until_on"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("On call."), back=reverse("duties"))
    context = {
        "heading": gettext("Put on call"),
        "button": gettext("Put on call"),
        "action": reverse("duty-add"),
        "back": reverse("duties"),
        "crumb": gettext("On call"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("duty.edit")
@require_POST
def duty_end(request: StaffRequest, duty_id: int) -> HttpResponse:
    """Take somebody off call."""
    found = Duty.objects.select_related("user")
    duty = get_object_or_404(found, pk=duty_id, company=request.actor.company)
    back = reverse("duties")
    try:
        end_duty(actor=request.actor, duty=duty, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Taken off call."), back=back)
