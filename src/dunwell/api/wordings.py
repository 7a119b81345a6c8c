"""/wordings: message texts by language, in force and as drafts, and how their variants fare."""

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.wordings import discard_wordings as discard
from dunwell.actions.wordings import draft_wordings, publish_wordings
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Done, Id, LongText, answers, own
from dunwell.api.writes import once
from dunwell.models import PolicyVersion
from dunwell.queries.policies import PolicyRow
from dunwell.queries.wording_previews import wording_previews
from dunwell.queries.wording_studio import VariantRow, studio, variant_rows
from dunwell.queries.wordings import KIND

router = Router(tags=["messages"])
Spoken = Literal["en", "de", "fr", "es"]


class WordingsIn(Body):
    """The texts of a language as YAML, their `valid_from` today or later."""

    text: Annotated[LongText, Field(max_length=200_000)]


class TextOut(Schema):
    """One text filled for a customer; `form` is its tone or variant, `trouble` why it was not."""

    template: str
    form: str
    subject: str
    body: str
    trouble: str


class WordingsOut(Schema):
    """The texts of a language in force, filled for a customer, and the drafts that wait."""

    language: str
    version_id: int | None
    customer_id: int | None
    drafts: list[PolicyRow]
    texts: list[TextOut]


@router.get("/{language}", response=answers(WordingsOut))
def show_wordings(request: ApiRequest, language: Spoken) -> WordingsOut:
    """Show the texts of a language as a customer that owes would read them today."""
    request.actor.require("ledger.view")
    company = request.actor.company
    found = wording_previews(company, language=language, as_of=request.as_of)
    shown = studio(company, language, as_of=request.as_of)
    return WordingsOut(
        language=language,
        version_id=shown.now.version_id,
        customer_id=found.customer_id,
        drafts=list(shown.drafts),
        texts=[
            TextOut(
                template=one.template,
                form=one.form,
                subject=one.subject,
                body=one.body,
                trouble=one.trouble,
            )
            for one in found.previews
        ],
    )


@router.get("/{language}/variants", response=answers(list[VariantRow]))
def list_wording_variants(request: ApiRequest, language: Spoken) -> list[VariantRow]:
    """List how the variants of a language's texts fare; shares are ppm with a 95 % interval."""
    request.actor.require("ledger.view")
    return list(variant_rows(request.actor.company, language, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def new_wordings(request: ApiRequest, body: WordingsIn) -> tuple[int, dict[str, Any]]:
    """Keep texts as a draft that a second person publishes."""
    version = draft_wordings(actor=request.actor, text=body.text, at=request.at)
    return 201, {"id": version.pk}


@router.post("/versions/{wording_version_id}/publish", response=answers(Done))
@once
def publish_wording_version(
    request: ApiRequest, wording_version_id: Id
) -> tuple[int, dict[str, Any]]:
    """Put a draft of texts in force from its own day on."""
    publish_wordings(
        actor=request.actor,
        version=_version(request, wording_version_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/versions/{wording_version_id}/discard", response=answers(Done))
@once
def discard_wording_version(
    request: ApiRequest, wording_version_id: Id
) -> tuple[int, dict[str, Any]]:
    """Drop a draft of texts."""
    discard(actor=request.actor, version=_version(request, wording_version_id), at=request.at)
    return 200, {"changed": 1}


def _version(request: ApiRequest, key: int) -> PolicyVersion:
    version = own(PolicyVersion, request.actor, key)
    if version.kind != KIND:
        raise Http404
    return version
