"""Cash application: the queue of payments that wait for a person, and one of them beside items."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Forbidden
from dunwell.actions.match_cases import settle_case, undo_case, view_case
from dunwell.engine.money import minor_digits
from dunwell.jobs.background import begin
from dunwell.jobs.matching import match_open
from dunwell.models import Dispute, MatchCase
from dunwell.queries.match_cards import CardItem, CardProposal, CaseCard, card_items, found_items
from dunwell.queries.match_cases import (
    case_card,
    case_reasons,
    case_rows,
    case_totals,
    customer_choices,
    waiting_keys,
)
from dunwell.templatetags.money import money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done
from dunwell.web.cash_forms import (
    named_keys,
    read_customer,
    read_decision,
    read_seconds,
    table_rows,
)
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = MatchCase.Status
STATUS_LABELS = {
    Status.EXCEPTION: _("To be decided"),
    Status.HELD: _("Held"),
    Status.PARKED: _("On account"),
    Status.POSTED: _("Posted by itself"),
    Status.DECIDED: _("Decided"),
}
MOST_PROPOSALS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbours:
    """The cases before and after one in the queue, and its place; empty at the ends."""

    before: int | None
    after: int | None
    place: int
    waiting: int


@require_GET
def case_list(request: StaffRequest) -> HttpResponse:
    """List the cases of a status, with the sums of the same filter; what waits stands first."""
    company = request.actor.company
    chosen = case_filter(request)
    status = chosen["status"]
    rows = partial(case_rows, company, **chosen)
    page = page_asked(request, lambda cursor: rows(cursor=cursor))
    everything = case_totals(company)
    counts = dict.fromkeys(STATUS_LABELS, 0)
    for total in everything:
        counts[Status(total.status)] += total.cases
    currencies = {total.currency for total in everything} | {chosen["currency"]}
    return render(
        request,
        "web/cash.html",
        {
            "page": page,
            "totals": case_totals(company, **chosen),
            "tabs": [(value, label, counts[value]) for value, label in STATUS_LABELS.items()],
            "reasons": case_reasons(company, status=status),
            "currencies": sorted(currencies - {""}),
            **chosen,
        },
    )


def case_or_404(request: StaffRequest, case_id: int) -> MatchCase:
    """Return a case of the company with its payment and customer; raise Http404 for others."""
    found = MatchCase.objects.select_related("payment", "payment__customer")
    return get_object_or_404(found, pk=case_id, company=request.actor.company)


def case_filter(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the queue that an address asks for, of its page and of its export."""
    status = request.GET.get("status", "")
    return {
        "status": status if status in Status.values else str(Status.EXCEPTION),
        "reason": request.GET.get("reason", "")[:40],
        "currency": request.GET.get("currency", "")[:3].upper(),
        "search": request.GET.get("q", "")[:80],
    }


@needs("match.decide")
@require_POST
def match_now(request: StaffRequest) -> HttpResponse:
    """Match everything that waits anew, in the background when it is much."""
    company = request.actor.company
    work = partial(match_open, company_id=company.pk, as_of=request.as_of, at=clock.now())
    begin(work, key=f"match-{company.pk}")
    return done(request, gettext("What waits is being matched anew."), back=reverse("cash"))


@require_http_methods(["GET", "POST"])
def case_show(request: StaffRequest, case_id: int) -> HttpResponse:
    """Show a payment beside what it may pay; a POST puts it there and opens the next case."""
    card = _card_or_404(request, case_id)
    if request.method == "GET":
        return render(request, "web/cash_case.html", _context(request, card))
    near = _neighbours(request, case_id)
    try:
        settled = _settle(request, card)
    except ValueError as error:
        status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        card = _card_or_404(request, case_id)
        context = _context(request, card, refusal=spoken(error))
        return render(request, "web/cash_case.html", context, status=status)
    text = gettext("%(payment)s is applied.") % {"payment": settled.payment.number}
    if near.after is None:
        return done(request, text, back=reverse("cash"))
    return redirect(f"{reverse('cash-case', args=[near.after])}?after={case_id}")


@require_POST
def case_look(request: StaffRequest, case_id: int) -> HttpResponse:
    """Note that somebody looks at a case, and return who else does; asking changes nothing."""
    others = view_case(actor=request.actor, case=case_or_404(request, case_id), at=clock.now())
    return render(request, "web/cash_lookers.html", {"others": others})


@require_GET
def case_items(request: StaffRequest, case_id: int) -> HttpResponse:
    """Return rows of further open items that a search finds, for the table of a case."""
    card = _card_or_404(request, case_id)
    currency = card.payment.currency
    found = found_items(
        request.actor.company, search=request.GET.get("find", "")[:80], as_of=request.as_of
    )
    shown = {key for key in map(read_key, request.GET.getlist("shown")) if key is not None}
    rows = [row for row in found if row.id not in shown]
    context = {
        "rows": table_rows(rows[:50], currency=currency, proposal=None, typed=None),
        "payment": card.payment,
        "deduction_reasons": Dispute.Reason.choices,
        "is_search": True,
    }
    return render(request, "web/cash_rows.html", context)


@require_GET
def case_customers(request: StaffRequest) -> HttpResponse:
    """Return customers a search finds, as choices of a datalist."""
    found = customer_choices(request.actor.company, search=request.GET.get("customer", "")[:80])
    return render(request, "web/cash_customers.html", {"customers": found})


@needs("match.decide")
@require_http_methods(["GET", "POST"])
def case_undo(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take back everything the last decision on a payment wrote."""
    case = case_or_404(request, case_id)
    context = {
        "heading": gettext("Take back %(payment)s") % {"payment": case.payment.number},
        "lead": gettext("All that was booked with it is taken back; the payment waits again."),
        "button": gettext("Take back"),
        "action": reverse("cash-undo", args=[case.pk]),
        "crumb": case.payment.number,
    }
    return reason_page(
        request,
        lambda reason: undo_case(
            actor=request.actor,
            case=case,
            version=case.version,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Taken back; the payment waits again."),
        back=reverse("cash-case", args=[case.pk]),
        context=context,
    )


def _settle(request: StaffRequest, card: CaseCard) -> MatchCase:
    """Read the form and settle the case; raise ValueError with what is wrong."""
    data = request.POST
    items = {item.id: item for item in _offered(request, card, named_keys(data))}
    typed = read_decision(data, items, currency=card.payment.currency)
    return settle_case(
        actor=request.actor,
        case=card.case,
        version=read_key(data.get("version", "")) or 0,
        amounts=typed.amounts,
        paid=typed.paid,
        discounts=typed.discounts,
        write_offs=typed.write_offs,
        deductions=typed.deductions,
        customer_id=read_customer(request.actor.company, data.get("customer", "")),
        learn=data.get("learn") == "on",
        seconds=read_seconds(data.get("seconds", "")),
        as_of=request.as_of,
        at=clock.now(),
    )


def _offered(
    request: StaffRequest, card: CaseCard, keys: Sequence[int] = ()
) -> tuple[CardItem, ...]:
    """Return the items of the table: those of the proposals, the candidates, and those added."""
    offered = {one.item.id: one.item for proposal in card.proposals for one in proposal.items} | {
        item.id: item for item in card.candidates
    }
    more = [key for key in keys if key not in offered]
    if more:
        added = card_items(request.actor.company, more, as_of=request.as_of)
        offered |= {item.id: item for item in added}
    return tuple(offered.values())


def _context(request: StaffRequest, card: CaseCard, *, refusal: str = "") -> dict[str, Any]:
    """Return what the page of a case shows; after a refusal what was typed stands again."""
    typed = request.POST if refusal else None
    keys = named_keys(request.POST) if refusal else ()
    proposals = card.proposals[:MOST_PROPOSALS]
    chosen = _chosen(request, proposals)
    currency = card.payment.currency
    after = read_key(request.GET.get("after", ""))
    return {
        "card": card,
        "case": card.case,
        "payment": card.payment,
        "refusal": refusal,
        "typed": typed,
        "proposals": [
            (
                one,
                table_rows(
                    [p.item for p in one.items], currency=currency, proposal=one, typed=None
                ),
            )
            for one in proposals
        ],
        "chosen": chosen,
        "rows": table_rows(
            _offered(request, card, keys), currency=currency, proposal=chosen, typed=typed
        ),
        "near": _neighbours(request, card.case.pk),
        "digits": minor_digits(currency),
        "left_text": money(card.left_minor, currency),
        "is_waiting": card.case.status in {Status.EXCEPTION, Status.HELD, Status.PARKED},
        "deduction_reasons": Dispute.Reason.choices,
        "applied": _applied(request, after),
    }


def _chosen(request: StaffRequest, proposals: Sequence[CardProposal]) -> CardProposal | None:
    rank = read_key(request.GET.get("proposal", "1"))
    return next((one for one in proposals if one.rank == rank), None)


def _applied(request: StaffRequest, case_id: int | None) -> MatchCase | None:
    """Return the case that was applied just now, so that it can be taken back from the next."""
    if case_id is None:
        return None
    found = MatchCase.objects.filter(company=request.actor.company, pk=case_id)
    return found.filter(status=Status.DECIDED).select_related("payment").first()


def _neighbours(request: StaffRequest, case_id: int) -> Neighbours:
    """Return what stands before and after a case among those that wait."""
    keys = waiting_keys(request.actor.company)
    if case_id not in keys:
        return Neighbours(before=None, after=next(iter(keys), None), place=0, waiting=len(keys))
    place = keys.index(case_id)
    after = keys[place + 1] if place + 1 < len(keys) else None
    before = keys[place - 1] if place else None
    return Neighbours(before=before, after=after, place=place + 1, waiting=len(keys))


def _card_or_404(request: StaffRequest, case_id: int) -> CaseCard:
    card = case_card(request.actor.company, case_id, as_of=request.as_of)
    if card is None:
        raise Http404
    return card
