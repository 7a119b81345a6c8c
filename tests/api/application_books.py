"""Credit applications in the states that calls of the API need."""

from dunwell.actions.application_checks import screen_application
from dunwell.actions.application_decisions import (
    Recommendation,
    decide_application,
    recommend_application,
    score_application,
)
from dunwell.actions.application_documents import add_document
from dunwell.actions.application_duties import ask_reasons, contest_decision
from dunwell.actions.application_references import gather_application, name_reference
from dunwell.actions.applications import (
    give_consent,
    save_answers,
    start_application,
    submit_application,
)
from dunwell.actions.gate import Actor
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import CreditApplication, ScreeningHit
from dunwell.queries.application_links import form_slug
from dunwell.queries.application_papers import paper_digest
from tests.actions.application_rows import ANSWERS, LATE, proposal

PERSON = {
    "street": "A", "postcode": "1", "city": "B", "contact_name": "C", "owner_born_on": "1980-01-01",
}  # fmt: skip


class Desk:
    """An analyst and a manager who take applications as far as asked."""

    def __init__(self, company, *, today, at):
        self.on, self.at = {"as_of": today, "at": at}, at
        self.analyst, self.manager = (
            Actor(company=company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role])
            for name, role in (("nell", "credit_analyst"), ("mike", "credit_manager"))
        )

    def whole(self, name, *, answers=ANSWERS, asked_minor=100_000, **facts):
        application = start_application(
            actor=self.analyst, name=name, email="eva@klein.example", country="DE",
            site="https://credit.example", **facts, **self.on,
        )  # fmt: skip
        given = {"actor": self.analyst, "application": application}
        save_answers(answers={**answers, "asked_minor": asked_minor}, at=self.at, **given)
        give_consent(kinds=("credit_check", "truth"), by="Eva", at=self.at, **given)
        return application

    def submitted(self, name, **facts):
        return submit_application(
            actor=self.analyst, application=self.whole(name, **facts), **self.on
        )

    def screened(self, name, **facts):
        return screen_application(
            actor=self.analyst, application=self.submitted(name, **facts), **self.on
        )

    def gathered(self, name, **facts):
        return gather_application(
            actor=self.analyst, application=self.screened(name, **facts), **self.on
        )

    def reviewed(self, name, **facts):
        return score_application(
            actor=self.analyst, application=self.gathered(name, **facts), proposal=proposal(),
            **self.on,
        )  # fmt: skip

    def recommended(self, name, outcome="approve", conditions=(), **facts):
        told = Recommendation(
            outcome=outcome,
            limit_minor=100_000 if outcome == "approve" else 0,
            conditions=conditions,
            reasons=tuple(LATE) if outcome == "decline" else (),
        )
        return recommend_application(
            actor=self.analyst, application=self.reviewed(name, **facts), recommendation=told,
            **self.on,
        )  # fmt: skip

    def decided(self, name, outcome="approve", **facts):
        return decide_application(
            actor=self.manager, application=self.recommended(name, outcome, **facts),
            outcome=outcome, **self.on,
        )  # fmt: skip


def keep_applications(company, tag="", *, today, at):
    """Add applications from draft to declined, a likeness, a reference; return their keys."""
    desk = Desk(company, today=today, at=at)
    draft = start_application(
        actor=desk.analyst, name="Aurora Bakery", email="a@aurora.example", site="https://x.example",
        **desk.on,
    )  # fmt: skip
    reference = name_reference(
        actor=desk.analyst, application=draft, kind="bank", name="Bank", email="b@bank.example",
        at=at,
    )  # fmt: skip
    document = add_document(
        actor=desk.analyst, application=draft, kind="identity", name="card.pdf",
        data=b"%PDF-1.7 card", at=at,
    )  # fmt: skip
    wrong = desk.screened("Borealis Print", answers={**ANSWERS, "vat_id": "DE136695970"})
    conditioned = desk.decided("Cumulus Glass", conditions=({"kind": "deposit"},))
    asked = desk.decided("Delta Foods", "decline")
    ask_reasons(actor=desk.analyst, application=asked, asked_on=today, **desk.on)
    person = {"is_natural_person": True, "answers": PERSON}
    contested = desk.decided("Emil Erhard", "decline", **person)
    contest_decision(
        actor=desk.analyst, application=contested, text="wrong", asked_on=today, **desk.on
    )
    hit = ScreeningHit.objects.create(
        company=company, application=wrong, source="own", list_label="Own list", list_sha256="0",
        uid=f"1{tag}", entry_digest="0", subject_name="Borealis Print",
        entry_name="Borealis Printing", score_ppm=900_000, screened_at=at,
    )  # fmt: skip
    whole = CreditApplication.objects.get(pk=desk.whole("Fjord Timber").pk)
    return {
        "whole_paper": paper_digest(whole, at=at),
        "application_id": draft.pk,
        "draft_application_id": draft.pk,
        "whole_application_id": whole.pk,
        "submitted_application_id": desk.submitted("Gamma Steel").pk,
        "screened_application_id": desk.screened("Harbour Ropes").pk,
        "gathered_application_id": desk.gathered("Indigo Dyes").pk,
        "reviewed_application_id": desk.reviewed("Jasper Stone").pk,
        "recommended_application_id": desk.recommended("Karst Water").pk,
        "approved_application_id": desk.decided("Lumen Lamps").pk,
        "declined_application_id": desk.decided("Mistral Sails", "decline").pk,
        "asked_application_id": asked.pk,
        "person_application_id": desk.decided("Nadja Nowak", "decline", **person).pk,
        "contested_application_id": contested.pk,
        "check_id": wrong.checks.get(kind="vat").pk,
        "condition_id": conditioned.conditions.get().pk,
        "reference_id": reference.pk,
        "hit_id": hit.pk,
        "document_kind": "identity",
        "document_id": document.pk,
        "slug": form_slug(company),
    }
