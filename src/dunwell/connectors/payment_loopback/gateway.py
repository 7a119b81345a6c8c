"""The practice bank as a payment provider: the protocol of `connectors.payments`, nothing less."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from dunwell.connectors.payment_loopback.bank import LoopbackBank, earn
from dunwell.connectors.payment_loopback.store import add_event, opened, session_of
from dunwell.engine import checkout_facts as facts
from dunwell.engine.checkout_facts import (
    OpenCheckout,
    OpenedCheckout,
    PaymentGatewayError,
    PayoutFacts,
    PayoutLine,
    ProviderFact,
    ProviderState,
    RefundAsked,
    WebhookRefused,
    fact_document,
    read_fact,
)
from dunwell.formats.webhook_letters import SignatureError, WebhookLetter, check_signature

_EMPTY = fact_document(
    ProviderFact(event_id="", kind="", happened_at=datetime.min)  # noqa: DTZ901 - never shown
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopbackGateway:
    """The practice bank, reached in this process; `page` is where its hosted pages begin."""

    bank: LoopbackBank
    shop: str
    secret: str
    page: str
    now: Callable[[], datetime]

    def open_checkout(self, asked: OpenCheckout) -> OpenedCheckout:
        """Open a page; asked again with the same key, the one opened first is returned."""
        session_id = self._session(asked, token="")  # nosec B106 -- no token yet
        return OpenedCheckout(
            provider_id=session_id,
            address=f"{self.page}{session_id}/",
            expires_at=asked.expires_at,
        )

    def state_of(self, provider_id: str) -> ProviderState:
        """Return everything the bank has told or would tell of a page."""
        session = self.bank.session(provider_id)
        if session is None:
            raise PaymentGatewayError(f"{provider_id} is not known here", is_transient=False)
        if session.status == "open" and session.expires_at <= self.now():
            self.bank.close(provider_id, at=self.now())
        told = tuple(_fact(json.loads(body)) for body in self.bank.events_of(provider_id))
        return ProviderState(provider_id=provider_id, facts=told)

    def close_checkout(self, provider_id: str) -> ProviderState:
        """Close a page nobody has paid on."""
        self.bank.close(provider_id, at=self.now())
        return self.state_of(provider_id)

    def charge_saved(self, asked: OpenCheckout, *, token: str) -> ProviderState:
        """Charge a kept way to pay; one that is gone is declined."""
        session_id = self._session(asked, token=token)
        session = self.bank.session(session_id)
        if session is not None and session.status == "open":
            button = "succeed" if self._keeps(token) else "decline"
            self.bank.press(session_id, button, at=self.now())
        return self.state_of(session_id)

    def forget_method(self, token: str) -> None:
        """Forget a way to pay; one that is not known is forgotten already."""
        with opened(self.bank.path) as line:
            line.execute(
                "UPDATE method SET gone_at = ? WHERE token = ? AND shop = ?",
                [self.now().isoformat(), token, self.shop],
            )

    def refund(
        self, provider_id: str, *, key: str, currency: str, amount_minor: int
    ) -> RefundAsked:
        """Give money back; the same key again is the same refund."""
        with opened(self.bank.path) as line:
            session = session_of(line, provider_id)
            if session is None or session.currency != currency:
                raise PaymentGatewayError(f"{provider_id} is not known here", is_transient=False)
            refund_id = f"lbr_{key}"
            before = line.execute(
                "SELECT 1 FROM money WHERE shop = ? AND key = ?", [self.shop, refund_id]
            ).fetchone()
            if before is None:
                left = line.execute(
                    "SELECT COALESCE(SUM(amount_minor), 0) FROM money WHERE session = ?",
                    [provider_id],
                ).fetchone()[0]
                if amount_minor > left:
                    raise PaymentGatewayError("more than is left of it", is_transient=False)
                earn(line, session, "refund", -amount_minor, about=refund_id, key=refund_id)
                add_event(
                    line,
                    shop=self.shop,
                    session=provider_id,
                    kind=facts.REFUNDED,
                    at=self.now(),
                    number=session.document["number"],
                    about=refund_id,
                    currency=currency,
                    amount_minor=amount_minor,
                )
        told = self.state_of(provider_id).facts
        return RefundAsked(
            provider_id=refund_id, facts=tuple(one for one in told if one.about == refund_id)
        )

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> tuple[ProviderFact, ...]:
        """Return the fact a telling holds, signed by the bank (Standard Webhooks)."""
        try:
            check_signature(headers, body, [self.secret], now=now)
            return (_fact(json.loads(body)),)
        except SignatureError as error:
            raise WebhookRefused(str(error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise WebhookRefused("this is no event of the practice bank") from error

    def letter(self, event_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
        """Return the headers under which the bank tells an event."""
        return WebhookLetter(id=event_id, body=body).headers([self.secret], at=now)

    def payouts(self, *, since: date) -> tuple[PayoutFacts, ...]:
        """Return the bank's payouts from a day on."""
        with opened(self.bank.path) as line:
            found = line.execute(
                "SELECT * FROM payout WHERE shop = ? AND paid_on >= ? ORDER BY id",
                [self.shop, since.isoformat()],
            ).fetchall()
            lines = {
                row["id"]: line.execute(
                    "SELECT m.*, s.document FROM money m LEFT JOIN session s ON s.id = m.session"
                    " WHERE m.payout = ? ORDER BY m.id",
                    [row["id"]],
                ).fetchall()
                for row in found
            }
        return tuple(
            PayoutFacts(
                payout_id=row["id"],
                currency=row["currency"],
                net_minor=row["net_minor"],
                paid_on=date.fromisoformat(row["paid_on"]),
                lines=tuple(_payout_line(part) for part in lines[row["id"]]),
            )
            for row in found
        )

    def _session(self, asked: OpenCheckout, *, token: str) -> str:
        document = {**asdict(asked), "expires_at": asked.expires_at.isoformat(), "token": token}
        with opened(self.bank.path) as line:
            before = line.execute(
                "SELECT id FROM session WHERE shop = ? AND key = ?", [self.shop, asked.key]
            ).fetchone()
            if before is not None:
                return str(before["id"])
            count = line.execute("SELECT COUNT(*) FROM session").fetchone()[0]
            session_id = f"lbs_{count + 1}_{self.shop[:8]}"
            line.execute(
                "INSERT INTO session VALUES (?, ?, ?, 'open', ?, ?, ?)",
                [
                    session_id,
                    self.shop,
                    asked.key,
                    asked.method,
                    asked.expires_at.isoformat(),
                    json.dumps(document, sort_keys=True),
                ],
            )
        return session_id

    def _keeps(self, token: str) -> bool:
        with opened(self.bank.path) as line:
            row = line.execute(
                "SELECT gone_at FROM method WHERE token = ? AND shop = ?", [token, self.shop]
            ).fetchone()
        return row is not None and row["gone_at"] is None


def _fact(told: dict[str, Any]) -> ProviderFact:
    document = {**_EMPTY, **told}
    fact = read_fact(
        document,
        event_id=told["id"],
        kind=told["kind"],
        subject=told["subject"],
        happened_at=datetime.fromisoformat(told["happened_at"]),
    )
    if fact.kind not in facts.KINDS:
        raise ValueError(fact.kind)
    return replace(fact)


def _payout_line(row: Mapping[str, Any]) -> PayoutLine:
    return PayoutLine(
        line_id=row["id"],
        kind=row["kind"],
        currency=row["currency"],
        amount_minor=row["amount_minor"],
        fee_minor=row["fee_minor"],
        subject=row["session"],
        number=json.loads(row["document"])["number"] if row["document"] else "",
        about=row["about"],
    )
