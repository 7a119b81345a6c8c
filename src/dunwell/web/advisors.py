"""Pages about advisors and auditors: who may look until when, what they opened, and their own."""

from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.advisors import (
    LINK_DAYS,
    ask_extension,
    decide_extension,
    end_access,
    invite_advisor,
)
from dunwell.actions.gate import Refused
from dunwell.formats.exports import Value
from dunwell.models import AdvisorAccess, AdvisorExtension, Role
from dunwell.queries.advisors import (
    AdvisorDetail,
    TraceRow,
    advisor_detail,
    advisor_rows,
    trace_rows,
)
from dunwell.queries.pages import CursorError, every_row
from dunwell.queries.signed_exports import check_export
from dunwell.templatetags.advisors import AREA_LABELS
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, form_page, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import MomentField, moment_in
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

USUAL_DAYS = 14
LARGEST_EXPORT = 64 * 1024 * 1024
TRACE_COLUMNS = (
    _("At"),
    _("What"),
    _("Method"),
    _("Address"),
    _("Answer"),
    _("File"),
    _("SHA-256"),
)


class InviteForm(forms.Form):
    """Who looks, at what, what for, and until when."""

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    firm = forms.CharField(label=_("Firm"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("As"), choices=[(role.value, role.label) for role in (Role.AUDITOR, Role.ADVISOR)]
    )
    areas = forms.MultipleChoiceField(
        label=_("Areas"), choices=AREA_LABELS.items, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("What for?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"), help_text=_("It ends by itself on this minute."))


class ExtendForm(forms.Form):
    """Until when, and why."""

    until_at = MomentField(label=_("New end"))
    reason = forms.CharField(label=_("Why does it take longer?"), max_length=300)


class VerifyForm(forms.Form):
    """A file that somebody says was taken here."""

    file = forms.FileField(label=_("Signed file (.signed.zip)"))


@require_GET
def advisor_list(request: StaffRequest) -> HttpResponse:
    """List who may look from outside, and who might."""
    company, at = request.actor.company, clock.now()
    page = page_asked(request, lambda cursor: advisor_rows(company, at=at, cursor=cursor))
    return render(request, "web/advisors.html", {"page": page, "soon": _soon(page.rows)})


@require_GET
def advisor_show(request: StaffRequest, access_id: int) -> HttpResponse:
    """Show one access, what was asked for it, and all it opened."""
    detail = _detail(request, access_id)
    return render(request, "web/advisor.html", {"detail": detail, "row": detail.row, **_traces(
        request, access_id
    )})  # fmt: skip


@require_GET
def my_access(request: StaffRequest) -> HttpResponse:
    """Show somebody from outside what may be opened, until when, and what it opened."""
    if request.actor.access_id is None:
        return redirect("advisors")
    detail = _detail(request, request.actor.access_id)
    context = {"detail": detail, "row": detail.row, **_traces(request, detail.row.id)}
    return render(request, "web/my_access.html", context)


@needs("advisor.invite")
@require_http_methods(["GET", "POST"])
def advisor_invite(request: StaffRequest) -> HttpResponse:
    """Invite somebody; the link is shown once."""
    zone = ZoneInfo(request.actor.company.zone)
    now = clock.now().astimezone(zone).replace(tzinfo=None)
    until = (now + timedelta(days=USUAL_DAYS)).replace(hour=18, minute=0)
    form = InviteForm(posted(request), initial={"starts_at": now, "ends_at": until})
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        for name in ("starts_at", "ends_at"):
            told[name] = moment_in(zone.key, told[name])
        try:
            access, token = invite_advisor(actor=request.actor, at=clock.now(), **told)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            address = request.build_absolute_uri(reverse("advisor-link", args=[token]))
            context = {"access": access, "secret": address, "days": LINK_DAYS}
            return render(request, "web/advisor_link.html", context)
    context = {
        "heading": gettext("Invite an advisor or auditor"),
        "lead": gettext(
            "Reads only the areas you choose, changes nothing, and loses the access by itself. "
            "Every page opened and every file taken is noted, and files are signed."
        ),
        "button": gettext("Invite"),
        "action": reverse("advisor-invite"),
        "crumb": gettext("Advisors and auditors"),
        "back": reverse("advisors"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("advisor.invite")
@require_POST
def advisor_end(request: StaffRequest, access_id: int) -> HttpResponse:
    """End an access at once."""
    access = _access(request, access_id)
    back = reverse("advisor", args=[access.pk])
    try:
        end_access(actor=request.actor, access=access, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The access of %(name)s has ended.") % {"name": access.name},
                back=back)  # fmt: skip


@needs("advisor.invite")
@require_http_methods(["GET", "POST"])
def advisor_extend(request: StaffRequest, access_id: int) -> HttpResponse:
    """Ask for a longer stay, on which somebody else decides."""
    access = _access(request, access_id)
    zone = ZoneInfo(request.actor.company.zone)
    later = access.ends_at.astimezone(zone).replace(tzinfo=None) + timedelta(days=USUAL_DAYS)
    back = reverse("advisor", args=[access.pk])
    return told_page(
        request,
        ExtendForm(posted(request), initial={"until_at": later}),
        lambda until_at, reason: ask_extension(
            actor=request.actor,
            access=access,
            until_at=moment_in(zone.key, until_at),
            reason=reason,
            at=clock.now(),
        ),
        said=gettext("Asked. Somebody else decides."),
        back=back,
        context={
            "heading": gettext("Longer access for %(name)s") % {"name": access.name},
            "button": gettext("Ask for it"),
            "action": reverse("advisor-extend", args=[access.pk]),
            "crumb": access.name,
        },
    )


@needs("advisor.extend")
@require_POST
def advisor_extension(request: StaffRequest, extension_id: int, answer: str) -> HttpResponse:
    """Grant or decline a longer stay."""
    asked = get_object_or_404(AdvisorExtension, pk=extension_id, company=request.actor.company)
    back = reverse("advisor", args=[asked.access_id])
    try:
        decide_extension(
            actor=request.actor, extension=asked, is_granted=answer == "grant", at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    said = gettext("Granted.") if answer == "grant" else gettext("Declined.")
    return done(request, said, back=back)


@require_GET
def advisor_traces_export(request: StaffRequest, access_id: int, kind: str) -> HttpResponse:
    """Return everything an access opened."""
    detail = _detail(request, access_id)
    read = partial(trace_rows, request.actor.company, detail.row.id)
    return file_response(
        kind,
        name=f"advisor-{detail.row.id}",
        columns=[str(name) for name in TRACE_COLUMNS],
        rows=(_trace(row) for row in every_row(read)),
    )


@require_http_methods(["GET", "POST"])
def advisor_verify(request: StaffRequest) -> HttpResponse:
    """Say whether a file was taken here and is unchanged."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    check = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > LARGEST_EXPORT:
            form.add_error("file", gettext("The file is larger than 64 MB."))
        else:
            check = check_export(file.read(), company=request.actor.company)
    status = REFUSED if form.is_bound and form.errors else 200
    return render(
        request, "web/advisor_verify.html", {"form": form, "check": check}, status=status
    )


def _soon(rows: tuple[Any, ...]) -> list[Any]:
    return [row for row in rows if row.ends_soon]


def _traces(request: StaffRequest, access_id: int) -> dict[str, Any]:
    company = request.actor.company
    try:
        return {"page": trace_rows(company, access_id, cursor=request.GET.get("cursor", ""))}
    except CursorError:
        return {"page": trace_rows(company, access_id)}


def _detail(request: StaffRequest, access_id: int) -> AdvisorDetail:
    detail = advisor_detail(request.actor.company, access_id, at=clock.now())
    if detail is None:
        raise Http404
    return detail


def _access(request: StaffRequest, access_id: int) -> AdvisorAccess:
    return get_object_or_404(AdvisorAccess, pk=access_id, company=request.actor.company)


def _trace(row: TraceRow) -> tuple[Value, ...]:
    return (row.at, row.kind, row.method, row.path, row.status, row.file, row.sha256)
