"""Policy documents of every kind: drafted with their cases, published by another, discarded."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dunwell.actions.authority import asked_in, authorise, held_in
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.limits import propose_limit, withdraw_limit
from dunwell.actions.policies_by_kind import (
    discard_document,
    draft_document,
    publish_document,
)
from dunwell.actions.policy_kinds import KINDS
from dunwell.models import Certificate, CreditLimit, Event, PolicyVersion
from dunwell.queries.authority import authority_in_force
from dunwell.queries.policies import policy_rows
from dunwell.queries.policy_documents import (
    policies_at_a_glance,
    standard_text,
    text_in_force,
)
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY, add_user

TEXT = """\
authority:
  name: ours
  valid_from: {day}
  ladder: [collector, credit_manager]
  grants:
    - {{act: plan, role: collector, alone: {{amount_minor: {most}, months: 3}}}}
cases:
  - {{name: half a year needs nobody, act: plan, roles: [collector], amount_minor: 5,
     months: {months}, expect: allowed}}
"""


def text(day=TODAY, most=5, months=3):
    return TEXT.format(day=day, most=most, months=months)


def drafted(user, **changes):
    return draft_document(actor=acting(user), kind="authority", text=text(**changes), at=AT)


def test_a_draft_is_published_by_another_and_holds_from_its_day_on(company, admin, manager):
    start = TODAY + timedelta(days=2)
    version = drafted(admin, day=start)
    assert (version.kind, version.name, version.version, version.status) == (
        "authority", "ours", 1, "draft",
    )  # fmt: skip
    assert drafted(admin, day=start) == version

    publish_document(actor=acting(manager), version=version, as_of=TODAY, at=AT)

    assert verbs(company) == ["policy.drafted", "policy.published"]
    data = last_event(company)[3]
    assert (data["kind"], data["author"], data["override"]) == ("authority", "ada", "")
    assert authority_in_force(company, as_of=TODAY).version_id is None
    in_force = authority_in_force(company, as_of=start)
    assert (in_force.version_id, in_force.policy.name) == (version.pk, "ours")
    glance = policies_at_a_glance(company, ["authority"], as_of=start)[0]
    assert (glance.version_id, glance.valid_from, glance.drafts) == (version.pk, start, 0)
    assert text_in_force(company, "authority", as_of=start).text == text(day=start)
    assert text_in_force(company, "authority", as_of=TODAY).text == standard_text("authority")


def test_a_certificate_that_is_good_unlocks_what_a_cell_names_it_for(
    company, admin, manager, collector, customer
):
    cell, case = "role: collector, alone", "roles: [collector], amount"
    told = text().replace(cell, "role: collector, certificate: hard_calls, alone")
    told = told.replace(case, "roles: [collector], certificates: [hard_calls], amount")
    told = told.replace("cases:", "    - {act: plan, role: credit_manager, approves: "
                        "{amount_minor: any, months: 9}}\ncases:")  # fmt: skip
    with pytest.raises(Refused, match="there is no certificate hard_call; there are first_calls"):
        draft_document(actor=acting(admin), kind="authority", at=AT,
                       text=told.replace("hard_calls", "hard_call"))  # fmt: skip
    version = draft_document(actor=acting(admin), kind="authority", text=told, at=AT)
    publish_document(actor=acting(manager), version=version, as_of=TODAY, at=AT)

    def asked(day=TODAY, person=collector):
        return authorise(
            actor=acting(person), customer=customer, act="plan", currency=company.currency,
            amount_minor=5, months=3, as_of=day,
        )  # fmt: skip

    assert (asked().status, asked().needs_role) == ("needs_approval", "credit_manager")
    held = Certificate.objects.create(
        company=company, user=collector, kind="hard_calls", issued_on=TODAY,
        expires_on=TODAY + timedelta(days=2), recorded_at=AT,
    )  # fmt: skip
    found = asked()
    assert found.is_allowed
    assert found.document()["ask"]["certificates"] == ["hard_calls"]
    assert asked_in(found.document()["ask"]) == found.ask
    assert asked(person=manager).status == "needs_approval", "somebody else's certificate"
    kept = found.document()

    yesterday, today = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    assert asked(yesterday).is_allowed
    late = asked(today)
    assert (late.status, late.needs_role) == ("needs_approval", "credit_manager")
    assert "only with a certificate hard calls that is good that day" in late.text
    assert asked(TODAY).document() == kept, "the day replayed after it expired"
    Certificate.objects.filter(pk=held.pk).update(
        revoked_on=yesterday, revoked_by="mona", reason="Not what it says."
    )
    assert not asked(yesterday).is_allowed
    assert asked(TODAY).document() == kept, "the day replayed after it was taken back"
    assert held_in(kept) == {"certificates": ["hard_calls"]}
    assert held_in(late.document()) == held_in({}) == {}


def test_events_keep_the_certificate_a_decision_or_a_request_was_made_with(
    company, admin, manager, customer
):
    told = text().replace("cases:", """\
    - {act: limit, role: collector, certificate: concessions, alone: {amount_minor: 900}}
    - {act: limit, role: credit_manager, approves: {amount_minor: any}}
cases:""")  # fmt: skip
    version = draft_document(actor=acting(admin), kind="authority", text=told, at=AT)
    publish_document(actor=acting(manager), version=version, as_of=TODAY, at=AT)
    both = replace(acting(admin), roles=frozenset({"collector"}), rights=acting(manager).rights)
    yesterday = TODAY - timedelta(days=1)
    Certificate.objects.create(
        company=company, user=admin, kind="concessions", issued_on=yesterday,
        expires_on=TODAY + timedelta(days=1), recorded_at=AT,
    )  # fmt: skip

    def asked(amount_minor, day):
        limit = propose_limit(
            actor=both, customer=customer, kind="standard", amount_minor=amount_minor,
            from_on=day, reason="they buy more", as_of=day, at=AT,
        )  # fmt: skip
        return limit.status, last_event(company)[3].get("certificates")

    assert asked(900, TODAY) == ("approved", ["concessions"])
    assert asked(901, TODAY) == ("proposed", None)
    assert Event.objects.get(verb="approval.requested").data["certificates"] == ["concessions"]
    withdraw_limit(actor=both, limit=CreditLimit.objects.latest("pk"), as_of=TODAY, at=AT)
    assert asked(899, TODAY)[0] == "approved"
    assert asked(900, TODAY + timedelta(days=1)) == ("proposed", None)
    asks = Event.objects.filter(verb="approval.requested").order_by("seq")
    assert [one.data["certificates"] for one in asks] == [["concessions"], []]


def test_of_one_kind_one_document_is_in_force_whatever_its_name(company, admin, manager):
    first = drafted(admin)
    other = text().replace("name: ours", "name: theirs")
    second = draft_document(actor=acting(admin), kind="authority", text=other, at=AT)
    for version in (first, second):
        publish_document(actor=acting(manager), version=version, as_of=TODAY, at=AT)

    rows = policy_rows(company, as_of=TODAY, kind="authority").rows
    assert [(row.name, row.is_in_force) for row in rows] == [("theirs", True), ("ours", False)]


def test_what_is_wrong_is_refused_with_its_line(company, admin, manager):
    for changed, message in [
        (text(months=4), "line 9: case 1 fails: half a year needs nobody: expected allowed"),
        (text(most="five"), "line 6: authority, grant 1, alone: amount_minor must be a whole"),
        ("authority: [", "line 1: "),
    ]:
        with pytest.raises(Refused) as refusal:
            draft_document(actor=acting(admin), kind="authority", text=changed, at=AT)
        assert str(refusal.value).startswith(message)
    with pytest.raises(Refused, match="There is no policy strategy; use"):
        draft_document(actor=acting(admin), kind="strategy", text=text(), at=AT)
    assert PolicyVersion.objects.count() == 0


def test_publishing_refuses_the_author_past_days_and_other_kinds(
    company, admin, manager, collector
):
    mine = drafted(manager)
    with pytest.raises(Refused, match="You wrote this version"):
        publish_document(actor=acting(manager), version=mine, as_of=TODAY, at=AT)
    other = acting(add_user(company, "max", "credit_manager"))
    with pytest.raises(Refused, match="has passed; draft it again"):
        publish_document(actor=other, version=mine, as_of=TODAY + timedelta(days=1), at=AT)
    with pytest.raises(Forbidden, match=r"policy\.publish"):
        publish_document(actor=acting(admin), version=mine, as_of=TODAY, at=AT)
    with pytest.raises(Forbidden, match=r"policy\.edit"):
        drafted(collector)
    strategy = PolicyVersion.objects.create(
        company=company, kind="strategy", name="s", version=1, text="", document={},
        valid_from=TODAY, author="x", recorded_at=AT,
    )  # fmt: skip
    with pytest.raises(Refused, match="Versions of a strategy are not decided here"):
        discard_document(actor=acting(admin), version=strategy, at=AT)

    discard_document(actor=acting(admin), version=mine, at=AT)

    assert last_event(company)[0] == "policy.discarded"
    with pytest.raises(Refused, match="just changed this version"):
        publish_document(actor=other, version=mine, as_of=TODAY, at=AT)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_standard_of_every_kind_can_be_kept_as_it_is(company, admin, kind):
    version = draft_document(actor=acting(admin), kind=kind, text=standard_text(kind), at=AT)

    assert version.valid_from == date(2026, 1, 1)
