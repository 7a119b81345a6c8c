"""/copilot: how a customer stands in sentences, drafts, and why a figure is what it is."""

from typing import Literal

from django.http import Http404
from ninja import Router, Schema

from dunwell.actions.compositions import writer_of
from dunwell.api.auth import ApiRequest
from dunwell.api.compositions import FindingOut
from dunwell.api.fields import AnyCurrency, Day, Id, Word, answers, existing, own
from dunwell.engine.copilot import draft_choice, explain_holds, questions, summary
from dunwell.engine.copilot_explanations import explain_kpi, explain_rank, explain_score
from dunwell.engine.copilot_facts import CopilotFacts, Sentence
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.models import Customer
from dunwell.queries.copilot import copilot_facts
from dunwell.queries.copilot_drafts import CopilotDraft, copilot_draft
from dunwell.queries.copilot_kpis import kpi_pair
from dunwell.templatetags.copilot import record_name, said

router = Router(tags=["copilot"])

DraftKind = Literal["email", "letter", "call"]


class SourceOut(Schema):
    """A record a sentence rests on: its kind, its key where it has one, and its name."""

    kind: str
    key: str
    name: str


class SentenceOut(Schema):
    """One sentence with its key, which does not change, its words, and its records."""

    key: str
    text: str
    records: list[SourceOut]


class CopilotOut(Schema):
    """What the copilot says of a customer; `questions` has the next one to ask first."""

    customer_id: int
    number: str
    name: str
    summary: list[SentenceOut]
    questions: list[SentenceOut]
    score: list[SentenceOut]
    holds: list[SentenceOut]
    rank: list[SentenceOut]


class CopilotDraftOut(Schema):
    """A draft in the language of its reader; `trouble` says why there is none.

    It is sent by `POST /compositions` alone: with `template` and `item_ids`, so that it is filled
    with the ledger of that moment.
    """

    kind: DraftKind
    template: str
    why: SentenceOut
    language: str
    contact_id: int | None
    subject: str
    body: str
    item_ids: list[int]
    findings: list[FindingOut]
    trouble: str


@router.get("/customers/{customer_id}", response=answers(CopilotOut))
def show_copilot(request: ApiRequest, customer_id: Id) -> CopilotOut:
    """Show how a customer stands, what to ask next, and why score, holds and rank are as they are.

    Nothing is written, and every sentence names the records it comes from.
    """
    request.actor.require("ledger.view")
    facts = _facts(request, customer_id)
    return CopilotOut(
        customer_id=facts.customer_id,
        number=facts.number,
        name=facts.name,
        summary=_said(summary(facts)),
        questions=_said(questions(facts)),
        score=_said(explain_score(facts)),
        holds=_said(explain_holds(facts)),
        rank=_said(explain_rank(facts)),
    )


@router.get("/customers/{customer_id}/draft", response=answers(CopilotDraftOut))
def show_copilot_draft(
    request: ApiRequest, customer_id: Id, kind: DraftKind = "email"
) -> CopilotDraftOut:
    """Show a mail, a letter or what to say in a call, filled from the ledger and checked."""
    why, found = _draft(request, customer_id, kind)
    return _shown(why, found)


@router.get("/figure", response=answers(list[SentenceOut]))
def explain_figure(
    request: ApiRequest,
    kpi: Word = "dso",
    currency: AnyCurrency = "",
    as_of: Day | None = None,
) -> list[SentenceOut]:
    """Explain a figure: what it is made of, and what moved it since the month end kept before.

    Without a currency the company's own. Empty where the book has nothing in it.
    """
    request.actor.require("ledger.view")
    if kpi not in KPIS:
        raise Http404
    about, company = KPIS[kpi], request.actor.company
    code = (currency or company.currency) if about.has_currency else ""
    pair = kpi_pair(company, about, currency=code, as_of=as_of or request.as_of)
    if pair is None:
        return []
    return _said(explain_kpi(about, pair.now, pair.before, currency=code))


def _facts(request: ApiRequest, customer_id: int) -> CopilotFacts:
    return existing(
        copilot_facts(request.actor.company, customer_id, as_of=request.as_of, at=request.at)
    )


def _draft(request: ApiRequest, customer_id: int, kind: str) -> tuple[Sentence, CopilotDraft]:
    request.actor.require("message.compose")
    customer = own(Customer, request.actor, customer_id)
    choice = draft_choice(_facts(request, customer_id), kind)
    found = copilot_draft(
        customer, choice, writer=writer_of(request.actor), as_of=request.as_of, at=request.at
    )
    return choice.why, found


def _shown(why: Sentence, found: CopilotDraft) -> CopilotDraftOut:
    return CopilotDraftOut(
        kind=found.kind,  # type: ignore[arg-type]
        template=found.template,
        why=_said((why,))[0],
        language=found.language,
        contact_id=found.contact_id,
        subject=found.subject,
        body=found.body,
        item_ids=list(found.item_ids),
        findings=[
            FindingOut(
                code=one.code,
                part=one.part,
                line=one.line,
                text=one.text,
                is_blocking=one.is_blocking,
            )
            for one in found.findings
        ],
        trouble=found.trouble,
    )


def _said(sentences: tuple[Sentence, ...]) -> list[SentenceOut]:
    return [
        SentenceOut(
            key=one.key,
            text=said(one),
            records=[
                SourceOut(kind=record.kind, key=record.key, name=record_name(record))
                for record in one.records
            ],
        )
        for one in sentences
    ]
