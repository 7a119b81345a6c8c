"""Who may decide what alone, who has to be asked, and what nobody may do.

Every concession in the product is put to `judge`, whoever asks and over whichever path. What is
allowed is a union of boxes (an amount, a share given up, months), so asking for more never
turns a no into a yes; a source other than staff only takes away from what its role may do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.money import amount_words, percent_words
from dunwell.engine.settlement_worth import WorthPolicy

CREDIT_ACTS = ("limit", "temporary_limit", "release", "terms")
"""Credit given: amounts are the limit, the part of an order released, the limit the terms go with.

Months are those begun until a temporary limit or a release ends, of terms those of 30 days begun;
a standard limit and a release of one order have none. Their risk is that of the credit rating.
"""

DISPUTE_ACTS = ("dispute_credit",)
"""What is given up to end a dispute, by a credit note or written off; only the amount counts."""

LATER_ACTS = (CREDIT_ACTS, DISPUTE_ACTS)
"""Groups of acts that came after the first documents were published, in the order they came."""

ACTS = (
    *("settlement", "plan", "waiver", "write_off", "rebate", "promise_days"),
    *CREDIT_ACTS,
    *DISPUTE_ACTS,
)
"""What is decided on. For `promise_days` the months are those begun until the promised day."""

STAFF, PORTAL, BOT = "staff", "portal", "bot"
SOURCES = (STAFF, PORTAL, BOT)
"""Who speaks: a person at work, the debtor's own pages, a program answering the debtor."""

RISKS = ("low", "medium", "high")
ROLES = (
    *("collector", "clerk", "resolver", "credit_analyst", "credit_manager"),
    *("finance_director", "admin"),
)
"""Roles that authority can be given to; anything else has none."""

ALLOWED, NEEDS_APPROVAL, NEVER = "allowed", "needs_approval", "never"
STATUSES = (NEVER, NEEDS_APPROVAL, ALLOWED)
"""Verdicts from the strictest to the widest."""

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A decision somebody wants to take: how much, what share is given up, for how long.

    `amount_minor` in home minor units (of `currency`, which only texts use). None is not known,
    as is a risk outside RISKS, and counts as the strictest. `certificates` are those the person
    holds on the day. Raises ValueError below 0.
    """

    act: str
    source: str
    roles: frozenset[str]
    risk: str
    amount_minor: int | None
    concession_ppm: int | None
    months: int | None
    currency: str = ""
    certificates: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse amounts, shares and months below 0: they are no concession."""
        for value in (self.amount_minor, self.concession_ppm, self.months):
            if value is not None and value < 0:
                raise ValueError(f"an ask cannot be below 0: {value}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The most that is covered; an amount of None is any amount, an unknown one included."""

    amount_minor: int | None = 0
    concession_ppm: int = 0
    months: int = 0

    def cover(self, ask: Ask) -> bool:
        """Return whether nothing the ask states, or leaves open, lies above."""
        return not self.exceeded_by(ask)

    def exceeded_by(self, ask: Ask) -> tuple[str, ...]:
        """Return which of amount_minor, concession_ppm and months lie above, in this order."""
        found = []
        most = self.amount_minor
        if most is not None and (ask.amount_minor is None or ask.amount_minor > most):
            found.append("amount_minor")
        if ask.concession_ppm is None or ask.concession_ppm > self.concession_ppm:
            found.append("concession_ppm")
        if ask.months is None or ask.months > self.months:
            found.append("months")
        return tuple(found)

    def within(self, other: "Limits") -> bool:
        """Return whether everything covered here is covered by the other limits too."""
        is_amount = other.amount_minor is None or (
            self.amount_minor is not None and self.amount_minor <= other.amount_minor
        )
        return (
            is_amount
            and self.concession_ppm <= other.concession_ppm
            and self.months <= other.months
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a role decides `alone`, and what it `approves` for others; None: nothing.

    Of a source: what it decides itself, and what it may put to a person. `certificate` has to be
    held to decide alone; empty for none.
    """

    alone: Limits | None = None
    approves: Limits | None = None
    certificate: str = ""

    def covers_alone(self, ask: Ask) -> bool:
        """Return whether whoever has this cell decides the ask without a second person."""
        is_held = not self.certificate or self.certificate in ask.certificates
        return is_held and self.alone is not None and self.alone.cover(ask)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorityCase:
    """An ask with the answer expected: allowed, never, or the role that has to approve."""

    name: str
    ask: Ask
    expect: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorityPolicy:
    """The whole matrix.

    `ladder`: roles in the order in which they are asked. `bands` maps a customer's score band to
    its risk. `grants` by (act, role, risk), `sources` by (source, act, risk); a cell that is not
    there covers nothing. `acts_as`: the role a source without a person acts in.
    `window_days`: so long what a customer was given counts into the next amount. `worth`: what
    is assumed when a settlement is compared with the other ways out.
    """

    name: str = "authority"
    valid_from: date = date.min
    ladder: tuple[str, ...] = ()
    bands: Mapping[str, str] = field(default_factory=dict)
    grants: Mapping[tuple[str, str, str], Grant] = field(default_factory=dict)
    sources: Mapping[tuple[str, str, str], Grant] = field(default_factory=dict)
    acts_as: Mapping[str, str] = field(default_factory=dict)
    window_days: int = 365
    worth: WorthPolicy = field(default_factory=WorthPolicy)
    cases: tuple[AuthorityCase, ...] = ()

    @property
    def certificates(self) -> frozenset[str]:
        """Return the certificates that some cell asks for."""
        return frozenset(self.unlocked)

    @property
    def unlocked(self) -> Mapping[str, frozenset[str]]:
        """Return of each certificate the acts for which some cell asks for it."""
        found: dict[str, set[str]] = {}
        for (act, _, _), cell in self.grants.items():
            if cell.certificate:
                found.setdefault(cell.certificate, set()).add(act)
        return {name: frozenset(acts) for name, acts in found.items()}

    def risk_of(self, band: str) -> str:
        """Return the risk of a score band, empty when it is not known."""
        return self.bands.get(band, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`status` is one of STATUSES; `needs_role` names who may approve, `rule` the cell decided by.

    `text` is the sentence for the person who asked.
    """

    status: str
    needs_role: str
    rule: str
    text: str


def judge(ask: Ask, policy: AuthorityPolicy) -> Verdict:
    """Return whether the ask is allowed, needs whose approval, or is never allowed.

    A risk that is not known is judged as each of RISKS, and the strictest verdict holds.
    """
    risks = (ask.risk,) if ask.risk in RISKS else RISKS
    verdicts = [_judged(ask, policy, risk) for risk in risks]
    return min(verdicts, key=lambda found: _strictness(found, policy))


def may_approve(ask: Ask, policy: AuthorityPolicy, *, roles: Iterable[str]) -> bool:
    """Return whether somebody with these roles may approve the ask of somebody else.

    What a source may not even put to a person stays forbidden.
    """
    risks = (ask.risk,) if ask.risk in RISKS else RISKS
    held = frozenset(roles)
    return all(
        _may_be_asked(ask, policy, risk)
        and any(
            _covers(policy.grants.get((ask.act, role, risk), Grant()).approves, ask)
            for role in policy.ladder
            if role in held
        )
        for risk in risks
    )


def approvers(needs_role: str, policy: AuthorityPolicy) -> tuple[str, ...]:
    """Return the role asked for and those above it on the ladder."""
    if needs_role not in policy.ladder:
        return (needs_role,)
    return policy.ladder[policy.ladder.index(needs_role) :]


def concession_share(concession_minor: int, amount_minor: int) -> int:
    """Return the share given up in ppm, rounded up so that rounding never widens authority."""
    if amount_minor <= 0:
        return PPM if concession_minor > 0 else 0
    return -(-concession_minor * PPM // amount_minor)


def _strictness(verdict: Verdict, policy: AuthorityPolicy) -> tuple[int, int]:
    rung = policy.ladder.index(verdict.needs_role) if verdict.needs_role in policy.ladder else 0
    return STATUSES.index(verdict.status), -rung


def _judged(ask: Ask, policy: AuthorityPolicy, risk: str) -> Verdict:
    if not _may_be_asked(ask, policy, risk):
        rule = f"{ask.act}/{ask.source}/{risk}"
        text = f"{_act(ask)} goes beyond what the {ask.source} may even ask for."
        return Verdict(status=NEVER, needs_role="", rule=rule, text=text)
    source = policy.sources.get((ask.source, ask.act, risk), Grant())
    own = _own_rule(ask, policy, risk)
    if own and (ask.source == STAFF or _covers(source.alone, ask)):
        text = f"{_act(ask)} is within what is allowed without a second person."
        return Verdict(status=ALLOWED, needs_role="", rule=own, text=text)
    for role in policy.ladder:
        if _covers(policy.grants.get((ask.act, role, risk), Grant()).approves, ask):
            return Verdict(
                status=NEEDS_APPROVAL,
                needs_role=role,
                rule=f"{ask.act}/{role}/{risk}",
                text=_beyond(ask, policy, risk, role),
            )
    text = f"{_act(ask)} is more than anybody may grant{_highest(ask, policy, risk)}."
    return Verdict(status=NEVER, needs_role="", rule=f"{ask.act}/nobody/{risk}", text=text)


def _covers(limits: Limits | None, ask: Ask) -> bool:
    return limits is not None and limits.cover(ask)


def _may_be_asked(ask: Ask, policy: AuthorityPolicy, risk: str) -> bool:
    """Return whether the source may put this to a person; staff always may."""
    if ask.source == STAFF:
        return True
    return _covers(policy.sources.get((ask.source, ask.act, risk), Grant()).approves, ask)


def _own_rule(ask: Ask, policy: AuthorityPolicy, risk: str) -> str:
    """Return the cell of one of the ask's roles that covers it, empty when none does."""
    for role in policy.ladder:
        grant = policy.grants.get((ask.act, role, risk), Grant())
        if role in ask.roles and grant.covers_alone(ask):
            return f"{ask.act}/{role}/{risk}"
    return ""


def _missing_certificate(ask: Ask, policy: AuthorityPolicy, risk: str) -> str:
    """Return the certificate that alone keeps the ask's roles from deciding, empty for none."""
    for role in policy.ladder:
        grant = policy.grants.get((ask.act, role, risk), Grant())
        if role in ask.roles and _covers(grant.alone, ask):
            return "" if grant.covers_alone(ask) else grant.certificate
    return ""


def _act(ask: Ask) -> str:
    """Return what is asked for as the beginning of a sentence."""
    words = ask.act.replace("_", " ") if ask.act in ACTS else "This"
    parts = ["an amount that is not known"]
    if ask.amount_minor is not None:
        parts = [amount_words(ask.amount_minor, ask.currency)]
    if ask.concession_ppm:
        parts.append(f"{percent_words(ask.concession_ppm)} given up")
    if ask.months:
        parts.append(f"{ask.months} months" if ask.months > 1 else "1 month")
    return f"{words.capitalize()} of {', '.join(parts)}"


def _beyond(ask: Ask, policy: AuthorityPolicy, risk: str, role: str) -> str:
    """Return the sentence that says what is exceeded and who may approve."""
    if missing := _missing_certificate(ask, policy, risk):
        name = missing.replace("_", " ")
        why = f" is decided alone only with a certificate {name} that is good that day"
        return f"{_act(ask)}{why}; a {role.replace('_', ' ')} may approve it."
    limits = _widest_alone(ask, policy, risk)
    above = [_limit_words(name, limits, ask) for name in limits.exceeded_by(ask)] if limits else []
    why = f" is above {' and '.join(above)}" if above else " is not decided alone"
    return f"{_act(ask)}{why}; a {role.replace('_', ' ')} may approve it."


def _widest_alone(ask: Ask, policy: AuthorityPolicy, risk: str) -> Limits | None:
    """Return the limits the person has: of the source, else of the highest of the roles."""
    if ask.source != STAFF:
        return policy.sources.get((ask.source, ask.act, risk), Grant()).alone
    for role in reversed(policy.ladder):
        grant = policy.grants.get((ask.act, role, risk), Grant())
        if role in ask.roles and grant.alone is not None:
            return grant.alone
    return None


def _highest(ask: Ask, policy: AuthorityPolicy, risk: str) -> str:
    """Return ": at most …" with what the highest role may approve, or nothing."""
    for role in reversed(policy.ladder):
        limits = policy.grants.get((ask.act, role, risk), Grant()).approves
        if limits is not None:
            told = [_limit_words(name, limits, ask) for name in limits.exceeded_by(ask)]
            return f"; the most is {' and '.join(told)}" if told else ""
    return ""


def _limit_words(name: str, limits: Limits, ask: Ask) -> str:
    if name == "amount_minor":
        return amount_words(limits.amount_minor or 0, ask.currency)
    if name == "concession_ppm":
        return f"{percent_words(limits.concession_ppm)} given up"
    return f"{limits.months} months"
