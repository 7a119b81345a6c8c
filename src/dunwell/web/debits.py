"""Pages about direct debit runs: the list, preparing, approving, the bank's file, its money."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.debit_files import send_run
from dunwell.actions.debit_runs import approve_run, prepare_run
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import upload_path
from dunwell.engine.calendars import TARGET, next_business_day
from dunwell.engine.debits import STANDARD_NOTICE_DAYS
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.formats.pain008 import SCHEMAS
from dunwell.models import BankAccount, DebitRun, Mandate
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.debits import (
    DebitRow,
    collecting_accounts,
    debit_rows,
    due_retries,
    left_out_rows,
    notice_count,
    run_row,
    run_rows,
)
from dunwell.queries.mandates import mandate_counts
from dunwell.queries.pages import every_row
from dunwell.templatetags.debits import sequence_words
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page, refused
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = DebitRun.Status

COLUMNS = (
    _("End-to-end id"),
    _("Customer number"),
    _("Customer"),
    _("Mandate"),
    _("Sequence"),
    _("Attempt"),
    _("Amount in EUR"),
    _("Status"),
    _("Told"),
    _("Reason"),
    _("Items"),
)


class PrepareForm(forms.Form):
    """What is collected, to which account, and on which day."""

    account = forms.ChoiceField(label=_("Account the money comes to"))
    scheme = forms.ChoiceField(label=_("Scheme"), choices=Mandate.Scheme.choices)
    collect_on = day_field(
        label=_("Collect on"),
        help_text=_("Everything due by that day is collected. Banks settle on business days."),
    )

    def __init__(self, accounts: list[BankAccount], *args: object, **kwargs: object) -> None:
        """Offer the accounts that can collect."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["account"].choices = [  # type: ignore[attr-defined]
            (str(account.pk), str(account)) for account in accounts
        ]


class SendForm(forms.Form):
    """Which version of the format the bank takes."""

    schema = forms.ChoiceField(
        label=_("Format"),
        choices=[(name, name) for name in SCHEMAS],
        help_text=_("Banks take the first one; some still ask for the older one."),
    )


@require_GET
def run_list(request: StaffRequest) -> HttpResponse:
    """List runs, the newest first, with what waits beside them."""
    company = request.actor.company
    status = request.GET.get("status", "")
    status = status if status in Status.values else ""
    page = page_asked(request, lambda cursor: run_rows(company, status=status, cursor=cursor))
    policy = cash_policy_in_force(company, as_of=request.as_of).debit
    context = {
        "page": page,
        "status": status,
        "statuses": Status.choices,
        "retries": due_retries(company, as_of=request.as_of),
        "mandates": mandate_counts(company),
        "has_account": bool(collecting_accounts(company)),
        "policy": policy,
        "is_shorter": policy.notice_days < STANDARD_NOTICE_DAYS,
        "standard_days": STANDARD_NOTICE_DAYS,
        "here": "runs",
    }
    return render(request, "web/debits.html", context)


@needs("debit.prepare")
@require_http_methods(["GET", "POST"])
def run_prepare(request: StaffRequest) -> HttpResponse:
    """Put everything due by a day that may be debited into a draft."""
    company = request.actor.company
    accounts = collecting_accounts(company)
    policy = cash_policy_in_force(company, as_of=request.as_of).debit
    first = next_business_day(request.as_of + timedelta(days=policy.notice_days), country=TARGET)
    form = PrepareForm(accounts, request.POST or None, initial={"collect_on": first})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        chosen = next(one for one in accounts if str(one.pk) == told["account"])
        try:
            run = prepare_run(
                actor=request.actor,
                account=chosen,
                scheme=told["scheme"],
                collect_on=told["collect_on"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("debit-run", run.pk)
    lead = gettext(
        "What is disputed, promised, on hold or covered by credits is left out. Customers are "
        "told %(days)s days before, once a second person has approved the run."
    ) % {"days": policy.notice_days}
    context = {
        "heading": gettext("Prepare a run"),
        "lead": lead,
        "button": gettext("Prepare"),
        "action": reverse("debit-run-add"),
        "crumb": gettext("Direct debit"),
        "back": reverse("debits"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_GET
def run_show(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Show one run: its debits, who is told, who is left out and why, and the next step."""
    company = request.actor.company
    row = run_row(company, debit_run_id)
    if row is None:
        raise Http404
    page = page_asked(request, lambda cursor: debit_rows(company, run_id=row.id, cursor=cursor))
    left_out, left_out_count = left_out_rows(company, row.id)
    context = {
        "row": row,
        "page": page,
        "left_out": left_out,
        "left_out_count": left_out_count,
        "told": notice_count(company, row.id),
        "notice_days": cash_policy_in_force(company, as_of=request.as_of).debit.notice_days,
        "is_over": row.collect_on <= request.as_of,
    }
    return render(request, "web/debits_run.html", context)


@require_GET
def run_export(request: StaffRequest, debit_run_id: int, kind: str) -> HttpResponse:
    """Return every debit of a run as a file."""
    company = request.actor.company
    row = run_row(company, debit_run_id)
    if row is None:
        raise Http404
    rows = every_row(partial(debit_rows, company, run_id=row.id))
    return file_response(
        kind,
        name=f"direct-debit-{row.number}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(one) for one in rows),
    )


@needs("debit.approve")
@require_POST
def run_approve(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Approve a draft; its customers are told at once."""
    run, back = own_run(request, debit_run_id)
    try:
        approve_run(actor=request.actor, run=run, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Approved; the customers are told now."), back=back)


@needs("debit.prepare")
@require_http_methods(["GET", "POST"])
def run_send(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Write the file for the bank; it happens once."""
    run, back = own_run(request, debit_run_id)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            send_run(
                actor=request.actor,
                run=run,
                schema=form.cleaned_data["schema"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The file is ready; give it to the bank."), back=back)
    context = {
        "heading": gettext("Write the bank's file"),
        "lead": gettext("From now on the debits count as handed over. It cannot be undone."),
        "button": gettext("Write the file"),
        "action": reverse("debit-run-send", args=[run.pk]),
    }
    return form_page(request, "web/plain_form.html", form, {**context, **crumb_of(run, back)})


@require_GET
def run_file(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Return the file for the bank, the same bytes every time."""
    run, _ = own_run(request, debit_run_id)
    file = upload_path(run.sha256)
    if not run.sha256 or not file.exists():
        raise Http404
    response = HttpResponse(file.read_bytes(), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{run.message_id}.xml"'
    return response


def own_run(request: StaffRequest, key: int) -> tuple[DebitRun, str]:
    """Return a run of the company and its page; Http404 for any other."""
    run = get_object_or_404(
        DebitRun.objects.select_related("account", "company"),
        pk=key,
        company=request.actor.company,
    )
    return run, reverse("debit-run", args=[run.pk])


def crumb_of(run: DebitRun, back: str) -> dict[str, Any]:
    """Return the way back from a form about a run."""
    return {"crumb": gettext("Run %(number)s") % {"number": run.number}, "back": back}


def _row(row: DebitRow) -> tuple[Value, ...]:
    return (
        row.end_to_end,
        row.customer_number,
        row.customer_name,
        row.mandate,
        sequence_words(row.sequence),
        row.attempt,
        from_minor(row.amount_minor, "EUR"),
        translated(row.status_label),
        translated(row.notice_label),
        row.reason_code,
        ", ".join(line.number for line in row.lines),
    )
