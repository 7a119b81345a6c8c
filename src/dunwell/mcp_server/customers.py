"""Tools that read the ledger: customers, items, ageing, the timeline."""

from datetime import date
from typing import Annotated, Literal

from django.http import Http404
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.mcp_server.arguments import Arguments, CustomerArguments, PageArguments
from dunwell.mcp_server.records import own_record
from dunwell.mcp_server.tools import Caller, tool
from dunwell.models import Customer
from dunwell.queries.accounts_shown import shown
from dunwell.queries.cards import CustomerCard, customer_card
from dunwell.queries.customers import CustomerRow, customer_page
from dunwell.queries.item_cards import ItemCard, item_card
from dunwell.queries.items import ItemFilter, ItemRow, ItemTotal, item_rows, item_totals
from dunwell.queries.pages import Page
from dunwell.queries.past_aging import AgingFigures, aging_on
from dunwell.queries.request_fields import AnyCurrency, Day, Key, Plain, Word
from dunwell.queries.timeline import timeline
from dunwell.queries.timeline_rows import TimelineFilter, TimelineRow


class FindCustomers(PageArguments):
    """Which customers."""

    search: Annotated[
        Plain, Field(max_length=200, description="Part of the name, or a number.")
    ] = ""
    segment: Word = ""
    only_owing: bool = False


class ItemChoice(Arguments):
    """Which items; empty fields do not restrict."""

    scope: Literal["open", "overdue", "settled", "all"] = "open"
    bucket: Literal["", "not_due", "1-30", "31-60", "61-90", "91+"] = ""
    currency: AnyCurrency = ""
    customer_id: Key | None = None
    kind: Literal["", "invoice", "credit_note", "fee", "interest", "opening"] = ""
    is_disputed: bool = False
    search: Annotated[Plain, Field(max_length=200)] = ""

    def chosen(self) -> ItemFilter:
        """Return the filter of the queries."""
        return ItemFilter(**{name: getattr(self, name) for name in ItemChoice.model_fields})


class ListItems(ItemChoice, PageArguments):
    """Which page of which items."""


class ShowItem(Arguments):
    """Which item."""

    item_id: Key


class AgingDays(Arguments):
    """The day asked about, and the day whose knowledge counts; today's when left out."""

    as_of: Day | None = None
    known_on: Day | None = None


class Story(CustomerArguments, PageArguments):
    """Which part of a customer's timeline."""

    kind: Literal[
        "", "event", "promise", "message", "note", "payment", "signal", "inbound", "rating"
    ] = ""
    text: Annotated[Plain, Field(max_length=80, description="Only rows with this text.")] = ""
    from_on: Day | None = None
    until_on: Day | None = None


@tool(right="ledger.view", result=Page[CustomerRow], title="Find customers")
def find_customers(caller: Caller, arguments: FindCustomers) -> Page[CustomerRow]:
    """List customers by name with what each owes per currency, in minor units.

    Other tools take the `id` found here. `next` is the cursor of the page that follows.
    """
    return customer_page(
        caller.actor.company,
        as_of=caller.as_of,
        search=arguments.search,
        segment=arguments.segment,
        only_owing=arguments.only_owing,
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=CustomerCard, title="Show a customer")
def show_customer(caller: Caller, arguments: CustomerArguments) -> CustomerCard:
    """Show a customer: balances, credit limit, how it pays, contacts, tasks, holds and rank."""
    card = customer_card(caller.actor.company, arguments.customer_id, as_of=caller.as_of)
    if card is None:
        raise Http404
    return shown(card, caller.actor.rights)


@tool(right="ledger.view", result=Page[ItemRow], title="List items")
def list_items(caller: Caller, arguments: ListItems) -> Page[ItemRow]:
    """List invoices and other items, the longest due first; open ones unless asked otherwise.

    Amounts are minor units of the item's currency, `days_past_due` below 1 is not due yet.
    """
    return item_rows(
        caller.actor.company,
        as_of=caller.as_of,
        only=arguments.chosen(),
        sort="due_on",
        cursor=arguments.cursor,
        limit=arguments.limit,
    )


@tool(right="ledger.view", result=list[ItemTotal], title="Total items")
def total_items(caller: Caller, arguments: ItemChoice) -> list[ItemTotal]:
    """Total the items that list_items lists under the same choice, per currency."""
    return list(item_totals(caller.actor.company, as_of=caller.as_of, only=arguments.chosen()))


@tool(right="ledger.view", result=ItemCard, title="Show an item")
def show_item(caller: Caller, arguments: ShowItem) -> ItemCard:
    """Show an item with every payment, credit, dispute, promise and message that concerns it."""
    card = item_card(caller.actor.company, arguments.item_id, as_of=caller.as_of)
    if card is None:
        raise Http404
    return card


@tool(right="ledger.view", result=list[AgingFigures], title="Show the ageing")
def show_aging(caller: Caller, arguments: AgingDays) -> list[AgingFigures]:
    """Show what was open on a day as known on a day, per currency and bucket of days past due."""
    as_of = _gone_by(caller, arguments.as_of)
    return aging_on(
        caller.actor.company, as_of=as_of, known_on=_gone_by(caller, arguments.known_on)
    )


@tool(right="ledger.view", result=Page[TimelineRow], title="Show a timeline")
def show_timeline(caller: Caller, arguments: Story) -> Page[TimelineRow]:
    """List all that happened with a customer, newest first, as far as the caller may read it."""
    customer = own_record(Customer, caller.actor, arguments.customer_id)
    return timeline(
        caller.actor.company,
        customer.pk,
        rights=caller.actor.rights,
        only=TimelineFilter(
            kinds=[arguments.kind] if arguments.kind else [],
            text=arguments.text,
            from_on=arguments.from_on,
            until_on=arguments.until_on,
        ),
        cursor_text=arguments.cursor,
        limit=arguments.limit,
    )


def _gone_by(caller: Caller, day: date | None) -> date:
    if day is not None and day > caller.as_of:
        raise Refused(f"{day} is still to come; today is {caller.as_of}.")
    return day or caller.as_of


TOOLS = (
    find_customers, show_customer, list_items, total_items, show_item, show_aging, show_timeline,
)  # fmt: skip
