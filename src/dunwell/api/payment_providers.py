"""Payment providers, what they paid out, and chargebacks."""

from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.chargebacks import note_evidence
from dunwell.actions.payment_providers import (
    add_payment_provider,
    change_payment_provider,
    end_payment_provider,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Currency,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import BankAccount, Chargeback, PaymentProvider
from dunwell.queries.pages import Page
from dunwell.queries.payment_providers import PaymentProviderRow, payment_provider_rows
from dunwell.queries.provider_payouts import (
    ChargebackRow,
    PayoutFindingRow,
    PayoutLineRow,
    PayoutRow,
    chargeback_rows,
    payout_problems,
    payout_row,
    payout_rows,
)

router = Router(tags=["payment providers"])

ProviderKind = Literal["loopback", "stripe"]
PayWay = Literal["card", "wallet", "debit", "transfer"]
ChargebackStatus = Literal["", "opened", "won", "lost"]


class PaymentProviderChange(Body):
    """What a provider is used for; its keys are settings of the server."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    is_live: bool = False
    currencies: list[Currency] = Field(min_length=1, max_length=20)
    methods: list[PayWay] = Field(min_length=1, max_length=4)
    account_id: Key | None = None
    charge_returns: bool = False


class PaymentProviderIn(PaymentProviderChange):
    """A provider to add."""

    kind: ProviderKind


class PaymentProviderEdit(PaymentProviderChange):
    """A provider to change; `version` is the one that was read."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class PayoutOut(Schema):
    """A payout with its lines."""

    row: PayoutRow
    lines: list[PayoutLineRow]


def _told(request: ApiRequest, body: PaymentProviderChange) -> dict[str, Any]:
    account = (
        own(BankAccount, request.actor, body.account_id) if body.account_id is not None else None
    )
    return {
        "name": body.name,
        "is_live": body.is_live,
        "currencies": body.currencies,
        "methods": body.methods,
        "account": account,
    }


@router.get("/payment-providers", response=answers(list[PaymentProviderRow]))
def list_payment_providers(request: ApiRequest) -> list[PaymentProviderRow]:
    """List the payment providers; the address they tell us at is a secret."""
    request.actor.require("payment_provider.edit")
    return list(payment_provider_rows(request.actor.company))


@router.post("/payment-providers", response=answers(Created, 201))
@once
def new_payment_provider(
    request: ApiRequest, body: PaymentProviderIn
) -> tuple[int, dict[str, Any]]:
    """Add a payment provider."""
    provider = add_payment_provider(
        actor=request.actor,
        kind=body.kind,
        settings={"charge_returns": body.charge_returns},
        at=request.at,
        **_told(request, body),
    )
    return 201, {"id": provider.pk}


@router.put("/payment-providers/{provider_id}", response=answers(Done))
@once
def edit_payment_provider(
    request: ApiRequest, provider_id: Id, body: PaymentProviderEdit
) -> tuple[int, dict[str, Any]]:
    """Change what a payment provider is used for."""
    provider = own(PaymentProvider, request.actor, provider_id)
    change_payment_provider(
        actor=request.actor,
        provider=provider,
        settings={**provider.settings, "charge_returns": body.charge_returns},
        version=body.version,
        at=request.at,
        **_told(request, body),
    )
    return 200, {"changed": 1}


@router.post("/payment-providers/{provider_id}/end", response=answers(Done))
@once
def stop_payment_provider(request: ApiRequest, provider_id: Id) -> tuple[int, dict[str, Any]]:
    """Stop using a payment provider; what is under way still comes in."""
    end_payment_provider(
        actor=request.actor,
        provider=own(PaymentProvider, request.actor, provider_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/provider-payouts", response=answers(Page[PayoutRow]))
def list_provider_payouts(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[PayoutRow]:
    """List payouts: gross less fees, refunds and chargebacks is net, or it is off."""
    request.actor.require("ledger.view")
    return payout_rows(request.actor.company, cursor=cursor, limit=limit)


@router.get("/provider-payouts/findings", response=answers(list[PayoutFindingRow]))
def list_payout_findings(request: ApiRequest) -> list[PayoutFindingRow]:
    """List everything of payouts that fits neither the books nor the bank."""
    request.actor.require("ledger.view")
    return list(payout_problems(request.actor.company, as_of=request.as_of))


@router.get("/provider-payouts/{provider_payout_id}", response=answers(PayoutOut))
def show_provider_payout(request: ApiRequest, provider_payout_id: Id) -> dict[str, Any]:
    """Return one payout with its lines."""
    request.actor.require("ledger.view")
    found = existing(payout_row(request.actor.company, provider_payout_id))
    return {"row": found[0], "lines": found[1]}


@router.get("/chargebacks", response=answers(Page[ChargebackRow]))
def list_chargebacks(
    request: ApiRequest, status: ChargebackStatus = "", cursor: Cursor = "", limit: Limit = PAGE
) -> Page[ChargebackRow]:
    """List chargebacks, the newest first."""
    request.actor.require("ledger.view")
    return chargeback_rows(request.actor.company, status=status, cursor=cursor, limit=limit)


@router.post("/chargebacks/{chargeback_id}/answered", response=answers(Done))
@once
def answer_chargeback(request: ApiRequest, chargeback_id: Id) -> tuple[int, dict[str, Any]]:
    """Note that the evidence was handed to the provider."""
    note_evidence(
        actor=request.actor,
        chargeback=own(Chargeback, request.actor, chargeback_id),
        at=request.at,
    )
    return 200, {"changed": 1}
