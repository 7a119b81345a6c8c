"""Guided tours in words: what each stop shows, and where a person stands on one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.models import Company, Customer
from dunwell.queries.tours import PORTAL, RECORD_NAMES, TOURS, tour_records

register = template.Library()

SESSION_KEY = "tour"
BACK, HERE, NEXT, END = "back", "here", "next", "end"
PANEL = "#tour"

NAMES: Mapping[str, Promise | str] = {
    "credit_manager": _("Credit manager"),
    "collector": _("Collector"),
    "clerk": _("Cash-application clerk"),
    "resolver": _("Dispute resolver"),
    "finance_director": _("Finance director and planning"),
    "admin": _("Admin and auditor"),
    PORTAL: _("Customer in the portal"),
}
ABOUT: Mapping[str, Promise | str] = {
    "credit_manager": _("Limits, held orders, covers and warnings, and the policy behind them."),
    "collector": _("From the first call of the day to a promise, a plan and the next reminder."),
    "clerk": _("What matching posted by itself, and what it leaves to you."),
    "resolver": _("From a short-paid invoice to its cause."),
    "finance_director": _("Two years of figures, thirteen weeks of cash, and what may be lost."),
    "admin": _("Whether the books hold, who did what, and who may."),
}
"""What each tour shows; that of the portal starts in the portal."""

WORDS: Mapping[str, tuple[Promise | str, Promise | str]] = {
    "portfolio": (
        _("The whole book at a glance"),
        _(
            "Exposure stands beside limits, by class, by concentration and against your appetite."
            " Every figure opens the customers behind it."
        ),
    ),
    "limit": (
        _("A limit that waits for a second person"),
        _(
            "Somebody proposed this limit, somebody else decides. The page shows what is used,"
            " what the policy says and who may grant how much."
        ),
    ),
    "hold": (
        _("Why an order is held"),
        _(
            "Each rule that stopped it says what would free it, to the cent. A hold placed by a"
            " person is never lifted by the system."
        ),
    ),
    "warnings": (
        _("Who is getting worse"),
        _("Signs are read together: later payments, broken promises, reports, news."),
    ),
    "covers": (
        _("What the insurer has to be told, and by when"),
        _("A cover is worth nothing once a deadline was missed. They stand here by day."),
    ),
    "credit_policy": (
        _("One document behind every decision"),
        _("Score, limits, holds and reviews follow from it. Try a change on any customer first."),
    ),
    "my_day": (
        _("What today should bring"),
        _("The target of the day, what is reached, and the minutes you have."),
    ),
    "worklist": (
        _("Whom to call first, and why"),
        _(
            "Customers stand by the extra cash that an effort may bring per minute. Walk with j"
            " and k; the customer stands beside the list with the reasons for the rank."
        ),
    ),
    "customer": (
        _("Everything about one customer"),
        _(
            "Balances, open items, promises, disputes, how it pays, and all that happened. This"
            " one gave a promise: its items get no reminder until the day has passed."
        ),
    ),
    "promises": (
        _("Which money was promised for which day"),
        _("Promises are judged by the day the money reached you. Broken ones come back first."),
    ),
    "plan": (
        _("A debt paid in instalments"),
        _("Each instalment has its day and its state; one that is missed ends the quiet."),
    ),
    "inbox": (
        _("What customers wrote"),
        _(
            "Dates, amounts and invoice numbers are marked where they stand in the mail. One key"
            " makes a promise, a dispute or a copy of an invoice out of it."
        ),
    ),
    "strategy": (
        _("Who gets which reminder when"),
        _("A strategy is a document with its own cases. The dry run says who would get what."),
    ),
    "cash": (
        _("Payments that need a person"),
        _("Most of the last statement was posted by itself. Here is the rest."),
    ),
    "cash_case": (
        _("One payment and its proposals"),
        _(
            "Proposals are ranked and say why. Choose one, look at what is left, apply it; it can"
            " be taken back."
        ),
    ),
    "match_quality": (
        _("How good the matching is"),
        _("What was posted without a person, what was taken back, and how long people took."),
    ),
    "unapplied": (
        _("Money that belongs to nothing yet"),
        _("By age and by reason. It lowers what the customer owes, but no invoice."),
    ),
    "bank": (
        _("How far the statements reach"),
        _("Nobody is reminded on old bank data. Drop a bank file of your own here."),
    ),
    "debits": (
        _("Money you fetch yourself"),
        _("A run goes from a draft through approval to the bank, and returns come back here."),
    ),
    "disputes": (
        _("Cases by deadline"),
        _("Who has to do what next, and what is late."),
    ),
    "dispute": (
        _("One case from first word to credit note"),
        _("Objects, amounts, papers and talk stand together. Only what is disputed is left out."),
    ),
    "dispute_tasks": (
        _("What colleagues were asked"),
        _("Logistics or sales answer by a link, without an account."),
    ),
    "causes": (
        _("What goes wrong again and again"),
        _("The causes by cost, and whether what was done about one has worked."),
    ),
    "credit_requests": (
        _("Credit notes your ERP is asked for"),
        _("Taken out as a file, and matched when the credit note comes back in the ledger."),
    ),
    "home": (
        _("Where the money stands"),
        _("DSO, effectiveness and delay as they developed, and what changed since yesterday."),
    ),
    "course": (
        _("Two years as a line"),
        _(
            "Good months and bad ones show in the line. Any figure and any part of the book can"
            " be drawn."
        ),
    ),
    "bridge": (
        _("What moved DSO"),
        _("From one month to another: what more sales, late payers and single customers did."),
    ),
    "forecast": (
        _("Cash of the next thirteen weeks"),
        _("One curve per open item, added up, with a range; its past accuracy is told beside."),
    ),
    "planning": (
        _("Whether the cash is enough"),
        _("Money in beside money out and the buffer you keep, with what could close a gap."),
    ),
    "provision": (
        _("What may be lost"),
        _("The allowance rolled on from the month before, down to every item."),
    ),
    "initiative": (
        _("Did a change bring anything?"),
        _("A change is kept or taken back for what was measured, not for what was hoped."),
    ),
    "report": (
        _("One pack for the board"),
        _("Frozen as it was on the day, as PDF and as a workbook."),
    ),
    "verify": (
        _("Do the books hold?"),
        _("Every rule is proved from plain SQL. Press the button: it holds, or it lists rows."),
    ),
    "audit": (
        _("Who did what"),
        _("Events form a chain: one that is changed or taken out breaks it."),
    ),
    "imports": (
        _("How data came in"),
        _("Each file with its control totals, its findings and what became of every row."),
    ),
    "model": (
        _("What the pay-date model learned"),
        _("It is compared with the due date and with habits, on your own past."),
    ),
    "duties": (
        _("Duties kept apart"),
        _("Who holds both sides of a pair that one person should not hold."),
    ),
    "access_reviews": (
        _("Whose rights wait to be looked at"),
        _("Each person is looked at again after a while; what is not confirmed stands out."),
    ),
    "privacy": (
        _("Which personal data there is"),
        _("Every field, why it is kept, how long, and who looked."),
    ),
    "portal_home": (
        _("What the customer sees first"),
        _("What is due now, what comes next, and one button to pay."),
    ),
    "portal_items": (
        _("All invoices"),
        _("Open, paid and disputed, as PDF, and as a list to take along."),
    ),
    "portal_item": (
        _("One invoice"),
        _("What is open on it and why, with its papers. A question about it starts here."),
    ),
    "portal_pay": (
        _("Pay all, some or a part"),
        _("The practice bank of the demo takes no real money."),
    ),
    "portal_words": (
        _("A day, a plan, an offer"),
        _("The customer says when it will pay or asks for instalments; reminders then pause."),
    ),
    "portal_disputes": (
        _("Something is wrong with an invoice"),
        _("A query is raised, followed and answered here, with files."),
    ),
    "portal_credit": (
        _("Credit and orders"),
        _("What is held, and what would release it, as far as the company shows it."),
    ),
    "portal_assistant": (
        _("Ask, day and night"),
        _("The assistant answers from the account alone, and hands over to people."),
    ),
}
"""Title and text of each stop."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop of a tour with the address it leads to."""

    stop: str
    address: str


@dataclass(frozen=True, slots=True)
class TourPanel:
    """What the panel shows: the tour, the stop, its place among the others."""

    name: Promise | str
    title: Promise | str
    text: Promise | str
    number: int
    count: int
    address: str
    action: str
    is_here: bool

    @property
    def is_first(self) -> bool:
        """Return whether nothing lies before this stop."""
        return self.number == 1

    @property
    def is_last(self) -> bool:
        """Return whether nothing follows this stop."""
        return self.number == self.count


def stages(
    tour: str, company: Company, *, rights: Collection[str], customer: Customer | None = None
) -> list[Stage]:
    """Return the stops of a tour this person can make, with their addresses; one query.

    A stop whose record is missing, or whose page the person may not open, is left out.
    """
    stops = [stop for stop in TOURS[tour] if not stop.right or stop.right in rights]
    records = tour_records(company, stops, customer=customer)
    found = []
    for stop in stops:
        if stop.noun and stop.noun not in records:
            continue
        named = {RECORD_NAMES[stop.noun]: records[stop.noun]} if stop.noun else {}
        address = reverse(stop.page, kwargs=named) + (f"?{stop.query}" if stop.query else "")
        found.append(Stage(stop.id, address))
    return found


def moved(request: HttpRequest, tour: str, company: Company, found: Sequence[Stage]) -> str:
    """Keep where the person stands after what it asked for, and return the address to go to.

    Empty when the tour is over: ended, or past its last stop. What is kept hangs on the session.
    """
    told = told_tour(request, company)
    names = [stage.stop for stage in found]
    move = request.POST.get("move", "")
    is_begun = told is not None and told["tour"] == tour and told["stop"] in names
    place = names.index(told["stop"]) if told is not None and is_begun else 0
    if is_begun:
        place += {BACK: -1, NEXT: 1}.get(move, 0)
    if move == END or not 0 <= place < len(found):
        request.session.pop(SESSION_KEY, None)
        return ""
    stage = found[place]
    request.session[SESSION_KEY] = {
        "company": company.pk,
        "tour": tour,
        "stop": stage.stop,
        "number": place + 1,
        "count": len(found),
        "address": stage.address,
    }
    return stage.address + PANEL


def told_tour(request: HttpRequest, company: Company) -> dict[str, Any] | None:
    """Return the tour that runs in this session, None without one of this company."""
    told = request.session.get(SESSION_KEY)
    if not isinstance(told, dict) or told.get("company") != company.pk:
        return None
    return told if told.get("tour") in TOURS and told.get("stop") in WORDS else None


@register.simple_tag(takes_context=True)
def tour_panel(context: template.Context, company: Company | str) -> TourPanel | None:
    """Return what the panel of a running tour shows on this page; no query, None without one."""
    if not isinstance(company, Company) or not company.is_demo:
        return None
    request = context["request"]
    told = told_tour(request, company)
    if told is None or (told["tour"] == PORTAL) != request.path.startswith("/portal/"):
        return None
    title, text = WORDS[told["stop"]]
    return TourPanel(
        name=NAMES[told["tour"]],
        title=title,
        text=text,
        number=told["number"],
        count=told["count"],
        address=told["address"] + PANEL,
        action=_action(told["tour"]),
        is_here=told["address"] == request.get_full_path(),
    )


def _action(tour: str) -> str:
    return reverse("portal-tour") if tour == PORTAL else reverse("tour-move", args=[tour])
