"""Pages about the steps of a run: telling customers, its money, taking debits out, dropping it."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.debit_notices import letters_posted, tell_again
from dunwell.actions.debit_runs import cancel_run, mark_last, remove_debit
from dunwell.actions.debit_settlements import record_collected
from dunwell.actions.gate import Refused
from dunwell.models import Debit
from dunwell.queries.debits import letters_of
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, refused
from dunwell.web.debits import crumb_of, own_run
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class CollectedForm(forms.Form):
    """The day on which the money was on the account."""

    value_on = day_field(label=_("Value date"))


@require_GET
def run_letters(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Return the letters to print, one after the other."""
    run, _page = own_run(request, debit_run_id)
    letters = letters_of(request.actor.company, run.pk)
    if not letters:
        raise Http404
    text = "\n\f\n".join(letters)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="letters-{run.number}.txt"'
    return response


@needs("debit.prepare")
@require_POST
def run_posted(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Note that the letters were posted."""
    run, back = own_run(request, debit_run_id)
    try:
        letters_posted(actor=request.actor, run=run, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Noted; these customers count as told."), back=back)


@needs("debit.approve")
@require_POST
def run_tell(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Write messages anew that never went out."""
    run, back = own_run(request, debit_run_id)
    try:
        tell_again(actor=request.actor, run=run, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The messages are written anew."), back=back)


@needs("payment.record")
@require_http_methods(["GET", "POST"])
def run_collected(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Count the run as collected where no bank statement is read."""
    run, back = own_run(request, debit_run_id)
    form = CollectedForm(request.POST or None, initial={"value_on": run.collect_on})
    if request.method == "POST" and form.is_valid():
        try:
            record_collected(
                actor=request.actor,
                run=run,
                value_on=form.cleaned_data["value_on"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Recorded; the items are paid."), back=back)
    context = {
        "heading": gettext("The money has come"),
        "lead": gettext(
            "Only where no bank statements are read: with them the money is recognised by itself."
        ),
        "button": gettext("Record it"),
        "action": reverse("debit-run-collected", args=[run.pk]),
    }
    return form_page(request, "web/plain_form.html", form, {**context, **crumb_of(run, back)})


@require_http_methods(["GET", "POST"])
def run_cancel(request: StaffRequest, debit_run_id: int) -> HttpResponse:
    """Drop a run that was not handed over, with a reason."""
    run, back = own_run(request, debit_run_id)
    context = {
        "heading": gettext("Cancel run %(number)s") % {"number": run.number},
        "lead": gettext("Nobody is debited, and messages that wait are stopped."),
        "button": gettext("Cancel the run"),
        "action": reverse("debit-run-cancel", args=[run.pk]),
        "crumb": str(crumb_of(run, back)["crumb"]),
    }
    return reason_page(
        request,
        lambda reason: cancel_run(actor=request.actor, run=run, reason=reason, at=clock.now()),
        said=gettext("The run is cancelled."),
        back=back,
        context=context,
    )


@needs("debit.prepare")
@require_http_methods(["GET", "POST"])
def debit_remove(request: StaffRequest, debit_id: int) -> HttpResponse:
    """Take one debit out of a run, with a reason."""
    debit = own_debit(request, debit_id)
    back = reverse("debit-run", args=[debit.run_id])
    context = {
        "heading": gettext("Take %(name)s out") % {"name": debit.customer.name},
        "lead": gettext("The customer is not debited by this run; its message is stopped."),
        "button": gettext("Take out"),
        "action": reverse("debit-remove", args=[debit.pk]),
        "crumb": str(crumb_of(debit.run, back)["crumb"]),
    }
    return reason_page(
        request,
        lambda reason: remove_debit(
            actor=request.actor, debit=debit, reason=reason, at=clock.now()
        ),
        said=gettext("The debit is taken out."),
        back=back,
        context=context,
    )


@needs("debit.prepare")
@require_POST
def debit_last(request: StaffRequest, debit_id: int) -> HttpResponse:
    """Make a debit the last one under its mandate."""
    debit = own_debit(request, debit_id)
    back = reverse("debit-run", args=[debit.run_id])
    try:
        mark_last(actor=request.actor, debit=debit, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The mandate ends with this debit."), back=back)


def own_debit(request: StaffRequest, key: int) -> Debit:
    """Return a debit of the company with its run, customer and mandate; Http404 for any other."""
    found = Debit.objects.select_related("run", "customer", "mandate")
    return get_object_or_404(found, pk=key, run__company=request.actor.company)
