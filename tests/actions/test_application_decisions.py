"""Deciding on applications: by the policy, by two people, with conditions, into a customer."""

import pytest

from dunwell.actions.application_activation import activate_application
from dunwell.actions.application_conditions import fulfil_condition, waive_condition
from dunwell.actions.application_decisions import (
    Recommendation,
    decide_application,
    recommend_application,
)
from dunwell.actions.application_duties import (
    answer_contest,
    ask_reasons,
    contest_decision,
    record_report_used,
    record_told,
    send_reasons,
)
from dunwell.actions.approvals import decide_approval
from dunwell.actions.gate import Refused
from dunwell.formats.decision_letter import letter_data
from dunwell.models import (
    ApplicationCondition,
    ApplicationDeadline,
    ApplicationMail,
    ApprovalRequest,
    Contact,
    CreditApplication,
    CreditLimit,
    Customer,
)
from dunwell.queries.application_letters import decision_letter
from tests.actions.application_rows import (
    LATE,
    ON,
    acting,
    decided,
    in_review,
    later,
    recommended,
)
from tests.conftest import TODAY, add_customer, add_user

DEPOSIT = {"kind": "deposit", "text": "before the first order", "amount_minor": 50_000}


@pytest.fixture
def analyst(company):
    add_user(company, "nora", "credit_analyst")
    return acting(company, "nora")


@pytest.fixture
def boss(company):
    add_user(company, "mona", "credit_manager")
    return acting(company, "mona", "credit_manager")


@pytest.fixture
def director(company):
    add_user(company, "dora", "finance_director")
    return acting(company, "dora", "finance_director")


def fresh(application):
    return CreditApplication.objects.get(pk=application.pk)


def test_the_policy_approves_alone_what_was_asked_for(analyst):
    application = in_review(analyst, "approve", limit_minor=500_000)

    assert (application.status, application.decided_by, application.limit_minor) == (
        "approved", "policy standard", 500_000,
    )  # fmt: skip
    assert application.decision["is_automatic"] is True
    assert fresh(application).told_on == TODAY
    mail = ApplicationMail.objects.get(kind="decision")
    assert mail.has_letter
    assert "Credit limit: 5,000.00 EUR\nTerms of payment: 30 days net" in mail.body


@pytest.mark.parametrize(
    ("outcome", "facts"),
    [
        ("approve", {"limit_minor": 400_000}),
        ("refer", {}),
        # beyond the authority of an analyst, which the policy has
        ("approve", {"limit_minor": 9_000_000, "asked_minor": 900_000}),
        ("decline", {"is_natural_person": True, "answers": {
            "street": "A", "postcode": "1", "city": "B", "contact_name": "C",
            "owner_born_on": "1980-01-01",
        }}),
    ],
)  # fmt: skip
def test_a_person_reviews_what_the_policy_may_not_decide_alone(analyst, outcome, facts):
    assert in_review(analyst, outcome, **facts).status == "in_review"


def test_the_policy_declines_a_company_with_specific_reasons(analyst):
    application = in_review(analyst, "decline")

    assert (application.status, application.reasons) == ("declined", LATE)
    assert application.decision["rules"] == ["OWN-DECISION"]
    assert [one["text"] for one in application.decision["proposal_reasons"]] == LATE
    assert f"- {LATE[0]}\n- {LATE[1]}" in ApplicationMail.objects.get(kind="decision").body


def test_a_refusal_gives_its_reasons_in_the_language_the_applicant_is_written_to(analyst):
    application = in_review(analyst, "decline", language="de")

    assert application.decision["reasons"] == LATE
    german = ["Zahlt die meisten Posten zu spät", "Seit höchstens drei Monaten bekannt"]
    assert f"- {german[0]}\n- {german[1]}" in ApplicationMail.objects.get(kind="decision").body
    letter = decision_letter(application)
    assert letter is not None
    assert letter_data(letter)["points"] == german


def test_two_people_decide_and_nobody_his_own(analyst, boss):
    application = recommended(boss)
    with pytest.raises(Refused, match="You recommended this"):
        decide_application(actor=boss, application=application, outcome="approve", **ON)

    other = acting(boss.company, "mike", "credit_manager")
    done = decide_application(actor=other, application=application, outcome="approve", **ON)
    assert (done.status, done.decided_by, done.recommended_by) == ("approved", "mike", "mona")


def test_who_entered_an_application_does_not_decide_it(analyst, boss):
    application = in_review(boss)
    recommend_application(
        actor=analyst, application=application,
        recommendation=Recommendation(outcome="approve", limit_minor=1_000, terms_days=14), **ON,
    )  # fmt: skip
    with pytest.raises(Refused, match="You entered this"):
        decide_application(actor=boss, application=fresh(application), outcome="approve", **ON)


def test_a_decision_follows_the_recommendation_or_sends_it_back(analyst, boss):
    application = recommended(analyst)
    with pytest.raises(Refused, match="Recommended is to approve"):
        decide_application(actor=boss, application=application, outcome="decline", **ON)
    with pytest.raises(Refused, match="should be looked at again"):
        decide_application(actor=boss, application=application, outcome="send_back", **ON)

    back = decide_application(
        actor=boss, application=application, outcome="send_back", reason="see the accounts", **ON
    )
    assert back.status == "in_review"


def test_beyond_authority_somebody_with_more_approves(analyst, boss, director):
    application = recommended(analyst, asked_minor=900_000, limit_minor=150_000_000)
    waiting = decide_application(actor=boss, application=application, outcome="approve", **ON)

    request = ApprovalRequest.objects.get()
    assert (waiting.status, request.act, request.needs_role, request.customer_id) == (
        "pending_approval", "limit", "finance_director", None,
    )  # fmt: skip
    with pytest.raises(Refused, match="has to approve this"):
        decide_approval(
            actor=acting(boss.company, "mike", "credit_manager"), request=request,
            approve=True, **ON,
        )  # fmt: skip
    decide_approval(actor=director, request=request, approve=True, **ON)
    done = fresh(application)
    assert (done.status, done.decided_by, done.limit_minor) == ("approved", "dora", 150_000_000)


def test_a_request_that_is_rejected_goes_back_to_review(analyst, boss, director):
    application = recommended(analyst, limit_minor=150_000_000)
    decide_application(actor=boss, application=application, outcome="approve", **ON)
    decide_approval(
        actor=director, request=ApprovalRequest.objects.get(), approve=False, reason="no", **ON
    )
    assert fresh(application).status == "in_review"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"outcome": "maybe"}, "approve or to decline"),
        ({"outcome": "approve", "limit_minor": 0}, "limit above 0"),
        ({"outcome": "decline", "reasons": (LATE[0],)}, "needs 2 to 4"),
        ({"outcome": "decline", "reasons": (LATE[0], "score too low for us")}, "not specific"),
    ],
)
def test_a_recommendation_is_whole(analyst, told, text):
    application = in_review(analyst)
    with pytest.raises(Refused, match=text):
        recommend_application(
            actor=analyst, application=application, recommendation=Recommendation(**told), **ON
        )


def test_a_report_on_a_person_names_its_agency_in_the_refusal(analyst, boss):
    answers = {
        "street": "A", "postcode": "1", "city": "B", "contact_name": "C",
        "owner_born_on": "1980-01-01", "region": "US-NY",
    }  # fmt: skip
    application = in_review(
        analyst, country="US", is_natural_person=True, answers=answers, asked_minor=500_000
    )
    record_report_used(
        actor=analyst, application=application, name="Bureau One", address="Main St 1", at=ON["at"],
    )  # fmt: skip
    recommend_application(
        actor=analyst, application=fresh(application),
        recommendation=Recommendation(outcome="decline", reasons=tuple(LATE)), **ON,
    )  # fmt: skip
    done = decide_application(actor=boss, application=fresh(application), outcome="decline", **ON)

    assert done.decision["rules"] == ["US-REGB-TRADE", "US-FCRA-ADVERSE", "OWN-DECISION"]
    ecoa, right, agency = done.decision["notices"]
    assert "Equal Credit Opportunity Act" in ecoa
    assert "within 60 days" in right
    assert "Bureau One, Main St 1" in agency


def test_reasons_are_asked_for_in_time_and_sent_once(analyst, boss):
    application = decided(analyst, boss, outcome="decline")
    with pytest.raises(Refused, match="within 60 days"):
        ask_reasons(
            actor=analyst, application=application,
            asked_on=later(61)["as_of"], **later(61),
        )  # fmt: skip
    ask_reasons(actor=analyst, application=application, asked_on=later(60)["as_of"], **later(60))
    deadline = ApplicationDeadline.objects.get(kind="reasons")
    assert (deadline.due_on, deadline.met_on) == (later(90)["as_of"], None)

    for _ in range(2):
        send_reasons(actor=analyst, application=application, **later(61))
    assert ApplicationMail.objects.filter(kind="reasons").count() == 1
    deadline.refresh_from_db()
    assert deadline.met_on == later(61)["as_of"]


def test_a_natural_person_has_a_decision_looked_at_again_by_another(analyst, boss, director):
    answers = {
        "street": "A", "postcode": "1", "city": "B", "contact_name": "C",
        "owner_born_on": "1980-01-01",
    }  # fmt: skip
    application = decided(
        analyst, boss, outcome="decline", is_natural_person=True, answers=answers
    )
    assert "have it looked at again by a person" in application.decision["notices"][0]
    contest_decision(
        actor=analyst, application=application, text="wrong person", asked_on=TODAY, **ON
    )
    assert ApplicationDeadline.objects.get(kind="review").due_on == later(30)["as_of"]
    with pytest.raises(Refused, match="You decided this"):
        answer_contest(actor=boss, application=application, is_upheld=True, text="ok", **ON)
    answer_contest(actor=director, application=application, is_upheld=False, text="mixed up", **ON)
    assert ApplicationDeadline.objects.get(kind="review").met_on == TODAY


def test_a_company_may_not_contest_and_a_letter_by_post_is_recorded(analyst, boss):
    application = recommended(analyst)
    CreditApplication.objects.filter(pk=application.pk).update(email="")
    decide_application(actor=boss, application=application, outcome="approve", **ON)
    application = fresh(application)
    assert (application.told_on, ApplicationMail.objects.filter(kind="decision").count()) == (
        None, 0,
    )  # fmt: skip
    record_told(actor=analyst, application=application, how="by post", **later(1))
    assert fresh(application).told_on == later(1)["as_of"]
    with pytest.raises(Refused, match="Only a natural person"):
        contest_decision(actor=analyst, application=application, text="x", asked_on=TODAY, **ON)


def test_conditions_are_met_one_by_one_before_activation(analyst, boss):
    application = decided(
        analyst, boss, conditions=[DEPOSIT, {"kind": "guarantee", "text": "of the owner"}]
    )
    deposit, guarantee = ApplicationCondition.objects.order_by("id")
    assert (application.status, deposit.due_on) == (
        "approved_with_conditions", later(30)["as_of"],
    )  # fmt: skip
    with pytest.raises(Refused, match="Conditions are open"):
        activate_application(actor=analyst, application=application, **ON)
    with pytest.raises(Refused, match="what shows"):
        fulfil_condition(actor=analyst, condition=deposit, evidence="", **ON)
    fulfil_condition(actor=analyst, condition=deposit, evidence="bank entry 7", **later(2))
    with pytest.raises(Refused, match="closed already"):
        fulfil_condition(actor=analyst, condition=deposit, evidence="again", **later(2))
    waive_condition(actor=boss, condition=guarantee, reason="long known", **later(3))

    assert fresh(application).status == "conditions_met"
    assert (
        activate_application(actor=analyst, application=application, **later(4)).status
        == "activated"
    )


def test_activation_makes_a_customer_with_terms_and_a_limit(analyst, boss):
    application = decided(analyst, boss)
    for _ in range(2):
        done = activate_application(actor=analyst, application=application, number="K-77", **ON)

    customer = Customer.objects.get()
    limit = CreditLimit.objects.get()
    assert (customer.number, customer.name, customer.terms, customer.vat_id, customer.party) == (
        "K-77", "Klein & Söhne GmbH", "30 days net", "DE136695976", "company",
    )  # fmt: skip
    assert (done.customer, Contact.objects.get().email) == (customer, "eva@klein.example")
    assert (limit.amount_minor, limit.status, limit.source, limit.asked_by) == (
        500_000, "approved", f"application {application.pk}", "nora",
    )  # fmt: skip


def test_activation_refuses_a_number_that_is_taken(analyst, boss, company):
    add_customer(company, "K-77", name="Somebody else")
    application = decided(analyst, boss)
    with pytest.raises(Refused, match="K-77 is taken"):
        activate_application(actor=analyst, application=application, number="K-77", **ON)
    assert fresh(application).status == "approved"


def test_a_limit_beyond_the_analyst_is_approved_as_the_decider_did(analyst, boss):
    application = decided(analyst, boss, limit_minor=9_000_000)
    activate_application(actor=analyst, application=application, **ON)
    limit = CreditLimit.objects.get()
    assert (limit.status, limit.asked_by, limit.decided_by) == ("approved", "nora", "mona")
