"""Which pages belong to which area that an advisor or auditor may be let into."""

from collections.abc import Collection, Mapping

AREAS: Mapping[str, tuple[str, ...]] = {
    "ledger": (
        *("customers", "items", "payments", "books", "account-statements", "statements"),
        *("aging", "bank", "refunds", "charges", "adjustments", "allocations", "search"),
        *("documents", "invoices", "rates", "journals"),
    ),
    "figures": (
        *("kpis", "analysis", "process", "forecast", "scores", "models", "model", "reports"),
        *("predictions", "experiments", "initiatives", "choices", "anomalies"),
    ),
    "credit": (
        *("credit", "credit-reviews", "credit-portfolio", "warnings", "early-warnings", "limits"),
        *("covers", "cover-claims", "credit-groups", "credit-policy", "credit-holds", "orders"),
        *("applications", "scorecards", "bureaus"),
    ),
    "risk": (
        *("risk", "provisions", "financing", "planning", "portfolio-reviews", "portfolio-packs"),
        *("liquidity", "stress"),
    ),
    "collections": (
        *("worklist", "promises", "plans", "settlements", "placements", "agencies", "legal"),
        *("segments", "strategies", "policies", "contact-rules", "levels", "campaign", "watches"),
        *("escalations", "incentives", "limitation", "meetings"),
    ),
    "disputes": ("disputes", "dispute-cases", "dispute-causes", "credit-requests"),
    "messages": (
        *("messages", "inbox", "conversations", "letters", "feedback", "deliveries"),
        "assistant",
    ),
    "control": ("audit", "events", "verify", "imports", "approvals"),
}
"""First parts of addresses, of pages and of the API, by area."""

AREA_RIGHTS: Mapping[str, str] = {
    "messages": "timeline.words",
    "credit": "timeline.judgement",
}
"""Rights that come with an area alone."""

ALWAYS = ("my-access", "accounts", "language", "theme", "company", "me")
"""What whoever looks from outside may open in any case: its own page, sign-in, how it looks."""

API = "/api/v1/"


def may_open(path: str, areas: Collection[str]) -> bool:
    """Return whether an address lies in one of the areas."""
    part = path.removeprefix(API).strip("/").partition("/")[0].partition(".")[0]
    return part in ALWAYS or any(part in AREAS.get(area, ()) for area in areas)
