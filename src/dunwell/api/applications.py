"""/applications: credit asked for; entered, filled in, checked, and what belongs to one."""

from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import File, Router, UploadedFile
from pydantic import Field

from dunwell.actions.application_checks import (
    match_customer,
    review_check,
    screen_application,
)
from dunwell.actions.application_documents import add_document
from dunwell.actions.application_references import (
    gather_application,
    give_up_reference,
    name_reference,
)
from dunwell.actions.applications import (
    await_applicant,
    end_wait,
    give_consent,
    save_answers,
    send_link,
    start_application,
    submit_application,
    withdraw_application,
)
from dunwell.actions.gate import Refused
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Country,
    Created,
    Cursor,
    Document,
    Done,
    Id,
    Key,
    Limit,
    Name,
    Plain,
    Problem,
    ReasonIn,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import (
    ApplicationCheck,
    ApplicationReference,
    CreditApplication,
    Customer,
)
from dunwell.queries.applications import (
    ApplicationDetail,
    ApplicationRow,
    application_detail,
    application_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["credit applications"])

Scope = Literal["", "open", "drafts", "granted", "over"]
Mail = Annotated[Plain, Field(max_length=254)]


class ApplicationIn(Body):
    """Who applies; with `sends_link` the applicant fills in the rest through a link by mail."""

    name: Name
    email: Mail = ""
    country: Country = ""
    language: Literal["en", "de"] = "en"
    is_natural_person: bool = False
    sends_link: bool = False


class ApplicationAnswersIn(Body):
    """Answers by name of the field; amounts are minor units of the application's currency."""

    answers: Document


class ApplicationConsentIn(Body):
    """What the applicant agrees to, and who says so."""

    kinds: Annotated[list[Literal["credit_check", "truth"]], Field(min_length=1, max_length=2)]
    by: Annotated[Plain, Field(min_length=1, max_length=120)]


class ApplicationReferenceIn(Body):
    """Somebody who knows the applicant."""

    kind: Literal["trade", "bank"]
    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    email: Annotated[Plain, Field(min_length=3, max_length=254)]
    person: Annotated[Plain, Field(max_length=120)] = ""
    phone: Annotated[Plain, Field(max_length=40)] = ""


class AskedIn(Body):
    """What the applicant should add; it stands in the mail."""

    text: Annotated[Plain, Field(min_length=1, max_length=2000)]


class MatchIn(Body):
    """The customer the applicant already is; null takes it back."""

    customer_id: Key | None


class JudgedIn(Body):
    """Whether what a check found is no matter, and what shows it."""

    is_cleared: bool
    reason: Name


@router.get("/applications", response=answers(Page[ApplicationRow]))
def list_applications(
    request: ApiRequest,
    scope: Scope = "",
    search: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ApplicationRow]:
    """List applications, the newest first, with the clock of each decision."""
    request.actor.require("ledger.view")
    return application_rows(
        request.actor.company,
        as_of=request.as_of,
        scope=scope,
        search=search,
        cursor=cursor,
        limit=limit,
    )


@router.get("/applications/{application_id}", response=answers(ApplicationDetail))
def show_application(request: ApiRequest, application_id: Id) -> ApplicationDetail:
    """Show one application: answers, documents, references, checks, proposal, decision."""
    request.actor.require("ledger.view")
    return existing(application_detail(request.actor.company, application_id, as_of=request.as_of))


@router.post("/applications", response=answers(Created, 201))
@once
def new_application(request: ApiRequest, body: ApplicationIn) -> tuple[int, dict[str, Any]]:
    """Open an application as a draft."""
    application = start_application(
        actor=request.actor,
        source="api",
        site=request.build_absolute_uri("/"),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": application.pk}


@router.post("/applications/{application_id}/answers", response=answers(Done))
@once
def keep_application_answers(
    request: ApiRequest, application_id: Id, body: ApplicationAnswersIn
) -> tuple[int, dict[str, Any]]:
    """Keep answers; those not named stay, and one that cannot be kept keeps all out."""
    save_answers(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        answers=body.answers,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/consents", response=answers(Done))
@once
def note_application_consent(
    request: ApiRequest, application_id: Id, body: ApplicationConsentIn
) -> tuple[int, dict[str, Any]]:
    """Keep what the applicant agrees to, word for word, with the moment."""
    give_consent(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        kinds=tuple(body.kinds),
        by=body.by,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/references", response=answers(Created, 201))
@once
def new_application_reference(
    request: ApiRequest, application_id: Id, body: ApplicationReferenceIn
) -> tuple[int, dict[str, Any]]:
    """Name somebody who knows the applicant; asked by mail once the screening is done."""
    reference = name_reference(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": reference.pk}


@router.post(
    "/applications/{application_id}/documents/{document_kind}",
    response={**answers(Created, 201), 413: Problem},
)
@once
def new_application_document(
    request: ApiRequest,
    application_id: Id,
    document_kind: Word,
    files: File[list[UploadedFile]],
) -> tuple[int, dict[str, Any]]:
    """Send one file; its type is told by its bytes. The same bytes again are the same document."""
    if len(files) != 1:
        raise Refused(f"Send one file at a time; {len(files)} came.")
    document = add_document(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        kind=document_kind,
        name=files[0].name or "document",
        data=files[0].read(),
        is_staff=True,
        at=request.at,
    )
    return 201, {"id": document.pk}


@router.post("/applications/{application_id}/link", response=answers(Done))
@once
def send_application_link(request: ApiRequest, application_id: Id) -> tuple[int, dict[str, Any]]:
    """Mail the applicant a new link; the one before stops working."""
    send_link(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        site=request.build_absolute_uri("/"),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/submit", response=answers(Done))
@once
def hand_in_application(request: ApiRequest, application_id: Id) -> tuple[int, dict[str, Any]]:
    """Submit a complete application; the clock of the decision starts."""
    submit_application(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/screen", response=answers(Done))
@once
def check_application(request: ApiRequest, application_id: Id) -> tuple[int, dict[str, Any]]:
    """Check numbers, account, likeness with customers and sanction lists; again at any time."""
    screen_application(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/customer", response=answers(Done))
@once
def match_application(
    request: ApiRequest, application_id: Id, body: MatchIn
) -> tuple[int, dict[str, Any]]:
    """Say which customer the applicant already is; its own history then counts."""
    actor = request.actor
    match_customer(
        actor=actor,
        application=own(CreditApplication, actor, application_id),
        customer=None if body.customer_id is None else own(Customer, actor, body.customer_id),
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/application-checks/{check_id}/judge", response=answers(Done))
@once
def judge_application_check(
    request: ApiRequest, check_id: Id, body: JudgedIn
) -> tuple[int, dict[str, Any]]:
    """Say what a check that failed, or is to be looked at, comes to."""
    review_check(
        actor=request.actor,
        check=get_object_or_404(
            ApplicationCheck, pk=check_id, application__company=request.actor.company
        ),
        is_cleared=body.is_cleared,
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/gather", response=answers(Done))
@once
def gather_for_application(request: ApiRequest, application_id: Id) -> tuple[int, dict[str, Any]]:
    """Go on from the screening: the references are asked by mail."""
    gather_application(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/application-references/{reference_id}/give-up", response=answers(Done))
@once
def give_up_application_reference(
    request: ApiRequest, reference_id: Id
) -> tuple[int, dict[str, Any]]:
    """Wait for a reference no longer; a late answer is still kept."""
    give_up_reference(
        actor=request.actor,
        reference=get_object_or_404(
            ApplicationReference, pk=reference_id, application__company=request.actor.company
        ),
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/wait", response=answers(Done))
@once
def ask_applicant(
    request: ApiRequest, application_id: Id, body: AskedIn
) -> tuple[int, dict[str, Any]]:
    """Ask the applicant for more; the decision's clock stands until it has answered."""
    await_applicant(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        text=body.text,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/resume", response=answers(Done))
@once
def resume_application(request: ApiRequest, application_id: Id) -> tuple[int, dict[str, Any]]:
    """Go on: what the applicant was asked for is here."""
    end_wait(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/applications/{application_id}/withdraw", response=answers(Done))
@once
def drop_application(
    request: ApiRequest, application_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End an application at the applicant's wish."""
    withdraw_application(
        actor=request.actor,
        application=own(CreditApplication, request.actor, application_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
