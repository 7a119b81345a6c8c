"""/cash/aliases and /cash/relations: names and accounts that pay for customers, who for whom."""

from typing import Any, Literal

from ninja import Router

from dunwell.actions.aliases import add_alias, add_relation, remove_alias, remove_relation
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    AnyCurrency,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Name,
    PositiveMinor,
    Text,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, PayerAlias, PayerRelation
from dunwell.queries.pages import Page
from dunwell.queries.payer_knowledge import AliasRow, RelationRow, alias_rows, relation_rows

router = Router(tags=["cash application"])


class AliasIn(Body):
    """A name as banks write it, or an account, and for which customer it pays."""

    customer_id: Key
    kind: Literal["name", "account"]
    text: Name


class RelationIn(Body):
    """Who pays for a customer; of netting, what we owe it."""

    customer_id: Key
    kind: Literal["parent", "factor", "agent", "netting"]
    payer: Text = ""
    payer_customer_id: Key | None = None
    currency: AnyCurrency = ""
    amount_minor: PositiveMinor | None = None


@router.get("/aliases", response=answers(Page[AliasRow]))
def list_aliases(
    request: ApiRequest, search: Text = "", cursor: Cursor = "", limit: Limit = PAGE
) -> Page[AliasRow]:
    """List names and accounts that pay for customers, the newest first."""
    request.actor.require("ledger.view")
    return alias_rows(request.actor.company, search=search, cursor=cursor, limit=limit)


@router.post("/aliases", response=answers(Created, 201))
@once
def new_alias(request: ApiRequest, body: AliasIn) -> tuple[int, dict[str, Any]]:
    """Say that a name or an account pays for a customer."""
    alias = add_alias(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        kind=body.kind,
        text=body.text,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": alias.pk}


@router.post("/aliases/{alias_id}/remove", response=answers(Done))
@once
def forget_alias(request: ApiRequest, alias_id: Id) -> tuple[int, dict[str, Any]]:
    """Forget a name or an account."""
    alias = own(PayerAlias, request.actor, alias_id)
    remove_alias(actor=request.actor, alias=alias, at=request.at)
    return 200, {"changed": 1}


@router.get("/relations", response=answers(Page[RelationRow]))
def list_relations(
    request: ApiRequest, search: Text = "", cursor: Cursor = "", limit: Limit = PAGE
) -> Page[RelationRow]:
    """List who pays for whom, the newest first."""
    request.actor.require("ledger.view")
    return relation_rows(request.actor.company, search=search, cursor=cursor, limit=limit)


@router.post("/relations", response=answers(Created, 201))
@once
def new_relation(request: ApiRequest, body: RelationIn) -> tuple[int, dict[str, Any]]:
    """Say who pays for a customer: a parent, a factor, an agent, or netting."""
    payer = body.payer_customer_id
    relation = add_relation(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        kind=body.kind,
        payer=body.payer,
        payer_customer=None if payer is None else own(Customer, request.actor, payer),
        currency=body.currency,
        amount_minor=body.amount_minor,
        at=request.at,
    )
    return 201, {"id": relation.pk}


@router.post("/relations/{relation_id}/remove", response=answers(Done))
@once
def end_relation(request: ApiRequest, relation_id: Id) -> tuple[int, dict[str, Any]]:
    """Let a relation rest from now on."""
    relation = own(PayerRelation, request.actor, relation_id)
    remove_relation(actor=request.actor, relation=relation, at=request.at)
    return 200, {"changed": 1}
