"""Which report of several bureaus leads, and how far they are apart."""

from datetime import date

from dunwell.engine.bureau_facts import Report, bureau_facts, latest_reports
from dunwell.engine.credit_fact_names import BUREAU, fits

DAY = date(2026, 3, 5)


def report(bureau="Alpha", **changes):
    stated = {
        "bureau": bureau,
        "priority": 1,
        "max_age_days": 180,
        "reported_on": date(2026, 3, 1),
        **changes,
    }
    return Report(**stated)


def test_the_first_bureau_of_the_waterfall_leads_while_its_report_is_young():
    alpha = report(score=720, pd_ppm=12_000, risk_class="B")
    beta = report("Beta", priority=2, pd_ppm=40_000, is_insolvent=False, limit_minor=5_000_00)
    assert bureau_facts([beta, alpha], as_of=DAY) == {
        "bureau_name": "Alpha",
        "bureau_score": 720,
        "bureau_pd_ppm": 12_000,
        "bureau_limit_minor": None,
        "bureau_class": "B",
        "bureau_is_insolvent": False,
        "bureau_age_days": 4,
        "bureau_is_stale": False,
        "bureau_reports": 2,
        "bureau_disagreement_ppm": 28_000,
    }


def test_an_old_report_gives_way_to_a_young_one_of_a_later_bureau():
    old = report(reported_on=date(2025, 1, 1))
    young = report("Beta", priority=2)
    assert [one.bureau for one in latest_reports([old, young], as_of=DAY)] == ["Beta", "Alpha"]


def test_the_newest_of_one_bureau_counts_the_later_of_one_day():
    first, second = report(sequence=1, score=1), report(sequence=2, score=2)
    before = report(reported_on=date(2026, 2, 1), sequence=3, score=3)
    assert latest_reports([second, before, first], as_of=DAY) == [second]


def test_an_insolvency_counts_whoever_reports_it():
    facts = bureau_facts(
        [report(is_insolvent=False), report("Beta", priority=9, is_insolvent=True)], as_of=DAY
    )
    assert facts["bureau_is_insolvent"] is True
    assert bureau_facts([report()], as_of=DAY)["bureau_is_insolvent"] is None


def test_a_report_of_a_later_day_is_not_known_yet():
    assert bureau_facts([report(reported_on=date(2026, 3, 6))], as_of=DAY) == {}


def test_the_facts_are_those_of_the_catalogue():
    facts = bureau_facts([report()], as_of=DAY)
    assert set(facts) == set(BUREAU)
    assert all(fits(name, value) for name, value in facts.items())
