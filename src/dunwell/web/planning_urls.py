"""Addresses of the pages of planning, under /planning/."""

from django.urls import path

from dunwell.web import (
    budget_steps,
    budgets,
    cash_plans,
    covenants,
    planning,
    scenarios,
)

urlpatterns = [
    path("", planning.planning_home, name="planning"),
    path("export.<str:kind>", planning.liquidity_export, name="liquidity-export"),
    path("buffer/", planning.buffer_edit, name="liquidity-buffer"),
    path("alerts/", planning.gap_alert_list, name="gap-alerts"),
    path("alerts/export.<str:kind>", planning.gap_alert_export, name="gap-alerts-export"),
    path("working-capital/", planning.working_capital_page, name="working-capital"),
    path("working-capital/new/", planning.working_capital_add, name="working-capital-add"),
    path(
        "working-capital/export.<str:kind>",
        planning.working_capital_export,
        name="working-capital-export",
    ),
    path("cash/", cash_plans.cash_plan, name="cash-plan"),
    path("cash/balances/", cash_plans.position_list, name="cash-positions"),
    path("cash/balances/new/", cash_plans.position_add, name="cash-position-add"),
    path(
        "cash/balances/<int:position_id>/withdraw/",
        cash_plans.position_withdraw,
        name="cash-position-withdraw",
    ),
    path("cash/payments/new/", cash_plans.payment_add, name="planned-payment-add"),
    path(
        "cash/payments/<int:planned_id>/withdraw/",
        cash_plans.payment_withdraw,
        name="planned-payment-withdraw",
    ),
    path("cash/<str:what>/upload/", cash_plans.cash_plan_upload, name="cash-plan-upload"),
    path(
        "cash/<str:what>/template.<str:kind>",
        cash_plans.cash_plan_template,
        name="cash-plan-template",
    ),
    path(
        "cash/<str:what>/export.<str:kind>", cash_plans.cash_plan_export, name="cash-plan-export"
    ),
    path("budgets/", budgets.budget_list, name="budgets"),
    path("budgets/new/", budgets.budget_add, name="budget-add"),
    path("budgets/<int:budget_id>/", budgets.budget_page, name="budget"),
    path("budgets/<int:budget_id>/edit/", budgets.budget_edit, name="budget-edit"),
    path("budgets/<int:budget_id>/upload/", budgets.budget_upload, name="budget-upload"),
    path("budgets/<int:budget_id>/export.<str:kind>", budgets.budget_export, name="budget-export"),
    path(
        "budgets/<int:budget_id>/rows/<str:figure>/<int:year>-<int:month>/",
        budgets.budget_actual,
        name="budget-actual",
    ),
    path("budgets/<int:budget_id>/hand-in/", budget_steps.budget_hand_in, name="budget-hand-in"),
    path("budgets/<int:budget_id>/approve/", budget_steps.budget_approve, name="budget-approve"),
    path("budgets/<int:budget_id>/return/", budget_steps.budget_return, name="budget-return"),
    path("budgets/<int:budget_id>/retire/", budget_steps.budget_retire, name="budget-retire"),
    path("scenarios/", scenarios.scenario_list, name="scenarios"),
    path("scenarios/export.<str:kind>", scenarios.scenario_export, name="scenarios-export"),
    path("scenarios/new/", scenarios.scenario_add, name="scenario-add"),
    path("scenarios/<int:scenario_id>/", scenarios.scenario_edit, name="scenario-edit"),
    path("scenarios/<int:scenario_id>/copy/", scenarios.scenario_copy, name="scenario-copy"),
    path(
        "scenarios/<int:scenario_id>/archive/", scenarios.scenario_archive, name="scenario-archive"
    ),
    path("covenants/", covenants.covenant_list, name="covenants"),
    path("covenants/new/", covenants.covenant_add, name="covenant-add"),
    path(
        "covenants/tests.<str:kind>", covenants.covenant_test_export, name="covenant-tests-export"
    ),
    path("covenants/<int:covenant_id>/", covenants.covenant_page, name="covenant"),
    path("covenants/<int:covenant_id>/end/", covenants.covenant_end, name="covenant-end"),
    path("covenants/<int:covenant_id>/waive/", covenants.covenant_waive, name="covenant-waive"),
]
