"""/applications/{application_id}/paper and /sign: the applicant's name under what it was shown."""

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.application_signing import sign_application
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Done, Id, Plain, answers, own
from dunwell.api.writes import once
from dunwell.models import CreditApplication
from dunwell.queries.application_papers import PaperToSign, paper_to_sign

router = Router(tags=["credit applications"])


class ApplicationSignatureIn(Body):
    """The name the applicant typed under the statement, and the paper it was shown."""

    signed_by: Annotated[Plain, Field(min_length=1, max_length=120)]
    statement: Annotated[Plain, Field(min_length=1, max_length=1000)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@router.get("/applications/{application_id}/paper", response=answers(PaperToSign))
def show_application_paper(request: ApiRequest, application_id: Id) -> PaperToSign:
    """Show what the applicant declares by typing a name, and the hash of what is stated now."""
    request.actor.require("ledger.view")
    return paper_to_sign(own(CreditApplication, request.actor, application_id), at=request.at)


@router.post("/applications/{application_id}/sign", response=answers(Done))
@once
def sign_application_paper(
    request: ApiRequest, application_id: Id, body: ApplicationSignatureIn
) -> tuple[int, dict[str, Any]]:
    """Sign and submit: the statement word for word, the hash of the paper that was shown."""
    sign_application(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        signed_by=body.signed_by,
        statement=body.statement,
        sha256=body.sha256,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
