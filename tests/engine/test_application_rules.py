"""What an application has to hold, and the clock that only waiting for the applicant stops."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.application_rules import (
    ApplicationRules,
    Missing,
    Needed,
    Requirement,
    chase_due,
    decision_clock,
    missing_answers,
    needed,
    read_application_rules,
)
from dunwell.engine.documents import DocumentError

DAY = date(2026, 3, 2)
RULES = ApplicationRules()


def on(days):
    return DAY + timedelta(days=days)


def test_no_section_gives_the_standard():
    assert read_application_rules(None) == RULES


def test_a_section_is_read_with_every_field():
    rules = read_application_rules(
        {
            "expiry_days": 30,
            "decide_days": 5,
            "activate_days": 60,
            "chase_days": [2, 4],
            "give_up_days": 6,
            "needs_answered": 2,
            "screening": {"threshold_ppm": 900_000},
            "requirements": [
                {
                    "name": "all",
                    "countries": ["FR"],
                    "from_minor": 100,
                    "applicant": "company",
                    "fields": ["vat_id"],
                    "documents": ["annual_accounts"],
                    "trade_references": 1,
                    "bank_references": 1,
                }
            ],
        }
    )

    assert rules == ApplicationRules(
        expiry_days=30,
        decide_days=5,
        activate_days=60,
        chase_days=(2, 4),
        give_up_days=6,
        needs_answered=2,
        threshold_ppm=900_000,
        requirements=(
            Requirement(
                name="all",
                countries=("FR",),
                from_minor=100,
                applicant="company",
                fields=("vat_id",),
                documents=("annual_accounts",),
                trade_references=1,
                bank_references=1,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ({"days": 3}, "field 'days' is not known"),
        ({"decide_days": 0}, "decide_days is 0"),
        ({"chase_days": [5, 5]}, "chase_days must rise"),
        ({"chase_days": ["x"]}, "write days such as"),
        ({"chase_days": [5], "give_up_days": 5}, "must lie after the reminders"),
        ({"screening": {"threshold_ppm": 1}}, "threshold_ppm is 1"),
        ({"requirements": [{"name": "a", "fields": ["shoe_size"]}]}, "shoe_size"),
        ({"requirements": [{"name": "a", "countries": ["Germany"]}]}, "is no country"),
        ({"requirements": [{"name": "a"}, {"name": "a"}]}, "two are named 'a'"),
    ],
)
def test_a_wrong_section_is_refused_with_its_place(section, text):
    with pytest.raises(DocumentError, match=text):
        read_application_rules(section)


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        (
            {"country": "DE", "asked_minor": 500_000, "is_person": False},
            Needed(
                fields=(
                    *("name", "street", "postcode", "city", "contact_name", "contact_email"),
                    *("vat_id", "registration", "register_court"),
                ),
                documents=(),
                trade_references=0,
                bank_references=0,
            ),
        ),
        (
            {"country": "US", "asked_minor": 25_000_000, "is_person": False},
            Needed(
                fields=(
                    *("name", "street", "postcode", "city", "contact_name", "contact_email"),
                    *("legal_form", "region", "revenue_minor"),
                ),
                documents=("annual_accounts", "interim_accounts"),
                trade_references=3,
                bank_references=1,
            ),
        ),
        (
            {"country": "DE", "asked_minor": 100, "is_person": True},
            Needed(
                fields=(
                    *("name", "street", "postcode", "city", "contact_name", "contact_email"),
                    "owner_born_on",
                ),
                documents=(),
                trade_references=0,
                bank_references=0,
            ),
        ),
    ],
)
def test_requirements_add_up_by_country_amount_and_kind(facts, expect):
    assert needed(RULES, **facts) == expect


def test_an_amount_that_is_not_known_counts_as_large():
    assert needed(RULES, country="GB", asked_minor=None, is_person=False) == needed(
        RULES, country="GB", asked_minor=10**12, is_person=False
    )


def test_everything_that_is_missing_is_named():
    wanted = Needed(
        fields=("name", "vat_id"), documents=("identity",), trade_references=4, bank_references=1
    )

    found = missing_answers(
        wanted,
        answers={"name": "Acme", "vat_id": "  "},
        documents_given=["other"],
        references={"trade": 1},
        consents=["truth"],
        asked_minor=None,
    )

    assert found == (
        Missing(kind="field", name="asked_minor"),
        Missing(kind="field", name="vat_id"),
        Missing(kind="document", name="identity"),
        Missing(kind="reference", name="trade", count=3),
        Missing(kind="reference", name="bank"),
        Missing(kind="consent", name="credit_check"),
    )


@pytest.mark.parametrize(
    ("waits", "as_of", "expect"),
    [
        ([], 0, (10, 0, False, 10)),
        ([], 12, (10, 0, False, -2)),
        ([(2, 5)], 8, (13, 3, False, 5)),
        ([(2, None)], 6, (14, 4, True, 8)),
        # before it was complete, and days that two spans share
        ([(-9, 0)], 3, (10, 0, False, 7)),
        ([(1, 4), (3, 6)], 9, (15, 5, False, 6)),
    ],
)
def test_the_clock_stands_only_while_the_applicant_is_waited_for(waits, as_of, expect):
    clock = decision_clock(
        RULES,
        complete_on=DAY,
        waits=[(on(first), None if last is None else on(last)) for first, last in waits],
        as_of=on(as_of),
    )

    decide, paused, is_paused, left = expect
    assert (clock.decide_by, clock.paused_days, clock.is_paused, clock.days_left) == (
        on(decide), paused, is_paused, left,
    )  # fmt: skip


def test_what_is_not_complete_has_no_day():
    clock = decision_clock(RULES, complete_on=None, waits=[], as_of=DAY)
    assert (clock.decide_by, clock.days_left) == (None, None)


@given(
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=5),
    as_of=st.integers(0, 80),
)
def test_a_clock_never_pauses_longer_than_time_has_passed(spans, as_of):
    waits = [(on(first), on(first + length)) for first, length in spans]
    clock = decision_clock(RULES, complete_on=DAY, waits=waits, as_of=on(as_of))
    days = {day for first, length in spans for day in range(first, first + length) if day < as_of}
    assert clock.paused_days == len(days) <= as_of


@pytest.mark.parametrize(
    ("day", "chased", "expect"),
    [(4, 0, ""), (5, 0, "chase"), (5, 1, ""), (10, 1, "chase"), (14, 2, ""), (15, 0, "give_up")],
)
def test_references_are_reminded_and_given_up_by_the_day(day, chased, expect):
    assert chase_due(RULES, asked_on=DAY, chased=chased, as_of=on(day)) == expect


def test_the_shipped_policy_says_what_holds_without_it():
    from pathlib import Path

    import dunwell
    from dunwell.formats.policies import read_policy

    path = Path(dunwell.__file__).parent / "policies" / "credit_standard.yaml"
    document = read_policy(path.read_text(encoding="utf-8")).document
    assert read_application_rules(document["credit"]["applications"]) == RULES
