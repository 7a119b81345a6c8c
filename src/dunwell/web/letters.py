"""Pages about letters: those that wait, a batch to print and post, one letter as it will look."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.letter_dispatches import record_dispatches
from dunwell.actions.letters import post_letters, put_back_letters, take_letters
from dunwell.formats.exports import Value
from dunwell.formats.letter_dispatches import Dispatch
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.heavy_files import held_place
from dunwell.jobs.letters import letter_part, letter_pdf, letters_zip, part_name, parts_of
from dunwell.models import Message
from dunwell.queries.letters import (
    CHANNEL,
    LetterBatch,
    LetterDispatch,
    batch_rows,
    dispatch_rows,
    letter_batch,
    letter_batches,
    letter_counts,
    letter_rows,
)
from dunwell.web.answers import done, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

PROOF_COLUMNS = (
    _("Message"),
    _("Customer number"),
    _("Customer"),
    _("Address"),
    _("Subject"),
    _("SHA-256 of the words"),
    _("Printed (UTC)"),
    _("Posted (UTC)"),
    _("Posted by"),
    _("How"),
    _("Number of the post"),
)


@require_GET
def letter_list(request: StaffRequest) -> HttpResponse:
    """List the letters that wait for printing, and the batches."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: letter_rows(company, cursor=cursor))
    context = {"page": page, "counts": letter_counts(company), "batches": letter_batches(company)}
    return render(request, "web/letters.html", context)


@require_POST
def letters_take(request: StaffRequest) -> HttpResponse:
    """Take what waits into a batch and show it."""
    at = clock.now()
    try:
        taken = take_letters(actor=request.actor, as_of=request.as_of, at=at)
    except Refused as refusal:
        return refused(request, refusal, back=reverse("letters"))
    text = ngettext("%(n)d letter to print.", "%(n)d letters to print.", taken.letters) % {
        "n": taken.letters
    }
    if taken.withdrawn:
        text += " " + ngettext(
            "%(n)d was withdrawn: what it asks for has changed.",
            "%(n)d were withdrawn: what they ask for has changed.",
            taken.withdrawn,
        ) % {"n": taken.withdrawn}
    batches = letter_batches(request.actor.company, most=1)
    mine = [batch for batch in batches if batch.taken_at == at]
    back = reverse("letter-batch", args=[mine[0].id]) if mine else reverse("letters")
    return done(request, text, back=back)


@require_GET
def letter_batch_show(request: StaffRequest, letter_batch_id: int) -> HttpResponse:
    """Show a batch: its files, its letters, and whether it was posted."""
    batch = _batch(request, letter_batch_id)
    context = {
        "batch": batch,
        "rows": batch_rows(request.actor.company, letter_batch_id),
        "dispatches": dispatch_rows(request.actor.company, letter_batch_id)
        if batch.posted_at
        else [],
        "parts": [
            (number, part_name(number), first, last)
            for number, first, last in parts_of(batch.letters)
        ],
    }
    return render(request, "web/letters_batch.html", context)


@require_GET
def letter_batch_part(
    request: StaffRequest, letter_batch_id: int, part_number: int
) -> HttpResponse:
    """Return one PDF of a batch."""
    _batch(request, letter_batch_id)
    try:
        pdf = letter_part(request.actor.company, letter_batch_id, part_number)
    except TypesettingError as error:
        return refused(
            request, Refused(str(error)), back=reverse("letter-batch", args=[letter_batch_id])
        )
    if pdf is None:
        raise Http404
    return _pdf(pdf, part_name(part_number))


@require_GET
def letter_batch_zip(
    request: StaffRequest, letter_batch_id: int
) -> HttpResponse | StreamingHttpResponse:
    """Return all files of a batch with its manifest, written while they are set."""
    batch = _batch(request, letter_batch_id)
    pieces = held_place(letters_zip(request.actor.company, letter_batch_id))
    try:
        # the first part is set before the answer begins, so that what fails can be told
        first = next(pieces, b"")
    except TypesettingError as error:
        return refused(
            request, Refused(str(error)), back=reverse("letter-batch", args=[letter_batch_id])
        )
    name = f"letters-{batch.taken_at:%Y-%m-%d-%H%M%S}.zip"
    return StreamingHttpResponse(
        _whole(first, pieces),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
def letter_batch_posted(request: StaffRequest, letter_batch_id: int) -> HttpResponse:
    """Note that a batch was posted."""
    batch = _batch(request, letter_batch_id)
    back = reverse("letter-batch", args=[letter_batch_id])
    try:
        count = post_letters(
            actor=request.actor, taken_at=batch.taken_at, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = ngettext("%(n)d letter noted as posted.", "%(n)d letters noted as posted.", count)
    return done(request, text % {"n": count}, back=back)


@require_POST
def letter_batch_dispatches(request: StaffRequest, letter_batch_id: int) -> HttpResponse:
    """Write down the numbers of the post that the form gives, letter by letter."""
    _batch(request, letter_batch_id)
    back = reverse("letter-batch", args=[letter_batch_id])
    registered = set(request.POST.getlist("registered"))
    told = [
        Dispatch(
            message_id=row.message_id,
            tracking=request.POST.get(f"tracking-{row.message_id}", "")[:60],
            is_registered=str(row.message_id) in registered,
        )
        for row in dispatch_rows(request.actor.company, letter_batch_id)
        if f"tracking-{row.message_id}" in request.POST
    ]
    try:
        count = record_dispatches(actor=request.actor, dispatches=told, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = ngettext("%(n)d letter changed.", "%(n)d letters changed.", count) % {"n": count}
    return done(request, text, back=back)


@require_GET
def letter_batch_proof(request: StaffRequest, letter_batch_id: int, kind: str) -> HttpResponse:
    """Return the proof of dispatch of a batch as a file."""
    batch = _batch(request, letter_batch_id)
    rows = dispatch_rows(request.actor.company, letter_batch_id)
    return file_response(
        kind,
        name=f"proof-of-dispatch-{batch.taken_at:%Y-%m-%d-%H%M%S}",
        columns=[str(name) for name in PROOF_COLUMNS],
        rows=(_proof(row) for row in rows),
    )


@require_POST
def letter_batch_back(request: StaffRequest, letter_batch_id: int) -> HttpResponse:
    """Put a batch that was not posted back."""
    batch = _batch(request, letter_batch_id)
    try:
        put_back_letters(actor=request.actor, taken_at=batch.taken_at, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("letter-batch", args=[letter_batch_id]))
    return done(request, gettext("The letters wait again."), back=reverse("letters"))


@require_GET
def message_letter(request: StaffRequest, message_id: int) -> HttpResponse:
    """Return one letter as PDF, whatever its status."""
    found = Message.objects.select_related("customer", "company")
    message = get_object_or_404(
        found, pk=message_id, company=request.actor.company, channel=CHANNEL
    )
    try:
        pdf = letter_pdf(message)
    except TypesettingError as error:
        return refused(request, Refused(str(error)), back=reverse("message", args=[message_id]))
    return _pdf(pdf, f"letter-{message.customer.number}-{message.as_of.isoformat()}.pdf")


def _whole(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    # closed with the answer, however that ends, which lets go of the place of the file
    yield first
    yield from pieces


def _proof(row: LetterDispatch) -> tuple[Value, ...]:
    return (
        row.message_id,
        row.customer_number,
        row.customer_name,
        row.address,
        row.subject,
        row.sha256,
        row.printed_at.isoformat(timespec="seconds") if row.printed_at else "",
        row.posted_at.isoformat(timespec="seconds") if row.posted_at else "",
        row.posted_by,
        row.way,
        row.tracking,
    )


def _pdf(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _batch(request: StaffRequest, letter_batch_id: int) -> LetterBatch:
    batch = letter_batch(request.actor.company, letter_batch_id)
    if batch is None:
        raise Http404
    return batch
