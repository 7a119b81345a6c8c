"""Call mode: the day's calls one customer at a time, each done in three keys."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.calls import take_back_call
from dunwell.actions.gate import Refused
from dunwell.actions.notes import record_note
from dunwell.models import Note
from dunwell.queries.calls import CallQueue, CallRow, call_queue
from dunwell.queries.promises import last_promise
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, customer_or_404, done, refused
from dunwell.web.customers import customer_context
from dunwell.web.notes import STEP_PAGES, WITHOUT_REASON, CallForm, call_facts
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SKIPPED, PAUSED = "calls_skipped", "calls_paused"
"""What a person's own session remembers: whom to call later, and that there is a pause."""


@require_GET
def call_mode(request: StaffRequest) -> HttpResponse:
    """Show the next customer to call, or that there is none."""
    return _shown(request, CallForm())


@needs("note.record")
@require_POST
def call_record(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record how a call went and go on with the next one, or with the promise that was made."""
    customer = customer_or_404(request, customer_id)
    form = CallForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, customer_id=customer_id)
    try:
        record_note(
            actor=request.actor,
            customer=customer,
            as_of=request.as_of,
            at=clock.now(),
            **call_facts(form, as_of=request.as_of),
        )
    except Refused as refusal:
        form.add_error(None, spoken(refusal))
        return _shown(request, form, customer_id=customer_id)
    following = reverse("calls")
    page = STEP_PAGES.get(form.cleaned_data["step"])
    return done(
        request,
        gettext("Call with %(name)s recorded.") % {"name": customer.name},
        back=following,
        then=f"{reverse(page, args=[customer.pk])}?next={following}" if page else "",
    )


@require_POST
def call_skip(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a customer behind the others for today; nothing is recorded."""
    skipped = _skipped(request)
    request.session[SKIPPED] = {
        "on": request.as_of.isoformat(),
        "customers": [*(key for key in skipped if key != customer_id), customer_id],
    }
    return redirect("calls")


@require_POST
def call_pause(request: StaffRequest) -> HttpResponse:
    """Begin a pause, or end it."""
    request.session[PAUSED] = not request.session.get(PAUSED, False)
    return redirect("calls")


@needs("note.record")
@require_POST
def call_undo(request: StaffRequest, note_id: int) -> HttpResponse:
    """Take back the call recorded last and show its customer again."""
    note = get_object_or_404(
        Note.objects.select_related("customer"), pk=note_id, company=request.actor.company
    )
    again = f"{reverse('calls')}?customer={note.customer_id}"
    try:
        take_back_call(actor=request.actor, note=note, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("calls"))
    text = gettext("The call with %(name)s is taken back.") % {"name": note.customer.name}
    return done(request, text, back=again)


def _shown(
    request: StaffRequest, form: CallForm, *, customer_id: int | None = None
) -> HttpResponse:
    company, as_of = request.actor.company, request.as_of
    queue = call_queue(
        company,
        user_id=request.actor.user_id,
        person=request.actor.name,
        as_of=as_of,
        at=clock.now(),
    )
    current = _current(request, queue, customer_id)
    is_paused = bool(request.session.get(PAUSED)) and not form.is_bound
    context: dict[str, object] = {
        "queue": queue,
        "call": None if is_paused else current,
        "is_paused": is_paused,
        "form": form,
        "without_reason": WITHOUT_REASON,
    }
    if current is not None and not is_paused:
        context |= customer_context(request, current.customer_id)
        context["last_promise"] = last_promise(company, current.customer_id, as_of=as_of)
    status = REFUSED if form.is_bound and form.errors else 200
    return render(request, "web/call_mode.html", context, status=status)


def _current(request: StaffRequest, queue: CallQueue, customer_id: int | None) -> CallRow | None:
    """Return the call asked for, else the first that was not put behind the others."""
    asked = str(customer_id or request.GET.get("customer", ""))
    skipped = {key: place for place, key in enumerate(_skipped(request), 1)}
    return min(
        queue.waiting,
        key=lambda row: (
            str(row.customer_id) != asked,
            skipped.get(row.customer_id, 0),
            row.rank,
            row.customer_id,
        ),
        default=None,
    )


def _skipped(request: StaffRequest) -> list[int]:
    """Return whom the person put behind the others today, in that order."""
    told = request.session.get(SKIPPED) or {}
    return list(told["customers"]) if told.get("on") == request.as_of.isoformat() else []
