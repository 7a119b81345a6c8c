"""Figures of the desk's other records: cost, contact, satisfaction, matching, forecast."""

from fractions import Fraction

from dunwell.engine import kpis
from dunwell.engine.kpi_sums import Facts

Answer = tuple[Fraction | None, dict[str, int]]

DESK_INPUTS = (
    *("cost_minor", "calls", "calls_reached", "contacts_judged", "contacts_resolved"),
    *("csat_answers", "csat_satisfied", "nps_answers", "nps_promoters", "nps_detractors"),
    *("effort_answers", "effort_sum", "lines", "auto_lines", "lines_minor", "auto_lines_minor"),
    *("auto_judged", "auto_right", "actual_minor", "forecast_minor", "invoices_dated"),
    *("invoice_days", "invoices_judged", "invoices_in_time", "invoices_received", "receipt_days"),
)
"""Inputs of these figures; `queries.kpi_records` has their rows."""


def desk_figures(facts: Facts) -> dict[str, Answer]:
    """Return the figures of DESK_INPUTS; what is not recorded is not applicable and never 0."""
    return {**_contact(facts), **_money(facts), **_service(facts)}


def _share(facts: Facts, part: str, whole: str) -> Answer:
    """Return a part of a whole in percent with both as inputs."""
    inputs = {part: facts.sums[part], whole: facts.sums[whole]}
    return kpis.percent(part=inputs[part], whole=inputs[whole]), inputs


def _mean(facts: Facts, total: str, weight: str) -> Answer:
    inputs = {total: facts.sums[total], weight: facts.sums[weight]}
    return kpis.weighted_mean(total=inputs[total], weight=inputs[weight]), inputs


def _contact(facts: Facts) -> dict[str, Answer]:
    sums = facts.sums
    votes = {name: sums[name] for name in ("nps_promoters", "nps_detractors", "nps_answers")}
    return {
        "right_party_contact": _share(facts, "calls_reached", "calls"),
        "first_contact_resolution": _share(facts, "contacts_resolved", "contacts_judged"),
        "csat": _share(facts, "csat_satisfied", "csat_answers"),
        "nps": (
            kpis.net_promoter_score(
                promoters=votes["nps_promoters"],
                detractors=votes["nps_detractors"],
                answers=votes["nps_answers"],
            ),
            votes,
        ),
        "customer_effort": _mean(facts, "effort_sum", "effort_answers"),
    }


def _money(facts: Facts) -> dict[str, Answer]:
    cost = facts.sums["cost_minor"]
    collected = facts.within("collected_minor")
    weeks = facts.by_key["actual_minor"] | facts.by_key["forecast_minor"]
    actual = [facts.by_key["actual_minor"].get(week, 0) for week in sorted(weeks)]
    forecast = [facts.by_key["forecast_minor"].get(week, 0) for week in sorted(weeks)]
    sums = {"actual_minor": sum(actual), "forecast_minor": sum(forecast), "weeks": len(weeks)}
    return {
        # no cost typed in means that nobody knows the cost, not that there is none
        "cost_to_collect": (
            kpis.percent(part=cost, whole=collected) if cost else None,
            {"cost_minor": cost, "collected_minor": collected},
        ),
        "auto_match": _share(facts, "auto_lines", "lines"),
        "auto_match_amount": _share(facts, "auto_lines_minor", "lines_minor"),
        "auto_match_precision": _share(facts, "auto_right", "auto_judged"),
        "forecast_wape": (kpis.wape(actual=actual, forecast=forecast), sums),
        "forecast_bias": (kpis.forecast_bias(actual=actual, forecast=forecast), sums),
        "forecast_mape": (kpis.mape(actual=actual, forecast=forecast), sums),
    }


def _service(facts: Facts) -> dict[str, Answer]:
    received = facts.by_key["invoices_received"]
    counts = {
        "invoices_received": sum(received.values()),
        "receipt_days": sum(days * times for days, times in received.items()),
    }
    return {
        "days_to_invoice": _mean(facts, "invoice_days", "invoices_dated"),
        "delivered_before_due": _share(facts, "invoices_in_time", "invoices_judged"),
        "days_to_receipt": (kpis.mean_and_median(received)[1], counts),
    }
