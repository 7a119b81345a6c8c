"""The practice bank itself: what its buttons do, what it pays out, and what it has to tell."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dunwell.connectors.payment_loopback.store import Session, add_event, opened, session_of
from dunwell.engine import checkout_facts as facts

FEE_PPM, FEE_MINOR = 14_000, 25
"""What the practice bank keeps of a payment: 1.4 % and 25 minor units."""
CHARGEBACK_FEE_MINOR = 1_500

BUTTONS: Mapping[str, tuple[str, ...]] = {
    "open": ("succeed", "challenge", "delay", "decline", "cancel"),
    "challenge": ("confirm", "refuse", "cancel"),
    "processing": ("arrive", "bounce"),
    "paid": ("charge_back",),
    "charged_back": ("give_way", "insist"),
}
"""What can be pressed on a page in each state."""
BECOMES: Mapping[str, tuple[str, str]] = {
    "succeed": ("paid", facts.PAID),
    "confirm": ("paid", facts.PAID),
    "arrive": ("paid", facts.PAID),
    "challenge": ("challenge", ""),
    "delay": ("processing", facts.PROCESSING),
    "decline": ("failed", facts.FAILED),
    "refuse": ("failed", facts.FAILED),
    "bounce": ("failed", facts.FAILED),
    "cancel": ("cancelled", facts.CANCELLED),
    "charge_back": ("charged_back", facts.CHARGED_BACK),
    "give_way": ("won", facts.CHARGEBACK_WON),
    "insist": ("lost", facts.CHARGEBACK_LOST),
}
"""Which state a button leads to, and what is told of it."""
REASONS = {
    "decline": "card_declined",
    "refuse": "authentication_failed",
    "bounce": "insufficient_funds",
    "charge_back": "product_not_received",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Untold:
    """An event on its way: its id and the bytes that are signed and told."""

    id: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopbackBank:
    """The practice bank in one file; a shop is one provider of a company."""

    path: Path

    def session(self, session_id: str) -> Session | None:
        """Return a page by its id, None for an unknown one."""
        with opened(self.path) as line:
            return session_of(line, session_id)

    def press(self, session_id: str, button: str, *, at: datetime) -> Session | None:
        """Do what a button says where the page offers it; return the page as it is then.

        Pressed twice, a button does nothing the second time.
        """
        with opened(self.path) as line:
            session = session_of(line, session_id)
            if session is None:
                return None
            if session.status == "open" and session.expires_at <= at:
                self._becomes(line, session, "expired", facts.EXPIRED, at=at, reason="")
                return replace(session, status="expired")
            if button not in BUTTONS.get(session.status, ()):
                return session
            status, kind = BECOMES[button]
            self._becomes(line, session, status, kind, at=at, reason=REASONS.get(button, ""))
            return replace(session, status=status)

    def close(self, session_id: str, *, at: datetime) -> None:
        """Close a page nobody has paid on."""
        with opened(self.path) as line:
            session = session_of(line, session_id)
            if session is not None and session.status in {"open", "challenge"}:
                self._becomes(line, session, "expired", facts.EXPIRED, at=at, reason="")

    def pay_out(self, shop: str, *, on: date, at: datetime) -> str:
        """Send what was earned and not sent yet; return the id of the payout, "" for nothing."""
        with opened(self.path) as line:
            rows = line.execute(
                "SELECT * FROM money WHERE shop = ? AND payout IS NULL AND status = 'done'"
                " ORDER BY id",
                [shop],
            ).fetchall()
            if not rows:
                return ""
            currency = rows[0]["currency"]
            mine = [row for row in rows if row["currency"] == currency]
            count = line.execute("SELECT COUNT(*) FROM payout").fetchone()[0]
            payout = f"lbp_{count + 1}"
            net = sum(row["amount_minor"] - row["fee_minor"] for row in mine)
            line.execute(
                "INSERT INTO payout VALUES (?, ?, ?, ?, ?)",
                [payout, shop, currency, net, on.isoformat()],
            )
            line.executemany(
                "UPDATE money SET payout = ? WHERE id = ?", [(payout, row["id"]) for row in mine]
            )
            told = {"about": payout, "currency": currency, "amount_minor": net}
            add_event(line, shop=shop, session="", kind=facts.PAID_OUT, at=at, **told)
            return payout

    def untold(self, shop: str, *, most: int = 50) -> list[Untold]:
        """Return events of a shop nobody has taken yet, the oldest first."""
        with opened(self.path) as line:
            rows = line.execute(
                "SELECT id, document FROM event WHERE shop = ? AND told_at IS NULL"
                " ORDER BY seq LIMIT ?",
                [shop, most],
            ).fetchall()
        return [Untold(id=row["id"], body=_body(row)) for row in rows]

    def mark_told(self, event_id: str, *, at: datetime) -> None:
        """Note that an event was taken."""
        with opened(self.path) as line:
            line.execute("UPDATE event SET told_at = ? WHERE id = ?", [at.isoformat(), event_id])

    def events_of(self, session_id: str) -> list[bytes]:
        """Return everything told of a page, as it is told."""
        with opened(self.path) as line:
            rows = line.execute(
                "SELECT id, document FROM event WHERE session = ? ORDER BY seq", [session_id]
            ).fetchall()
        return [_body(row) for row in rows]

    def _becomes(
        self,
        line: sqlite3.Connection,
        session: Session,
        status: str,
        kind: str,
        *,
        at: datetime,
        reason: str,
    ) -> None:
        line.execute("UPDATE session SET status = ? WHERE id = ?", [status, session.id])
        if not kind:
            return
        told: dict[str, Any] = {
            "number": session.document["number"],
            "currency": session.currency,
            "amount_minor": session.total_minor,
            "reason": reason,
        }
        if kind == facts.PAID:
            told["fee_minor"] = session.total_minor * FEE_PPM // 1_000_000 + FEE_MINOR
            earn(line, session, "payment", session.total_minor, fee_minor=told["fee_minor"])
            _save_method(line, session, at=at)
        if kind in {facts.CHARGED_BACK, facts.CHARGEBACK_WON, facts.CHARGEBACK_LOST}:
            told |= {"about": f"lbd_{session.id}"}
            _contest(line, session, kind, told)
        add_event(line, shop=session.shop, session=session.id, kind=kind, at=at, **told)


def earn(
    line: sqlite3.Connection,
    session: Session,
    kind: str,
    amount_minor: int,
    *,
    fee_minor: int = 0,
    about: str = "",
    key: str = "",
) -> None:
    """Note money that a payout will hold; the same key again changes nothing."""
    place = line.execute("SELECT COUNT(*) FROM money").fetchone()[0] + 1
    line.execute(
        "INSERT OR IGNORE INTO money VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'done', NULL)",
        [
            f"lbm_{place:08d}",
            session.shop,
            key or f"{kind}:{session.id}:{about}",
            kind,
            session.id,
            about,
            session.currency,
            amount_minor,
            fee_minor,
        ],
    )


def _contest(line: sqlite3.Connection, session: Session, kind: str, told: dict[str, Any]) -> None:
    given = line.execute(
        "SELECT COALESCE(SUM(amount_minor), 0) FROM money WHERE session = ? AND kind = 'refund'",
        [session.id],
    ).fetchone()[0]
    told["amount_minor"] = session.total_minor + given
    if kind == facts.CHARGED_BACK:
        told["fee_minor"] = CHARGEBACK_FEE_MINOR
        earn(
            line,
            session,
            "chargeback",
            -told["amount_minor"],
            fee_minor=CHARGEBACK_FEE_MINOR,
            about=told["about"],
        )
    elif kind == facts.CHARGEBACK_WON:
        earn(line, session, "regained", told["amount_minor"], about=told["about"])


def _save_method(line: sqlite3.Connection, session: Session, *, at: datetime) -> None:
    if not session.document.get("saves_method") or session.method == "transfer":
        return
    kind = session.method
    method = {
        "token": f"lbt_{session.id}",
        "kind": kind,
        "payer_token": f"lbc_{session.id}",
        "brand": {"card": "Practice Card", "wallet": "Practice Pay"}.get(kind, "Practice account"),
        "last4": "4242",
        "expires": f"{at.year + 3}-12" if kind != "debit" else "",
        "funding": "credit" if kind == "card" else "debit",
        "is_commercial": False,
        "country": "DE",
    }
    line.execute(
        "INSERT OR IGNORE INTO method VALUES (?, ?, ?, NULL)",
        [method["token"], session.shop, json.dumps(method)],
    )
    add_event(
        line,
        shop=session.shop,
        session=session.id,
        kind=facts.METHOD_SAVED,
        at=at,
        number=session.document["number"],
        about=method["token"],
        method=method,
    )


def _body(row: sqlite3.Row) -> bytes:
    document = {"id": row["id"], **json.loads(row["document"])}
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
