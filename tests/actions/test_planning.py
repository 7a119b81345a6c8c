"""Planning: budgets to approval, liquidity, scenarios, gap alerts and covenants over a day."""

from datetime import date, timedelta

import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.budgets import (
    approve_budget,
    draft_budget,
    fill_budget,
    hand_in_budget,
    retire_budget,
    return_budget,
)
from dunwell.actions.covenants import (
    add_covenant,
    end_covenant,
    freeze_covenant_tests,
    record_waiver,
)
from dunwell.actions.gap_alerts import raise_gap_alerts
from dunwell.actions.gate import Refused, Stale, staff, system
from dunwell.actions.liquidity import (
    import_payments,
    import_positions,
    plan_payment,
    record_position,
    record_working_capital,
    set_buffer,
    withdraw_payment,
)
from dunwell.actions.month_actuals import keep_actuals
from dunwell.actions.scenarios import archive_scenario, copy_scenario, save_scenario
from dunwell.engine.scenarios import Assumptions
from dunwell.formats.cash_plan_rows import read_payments, read_positions
from dunwell.models import (
    BankAccount,
    BankFile,
    BankStatement,
    Budget,
    CashPosition,
    CovenantTest,
    Event,
    GapAlert,
    MonthActual,
    PlannedPayment,
)
from dunwell.queries.budget_drill import actual_rows
from dunwell.queries.budgets import budget_lines, budget_table
from dunwell.queries.covenants import covenant_rows, covenant_test_rows, covenant_tests_due
from dunwell.queries.gaps import alert_rows, gaps_due
from dunwell.queries.ledgers import Books
from dunwell.queries.liquidity import liquidity
from dunwell.queries.month_actuals import facts_due, month_facts
from dunwell.queries.scenarios import compare_scenarios, scenario_rows
from dunwell.queries.working_capital import capital
from tests.actions.desk import verbs
from tests.actions.ledger_rows import invoice
from tests.actions.planning_rows import figures, outlook, peer
from tests.conftest import AT, TODAY, add_customer

YEAR = date(2026, 1, 1)
ON = {"as_of": TODAY, "at": AT}


def budget_of(company, lines, *, author="peer", approved=True):
    actor = peer(company, author)
    made = draft_budget(actor=actor, name="Plan", starts_on=YEAR, months=12, currency="EUR", at=AT)
    made = fill_budget(actor=actor, budget=made, revision=1, lines=lines, at=AT)
    if approved:
        hand_in_budget(actor=actor, budget=made, revision=2, at=AT)
        made = approve_budget(actor=peer(company, "fay"), budget=made, **ON)
    return made


def told(company, balance_minor=50_000, out_minor=0):
    record_position(
        actor=peer(company), account="Main", on=TODAY, currency="EUR",
        balance_minor=balance_minor, **ON,
    )  # fmt: skip
    if out_minor:
        plan_payment(
            actor=peer(company), on=TODAY + timedelta(days=10), kind="tax", label="VAT",
            currency="EUR", amount_minor=out_minor, **ON,
        )  # fmt: skip


def test_a_budget_is_filled_handed_in_and_approved_by_a_second_person_alone(company):
    made = budget_of(company, {(YEAR, "sales", "", ""): 500}, approved=False)
    author, second = peer(company), peer(company, "fay")
    with pytest.raises(Stale):
        fill_budget(
            actor=second, budget=made, revision=1, lines={(YEAR, "dso", "", ""): 4_500}, at=AT
        )
    hand_in_budget(actor=author, budget=made, revision=2, at=AT)
    with pytest.raises(Refused, match="second person"):
        approve_budget(actor=peer(company, "peer via erp"), budget=made, **ON)
    return_budget(actor=second, budget=made, reason="no DSO", at=AT)
    lines = {(YEAR, "dso", "", ""): 4_500, (YEAR, "sales", "", ""): None}
    made = fill_budget(actor=author, budget=made, revision=2, lines=lines, at=AT)
    assert budget_lines(made) == {(YEAR, "dso", "", ""): 4_500}
    assert fill_budget(actor=author, budget=made, revision=1, lines=lines, at=AT).revision == 3
    hand_in_budget(actor=author, budget=made, revision=3, at=AT)
    approve_budget(actor=second, budget=made, **ON)
    with pytest.raises(Refused, match="draft a new version"):
        fill_budget(actor=author, budget=made, revision=3, lines=lines, at=AT)
    again = draft_budget(
        actor=author, name="Plan", starts_on=YEAR, months=12, currency="EUR", at=AT
    )
    assert (again.version, budget_lines(again)) == (2, {(YEAR, "dso", "", ""): 4_500})
    hand_in_budget(actor=author, budget=again, revision=1, at=AT)
    approve_budget(actor=second, budget=again, **ON)
    assert list(Budget.objects.order_by("version").values_list("status", flat=True)) == [
        "retired", "approved",
    ]  # fmt: skip
    retire_budget(actor=second, budget=again, reason="a new plan", at=AT)
    assert verbs(company) == [
        "budget.drafted", "budget.filled", "budget.handed_in", "budget.returned", "budget.filled",
        "budget.handed_in", "budget.approved", "budget.drafted", "budget.handed_in",
        "budget.approved", "budget.retired",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({(date(2027, 1, 1), "sales", "", ""): 1}, "no month"),
        ({(YEAR, "profit", "", ""): 1}, "no figure"),
        ({(YEAR, "sales", "segment", ""): 1}, "slice"),
        ({(YEAR, "sales", "", ""): -1}, "below 0"),
    ],
)
def test_a_line_that_fits_no_budget_is_refused_and_leaves_nothing(company, lines, said):
    made = draft_budget(
        actor=peer(company), name="Plan", starts_on=YEAR, months=12, currency="EUR", at=AT
    )
    with pytest.raises(Refused, match=said):
        fill_budget(actor=peer(company), budget=made, revision=1, lines=lines, at=AT)
    assert (made.lines.count(), verbs(company)) == (0, ["budget.drafted"])


@pytest.fixture
def sold(company, collector):
    """Sales of last year and this, some of it late, one write-off; by two segments."""
    big = add_customer(company, "K1", "Acme", segment="large", collector=collector)
    small = add_customer(company, "K2", "Beta", segment="small")
    january = {"issued_on": date(2026, 1, 10), "due_on": date(2026, 2, 9)}
    invoice(big, "A1", 300_00, **january)
    lost = invoice(small, "B1", 100_00, **january)
    invoice(big, "A0", 200_00, issued_on=date(2025, 1, 10), due_on=date(2025, 2, 9))
    record_adjustment(
        actor=peer(company), item=lost, kind="write_off", amount_minor=40_00, reason="gone", **ON
    )
    return big, small


def test_actuals_stand_beside_the_budget_with_variance_run_rate_and_rows_that_sum(company, sold):
    budget = budget_of(
        company,
        {
            (YEAR, "sales", "", ""): 500_00,
            (YEAR, "sales", "segment", "large"): 300_00,
            (date(2026, 3, 1), "write_offs", "", ""): 10_00,
        },
    )
    facts = facts_due(Books(company), as_of=TODAY)
    assert keep_actuals(actor=system(company), facts=facts, at=AT) > 0
    assert keep_actuals(actor=system(company), facts=facts, at=AT) == 0
    table = budget_table(company, budget, as_of=TODAY)
    january = [cell for cell in table.cells if cell.month_on == YEAR]
    assert [(c.figure, c.key, c.budget, c.actual, c.variance and c.variance.ppm) for c in january] == [
        ("sales", "", 500_00, 400_00, -200_000),
        ("write_offs", "", None, 0, None),
        ("sales", "large", 300_00, 300_00, 0),
    ]  # fmt: skip
    sales = table.totals[0]
    assert (sales.actual, sales.run_rate.straight) == (400_00, 400_00 * 365 // 64)
    for figure, month, total in (("sales", YEAR, 400_00), ("write_offs", date(2026, 3, 1), 40_00)):
        rows = actual_rows(
            company, figure=figure, currency="EUR", first=month, last=month + timedelta(days=30)
        )
        assert rows.total_minor == sum(row.amount_minor for row in rows.page.rows) == total
        assert MonthActual.objects.get(figure=figure, month_on=month, dimension="").value == total
    retire_budget(actor=peer(company, "fay"), budget=budget, reason="over", at=AT)
    assert facts_due(Books(company), as_of=TODAY) is None


def test_a_budget_begins_with_last_years_figures_and_growth(company, sold):
    facts = month_facts(Books(company), as_of=TODAY, months=14)
    made = draft_budget(
        actor=peer(company), name="Grown", starts_on=YEAR, months=12, currency="EUR",
        facts=facts, growth_ppm={"sales": 100_000}, at=AT,
    )  # fmt: skip
    assert budget_lines(made)[YEAR, "sales", "", ""] == 220_00
    with pytest.raises(Refused, match="no figures in USD"):
        draft_budget(
            actor=peer(company), name="USD", starts_on=YEAR, months=12, currency="USD",
            facts=facts, at=AT,
        )  # fmt: skip


def test_liquidity_begins_with_the_newest_balance_and_knows_what_it_does_not(company):
    assert (liquidity(company, as_of=TODAY).rows, liquidity(company, as_of=TODAY).as_of) == (
        (),
        None,
    )
    outlook(company)
    assert liquidity(company, as_of=TODAY).opening_minor is None
    told(company, out_minor=100_000)
    set_buffer(
        actor=peer(company), kind="amount", amount_minor=20_000, days=0, miss_ppm=100_000, **ON
    )
    found = liquidity(company, as_of=TODAY)
    assert found.opening_minor == 50_000
    assert [(w.out_minor, w.p10_minor, w.below_minor) for w in found.rows[:3]] == [
        (0, 58_000, 0), (100_000, -34_000, 54_000), (0, -26_000, 46_000),
    ]  # fmt: skip
    assert (found.breach_on, found.days_covered) == (TODAY + timedelta(days=14), 45)
    account = BankAccount.objects.create(
        company=company, account="Main", currency="EUR", name="Main", recorded_at=AT
    )
    file = BankFile.objects.create(
        company=company, name="b", sha256="0" * 64, size_bytes=1, received_at=AT
    )
    BankStatement.objects.create(
        company=company, file=file, account=account, kind="statement", identity="1", content="1",
        closing_minor=70_000, closing_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    assert liquidity(company, as_of=TODAY).opening_minor == 70_000
    record_position(
        actor=peer(company), account="Till", on=TODAY, currency="CHF", balance_minor=5, **ON
    )
    missing = liquidity(company, as_of=TODAY)
    assert (missing.rows, missing.missing_rates) == ((), ("CHF",))


def test_balances_and_payments_are_told_anew_taken_back_and_brought_in_once(company):
    told(company, 1)
    told(company, 2)
    assert list(CashPosition.objects.order_by("pk").values_list("balance_minor", "withdrawn_on")) == [
        (1, TODAY), (2, None),
    ]  # fmt: skip
    sheet = b"Account,Day,Balance\nTill,2026-03-01,-7.50\nTill,soon,1.00\n"
    good = read_positions(sheet, "b.csv", home="EUR")
    assert [line.problem for line in good] == ["", "'soon' is no day; write it as 2026-01-31"]
    assert import_positions(actor=peer(company), lines=good, name="b.csv", **ON) == 1
    assert import_positions(actor=peer(company), lines=good, name="b.csv", **ON) == 0
    out = read_payments(
        b"Day,What for,Kind,Amount\n2026-04-01,Rent,Miete,-900.00\n2026-02-01,Old,,1.00\n",
        "p.csv", home="EUR",
    )  # fmt: skip
    assert import_payments(actor=peer(company), lines=out, name="p.csv", **ON) == 1
    rent = PlannedPayment.objects.get()
    assert (rent.kind, rent.amount_minor, rent.label) == ("suppliers", 900_00, "Rent")
    withdraw_payment(actor=peer(company), payment=rent, reason="moved out", **ON)
    withdraw_payment(actor=peer(company), payment=rent, reason="moved out", **ON)
    added = plan_payment(
        actor=peer(company), on=date(2026, 3, 31), kind="wages", label="Wages", currency="EUR",
        amount_minor=5, repeats=2, every_months=1, **ON,
    )  # fmt: skip
    days = PlannedPayment.objects.filter(kind="wages").order_by("on").values_list("on", flat=True)
    assert (added, list(days)) == (
        3, [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)],
    )  # fmt: skip
    with pytest.raises(Refused, match="is gone"):
        plan_payment(
            actor=peer(company), on=date(2026, 1, 1), kind="tax", label="VAT", currency="EUR",
            amount_minor=5, **ON,
        )  # fmt: skip


def test_scenarios_are_saved_compared_copied_and_put_away(company, customer):
    invoice(customer, "R1", 90_000)
    figures(company)
    outlook(company)
    late = save_scenario(
        actor=peer(company), name="Late", note="", assumptions=Assumptions(delay_days=7), at=AT
    )
    with pytest.raises(Refused, match="named Late"):
        copy_scenario(actor=peer(company), scenario=late, name="Late", at=AT)
    other = copy_scenario(actor=peer(company), scenario=late, name="Fails", at=AT)
    other = save_scenario(
        actor=peer(company), name="Fails", note="worst", version=1, scenario=other,
        assumptions=Assumptions(defaults=(customer.pk,), fx_ppm={"USD": -100_000}), at=AT,
    )  # fmt: skip
    with pytest.raises(Stale):
        save_scenario(
            actor=peer(company), name="Fails", note="", version=1, scenario=other,
            assumptions=Assumptions(), at=AT,
        )  # fmt: skip
    rows = scenario_rows(company)
    assert [(row.name, row.customers) for row in rows] == [
        ("Fails", ((customer.pk, "K1", "Acme"),)), ("Late", ()),
    ]  # fmt: skip
    found = compare_scenarios(company, rows, as_of=TODAY)
    base, _fails, delayed = found.columns
    known = liquidity(company, as_of=TODAY)
    assert base.result.total_minor == 130_000
    assert known.rows == ()
    assert (delayed.less_minor, delayed.tied_minor, delayed.result.later_minor) == (
        10_000, 10_000, 10_000,
    )  # fmt: skip
    assert base.result.dso_x100 == 9_000
    archive_scenario(actor=peer(company), scenario=other, **ON)
    archive_scenario(actor=peer(company), scenario=other, **ON)
    assert [row.name for row in scenario_rows(company)] == ["Late"]
    with pytest.raises(Refused, match="later"):
        save_scenario(
            actor=peer(company), name="X", note="", assumptions=Assumptions(delay_days=-1), at=AT
        )


def test_a_gap_raises_one_alert_a_period_and_ends_by_itself(company):
    outlook(company)
    told(company, 50_000, out_minor=100_000)
    budget_of(company, {(date(2026, 2, 1), "sales", "", ""): 100_00})
    keep_actuals(actor=system(company), facts=facts_due(Books(company), as_of=TODAY), at=AT)
    for moved in (5, 0):
        due = gaps_due(company, as_of=TODAY)
        assert raise_gap_alerts(actor=system(company), due=due, **ON) == moved
    kinds = [row.kind for row in alert_rows(company, limit=50).rows]
    assert (kinds.count("liquidity"), kinds.count("budget")) == (5, 0)
    week = alert_rows(company, limit=1).rows[0]
    assert (week.expected, week.wanted) == (-34_000, 0)
    assert [(one.name, one.amount_minor, one.closes) for one in week.levers] == [
        ("discount", 33_000, False)
    ]
    told(company, 500_000)
    later = {"as_of": TODAY + timedelta(days=1), "at": AT}
    raise_gap_alerts(actor=system(company), due=gaps_due(company, as_of=later["as_of"]), **later)
    assert not GapAlert.objects.filter(ended_on=None).exists()


def test_covenants_show_headroom_and_are_frozen_on_their_dates(company, customer):
    invoice(customer, "R1", 90_000, issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    figures(company)
    outlook(company, weekly=1_000, new=0)
    made = [
        add_covenant(
            actor=peer(company), name=measure, lender="Bank", measure=measure, currency="EUR",
            threshold=threshold, first_test_on=TODAY, every_months=3, at=AT, **more,
        )
        for measure, threshold, more in (
            ("dso", 9_100, {}),
            ("overdue_share", 500_000, {}),
            ("concentration", 1_000_000, {}),
            ("liquidity", 10, {}),
            ("borrowing_base", 2_000_000,
             {"drawn_minor": 36_000, "eligible_ppm": 800_000, "most_overdue_days": 60}),
        )
    ]  # fmt: skip
    rows = {row.measure: row for row in covenant_rows(company, as_of=TODAY)}
    assert {name: (row.now.measured, row.now.is_met) for name, row in rows.items()} == {
        "dso": (9_000, True),
        "overdue_share": (1_000_000, False),
        "concentration": (1_000_000, True),
        "liquidity": (None, None),
        "borrowing_base": (2_000_000, True),
    }
    assert rows["dso"].breach_on == TODAY + timedelta(days=7)
    due = covenant_tests_due(company, as_of=TODAY)
    assert freeze_covenant_tests(actor=system(company), due=due, at=AT) == 5
    assert freeze_covenant_tests(actor=system(company), due=due, at=AT) == 0
    assert covenant_tests_due(company, as_of=TODAY + timedelta(days=1)) == ()
    record_waiver(
        actor=peer(company), covenant=made[1], from_on=TODAY, until_on=TODAY,
        granted_by="Ms Bank", note="this quarter", at=AT,
    )  # fmt: skip
    tests = covenant_test_rows(company).rows
    assert {(row.measure, row.is_met, row.waived) for row in tests} >= {
        ("overdue_share", False, "Ms Bank"), ("dso", True, ""), ("liquidity", None, ""),
    }  # fmt: skip
    end_covenant(actor=peer(company), covenant=made[0], reason="repaid", **ON)
    assert Event.objects.filter(company=company, verb="covenant.tested").count() == 5
    assert CovenantTest.objects.count() == 5
    with pytest.raises(Refused, match="borrowing base needs"):
        add_covenant(
            actor=peer(company), name="base", lender="Bank", measure="borrowing_base",
            currency="EUR", threshold=1, first_test_on=TODAY, every_months=3, at=AT,
        )  # fmt: skip


def test_working_capital_follows_the_newest_row_not_after_the_day(company, customer):
    invoice(customer, "R1", 90_000)
    figures(company)
    for on, days in ((TODAY - timedelta(days=9), 10), (TODAY, 40)):
        record_working_capital(
            actor=peer(company), from_on=on, inventory_days=days, payables_days=30,
            cost_of_sales_minor=365_000, **ON,
        )  # fmt: skip
    found = capital(company, as_of=TODAY).figures
    assert (found.cycle_x100, found.need_minor, found.dso_day_minor) == (10_000, 100_000, 1_000)


def test_a_reader_changes_nothing(company, reader):
    with pytest.raises(Refused, match=r"planning\.edit"):
        set_buffer(
            actor=staff(reader, company), kind="days", amount_minor=0, days=5, miss_ppm=1, **ON
        )
