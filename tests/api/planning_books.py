"""A draft and a budget that waits, a scenario, a covenant, a balance and a payment out to name."""

from dunwell import clock
from dunwell.actions.budgets import draft_budget, fill_budget, hand_in_budget
from dunwell.actions.covenants import add_covenant
from dunwell.actions.gate import Actor, system
from dunwell.actions.liquidity import plan_payment, record_position
from dunwell.actions.scenarios import save_scenario
from dunwell.engine.scenarios import Assumptions
from dunwell.models import PlannedPayment


def keep_planning(company, *, at):
    """Add one of each; return path parameter -> key. Another person than the callers made them."""
    peer = Actor(company=company, name="peer", rights=system(company).rights)
    today = clock.today(company.zone)
    first = today.replace(month=1, day=1)
    budgets = []
    for name in ("Plan A", "Plan B"):
        draft = draft_budget(
            actor=peer, name=name, starts_on=first, months=12, currency="EUR", at=at
        )
        lines = {(first, "sales", "", ""): 100_00}
        budgets.append(fill_budget(actor=peer, budget=draft, revision=1, lines=lines, at=at))
    hand_in_budget(actor=peer, budget=budgets[1], revision=2, at=at)
    covenant = add_covenant(
        actor=peer, name="DSO", lender="Bank", measure="dso", currency="EUR", threshold=6000,
        first_test_on=today, every_months=3, at=at,
    )  # fmt: skip
    position = record_position(
        actor=peer, account="Main", on=today, currency="EUR", balance_minor=500_00,
        as_of=today, at=at,
    )  # fmt: skip
    plan_payment(
        actor=peer, on=today, kind="wages", label="Wages", currency="EUR", amount_minor=100_00,
        as_of=today, at=at,
    )  # fmt: skip
    scenario = save_scenario(
        actor=peer, name="Late", note="", assumptions=Assumptions(delay_days=10), at=at
    )
    return {
        "budget_id": budgets[0].pk,
        "handed_in_id": budgets[1].pk,
        "scenario_id": scenario.pk,
        "covenant_id": covenant.pk,
        "position_id": position.pk,
        "planned_id": PlannedPayment.objects.get(company=company).pk,
    }
