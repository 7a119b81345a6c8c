"""Many limits: a file with every line judged before it is added, and a change of many at once."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.limit_batches import (
    AddedLimits,
    adjust_limits,
    import_limits,
    receive_limit_file,
)
from dunwell.engine.limit_wishes import Change
from dunwell.formats.limit_rows import (
    MOST_BYTES,
    TEMPLATE,
    LimitFile,
    LimitFileError,
    read_limits,
)
from dunwell.queries.limit_checks import (
    CheckedLimit,
    asked_of_change,
    asked_of_lines,
    checked_limits,
    grouped,
)
from dunwell.queries.limit_use import customers_in, segment_sizes
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, posted
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.kept_files import capped, file_token, kept_file, sent_file, upload_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

SALT = "limit-file"
SHOWN = 500
"""Lines a page shows; the counts are of all of them."""
EXAMPLES = (
    ("10001", "25000.00", "EUR", "standard", "2026-01-01", "", "yearly review"),
    ("10002", "40000.00", "EUR", "temporary", "2026-06-01", "2026-08-31", "season"),
)
ORDER = ("refused", "approval", "new", "lower", "known")


class ReasonForm(forms.Form):
    """Why; it stands in the ledger for lines without a reason of their own."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class AdjustForm(forms.Form):
    """Whose standard limits change, how, and from when."""

    segment = forms.ChoiceField(label=_("Segment"), required=False)
    way = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("percent", _("By percent")),
            ("fixed", _("By an amount")),
            ("set", _("To an amount")),
        ],
    )
    percent = forms.DecimalField(
        label=_("Percent"),
        required=False,
        min_value=-100,
        max_value=1000,
        max_digits=7,
        decimal_places=2,
        help_text=_("Below 0 lowers."),
    )
    rounding = forms.ChoiceField(
        label=_("Rounding"),
        choices=[("nearest", _("To the nearest")), ("up", _("Up")), ("down", _("Down"))],
    )
    from_on = day_field(label=_("From"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, request: StaffRequest, *args: Any, **kwargs: Any) -> None:
        """Offer the segments of the company, and amounts in its currency."""
        super().__init__(*args, **kwargs)
        company = request.actor.company
        for name, label in (
            ("amount", _("Amount")),
            ("step", _("Rounded to whole")),
            ("least", _("At least")),
            ("most", _("At most")),
        ):
            self.fields[name] = MoneyField(company.currency, label=label, required=False)
        every = [("", gettext("every customer with a limit"))]
        every += [(name, f"{name} ({n})") for name, n in segment_sizes(company)]
        self.fields["segment"].choices = every  # type: ignore[attr-defined]
        self.order_fields(
            ["segment", "way", "percent", "amount", "step", "rounding", "least", "most"]
        )

    def change(self) -> Change:
        """Return the change that the form says; raise ValueError for one that makes no sense."""
        told = self.cleaned_data
        if told["way"] == "percent":
            if told["percent"] is None:
                raise ValueError(gettext("Say by how many percent."))
            value = int(told["percent"] * 10_000)
        else:
            if told["amount"] is None:
                raise ValueError(gettext("Say the amount."))
            value = told["amount"]
        return Change(
            way=told["way"],
            value=value,
            step_minor=told["step"] or 1,
            rounding=told["rounding"],
            least_minor=told["least"] or 0,
            most_minor=told["most"],
        )


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("limit.propose")
@require_http_methods(["GET", "POST"])
def limit_upload(request: StaffRequest) -> HttpResponse:
    """Take a file of limits in; nothing is added before its lines were looked at."""
    if request.method == "POST":
        most = min(MOST_BYTES, settings.IMPORT_LIMIT_BYTES)
        return _receive(request, capped(request, limit_bytes=most))
    return _upload_page(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        sha256 = receive_limit_file(actor=request.actor, file=upload, at=clock.now())
    except Refused as refusal:
        return _upload_page(request, refusal)
    return redirect("limit-file", file_token(request, upload, sha256, salt=SALT))


@needs("limit.propose")
@require_http_methods(["GET", "POST"])
def limit_file(request: StaffRequest, token: str) -> HttpResponse:
    """Show every line of a file and what would become of it; a POST adds those not refused."""
    name, content = kept_file(request, token, salt=SALT)
    try:
        read = read_limits(content, name, home=request.actor.company.currency)
    except LimitFileError as error:
        return _upload_page(request, error)
    form = ReasonForm(posted(request), initial={"reason": name})
    checked = checked_limits(
        request.actor.company,
        asked_of_lines(read.lines, as_of=request.as_of),
        roles=request.actor.roles,
        user_id=request.actor.user_id,
        is_told=True,
        as_of=request.as_of,
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = import_limits(
                actor=request.actor,
                lines=read.lines,
                rows=frozenset(one.row for one in checked if one.state != "refused"),
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, _said(found), back=reverse("limits"))
    return _lines_page(request, form, checked, name=name, read=read)


@needs("limit.propose")
@require_http_methods(["GET", "POST"])
def limit_adjust(request: StaffRequest) -> HttpResponse:
    """Raise or lower many standard limits: shown first, then made in one step."""
    segment = request.GET.get("segment", "")[:40].replace("\0", "")
    initial = {"from_on": request.as_of, "segment": segment}
    form = AdjustForm(request, posted(request), initial=initial)
    checked: tuple[CheckedLimit, ...] = ()
    if request.method == "POST" and form.is_valid():
        company, told = request.actor.company, form.cleaned_data
        keys = customers_in(company, segment=told["segment"])
        try:
            change = form.change()
            if "make" in request.POST:
                found = adjust_limits(
                    actor=request.actor,
                    change=change,
                    customer_ids=keys,
                    from_on=told["from_on"],
                    reason=told["reason"],
                    as_of=request.as_of,
                    at=clock.now(),
                )
                return done(request, _said(found), back=reverse("limits"))
        except (Refused, ValueError) as refusal:
            form.add_error(None, spoken(refusal))
        else:
            asked = asked_of_change(company, change, customer_ids=keys, from_on=told["from_on"])
            checked = checked_limits(
                company,
                asked,
                roles=request.actor.roles,
                user_id=request.actor.user_id,
                is_told=False,
                as_of=request.as_of,
            )
    return _lines_page(request, form, checked, name="")


@require_GET
def limit_template(request: StaffRequest, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example file with the columns that are read."""
    return file_response(kind, name="limits-template", columns=list(TEMPLATE), rows=EXAMPLES)


def _said(found: AddedLimits) -> str:
    text = ngettext(
        "%(n)d limit applies; %(waiting)d wait for an approval, %(known)d were known.",
        "%(n)d limits apply; %(waiting)d wait for an approval, %(known)d were known.",
        found.approved,
    )
    return text % {"n": found.approved, "waiting": found.proposed, "known": found.known}


def _upload_page(request: StaffRequest, refusal: Exception | None = None) -> HttpResponse:
    return upload_page(request, "web/limit_upload.html", most_bytes=MOST_BYTES, refusal=refusal)


def _lines_page(
    request: StaffRequest,
    form: forms.Form,
    checked: tuple[CheckedLimit, ...],
    *,
    name: str,
    read: LimitFile | None = None,
) -> HttpResponse:
    counts = grouped(checked)
    context: dict[str, Any] = {
        "name": name,
        "read": read,
        "form": form,
        "lines": sorted(checked, key=lambda one: (ORDER.index(one.state), one.row))[:SHOWN],
        "counts": counts,
        "total": len(checked),
        "addable": len(checked) - counts["refused"] - counts["known"],
        "here": "limits",
    }
    status = REFUSED if form.is_bound and form.errors else 200
    page = "web/limit_file.html" if read else "web/limit_adjust.html"
    return render(request, page, context, status=status)
