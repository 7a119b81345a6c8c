"""/users and /tokens: people, their roles, and programs."""

from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field

from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.second_factors import LONGEST_REASON, reset_second_factor
from dunwell.actions.users import (
    add_user,
    make_api_token,
    make_sign_in_link,
    revoke_api_token,
    set_roles,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Done, Id, Plain, Word, answers, colleague, own
from dunwell.api.writes import once
from dunwell.models import ApiToken, User
from dunwell.queries.tokens import TokenRow, token_rows
from dunwell.queries.users import UserRow, user_rows

router = Router(tags=["people"])
Role = Literal["admin", "credit_manager", "collector", "clerk", "read_only"]


class UserIn(Body):
    """A new person; they sign in first by a one-time link.

    Roles that are kept apart need a reason and for how many days it is allowed.
    """

    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@+-]{1,80}$")]
    email: Annotated[Plain, Field(max_length=254)] = ""
    roles: list[Role] = Field(min_length=1, max_length=5)
    reason: Annotated[Plain, Field(max_length=300)] = ""
    days: int = Field(default=0, ge=0, le=180)


class RolesIn(Body):
    """The person's roles from now on; none takes every access away.

    Roles that are kept apart need a reason and for how many days it is allowed.
    """

    roles: list[Role] = Field(max_length=5)
    reason: Annotated[Plain, Field(max_length=300)] = ""
    days: int = Field(default=0, ge=0, le=180)


class ResetIn(Body):
    """Why a second factor is taken away, and how whoever asked was made sure of."""

    reason: Annotated[Plain, Field(min_length=1, max_length=LONGEST_REASON)]


class TokenIn(Body):
    """A new token: its name, its rights, and how many days it lives."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    rights: list[Word] = Field(max_length=100)
    days: int | None = Field(default=None, ge=1, le=3650)


class TokenMade(Schema):
    """The token itself, shown this once."""

    token: str


class LinkMade(Schema):
    """The path of the sign-in link on this server, shown this once."""

    path: str


@router.get("/users", response=answers(list[UserRow]))
def list_users(request: ApiRequest) -> list[UserRow]:
    """List people, their roles, and roles that should not be held together."""
    request.actor.require("user.manage")
    return list(user_rows(request.actor.company, rights=ROLE_RIGHTS))


@router.post("/users", response=answers(Created, 201))
@once
def new_user(request: ApiRequest, body: UserIn) -> tuple[int, dict[str, Any]]:
    """Add a person."""
    user = add_user(
        actor=request.actor,
        username=body.username,
        email=body.email,
        roles=body.roles,
        reason=body.reason,
        days=body.days,
        at=request.at,
    )
    return 201, {"id": user.pk}


@router.put("/users/{user_id}/roles", response=answers(Done))
@once
def change_roles(request: ApiRequest, user_id: Id, body: RolesIn) -> tuple[int, dict[str, Any]]:
    """Replace a person's roles; they act on the person's next request."""
    user = _colleague(request, user_id)
    set_roles(
        actor=request.actor,
        user=user,
        roles=body.roles,
        reason=body.reason,
        days=body.days,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/users/{user_id}/sign-in-link", response=answers(LinkMade, 201))
def new_link(request: ApiRequest, user_id: Id) -> Status[LinkMade]:
    """Make a one-time sign-in link. Not repeatable: a kept answer would store the secret."""
    user = _colleague(request, user_id)
    token = make_sign_in_link(actor=request.actor, user=user, at=request.at)
    return Status(201, LinkMade(path=f"/sign-in/{token}/"))


@router.post("/users/{user_id}/second-factor-reset", response=answers(Done))
@once
def reset_factor(request: ApiRequest, user_id: Id, body: ResetIn) -> tuple[int, dict[str, Any]]:
    """Take away a lost second factor and end every session of the person.

    They set up a new one before anything else opens, where their role needs it. Whoever made
    them a sign-in link within a day is refused where another admin could do this.
    """
    user = _colleague(request, user_id)
    reset_second_factor(actor=request.actor, user=user, reason=body.reason, at=request.at)
    return 200, {"changed": 1}


@router.get("/tokens", response=answers(list[TokenRow]))
def list_tokens(request: ApiRequest) -> list[TokenRow]:
    """List API tokens; the tokens themselves are stored nowhere."""
    request.actor.require("token.manage")
    return token_rows(request.actor.company)


@router.post("/tokens", response=answers(TokenMade, 201))
def new_token(request: ApiRequest, body: TokenIn) -> Status[TokenMade]:
    """Make a token. Not repeatable: an answer kept for a repeat would store the secret."""
    token = make_api_token(
        actor=request.actor, name=body.name, rights=body.rights, days=body.days, at=request.at
    )
    return Status(201, TokenMade(token=token))


@router.api_operation(["DELETE"], "/tokens/{token_id}", response=answers(Done))
@once
def end_token(request: ApiRequest, token_id: Id) -> tuple[int, dict[str, Any]]:
    """Revoke a token at once."""
    revoke_api_token(
        actor=request.actor, token=own(ApiToken, request.actor, token_id), at=request.at
    )
    return 200, {"changed": 1}


def _colleague(request: ApiRequest, user_id: int) -> User:
    """Return a person with a role in the caller's company; of others there is none (404)."""
    request.actor.require("user.manage")
    return colleague(request.actor, user_id)
