from datetime import date, timedelta
from importlib.resources import files

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.policies import (
    discard_policy,
    draft_policy,
    load_shipped_policies,
    publish_policy,
)
from dunwell.actions.policy_versions import WHAT
from dunwell.models import Company, PolicyVersion
from dunwell.queries.policies import strategies_in_force
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY, add_user

TEXT = """\
strategy:
  name: polite
  valid_from: 2026-03-10
  segments: [standard]
  steps:
    - {level: 1, day: 3, channel: email, template: reminder}
    - {level: 2, day: 14, channel: call, template: call_script}
cases:
  - {name: nothing on the second day, days_past_due: 2, expect: null}
  - {name: a reminder on the third day, days_past_due: 3, expect: 1}
  - {name: then a call, days_past_due: 20, contacted: {1: 17}, expect: 2}
"""


def draft(user, text=TEXT):
    return draft_policy(actor=acting(user), text=text, at=AT)


def publish(user, version, as_of=TODAY):
    publish_policy(actor=acting(user), version=version, as_of=as_of, at=AT)


def changed(old, new):
    assert old in TEXT
    return TEXT.replace(old, new)


@pytest.fixture
def second(company):
    return add_user(company, "max", "credit_manager")


def test_a_draft_keeps_the_text_and_counts_versions(company, manager):
    first = draft(manager)
    same = draft(manager)
    next_one = draft(manager, changed("day: 14", "day: 15"))

    assert (first.name, first.version, first.status, first.author) == (
        "polite",
        1,
        "draft",
        "mona",
    )
    assert (first.text, first.valid_from) == (TEXT, date(2026, 3, 10))
    assert first.document["strategy"]["valid_from"] == "2026-03-10"
    assert (same.pk, next_one.version) == (first.pk, 2)
    assert verbs(company) == ["strategy.drafted", "strategy.drafted"]
    assert last_event(company)[1:] == ("mona", None, {"name": "polite", "version": 2})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: expected fields such as 'strategy:' at the start of the line"),
        ("a: [", "line 1: did not find expected node content"),
        (
            changed("day: 14,", "day: 1,"),
            (
                "line 7: strategy polite, step 2: day 1 is not after day 3; each step must come later "
                "than the one before"
            ),
        ),
        (
            changed("channel: call", "channel: fax"),
            (
                "line 7: strategy polite, step 2: channel 'fax' is not known; use one of email, "
                "letter, call, sms, portal, dialogue"
            ),
        ),
        (
            changed("  segments", "  colour: red\n  segments"),
            None,
        ),
        (
            changed("valid_from: 2026-03-10", "valid_from: soon"),
            "line 3: strategy polite: valid_from must be a day such as 2026-01-31, found 'soon'",
        ),
        (
            changed("  name: polite", "  name: polite\n  name: rude"),
            "line 3: name stands twice; keep one of them",
        ),
        (
            changed("[standard]", "&s [standard]"),
            "line 4: references (& and *) are not read; repeat the value",
        ),
        (
            changed("days_past_due: 3, expect: 1", "days_past_due: 3, expect: 2"),
            "line 10: case 2 fails: a reminder on the third day: expected level 2, found level 1",
        ),
    ],
)
def test_a_wrong_text_is_refused_with_its_line(company, manager, text, sentence):
    with pytest.raises(Refused) as refusal:
        draft(manager, text)

    told = str(refusal.value)
    if sentence is None:
        assert told.startswith("line 4: strategy polite: field 'colour' is not known; use ")
    elif "fails" in sentence:
        assert told.startswith(sentence.split(": expected")[0])
    elif "did not" in sentence:
        assert told.startswith("line 1: ")
    else:
        assert told == sentence
    assert (PolicyVersion.objects.count(), verbs(company)) == (0, [])


def test_a_second_person_publishes_and_the_version_is_in_force_from_its_day(
    company, manager, second
):
    version = draft(manager)
    with pytest.raises(Refused) as refusal:
        publish(manager, version)
    publish(second, version)

    version.refresh_from_db()
    assert str(refusal.value) == "You wrote this version; somebody else has to publish it."
    assert (version.status, version.approver, version.published_at) == ("published", "max", AT)
    assert last_event(company) == (
        "strategy.published",
        "max",
        None,
        {
            "name": "polite",
            "version": 1,
            "valid_from": "2026-03-10",
            "author": "mona",
            "override": "",
        },
    )
    day = date(2026, 3, 10)
    before = strategies_in_force(company, as_of=day - timedelta(days=1))
    then = strategies_in_force(company, as_of=day)
    assert before == ()
    assert [(found.version_id, found.strategy.name) for found in then] == [(version.pk, "polite")]


def test_alone_or_in_a_demo_the_author_publishes_and_the_event_says_so(company, manager):
    publish(manager, draft(manager))
    alone = last_event(company)[3]["override"]
    add_user(company, "max", "credit_manager")
    Company.objects.update(is_demo=True)
    publish(manager, draft(manager, changed("day: 14", "day: 15")))

    assert (alone, last_event(company)[3]["override"]) == (
        "nobody else works here",
        "demo company",
    )


def test_of_two_versions_from_one_day_the_later_written_is_in_force(company, manager, second):
    for text in (TEXT, changed("day: 14", "day: 15")):
        publish(second, draft(manager, text))

    found = strategies_in_force(company, as_of=date(2026, 3, 10))

    assert [(one.version, one.strategy.steps[1].day) for one in found] == [(2, 15)]


def test_a_day_that_has_passed_and_a_claimed_segment_are_refused(company, manager, second):
    publish(second, draft(manager))
    late = draft(manager, changed("2026-03-10", "2026-03-04"))
    rude = draft(manager, changed("name: polite", "name: rude"))

    with pytest.raises(Refused) as passed:
        publish(second, late)
    with pytest.raises(Refused) as claimed:
        publish(second, rude)

    assert str(passed.value) == (
        "valid_from 2026-03-04 has passed; draft it again with 2026-03-05 or later, so that past "
        "days keep their strategy."
    )
    assert str(claimed.value) == (
        "segment standard: polite and rude both apply from 2026-03-10; remove the segment from "
        "one of them or give one a later valid_from"
    )


def test_of_two_people_at_once_one_is_told_and_nothing_is_edited_afterwards(
    company, manager, second
):
    version = draft(manager)
    stale = PolicyVersion.objects.get(pk=version.pk)
    publish(second, version)

    with pytest.raises(Refused) as refusal:
        discard_policy(actor=acting(manager), version=stale, at=AT)
    stale.refresh_from_db()
    with pytest.raises(Refused) as published:
        publish(second, stale)
    with pytest.raises(Refused) as kept:
        discard_policy(actor=acting(manager), version=stale, at=AT)

    assert str(refusal.value) == (
        "Somebody else has just changed this version; load the page again."
    )
    assert str(published.value) == "This version is published and cannot be published."
    assert str(kept.value) == "This version is published and cannot be discarded."
    assert verbs(company) == ["strategy.drafted", "strategy.published"]


def test_a_discarded_draft_keeps_its_number(company, manager):
    version = draft(manager)
    discard_policy(actor=acting(manager), version=version, at=AT)

    version.refresh_from_db()
    assert version.status == "discarded"
    assert last_event(company)[0::3] == ("strategy.discarded", {"name": "polite", "version": 1})
    assert draft(manager).version == 2


def test_the_shipped_strategies_are_published_once(company):
    shipped = sorted(
        path.name
        for path in (files("dunwell") / "policies").iterdir()
        if path.name.startswith("strategy_")
    )

    added = load_shipped_policies(company=company, at=AT)
    again = load_shipped_policies(company=company, at=AT)

    assert (added, again) == (len(shipped), 0)
    assert {event["file"] for event in company.events.values_list("data", flat=True)} == set(
        shipped
    )
    assert set(PolicyVersion.objects.values_list("status", "author", "approver", "version")) == {
        ("published", "shipped", "shipped", 1)
    }
    assert len(strategies_in_force(company, as_of=TODAY)) == len(shipped)


def test_strategies_need_the_right_and_the_own_company(admin, collector, manager, rival):
    version = draft(manager)

    with pytest.raises(Forbidden, match="strategy.edit"):
        draft(collector)
    with pytest.raises(Forbidden, match="strategy.publish"):
        publish(admin, version)
    with pytest.raises(Refused, match="This strategy belongs to another company"):
        publish(rival, version)
    with pytest.raises(Refused, match="This strategy belongs to another company"):
        discard_policy(actor=acting(rival), version=version, at=AT)


def test_every_kind_of_policy_has_a_name_in_sentences():
    assert set(WHAT) == set(PolicyVersion.Kind.values)
