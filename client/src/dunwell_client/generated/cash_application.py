"""Operations about cash application. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AliasIn
    from dunwell_client.generated.models import AliasRow
    from dunwell_client.generated.models import CardItem
    from dunwell_client.generated.models import CaseOut
    from dunwell_client.generated.models import CaseRow
    from dunwell_client.generated.models import CaseTotal
    from dunwell_client.generated.models import CashCaseHoldIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MatchQuality
    from dunwell_client.generated.models import Matched
    from dunwell_client.generated.models import ParkIn
    from dunwell_client.generated.models import RelationIn
    from dunwell_client.generated.models import RelationRow
    from dunwell_client.generated.models import SettleIn
    from dunwell_client.generated.models import StepIn
    from dunwell_client.generated.models import UnappliedRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CashApplicationArea:
    """Operations about cash application."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_cases(self, *, status: Literal['', 'exception', 'held', 'posted', 'decided', 'parked'] | None = None, reason: str | None = None, currency: str | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CaseRow]:
        """List payments and what matching made of them; what waits longest comes first.

        GET /api/v1/cash/cases
        """
        told: Page[CaseRow] = self._connection.call("GET", "/cash/cases", query={"status": status, "reason": reason, "currency": currency, "search": search, "cursor": cursor, "limit": limit})
        return told

    def total_cases(self) -> list[CaseTotal]:
        """Count the cases and sum their money by status and currency.

        GET /api/v1/cash/totals
        """
        told: list[CaseTotal] = self._connection.call("GET", "/cash/totals")
        return told

    def show_case(self, case_id: int) -> CaseOut:
        """Show a payment beside what it may pay, ranked proposals first.

        GET /api/v1/cash/cases/{case_id}
        """
        told: CaseOut = self._connection.call("GET", f"/cash/cases/{path_part(case_id)}")
        return told

    def find_case_items(self, *, search: str | None = None, currency: str | None = None) -> list[CardItem]:
        """Find open items of any customer by number, reference or customer, the oldest first.

        GET /api/v1/cash/items
        """
        told: list[CardItem] = self._connection.call("GET", "/cash/items", query={"search": search, "currency": currency})
        return told

    def match_now(self, *, idempotency_key: str | None = None) -> Matched:
        """Match everything that waits anew; what is sure enough is posted.

        POST /api/v1/cash/match
        """
        told: Matched = self._connection.call("POST", "/cash/match", takes_key=True, key=idempotency_key)
        return told

    def settle_one_case(self, case_id: int, body: SettleIn, *, idempotency_key: str | None = None) -> Done:
        """Put a payment on items with everything that explains the difference, in one step.

        409 when somebody decided meanwhile.

        POST /api/v1/cash/cases/{case_id}/settle
        """
        told: Done = self._connection.call("POST", f"/cash/cases/{path_part(case_id)}/settle", body=body, takes_key=True, key=idempotency_key)
        return told

    def park_one_case(self, case_id: int, body: ParkIn, *, idempotency_key: str | None = None) -> Done:
        """Leave a payment on account of a customer; it is not matched again by itself.

        POST /api/v1/cash/cases/{case_id}/park
        """
        told: Done = self._connection.call("POST", f"/cash/cases/{path_part(case_id)}/park", body=body, takes_key=True, key=idempotency_key)
        return told

    def hold_one_case(self, case_id: int, body: CashCaseHoldIn, *, idempotency_key: str | None = None) -> Done:
        """Keep a payment from being posted until somebody has looked at it.

        POST /api/v1/cash/cases/{case_id}/hold
        """
        told: Done = self._connection.call("POST", f"/cash/cases/{path_part(case_id)}/hold", body=body, takes_key=True, key=idempotency_key)
        return told

    def release_one_case(self, case_id: int, body: StepIn, *, idempotency_key: str | None = None) -> Done:
        """Give a held payment, or one left on account, back to the queue.

        POST /api/v1/cash/cases/{case_id}/release
        """
        told: Done = self._connection.call("POST", f"/cash/cases/{path_part(case_id)}/release", body=body, takes_key=True, key=idempotency_key)
        return told

    def undo_one_case(self, case_id: int, body: StepIn, *, idempotency_key: str | None = None) -> Done:
        """Take back together everything the last decision on a payment wrote.

        POST /api/v1/cash/cases/{case_id}/undo
        """
        told: Done = self._connection.call("POST", f"/cash/cases/{path_part(case_id)}/undo", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_match_quality(self, *, from_on: str | None = None, to_on: str | None = None) -> MatchQuality:
        """Show straight-through rate, precision with its interval and time spent, by week and tier.

        The last 13 weeks unless days are given.

        GET /api/v1/cash/quality
        """
        told: MatchQuality = self._connection.call("GET", "/cash/quality", query={"from_on": from_on, "to_on": to_on})
        return told

    def show_unapplied(self) -> list[UnappliedRow]:
        """Show unapplied cash by currency, customer and age, with the payments behind it.

        GET /api/v1/cash/unapplied
        """
        told: list[UnappliedRow] = self._connection.call("GET", "/cash/unapplied")
        return told

    def list_aliases(self, *, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AliasRow]:
        """List names and accounts that pay for customers, the newest first.

        GET /api/v1/cash/aliases
        """
        told: Page[AliasRow] = self._connection.call("GET", "/cash/aliases", query={"search": search, "cursor": cursor, "limit": limit})
        return told

    def new_alias(self, body: AliasIn, *, idempotency_key: str | None = None) -> Created:
        """Say that a name or an account pays for a customer.

        POST /api/v1/cash/aliases
        """
        told: Created = self._connection.call("POST", "/cash/aliases", body=body, takes_key=True, key=idempotency_key)
        return told

    def forget_alias(self, alias_id: int, *, idempotency_key: str | None = None) -> Done:
        """Forget a name or an account.

        POST /api/v1/cash/aliases/{alias_id}/remove
        """
        told: Done = self._connection.call("POST", f"/cash/aliases/{path_part(alias_id)}/remove", takes_key=True, key=idempotency_key)
        return told

    def list_relations(self, *, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RelationRow]:
        """List who pays for whom, the newest first.

        GET /api/v1/cash/relations
        """
        told: Page[RelationRow] = self._connection.call("GET", "/cash/relations", query={"search": search, "cursor": cursor, "limit": limit})
        return told

    def new_relation(self, body: RelationIn, *, idempotency_key: str | None = None) -> Created:
        """Say who pays for a customer: a parent, a factor, an agent, or netting.

        POST /api/v1/cash/relations
        """
        told: Created = self._connection.call("POST", "/cash/relations", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_relation(self, relation_id: int, *, idempotency_key: str | None = None) -> Done:
        """Let a relation rest from now on.

        POST /api/v1/cash/relations/{relation_id}/remove
        """
        told: Done = self._connection.call("POST", f"/cash/relations/{path_part(relation_id)}/remove", takes_key=True, key=idempotency_key)
        return told
