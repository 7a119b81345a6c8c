"""Pages about how invoice to cash went: map, bottlenecks, variants, rework, who left the path."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden
from dunwell.engine.process.marks import KINDS
from dunwell.jobs.process import begin_process, latest_process
from dunwell.queries.process import (
    ProcessBook,
    ProcessChoice,
    ProcessPage,
    drawn_follows,
    process_book,
    process_page,
    usual_choice,
    waits_now,
)
from dunwell.queries.process_cases import ProcessCases, item_course, process_cases
from dunwell.web.answers import progress, refused
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

LONGEST_NAME = 2_000
ALL, NONE = "", "-"
"""Choice of the segment: all of them, and customers without one."""


@require_GET
def process_show(request: StaffRequest) -> HttpResponse:
    """Show the map of invoice to cash, with the stages and where money waits now."""

    def more(page: ProcessPage) -> dict[str, Any]:
        return {"drawn": drawn_follows(page), "waits": waits_now(page)[:5]}

    return _part(request, "web/process.html", more)


@require_GET
def process_bottlenecks(request: StaffRequest) -> HttpResponse:
    """List where money waited beyond the terms, the most money days first."""
    return _part(request, "web/process_bottlenecks.html")


@require_GET
def process_variants(request: StaffRequest) -> HttpResponse:
    """List the sequences that invoices went through, the most frequent first."""
    return _part(request, "web/process_variants.html")


@require_GET
def process_rework(request: StaffRequest) -> HttpResponse:
    """Show loops, repeated work, and what was handed from one kind of party to another."""
    return _part(request, "web/process_rework.html")


@require_GET
def process_conformance(request: StaffRequest) -> HttpResponse:
    """Show how many invoices kept to the path, and what the others are about."""
    return _part(request, "web/process_conformance.html")


@require_GET
def process_case_list(request: StaffRequest) -> HttpResponse:
    """List the invoices that a figure is made of; they sum to it."""
    book = process_book(request.actor.company)
    if book is None:
        raise Http404
    choice = chosen(request, book)
    found = page_asked(request, lambda cursor: cases_asked(request, choice, cursor=cursor))
    context = {**_frame(request, book, choice), "found": found, "page": found.page}
    return render(request, "web/process_cases.html", context)


@require_GET
def process_item(request: StaffRequest, item_id: int) -> HttpResponse:
    """Show the course of one invoice, step by step."""
    found = item_course(request.actor.company, item_id, as_of=request.as_of)
    if found is None:
        raise Http404
    return render(request, "web/process_item.html", {"course": found})


@require_POST
def process_make(request: StaffRequest) -> HttpResponse:
    """Have the whole map made anew, in the background; the cycle makes it by itself."""
    back = reverse("process")
    actor = request.actor
    if "cycle.run" not in actor.rights or actor.user_id is None:
        refusal = Forbidden(gettext("You may not do this; the day's cycle makes the map."))
        return refused(request, refusal, back=back)
    begin_process(actor.company.pk, user_id=actor.user_id, as_of=request.as_of, at=clock.now())
    return redirect(back)


@require_GET
def process_progress(request: StaffRequest) -> HttpResponse:
    """Return the line of progress alone; once the map is made, htmx loads the page again."""
    latest = latest_process(request.actor.company.pk)
    is_running = latest is not None and latest.is_running
    context = {"making": latest} if is_running else None
    return progress(request, "web/process_progress.html", context)


def chosen(request: StaffRequest, book: ProcessBook) -> ProcessChoice:
    """Return what the address asks for, within what was made, else the usual choice."""
    told = request.GET
    usual = usual_choice(request.actor.company, book)
    first = _month(told.get("first", "")) or usual.first
    last = _month(told.get("last", "")) or usual.last
    segment = told.get("segment", ALL)[:80]
    currency = told.get("currency", "")
    named = "" if segment == NONE else segment
    return replace(
        usual,
        first=min(first, last),
        last=max(first, last),
        currency=currency if currency in book.currencies else usual.currency,
        segment=named if segment != ALL and named in book.segments else None,
    )


def cases_asked(
    request: StaffRequest, choice: ProcessChoice, *, cursor: str = "", limit: int = 50
) -> ProcessCases:
    """Return the invoices of the figure the address names; 404 for a kind that there is not."""
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Http404
    name = request.GET.get("name", "")[:LONGEST_NAME].replace("\0", "")
    read = partial(process_cases, request.actor.company, choice, kind=kind, name=name)
    return read(cursor=cursor, limit=limit)


def choice_query(choice: ProcessChoice) -> str:
    """Return a choice as the query of an address."""
    told = {
        "first": f"{choice.first:%Y-%m}",
        "last": f"{choice.last:%Y-%m}",
        "currency": choice.currency,
    }
    if choice.segment is not None:
        told["segment"] = choice.segment or NONE
    return urlencode(told)


def _part(request: StaffRequest, template: str, more: Any = lambda _page: {}) -> HttpResponse:
    book = process_book(request.actor.company)
    if book is None:
        context = {"making": _making(request), "latest": latest_process(request.actor.company.pk)}
        return render(request, "web/process_none.html", context)
    choice = chosen(request, book)
    page = process_page(book, choice)
    context = {**_frame(request, book, choice), "page": page, **more(page)}
    return render(request, template, context)


def _frame(request: StaffRequest, book: ProcessBook, choice: ProcessChoice) -> dict[str, Any]:
    latest = latest_process(request.actor.company.pk)
    return {
        "book": book,
        "choice": choice,
        "currency": choice.currency,
        "query": choice_query(choice),
        "segment": NONE if choice.segment == "" else choice.segment or ALL,
        "making": _making(request),
        "latest": latest,
        "is_old": book.newest_as_of < request.as_of,
    }


def _making(request: StaffRequest) -> Any:
    latest = latest_process(request.actor.company.pk)
    return latest if latest is not None and latest.is_running else None


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        return None
