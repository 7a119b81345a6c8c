"""Stripe: hosted pages, saved ways to pay, refunds, payouts and signed webhooks.

Its API is plain HTTPS with form fields, so no package of Stripe's is needed. A payer types a card
number on Stripe's page alone; what comes back is a token.
"""

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from dunwell.engine.checkout_facts import (
    OpenCheckout,
    OpenedCheckout,
    PaymentGatewayError,
    PayoutFacts,
    ProviderFact,
    ProviderState,
    RefundAsked,
    WebhookRefused,
)
from dunwell.formats import stripe_objects as stripe

API = "https://api.stripe.com"
TOLERANCE_SECONDS = 300
LONGEST_STAMP = 12
LARGEST_ANSWER = 4 * 1024 * 1024
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
DONE, DECLINED, GONE, CONFLICT, TOO_MANY, SERVER_FAULT = 300, 402, 404, 409, 429, 500
MOST_PAGES = 200
_METHODS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "card": {"": ("card",)},
    "wallet": {"": ("card", "link")},
    "debit": {"EUR": ("sepa_debit",), "GBP": ("bacs_debit",), "USD": ("us_bank_account",)},
}
"""Our method -> currency ("": any) -> Stripe's. Wallets show on the card page where the device
has one. Transfers go to our own account, not through Stripe."""
_EXPANDED = ("payment_intent.latest_charge.balance_transaction", "payment_intent.payment_method")


@contextmanager
def _legible() -> Iterator[None]:
    """Say of an object that is not what Stripe documents that it cannot be read."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise PaymentGatewayError(
            f"Stripe answered with an object that cannot be read: {error!r}."
        ) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class StripeGateway:
    """A Stripe account, reached with its secret key; `webhook_secret` signs what it tells us.

    Keeps to `connectors.payments.PaymentGateway`. Every call has a time-out; one that failed may
    be made again with the same key, Stripe then answers what it answered first.
    """

    key: str
    webhook_secret: str = ""
    address: str = API
    timeout_seconds: float = 20.0

    @_legible()
    def open_checkout(self, asked: OpenCheckout) -> OpenedCheckout:
        """Open a hosted page; see `PaymentGateway`."""
        session = self._post("/v1/checkout/sessions", _session(asked), key=asked.key)
        expires = session.get("expires_at")
        return OpenedCheckout(
            provider_id=str(session["id"]),
            address=str(session["url"]),
            expires_at=stripe.moment(expires) if expires else None,
        )

    @_legible()
    def state_of(self, provider_id: str) -> ProviderState:
        """Return all that is known of a checkout: payment, refunds and chargebacks."""
        if provider_id.startswith("pi_"):
            thing = self._get(
                f"/v1/payment_intents/{quote(provider_id, safe='')}",
                {"expand": ["latest_charge.balance_transaction", "payment_method"]},
            )
            found, intent = list(stripe.intent_facts(thing)), provider_id
        else:
            thing = self._get(
                f"/v1/checkout/sessions/{quote(provider_id, safe='')}", {"expand": _EXPANDED}
            )
            intent = _intent_of(thing)
            found = list(stripe.session_facts(thing))
        if intent:
            number = found[0].number
            about = {"payment_intent": intent, "limit": 100}
            for refund in self._all("/v1/refunds", about):
                if stripe.ended_refund(refund):
                    found.append(_of(stripe.refund_fact(refund), provider_id, number))
            for dispute in self._all("/v1/disputes", about):
                found.extend(
                    _of(fact, provider_id, number) for fact in stripe.dispute_facts(dispute)
                )
        return ProviderState(provider_id=provider_id, facts=tuple(found))

    def close_checkout(self, provider_id: str) -> ProviderState:
        """Close a page; one that is over already is only asked about."""
        path = f"/v1/checkout/sessions/{quote(provider_id, safe='')}/expire"
        try:
            self._post(path, {}, key="")
        except PaymentGatewayError as error:
            if error.is_transient:
                raise
        return self.state_of(provider_id)

    @_legible()
    def charge_saved(self, asked: OpenCheckout, *, token: str) -> ProviderState:
        """Charge a saved way to pay without the payer; a decline is a fact and no error."""
        payer = asked.payer_token
        if not payer:
            method = self._get(f"/v1/payment_methods/{quote(token, safe='')}", {})
            payer = str(method.get("customer") or "")
        values = {
            "amount": stripe.to_stripe(asked.total_minor, asked.currency),
            "currency": asked.currency.lower(),
            "customer": payer or None,
            "payment_method": token,
            "off_session": True,
            "confirm": True,
            "description": asked.number,
            "metadata": {stripe.OURS: asked.number, stripe.SAVED: "1"},
            "expand": ["latest_charge.balance_transaction"],
        }
        status, answer = self._ask("POST", "/v1/payment_intents", values, key=asked.key)
        intent = answer
        if status == DECLINED:
            error = answer.get("error") or {}
            intent = error.get("payment_intent") or {}
            if "id" not in intent:
                raise _error(status, answer)
            intent = {"last_payment_error": error, **intent}
        elif status >= DONE:
            raise _error(status, answer)
        return ProviderState(provider_id=str(intent["id"]), facts=stripe.intent_facts(intent))

    def forget_method(self, token: str) -> None:
        """Have Stripe forget a way to pay; one it does not know is forgotten already."""
        path = f"/v1/payment_methods/{quote(token, safe='')}/detach"
        status, answer = self._ask("POST", path, {}, key="")
        code = (answer.get("error") or {}).get("code", "")
        if status >= DONE and status != GONE and code != "payment_method_unattached":
            raise _error(status, answer)

    @_legible()
    def refund(
        self, provider_id: str, *, key: str, currency: str, amount_minor: int
    ) -> RefundAsked:
        """Give money back the way it came; what is not decided yet is told by a webhook."""
        intent = provider_id
        if not provider_id.startswith("pi_"):
            session = self._get(f"/v1/checkout/sessions/{quote(provider_id, safe='')}", {})
            intent = _intent_of(session)
            if not intent:
                raise PaymentGatewayError(
                    "Stripe has no payment for this checkout, so nothing to give back.",
                    is_transient=False,
                )
        values = {
            "payment_intent": intent,
            "amount": stripe.to_stripe(amount_minor, currency),
            "metadata": {stripe.OURS: key},
        }
        refund = self._post("/v1/refunds", values, key=key)
        told = (stripe.refund_fact(refund),) if stripe.ended_refund(refund) else ()
        return RefundAsked(
            provider_id=str(refund["id"]), facts=tuple(_of(one, provider_id, "") for one in told)
        )

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> tuple[ProviderFact, ...]:
        """Return what a webhook tells; see `PaymentGateway`. Signed as Stripe's scheme v1."""
        check_signature(
            headers.get("stripe-signature", ""), body, secret=self.webhook_secret, now=now
        )
        try:
            return stripe.webhook_facts(json.loads(body))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise WebhookRefused("The message is signed, but no event of Stripe's.") from error

    @_legible()
    def payouts(self, *, since: date) -> tuple[PayoutFacts, ...]:
        """Return the payouts that reach us from a day on, with their lines."""
        first = int(datetime.combine(since, time(), tzinfo=UTC).timestamp())
        asked = {"arrival_date": {"gte": first}, "status": "paid", "limit": 100}
        return tuple(self._payout(one) for one in self._all("/v1/payouts", asked))

    def _payout(self, payout: Mapping[str, Any]) -> PayoutFacts:
        currency = str(payout["currency"]).upper()
        asked = {"payout": str(payout["id"]), "limit": 100, "expand": ["data.source"]}
        lines = (stripe.payout_line(one) for one in self._all("/v1/balance_transactions", asked))
        return PayoutFacts(
            payout_id=str(payout["id"]),
            currency=currency,
            net_minor=stripe.from_stripe(payout["amount"], currency),
            paid_on=stripe.arrival(payout),
            lines=tuple(line for line in lines if line is not None),
        )

    def _all(self, path: str, values: Mapping[str, object]) -> Iterator[Mapping[str, Any]]:
        """Yield every object of a list, page by page."""
        last = ""
        for _ in range(MOST_PAGES):
            answer = self._get(path, {**values, "starting_after": last or None})
            rows = answer.get("data") or []
            yield from rows
            if not answer.get("has_more") or not rows:
                return
            last = str(rows[-1]["id"])
        raise PaymentGatewayError(f"Stripe lists too much at {path}; ask for less.")

    def _post(self, path: str, values: Mapping[str, object], *, key: str) -> Mapping[str, Any]:
        return self._good(*self._ask("POST", path, values, key=key))

    def _get(self, path: str, values: Mapping[str, object]) -> Mapping[str, Any]:
        return self._good(*self._ask("GET", path, values, key=""))

    @staticmethod
    def _good(status: int, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if status >= DONE:
            raise _error(status, answer)
        return answer

    def _ask(
        self, verb: str, path: str, values: Mapping[str, object], *, key: str
    ) -> tuple[int, Mapping[str, Any]]:
        """Ask once; return status and document. Raises PaymentGatewayError for what is no word."""
        form = urlencode(list(stripe.form_pairs(values)))
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Stripe-Version": stripe.API_VERSION,
            "User-Agent": "Dunwell",
        }
        body = None
        if verb == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = form
        elif form:
            path = f"{path}?{form}"
        if key:
            headers["Idempotency-Key"] = key
        connection = self._connection()
        try:
            connection.request(verb, path, body, headers)
            answer = connection.getresponse()
            status, data = answer.status, answer.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            why = "it did not answer in time" if isinstance(error, TimeoutError) else str(error)
            raise PaymentGatewayError(
                f"Stripe could not be reached: {why or type(error).__name__}."
            ) from error
        except ValueError as error:
            raise PaymentGatewayError(
                "The key of Stripe holds a sign that cannot be sent.", is_transient=False
            ) from error
        finally:
            connection.close()
        return status, _document(status, data)

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.address)
        host = parts.hostname or ""
        if parts.scheme == "https" and host:
            return http.client.HTTPSConnection(
                host,
                parts.port,
                timeout=self.timeout_seconds,
                context=ssl.create_default_context(),
            )
        if parts.scheme == "http" and host in LOOPBACK:
            return http.client.HTTPConnection(host, parts.port, timeout=self.timeout_seconds)
        raise PaymentGatewayError(
            f"{self.address!r} must begin with https://; payments go out encrypted only.",
            is_transient=False,
        )


def check_signature(header: str, body: bytes, *, secret: str, now: datetime) -> None:
    """Raise WebhookRefused unless these bytes were signed with the secret within 300 s of now.

    Stripe's scheme: t=seconds,v1=HMAC-SHA-256 of "t.body"; while a secret is changed there are
    several v1. All are compared, each in constant time.
    """
    if not secret:
        raise WebhookRefused("The secret that webhooks are signed with is not set.")
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in parts if name == "t"]
    signatures = [value for name, value in parts if name == "v1"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or not signatures:
        raise WebhookRefused("The signature is missing or cannot be read.")
    expected = hmac.new(secret.encode(), stamps[0].encode() + b"." + body, hashlib.sha256)
    matches = [hmac.compare_digest(expected.hexdigest().encode(), s.encode()) for s in signatures]
    if not any(matches):
        raise WebhookRefused("The signature does not fit the message.")
    if abs(now.timestamp() - int(stamps[0][:LONGEST_STAMP])) > TOLERANCE_SECONDS:
        raise WebhookRefused("The message was signed more than 300 seconds from now.")


def _session(asked: OpenCheckout) -> dict[str, object]:
    """Return the fields of a hosted page; raise PaymentGatewayError for what Stripe cannot do."""
    by_currency = _METHODS.get(asked.method, {})
    kinds = by_currency.get(asked.currency) or by_currency.get("")
    if kinds is None:
        raise PaymentGatewayError(
            f"Stripe does not take {asked.method} in {asked.currency}; choose another way to pay.",
            is_transient=False,
        )
    lines = asked.lines
    if not lines or any(amount <= 0 for _, amount in lines):
        lines = ((asked.number, asked.total_minor),)
    return {
        "mode": "payment",
        "client_reference_id": asked.number,
        "success_url": asked.return_to,
        "cancel_url": asked.return_to,
        "payment_method_types": list(kinds),
        "line_items": [_line(text, amount, asked.currency) for text, amount in lines[:100]],
        "customer": asked.payer_token or None,
        "customer_email": (asked.email or None) if not asked.payer_token else None,
        "customer_creation": "always" if asked.saves_method and not asked.payer_token else None,
        "locale": asked.language[:2] or None,
        "expires_at": int(asked.expires_at.timestamp()),
        "metadata": {stripe.OURS: asked.number},
        "payment_intent_data": {
            "metadata": {stripe.OURS: asked.number},
            "setup_future_usage": "off_session" if asked.saves_method else None,
        },
    }


def _line(text: str, amount_minor: int, currency: str) -> dict[str, object]:
    price = {
        "currency": currency.lower(),
        "unit_amount": stripe.to_stripe(amount_minor, currency),
        "product_data": {"name": text[:250]},
    }
    return {"quantity": 1, "price_data": price}


def _of(fact: ProviderFact, provider_id: str, number: str) -> ProviderFact:
    """Return a fact under the id and number of the checkout it was asked for."""
    values = {name: getattr(fact, name) for name in ProviderFact.__slots__}
    return ProviderFact(**{**values, "subject": provider_id, "number": number or fact.number})


def _intent_of(session: Mapping[str, Any]) -> str:
    """Return the id of the payment of a page, whether it came along or not."""
    paid_by = session.get("payment_intent")
    return str(paid_by["id"] if isinstance(paid_by, Mapping) else paid_by or "")


def _document(status: int, data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data) if len(data) <= LARGEST_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    raise PaymentGatewayError(
        f"Stripe answered {status} with nothing that can be read.",
        is_transient=status >= SERVER_FAULT or status in {TOO_MANY, CONFLICT} or status < DONE,
    )


def _error(status: int, answer: Mapping[str, Any]) -> PaymentGatewayError:
    """Return what Stripe refused, and whether asking again may help."""
    told = answer.get("error")
    told = told if isinstance(told, Mapping) else {}
    words = str(told.get("message") or told.get("code") or "no reason given")[:200]
    is_transient = (
        status in {TOO_MANY, CONFLICT}
        or status >= SERVER_FAULT
        or told.get("code") in {"lock_timeout", "rate_limit"}
    )
    return PaymentGatewayError(f"Stripe said no ({status}): {words}", is_transient=is_transient)
