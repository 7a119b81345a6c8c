"""Applications for tests: started, filled in, taken as far as a test needs."""

from datetime import timedelta

from dunwell.actions.application_checks import screen_application
from dunwell.actions.application_decisions import (
    Recommendation,
    decide_application,
    recommend_application,
    score_application,
)
from dunwell.actions.application_references import gather_application, name_reference
from dunwell.actions.applications import (
    give_consent,
    save_answers,
    start_application,
    submit_application,
)
from dunwell.actions.gate import Actor
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.engine.application_proposals import ApplicationProposal
from dunwell.models import CreditApplication
from tests.conftest import AT, TODAY

ON = {"as_of": TODAY, "at": AT}
LATE = ["Pays most items late", "Known for three months or less"]
ANSWERS = {
    "street": "Hauptstr. 1",
    "postcode": "10115",
    "city": "Berlin",
    "contact_name": "Eva Klein",
    "vat_id": "DE136695976",
    "registration": "HRB 12345",
    "register_court": "Charlottenburg",
    "iban": "DE89370400440532013000",
}


def acting(company, name, role="credit_analyst"):
    return Actor(
        company=company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role], user_id=None
    )


def started(actor, *, name="Klein & Söhne GmbH", email="eva@klein.example", **facts):
    return start_application(
        actor=actor, name=name, email=email, country=facts.pop("country", "DE"), **facts, **ON
    )


def filled(actor, *, asked_minor=500_000, answers=ANSWERS, **facts):
    application = started(actor, **facts)
    save_answers(
        actor=actor,
        application=application,
        answers={**answers, "asked_minor": asked_minor},
        at=AT,
    )
    give_consent(
        actor=actor, application=application, kinds=("credit_check", "truth"), by="Eva", at=AT
    )
    return CreditApplication.objects.get(pk=application.pk)


def submitted(actor, *, references=0, **facts):
    application = filled(actor, **facts)
    for number in range(references):
        name_reference(
            actor=actor,
            application=application,
            kind="trade",
            name=f"Supplier {number}",
            email=f"s{number}@supplier.example",
            at=AT,
        )
    return submit_application(actor=actor, application=application, **ON)


def gathered(actor, **facts):
    application = submitted(actor, **facts)
    screen_application(actor=actor, application=application, **ON)
    return gather_application(actor=actor, application=application, **ON)


def proposal(outcome="refer", *, limit_minor=500_000, **facts):
    return ApplicationProposal(
        outcome=outcome,
        limit_minor=limit_minor,
        currency="EUR",
        terms_days=30,
        risk_class="B",
        risk="low",
        points=610,
        pd_ppm=9_000,
        reasons=tuple({"code": "x", "text": text} for text in LATE),
        **facts,
    )


def in_review(actor, outcome="refer", **facts):
    told = {key: facts.pop(key) for key in ("limit_minor", "conditions") if key in facts}
    application = gathered(actor, **facts)
    return score_application(
        actor=actor, application=application, proposal=proposal(outcome, **told), **ON
    )


def recommended(actor, *, outcome="approve", limit_minor=500_000, conditions=(), **facts):
    application = in_review(actor, **facts)
    return recommend_application(
        actor=actor,
        application=application,
        recommendation=Recommendation(
            outcome=outcome,
            limit_minor=limit_minor if outcome == "approve" else 0,
            terms_days=30 if outcome == "approve" else 0,
            conditions=tuple(conditions),
            reasons=tuple(LATE) if outcome == "decline" else (),
        ),
        **ON,
    )


def decided(analyst, manager, *, outcome="approve", **facts):
    application = recommended(analyst, outcome=outcome, **facts)
    return decide_application(actor=manager, application=application, outcome=outcome, **ON)


def later(days):
    return {"as_of": TODAY + timedelta(days=days), "at": AT + timedelta(days=days)}
