"""Operations about planning. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ActualRows
    from dunwell_client.generated.models import AlertRow
    from dunwell_client.generated.models import BudgetIn
    from dunwell_client.generated.models import BudgetLinesIn
    from dunwell_client.generated.models import BudgetRow
    from dunwell_client.generated.models import BudgetTable
    from dunwell_client.generated.models import BufferIn
    from dunwell_client.generated.models import Capital
    from dunwell_client.generated.models import CapitalIn
    from dunwell_client.generated.models import CapitalRow
    from dunwell_client.generated.models import Comparison
    from dunwell_client.generated.models import CovenantIn
    from dunwell_client.generated.models import CovenantRow
    from dunwell_client.generated.models import CovenantTestRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import Liquidity
    from dunwell_client.generated.models import PlannedPaymentIn
    from dunwell_client.generated.models import PlannedRow
    from dunwell_client.generated.models import PositionIn
    from dunwell_client.generated.models import PositionRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RevisionIn
    from dunwell_client.generated.models import ScenarioIn
    from dunwell_client.generated.models import ScenarioNameIn
    from dunwell_client.generated.models import ScenarioRow
    from dunwell_client.generated.models import WaiverIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PlanningArea:
    """Operations about planning."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_liquidity(self) -> Liquidity:
        """Return the balance at the end of every week beside the buffer, in the home currency.

        GET /api/v1/planning/liquidity
        """
        told: Liquidity = self._connection.call("GET", "/planning/liquidity")
        return told

    def set_liquidity_buffer(self, body: BufferIn, *, idempotency_key: str | None = None) -> Created:
        """Say from today on how much cash is kept.

        POST /api/v1/planning/buffer
        """
        told: Created = self._connection.call("POST", "/planning/buffer", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_cash_positions(self, *, cursor: str | None = None, limit: int | None = None) -> Page[PositionRow]:
        """List balances that were told, the newest day first.

        GET /api/v1/planning/balances
        """
        told: Page[PositionRow] = self._connection.call("GET", "/planning/balances", query={"cursor": cursor, "limit": limit})
        return told

    def tell_cash_position(self, body: PositionIn, *, idempotency_key: str | None = None) -> Created:
        """Tell what lay on an account at the end of a day; another balance replaces it.

        POST /api/v1/planning/balances
        """
        told: Created = self._connection.call("POST", "/planning/balances", body=body, takes_key=True, key=idempotency_key)
        return told

    def withdraw_cash_position(self, position_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a balance back, with the reason.

        POST /api/v1/planning/balances/{position_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/planning/balances/{path_part(position_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_planned_payments(self, *, from_on: str | None = None, until_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PlannedRow]:
        """List payments out, the earliest first; those taken back are marked.

        GET /api/v1/planning/payments-out
        """
        told: Page[PlannedRow] = self._connection.call("GET", "/planning/payments-out", query={"from_on": from_on, "until_on": until_on, "cursor": cursor, "limit": limit})
        return told

    def plan_payment_out(self, body: PlannedPaymentIn, *, idempotency_key: str | None = None) -> Done:
        """Plan a payment out; return how many are new.

        POST /api/v1/planning/payments-out
        """
        told: Done = self._connection.call("POST", "/planning/payments-out", body=body, takes_key=True, key=idempotency_key)
        return told

    def withdraw_payment_out(self, planned_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a planned payment back, with the reason.

        POST /api/v1/planning/payments-out/{planned_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/planning/payments-out/{path_part(planned_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_working_capital(self) -> Capital:
        """Return the cash conversion cycle and the need of working capital.

        GET /api/v1/planning/working-capital
        """
        told: Capital = self._connection.call("GET", "/planning/working-capital")
        return told

    def list_working_capital(self, *, cursor: str | None = None, limit: int | None = None) -> Page[CapitalRow]:
        """List what was told of stock and payables, the newest day first.

        GET /api/v1/planning/working-capital/rows
        """
        told: Page[CapitalRow] = self._connection.call("GET", "/planning/working-capital/rows", query={"cursor": cursor, "limit": limit})
        return told

    def tell_working_capital(self, body: CapitalIn, *, idempotency_key: str | None = None) -> Created:
        """Tell days of stock and payables from a day on.

        POST /api/v1/planning/working-capital/rows
        """
        told: Created = self._connection.call("POST", "/planning/working-capital/rows", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_gap_alerts(self, *, ended: bool | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AlertRow]:
        """List gap alerts with their levers, the earliest period first.

        GET /api/v1/planning/gap-alerts
        """
        told: Page[AlertRow] = self._connection.call("GET", "/planning/gap-alerts", query={"ended": ended, "cursor": cursor, "limit": limit})
        return told

    def list_budgets(self) -> list[BudgetRow]:
        """List every version of every budget.

        GET /api/v1/budgets
        """
        told: list[BudgetRow] = self._connection.call("GET", "/budgets")
        return told

    def new_budget(self, body: BudgetIn, *, idempotency_key: str | None = None) -> Created:
        """Draft a budget or its next version.

        POST /api/v1/budgets
        """
        told: Created = self._connection.call("POST", "/budgets", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_budget_table(self, budget_id: int) -> BudgetTable:
        """Return a budget beside what happened and what is expected.

        GET /api/v1/budgets/{budget_id}
        """
        told: BudgetTable = self._connection.call("GET", f"/budgets/{path_part(budget_id)}")
        return told

    def list_budget_actuals(self, budget_id: int, *, figure: Literal['sales', 'cash_in', 'write_offs', 'bad_debt', 'cost_to_collect'] | None = None, first_on: str | None = None, last_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> ActualRows:
        """Return the rows of a figure between two days, the budget's first and today unless given.

        GET /api/v1/budgets/{budget_id}/rows
        """
        told: ActualRows = self._connection.call("GET", f"/budgets/{path_part(budget_id)}/rows", query={"figure": figure, "first_on": first_on, "last_on": last_on, "cursor": cursor, "limit": limit})
        return told

    def fill_budget_lines(self, budget_id: int, body: BudgetLinesIn, *, idempotency_key: str | None = None) -> Done:
        """Set lines of a draft; those not named stay.

        PUT /api/v1/budgets/{budget_id}/lines
        """
        told: Done = self._connection.call("PUT", f"/budgets/{path_part(budget_id)}/lines", body=body, takes_key=True, key=idempotency_key)
        return told

    def hand_budget_in(self, budget_id: int, body: RevisionIn, *, idempotency_key: str | None = None) -> Done:
        """Hand a draft in for approval.

        POST /api/v1/budgets/{budget_id}/hand-in
        """
        told: Done = self._connection.call("POST", f"/budgets/{path_part(budget_id)}/hand-in", body=body, takes_key=True, key=idempotency_key)
        return told

    def approve_budget_of(self, budget_id: int, *, idempotency_key: str | None = None) -> Done:
        """Approve a budget that waits, as a second person.

        POST /api/v1/budgets/{budget_id}/approve
        """
        told: Done = self._connection.call("POST", f"/budgets/{path_part(budget_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def give_budget_back(self, budget_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Give a budget that waits back, with the reason.

        POST /api/v1/budgets/{budget_id}/return
        """
        told: Done = self._connection.call("POST", f"/budgets/{path_part(budget_id)}/return", body=body, takes_key=True, key=idempotency_key)
        return told

    def retire_budget_of(self, budget_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a draft or an approved budget out of use.

        POST /api/v1/budgets/{budget_id}/retire
        """
        told: Done = self._connection.call("POST", f"/budgets/{path_part(budget_id)}/retire", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_scenarios(self, *, archived: bool | None = None) -> list[ScenarioRow]:
        """List saved scenarios by name.

        GET /api/v1/scenarios
        """
        told: list[ScenarioRow] = self._connection.call("GET", "/scenarios", query={"archived": archived})
        return told

    def new_scenario(self, body: ScenarioIn, *, idempotency_key: str | None = None) -> Created:
        """Save assumptions under a name.

        POST /api/v1/scenarios
        """
        told: Created = self._connection.call("POST", "/scenarios", body=body, takes_key=True, key=idempotency_key)
        return told

    def compare_saved_scenarios(self, *, id: list[int] | None = None, period: Literal['week', 'month'] | None = None) -> Comparison:
        """Return the base and up to four scenarios over the forecast, side by side.

        GET /api/v1/scenarios/compare
        """
        told: Comparison = self._connection.call("GET", "/scenarios/compare", query={"id": id, "period": period})
        return told

    def edit_scenario(self, scenario_id: int, body: ScenarioIn, *, idempotency_key: str | None = None) -> Done:
        """Change a scenario.

        PUT /api/v1/scenarios/{scenario_id}
        """
        told: Done = self._connection.call("PUT", f"/scenarios/{path_part(scenario_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def copy_saved_scenario(self, scenario_id: int, body: ScenarioNameIn, *, idempotency_key: str | None = None) -> Created:
        """Copy a scenario under another name.

        POST /api/v1/scenarios/{scenario_id}/copy
        """
        told: Created = self._connection.call("POST", f"/scenarios/{path_part(scenario_id)}/copy", body=body, takes_key=True, key=idempotency_key)
        return told

    def archive_saved_scenario(self, scenario_id: int, *, idempotency_key: str | None = None) -> Done:
        """Put a scenario away.

        POST /api/v1/scenarios/{scenario_id}/archive
        """
        told: Done = self._connection.call("POST", f"/scenarios/{path_part(scenario_id)}/archive", takes_key=True, key=idempotency_key)
        return told

    def list_covenants(self) -> list[CovenantRow]:
        """List covenants with headroom now and by the forecast.

        GET /api/v1/covenants
        """
        told: list[CovenantRow] = self._connection.call("GET", "/covenants")
        return told

    def new_covenant(self, body: CovenantIn, *, idempotency_key: str | None = None) -> Created:
        """Write a covenant down.

        POST /api/v1/covenants
        """
        told: Created = self._connection.call("POST", "/covenants", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_covenant_tests(self, *, cursor: str | None = None, limit: int | None = None) -> Page[CovenantTestRow]:
        """List frozen tests, the newest first.

        GET /api/v1/covenants/tests
        """
        told: Page[CovenantTestRow] = self._connection.call("GET", "/covenants/tests", query={"cursor": cursor, "limit": limit})
        return told

    def show_covenant(self, covenant_id: int) -> CovenantRow:
        """Return a covenant with its course.

        GET /api/v1/covenants/{covenant_id}
        """
        told: CovenantRow = self._connection.call("GET", f"/covenants/{path_part(covenant_id)}")
        return told

    def end_covenant_of(self, covenant_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a covenant, with the reason.

        POST /api/v1/covenants/{covenant_id}/end
        """
        told: Done = self._connection.call("POST", f"/covenants/{path_part(covenant_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def waive_covenant(self, covenant_id: int, body: WaiverIn, *, idempotency_key: str | None = None) -> Created:
        """Keep what the lender waived.

        POST /api/v1/covenants/{covenant_id}/waivers
        """
        told: Created = self._connection.call("POST", f"/covenants/{path_part(covenant_id)}/waivers", body=body, takes_key=True, key=idempotency_key)
        return told
