"""What an applicant is told and by when: two cases that pass and two that fail around each day."""

from datetime import date, timedelta
from pathlib import Path

import pytest

import dunwell
from dunwell.engine.adverse_action import (
    Applicant,
    check_reasons,
    duties,
    notice_texts,
    read_adverse_pack,
)
from dunwell.engine.documents import DocumentError
from dunwell.formats.policies import read_policy

SHIPPED = Path(dunwell.__file__).parent / "policies" / "adverse_action.yaml"
DOCUMENT = read_policy(SHIPPED.read_text(encoding="utf-8")).document
PACK = read_adverse_pack(DOCUMENT)
DAY = date(2026, 3, 2)
US = Applicant(country="US", is_natural_person=False)


def after(days):
    return DAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("applicant", "rules"),
    [
        (US, ("US-REGB-TRADE", "OWN-DECISION")),
        (
            Applicant(country="US", is_natural_person=False, is_trade_credit=False),
            ("US-REGB-SMALL", "US-REGB-TRADE", "OWN-DECISION"),
        ),
        (
            Applicant(
                country="US",
                is_natural_person=False,
                is_trade_credit=False,
                revenue_usd_minor=100_000_001,
            ),
            ("US-REGB-TRADE", "OWN-DECISION"),
        ),
        (
            Applicant(country="US", is_natural_person=True, used_consumer_report=True),
            ("US-REGB-TRADE", "US-FCRA-ADVERSE", "OWN-DECISION"),
        ),
        (Applicant(country="DE", is_natural_person=True), ("GDPR-15-22", "OWN-DECISION")),
        (Applicant(country="DE", is_natural_person=False), ("OWN-DECISION",)),
        (Applicant(country="NO", is_natural_person=True), ("GDPR-15-22", "OWN-DECISION")),
    ],
)
def test_rules_bind_by_their_scope(applicant, rules):
    assert duties(PACK, applicant, on=DAY).rules == rules


def test_what_is_not_known_counts_as_its_strictest():
    unknown = Applicant(is_trade_credit=None, used_consumer_report=None)
    owed = duties(PACK, unknown, on=DAY)
    assert owed.rules == tuple(rule.id for rule in PACK.rules)
    assert (owed.notice_days, owed.reasons_days, owed.names_agency, owed.explains) == (
        30, 30, True, True,
    )  # fmt: skip


@pytest.mark.parametrize(("days", "in_time"), [(29, True), (30, True), (31, False), (45, False)])
def test_the_decision_is_told_within_thirty_days(days, in_time):
    assert (after(days) <= duties(PACK, US, on=DAY).notify_by(DAY)) is in_time


@pytest.mark.parametrize(("days", "in_time"), [(0, True), (60, True), (61, False), (90, False)])
def test_reasons_may_be_asked_for_within_sixty_days(days, in_time):
    owed = duties(PACK, US, on=DAY)
    assert owed.may_ask(told_on=DAY, asked_on=after(days)) is in_time


@pytest.mark.parametrize(("days", "in_time"), [(29, True), (30, True), (31, False), (60, False)])
def test_reasons_are_given_within_thirty_days(days, in_time):
    assert (after(days) <= duties(PACK, US, on=DAY).reasons_by(DAY)) is in_time


@pytest.mark.parametrize(("days", "in_time"), [(29, True), (30, True), (31, False), (40, False)])
def test_a_person_looks_again_within_thirty_days(days, in_time):
    owed = duties(PACK, Applicant(country="FR", is_natural_person=True), on=DAY)
    due = owed.review_by(DAY)
    assert due is not None
    assert (after(days) <= due) is in_time
    assert duties(PACK, US, on=DAY).review_by(DAY) is None


def test_a_rule_binds_from_its_first_day_to_its_last():
    document = {
        **DOCUMENT,
        "rules": [
            *DOCUMENT["rules"],
            {
                "id": "NEW",
                "text": "x",
                "scope": {},
                "source": "x",
                "evidence": "own",
                "notice_days": 10,
                "effective_from": after(0),
                "effective_to": after(5),
            },
        ],
    }
    pack = read_adverse_pack(document)
    found = [duties(pack, US, on=after(days)).notice_days for days in (-1, 0, 5, 6)]
    assert found == [30, 10, 10, 30]


def test_notices_hold_the_law_s_words_and_the_agency():
    applicant = Applicant(country="US", is_natural_person=True, used_consumer_report=True)
    owed = duties(PACK, applicant, on=DAY)
    texts = notice_texts(PACK, owed, language="en", agency="Bureau One, Main St 1, 555-0100")

    assert owed.notices == ("ecoa", "reasons_right", "fcra")
    assert "Equal Credit Opportunity Act prohibits creditors" in texts[0]
    assert "within 60 days" in texts[1]
    assert "sent to you within 30 days" in texts[1]
    assert "named here: Bureau One, Main St 1, 555-0100. The agency did not make" in texts[2]
    german = notice_texts(PACK, owed, language="de", agency="X")
    assert len(german) == 3
    assert german[0].startswith("Der Equal Credit Opportunity Act")
    assert notice_texts(PACK, owed, language="fr", agency="X")[0] == texts[0]


@pytest.mark.parametrize(
    ("reasons", "text"),
    [
        (["Pays most items late"], "1 reasons are given"),
        (["Pays most items late"] * 2, "are the same"),
        (["Pays most items late", "bad"], "'bad' is not specific"),
        (["Pays most items late", "Does not meet our internal standards"], "not specific"),
        (["a reason of its own " + str(n) for n in range(5)], "needs 2 to 4"),
    ],
)
def test_reasons_are_two_to_four_and_specific(reasons, text):
    assert text in check_reasons(reasons)


def test_good_reasons_pass():
    assert check_reasons(["Pays most items late", "Known for three months or less"]) == ""


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"rules": []}, "must give everybody notice_days"),
        ({"more": 1}, "is not known"),
        ({"rules": [*DOCUMENT["rules"], DOCUMENT["rules"][0]]}, "same id"),
        ({"notices": {"ecoa": {"en": "x"}}}, "de must be a text"),
    ],
)
def test_a_wrong_pack_is_refused(change, text):
    with pytest.raises(DocumentError, match=text):
        read_adverse_pack({**DOCUMENT, **change})
