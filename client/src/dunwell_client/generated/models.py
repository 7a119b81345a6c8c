"""What is sent and what comes back. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from dunwell_client.paging import Page


class AbsenceIn(TypedDict):
    """Who is away from a day to a day, and who covers."""

    user_id: int
    cover_id: NotRequired[int | None]
    kind: Literal['holiday', 'sick', 'training', 'other']
    from_on: str
    until_on: str
    note: NotRequired[str]


class AbsenceRow(TypedDict):
    """One absence; `is_now`: it holds on the day asked for. `is_seen`: the cover knows of it."""

    id: int
    user_id: int
    name: str
    cover: str
    kind: str
    kind_label: str
    from_on: str
    until_on: str
    is_now: bool
    cover_id: int | None
    note: str
    is_seen: bool


class AcceptIn(TypedDict):
    """Who accepts for the customer, and the hash of the terms that were accepted."""

    name: str
    sha256: str
    role: NotRequired[str]
    address: NotRequired[str]


class AcceptSuggestionIn(TypedDict):
    """Which suggestion of which reading, and the fields that a person changed."""

    reading_id: int
    place: int
    fields: NotRequired[dict[str, Any]]


class AcceptedIn(TypedDict):
    """Who accepts for the customer, and how it reached us."""

    name: str
    note: NotRequired[str]


class AccessReviewIn(TypedDict):
    """A look at somebody's roles: those that were seen, and those of them that are taken."""

    user_id: int
    seen: list[str]
    taken: NotRequired[list[str]]
    note: NotRequired[str]
    days: NotRequired[int]


class AccessReviewRow(TypedDict):
    """One person's rights: when they were looked at last, and when again."""

    user_id: int
    username: str
    roles: list[str]
    role_labels: list[str]
    rights: int
    reviewed_on: str | None
    by: str
    outcome: str
    note: str
    due_on: str
    is_overdue: bool


class Account(TypedDict):
    """One currency of a statement, in minor units."""

    currency: str
    opening_minor: int
    movements_minor: int
    closing_minor: int
    open_minor: int
    overdue_minor: int
    unapplied_minor: int
    buckets: list[list[str | int]]
    lines: list[AccountLine]
    open_items: list[OpenLine]
    unapplied: list[CashLine]


class AccountIn(TypedDict):
    """What an account is called, and whether it is still used."""

    name: str
    bic: NotRequired[str]
    creditor_id: NotRequired[str]
    is_active: NotRequired[bool]


class AccountLine(TypedDict):
    """Something that moved the balance; amounts in minor units, money received is below 0."""

    key: str
    on: str
    kind: str
    number: str
    reference: str
    other: str
    due_on: str | None
    currency: str
    amount_minor: int
    balance_minor: int


class AccountStatementCard(TypedDict):
    """An issued statement, made again from the ledger; amounts in minor units."""

    row: AccountStatementRow
    is_proved: bool
    accounts: list[Account]


class AccountStatementRow(TypedDict):
    """One issued statement."""

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    from_on: str
    to_on: str
    known_on: str
    language: str
    totals: list[AccountStatementTotal]
    sha256: str
    made_by: str
    made_at: str


class AccountStatementTotal(TypedDict):
    """One currency of an issued statement, in minor units."""

    currency: str
    opening_minor: int
    movements_minor: int
    closing_minor: int


class AcknowledgedIn(TypedDict):
    """What the person who takes it on will do, if it is to be said."""

    note: NotRequired[str]


class ActionOption(TypedDict):
    """One way to act on a customer today: its time, what it should bring, and that per minute."""

    action: str
    minutes: int
    extra_minor: int
    per_minute_minor: int


class ActivationIn(TypedDict):
    """The number of the new customer; empty takes the application's."""

    number: NotRequired[str]


class Activity(TypedDict):
    """How often something happened, and how many cases with what amount have stood there since."""

    name: str
    events: int
    waiting: int
    waiting_minor: int


class ActualRow(TypedDict):
    """One row: an item, money or a write-off put on one, or a cost; minor units."""

    id: int
    on: str
    number: str
    item_id: int | None
    customer_id: int | None
    customer_name: str
    amount_minor: int


class ActualRows(TypedDict):
    """The rows of a figure of a month, a page of them and what all come to."""

    figure: str
    first: str
    last: str
    total_minor: int
    page: Page[ActualRow]


class AddedLimitsOut(TypedDict):
    """How many limits were approved, wait for an approval, and were known before."""

    approved: int
    proposed: int
    known: int


class AdjustmentIn(TypedDict):
    """What is taken off an item without money, and why."""

    kind: Literal['write_off', 'small_balance', 'discount', 'fx']
    amount_minor: int
    reason: str


class AdmittedIn(TypedDict):
    """The quota that is expected now."""

    quota_ppm: NotRequired[int | None]


class AdviceIn(TypedDict):
    """What is recommended; raise and lower name the new limit in the company's currency."""

    advice: Literal['keep', 'raise', 'lower', 'suspend']
    limit_minor: NotRequired[int | None]
    until_on: NotRequired[str | None]
    reason: str


class AdvisedLine(TypedDict):
    """One document of an advice, as the payer tells it."""

    place: int
    item_ref: str
    paid_minor: int | None
    gross_minor: int | None
    discount_minor: int | None
    deduction_minor: int | None
    text: str


class AdvisorDetail(TypedDict):
    """One access with what was asked for it."""

    row: AdvisorRow
    extensions: list[ExtensionRow]


class AdvisorRow(TypedDict):
    """One access. `state` is invited, link_expired, coming, standing, ended or revoked."""

    id: int
    name: str
    firm: str
    email: str
    role: str
    areas: list[str]
    reason: str
    starts_at: str
    ends_at: str
    state: str
    ends_soon: bool
    invited_by: str
    accepted_at: str | None
    revoked_by: str
    views: int
    exports: int
    last_at: str | None


class AgenciesOut(TypedDict):
    """Every agency with its score by currency and cohort."""

    agencies: list[ScoredAgency]


class AgencyChangeIn(TypedDict):
    """All of an agency anew, and the version that was read."""

    name: str
    kind: NotRequired[Literal['agency', 'lawyer']]
    transport: NotRequired[Literal['file', 'api']]
    email: NotRequired[str]
    countries: NotRequired[list[str]]
    least_minor: NotRequired[int]
    demand_days: NotRequired[int]
    commission: list[TierIn]
    version: int
    is_active: NotRequired[bool]


class AgencyDetail(TypedDict):
    """An agency with its people and its score in every currency."""

    row: AgencyRow
    seats: list[SeatRow]
    cards: list[ScoreCard]


class AgencyIn(TypedDict):
    """What an agency takes and costs; the smallest claim in the company's currency."""

    name: str
    kind: NotRequired[Literal['agency', 'lawyer']]
    transport: NotRequired[Literal['file', 'api']]
    email: NotRequired[str]
    countries: NotRequired[list[str]]
    least_minor: NotRequired[int]
    demand_days: NotRequired[int]
    commission: list[TierIn]


class AgencyReportIn(TypedDict):
    """An agency's report as the text of its CSV file."""

    text: str


class AgencyRow(TypedDict):
    """An agency or a lawyer; the smallest claim in the company's currency."""

    id: int
    name: str
    kind: str
    kind_label: str
    transport: str
    transport_label: str
    email: str
    countries: list[str]
    least_minor: int
    demand_days: int
    tiers: list[Tier]
    is_active: bool
    version: int


class AgendaRow(TypedDict):
    """One point of an agenda; `stuck_minor` of `currency` is the sum of `n_items` items."""

    rank: int
    customer_id: int
    customer_number: str
    customer_name: str
    reason: str
    currency: str
    stuck_minor: int
    n_items: int
    since_on: str
    days: int


class AgingBucket(TypedDict):
    """One bucket of days past due; the amount in minor units."""

    bucket: str
    open_minor: int
    items: int
    customers: int


class AgingFigures(TypedDict):
    """The ageing of one currency as of a day: every bucket in order, and their sums."""

    as_of: str
    known_on: str
    currency: str
    open_minor: int
    overdue_minor: int
    items: int
    customers: int
    buckets: list[AgingBucket]


class AlertRow(TypedDict):
    """One alert; `levers` are (name, amount in minor units, closes the gap)."""

    id: int
    kind: str
    starts_on: str
    label: str
    currency: str
    unit: str
    expected: int
    wanted: int
    levers: list[Lever]
    opened_on: str
    seen_on: str
    ended_on: str | None


class AliasIn(TypedDict):
    """A name as banks write it, or an account, and for which customer it pays."""

    customer_id: int
    kind: Literal['name', 'account']
    text: str


class AliasRow(TypedDict):
    """One name or account; `times` it paid, last on `last_on`; `source`: learned or entered."""

    id: int
    kind: str
    kind_label: str
    text: str
    customer_id: int
    customer_number: str
    customer_name: str
    source: str
    times: int
    last_on: str
    recorded_by: str


class AllowanceIn(TypedDict):
    """An allowance or charge of the whole document."""

    amount_minor: int
    tax_code: str
    reason: str
    is_charge: NotRequired[bool]


class AltmanPart(TypedDict):
    """One term: its ratio in ppm, its weight and what it adds, in thousandths."""

    above: str
    below: str
    ratio_ppm: int
    weight_milli: int
    points_milli: int


class AltmanScore(TypedDict):
    """A Z score in thousandths with its zone and terms; `missing` names the lines it lacks."""

    model: str
    z_milli: int | None
    zone: str
    parts: list[AltmanPart]
    missing: list[str]


class AmountIn(TypedDict):
    """A promised amount, paid on whatever is oldest; `supersede` ends the open one."""

    customer_id: int
    currency: str
    amount_minor: int
    due_on: str
    note: NotRequired[str]
    supersede: NotRequired[bool]


class AnalysisIn(TypedDict):
    """An analysis to work out; `since` is the earlier day of a comparison, else a month before."""

    kind: Literal['book', 'bridge', 'causes']
    as_of: str
    since: NotRequired[str | None]


class AnalysisOut(TypedDict):
    """An analysis and whether it is there: done, live (worked out now), waiting, missing ..."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]


class AnomalyChoice(TypedDict):
    """Which findings."""

    status: NotRequired[Literal['', 'open', 'confirmed', 'dismissed']]
    kind: NotRequired[str]
    customer_id: NotRequired[int | None]


class AnomalyDecisionIn(TypedDict):
    """What a person says of a finding; a dismissal needs its reason."""

    status: Literal['confirmed', 'dismissed']
    reason: NotRequired[str]


class AnomalyRow(TypedDict):
    """One finding. Its subject is an item or a payment, `other` what it is compared with."""

    id: int
    kind: str
    severity: int
    status: str
    status_label: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    item_id: int | None
    item_number: str
    payment_id: int | None
    payment_number: str
    other_item_id: int | None
    other_item_number: str
    other_payment_id: int | None
    other_payment_number: str
    currency: str
    measured: int | None
    usual: int | None
    unit: str
    facts: dict[str, Any]
    found_on: str
    decided_by: str
    decided_at: str | None
    reason: str


class AnsweredIn(TypedDict):
    """What is said to a question, and what it says of the claim."""

    answer: str
    verdict: NotRequired[Literal['', 'valid', 'partly', 'invalid']]


class AppetiteAnswerIn(TypedDict):
    """An answer to one question: minor units of the company's currency, or ppm."""

    question: Literal['yearly_loss', 'largest_name', 'largest_group', 'sector', 'country', 'currency', 'weak_classes', 'new_customers', 'insured', 'cash_gap']
    value: int
    then: NotRequired[Literal['stop', 'refer', 'watch']]


class AppetiteGauge(TypedDict):
    """A limit of the risk appetite and what the book has of it: `value` of `most`."""

    name: str
    measure: str
    value: int
    most: int
    used_ppm: int
    then: str
    is_share: bool
    is_reached: bool
    currency: str
    parts: list[list[int]]


class AppetiteIn(TypedDict):
    """The answers of the guided form, and the day from which they hold."""

    valid_from: str
    answers: list[AppetiteAnswerIn]


class AppetiteStatementRow(TypedDict):
    """One statement and the version of the policy it drafted."""

    id: int
    as_of: str
    by: str
    currency: str
    exposure_minor: int
    answers: dict[str, Any]
    lines: list[StatedLine]
    version_id: int
    version: int
    status: str
    status_label: str
    valid_from: str


class ApplicationAnswersIn(TypedDict):
    """Answers by name of the field; amounts are minor units of the application's currency."""

    answers: dict[str, Any]


class ApplicationCheckRow(TypedDict):
    """One check with its outcome and what a person made of it."""

    id: int
    kind: str
    kind_label: str
    outcome: str
    outcome_label: str
    value: str
    text: str
    detail: dict[str, Any]
    decision: str
    decision_reason: str
    reviewed_by: str
    checked_at: str


class ApplicationConsentIn(TypedDict):
    """What the applicant agrees to, and who says so."""

    kinds: list[Literal['credit_check', 'truth']]
    by: str


class ApplicationDecisionIn(TypedDict):
    """As was recommended, or sent back with a reason."""

    outcome: Literal['approve', 'decline', 'send_back']
    reason: NotRequired[str]


class ApplicationDetail(TypedDict):
    """One application with everything that belongs to it."""

    row: ApplicationRow
    email: str
    region: str
    answers: dict[str, Any]
    consents: list[dict[str, Any]]
    signatures: list[ApplicationSignatureRow]
    clock: Clock
    missing: list[Missing]
    documents: list[DocumentRow]
    references: list[ReferenceRow]
    checks: list[ApplicationCheckRow]
    hits: list[HitRow]
    conditions: list[ConditionRow]
    deadlines: list[DeadlineRow]
    mails: list[MailRow]
    events: list[EventRow]
    proposal: dict[str, Any]
    recommendation: dict[str, Any]
    decision: dict[str, Any]
    authority: dict[str, Any]
    recommended_by: str
    decided_by: str
    entered_by: str
    reasons_asked_on: str | None
    reasons_sent_on: str | None
    contested_on: str | None


class ApplicationIn(TypedDict):
    """Who applies; with `sends_link` the applicant fills in the rest through a link by mail."""

    name: str
    email: NotRequired[str]
    country: NotRequired[str]
    language: NotRequired[Literal['en', 'de']]
    is_natural_person: NotRequired[bool]
    sends_link: NotRequired[bool]


class ApplicationReferenceIn(TypedDict):
    """Somebody who knows the applicant."""

    kind: Literal['trade', 'bank']
    name: str
    email: str
    person: NotRequired[str]
    phone: NotRequired[str]


class ApplicationRow(TypedDict):
    """One application; amounts in minor units of `currency`. `days_left` below 0 is late."""

    id: int
    number: str
    status: str
    status_label: str
    name: str
    country: str
    language: str
    is_natural_person: bool
    source: str
    currency: str
    asked_minor: int | None
    limit_minor: int | None
    terms_days: int | None
    risk_class: str
    customer_id: int | None
    opened_on: str
    complete_on: str | None
    decide_by: str | None
    notify_by: str | None
    days_left: int | None
    is_waiting: bool
    decided_on: str | None
    told_on: str | None
    expires_on: str
    owner: str


class ApplicationSignatureIn(TypedDict):
    """The name the applicant typed under the statement, and the paper it was shown."""

    signed_by: str
    statement: str
    sha256: str


class ApplicationSignatureRow(TypedDict):
    """A name under an application; `is_current` where the application is as it was signed."""

    signed_by: str
    statement: str
    sha256: str
    signed_on: str
    recorded_by: str
    recorded_at: str
    is_current: bool


class ApplyIn(TypedDict):
    """Where the money goes; what is left stays unapplied."""

    lines: list[LineIn]


class ApprovalDecisionIn(TypedDict):
    """Yes or no; a no needs a reason."""

    is_approved: bool
    reason: NotRequired[str]


class ApprovalRow(TypedDict):
    """One request: `amount_minor` is what it is about, `concession_ppm` the share given up."""

    id: int
    act: str
    subject: str
    subject_id: int
    customer_id: int | None
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int
    concession_ppm: int | None
    months: int | None
    risk: str
    verdict: str
    needs_role: str
    reason: str
    status: str
    status_label: str
    requested_by: str
    requested_on: str
    due_on: str | None
    decided_by: str
    decided_on: str | None
    decision: str
    is_mine: bool
    is_late: bool


class ApprovalWithdrawIn(TypedDict):
    """Why the request is taken back, if it should be said."""

    reason: NotRequired[str]


class ApproveIn(TypedDict):
    """Messages that wait for approval."""

    message_ids: list[int]


class ArmIn(TypedDict):
    """One arm: its name, and its share of all customers in parts per million."""

    name: str
    share_ppm: int


class ArmReading(TypedDict):
    """One arm. Shares in ppm; estimates are None while too few of its mails have an outcome."""

    name: str
    is_ordinary: bool
    share_ppm: int
    chance_ppm: int
    decisions: int
    judged: int
    paid_ppm: int | None
    harms: int
    stopped_on: str | None
    ips_ppm: int | None
    ips_low_ppm: int | None
    ips_high_ppm: int | None
    robust_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    verdict: str


class AskedIn(TypedDict):
    """What the applicant should add; it stands in the mail."""

    text: str


class AskedOnIn(TypedDict):
    """When the reasons were asked for in writing."""

    asked_on: str


class AskedOut(TypedDict):
    """The question that waits, or the report that is young enough to be used."""

    pull_id: int | None
    report_id: int | None


class AssignConversationIn(TypedDict):
    """Who is to answer; null gives the conversation back to all."""

    user_id: NotRequired[int | None]


class AssignIn(TypedDict):
    """Customers, and who collects there from now on; nobody when left out."""

    customer_ids: list[int]
    collector_id: NotRequired[int | None]


class AssistantSwitch(TypedDict):
    """Whether the assistant answers; `version` is 0 where nothing was saved yet."""

    is_on: bool
    version: int
    changed_by: str
    changed_at: str | None


class AssistantSwitchIn(TypedDict):
    """On or off; `version` is the one that was read, 0 where nothing was saved yet."""

    is_on: bool
    version: int


class AssistantTalk(TypedDict):
    """One talk in full."""

    talk: AssistantTalkRow
    turns: list[AssistantTurnRow]


class AssistantTalkRow(TypedDict):
    """One talk of the list: with whom, how many texts, and why a person goes on, if one does."""

    id: int
    customer_id: int
    customer: str
    person: str
    language: str
    status: str
    status_label: str
    reason: str
    turns: int
    handed_to_id: int | None
    last_at: str


class AssistantTurnRow(TypedDict):
    """One text with its answer: how it was understood, what proved the answer, what was done."""

    number: int
    text: str
    intent: str
    confidence_ppm: int
    language: str
    answer: str
    spoken: str
    evidence: list[str]
    tool: str
    record: str
    said_at: str


class Assumptions(TypedDict):
    """Changes against the forecast; all zero changes nothing."""

    volume_ppm: NotRequired[int]
    delay_days: NotRequired[int]
    dispute_ppm: NotRequired[int]
    dispute_days: NotRequired[int]
    defaults: NotRequired[list[int]]
    discount_uptake_ppm: NotRequired[int]
    discount_ppm: NotRequired[int]
    discount_days: NotRequired[int]
    terms_days: NotRequired[int]
    fx_ppm: NotRequired[dict[str, int]]


class AssumptionsIn(TypedDict):
    """Changes against the forecast; what is left out stays as it is."""

    volume_ppm: NotRequired[int]
    delay_days: NotRequired[int]
    dispute_ppm: NotRequired[int]
    dispute_days: NotRequired[int]
    defaults: NotRequired[list[int]]
    discount_uptake_ppm: NotRequired[int]
    discount_ppm: NotRequired[int]
    discount_days: NotRequired[int]
    terms_days: NotRequired[int]
    fx_ppm: NotRequired[dict[str, Any]]


class AttachedFile(TypedDict):
    """A file that goes out with a message."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


class AttachmentRow(TypedDict):
    """A file of a message; what is blocked is named and never served."""

    id: int
    name: str
    media_type: str
    size_bytes: int
    verdict: str
    finding: str


class AttemptIn(TypedDict):
    """A contact to be made, or the customer's own."""

    channel: Literal['email', 'letter', 'call', 'sms', 'portal', 'visit']
    outcome: Literal['conversation', 'voicemail', 'no_answer', 'not_connected', 'written']
    purpose: NotRequired[Literal['collection', 'legal', 'last_notice', 'validation', 'notice', 'service']]
    contact_id: NotRequired[int | None]
    item_id: NotRequired[int | None]
    is_inbound: NotRequired[bool]


class AttemptOut(TypedDict):
    """The contact as it is kept: `outcome` is refused where a rule forbids it."""

    id: int
    outcome: str
    decision: str
    rule: str
    text: str
    next_at: str | None


class AttemptRow(TypedDict):
    """One contact that was made, or refused by a rule; `verdict` as it was at that moment."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    channel: str
    purpose: str
    is_inbound: bool
    outcome: str
    outcome_label: str
    message_id: int | None
    verdict: dict[str, Any]
    by: str
    at: str


class AutopayChargeRow(TypedDict):
    """One charge with the numbers of its items."""

    id: int
    autopay_id: int
    customer_id: int
    customer_number: str
    customer_name: str
    charge_on: str
    attempt: int
    currency: str
    amount_minor: int
    status: str
    status_label: str
    reason: str
    retry_on: str | None
    checkout: str
    items: list[str]


class AutopayRow(TypedDict):
    """A standing order as staff see it; amounts in minor units of its currency."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    method: str
    expires: str
    covers: str
    covers_label: str
    currency: str
    cap_minor: int | None
    day_offset: int
    status: str
    status_label: str
    reason: str
    agreed_by: str
    agreed_on: str
    ended_on: str | None
    paid: int
    declined: int
    paid_minor: int


class Balance(TypedDict):
    """What stands between the customer and us in one currency, in minor units."""

    currency: str
    open_minor: int
    overdue_minor: int
    unapplied_minor: int
    disputed_minor: int
    promised_minor: int
    items: int
    oldest_days: int
    buckets: list[BucketFigure]


class BandMove(TypedDict):
    """Customers now in `band` that were in `before` 30 days ago; `before` is empty for new ones."""

    before: str
    band: str
    customers: int
    steps: int


class BankLayoutIn(TypedDict):
    """How a sheet is read; what is left out stays to the file."""

    version: NotRequired[int]
    columns: NotRequired[dict[str, Any]]
    date_order: NotRequired[Literal['', 'dmy', 'mdy']]
    decimal: NotRequired[Literal['', '.', ',']]
    signs: NotRequired[Literal['', 'side', 'signed', 'reversed']]
    currency: NotRequired[str]
    account: NotRequired[str]
    keeps_account: NotRequired[bool]


class Base(TypedDict):
    """The forecast a scenario is laid over, with the book of today."""

    periods: list[Period]
    streams: list[Stream]
    receivables: dict[str, int]
    sales_minor: int
    sales_days: int


class BatchCard(TypedDict):
    """A batch with its letters in the order they are printed."""

    batch: LetterBatch
    letters: list[MessageRow]


class BatchRow(TypedDict):
    """One import; counts are 0 until it is done."""

    id: int
    name: str
    status: str
    status_label: str
    by: str
    started_at: str
    size_bytes: int
    items_imported: int
    items_known: int
    findings: int
    error: str


class BillIn(TypedDict):
    """The day up to which a customer is billed."""

    until_on: str


class BillingCheck(TypedDict):
    """What to look at before the next bill: a reason a customer, or a product, was right about."""

    customer_id: int
    customer_number: str
    customer_name: str
    product: str
    reason: str
    reason_label: str
    cases: int
    last_on: str


class BorrowingBase(TypedDict):
    """From what is owed to what may be borrowed; in minor units of the facility's currency."""

    currency: str
    items: int
    gross_minor: int
    excluded: dict[str, int]
    excluded_items: dict[str, int]
    eligible_minor: int
    reserve_minor: int
    base_minor: int
    advance_minor: int
    limit_minor: int
    drawn_minor: int


class BridgeCustomer(TypedDict):
    """What one customer adds to a part of a slice; `customer_id` None: everybody not named."""

    customer_id: int | None
    name: str
    customers: int
    amount: int
    before: Level
    after: Level


class BridgeCustomers(TypedDict):
    """The customers behind one part of one slice; they sum to it."""

    part: str
    key: str
    unit: str
    currency: str
    amount: int
    rows: list[BridgeCustomer]


class BridgeCustomersOut(TypedDict):
    """The customers behind one part of one slice; they sum to it."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]
    customers: BridgeCustomers | None


class BridgeOut(TypedDict):
    """The change taken apart: thousandths of a day, or minor units; parts sum to it."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]
    bridge: BridgeRows | None


class BridgeRows(TypedDict):
    """The change from `before` to `after`, taken apart; thousandths of a day or minor units."""

    unit: str
    currency: str
    dimension: str
    before: int
    after: int
    parts: list[list[str | int]]
    slices: list[BridgeSlice]


class BridgeSlice(TypedDict):
    """One slice's share of every part, in the order of PARTS."""

    key: str
    parts: list[int]


class BucketFigure(TypedDict):
    """Open amount and items of one bucket; the items list under the same filter sums to it."""

    bucket: str
    open_minor: int
    items: int


class BudgetCell(TypedDict):
    """One figure of one month: planned, happened (up to `counted_to`) and expected."""

    month_on: str
    figure: str
    dimension: str
    key: str
    budget: int | None
    actual: int | None
    forecast: int | None
    counted_to: str | None
    variance: Variance | None


class BudgetIn(TypedDict):
    """A budget's name and span; the same again is its next version."""

    name: str
    starts_on: str
    months: NotRequired[int]
    currency: str
    note: NotRequired[str]


class BudgetLineIn(TypedDict):
    """A figure of a month: minor units, of `dso` hundredths of a day; null takes it away."""

    month_on: str
    figure: Literal['sales', 'cash_in', 'dso', 'overdue', 'write_offs', 'bad_debt', 'cost_to_collect']
    dimension: NotRequired[Literal['', 'segment', 'collector']]
    key: NotRequired[str]
    value: int | None


class BudgetLinesIn(TypedDict):
    """Lines of a draft; `revision` is the one that was read."""

    revision: int
    lines: list[BudgetLineIn]


class BudgetRow(TypedDict):
    """One version of a budget."""

    id: int
    name: str
    starts_on: str
    months: int
    currency: str
    version: int
    revision: int
    status: str
    author: str
    approved_by: str
    approved_on: str | None
    note: str


class BudgetTable(TypedDict):
    """A budget with its cells by month and slice, and a total of each slice."""

    budget: BudgetRow
    months: list[str]
    cells: list[BudgetCell]
    totals: list[BudgetTotal]
    counted_to: str | None


class BudgetTotal(TypedDict):
    """One figure over all months: flows add up, levels show their last month."""

    figure: str
    dimension: str
    key: str
    budget: int
    budget_to_date: int | None
    actual: int | None
    variance: Variance | None
    run_rate: RunRate | None
    forecast: int | None


class BudgetUse(TypedDict):
    """Small differences of a calendar month against the budget, in home minor units."""

    from_on: str
    currency: str
    budget_minor: int
    spent_minor: int
    spent: list[SpentIn]
    rows: list[SmallDifference]


class BufferIn(TypedDict):
    """How much cash is kept: an amount in the home currency, or days of payments out."""

    kind: Literal['amount', 'days']
    amount_minor: NotRequired[int]
    days: NotRequired[int]
    miss_ppm: NotRequired[int]


class BulkContactsIn(TypedDict):
    """Contacts, each as it is added alone."""

    all_or_nothing: NotRequired[bool]
    rows: list[CustomerContactIn]


class BulkCustomersIn(TypedDict):
    """Customers with their contacts, each as it is changed alone."""

    all_or_nothing: NotRequired[bool]
    rows: list[CustomerIn]


class BulkItemsIn(TypedDict):
    """Items, each as it is added alone."""

    all_or_nothing: NotRequired[bool]
    rows: list[ItemIn]


class BulkNotesIn(TypedDict):
    """Notes, each as it is recorded alone."""

    all_or_nothing: NotRequired[bool]
    rows: list[CustomerNoteIn]


class BulkOut(TypedDict):
    """How many rows became what, and each of them in the order they were sent."""

    done: int
    known: int
    refused: int
    rows: list[BulkRow]


class BulkPaymentsIn(TypedDict):
    """Payments, each as it is recorded alone."""

    all_or_nothing: NotRequired[bool]
    rows: list[PaymentIn]


class BulkPromisesIn(TypedDict):
    """Promises, each as it is recorded alone."""

    all_or_nothing: NotRequired[bool]
    rows: list[PromiseIn]


class BulkRow(TypedDict):
    """What became of a row: made or changed (done), there before (known), or why not (refused)."""

    row: int
    status: Literal['done', 'known', 'refused']
    id: int | None
    code: Literal['', 'absent', 'refused']
    detail: str


class BureauChange(TypedDict):
    """All settings of a bureau, and the version they were read in."""

    name: str
    kind: Literal['file', 'http', 'hand']
    address: NotRequired[str]
    secret_name: NotRequired[str]
    priority: NotRequired[int]
    max_age_days: NotRequired[int]
    cost_minor: NotRequired[int]
    currency: str
    version: int
    is_active: NotRequired[bool]


class BureauConsentIn(TypedDict):
    """A consent to ask one bureau, or all where none is named."""

    bureau_id: NotRequired[int | None]
    given_on: str
    until_on: NotRequired[str | None]
    evidence: str


class BureauConsentRow(TypedDict):
    """A consent of a customer; `bureau` is empty where it is to all."""

    id: int
    bureau: str
    given_on: str
    until_on: str | None
    withdrawn_on: str | None
    evidence: str
    by: str
    holds: bool


class BureauCostRow(TypedDict):
    """What a bureau's answers of a month cost; the pulls of the month come to it."""

    month: str
    bureau_id: int
    bureau: str
    currency: str
    pulls: int
    cost_minor: int


class BureauIn(TypedDict):
    """A bureau of the waterfall; a secret is the name of a variable, never the secret itself."""

    name: str
    kind: Literal['file', 'http', 'hand']
    address: NotRequired[str]
    secret_name: NotRequired[str]
    priority: NotRequired[int]
    max_age_days: NotRequired[int]
    cost_minor: NotRequired[int]
    currency: str


class BureauPullRow(TypedDict):
    """One question to a bureau; it cost `cost_minor` of `currency` once it was answered."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    bureau_id: int
    bureau: str
    status: str
    status_label: str
    purpose: str
    purpose_label: str
    has_consent: bool
    goes_on: bool
    follows_id: int | None
    cost_minor: int
    currency: str
    attempts: int
    error: str
    asked_on: str
    ended_on: str | None
    report_id: int | None
    by: str


class BureauReportIn(TypedDict):
    """What a bureau said, as it came by letter or portal; `pd_ppm` within a year."""

    bureau_id: int
    reported_on: str
    external_id: NotRequired[str]
    score: NotRequired[int | None]
    pd_ppm: NotRequired[int | None]
    limit_minor: NotRequired[int | None]
    currency: NotRequired[str]
    risk_class: NotRequired[str]
    is_insolvent: NotRequired[bool | None]
    flags: NotRequired[list[str]]


class BureauReportRow(TypedDict):
    """One report as a page and the API show it; the limit in minor units of `currency`."""

    id: int
    bureau_id: int
    bureau: str
    source: str
    external_id: str
    score: int | None
    pd_ppm: int | None
    limit_minor: int | None
    currency: str
    risk_class: str
    is_insolvent: bool | None
    flags: list[str]
    reported_on: str
    recorded_on: str
    age_days: int
    is_stale: bool
    is_latest: bool
    leads: bool
    by: str


class BureauRow(TypedDict):
    """One bureau of the waterfall; `cost_minor` a report costs in `currency`."""

    id: int
    name: str
    kind: str
    kind_label: str
    address: str
    secret_name: str
    priority: int
    max_age_days: int
    cost_minor: int
    currency: str
    is_active: bool
    version: int
    reports: int


class BureauView(TypedDict):
    """All reports of a customer, the newest first, and how far apart the latest of them are."""

    reports: list[BureauReportRow]
    disagreement_ppm: int | None
    classes: list[str]
    is_insolvent: bool | None


class ByHand(TypedDict):
    """A segment set by hand that stands."""

    id: int
    segment: str
    reason: str
    from_on: str
    until_on: str | None
    by: str
    recorded_at: str


class CallBack(TypedDict):
    """An appointment: a customer who is to be called on a day that was agreed or set."""

    customer_id: int
    customer_name: str
    on: str
    result: str
    why: str
    text: str


class CallFindingRow(TypedDict):
    """What a rule found in a line: points below 0 were lost; a cap of 100 is none."""

    line: int
    dimension: str
    rule: str
    points: int
    quote: str
    cap: int
    source: str
    contact_rule: str


class CallQueue(TypedDict):
    """The day's calls: `waiting` in the order of the ranks, `blocked` may not be called now."""

    waiting: list[CallRow]
    blocked: list[CallRow]
    done: int
    last_call_id: int | None
    last_customer: str


class CallRow(TypedDict):
    """One customer to call: amounts in minor units of `currency`, `local_time` HH:MM there."""

    customer_id: int
    customer_number: str
    customer_name: str
    rank: int
    to_collect_minor: int
    currency: str
    minutes: int
    oldest_days: int
    reasons: dict[str, Any]
    is_planned: bool
    phone: str
    contact: str
    local_time: str
    verdict: ContactVerdict
    is_again: bool


class CalledOffIn(TypedDict):
    """Why it is called off."""

    reason: str


class Campaign(TypedDict):
    """The answer. `run` has counts of all and the first rows; `demand`, `minutes` and"""

    as_of: str
    run: DryRun
    contacts: list[CampaignContact]
    demand: list[list[str | int]]
    minutes: int
    expected_minor: int
    sample: Sample | None
    strategies: list[str]
    levels: list[int]
    channels: list[str]
    segments: list[str]


class CampaignContact(TypedDict):
    """One contact with what it takes and brings: minutes of a person, home minor units."""

    contact: DryContact
    minutes: int
    expected_minor: int | None


class CapacityIn(TypedDict):
    """Minutes of a working day a person has for customers, from a day on."""

    user_id: int
    minutes: int
    from_on: str


class Capital(TypedDict):
    """The cycle and the need on the last day with figures; None before it, or without a rate."""

    as_of: str | None
    currency: str
    figures: WorkingCapital | None
    told: CapitalRow | None
    missing_rates: list[str]


class CapitalIn(TypedDict):
    """Days of stock and payables from a day on, in the home currency."""

    from_on: str
    inventory_days: int
    payables_days: int
    cost_of_sales_minor: NotRequired[int | None]
    source: NotRequired[str]


class CapitalRow(TypedDict):
    """Days of stock and payables as somebody told them for a day on."""

    id: int
    from_on: str
    currency: str
    inventory_days: int
    payables_days: int
    cost_of_sales_minor: int | None
    source: str
    recorded_by: str
    recorded_at: str


class CardItem(TypedDict):
    """An item with what is open now; `is_disputed`: it has an open dispute."""

    id: int
    number: str
    kind: str
    reference: str
    customer_id: int
    customer_number: str
    customer_name: str
    terms: str
    issued_on: str
    due_on: str
    days_past_due: int
    currency: str
    amount_minor: int
    open_minor: int
    is_disputed: bool


class CardLine(TypedDict):
    """One line of a remittance of the payment; amounts in its currency, empty if untold."""

    remittance: str
    item_ref: str
    paid_minor: int | None
    gross_minor: int | None
    discount_minor: int | None
    deduction_minor: int | None
    text: str


class CardProposal(TypedDict):
    """One way to read the payment; rank 1 is the best. `left_minor` would stay unapplied."""

    rank: int
    tier: str
    is_auto: bool
    confidence_ppm: int
    items: list[Proposed]
    shortfalls: list[Short]
    left_minor: int
    reasons: list[str]


class CardText(TypedDict):
    """One thing the bank says of the payment: its name in plain English, and the words."""

    name: str
    text: str


class CarrierWord(TypedDict):
    """What a carrier told of a message, on which day, and its reason."""

    kind: str
    kind_label: str
    source: str
    on: str
    reason: str


class CaseAmounts(TypedDict):
    """What became of what a case disputes, in one currency; the first is the sum of the others."""

    case_id: int
    currency: str
    original_minor: int
    open_minor: int
    credited_minor: int
    paid_minor: int
    written_off_minor: int
    cleared_minor: int
    removed_minor: int


class CaseDetail(TypedDict):
    """One case in full; money of parts is signed positive, in their items' currencies."""

    row: DisputeCaseRow
    route: str
    clock_days: int
    paused_on: str | None
    responded_on: str | None
    reopen_until: str | None
    conversation_id: int | None
    merged_into_id: int | None
    merged_into: str
    parts: list[PartRow]
    checklist: Checklist
    evidence: list[EvidenceRow]
    papers: list[PaperRow]
    tasks: list[DisputeTaskRow]
    resolutions: list[ResolutionRow]
    requests: list[RequestRow]
    weights: list[Weight]
    steps: list[DisputeStep]
    comments: NotRequired[list[DisputeCommentRow]]


class CaseEdge(TypedDict):
    """What joins two nodes, by their keys: "covers" an item, "holds" an order, is "about" one."""

    first: str
    second: str
    why: str


class CaseGivenIn(TypedDict):
    """Who takes the case; null leaves it to the team."""

    user_id: NotRequired[int | None]
    team: NotRequired[str]


class CaseGraph(TypedDict):
    """The whole case of a customer; items and what is left of them sum to `sums`."""

    customer_id: int
    customer_number: str
    customer_name: str
    as_of: str
    nodes: list[CaseNode]
    edges: list[CaseEdge]
    lanes: list[list[str]]
    sums: list[OpenSum]
    desks: list[DeskSum]
    remarks: list[CaseRemark]


class CaseIn(TypedDict):
    """A new case; an item that is disputed already joins its case."""

    customer_id: int
    reason: str
    parts: list[DisputedPartIn]
    source: NotRequired[Literal['staff', 'portal', 'mail', 'chat', 'e_invoice', 'short_payment', 'api']]
    title: NotRequired[str]
    note: NotRequired[str]


class CaseLine(TypedDict):
    """A dispute case of a conversation."""

    case_id: int
    number: str
    title: str
    status: str
    status_label: str


class CaseLineIn(TypedDict):
    """What is put on an item, and what is given up of it; below 0 for credits to be netted."""

    item_id: int
    amount_minor: int
    paid_minor: NotRequired[int | None]
    discount_minor: NotRequired[int | None]
    write_off_minor: NotRequired[int | None]


class CaseNode(TypedDict):
    """One record that stands; `amount_minor` in `currency`, empty where it has no amount."""

    kind: str
    id: int
    label: str
    status: NotRequired[str]
    desk: NotRequired[str]
    amount_minor: NotRequired[int | None]
    currency: NotRequired[str]
    on: NotRequired[str | None]
    is_late: NotRequired[bool]
    count: NotRequired[int]


class CaseOut(TypedDict):
    """A case with everything a decision needs; amounts in minor units."""

    id: int
    version: int
    status: str
    reason: str
    why: str
    escalate_to: str
    payment_id: int
    payment: str
    value_on: str
    currency: str
    amount_minor: int
    left_minor: int
    customer_id: int | None
    is_returned: bool
    texts: list[CardText]
    lines: list[CardLine]
    proposals: list[CardProposal]
    candidates: list[CardItem]
    decided_by: str
    decided_at: str | None


class CaseRemark(TypedDict):
    """What a colleague said, and the record it stands at."""

    id: int
    text: str
    by: str
    at: str
    subject: str
    subject_id: int | None


class CaseRow(TypedDict):
    """One case with its payment; amounts in minor units of `currency`, confidence in ppm."""

    id: int
    version: int
    status: str
    status_label: str
    reason: str
    why: str
    escalate_to: str
    tier: str
    confidence_ppm: int
    payment_id: int
    payment: str
    value_on: str
    currency: str
    amount_minor: int
    left_minor: int
    payer: str
    reference: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    seconds: int
    decided_by: str
    decided_on: str | None


class CaseTotal(TypedDict):
    """How many cases of one status and currency there are, and their money in minor units."""

    status: str
    status_label: str
    currency: str
    cases: int
    amount_minor: int
    left_minor: int


class CasesGivenIn(TypedDict):
    """Who takes which cases: all of them, or none."""

    user_id: NotRequired[int | None]
    team: NotRequired[str]
    case_ids: list[int]


class CashAccuracy(TypedDict):
    """How the forecasts of one currency, kind and scope did."""

    currency: str
    currencies: list[str]
    kind: str
    scope: str
    weeks: int
    needed: int
    league: list[CashScore]
    horizons: list[Horizon]
    periods: list[JudgedPeriod]


class CashCaseHoldIn(TypedDict):
    """Why it is held, and who looks at it."""

    version: int
    reason: str
    escalate_to: str


class CashDrill(TypedDict):
    """A period of a currency with its components, and one page of the rows of one of them."""

    as_of: str
    period: OutlookPeriod
    components: list[Component]
    component: str
    component_minor: int
    rows: int
    came_minor: int | None
    page: Page[CashRow]


class CashLevers(TypedDict):
    """The chosen actions for a period, and how far they lift it."""

    as_of: str
    currency: str
    scope: str
    periods: list[LeverPeriod]
    period: LeverPeriod
    needed_minor: int | None
    candidates: int
    steps: list[LeverStep]
    cost_minor: int
    p10_minor: int


class CashLine(TypedDict):
    """A payment that is not, or not wholly, put on items at the end of the span."""

    key: str
    number: str
    reference: str
    value_on: str
    currency: str
    amount_minor: int
    unapplied_minor: int


class CashOutlook(TypedDict):
    """What was expected on the last scored day up to the day asked for."""

    as_of: str
    home_currency: str
    periods: list[OutlookPeriod]
    consolidated: list[OutlookPeriod] | None
    missing_rates: list[str]


class CashPolicyIn(TypedDict):
    """A new cash policy: YAML text with its own cases."""

    text: str


class CashPolicyText(TypedDict):
    """A cash policy: YAML text with its own cases."""

    text: str


class CashRow(TypedDict):
    """One claim or item and what it adds to the period, minor units."""

    component: str
    subject: str
    subject_id: int
    label: str
    customer_id: int
    customer_name: str
    at_on: str
    open_minor: int
    expected_minor: int


class CashScore(TypedDict):
    """A contender's figures over `rows` forecasts, None where nothing came."""

    contender: str
    rows: int
    wape_ppm: int | None
    bias_ppm: int | None
    cover_80_ppm: int | None
    cover_90_ppm: int | None
    pinball_ppm: int | None
    ours_wape_ppm: int | None


class CashSum(TypedDict):
    """Money of one currency: how many payments, and their sum."""

    currency: str
    count: int
    amount_minor: int


class CashedOut(TypedDict):
    """What is to be told as cashed (status 212), in minor units of each row's currency."""

    rows: list[CashedRow]


class CashedRow(TypedDict):
    """Money that came for a French e-invoice on a day, as the platform is to be told (212)."""

    document_id: str
    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    issued_on: str
    cashed_on: str
    amount_minor: int
    currency: str


class CashedSpan(TypedDict):
    """Booking days; a month until today where none are given."""

    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]


class CauseActionIn(TypedDict):
    """What is to be done against a root cause of the policy, and by when."""

    root_cause: str
    action: str
    due_on: str


class CauseActionRow(TypedDict):
    """What is done against a cause; shares in ppm of invoices disputed, None while not known."""

    id: int
    root_cause: str
    root_cause_label: str
    action: str
    owner: str
    status: str
    status_label: str
    due_on: str
    is_late: bool
    done_on: str | None
    by: str
    cases_before: int | None
    invoices_before: int | None
    cases_after: int | None
    invoices_after: int | None
    drop_ppm: int | None
    drop_low_ppm: int | None
    drop_high_ppm: int | None


class CauseRow(TypedDict):
    """One bar of the Pareto; `base_minor` in the company's currency, `currency` names it."""

    group: str
    label: str
    cases: int
    base_minor: int
    currency: str
    share_ppm: int
    upto_ppm: int
    resolved: int
    days_sum: int
    mean_centidays: int | None
    median_centidays: int | None
    decided: int
    valid_ppm: int | None
    sums: list[CauseSum]


class CauseSum(TypedDict):
    """What cases of a group ever disputed in one currency."""

    currency: str
    original_minor: int


class CauseTree(TypedDict):
    """A tree from the root down, and its largest branch that grew beyond what was expected."""

    mode: str
    currency: str
    rows: list[CauseTreeRow]
    leading: CauseTreeRow | None


class CauseTreeRow(TypedDict):
    """One node of a tree, in minor units: rows one level deeper sum to it."""

    at: str
    depth: int
    name: str
    value: str
    is_rest: bool
    amount_minor: int
    base_minor: int
    expected_minor: int
    change_minor: int
    items: int
    share_ppm: int | None
    rate_ppm: int | None
    by: str
    gain_ppm: int


class CausesOut(TypedDict):
    """The tree of causes from the root down; each level sums to the one above."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]
    tree: CauseTree | None


class CausesPage(TypedDict):
    """The Pareto of a period with its figures; amounts in `currency`, days in hundredths."""

    by: str
    currency: str
    since: str
    until: str
    rows: list[CauseRow]
    cases: int
    base_minor: int
    open_minor: int
    resolved: int
    mean_centidays: int | None
    median_centidays: int | None
    ddo_centidays: int | None
    unconverted: int


class CertificateRow(TypedDict):
    """One certificate; `is_good`: it is held on the day asked for."""

    id: int
    user_id: int
    name: str
    kind: str
    issued_on: str
    expires_on: str
    revoked_on: str | None
    is_good: bool


class ChainCheck(TypedDict):
    """Whether the chain holds; if not, the first event that breaks it and why."""

    events: int
    is_whole: bool
    broken_at: int | None
    finding: str


class Change(TypedDict):
    """A customer treated otherwise than by the strategy in force; None: no contact there."""

    customer_id: int
    number: str
    name: str
    before: str | None
    after: str | None


class ChangeIn(TypedDict):
    """What is to be different, and the day of the next check."""

    agenda: NotRequired[list[str] | None]
    every_days: NotRequired[int | None]
    way: NotRequired[Literal['call', 'visit'] | None]
    sponsor_id: NotRequired[int | None]
    next_on: NotRequired[str | None]


class ChangeVerdictIn(TypedDict):
    """Whether a change of details is taken over; a no needs the reason."""

    status: Literal['applied', 'declined']
    reason: NotRequired[str]


class ChannelChange(TypedDict):
    """How a provider is reached, and what it costs: `cost_micros` of `cost_currency`."""

    address: NotRequired[str]
    sender: NotRequired[str]
    secret_name: NotRequired[str]
    settings: NotRequired[ChannelSettings]
    cost_micros: NotRequired[int]
    cost_currency: NotRequired[str]


class ChannelEffect(TypedDict):
    """What an action adds to the part paid within 14 days, in ppm with its 95 % interval."""

    action: str
    contacted: int
    alone: int
    contacted_ppm: int | None
    alone_ppm: int | None
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    seen: int
    needed: int


class ChannelIn(TypedDict):
    """Who carries a kind of message from now on; `cost_micros` of `cost_currency` a message."""

    address: NotRequired[str]
    sender: NotRequired[str]
    secret_name: NotRequired[str]
    settings: NotRequired[ChannelSettings]
    cost_micros: NotRequired[int]
    cost_currency: NotRequired[str]
    kind: Literal['email', 'sms', 'whatsapp', 'voice', 'letter', 'portal']
    provider: Literal['smtp', 'postmark', 'mailgun', 'brevo', 'resend', 'mailjet', 'sparkpost', 'twilio', 'json', 'meta', 'twilio_whatsapp', 'task', 'print', 'portal']


class ChannelMonthRow(TypedDict):
    """What went out by a channel and provider in a month of the company's zone, and its cost."""

    month: str
    channel: str
    provider: str
    cost_currency: str
    messages: int
    delivered: int
    bounced: int
    priced: int
    cost_micros: int


class ChannelOutcomeRow(TypedDict):
    """What became of the messages of a template by a channel that went out lately."""

    channel: str
    template: str
    messages: int
    delivered: int
    bounced: int
    opened: int
    complained: int


class ChannelRow(TypedDict):
    """One channel; `cost_micros` are millionths of `cost_currency` a message costs."""

    id: int
    kind: str
    kind_label: str
    provider: str
    address: str
    sender: str
    secret_name: str
    has_secret: bool
    settings: dict[str, Any]
    cost_micros: int
    cost_currency: str
    is_active: bool
    state: str
    failures: int
    last_ok_at: str | None
    last_failed_at: str | None
    error: str
    rest_until: str | None
    by: str
    recorded_at: str


class ChannelSettings(TypedDict):
    """What else a provider may need; send what yours does."""

    user: NotRequired[str | None]
    use_tls: NotRequired[bool | None]
    message_stream: NotRequired[str | None]
    sender_domain: NotRequired[str | None]
    api_key: NotRequired[str | None]
    subaccount: NotRequired[str | None]
    account: NotRequired[str | None]
    template: NotRequired[str | None]
    site: NotRequired[str | None]


class ChannelTryIn(TypedDict):
    """An address or number of your own."""

    to: str


class ChannelWaitingRow(TypedDict):
    """Messages of a channel that have not gone out, by what they wait for."""

    channel: str
    ready: int
    failed: int
    dead: int
    may_repeat: int


class ChargePart(TypedDict):
    """Days with one open amount and one yearly rate (ppm); `until_on` is the last of them."""

    from_on: str
    until_on: str
    days: int
    rate_ppm: int
    base_minor: int
    source: str


class ChargeRow(TypedDict):
    """One charge: interest of a month, a compensation, or the fee of a level, in minor units."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int
    item: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    rule: str
    period: str
    currency: str
    base_minor: int
    amount_minor: int
    days: int
    from_on: str
    until_on: str
    bill_id: int | None
    bill: str
    waived_by: str
    waived_reason: str
    as_of: str
    parts: list[ChargePart]


class ChargeTotal(TypedDict):
    """Sums of the charges of one currency under a filter, in minor units."""

    currency: str
    charges: int
    amount_minor: int


class ChargebackRow(TypedDict):
    """One chargeback, amounts in minor units of its checkout's currency."""

    id: int
    external_id: str
    checkout_id: int
    number: str
    customer_id: int
    customer_name: str
    provider: str
    currency: str
    amount_minor: int
    fee_minor: int
    reason: str
    status: str
    status_label: str
    evidence_due_on: str | None
    evidence_at: str | None
    evidence_by: str
    opened_on: str
    closed_on: str | None


class CheckFinding(TypedDict):
    """What the check found: a code, how bad, the field, and the sentence."""

    code: str
    severity: str
    about: str
    text: str


class CheckIn(TypedDict):
    """What a call or visit brought."""

    way: NotRequired[Literal['call', 'visit'] | None]
    result: str


class CheckRow(TypedDict):
    """What the monitor saw by a day; `figures` as `jobs.score` stored them."""

    as_of: str
    model_number: int
    model_kind: str
    is_alarm: bool
    alarms: list[str]
    figures: dict[str, Any]


class CheckedLine(TypedDict):
    """A line with its customer and checked account; `state` is new, known or refused."""

    row: int
    reference: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    debtor: str
    iban: str
    bic: str
    scheme: str
    is_recurring: bool
    signed_on: str | None
    state: str
    reason: NotRequired[str]


class Checklist(TypedDict):
    """What speaks for the customer, what for us; `missing` are the required kinds not there."""

    customer: list[EvidenceKind]
    us: list[EvidenceKind]
    missing: list[str]


class CheckoutOut(TypedDict):
    """An online payment with its parts, what was told of it, and what of it went back."""

    row: CheckoutRow
    external_id: str
    parts: list[CheckoutPart]
    events: list[ProviderEventRow]
    refunds: list[CheckoutRefundOut]
    receipt_number: str


class CheckoutPart(TypedDict):
    """What of a checkout goes on an item."""

    item_id: int
    number: str
    due_on: str
    amount_minor: int
    discount_minor: int


class CheckoutRefundIn(TypedDict):
    """How much of an online payment goes back, and why."""

    amount_minor: int
    reason: str


class CheckoutRefundOut(TypedDict):
    """A refund of an online payment."""

    id: int
    number: str
    status: str
    amount_minor: int
    reason: str
    author: str
    approver: str
    error: str


class CheckoutRow(TypedDict):
    """One checkout, amounts in minor units of its currency."""

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    provider: str
    currency: str
    amount_minor: int
    surcharge_minor: int
    method: str
    method_label: str
    purpose: str
    purpose_label: str
    status: str
    status_label: str
    error: str
    payment_id: int | None
    started_by: str
    recorded_at: str
    closed_at: str | None


class CheckoutTotal(TypedDict):
    """Sums of the checkouts of one currency under a filter, in minor units."""

    currency: str
    checkouts: int
    amount_minor: int
    paid_minor: int


class ChoiceFilter(TypedDict):
    """Which logged choices."""

    customer_id: NotRequired[int | None]
    experiment_id: NotRequired[int | None]
    as_of: NotRequired[str | None]


class ChoiceIn(TypedDict):
    """Which contacts of the day; what is left out lets all through."""

    strategy: NotRequired[str]
    level: NotRequired[int | None]
    channel: NotRequired[str]
    segment: NotRequired[str]


class ChoiceRow(TypedDict):
    """What was chosen for a customer on a day, with the chance it had and what it should bring."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    as_of: str
    experiment_id: int | None
    arm: str
    policy: str
    action: str
    channel: str
    hour: int | None
    timing_id: int | None
    timing_ppm: int | None
    permitted: list[str]
    propensity_ppm: int
    is_holdout: bool
    days_past_due: int
    collect_minor: int
    p_unpaid_ppm: int
    minutes: int
    cost_minor: int
    expected_extra_minor: int
    reasons: dict[str, Any]


class Claim(TypedDict):
    """A segment that claimed a customer and did not win, with its first rule that holds."""

    segment: str
    rule: str


class ClaimAnswerIn(TypedDict):
    """What the provider answered; an accepted amount is in the claim's currency."""

    is_accepted: bool
    answer: NotRequired[str]
    currency: NotRequired[str | None]
    amount_minor: NotRequired[int | None]


class ClaimItemRow(TypedDict):
    """An item of a claim with what was open on it when the claim was drawn up."""

    item_id: int
    number: str
    open_minor: int


class ClaimPaidIn(TypedDict):
    """What the provider paid, in the claim's currency, today unless a day is named."""

    currency: str
    paid_minor: int
    paid_on: NotRequired[str | None]


class ClassMove(TypedDict):
    """So many customers were in a class on one day and in another on a later one."""

    before: str
    after: str
    customers: int


class ClassMoveOut(TypedDict):
    """How many customers went from a risk class to another; an empty one had none."""

    before: str
    after: str
    customers: int


class ClearIn(TypedDict):
    """Why the rules decide again."""

    reason: str
    seen: NotRequired[str | None]


class Clock(TypedDict):
    """Where the clock of a decision stands; `days_left` below 0 is late, None: not complete."""

    decide_by: str | None
    paused_days: int
    is_paused: bool
    days_left: int | None


class CloseIn(TypedDict):
    """How the dispute ended."""

    outcome: str


class ClosedIn(TypedDict):
    """How it ended; after an insolvency holds stand unless the customer is chased again."""

    result: str
    is_chased_again: NotRequired[bool]


class Cohort(TypedDict):
    """The invoices of one month (`month` None: of several) and what became of them by age."""

    month: int | None
    billed_minor: int
    items: int
    points: list[Point]
    lost_minor: int


class CollectionCostIn(TypedDict):
    """A cost of collecting as it stands on its voucher."""

    kind: Literal['staff', 'agency', 'legal', 'postage', 'systems', 'other']
    on: str
    currency: str
    amount_minor: int
    reference: str
    customer_id: NotRequired[int | None]
    collector_id: NotRequired[int | None]


class CollectionCostRow(TypedDict):
    """One cost; `withdrawn_on` says that it counts no more."""

    id: int
    kind: str
    kind_label: str
    on: str
    currency: str
    amount_minor: int
    customer_id: int | None
    customer_name: str
    collector: str
    reference: str
    recorded_by: str
    withdrawn_on: str | None


class Column(TypedDict):
    """A scenario's results beside the base: `row` is None for the base itself."""

    row: ScenarioRow | None
    result: ScenarioResult
    tied_minor: int
    less_minor: int


class CommentIn(TypedDict):
    """What the customer reads about a case; a proposal names what we would credit."""

    text: str
    kind: NotRequired[Literal['comment', 'question', 'proposal']]
    credit_minor: NotRequired[int | None]


class CompanyChanges(TypedDict):
    """The fields to change; what is left out stays."""

    language: NotRequired[Literal['en', 'de'] | None]
    reply_to: NotRequired[str | None]
    pay_to: NotRequired[str | None]
    sending: NotRequired[Literal['test', 'live'] | None]
    feed_max_age_days: NotRequired[int | None]
    large_item_minor: NotRequired[int | None]


class CompanyOut(TypedDict):
    """The company: its books' currency and zone, and what it may set itself."""

    id: int
    name: str
    zone: str
    country: str
    currency: str
    language: str
    reply_to: str
    pay_to: str
    sending: str
    feed_max_age_days: int
    large_item_minor: int
    is_demo: bool


class Comparison(TypedDict):
    """The base and scenarios over it; no columns where the base is unknown."""

    as_of: str | None
    currency: str
    kind: str
    periods: list[Period]
    columns: list[Column]
    missing_rates: list[str]
    base: Base | None


class ComplaintRate(TypedDict):
    """Messages that went out under a strategy, and complaints about them, in ppm."""

    strategy: str
    sent: int
    complaints: int
    rate_ppm: int | None
    low_ppm: int
    high_ppm: int
    is_over: bool
    is_near: bool


class Component(TypedDict):
    """One component of a period."""

    name: str
    expected_minor: int


class ComposedOut(TypedDict):
    """The message in the outbox, or the draft that waits for approval."""

    id: int
    status: str


class CompositionIn(TypedDict):
    """What to say, to whom, by which way, and which files go along."""

    customer_id: int
    contact_id: NotRequired[int | None]
    channel: NotRequired[Literal['email', 'sms', 'letter', 'portal']]
    subject: NotRequired[str]
    body: NotRequired[str]
    template: NotRequired[str]
    item_ids: NotRequired[list[int]]


class CompositionOut(TypedDict):
    """The message as it would go out now."""

    to: str
    language: str
    subject: str
    body: str
    findings: list[FindingOut]
    legal: list[LegalOut]
    is_allowed: bool
    rule: str
    next_at: str | None
    approval: str


class ConditionEvidenceIn(TypedDict):
    """What shows that a condition is met."""

    evidence: str


class ConditionIn(TypedDict):
    """What the approval depends on; the amount is in minor units of the company's currency."""

    kind: Literal['deposit', 'guarantee', 'insurance', 'document']
    text: NotRequired[str]
    amount_minor: NotRequired[int | None]
    due_on: NotRequired[str | None]


class ConditionRow(TypedDict):
    """What the approval depends on; amounts in minor units of the company's currency."""

    id: int
    kind: str
    kind_label: str
    text: str
    currency: str
    amount_minor: int | None
    due_on: str
    fulfilled_on: str | None
    waived_on: str | None
    evidence: str
    by: str


class ConditionsIn(TypedDict):
    """The provider's conditions in days; what is left out is not stated."""

    max_terms_days: NotRequired[int | None]
    overdue_report_days: NotRequired[int | None]
    max_extension_days: NotRequired[int | None]
    stop_delivery_days: NotRequired[int | None]
    claim_days: NotRequired[int | None]


class ConnectionChangeIn(TypedDict):
    """All settings; an empty secret keeps the one before, `is_on` false pauses."""

    name: str
    settings: NotRequired[dict[str, str]]
    secret: NotRequired[str]
    every_minutes: NotRequired[int]
    is_on: NotRequired[bool]
    version: int


class ConnectionChangeQuery(TypedDict):
    """Which write-backs to list."""

    cursor: NotRequired[str]
    limit: NotRequired[int]
    status: NotRequired[Literal['', 'proposed', 'tried', 'approved', 'writing', 'written', 'failed', 'dismissed']]


class ConnectionChangeRow(TypedDict):
    """One write-back: what is there, what shall be, and how far it is."""

    id: int
    connection_id: int
    customer_id: int
    customer_number: str
    customer: str
    kind: str
    kind_label: str
    value: str
    currency: str
    before: str
    status: str
    status_label: str
    error: str
    proposed_by: str
    proposed_at: str
    decided_by: str
    written_at: str | None


class ConnectionDecision(TypedDict):
    """Write-backs to approve, which writes them, or to dismiss; all or none."""

    change_ids: list[int]
    is_approved: bool


class ConnectionDifferenceRow(TypedDict):
    """A document open otherwise there than here; None where it is not open at all."""

    id: int
    number: str
    is_payment: bool
    customer_id: int | None
    customer: str
    currency: str
    theirs_minor: int | None
    ours_minor: int | None


class ConnectionField(TypedDict):
    """One setting of a connection: its name, what a person reads, and whether it may be empty."""

    name: str
    label: str
    help: NotRequired[str]
    is_needed: NotRequired[bool]
    is_address: NotRequired[bool]
    is_long: NotRequired[bool]
    is_place: NotRequired[bool]
    choices: NotRequired[list[str]]


class ConnectionFileQuery(TypedDict):
    """Which files to list, by what became of them; `seen` is not taken yet."""

    cursor: NotRequired[str]
    limit: NotRequired[int]
    outcome: NotRequired[Literal['', 'seen', 'taken', 'known', 'waits', 'refused']]


class ConnectionFileRow(TypedDict):
    """A file as it was found; `outcome` is seen until it was dealt with, then what became of it."""

    id: int
    connection_id: int
    place: str
    size: int
    written_at: str
    seen_at: str
    outcome: str
    outcome_label: str
    told: str
    sha256: str
    dealt_at: str | None
    moved_to: str
    rows: int | None
    import_id: int | None
    bank_file_id: int | None
    einvoice_file_id: int | None
    item_id: int | None


class ConnectionIn(TypedDict):
    """A connection of a kind; its secret is kept sealed and in no answer."""

    name: str
    settings: NotRequired[dict[str, str]]
    secret: NotRequired[str]
    every_minutes: NotRequired[int]
    kind: str


class ConnectionKind(TypedDict):
    """A kind of outside ledger: settings in the order a form shows them, and the secret's name."""

    kind: str
    label: str
    about: str
    fields: list[ConnectionField]
    secret: NotRequired[str]


class ConnectionPageQuery(TypedDict):
    """Which page of a list."""

    cursor: NotRequired[str]
    limit: NotRequired[int]


class ConnectionRow(TypedDict):
    """One connection; its secret is never in it."""

    id: int
    kind: str
    kind_label: str
    name: str
    settings: dict[str, str]
    has_secret: bool
    is_on: bool
    every_minutes: int
    system: dict[str, Any]
    next_at: str | None
    failures: int
    fault: str
    error: str
    version: int
    last_status: str
    last_tie: str
    last_at: str | None
    compared_id: int | None
    compared_totals: list[dict[str, Any]]
    waiting: int
    by: str
    recorded_at: str


class ConnectionSyncRow(TypedDict):
    """One sync; `totals` per currency theirs_minor, ours_minor and differing documents."""

    id: int
    connection_id: int
    status: str
    status_label: str
    tie: str
    tie_label: str
    counts: dict[str, int]
    totals: list[dict[str, Any]]
    notes: list[dict[str, str]]
    batches: list[int]
    fault: str
    error: str
    by: str
    started_at: str
    finished_at: str | None


class ConnectionTested(TypedDict):
    """Who answered, or why nobody did: then `fault` is not empty."""

    fault: str
    error: str
    system: dict[str, Any]


class ConsentRow(TypedDict):
    """One consent to a channel."""

    id: int
    channel: str
    purpose: str
    contact_id: int | None
    contact: str
    given_on: str
    withdrawn_on: str | None
    source: str
    recorded_by: str
    is_active: bool


class ContactCard(TypedDict):
    """May a customer be contacted now, by what, and what was recorded about it."""

    party: str
    debt_use: str
    country: str
    region: str
    zones: list[str]
    customers_are: str
    verdicts: list[ContactVerdict]
    restrictions: list[RestrictionRow]
    consents: list[ConsentRow]
    one_contact_with: NotRequired[list[str]]
    others: NotRequired[list[OtherContact]]


class ContactChange(TypedDict):
    """A day on which a customer would have been treated otherwise; empty: no contact."""

    customer_id: int
    number: str
    name: str
    on: str
    before: str
    after: str


class ContactChanges(TypedDict):
    """The fields to change; what is left out stays."""

    role: NotRequired[Literal['payables', 'approver', 'dispute', 'legal', 'executive'] | None]
    name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    language: NotRequired[str | None]
    is_primary: NotRequired[bool | None]


class ContactConsentIn(TypedDict):
    """A yes to a channel and where it can be seen; given today unless a day is named."""

    channel: Literal['email', 'letter', 'call', 'sms', 'portal', 'visit']
    source: str
    purpose: NotRequired[Literal['collection', 'legal', 'last_notice', 'validation', 'notice', 'service']]
    contact_id: NotRequired[int | None]
    given_on: NotRequired[str | None]


class ContactGap(TypedDict):
    """A customer in collection whom no mail reaches in a role, and what there is instead."""

    customer_id: int
    customer_number: str
    customer_name: str
    collector: str
    role: str
    gap: str
    rank: int
    currency: str
    due_minor: int


class ContactIn(TypedDict):
    """A person or mailbox at the customer."""

    role: NotRequired[Literal['payables', 'approver', 'dispute', 'legal', 'executive']]
    name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    language: NotRequired[str]
    is_primary: NotRequired[bool]


class ContactRow(TypedDict):
    """One contact of a customer."""

    id: int
    role: str
    role_label: str
    name: str
    email: str
    phone: str
    language: str
    is_primary: bool
    bounced_on: str | None


class ContactVerdict(TypedDict):
    """May this customer be contacted by this channel? `next_at` is the first allowed moment."""

    channel: str
    decision: str
    rule_id: str
    text: str
    next_at: str | None
    pack: str
    policy_version: int | None


class ContestAnswerIn(TypedDict):
    """Whether the decision stands, and what was found."""

    is_upheld: bool
    text: str


class ContestIn(TypedDict):
    """What the applicant says against an automatic decision, and when."""

    text: str
    asked_on: str


class ConversationDetail(TypedDict):
    """A whole conversation: what was said in its order, and what came of it."""

    row: ConversationRow
    merged_into: int | None
    entries: list[ThreadEntry]
    items: list[ItemLine]
    cases: list[CaseLine]


class ConversationRow(TypedDict):
    """A conversation in a list."""

    id: int
    subject: str
    customer_id: int | None
    customer_name: str
    status: str
    status_label: str
    label: str
    assignee: str
    is_complaint: bool
    reopened: int
    opened_at: str
    last_in_at: str | None
    last_out_at: str | None
    done_at: str | None


class CopilotDraftOut(TypedDict):
    """A draft in the language of its reader; `trouble` says why there is none."""

    kind: Literal['email', 'letter', 'call']
    template: str
    why: SentenceOut
    language: str
    contact_id: int | None
    subject: str
    body: str
    item_ids: list[int]
    findings: list[FindingOut]
    trouble: str


class CopilotOut(TypedDict):
    """What the copilot says of a customer; `questions` has the next one to ask first."""

    customer_id: int
    number: str
    name: str
    summary: list[SentenceOut]
    questions: list[SentenceOut]
    score: list[SentenceOut]
    holds: list[SentenceOut]
    rank: list[SentenceOut]


class CorrectReadingIn(TypedDict):
    """What a message is about."""

    label: str


class CostIn(TypedDict):
    """A cost in the matter's currency; below 0 takes one back."""

    amount_minor: int
    on: str
    note: str


class CourseMonth(TypedDict):
    """One month of a figure in its unit: value = trend + season + rest."""

    month_end: str
    value: float
    trend: float
    season: float
    rest: float
    is_break: bool
    is_outlier: bool


class CourseOut(TypedDict):
    """A figure by month: value = trend + season + rest, in its unit."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]
    course: FigureCourse | None


class CourseOutlier(TypedDict):
    """A month that stands out, and by how much, in the unit."""

    month_end: str
    by: float


class CoursePiece(TypedDict):
    """Months the figure went along one line, the season taken out, in the figure's unit."""

    first_on: str
    last_on: str
    starts_at: float
    ends_at: float
    per_month: float


class CoursePoint(TypedDict):
    """The value of a figure at a month end; null is not applicable."""

    on: str
    value: str | None


class CourseStep(TypedDict):
    """One thing that happened to an invoice, by what kind of party, and the wait after it."""

    activity: str
    on: str
    at: str | None
    resource: str
    days: int | None
    hours: int | None
    open_minor: int
    is_waiting: bool


class CovenantIn(TypedDict):
    """A ratio promised; `threshold` in hundredths of a day, ppm or minor units by its measure."""

    name: str
    lender: str
    measure: Literal['dso', 'overdue_share', 'liquidity', 'concentration', 'borrowing_base']
    currency: str
    threshold: int
    first_test_on: str
    every_months: NotRequired[Literal[1, 3, 6, 12]]
    drawn_minor: NotRequired[int | None]
    eligible_ppm: NotRequired[int | None]
    most_overdue_days: NotRequired[Literal[0, 30, 60, 90] | None]
    note: NotRequired[str]


class CovenantRow(TypedDict):
    """A covenant today: `course` is what the forecast makes of it by the end of each week."""

    id: int
    name: str
    lender: str
    measure: str
    unit: str
    currency: str
    every_months: int
    first_test_on: str
    next_test_on: str
    now: Standing
    inputs: dict[str, int | str]
    course: list[list[str | int | None]]
    expected: Standing
    breach_on: str | None
    waived_until: str | None
    note: str
    ended_on: str | None


class CovenantTestRow(TypedDict):
    """A frozen test of a covenant."""

    id: int
    covenant_id: int
    name: str
    measure: str
    unit: str
    currency: str
    on: str
    measured: int | None
    threshold: int
    is_met: bool | None
    waived: str
    inputs: dict[str, int | str]
    recorded_by: str


class CoverClaimIn(TypedDict):
    """Under which cover, for which items the provider should pay, and why."""

    cover_id: int
    item_ids: list[int]
    reason: str


class CoverClaimRow(TypedDict):
    """One claim under a cover; amounts are minor units of `currency`."""

    id: int
    cover_id: int
    provider: str
    cover_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    currency: str
    items: list[ClaimItemRow]
    open_minor: int
    amount_minor: int
    paid_minor: int | None
    reason: str
    reference: str
    pack_sha256: str
    drawn_on: str
    filed_on: str | None
    answered_on: str | None
    paid_on: str | None
    answer: str
    by: str
    filed_by: str


class CoverGap(TypedDict):
    """Why a part of what a customer owes is not covered (`engine.cover_clock.GAPS`)."""

    code: str
    amount_minor: int


class CoverIn(TypedDict):
    """What is asked of a provider, for which customer."""

    customer_id: int
    kind: Literal['insurance', 'guarantee', 'collateral', 'deposit']
    provider: str
    number: NotRequired[str]
    effect: NotRequired[Literal['reduces_exposure', 'lifts_limit']]
    currency: str
    asked_minor: int
    share_ppm: NotRequired[int]
    conditions: NotRequired[ConditionsIn]
    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]
    note: NotRequired[str]


class CoverPage(TypedDict):
    """An absence with what moves to whom, and what the person reads on coming back."""

    row: AbsenceRow
    works_now: str
    missing: list[str]
    parts: list[CoverPart]
    done: list[DoneRow]


class CoverPart(TypedDict):
    """One kind of work: how many there are, and the first of them."""

    kind: str
    count: int
    rows: list[CoveredRow]


class CoverRow(TypedDict):
    """One cover. Amounts are minor units of `currency`, `share_ppm` of them counts."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    kind: str
    kind_label: str
    effect: str
    effect_label: str
    status: str
    status_label: str
    provider: str
    number: str
    currency: str
    asked_minor: int
    amount_minor: int
    share_ppm: int
    conditions: dict[str, int]
    requested_on: str
    granted_on: str | None
    from_on: str | None
    until_on: str | None
    days_left: int | None
    ended_on: str | None
    end_reason: str
    note: str
    by: str
    approved_by: str
    open_notices: int
    missed: int
    next_due_on: str | None


class CoverUseRow(TypedDict):
    """What stands behind one customer's open items, in `currency`, the company's."""

    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    open_minor: int | None
    covered_minor: int | None
    uncovered_minor: int | None
    gaps: list[CoverGap]
    loss_ppm: int | None
    loss_minor: int


class CoveredRow(TypedDict):
    """One piece of work that moves; `id` is its key, `on` the day it is due where it has one."""

    id: int
    customer_id: int | None
    customer_name: str
    text: str
    on: str | None


class Created(TypedDict):
    """The key of the new record."""

    id: int


class CreatedMany(TypedDict):
    """The keys of the statements, in the order of the customers."""

    ids: list[int]


class Credit(TypedDict):
    """The limit in force and how much of it is used, in the company's currency."""

    currency: str
    limit_minor: int | None
    used_minor: int | None
    used_ppm: int | None
    missing_rates: list[str]
    is_suspended: NotRequired[bool]


class CreditChangeRow(TypedDict):
    """A change with its customer."""

    on: str
    kind: str
    customer_id: int
    number: str
    name: str
    before: str
    after: str
    amount_minor: int
    currency: str
    reference: str


class CreditCheckIn(TypedDict):
    """An order to check; with `commit` false nothing is written, and no key is needed."""

    customer_id: NotRequired[int | None]
    customer_number: NotRequired[str]
    number: str
    currency: str
    amount_minor: int
    prepaid_minor: NotRequired[int]
    delivered_minor: NotRequired[int]
    billed_minor: NotRequired[int]
    terms: NotRequired[str]
    type: NotRequired[str]
    ordered_on: NotRequired[str | None]
    deliver_on: NotRequired[str | None]
    checkpoint: NotRequired[Literal['order', 'picking', 'delivery']]
    commit: NotRequired[bool]


class CreditCheckRow(TypedDict):
    """One check of an order. `amount_minor` in `currency`, the order's."""

    id: int | None
    customer_id: int
    customer_number: str
    customer_name: str
    order_id: int | None
    order_number: str
    order_status: str
    order_status_label: str
    hold_id: int | None
    decision: str
    currency: str
    amount_minor: int
    home_currency: str
    exposure_minor: int | None
    limit_minor: int | None
    held_by: list[str]
    outcomes: list[RuleOutcomeRow]
    release: list[ReleaseRow]
    policy_version: int | None
    as_of: str
    by: str
    at: str | None


class CreditChecksIn(TypedDict):
    """Orders to check one after the other, all or none; with `commit` false nothing is written."""

    orders: list[OrderIn]
    commit: NotRequired[bool]


class CreditChecksOut(TypedDict):
    """The checks in the order of the orders, and how many passed and are held."""

    approved: int
    held: int
    rows: list[CreditCheckRow]


class CreditDesk(TypedDict):
    """What waits for somebody: numbers that lead to their lists."""

    reviews_queued: int
    reviews_waiting: int
    reviews_overdue: int
    decisions: int
    applications: int
    holds: int
    holds_ready: int
    covers_expiring: int
    covers_expiring_minor: int | None
    deadlines: int
    deadlines_missed: int
    warnings: int


class CreditFactRow(TypedDict):
    """One fact of the catalogue with its value on the day; None is not known."""

    name: str
    group: str
    kind: str
    unit: str
    label: str
    value: int | str | bool | None


class CreditFile(TypedDict):
    """What is known of a customer's credit; amounts of facts are minor units of `currency`."""

    customer_id: int
    customer_number: str
    customer_name: str
    party: str
    as_of: str
    currency: str
    facts: list[CreditFactRow]
    points: list[CreditPointRow]
    bureaus: BureauView
    consents: list[BureauConsentRow]
    statements: list[FinancialStatementRow]


class CreditGroupIn(TypedDict):
    """A new group."""

    name: str
    note: NotRequired[str]


class CreditGroupRow(TypedDict):
    """A group, its limit, and what its members use of it together."""

    id: int
    name: str
    note: str
    ended_on: str | None
    members: int
    currency: str
    limit: GroupLimit
    limit_minor: int | None
    exposure_minor: int | None
    free_minor: int | None
    used_ppm: int | None


class CreditHoldChoice(TypedDict):
    """Which holds; `open` are those that stand."""

    status: NotRequired[Literal['', 'open', 'raised', 'under_review', 'ready', 'released', 'rejected', 'ended']]
    rule: NotRequired[str]
    kind: NotRequired[Literal['', 'auto', 'forced']]
    customer_id: NotRequired[int | None]
    order_id: NotRequired[int | None]


class CreditHoldIn(TypedDict):
    """A forced hold: on an order, or without one on every further order of the customer."""

    customer_id: int
    order_id: NotRequired[int | None]
    reason: str
    review_on: NotRequired[str | None]


class CreditHoldRow(TypedDict):
    """One hold. `amount_minor` in `currency`, the order's; of a customer's hold there is none."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    order_id: int | None
    order_number: str
    currency: str
    amount_minor: int | None
    kind: str
    kind_label: str
    status: str
    status_label: str
    reasons: list[RuleOutcomeRow]
    home_currency: str
    over_minor: int | None
    clear_on: str | None
    raised_by: str
    raised_on: str
    reviewer: str
    review_on: str | None
    scope: str
    until_on: str | None
    ended_by: str
    ended_on: str | None
    end_reason: str
    check_id: int | None
    version: int


class CreditIn(TypedDict):
    """Why an invoice is credited; quantities in millionths by line, none for the whole."""

    reason: str
    quantities: NotRequired[dict[str, Any] | None]
    is_allocated: NotRequired[bool]


class CreditPointRow(TypedDict):
    """A point of the checklist, or one of the company's own, as it counts on the day."""

    name: str
    label: str
    kind: str
    unit: str
    value: int | str | bool | None
    source: str
    as_of: str | None
    age_days: int | None
    by: str
    is_listed: bool


class CreditProposal(TypedDict):
    """A proposal in the company's currency; amounts of a year beside the limit they belong to."""

    outcome: str
    because: str
    limit_minor: int
    table_minor: int
    asked_minor: int | None
    currency: str
    terms_days: int
    deposit_ppm: int
    risk_class: str
    risk: str
    points: int | None
    pd_ppm: int
    lgd_ppm: int
    reasons: list[dict[str, Any]]
    conditions: list[str]
    missing: list[str]
    expected_loss_minor: int
    margin_minor: int
    carry_minor: int
    next_ppm: int
    policy_version: int | None
    scorecard: str
    scorecard_id: int | None
    facts: NotRequired[dict[str, int | str | bool | None]]
    appetite: NotRequired[list[str]]


class CreditReplayAnswer(TypedDict):
    """What a replay found; `changes` are the first ROWS of a kind (all kinds where empty)."""

    kinds: list[KindCount]
    months: list[MonthCount]
    changes: list[CreditChangeRow]
    all_changes: int
    sides: dict[str, list[int]]
    avoided_minor: int
    let_in_minor: int
    refused_sales_minor: int
    won_sales_minor: int
    currency: str


class CreditReplayIn(TypedDict):
    """The version of the credit policy to replay the last twelve months under."""

    version_id: int


class CreditReplayRow(TypedDict):
    """One replay as lists show it; `done_ppm` says how much of it is done."""

    id: int
    version_id: int
    name: str
    version: int
    from_on: str
    to_on: str
    status: str
    status_label: str
    done_ppm: int
    error: str
    by: str
    recorded_at: str
    changes: int | None


class CreditReviewIn(TypedDict):
    """Whose credit to review out of turn, and why."""

    customer_id: int
    reason: str


class CreditYield(TypedDict):
    """What credit brought over a period; `yield_ppm` a year on what was owed, None if nothing was."""

    sales_minor: int
    average_minor: int
    margin_minor: int
    carry_minor: int
    loss_minor: int
    collect_minor: int
    discount_minor: int


class CreditYields(TypedDict):
    """What credit brought over a half-open span; the rows sum to the total."""

    since: str
    until: str
    currency: str
    rates: list[RatePeriod]
    margins: list[list[str | int]]
    provision_on: str | None
    rows: list[YieldRow]
    total: YieldRow
    missing: list[str]


class CreditedIn(TypedDict):
    """The credit note that answers a request."""

    item_id: int


class CurrencyFigures(TypedDict):
    """The ageing of one currency, all buckets in order, and its sums in minor units."""

    currency: str
    open_minor: int
    overdue_minor: int
    items: int
    customers: int
    buckets: list[BucketFigure]


class CurriculumIn(TypedDict):
    """Who learns which curriculum until when."""

    user_id: int
    curriculum: str
    due_on: str


class CurriculumPart(TypedDict):
    """A part of a curriculum and the day it was passed, None where that does not count (yet)."""

    kind: str
    name: str
    passed_on: str | None


class CurriculumRow(TypedDict):
    """One curriculum for one person; `is_cross`: of another role than theirs."""

    curriculum: str
    is_cross: bool
    parts: list[CurriculumPart]
    expires_on: str | None
    expired_on: str | None
    due_on: str | None


class Curve(TypedDict):
    """One line of the chart: a month, or a slice over all months; `is_few` has no points."""

    label: str
    month_end: str | None
    cohort: Cohort
    is_few: bool


class CurvesOut(TypedDict):
    """Share collected by age, of months or of slices."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]
    curves: list[Curve]


class CustomerCard(TypedDict):
    """Everything the customer page shows above its lists."""

    id: int
    number: str
    name: str
    segment: str
    country: str
    language: str
    currency: str
    terms: str
    vat_id: str
    address: str
    parent_id: int | None
    parent: str
    merged_into_id: int | None
    merged_into: str
    collector_id: int | None
    collector: str
    is_opted_out: bool
    balances: list[Balance]
    credit: Credit
    contacts: list[ContactRow]
    habit: HabitRow | None
    last_payment: LastPayment | None
    last_contact: LastContact | None
    tasks: list[TaskRow]
    holds: list[HoldRow]
    rank: int | None
    reasons: dict[str, Any]
    blocked: list[Any]
    snoozed_until: str | None


class CustomerChange(TypedDict):
    """How many contacts a customer would have had under each."""

    customer_id: int
    number: str
    name: str
    before: int
    after: int


class CustomerChanges(TypedDict):
    """The fields to change; what is left out stays."""

    name: NotRequired[str | None]
    segment: NotRequired[str | None]
    country: NotRequired[str | None]
    language: NotRequired[str | None]
    currency: NotRequired[str | None]
    terms: NotRequired[str | None]
    vat_id: NotRequired[str | None]
    address: NotRequired[str | None]
    party: NotRequired[Literal['', 'company', 'person', 'public'] | None]
    debt_use: NotRequired[Literal['', 'business', 'personal'] | None]
    region: NotRequired[str | None]
    sector: NotRequired[str | None]
    zones: NotRequired[list[str] | None]
    is_opted_out: NotRequired[bool | None]


class CustomerCharges(TypedDict):
    """What one customer owes, was billed and was forgiven in one currency, in minor units."""

    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    accrued_minor: int
    billed_minor: int
    waived_minor: int
    charges: int


class CustomerContactIn(TypedDict):
    """A contact, and whose it is."""

    role: NotRequired[Literal['payables', 'approver', 'dispute', 'legal', 'executive']]
    name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    language: NotRequired[str]
    is_primary: NotRequired[bool]
    customer_id: int


class CustomerIn(TypedDict):
    """A customer by its number: a new one, or what changes of it; a new one needs a name."""

    name: NotRequired[str | None]
    segment: NotRequired[str | None]
    country: NotRequired[str | None]
    language: NotRequired[str | None]
    currency: NotRequired[str | None]
    terms: NotRequired[str | None]
    vat_id: NotRequired[str | None]
    address: NotRequired[str | None]
    party: NotRequired[Literal['', 'company', 'person', 'public'] | None]
    debt_use: NotRequired[Literal['', 'business', 'personal'] | None]
    region: NotRequired[str | None]
    sector: NotRequired[str | None]
    zones: NotRequired[list[str] | None]
    is_opted_out: NotRequired[bool | None]
    number: str
    contacts: NotRequired[list[ContactIn]]


class CustomerInvoicingIn(TypedDict):
    """How a customer wants its invoices."""

    texts: dict[str, Any]
    format: Literal['pdf', 'facturx', 'xrechnung_ubl', 'xrechnung_cii', 'peppol']
    delivery: Literal['mail', 'portal', 'download']
    is_po_required: NotRequired[bool]
    version: int


class CustomerInvoicingOut(TypedDict):
    """How a customer wants its invoices."""

    texts: dict[str, str]
    format: str
    delivery: str
    is_po_required: bool
    version: int


class CustomerLinkIn(TypedDict):
    """`other_id` is the parent, guarantor, bill-to or payer; `most_minor` caps a guarantor."""

    customer_id: int
    other_id: int
    kind: Literal['parent', 'guarantor', 'bill_to', 'payer']
    from_on: NotRequired[str | None]
    most_minor: NotRequired[int | None]
    reason: NotRequired[str]


class CustomerLinkRow(TypedDict):
    """A link of a customer as its page shows it; `is_from`: the customer's own, not another's."""

    id: int
    kind: str
    kind_label: str
    customer_id: int
    customer_number: str
    customer: str
    other_id: int
    other_number: str
    other: str
    most_minor: int | None
    currency: str
    from_on: str
    until_on: str | None
    reason: str
    by: str
    ended_by: str


class CustomerMergeFile(TypedDict):
    """One merge, what goes or went along with it, and what stands against its next step."""

    merge: CustomerMergeRow
    moves: list[MovedRows]
    holdings: list[Holding]
    hindrances: list[MergeHindrance]
    returns: list[MovedRows]


class CustomerMergeIn(TypedDict):
    """Which record is closed, which one stays, and why both are one customer."""

    merged_id: int
    survivor_id: int
    reason: str


class CustomerMergePreview(TypedDict):
    """What a merge would do now; sums by currency, and nothing against it where none is named."""

    merged_id: int
    merged_number: str
    merged: str
    survivor_id: int
    survivor_number: str
    survivor: str
    hindrances: list[MergeHindrance]
    moves: list[MovedRows]
    merged_holdings: list[Holding]
    survivor_holdings: list[Holding]
    after_holdings: list[Holding]
    becomes_opted_out: bool


class CustomerMergeRow(TypedDict):
    """A merge as it is listed: who into whom, why, and who did what when."""

    id: int
    merged_id: int
    merged_number: str
    merged: str
    survivor_id: int
    survivor_number: str
    survivor: str
    status: str
    reason: str
    author: str
    proposed_on: str
    decided_by: str
    decided_on: str | None
    split_by: str
    split_on: str | None


class CustomerNoteIn(TypedDict):
    """A note or call result, and whose it is."""

    kind: Literal['call', 'note', 'email', 'visit']
    result: NotRequired[Literal['', 'reached', 'no_answer', 'left_message', 'call_back', 'wrong_number', 'refuses', 'says_paid']]
    why: NotRequired[Literal['', 'cash', 'not_received', 'not_approved', 'dispute', 'process', 'waiting_credit', 'insolvent']]
    text: NotRequired[str]
    next_on: NotRequired[str | None]
    snooze: NotRequired[bool]
    customer_id: int


class CustomerOutlook(TypedDict):
    """What is expected of a customer: sums per currency, and its score with points and warnings."""

    customer_id: int
    expected: list[CustomerPrediction]
    score: ScoreRow | None


class CustomerPrediction(TypedDict):
    """What is expected of a customer's open items in one currency, sums in minor units."""

    currency: str
    items: int
    open_minor: int
    expected_14_minor: int
    loss_minor: int
    mean_p_late_ppm: int
    next_pay_on: str


class CustomerRow(TypedDict):
    """One line of the list of customers."""

    id: int
    number: str
    name: str
    segment: str
    country: str
    collector_id: int | None
    collector: str
    credit_limit_minor: int | None
    is_opted_out: bool
    owed: list[Owed]


class CustomerSegment(TypedDict):
    """One customer's segment from all sides; `rule` is empty by hand and where no rule holds."""

    customer_id: int
    customer_name: str
    segment: str
    is_assigned: bool
    rule: str
    since_on: str | None
    decided_on: str | None
    facts: dict[str, Any]
    also: list[Claim]
    by_hand: ByHand | None
    moves: list[SegmentMoveRow]


class CustomerToScore(TypedDict):
    """Whose score is recorded, by its facts as of today."""

    customer_id: int


class CustomerTwins(TypedDict):
    """Two customers that may be one; `reasons` are what both have, `points` how sure, of 100."""

    first_id: int
    first_number: str
    first: str
    second_id: int
    second_number: str
    second: str
    reasons: list[str]
    points: int


class CycleIn(TypedDict):
    """The day to run the cycle for; missed days before it are caught up."""

    as_of: NotRequired[str | None]


class CycleOut(TypedDict):
    """The days a cycle ran, with their steps; `left_out`: missed days too long ago."""

    as_of: str
    days: list[str]
    steps: list[StepOut]
    left_out: int


class DayChange(TypedDict):
    """What happened on the cycle's day: how often, and about how much, in minor units."""

    change: str
    currency: str
    amount_minor: int
    count: int


class DayPlan(TypedDict):
    """What fits into a collector's day: the customers of the worklist's view `plan` together."""

    customers: int
    minutes: int
    capacity_minutes: int
    expected_extra_minor: int


class DayReached(TypedDict):
    """What one working day reaches: customers, minutes used, extra cash."""

    day: int
    customers: int
    minutes: int
    extra_minor: int


class Days(TypedDict):
    """The days and the currency; empty: the latest analysis, the company's currency."""

    as_of: NotRequired[str | None]
    since: NotRequired[str | None]
    currency: NotRequired[str]


class DaysEffect(TypedDict):
    """Mean days from due to paid of both groups and how much earlier the rewarded pay, in 1/100."""

    treated: int
    control: int
    treated_centidays: int | None
    control_centidays: int | None
    earlier_centidays: int | None
    low_centidays: int | None
    high_centidays: int | None
    amount_minor: int
    day_cost_minor: int | None
    yearly_ppm: int | None


class DaysToInvoice(TypedDict):
    """Mean days from delivery to issue, one decimal, and over how many invoices."""

    from_on: str
    until_on: str
    days: str
    invoices: int


class DeadlineRow(TypedDict):
    """A day that must not be missed."""

    kind: str
    kind_label: str
    due_on: str
    rule: str
    met_on: str | None


class DebitChoice(TypedDict):
    """Which debits."""

    run_id: NotRequired[int | None]
    customer_id: NotRequired[int | None]
    status: NotRequired[Literal['', 'planned', 'sent', 'paid', 'returned', 'refused', 'cancelled']]
    came_back: NotRequired[bool]


class DebitLine(TypedDict):
    """An item that a debit pays, in cents."""

    item_id: int
    number: str
    due_on: str
    amount_minor: int


class DebitReportIn(TypedDict):
    """A status report of the bank (pain.002) as it was received."""

    name: str
    content: str


class DebitReturnIn(TypedDict):
    """Why and when a debit came back; without a fee the one of the policy is charged."""

    reason_code: str
    returned_on: str
    fee_minor: NotRequired[int | None]
    text: NotRequired[str]


class DebitRow(TypedDict):
    """One debit; `notice_status` is that of its message, empty while nobody was told."""

    id: int
    run_id: int
    run_number: int
    collect_on: str
    customer_id: int
    customer_number: str
    customer_name: str
    mandate_id: int
    mandate: str
    mandate_status: str
    end_to_end: str
    sequence: str
    amount_minor: int
    status: str
    status_label: str
    attempt: int
    retry_on: str | None
    is_retried: bool
    reason_code: str
    reason: str
    returned_on: str | None
    payment_id: int | None
    notice_id: int | None
    notice_status: str
    notice_label: str
    is_by_post: bool
    lines: list[DebitLine]


class DebitRunCard(TypedDict):
    """A run, how far telling its customers has come, and whom it left out and why."""

    row: DebitRunRow
    told: NoticeCount
    left_out: list[LeftOutRow]
    left_out_count: int


class DebitRunCollectedIn(TypedDict):
    """The day on which the money was on the account."""

    value_on: str


class DebitRunRow(TypedDict):
    """One run; amounts in cents. `returned_*` counts what came back or was refused."""

    id: int
    number: int
    account_id: int
    account: str
    scheme: str
    collect_on: str
    status: str
    status_label: str
    lines_count: int
    total_minor: int
    collected_minor: int
    returned_count: int
    returned_minor: int
    author: str
    approver: str
    made_on: str
    sent_at: str | None
    message_id: str
    sha256: str


class DecidedIn(TypedDict):
    """Whether a proposal is carried out; a rejection says why."""

    approve: bool
    reason: NotRequired[str]


class Decision(TypedDict):
    """One open question about a file."""

    file: str
    part: str
    code: str
    columns: list[str]
    question: str
    options: NotRequired[list[str]]
    examples: NotRequired[list[str]]


class DecisionOfLossIn(TypedDict):
    """Whether an assessment is approved."""

    is_approved: bool


class DecisionRow(TypedDict):
    """What was decided on a message, and the record that came of it."""

    id: int
    reading_id: int | None
    place: int | None
    verdict: str
    label: str
    action: str
    record: str
    record_id: int | None
    is_edited: bool
    is_undone: bool
    by: str
    recorded_at: str


class DeductionIn(TypedDict):
    """A part of an item the payer refuses; it opens a dispute."""

    item_id: int
    amount_minor: int
    reason: NotRequired[str]
    note: NotRequired[str]


class DeliveryAlarm(TypedDict):
    """An open invoice nothing proves to have arrived: why, and what to do next."""

    item_id: int
    customer_id: int
    due_on: str
    days_left: int
    why: str
    next_step: str


class DeliveryBoard(TypedDict):
    """A page of the board and what all states come to; an alarm is counted beside its state."""

    totals: list[DeliveryTotal]
    page: Page[DeliveryRow]


class DeliveryNoteIn(TypedDict):
    """What somebody says of an invoice; for `bounced` the contact whose address is wrong."""

    stage: Literal['handed_over', 'delivered', 'received', 'accepted', 'approved', 'not_received', 'bounced']
    on: str
    contact_id: NotRequired[int | None]
    note: NotRequired[str]


class DeliveryRow(TypedDict):
    """An open invoice on the board; `why` and `next_step` are empty without an alarm."""

    item_id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    open_minor: int
    issued_on: str
    due_on: str
    reached: str
    current: str
    current_on: str
    current_source: str
    why: str
    next_step: str


class DeliveryTotal(TypedDict):
    """Invoices of one state and currency; the rows under its filter add up to it."""

    state: str
    currency: str
    items: int
    open_minor: int


class DeskExportBegun(TypedDict):
    """The export, and whether it was begun now; false where one runs already."""

    is_begun: bool
    export: DeskExportOut


class DeskExportIn(TypedDict):
    """Form of the tables, and whether sealed fields are written in plain text."""

    form: NotRequired[Literal['parquet', 'csv', 'json']]
    is_opened: NotRequired[bool]


class DeskExportOut(TypedDict):
    """A full export: running, done, failed, removed or expired."""

    id: str
    form: str
    is_opened: bool
    status: str
    done_ppm: int
    error: str
    by: str
    begun_at: str
    ended_at: str | None
    kept_until: str | None
    size_bytes: int
    sha256: str
    rows: int
    tables: int
    files: int
    events: int
    head: str
    broken: list[str]


class DeskSum(TypedDict):
    """How many matters a desk has with the customer, and how many of them are late."""

    desk: str
    matters: int
    late: int


class Difference(TypedDict):
    """What a draft would change: contacts more, contacts less, contacts of another step."""

    added: int
    dropped: int
    altered: int
    demand_before: list[list[str | int]]
    demand_after: list[list[str | int]]
    changes: list[Change]


class DismissSuggestionIn(TypedDict):
    """Which suggestion is not to be done; none named: nothing of them."""

    reading_id: int
    place: NotRequired[int | None]


class DispatchIn(TypedDict):
    """How one posted letter went; registered mail needs its number."""

    message_id: int
    tracking: NotRequired[str]
    is_registered: NotRequired[bool]


class DispatchesIn(TypedDict):
    """The letters told of."""

    dispatches: list[DispatchIn]


class DisputeCaseRow(TypedDict):
    """One case. `days_left`: business days to its last day, below 0 late, None once over."""

    id: int
    number: str
    title: str
    customer_id: int
    customer_number: str
    customer_name: str
    reason: str
    reason_label: str
    root_cause: str
    root_cause_label: str
    source: str
    source_label: str
    status: str
    status_label: str
    owner_id: int | None
    owner: str
    team: str
    validity_ppm: int | None
    opened_on: str
    respond_by: str | None
    resolve_by: str | None
    days_left: int | None
    is_late: bool
    is_paused: bool
    is_escalated: bool
    resolved_on: str | None
    closed_on: str | None
    age_days: int
    amounts: list[CaseAmounts]


class DisputeCommentRow(TypedDict):
    """Something said about a case by `side`; a proposal names what we would credit."""

    id: int
    side: str
    side_label: str
    kind: str
    kind_label: str
    text: str
    credit_minor: int | None
    currency: str
    answer: str
    answer_label: str
    files: list[str]
    by: str
    recorded_at: str


class DisputeIn(TypedDict):
    """A new dispute over a part of one item."""

    item_id: int
    amount_minor: int
    reason: Literal['price', 'short_delivery', 'quality', 'no_po', 'duplicate', 'tax', 'already_paid', 'other']
    note: NotRequired[str]


class DisputeRow(TypedDict):
    """One dispute; `age_days` counts to the day it was closed, or to the day asked about."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int
    item: str
    currency: str
    amount_minor: int
    item_minor: int
    reason: str
    reason_label: str
    note: str
    opened_on: str
    closed_on: str | None
    outcome: str
    age_days: int
    case_id: int | None
    case_number: str


class DisputeStep(TypedDict):
    """One thing that happened to the case: the event's verb, who, and what was said."""

    verb: str
    at: str
    by: str
    why: str


class DisputeTaskRow(TypedDict):
    """A question; `is_open` while nobody answered; a guest's link works until `link_until`."""

    id: int
    case_id: int
    case_number: str
    question: str
    whom: str
    is_guest: bool
    guest_email: str
    due_on: str
    is_late: bool
    is_open: bool
    is_cancelled: bool
    answered_at: str | None
    answered_by: str
    answer: str
    verdict: str
    by: str
    link_until: str | None


class DisputedLineIn(TypedDict):
    """A disputed line; amounts in minor units of the part's currency."""

    line: str
    description: NotRequired[str]
    quantity_milli: NotRequired[int | None]
    disputed_quantity_milli: NotRequired[int | None]
    price_minor: NotRequired[int | None]
    claimed_price_minor: NotRequired[int | None]
    amount_minor: NotRequired[int]
    currency: str


class DisputedPartIn(TypedDict):
    """How much of an item is disputed; 0 with lines: what they come to."""

    item_id: int
    amount_minor: NotRequired[int]
    currency: str
    note: NotRequired[str]
    lines: NotRequired[list[DisputedLineIn]]


class DistinctCustomersIn(TypedDict):
    """Two records that are not the same customer, in any order."""

    customer_id: int
    other_id: int
    reason: NotRequired[str]


class DividendIn(TypedDict):
    """The payment that is the dividend."""

    payment_id: int


class DocumentRow(TypedDict):
    """A file with an application."""

    id: int
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    by: str
    recorded_at: str


class DocumentsFiled(TypedDict):
    """What became of each file, in the order they came."""

    files: list[FiledFile]


class DomainCheckBegun(TypedDict):
    """Whether a check was begun; false where one runs already."""

    is_begun: bool


class DomainCheckIn(TypedDict):
    """Names of DKIM keys to look for; without any the common ones are tried."""

    selectors: NotRequired[list[str]]


class DomainCheckOut(TypedDict):
    """One look at a domain."""

    id: int
    domain: str
    is_good: bool
    selectors: list[str]
    findings: list[DomainFindingOut]
    by: str
    checked_at: str


class DomainFindingOut(TypedDict):
    """A finding: good, warn or bad; `put` is the text record for `name` that mends it."""

    about: str
    code: str
    level: str
    text: str
    name: str
    found: str
    put: str


class Done(TypedDict):
    """How many records the change touched."""

    changed: int


class DoneIn(TypedDict):
    """When a deadline was met, today unless a day is named, and how."""

    done_on: NotRequired[str | None]
    note: NotRequired[str]


class DoneRow(TypedDict):
    """Something that was done with a customer of the absent person while it was away."""

    on: str
    verb: str
    by: str
    customer_id: int
    customer_name: str


class DrawDetail(TypedDict):
    """A draw with its items, its bookings and the base it rested on."""

    row: DrawRow
    items: list[DrawItemRow]
    moves: list[DrawMoveRow]
    base: dict[str, Any]


class DrawIn(TypedDict):
    """The items to assign by key; none: everything that counts, as far as it goes."""

    item_ids: NotRequired[list[int]]


class DrawItemRow(TypedDict):
    """An item of a draw; `open_minor` is what the customer still owes on it."""

    id: int
    item_id: int
    number: str
    customer_id: int
    customer_name: str
    due_on: str
    status: str
    status_label: str
    gross_minor: int
    advance_minor: int
    fee_minor: int
    open_minor: int
    ended_on: str | None


class DrawMoveRow(TypedDict):
    """A booking of a draw."""

    kind: str
    kind_label: str
    on: str
    advance_minor: int
    cost_minor: int
    cash_minor: int
    by: str


class DrawProvisionIn(TypedDict):
    """The month end a provision is measured at."""

    on: str


class DrawRow(TypedDict):
    """A draw; amounts in the facility's currency."""

    id: int
    number: int
    facility_id: int
    facility: str
    status: str
    status_label: str
    currency: str
    as_of: str
    items: int
    gross_minor: int
    advance_minor: int
    fee_minor: int
    owed_minor: int
    reference: str
    by: str
    sanctioned_by: str
    disbursed_on: str | None
    ended_on: str | None
    reason: str


class Drift(TypedDict):
    """From that day on an arm did otherwise in a segment: what came before is forgotten."""

    on: str
    segment: str
    arm: str


class DryContact(TypedDict):
    """One customer whose day has come: the contact proposed, and what was decided about it."""

    customer_id: int
    number: str
    name: str
    strategy: str
    level: int
    channel: str
    template: str
    decision: str
    reasons: list[str]
    demand: list[list[str | int]]


class DryRun(TypedDict):
    """The answer; `contacts` go out, `blocked` do not, both cut off after the rows asked for."""

    as_of: str
    customers: int
    drafts: int
    steps: list[StepCount]
    reasons: list[ReasonCount]
    contacts: list[DryContact]
    blocked: list[DryContact]
    difference: Difference | None


class DuelGuard(TypedDict):
    """Harm of the challenger in one measure: shares of customers in ppm, with the interval."""

    measure: str
    state: str
    margin_ppm: int
    harm_ppm: int
    low_ppm: int
    high_ppm: int


class DuelIn(TypedDict):
    """Champion against challenger. Texts are named `template: variant`."""

    name: str
    kind: Literal['strategy', 'wording']
    champion: str
    challenger: str
    share_ppm: NotRequired[int]
    smallest_ppm: NotRequired[int]
    margins: list[MarginIn]
    starts_on: str
    ends_on: str
    question: NotRequired[str]


class DuelLookRow(TypedDict):
    """What a comparison said on a day."""

    as_of: str
    seen: int
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    outcome: str
    why: str


class DuelReading(TypedDict):
    """A comparison as agreed, and what it says by a day."""

    kind: str
    champion: str
    challenger: str
    smallest_ppm: int
    planned: int
    weekly: int
    weeks: int | None
    error_ppm: int
    power_ppm: int
    enrolled: int
    champion_n: int
    challenger_n: int
    seen: int
    outcome: str
    why: str
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    is_final: bool
    owed_minor: int
    gain_minor: int | None
    gain_low_minor: int | None
    gain_high_minor: int | None
    days_tenths: int | None
    days_low_tenths: int | None
    days_high_tenths: int | None
    mismatch_ppm: int
    guards: list[DuelGuard]
    looks: list[DuelLookRow]


class DutyIn(TypedDict):
    """Who is on call for a role from a day to a day."""

    role: Literal['sales', 'support', 'collector', 'credit_manager', 'finance_director']
    user_id: int
    from_on: str
    until_on: str


class DutyOverrideIn(TypedDict):
    """Who may do both sides of which pair, why, and for how many days."""

    user_id: int
    pair: str
    reason: str
    days: int


class DutyPairOut(TypedDict):
    """Two sides that one person should not hold, as rights, and why."""

    id: str
    why: str
    first: list[str]
    second: list[str]


class DutyRow(TypedDict):
    """Days on which somebody is on call; `is_now`: on the day asked for."""

    id: int
    role: str
    role_label: str
    user_id: int
    name: str
    from_on: str
    until_on: str
    is_now: bool


class EInvoiceFileRow(TypedDict):
    """One file: what it is, how much is due by it (below 0: a credit), and what became of it."""

    id: int
    name: str
    sha256: str
    size_bytes: int
    syntax: str
    profile: str
    status: str
    status_label: str
    reason: str
    number: str
    kind: str
    kind_label: str
    currency: str
    amount_minor: int
    issued_on: str | None
    due_on: str | None
    order_number: str
    seller_name: str
    seller_vat_id: str
    buyer_name: str
    buyer_vat_id: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    item_id: int | None
    findings: list[EInvoiceFinding]
    fatal: int
    by: str
    recorded_at: str


class EInvoiceFinding(TypedDict):
    """One rule that a file breaks."""

    rule: str
    level: str
    text: str
    where: str


class EInvoiceTaken(TypedDict):
    """The item that a file became."""

    item_id: int


class EInvoiceVerdict(TypedDict):
    """What a file is, what it asks for, and which rules it breaks; amounts are minor units."""

    is_valid: bool
    syntax: str
    specification: str
    rules: list[str]
    number: str
    type_code: str
    issued_on: str
    due_on: str | None
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    payable_minor: int
    seller: str
    buyer: str
    findings: list[EInvoiceFinding]
    not_carried: list[str]


class EInvoicesReceived(TypedDict):
    """What became of each file, in the order they came."""

    files: list[EInvoiceFileRow]


class EarlyWarningRow(TypedDict):
    """One warning; `measured` and `usual` in `unit`, `stance` of all that stands at the customer."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    kind: str
    sign: str
    sign_label: str
    stance: str
    strength_ppm: int
    unit: str
    measured: int | None
    usual: int | None
    evidence_rows: int
    text: str
    since_on: str
    first_on: str
    last_on: str
    status: str
    status_label: str
    cleared_on: str | None
    decided_by: str
    decided_on: str | None
    reason: str
    watch_id: int | None


class Effect(TypedDict):
    """Mean share paid in time of each group, and their difference with its 95 % interval, in ppm."""

    treated: int
    control: int
    treated_ppm: int | None
    control_ppm: int | None
    difference_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None


class EntryChoice(TypedDict):
    """Which entries."""

    treatment: NotRequired[Literal['', 'payment', 'return', 'debit', 'refund', 'other', 'same_money', 'pending', 'open']]
    account_id: NotRequired[int | None]
    statement_id: NotRequired[int | None]
    search: NotRequired[str]


class EntryDecision(TypedDict):
    """What an entry is; a return names the payment that came back."""

    treatment: Literal['payment', 'return', 'other', 'open']
    payment_id: NotRequired[int | None]
    reason: NotRequired[str]


class EntryRow(TypedDict):
    """One movement of money as the bank tells it, and what became of it here."""

    id: int
    entry_id: str
    statement_id: int
    account_id: int
    account: str
    value_on: str
    booked_on: str
    amount_minor: int
    currency: str
    counterparty: str
    counterparty_account: str
    reference: str
    end_to_end: str
    bank_reference: str
    text: str
    code: str
    return_reason: str
    is_reversal: bool
    status: str
    treatment: str
    treatment_label: str
    payment_id: int | None
    payment_number: str


class ErasureRow(TypedDict):
    """One erased person; `gone` and `kept` count rows by table."""

    id: int
    customer_id: int
    customer_number: str
    contact_id: int | None
    status: str
    status_label: str
    ground: str
    gone: dict[str, int]
    kept: dict[str, int]
    by: str
    erased_on: str
    keep_until_on: str
    finished_on: str | None


class EscalationCounts(TypedDict):
    """How many wait for this person, are not resolved, and are overdue."""

    mine: int
    open: int
    overdue: int


class EscalationDetail(TypedDict):
    """One escalation with what happened, and who is asked next if nobody answers."""

    row: EscalationRow
    steps: list[EscalationStep]
    later: list[str]


class EscalationIn(TypedDict):
    """What is put higher, and why."""

    customer_id: int
    kind: Literal['broken_promise', 'large_overdue', 'risk', 'dispute', 'plan', 'contact', 'order', 'service', 'hand_off', 'other']
    reason: str


class EscalationRow(TypedDict):
    """One escalation; `amount_minor` in the company's currency."""

    id: int
    kind: str
    kind_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    amount_minor: int
    age_days: int
    currency: str
    rung: int
    rungs: int
    to_role: str
    to_person: str
    subject: str
    subject_id: int | None
    reason: str
    raised_by: str
    raised_on: str
    rung_on: str
    answer_by_on: str
    answer_by_at: str | None
    days_left: int | None
    minutes_left: int | None
    answered_minutes: int | None
    is_overdue: bool
    acknowledged_by: str
    acknowledged_on: str | None
    resolution: str
    resolved_by: str
    resolved_on: str | None
    is_mine: bool
    may_answer: bool
    may_resolve: bool


class EscalationStep(TypedDict):
    """One thing that happened to an escalation: what (the event's last word), who, to whom."""

    verb: str
    on: str
    by: str
    rung: int | None
    to: str
    text: str


class EventIn(TypedDict):
    """What happened, to one claim or to all of the customer's, and what proves it."""

    customer_id: int
    item_id: NotRequired[int | None]
    kind: Literal['acknowledged', 'part_paid', 'letter', 'suit', 'negotiating', 'insolvency']
    on: str
    until_on: NotRequired[str | None]
    evidence: str


class EventRow(TypedDict):
    """One event; `data` is what the action wrote about it."""

    seq: int
    at: str
    actor: str
    verb: str
    subject: str
    subject_id: int
    customer_id: int | None
    data: dict[str, Any]
    hash: str


class EvidenceKind(TypedDict):
    """A kind of evidence of a reason's checklist, whether it must be there, and whether it is."""

    kind: str
    label: str
    is_required: bool
    is_there: bool


class EvidenceRow(TypedDict):
    """A piece of evidence; `supports` is customer, us or empty; a statement has no file."""

    id: int
    kind: str
    kind_label: str
    supports: str
    name: str
    note: str
    media_type: str
    size_bytes: int
    has_file: bool
    by: str
    recorded_at: str


class ExchangeDifferences(TypedDict):
    """Exchange differences by month as journals booked them, and what no journal has yet."""

    months: list[FxMonth]
    pending: FxPending


class ExpectedIn(TypedDict):
    """Money still expected on a day, in minor units."""

    on: str
    amount_minor: int


class ExperimentArm(TypedDict):
    """One arm: its share of all customers in ppm, and how many customers were chosen for in it."""

    name: str
    share_ppm: int
    customers: int
    choices: int


class ExperimentIn(TypedDict):
    """A new experiment. Customers in none of the arms are treated as ever."""

    name: str
    kind: Literal['holdout', 'comparison', 'timing']
    arms: list[ArmIn]
    starts_on: str
    ends_on: str
    question: NotRequired[str]


class ExperimentPage(TypedDict):
    """One experiment, and what it shows as of today; nothing while chance decided nothing."""

    experiment: ExperimentRow
    reading: Reading | None
    timing: TimingReading | None


class ExperimentRow(TypedDict):
    """One experiment; `is_active`: it runs and the day lies within its days."""

    id: int
    name: str
    kind: str
    kind_label: str
    question: str
    status: str
    status_label: str
    starts_on: str
    ends_on: str
    stopped_on: str | None
    is_active: bool
    author: str
    verdict: str
    figures: dict[str, Any]
    decided_by: str
    decided_at: str | None
    arms: list[ExperimentArm]


class ExplainedIn(TypedDict):
    """What explains a gap (statement_gap) or sums that do not add up (balance_gap)."""

    code: Literal['statement_gap', 'balance_gap']
    reason: str


class Exposure(TypedDict):
    """What one customer's credit comes to, in minor units of `currency`, the company's."""

    currency: str
    open_minor: NotRequired[int]
    unbilled_minor: NotRequired[int]
    orders_minor: NotRequired[int]
    covered_minor: NotRequired[int]
    unapplied_minor: NotRequired[int]
    exposure_minor: NotRequired[int | None]
    missing_rates: NotRequired[list[str]]
    rates: NotRequired[list[ExposureRate]]
    covers: NotRequired[list[list[int]]]


class ExposureRate(TypedDict):
    """The rate in force of a currency: home minor units per million foreign ones, since a day."""

    currency: str
    rate_ppm: int
    from_on: str


class ExtensionAnswerIn(TypedDict):
    """Whether the longer stay is granted."""

    is_granted: bool


class ExtensionIn(TypedDict):
    """Until when, and why."""

    until_at: str
    reason: str


class ExtensionRow(TypedDict):
    """A longer stay asked for; `is_granted` None: it waits."""

    id: int
    until_at: str
    reason: str
    asked_by: str
    decided_by: str
    is_granted: bool | None


class FacilityIn(TypedDict):
    """What a lender, factor or insurer offers, in the company's currency."""

    name: str
    lender: str
    kind: str
    limit_minor: int
    from_on: str
    until_on: NotRequired[str | None]


class FacilityRow(TypedDict):
    """A facility with what is drawn, and the terms in force (None before the first)."""

    id: int
    name: str
    lender: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    currency: str
    limit_minor: int
    drawn_minor: int
    from_on: str
    until_on: str | None
    by: str
    terms: FacilityTermsRow | None


class FacilityTermsIn(TypedDict):
    """Terms from a day on: shares and yearly rates in ppm, and which items count."""

    valid_from: str
    advance_ppm: int
    rate_ppm: int
    fee_ppm: NotRequired[int]
    item_fee_minor: NotRequired[int]
    reserve_ppm: NotRequired[int]
    insured_ppm: NotRequired[int]
    recourse_days: NotRequired[int | None]
    past_due_days: NotRequired[int | None]
    age_days: NotRequired[int | None]
    terms_days: NotRequired[int | None]
    cross_ppm: NotRequired[int | None]
    concentration_ppm: NotRequired[int | None]
    countries: NotRequired[list[str]]
    source: str


class FacilityTermsRow(TypedDict):
    """Terms from a day on."""

    id: int
    valid_from: str
    advance_ppm: int
    rate_ppm: int
    fee_ppm: int
    item_fee_minor: int
    reserve_ppm: int
    insured_ppm: int
    recourse_days: int | None
    rules: dict[str, Any]
    source: str
    by: str


class FairShare(TypedDict):
    """What one person holds before and after the moves: customers, minutes, owed."""

    user_id: int
    minutes_a_day: int
    customers: int
    minutes: int
    owed_minor: int
    new_customers: int
    new_minutes: int
    new_owed_minor: int


class FeedFigure(TypedDict):
    """One feed and how many days behind the day asked about it is."""

    kind: str
    name: str
    covers_until_on: str
    days_behind: int
    is_stale: bool


class FeedIn(TypedDict):
    """How far a feed covers: chasing stops when the bank's is too old."""

    kind: Literal['bank', 'ledger']
    name: str
    covers_until_on: str
    rows: NotRequired[int]


class FeedRow(TypedDict):
    """An account of ours and how far its statements reach, amounts in minor units."""

    id: int
    account: str
    name: str
    currency: str
    is_active: bool
    covers_until_on: str | None
    lag_days: int | None
    is_stale: bool
    files: int
    statements: int
    entries: int
    gaps: int
    opening_minor: int | None
    entries_minor: int
    told_twice_minor: int
    missing_minor: int
    closing_minor: int | None
    ties: bool
    last_file_id: int | None
    last_file_at: str | None


class FeedbackOut(TypedDict):
    """What a span comes to; shares in ppm, recommendation in hundredths of points."""

    surveys: list[SurveyFigure]
    right_party: list[RightParty]
    complaints: list[ComplaintRate]


class FeedbackSpan(TypedDict):
    """Days a figure is about; a year until today where none are given."""

    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]


class FigureCourse(TypedDict):
    """A figure's months and what is to be said of them."""

    kpi: str
    currency: str
    unit: str
    is_from_ledger: bool
    months: list[CourseMonth]
    has_season: bool
    strength_ppm: int
    high_month: int | None
    low_month: int | None
    season_swing: float
    months_short: int
    pieces: list[CoursePiece]
    outliers: list[CourseOutlier]


class FigureLine(TypedDict):
    """The figures of a group. Rates in ppm, None where nothing can be said yet."""

    name: str
    conversations: int
    resolved: int
    first: int
    first_ppm: int | None
    answered: int
    answer_minutes: int | None
    timed: int
    in_time: int
    in_time_ppm: int | None
    backlog: int


class FileCard(TypedDict):
    """A bank file, what was found in it as a whole, and how many of what it added."""

    row: FileRow
    counts: dict[str, int]
    findings: list[FoundRow]


class FileIn(TypedDict):
    """The provider's reference of the claim, where there is one already."""

    reference: NotRequired[str]


class FileRow(TypedDict):
    """A bank file as received; `counts` say what became of it, once it was read."""

    id: int
    name: str
    format: str
    status: str
    status_label: str
    by: str
    received_at: str
    read_at: str | None
    size_bytes: int
    statements: int
    entries: int
    payments: int
    remittances: int
    error: str
    is_sheet: bool


class FiledFile(TypedDict):
    """What became of one file: the item it went to, or why to none."""

    name: str
    item_id: int | None
    number: str
    is_new: bool
    trouble: str


class FiledIn(TypedDict):
    """When it was filed, and under which number."""

    filed_on: str
    reference: NotRequired[str]


class FinancialFigureRow(TypedDict):
    """A figure of a statement: minor units, whether it was worked out, and where it was read."""

    line: str
    amount_minor: int | None
    currency: str
    is_derived: bool
    place: str
    change_ppm: int | None


class FinancialFindingRow(TypedDict):
    """What is wrong or missing: a code of `FINDINGS`, its lines, and how far apart they are."""

    code: str
    lines: list[str]
    off_minor: int
    currency: str
    is_error: bool


class FinancialStatementIn(TypedDict):
    """The lines of a statement in minor units of `currency`; costs and liabilities above 0."""

    kind: NotRequired[Literal['annual', 'interim']]
    period_from: str
    period_to: str
    currency: str
    lines: dict[str, int]
    is_audited: NotRequired[bool]
    scale: NotRequired[Literal[1, 1000, 1000000]]
    reason: NotRequired[str]


class FinancialStatementRow(TypedDict):
    """One statement as it counts on a day, spread, with ratios, Z scores and findings."""

    id: int
    kind: str
    source: str
    period_from: str
    period_to: str
    available_on: str
    currency: str
    scale: int
    is_audited: bool
    version: int
    reason: str
    file_name: str
    by: str
    age_days: int
    weight_ppm: int
    leads: bool
    cells: list[FinancialFigureRow]
    ratios: dict[str, int | None]
    altman: list[AltmanScore]
    findings: list[FinancialFindingRow]
    is_sound: bool


class FinancingComparison(TypedDict):
    """What a pool is worth held and financed; `unpredicted` items are taken by their due day."""

    currency: str
    items: int
    gross_minor: int
    unpredicted: int
    capital_ppm: int
    ways: list[FinancingWorth]


class FinancingWorth(TypedDict):
    """What one way makes of a pool, in minor units; `value_minor` is the present value of all."""

    name: str
    kind: str
    gross_minor: int
    cash_now_minor: int
    later_minor: int
    fee_minor: int
    interest_minor: int
    loss_minor: int
    value_minor: int


class FindingCount(TypedDict):
    """Findings of one kind with what happened to their rows; `reason` is that of the first."""

    code: str
    action: str
    count: int
    reason: str


class FindingOut(TypedDict):
    """What stands against a message: blocking, or to be confirmed."""

    code: str
    part: str
    line: int
    text: str
    is_blocking: bool


class FindingRow(TypedDict):
    """One finding: where, what, why, and what happened to the row."""

    id: int
    file: str
    row: int | None
    column: str
    value: str
    code: str
    reason: str
    action: str
    action_label: str


class Follow(TypedDict):
    """One activity right after another: how often, after what time, how much money waited."""

    name: str
    activity: str
    next: str
    times: int
    cases: int
    amount_minor: int
    median_days: int | None
    p90_days: int | None
    median_hours: int | None
    p90_hours: int | None
    money_days: int
    is_agreed: bool


class ForecastRow(TypedDict):
    """The weeks of one currency as of the last scored day."""

    currency: str
    as_of: str
    weeks: list[ForecastWeek]


class ForecastWeek(TypedDict):
    """Cash expected in one week from the items on the book, minor units."""

    week: int
    starts_on: str
    expected_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int


class FoundRow(TypedDict):
    """Something true of a statement that a person should see; `is_blocking`: the feed stops."""

    code: str
    place: str
    reason: str
    severity: str
    is_blocking: bool
    accepted_by: str
    accepted_reason: str


class FreezeRow(TypedDict):
    """One freeze of the exposure, asked for, standing, rejected or lifted."""

    id: int
    customer_id: int
    customer_number: str
    watch_id: int
    status: str
    status_label: str
    reason: str
    exposure_minor: int
    currency: str
    asked_by: str
    asked_on: str
    approved_by: str
    frozen_on: str | None
    lifted_by: str
    lifted_on: str | None
    lift_reason: str


class FxMonth(TypedDict):
    """Exchange differences of one month as journals booked them; a gain is above 0."""

    month_on: str
    allocations: int
    gain_minor: int


class FxPending(TypedDict):
    """Exchange differences no journal has yet, and the rates missing to know them all."""

    allocations: int
    gain_minor: int
    missing: list[MissingRate]


class FxRow(TypedDict):
    """The exchange difference of one allocation; amounts in their own currencies, gain at home."""

    allocation_id: int
    item_id: int
    item: str
    customer_id: int
    customer: str
    currency: str
    amount_minor: int
    payment_id: int | None
    payment: str
    paid_currency: str
    paid_minor: int | None
    booked_on: str
    gain_minor: int


class GaugeOut(TypedDict):
    """A limit of the appetite: `value` of `most`, minor units of `currency`, or ppm for shares."""

    name: str
    measure: str
    value: int
    most: int
    used_ppm: int
    is_share: bool
    is_reached: bool
    then: str


class GoalIn(TypedDict):
    """A measure and its goal: minor units of money that came, else parts per million."""

    measure: Literal['collected', 'promises_kept', 'disputes_resolved', 'data_quality', 'satisfied', 'complaint_free']
    goal: int


class GrantIn(TypedDict):
    """What the provider granted; what is left out is as it was asked for."""

    currency: str
    amount_minor: int
    from_on: str
    until_on: NotRequired[str | None]
    number: NotRequired[str]
    share_ppm: NotRequired[int | None]
    conditions: NotRequired[ConditionsIn | None]


class GrantRow(TypedDict):
    """A streak that was completed; in the control group nothing was given for it."""

    id: int
    customer_id: int
    customer_name: str
    item_id: int
    item: str
    is_control: bool
    amount_minor: int
    given_on_item_id: int | None
    granted_on: str


class GroupLimit(TypedDict):
    """The limit that a customer's group shares, None where it has none; 0 while suspended."""

    id: int
    name: str
    limit_minor: int | None
    is_suspended: NotRequired[bool]
    is_expired: NotRequired[bool]
    row_ids: NotRequired[list[int]]
    until_on: NotRequired[str | None]
    approved_by: NotRequired[str]
    approved_on: NotRequired[str | None]


class GroupMemberIn(TypedDict):
    """Who joins, from today unless said otherwise."""

    customer_id: int
    from_on: NotRequired[str | None]


class GroupMemberRow(TypedDict):
    """A member of a group with its own exposure and its days there."""

    id: int
    customer_id: int
    number: str
    name: str
    from_on: str
    until_on: str | None
    by: str
    ended_by: str
    is_in: bool
    exposure_minor: int | None


class Guarantee(TypedDict):
    """Who answers for whom, up to what; `exposure_minor` is that of the guaranteed customer."""

    guarantor_id: int
    guarantor: str
    customer_id: int
    customer: str
    exposure_minor: int | None
    counted_minor: int | None


class Guaranteed(TypedDict):
    """A customer somebody answers for: its exposure, and what of it counts by the cap."""

    customer_id: int
    exposure_minor: int | None
    counted_minor: int | None


class Guard(TypedDict):
    """One guardrail: harm in ppm with its interval, and whether it is shown to be harmless."""

    measure: str
    state: str
    margin_ppm: int
    harm_ppm: int
    low_ppm: int
    high_ppm: int


class HabitRow(TypedDict):
    """How the customer pays, as of the last cycle; days late, share in ppm."""

    as_of: str
    label: str
    settled: int
    expected_days_late: int
    median_days_late: int | None
    share_late_ppm: int
    trend_days: int | None
    broken_promises: int
    last_payment_on: str | None
    details: dict[str, Any]


class HandOffIn(TypedDict):
    """What is to be done by which desk, or by whom of it, and what they have to know."""

    customer_id: int
    to_desk: Literal['credit', 'collections', 'cash', 'disputes', 'sales', 'support']
    user_id: NotRequired[int | None]
    what: str
    context: NotRequired[str]
    subject: NotRequired[str | None]
    subject_id: NotRequired[int | None]
    due_on: NotRequired[str | None]


class HandOffReasonIn(TypedDict):
    """Why it is given back or no longer needed."""

    reason: str


class HandOffResultIn(TypedDict):
    """What came of it."""

    result: str


class HandOffRow(TypedDict):
    """One hand-off; `minutes_left` are office minutes to take it on, below 0 too late."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    what: str
    context: str
    subject: str
    subject_id: int | None
    status: str
    status_label: str
    to_desk: str
    desk_label: str
    to_person: str
    by: str
    asked_on: str
    due_on: str | None
    answer_by_at: str
    minutes_left: int | None
    answered_minutes: int | None
    is_late: bool
    taken_by: str
    result: str
    ended_by: str
    is_mine: bool
    may_take: bool
    may_finish: bool
    may_give_back: bool
    may_withdraw: bool


class HandOverRow(TypedDict):
    """A customer that should change hands."""

    customer_id: int
    customer_number: str
    customer_name: str
    from_name: str
    to_id: int
    to_name: str
    minutes: int
    owed_minor: int


class HandedOverIn(TypedDict):
    """Which credit requests billing has been given."""

    request_ids: list[int]


class HeadcountRow(TypedDict):
    """So many people: extra cash of the first day and of a week, and what the last one adds."""

    people: int
    day_minor: int
    week_minor: int
    adds_day_minor: int
    adds_week_minor: int
    waiting: int


class HeldBackRow(TypedDict):
    """A deed that gets no word yet or at all, and why; for the person and the lead alone."""

    kind: str
    name: str
    person: str
    done_on: str
    held_back: str


class HeldIn(TypedDict):
    """Who met, when, and what was said."""

    held_on: str
    attendees: str
    minutes: str


class Hierarchy(TypedDict):
    """The tree around a customer from its root down, and what hangs on it from outside."""

    customer_id: int
    currency: str
    nodes: list[HierarchyNode]
    paid: list[PaidFor]
    guarantees: list[Guarantee]
    missing_rates: list[str]


class HierarchyNode(TypedDict):
    """One customer of the tree; amounts in the company's currency, None where not known."""

    customer_id: int
    number: str
    name: str
    depth: int
    parent_id: int | None
    payer_id: int
    payer: str
    limit_minor: int | None
    is_suspended: bool
    rolled: RollUp


class Hindsight(TypedDict):
    """What a past allowance said of a bucket, and what became of its items since."""

    segment: str
    bucket: str
    gross_minor: int
    allowance_minor: int
    lost_minor: int
    paid_minor: int
    open_minor: int


class History(TypedDict):
    """A value beside its own months before: their middle, ends, and its place among them."""

    value: str
    months: int
    middle: str | None
    lowest: str | None
    highest: str | None
    year_ago: str | None
    place: int
    verdict: str


class HistoryRow(TypedDict):
    """One figure of one currency beside the months before; `unit` of the catalogue."""

    kpi: str
    name: str
    unit: str
    digits: int
    currency: str
    as_of: str
    history: History


class HitJudgedIn(TypedDict):
    """Whether it is the one on the list, and what shows it."""

    is_same: bool
    reason: str


class HitRow(TypedDict):
    """Somebody of ours who is called like somebody on a list, and what was decided."""

    id: int
    status: str
    status_label: str
    application_id: int | None
    application_number: str
    customer_id: int | None
    customer_name: str
    subject_name: str
    entry_name: str
    source: str
    list_label: str
    uid: str
    score_ppm: int
    evidence: dict[str, Any]
    reason: str
    decided_by: str
    screened_at: str


class HoldDetail(TypedDict):
    """One hold with what the rules say now, what frees it, and who decides about it."""

    hold: CreditHoldRow
    rules: list[RuleOutcomeRow]
    ways: list[ReleaseRow]
    exposure_minor: int | None
    limit_minor: int | None
    is_held_now: bool
    clear_on: str | None
    authority: dict[str, Any]
    approval: str


class HoldIn(TypedDict):
    """A new hold on a customer, or on one of its items."""

    customer_id: int
    item_id: NotRequired[int | None]
    reason: Literal['agreement', 'plan', 'legal', 'insolvency', 'hardship', 'manual']
    until_on: NotRequired[str | None]
    note: NotRequired[str]


class HoldReleaseIn(TypedDict):
    """Why a hold is released, and whether later orders pass too, until a day."""

    reason: str
    scope: NotRequired[Literal['once', 'until']]
    until_on: NotRequired[str | None]


class HoldReviewIn(TypedDict):
    """By when a hold is decided."""

    review_on: NotRequired[str | None]
    note: NotRequired[str]


class HoldRow(TypedDict):
    """One hold; `item` is empty when the whole customer is held."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int | None
    item: str
    reason: str
    reason_label: str
    note: str
    from_on: str
    until_on: str | None
    released_on: str | None
    is_active: bool


class Holding(TypedDict):
    """What a record has in one currency, minor units: open items, and money not yet applied."""

    currency: str
    open_minor: int
    unapplied_minor: int


class HomeFigures(TypedDict):
    """Everything the home page shows."""

    as_of: str
    customers: int
    currencies: list[CurrencyFigures]
    kpis: list[KpiFigure]
    feeds: list[FeedFigure]
    cycle_on: str | None
    movements: list[Movement]
    changes: list[DayChange]
    steps: list[list[str | int]]
    happened: list[list[str | int]]


class Horizon(TypedDict):
    """The league of the forecasts made so many periods ahead."""

    number: int
    scores: list[CashScore]


class ImportCard(TypedDict):
    """One import: what its files were read as, what is to be decided, and how it came out."""

    id: int
    name: str
    status: str
    sha256: str
    size_bytes: int
    started_at: str
    finished_at: str | None
    progress_ppm: int
    error: str
    profile: dict[str, Any]
    detected: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    tie: list[TieRow] | None
    counts: dict[str, int]
    findings: list[FindingCount]


class ImportProfileIn(TypedDict):
    """How the files are to be read: texts such as date_order, and roles with their columns."""

    profile: dict[str, Any]


class InboundOut(TypedDict):
    """A message with its words, how it was read, and what may be done about it."""

    id: int
    conversation_id: int
    customer_id: int | None
    sender: str
    sender_name: str
    subject: str
    text: str
    quoted: str
    finding: str
    language: str
    channel: str
    status: str
    received_at: str
    reading_id: int | None
    label: str
    labels: list[str]
    confidence_ppm: int
    is_sure: bool
    suggestions: list[SuggestedOut]
    attachments: list[AttachmentRow]


class InboxCounts(TypedDict):
    """What waits: of all new messages, how many are whose, unsure or late."""

    new: int
    mine: int
    nobody: int
    unsure: int
    late: int
    labels: dict[str, int]


class InboxFigures(TypedDict):
    """The figures of conversations that began in a period, both days in it."""

    first_on: str
    last_on: str
    window_days: int
    answer_hours: int
    total: FigureLine
    by_label: list[FigureLine]
    by_person: list[FigureLine]


class InboxFilter(TypedDict):
    """Which messages; `whose` mine are those of the token's owner."""

    status: NotRequired[Literal['all', 'new', 'handled', 'set_aside']]
    whose: NotRequired[Literal['', 'mine', 'nobody']]
    label: NotRequired[str]
    surety: NotRequired[Literal['', 'sure', 'unsure']]
    language: NotRequired[str]
    customer_id: NotRequired[int | None]
    is_late: NotRequired[bool]
    search: NotRequired[str]


class InboxRow(TypedDict):
    """A message in the list. `label` is what it was read as, empty while it was not read."""

    id: int
    conversation_id: int
    customer_id: int | None
    customer_name: str
    sender: str
    sender_name: str
    subject: str
    snippet: str
    language: str
    status: str
    kind: str
    label: str
    confidence_ppm: int
    is_sure: bool
    assignee: str
    is_complaint: bool
    attachments: int
    suggestions: int
    is_late: bool
    received_at: str


class IncentiveDetail(TypedDict):
    """One incentive, its effect on paying in time and on the days, and its newest grants."""

    row: IncentiveRow
    effect: Effect
    days: DaysEffect
    grants: Page[GrantRow]


class IncentiveIn(TypedDict):
    """So many items in a row paid in time earn a reward; the control group gets nothing."""

    name: str
    kind: Literal['rebate', 'terms', 'limit']
    streak: int
    currency: str
    budget_minor: int
    reward_ppm: NotRequired[int]
    reward_days: NotRequired[int]
    control_ppm: NotRequired[int]
    segments: NotRequired[list[str]]
    from_on: str
    until_on: str
    reason: str


class IncentiveRow(TypedDict):
    """One incentive with its budget: spent + left = budget, in minor units of `currency`."""

    id: int
    name: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    segments: list[str]
    streak: int
    reward_ppm: int
    reward_days: int
    currency: str
    budget_minor: int
    spent_minor: int
    grants: int
    control_ppm: int
    from_on: str
    until_on: str
    author: str
    approver: str


class IndustryFigureIn(TypedDict):
    """A published figure; `value` is decimal text in the unit of the KPI's catalogue."""

    kpi: str
    value: str
    industry: str
    region: str
    period: str
    source: str
    published_on: str


class IndustryRow(TypedDict):
    """A published figure beside ours; `own` None where ours is not kept, `gap` is ours less it."""

    id: int
    kpi: str
    name: str
    unit: str
    digits: int
    value: str
    own: str | None
    own_on: str | None
    currency: str
    gap: str | None
    verdict: str
    industry: str
    region: str
    period: str
    source: str
    published_on: str
    by: str
    recorded_at: str
    withdrawn_at: str | None


class InitiativeDropIn(TypedDict):
    """Why it is put aside."""

    reason: str


class InitiativeEffect(TypedDict):
    """What was found by a day: `value` in the figure's unit as text, with its interval."""

    measure: str
    unit: str
    currency: str
    value: str
    low: str
    high: str
    gain_minor: int | None
    gain_low_minor: int | None
    gain_high_minor: int | None
    gain_days_tenths: int | None
    gain_days_low_tenths: int | None
    gain_days_high_tenths: int | None
    before: int
    after: int
    is_weak: bool
    is_better: bool | None
    missing: str
    as_of: str


class InitiativeIn(TypedDict):
    """An idea: which figure, how far, by when; what is changed; how it is measured."""

    name: str
    kpi: str
    currency: str
    target: str
    target_on: str
    place: str
    change: str
    measure: Literal['experiment', 'difference', 'series']
    owner_id: int
    baseline: NotRequired[str]
    policy_version_id: NotRequired[int | None]
    experiment_id: NotRequired[int | None]
    dimension: NotRequired[str]
    slices: NotRequired[list[str]]


class InitiativePage(TypedDict):
    """One initiative and what it shows: what was kept when measured, else as of today."""

    initiative: InitiativeRow
    effect: InitiativeEffect


class InitiativeRow(TypedDict):
    """One initiative; `figures` are those of the day it was measured, empty before."""

    id: int
    name: str
    kpi: str
    kpi_name: str
    unit: str
    currency: str
    baseline: str
    target: str
    target_on: str
    place: str
    change: str
    policy_version_id: int | None
    policy_kind: str
    policy_name: str
    policy_version: int | None
    measure: str
    experiment_id: int | None
    experiment: str
    dimension: str
    slices: list[str]
    owner: str
    owner_id: int
    status: str
    changed_on: str | None
    measured_on: str | None
    figures: dict[str, Any]
    reason: str
    decided_by: str
    decided_on: str | None
    author: str
    version: int
    is_late: bool


class InitiativeStartIn(TypedDict):
    """From which day the change acts."""

    changed_on: str


class InitiativeVerdictIn(TypedDict):
    """Keep or take back, and why."""

    is_kept: bool
    reason: str


class InputOf(TypedDict):
    """Which input of which part of the book: by dimension and key, on a day, as known on a day."""

    name: NotRequired[str]
    currency: NotRequired[str]
    dimension: NotRequired[Literal['company', 'customer', 'segment', 'collector', 'strategy', 'currency']]
    key: NotRequired[str]
    as_of: NotRequired[str | None]
    known_on: NotRequired[str | None]
    window_days: NotRequired[int]


class InputPage(TypedDict):
    """The rows of an input in a currency (empty: without one): `total` is the sum of them all."""

    name: str
    currency: str
    total: int
    count: int
    page: Page[InputRow]


class InputRow(TypedDict):
    """What one subject adds to an input, in the input's unit."""

    subject: str
    subject_id: int
    number: str
    customer_id: int | None
    customer_name: str
    amount: int


class InstalmentRow(TypedDict):
    """One instalment of a plan, with what is paid of it; amounts in minor units."""

    id: int
    plan_id: int
    plan: str
    customer_id: int
    customer_name: str
    currency: str
    number: int
    due_on: str
    amount_minor: int
    interest_minor: int
    fee_minor: int
    paid_minor: int
    paid_on: str | None
    status: str
    status_label: str


class InvitationIn(TypedDict):
    """Who reads, which areas, what for, and from when to when."""

    name: str
    email: str
    role: Literal['advisor', 'auditor']
    areas: list[Literal['ledger', 'figures', 'credit', 'risk', 'collections', 'disputes', 'messages', 'control']]
    reason: str
    starts_at: str
    ends_at: str
    firm: NotRequired[str]


class Invited(TypedDict):
    """The new access and the token of its link, shown this once."""

    id: int
    token: str


class InvoiceChange(TypedDict):
    """A draft anew; `version` is the one that was read."""

    currency: str
    lines: list[InvoiceLineIn]
    kind: NotRequired[Literal['invoice', 'credit_note', 'prepayment', 'corrected']]
    terms: NotRequired[str]
    due_on: NotRequired[str | None]
    delivered_on: NotRequired[str | None]
    from_on: NotRequired[str | None]
    to_on: NotRequired[str | None]
    order_id: NotRequired[int | None]
    order_number: NotRequired[str]
    buyer_reference: NotRequired[str]
    contract: NotRequired[str]
    note: NotRequired[str]
    allowances: NotRequired[list[AllowanceIn]]
    prepaid_minor: NotRequired[int]
    preceding_id: NotRequired[int | None]
    is_allocated: NotRequired[bool]
    version: int


class InvoiceCheck(TypedDict):
    """All that is found about a draft, and the chance of a dispute in ppm."""

    findings: list[CheckFinding]
    dispute_ppm: int | None
    rests_on: int
    reasons: list[dict[str, Any]]


class InvoiceDeliveryFilter(TypedDict):
    """Which open invoices to list."""

    state: NotRequired[Literal['', 'alarm', 'bounced', 'not_received', 'queried', 'rejected', 'issued', 'handed_over', 'delivered', 'opened', 'received', 'accepted', 'approved', 'scheduled']]
    customer_id: NotRequired[int | None]
    cursor: NotRequired[str]
    limit: NotRequired[int]


class InvoiceDetail(TypedDict):
    """One invoice with its lines and files."""

    invoice: InvoiceRow
    lines: list[InvoiceLineRow]
    files: list[InvoiceFileRow]


class InvoiceFileRow(TypedDict):
    """A file of an issued invoice as it is downloaded; the bytes are kept under `sha256`."""

    id: int
    item_id: int
    kind: str
    name: str
    media_type: str
    sha256: str
    size_bytes: int


class InvoiceIn(TypedDict):
    """A new invoice; `key` is what the caller's system calls it, `issue` issues it at once."""

    currency: str
    lines: list[InvoiceLineIn]
    kind: NotRequired[Literal['invoice', 'credit_note', 'prepayment', 'corrected']]
    terms: NotRequired[str]
    due_on: NotRequired[str | None]
    delivered_on: NotRequired[str | None]
    from_on: NotRequired[str | None]
    to_on: NotRequired[str | None]
    order_id: NotRequired[int | None]
    order_number: NotRequired[str]
    buyer_reference: NotRequired[str]
    contract: NotRequired[str]
    note: NotRequired[str]
    allowances: NotRequired[list[AllowanceIn]]
    prepaid_minor: NotRequired[int]
    preceding_id: NotRequired[int | None]
    is_allocated: NotRequired[bool]
    customer_id: int
    key: NotRequired[str]
    issue: NotRequired[bool]
    confirm_warnings: NotRequired[bool]


class InvoiceLineIn(TypedDict):
    """One line: quantity and price in millionths, the tax by its code."""

    name: str
    quantity_micros: int
    price_micros: int
    tax_code: str
    unit: NotRequired[str]
    description: NotRequired[str]
    seller_item: NotRequired[str]
    discount_minor: NotRequired[int]
    discount_reason: NotRequired[str]
    order_line: NotRequired[str]
    agreed_price_micros: NotRequired[int | None]


class InvoiceLineRow(TypedDict):
    """One line; quantity and price in millionths, amounts in minor units."""

    position: int
    name: str
    description: str
    quantity_micros: int
    unit: str
    price_micros: int
    discount_minor: int
    net_minor: int
    tax_code: str
    rate_ppm: int


class InvoiceResponseRow(TypedDict):
    """One answer; `case_number` and `promise_id` where it led to them."""

    id: int
    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    currency: str
    scheme: str
    scheme_label: str
    document_id: str
    code: str
    reason_codes: list[str]
    action_codes: list[str]
    note: str
    sender: str
    effective_on: str
    expected_pay_on: str | None
    amount_minor: int | None
    outcomes: list[ResponseOutcome]
    case_id: int | None
    case_number: str
    promise_id: int | None
    door: str
    by: str
    recorded_at: str


class InvoiceRow(TypedDict):
    """One invoice; amounts in minor units of its currency, above 0 on a credit note too."""

    id: int
    number: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    payable_minor: int
    terms: str
    issued_on: str | None
    due_on: str | None
    delivered_on: str | None
    from_on: str | None
    to_on: str | None
    order_number: str
    buyer_reference: str
    contract: str
    note: str
    preceding_id: int | None
    preceding: str
    item_id: int | None
    source: str
    source_label: str
    dispute_ppm: int | None
    author: str
    approver: str
    issuer: str
    void_reason: str
    version: int
    days_to_invoice: int | None
    recorded_at: str


class InvoiceTotal(TypedDict):
    """Sums of the invoices of one currency under a filter; credit notes count below 0."""

    currency: str
    invoices: int
    gross_minor: int


class InvoicingOut(TypedDict):
    """Our details on invoices, the number series and tax codes."""

    texts: dict[str, str]
    approve_over_minor: int | None
    version: int
    series: list[SeriesRow]
    tax_rates: list[TaxRateRow]
    as_of: str


class InvoicingProfileIn(TypedDict):
    """Our details by the names of their fields; those left out become empty."""

    texts: dict[str, Any]
    approve_over_minor: NotRequired[int | None]
    version: int


class ItemCard(TypedDict):
    """An item and its history, oldest first. Amounts in minor units of `currency`."""

    id: int
    number: str
    kind: str
    kind_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: str
    due_on: str
    days_past_due: int
    recorded_on: str
    reference: str
    is_paper: bool | None
    batch_id: int | None
    batch: str
    reverses_id: int | None
    reverses: str
    reversed_by_id: int | None
    reversed_by: str
    movements: list[ItemMovement]
    lines: list[PostedLine]
    disputes: list[ItemDispute]
    promises: list[ItemPromise]
    messages: list[ItemMessage]
    events: list[ItemEvent]


class ItemChoice(TypedDict):
    """Which items: of now, or of a day gone by as known on a day."""

    scope: NotRequired[Literal['open', 'overdue', 'settled', 'all']]
    bucket: NotRequired[Literal['', 'not_due', '1-30', '31-60', '61-90', '91+']]
    currency: NotRequired[str]
    customer_id: NotRequired[int | None]
    kind: NotRequired[Literal['invoice', 'credit_note', 'fee', 'interest', 'opening'] | Literal['']]
    is_disputed: NotRequired[bool]
    search: NotRequired[str]
    as_of: NotRequired[str | None]
    known_on: NotRequired[str | None]


class ItemCourse(TypedDict):
    """The course of one invoice up to a day."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    amount_minor: int
    steps: list[CourseStep]


class ItemDispute(TypedDict):
    """One dispute of the item; `closed_on` is empty while it is open."""

    id: int
    reason: str
    amount_minor: int
    note: str
    opened_on: str
    closed_on: str | None
    outcome: str


class ItemDocumentRow(TypedDict):
    """One paper of an item; its bytes are asked for by its key."""

    id: int
    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    by: str
    recorded_at: str


class ItemEvent(TypedDict):
    """One event of the audit trail about the item or what settled it."""

    seq: int
    at: str
    actor: str
    verb: str
    data: dict[str, Any]


class ItemIn(TypedDict):
    """A new item; a credit note's amount is negative."""

    customer_id: int
    number: str
    kind: Literal['invoice', 'credit_note', 'fee', 'interest', 'opening']
    currency: str
    amount_minor: int
    issued_on: str
    due_on: str
    reference: NotRequired[str]
    is_paper: NotRequired[bool | None]


class ItemLine(TypedDict):
    """An item a conversation is about, with what is open of it now."""

    item_id: int
    number: str
    currency: str
    open_minor: int


class ItemMessage(TypedDict):
    """A message that named the item, the amount stated and the level it reached."""

    id: int
    channel: str
    status: str
    status_label: str
    subject: str
    level: int
    open_minor: int
    as_of: str


class ItemMovement(TypedDict):
    """One amount put on the item, signed so that it lowers what is open; `left_minor` stays open."""

    id: int
    source: str
    label: str
    payment_id: int | None
    payment: str
    counter_item_id: int | None
    counter_item: str
    adjustment_id: int | None
    reason: str
    amount_minor: int
    left_minor: int
    value_on: str
    applied_on: str
    recorded_on: str
    is_live: bool
    is_reversal: bool


class ItemPromise(TypedDict):
    """How much of the item was promised for which day, and how it went."""

    id: int
    amount_minor: int
    made_on: str
    due_on: str
    outcome: str
    outcome_label: str


class ItemRow(TypedDict):
    """One item. Amounts in minor units of `currency`; `days_past_due` <= 0 is not due yet."""

    id: int
    number: str
    kind: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: str
    due_on: str
    days_past_due: int
    bucket: str
    reference: str
    disputed_minor: int
    promised_minor: int
    is_held: bool


class ItemTotal(TypedDict):
    """Sum of the items of one currency under a filter."""

    currency: str
    items: int
    amount_minor: int
    open_minor: int


class JournalIn(TypedDict):
    """Up to which day entries are taken."""

    until_on: str


class JournalRow(TypedDict):
    """One journal; `sha256` is of its CSV file."""

    id: int
    number: int
    until_on: str
    lines: int
    totals: list[JournalTotal]
    sha256: str
    status: str
    status_label: str
    made_by: str
    made_at: str
    acknowledged_by: str
    acknowledged_at: str | None
    receipt: str


class JournalTotal(TypedDict):
    """What a journal books in one currency, debit and credit alike, in minor units."""

    currency: str
    lines: int
    debit_minor: int
    credit_minor: int
    home_debit_minor: int
    home_credit_minor: int


class JudgedIn(TypedDict):
    """Whether what a check found is no matter, and what shows it."""

    is_cleared: bool
    reason: str


class JudgedPeriod(TypedDict):
    """One kept forecast of a period that is over, beside what came; minor units."""

    as_of: str
    number: int
    starts_on: str
    ends_on: str
    expected_minor: int
    p10_minor: int
    p90_minor: int
    came_minor: int


class JudgedShare(TypedDict):
    """`right` of `judged` as ppm, with Wilson's interval at 95 % confidence; empty without any."""

    judged: int
    right: int


class KeptApartRow(TypedDict):
    """One person who holds both sides of a pair, or did by an override."""

    id: int | None
    user_id: int
    username: str
    pair: str
    why: str
    state: str
    reason: str
    by: str
    granted_at: str | None
    ends_at: str | None
    used: int


class KindCount(TypedDict):
    """So many changes of a kind, of so many customers, adding up to an amount."""

    kind: str
    changes: int
    customers: int
    amount_minor: int
    currency: str


class KpiFigure(TypedDict):
    """One KPI of one currency: its last value as text (empty: not applicable) and its course."""

    kpi: str
    name: str
    currency: str
    as_of: str
    value: str
    unit: str
    formula: str
    inputs: dict[str, Any]
    trend: list[list[str]]


class KpiSlice(TypedDict):
    """One figure of one part of the book; `value` None is not applicable, never 0."""

    dimension: str
    key: str
    label: str
    currency: str
    kpi: str
    value: str | None
    unit: str
    inputs: dict[str, int]


class LadderStep(TypedDict):
    """A rung or what stands beside; `on` and `source` are empty where it was not reached."""

    kind: str
    on: str | None
    source: str
    is_aside: NotRequired[bool]
    is_current: NotRequired[bool]


class LadderView(TypedDict):
    """One item's ladder: every rung in order, then what stands beside that happened."""

    item_id: int
    reached: str
    current: str
    current_on: str
    current_source: str
    steps: list[LadderStep]
    alarm: NotRequired[DeliveryAlarm | None]


class LastContact(TypedDict):
    """The newest call, note or message sent."""

    at: str
    kind: str
    text: str
    next_on: str | None


class LastDayIn(TypedDict):
    """The last day of a membership or a link, today unless said otherwise."""

    until_on: NotRequired[str | None]


class LastPayment(TypedDict):
    """The newest payment that was not returned."""

    number: str
    value_on: str
    amount_minor: int
    currency: str


class LayoutRow(TypedDict):
    """One kept layout; `files` is how many files of its header were received."""

    id: int
    name: str
    account: str
    currency: str
    date_order: str
    decimal: str
    signs: str
    columns: dict[str, str]
    saved_by: str
    saved_at: str
    files: int


class Leader(TypedDict):
    """The arm that looks best in a segment now, its chance, and the segment's mails so far."""

    segment: str
    arm: str
    chance_ppm: int
    decisions: int


class LeagueRow(TypedDict):
    """One model of the back-test; `is_best`: it should serve."""

    model: str
    label: str
    is_best: bool
    is_learned: bool
    is_eligible: bool
    is_calibrated: bool
    against: list[dict[str, Any]]
    figures: dict[str, Any]


class LeagueTable(TypedDict):
    """A back-test on the company's own past: its days, every model's figures, and the verdict."""

    serves: str
    is_worse: bool
    reason: dict[str, Any]
    first_on: str
    last_on: str
    snapshots: int
    requests: int
    rows: list[LeagueRow]
    champion: str
    promotion: dict[str, Any] | None


class LearnedGroup(TypedDict):
    """One group: its name in words, how many customers it has and its centre by fact."""

    name: str
    customers: int
    share_ppm: int
    centre: dict[str, int]
    rules: int


class LearnedOut(TypedDict):
    """Groups found, how many customers the drafted rules place alike, and the draft as text."""

    customers: int
    matched: int
    silhouette_ppm: int
    groups: list[LearnedGroup]
    text: str


class LearnerRow(TypedDict):
    """One person with one curriculum that is theirs by role, by assignment or by certificate."""

    user_id: int
    name: str
    curriculum: str
    passed: int
    parts: int
    expires_on: str | None
    expired_on: str | None
    due_on: str | None
    assignment_id: int | None
    certificate_id: int | None
    is_late: bool


class LeftOutRow(TypedDict):
    """A customer a run left out when it was prepared, and why (`engine.debits.LEFT_OUT`)."""

    customer_id: int
    customer_number: str
    customer_name: str
    reason: str
    due_minor: int


class LegalDetail(TypedDict):
    """One matter with its items, costs and dividends; `moves` are the statuses it may take."""

    row: LegalRow
    court: str
    reference: str
    lawyer_id: int | None
    result: str
    by: str
    version: int
    moves: list[str]
    lines: list[LegalLineRow]
    entries: list[LegalEntryRow]


class LegalEntryRow(TypedDict):
    """A cost or a dividend."""

    id: int
    kind: str
    kind_label: str
    amount_minor: int
    on: str
    payment_id: int | None
    payment: str
    note: str
    by: str


class LegalHoldRow(TypedDict):
    """A customer of whom nothing is erased, and what stops it: a hold, or a legal matter."""

    customer_id: int
    customer_number: str
    hold_id: int | None
    matter_id: int | None
    what: str
    from_on: str
    until_on: str | None


class LegalLineRow(TypedDict):
    """An item claimed, with the interest on it and what is open on it now."""

    item_id: int
    number: str
    issued_on: str
    due_on: str
    amount_minor: int
    interest_minor: int
    open_minor: int


class LegalOut(TypedDict):
    """A sentence the law asks for, and where it stands."""

    id: str
    title: str
    text: str
    source: str


class LegalRow(TypedDict):
    """One matter; amounts in minor units. `days_left` counts to the deadline while it runs."""

    id: int
    number: str
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    currency: str
    items: int
    claim_minor: int
    interest_minor: int
    quota_ppm: int | None
    cost_minor: int
    dividend_minor: int
    opened_on: str
    file_by_on: str | None
    filed_on: str | None
    closed_on: str | None
    days_left: int | None
    lawyer: str


class LenderReferenceIn(TypedDict):
    """How the lender called its payment."""

    reference: str


class LetterBatch(TypedDict):
    """What was taken at one moment: `id` is that moment in microseconds since 1970, UTC."""

    id: int
    taken_at: str
    letters: int
    to_post: int
    posted_at: str | None


class LetterDispatch(TypedDict):
    """Proof that a letter was posted: its words by their hash, to whom, when, by whom, and how."""

    message_id: int
    customer_id: int
    customer_number: str
    customer_name: str
    address: str
    subject: str
    sha256: str
    printed_at: str | None
    posted_at: str | None
    posted_by: str
    way: str
    tracking: str


class LetterOut(TypedDict):
    """What the letter with the decision says; amounts in minor units of `currency`."""

    number: str
    language: str
    company: str
    applicant: str
    address: str
    decided_on: str
    currency: str
    decision: dict[str, Any]
    signed_by: str


class Level(TypedDict):
    """What a slice's, or a customer's, part of DSO is made of on one day, as in LEVELS."""

    sales: NotRequired[int]
    agreed: NotRequired[int]
    current: NotRequired[int]
    late: NotRequired[int]
    disputed: NotRequired[int]


class LevelCount(TypedDict):
    """Items on one level whose next is another; None: none yet, or none that comes."""

    level: int | None
    next_level: int | None
    items: int
    customers: int
    owed: list[list[str | int]]


class LevelRow(TypedDict):
    """One item on its level; `reasons` are the gate's against contacting its customer now."""

    item_id: int
    item: str
    customer_id: int
    customer_number: str
    customer_name: str
    strategy: str
    currency: str
    due_on: str
    days_past_due: int
    owed_minor: int
    collect_minor: int
    level: int | None
    told_on: str | None
    next_level: int | None
    channel: str
    template: str
    step_day: int | None
    state: str
    state_text: str
    reasons: list[str]


class LevelSum(TypedDict):
    """All items on one level; `highest` are the customers of whom no item is on a higher one."""

    level: int | None
    items: int
    customers: int
    highest: int
    owed: list[list[str | int]]


class Levels(TypedDict):
    """The whole book by level; sums of every part are the same items."""

    as_of: str
    items: int
    customers: int
    owed: list[list[str | int]]
    levels: list[LevelSum]
    moves: list[LevelCount]
    states: list[StateSum]


class Lever(TypedDict):
    """A way to close a gap: how much it may bring at most, and whether that is enough."""

    name: str
    amount_minor: int
    closes: bool


class LeverPeriod(TypedDict):
    """A week, or the first weeks together (`span`), and how it stands in minor units."""

    kind: str
    number: int
    starts_on: str
    ends_on: str
    expected_minor: int
    p10_minor: int


class LeverStep(TypedDict):
    """One action to take: what it is about, what it adds to the P10 with those before it."""

    kind: str
    subject_id: int
    item_id: int
    label: str
    customer_id: int
    customer_name: str
    open_minor: int
    cost_minor: int
    gain_minor: int
    p10_minor: int


class LiftIn(TypedDict):
    """What the customer or its lawyer said that lifts it."""

    reason: str


class LimitChangeIn(TypedDict):
    """A change of standard limits: `value` is ppm for percent, else minor units."""

    customer_ids: list[int]
    way: Literal['percent', 'fixed', 'set']
    value: int
    step_minor: NotRequired[int]
    rounding: NotRequired[Literal['nearest', 'up', 'down']]
    least_minor: NotRequired[int]
    most_minor: NotRequired[int | None]
    from_on: NotRequired[str | None]
    reason: str


class LimitChoice(TypedDict):
    """Which rows of the ledger; `until_on` finds what ends by a day."""

    kind: NotRequired[Literal['', 'standard', 'temporary', 'insured', 'suspension', 'resumption']]
    status: NotRequired[Literal['', 'proposed', 'approved', 'rejected', 'withdrawn']]
    customer_id: NotRequired[int | None]
    group_id: NotRequired[int | None]
    segment: NotRequired[str]
    until_on: NotRequired[str | None]


class LimitIn(TypedDict):
    """A limit of one customer, one group or one segment, in the company's currency."""

    customer_id: NotRequired[int | None]
    group_id: NotRequired[int | None]
    segment: NotRequired[str]
    kind: NotRequired[Literal['standard', 'temporary', 'insured', 'suspension', 'resumption']]
    amount_minor: NotRequired[int]
    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]
    reason: str


class LimitInForce(TypedDict):
    """The limit of one customer on a day, in minor units of `currency`, the company's."""

    currency: str
    limit_minor: NotRequired[int | None]
    base_minor: NotRequired[int | None]
    lifted_minor: NotRequired[int]
    kind: NotRequired[str]
    row_ids: NotRequired[list[int]]
    cover_ids: NotRequired[list[int]]
    until_on: NotRequired[str | None]
    is_suspended: NotRequired[bool]
    is_expired: NotRequired[bool]
    group: NotRequired[GroupLimit | None]
    approved_by: NotRequired[str]
    approved_on: NotRequired[str | None]
    source: NotRequired[str]
    scope: NotRequired[str]
    missing_rates: NotRequired[list[str]]


class LimitLedgerRow(TypedDict):
    """One row of the ledger; the amount in minor units of `currency`."""

    id: int
    customer_id: int | None
    customer_number: str
    customer_name: str
    group_id: int | None
    group: str
    segment: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    state: str
    currency: str
    amount_minor: int
    from_on: str
    until_on: str | None
    reason: str
    source: str
    risk_class: str
    rule: str
    asked_by: str
    asked_on: str
    decided_by: str
    decided_on: str | None
    decision_reason: str


class LimitLineIn(TypedDict):
    """One line of many; without a first day it begins today."""

    customer_number: str
    amount_minor: int
    kind: NotRequired[Literal['standard', 'temporary', 'insured', 'suspension']]
    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]
    reason: NotRequired[str]


class LimitLinesIn(TypedDict):
    """Many limits in one step; `reason` stands for lines without one."""

    lines: list[LimitLineIn]
    reason: str


class LimitUseChoice(TypedDict):
    """Which customers: all, over their limit, without one or suspended."""

    scope: NotRequired[Literal['', 'over', 'none', 'suspended']]
    segment: NotRequired[str]
    group_id: NotRequired[int | None]
    search: NotRequired[str]


class LimitUseRow(TypedDict):
    """One customer's limit in force and its use, in minor units of `currency`."""

    customer_id: int
    number: str
    name: str
    segment: str
    currency: str
    limit: LimitInForce
    exposure: Exposure
    limit_minor: int | None
    exposure_minor: int | None
    free_minor: int | None
    used_ppm: int | None
    is_over: bool


class LimitationCause(TypedDict):
    """What happened to a claim; `event_id` is 0 for a payment of the ledger."""

    event_id: int
    kind: str
    label: str
    on: str
    until_on: str | None
    effect: str


class LimitationEventEndIn(TypedDict):
    """The last day of what ran."""

    until_on: str


class LimitationEventRow(TypedDict):
    """An event recorded by hand; without an item it is about all of the customer's."""

    id: int
    customer_id: int
    customer_name: str
    item_id: int | None
    item_number: str
    kind: str
    kind_label: str
    on: str
    until_on: str | None
    evidence: str
    taken_back_on: str | None
    by: str


class LimitationRow(TypedDict):
    """One claim. `last_on` is the last day to act, empty while nothing lapses or unknown."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    country: str
    currency: str
    due_on: str
    open_minor: int
    written_off_minor: int
    bucket: str
    rule: str
    rule_title: str
    source: str
    last_on: str | None
    latest_on: str | None
    days_left: int | None
    causes: list[LimitationCause]


class LineIn(TypedDict):
    """How much is put on one item, in its currency."""

    item_id: int
    amount_minor: int
    paid_minor: NotRequired[int | None]


class LineRefusal(TypedDict):
    """Why a line of a report cannot be read or booked: its line and column, and what to do."""

    line: int
    column: str
    reason: str


class LineRow(TypedDict):
    """One line of a journal; a debit is above 0. `source_number`: of the item or payment."""

    place: int
    posted_on: str
    account: str
    account_label: str
    gl_number: str
    customer_id: int | None
    customer_number: str
    currency: str
    amount_minor: int
    home_minor: int
    source: str
    source_number: str
    item_id: int | None
    payment_id: int | None


class LinkIn(TypedDict):
    """The payment an advice speaks of."""

    payment_id: int


class LinkMade(TypedDict):
    """The path of the sign-in link on this server, shown this once."""

    path: str


class Liquidity(TypedDict):
    """The balance at the end of every week in the home currency, minor units."""

    as_of: str | None
    currency: str
    opening_minor: int | None
    opening_on: str | None
    buffer_minor: int
    rule: Rule
    rows: list[WeekBalance]
    breach_on: str | None
    days_covered: int | None
    cash_at_risk_minor: int
    missing_rates: list[str]


class ListInForce(TypedDict):
    """One list as held: its version, size, and when it was loaded and last used on everybody."""

    id: int
    source: str
    label: str
    published_on: str | None
    sha256: str
    entries: int
    loaded_at: str
    loaded_by: str
    rescreened_at: str | None


class LockIn(TypedDict):
    """The last day of the closed period, and why."""

    until_on: str
    reason: str


class LockRow(TypedDict):
    """One step of closing or opening; `until_on` empty: every day is open."""

    id: int
    until_on: str | None
    status: str
    status_label: str
    reason: str
    author: str
    approver: str
    recorded_at: str
    decided_at: str | None
    is_unlock: bool
    is_in_force: bool


class LoggedPrediction(TypedDict):
    """What was said of an item on a day, from that day's log: chances in ppm, then days."""

    item_id: int
    customer_id: int
    as_of: str
    currency: str
    open_minor: int
    issued_on: str
    due_on: str
    history_items: int
    p_late_ppm: int
    p_late_7_ppm: int
    p_late_30_ppm: int
    p_soon_ppm: int
    p_unpaid_14_ppm: int
    p_loss_ppm: int
    expected_pay_on: str
    pay_days: list[PayDay]


class LossAssessmentIn(TypedDict):
    """What is lost of a customer, or of one item: a share of it, or all but the money expected."""

    customer_id: int
    item_id: NotRequired[int | None]
    loss_ppm: NotRequired[int | None]
    expected: NotRequired[list[ExpectedIn]]
    currency: NotRequired[str | None]
    discount_ppm: NotRequired[int]
    reason: str
    evidence: str
    from_on: str


class LossAssessmentRow(TypedDict):
    """An assessment: `loss_ppm` of what is not covered, or the money expected in `flows`."""

    id: int
    status: str
    status_label: str
    customer_id: int
    customer_name: str
    item_id: int | None
    number: str
    loss_ppm: int | None
    currency: str
    flows: list[list[str | int]]
    reason: str
    evidence: str
    from_on: str
    ended_on: str | None
    by: str
    decided_by: str


class MadeReportDetail(TypedDict):
    """A kept report with what it said; `mails` are (address, status, error, sent at)."""

    row: MadeReportRow
    pack: ReviewPack
    words: list[str]
    mails: list[list[str | str | None]]


class MadeReportRow(TypedDict):
    """One kept report; `sent` of `mails` readers have it."""

    id: int
    kind: str
    name: str
    as_of: str
    language: str
    by: str
    sha256: str
    mails: int
    sent: int
    failed: int
    recorded_at: str


class MailRow(TypedDict):
    """A mail that went, or is to go, to the applicant or a reference."""

    kind: str
    status: str
    status_label: str
    to: str
    subject: str
    error: str
    recorded_at: str
    sent_at: str | None


class MailboxChange(TypedDict):
    """All settings of a mailbox, and the version they were read in."""

    name: str
    address: NotRequired[str]
    host: NotRequired[str]
    port: NotRequired[int]
    is_encrypted: NotRequired[bool]
    user: NotRequired[str]
    secret_name: NotRequired[str]
    folder: NotRequired[str]
    move_to: NotRequired[str]
    version: int
    is_active: NotRequired[bool]


class MailboxIn(TypedDict):
    """A new mailbox."""

    name: str
    address: NotRequired[str]
    host: NotRequired[str]
    port: NotRequired[int]
    is_encrypted: NotRequired[bool]
    user: NotRequired[str]
    secret_name: NotRequired[str]
    folder: NotRequired[str]
    move_to: NotRequired[str]
    kind: Literal['imap', 'webhook', 'upload']


class MailboxRow(TypedDict):
    """A mailbox, how the last look went, and how much came in by it."""

    id: int
    kind: str
    kind_label: str
    name: str
    address: str
    host: str
    port: int
    is_encrypted: bool
    user: str
    secret_name: str
    has_secret: bool
    folder: str
    move_to: str
    is_active: bool
    messages: int
    looked_at: str | None
    failures: int
    error: str
    version: int


class MailboxSecret(TypedDict):
    """Where mails are posted to, and what posts are signed with (Standard Webhooks)."""

    id: int
    address: str
    secret: str


class MailsTaken(TypedDict):
    """How many mails of a file are new, and how many were known."""

    new: int
    known: int


class MandateIn(TypedDict):
    """A mandate that is not signed yet; the BIC is looked up where it is left out."""

    customer_id: int
    reference: str
    iban: str
    bic: NotRequired[str]
    debtor: NotRequired[str]
    scheme: NotRequired[Literal['CORE', 'B2B']]
    is_recurring: NotRequired[bool]


class MandateLineIn(TypedDict):
    """One mandate; `row` is your number of it, without `signed_on` it waits for its signature."""

    row: int
    reference: str
    customer_number: str
    iban: str
    bic: NotRequired[str]
    debtor: NotRequired[str]
    scheme: NotRequired[Literal['CORE', 'B2B']]
    is_recurring: NotRequired[bool]
    signed_on: NotRequired[str | None]


class MandateLinesIn(TypedDict):
    """The lines; each is judged by the records and by the lines before it."""

    lines: list[MandateLineIn]


class MandateRow(TypedDict):
    """One mandate; `account` shows only the ends of the IBAN, which stands whole in `iban`."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    reference: str
    scheme: str
    scheme_label: str
    is_recurring: bool
    debtor: str
    account: str
    iban: str
    bic: str
    status: str
    status_label: str
    signed_on: str | None
    ended_on: str | None
    reason: str
    used_on: str | None
    debits: int
    returns: int
    is_lapsed: bool


class MandatesAdded(TypedDict):
    """How many were added, and how many were known from before."""

    added: int
    known: int


class MarginIn(TypedDict):
    """How much worse a measure may get, in parts per million of customers."""

    measure: Literal['complaints', 'disputes', 'opt_outs', 'unhappy']
    margin_ppm: int


class MatchIn(TypedDict):
    """The customer the applicant already is; null takes it back."""

    customer_id: int | None


class MatchQuality(TypedDict):
    """Rows by week and tier, newest week first; their sums by week, by tier, and over all."""

    rows: list[QualityRow]
    weeks: list[QualityRow]
    tiers: list[QualityRow]
    whole: QualityRow


class Matched(TypedDict):
    """How many payments were posted, wait, are held, or stayed as they were."""

    posted: int
    exceptions: int
    held: int
    unchanged: int


class MatrixCell(TypedDict):
    """Customers that were in `before` (empty: not known yet) and are in `after`."""

    before: str
    after: str
    customers: int
    owed_minor: int
    overdue_minor: int
    without_rate: int


class MatterChange(TypedDict):
    """All that may change; `version` is the one the caller has seen."""

    version: int
    file_by_on: NotRequired[str | None]
    lawyer_id: NotRequired[int | None]
    court: NotRequired[str]
    reference: NotRequired[str]
    quota_ppm: NotRequired[int | None]


class MatterIn(TypedDict):
    """What is claimed of whom; interest is worked out up to `opened_on`."""

    customer_id: int
    kind: Literal['claim', 'insolvency']
    item_ids: list[int]
    opened_on: str
    file_by_on: NotRequired[str | None]
    lawyer_id: NotRequired[int | None]
    court: NotRequired[str]
    reference: NotRequired[str]
    quota_ppm: NotRequired[int | None]


class Me(TypedDict):
    """Who acts, for which company, on which day, with which rights."""

    name: str
    company_id: int
    company: str
    currency: str
    as_of: str
    roles: list[str]
    rights: list[str]


class MeetingDecisionIn(TypedDict):
    """What was decided, who sees to it, until when; about a point it becomes a task."""

    text: str
    owner_id: int
    due_on: str
    point_id: NotRequired[int | None]


class MeetingDecisionRow(TypedDict):
    """A decision with who sees to it; `days_late` is 0 where it is not due or carried out."""

    id: int
    meeting_id: int
    meeting: str
    text: str
    owner: str
    owner_id: int
    due_on: str
    days_late: int
    customer_id: int | None
    customer: str
    point_id: int | None
    currency: str
    stuck_minor: int | None
    paid_minor: int | None
    done_on: str | None
    done_by: str
    outcome: str


class MeetingDetail(TypedDict):
    """One meeting with its agenda and decisions."""

    row: MeetingRow
    points: list[MeetingPointRow]
    decisions: list[MeetingDecisionRow]


class MeetingIn(TypedDict):
    """What the meeting is called; its agenda is that of today."""

    name: str


class MeetingOutcomeIn(TypedDict):
    """What came of a decision."""

    outcome: str


class MeetingPointRow(TypedDict):
    """A point as it was, and now: `stuck_minor` then, `open_minor` of the same items now."""

    id: int
    rank: int
    reason: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    stuck_minor: int
    open_minor: int
    since_on: str
    n_items: int


class MeetingRow(TypedDict):
    """One meeting: how many points it had, and how many of its decisions are carried out."""

    id: int
    name: str
    on: str
    author: str
    points: int
    decisions: int
    done: int


class MemberRow(TypedDict):
    """A customer of a segment with the rule that won and the claims that lost."""

    customer_id: int
    customer_number: str
    customer_name: str
    segment: str
    rule: str
    is_by_hand: bool
    since_on: str | None
    also: list[Claim]
    owed_minor: int | None
    overdue_minor: int | None


class MentionRow(TypedDict):
    """One mention; `minutes_left` are office minutes to say it was seen, below 0 too late."""

    id: int
    customer_id: int
    customer_name: str
    person: str
    by: str
    at: str
    is_note: bool
    subject: str
    subject_id: int | None
    text: str
    minutes_left: int | None
    is_late: bool
    acknowledged_by: str
    acknowledged_at: str | None
    may_acknowledge: bool


class MergeDeclinedIn(TypedDict):
    """Why the records are not merged; with `is_distinct` they are not listed as alike again."""

    reason: str
    is_distinct: NotRequired[bool]


class MergeHindrance(TypedDict):
    """What stands against it: its kind, which records, and what to do first in words."""

    kind: str
    where: str
    text: str


class MergeSplitIn(TypedDict):
    """Why the records are two customers after all."""

    reason: str


class MergedIn(TypedDict):
    """The case into which this one goes."""

    into_id: int


class MergedTalkIn(TypedDict):
    """The conversation that goes into this one."""

    other_id: int


class MessageDetail(TypedDict):
    """One message with its words, items and the stored decision of the chase gate."""

    row: MessageRow
    body: str
    body_sha256: str
    message_id: str
    strategy_version: int | None
    decision: dict[str, Any]
    lines: list[MessageLine]
    provider_id: str
    in_reply_to: str
    said: list[CarrierWord]
    files: list[AttachedFile]


class MessageIn(TypedDict):
    """A message to be sent: with its files, its thread, and warnings that were seen."""

    customer_id: int
    contact_id: NotRequired[int | None]
    channel: NotRequired[Literal['email', 'sms', 'letter', 'portal']]
    subject: NotRequired[str]
    body: NotRequired[str]
    template: NotRequired[str]
    item_ids: NotRequired[list[int]]
    document_ids: NotRequired[list[int]]
    with_statement: NotRequired[bool]
    with_payment_code: NotRequired[bool]
    conversation_id: NotRequired[int | None]
    in_reply_to: NotRequired[str]
    is_confirmed: NotRequired[bool]


class MessageLine(TypedDict):
    """An item named in a message, with the amount and the level stated there."""

    item_id: int
    number: str
    currency: str
    open_minor: int
    level: int
    due_on: str


class MessageQuery(TypedDict):
    """Which messages are asked for."""

    status: NotRequired[Literal['', 'draft', 'ready', 'claimed', 'sent', 'delivered', 'bounced', 'failed', 'dead', 'cancelled', 'handed_over']]
    channel: NotRequired[Literal['', 'email', 'letter', 'call', 'sms', 'whatsapp', 'portal']]
    provider: NotRequired[str]
    template: NotRequired[str]
    error: NotRequired[str]
    customer_id: NotRequired[int | None]
    as_of: NotRequired[str | None]
    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]


class MessageRow(TypedDict):
    """One message of the outbox; `totals` by currency, as stated in the message."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    channel: str
    status: str
    status_label: str
    strategy: str
    level: int
    template: str
    language: str
    to: str
    subject: str
    items: int
    totals: list[MessageTotal]
    as_of: str
    recorded_at: str
    sent_at: str | None
    attempts: int
    error: str
    author: str
    provider: str
    cost_micros: int | None
    cost_currency: str
    retry_at: str | None
    may_repeat: bool
    delivered_at: str | None
    bounced_at: str | None


class MessageSignalIn(TypedDict):
    """What a customer did with a message; the same identity of a source is known once."""

    customer_id: int
    message_id: NotRequired[int | None]
    kind: Literal['delivered', 'viewed', 'replied', 'bounced', 'complained']
    source: str
    external_id: str
    on: NotRequired[str | None]


class MessageTotal(TypedDict):
    """What a message asks for in one currency."""

    currency: str
    open_minor: int


class MilestoneRow(TypedDict):
    """Something worth a word; `person` empty: the team's."""

    id: int
    kind: str
    name: str
    person: str
    figures: dict[str, Any]
    on: str


class Missing(TypedDict):
    """A field, document, reference or consent that is missing, by its name, and how many of it."""

    kind: str
    name: str
    count: NotRequired[int]


class MissingRate(TypedDict):
    """A currency without a rate on or before a day on which something is dated."""

    currency: str
    on: str


class ModelPage(TypedDict):
    """Everything the model page shows of a company; all empty before the first training."""

    serving: VersionRow | None
    versions: list[VersionRow]
    league: LeagueTable | None
    card: dict[str, Any]
    checks: list[CheckRow]
    last_scored_on: str | None
    scored_items: int


class MonthCount(TypedDict):
    """Changes of each kind on one month's last day, in the order of KINDS."""

    on: str
    counts: list[int]


class MovedCustomer(TypedDict):
    """One customer of a cell; amounts None for want of a rate."""

    customer_id: int
    customer_number: str
    customer_name: str
    before: str
    after: str
    owed_minor: int | None
    overdue_minor: int | None


class MovedRows(TypedDict):
    """How many rows of one table go along; a column stands behind a dot."""

    place: str
    rows: int


class Movement(TypedDict):
    """A sum of one currency at the last cycle and at the one before, in minor units."""

    kpi: str
    currency: str
    before_on: str
    before_minor: int
    on: str
    now_minor: int


class MyDay(TypedDict):
    """A person's day; amounts of the worklist in home minor units, others by their currency."""

    plan: DayPlan
    planned_done: int
    to_collect_minor: int
    promised_minor: int
    disputed_minor: int
    dunned_minor: int
    due_today: list[PromiseSum]
    failed_today: list[PromiseSum]
    call_backs: list[CallBack]
    tasks_due: int
    asked_for: int
    to_approve: int
    escalations: int
    drafts: int
    calls: int
    reached: int
    notes: int
    promises: list[PromiseSum]
    cash_in: list[CashSum]


class NamedItemsIn(TypedDict):
    """Items the conversation is about."""

    item_ids: list[int]


class NoteIn(TypedDict):
    """A call result or a remark."""

    kind: Literal['call', 'note', 'email', 'visit']
    result: NotRequired[Literal['', 'reached', 'no_answer', 'left_message', 'call_back', 'wrong_number', 'refuses', 'says_paid']]
    why: NotRequired[Literal['', 'cash', 'not_received', 'not_approved', 'dispute', 'process', 'waiting_credit', 'insolvent']]
    text: NotRequired[str]
    next_on: NotRequired[str | None]
    snooze: NotRequired[bool]


class NoticeCount(TypedDict):
    """How the customers of a run were told: by mail, by post, not yet, not at all."""

    sent: int
    waiting: int
    to_post: int
    missing: int


class NoticeRow(TypedDict):
    """One deadline of a cover; `days_left` until its day, negative when it has passed."""

    id: int
    cover_id: int
    provider: str
    cover_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int | None
    item_number: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    due_on: str
    days_left: int
    currency: str
    amount_minor: int
    found_on: str
    done_on: str | None
    is_late: bool
    by: str
    note: str


class OfferFigures(TypedDict):
    """Sums of one currency, minor units: offers that wait, accepted ones, discounts earned."""

    currency: str
    live: int
    live_minor: int
    most_minor: int
    accepted: int
    accepted_minor: int
    earned: int
    earned_minor: int


class OfferIn(TypedDict):
    """A discount on one invoice: the nearest day first, rates falling."""

    item_id: int
    steps: list[OfferStepIn]
    reason: str


class OfferLine(TypedDict):
    """One step as both sides see it: pay `pay_minor` by the day instead of the whole at due."""

    until_on: str
    rate_ppm: int
    discount_minor: int
    pay_minor: int
    days_early: int
    apr_ppm: int


class OfferRow(TypedDict):
    """One offer; `earned_minor` is what was booked as discount on its item since it was made."""

    id: int
    item_id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    kind: str
    programme: str
    state: str
    terms: str
    open_minor: int
    most_minor: int
    earned_minor: int
    apr_ppm: int
    worth_minor: int
    offered_on: str
    until_on: str
    due_on: str
    pay_on: str | None
    offered_by: str
    reason: str


class OfferStepIn(TypedDict):
    """Money with us by the day earns the rate, in ppm of what is open; whole hundreds."""

    until_on: str
    rate_ppm: int


class OffsetIn(TypedDict):
    """Items netted with a debt of ours; the lines sum to the amount."""

    customer_id: int
    reference: str
    currency: str
    amount_minor: int
    reason: str
    lines: list[LineIn]


class OpenLine(TypedDict):
    """An item that is open at the end of the span."""

    key: str
    kind: str
    number: str
    reference: str
    issued_on: str
    due_on: str
    days_past_due: int
    bucket: str
    currency: str
    amount_minor: int
    open_minor: int


class OpenOffer(TypedDict):
    """A discount that can be earned on an item today; `offer_id` None where the terms grant it."""

    offer_id: int | None
    kind: str
    status: str
    item_id: int
    number: str
    currency: str
    open_minor: int
    issued_on: str
    due_on: str
    pay_on: str | None
    lines: NotRequired[list[OfferLine]]


class OpenSum(TypedDict):
    """What is open and what of it is overdue, of all items of a currency."""

    currency: str
    items: int
    open_minor: int
    overdue_minor: int


class OrderBillIn(TypedDict):
    """With which tax an order is billed."""

    tax_code: str
    delivered_on: NotRequired[str | None]


class OrderChangeIn(TypedDict):
    """What of an order is prepaid, delivered or billed by now; None leaves it as it is."""

    prepaid_minor: NotRequired[int | None]
    delivered_minor: NotRequired[int | None]
    billed_minor: NotRequired[int | None]
    cancelled: NotRequired[bool]


class OrderIn(TypedDict):
    """An order, amounts in minor units of its currency; its customer by key or by number."""

    customer_id: NotRequired[int | None]
    customer_number: NotRequired[str]
    number: str
    currency: str
    amount_minor: int
    prepaid_minor: NotRequired[int]
    delivered_minor: NotRequired[int]
    billed_minor: NotRequired[int]
    terms: NotRequired[str]
    type: NotRequired[str]
    ordered_on: NotRequired[str | None]
    deliver_on: NotRequired[str | None]
    checkpoint: NotRequired[Literal['order', 'picking', 'delivery']]


class OrderOut(TypedDict):
    """An allocation order: its criteria are asked one after the other."""

    name: str
    source: str
    from_on: str
    criteria: list[str]
    countries: list[str]
    is_proportional: bool
    is_used: bool


class OrderRow(TypedDict):
    """One order, amounts in minor units of its currency."""

    id: int
    number: str
    kind: str
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    currency: str
    amount_minor: int
    prepaid_minor: int
    delivered_minor: int
    billed_minor: int
    on_credit_minor: int
    terms: str
    ordered_on: str
    deliver_on: str | None
    version: int


class OtherContact(TypedDict):
    """A contact another company of ours made with the same debtor."""

    company: str
    channel: str
    at: str


class OutcomeIn(TypedDict):
    """What came of it."""

    outcome: str


class OutlookPeriod(TypedDict):
    """Cash expected in one week or calendar month, minor units of `currency`."""

    kind: str
    number: int
    starts_on: str
    ends_on: str
    currency: str
    expected_minor: int
    p5_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int
    p95_minor: int
    components: dict[str, int]


class OutsideNote(TypedDict):
    """A note for a customer there; it waits for approval like every write-back."""

    customer_id: int
    text: str


class OverbilledRow(TypedDict):
    """A time of an item that was billed higher than it is owed now, in minor units."""

    charge_id: int
    customer_id: int
    customer_name: str
    item_id: int
    item: str
    bill_id: int | None
    bill: str
    kind: str
    kind_label: str
    period: str
    currency: str
    billed_minor: int
    owed_minor: int


class OverlapRow(TypedDict):
    """Customers in `segment` that `also` claims: it comes later, or a hand decided."""

    segment: str
    also: str
    customers: int
    by_hand: int


class OverrideRow(TypedDict):
    """One departure from a strategy; `value` is the strategy, level or channel it names."""

    id: int
    customer_id: int
    item_id: int | None
    item: str
    kind: str
    kind_label: str
    value: str
    reason: str
    from_on: str
    until_on: str | None
    ended_on: str | None
    by: str
    is_active: bool


class Owed(TypedDict):
    """What a customer owes in one currency, in minor units; credits lower it."""

    currency: str
    open_minor: int
    overdue_minor: int
    items: int


class OwnBenchmarks(TypedDict):
    """The company beside its own months, and its segments against each other."""

    currency: str
    history: list[HistoryRow]
    segments: SegmentTable | None


class PackChange(TypedDict):
    """A cell that differs from the pack before; None: it was or is not there."""

    section: str
    row: str
    column: str
    kind: str
    before: int | None
    now: int | None


class PackRow(TypedDict):
    """The frozen pack without its files."""

    as_of: str
    currency: str
    sha256: str
    pdf_sha256: str
    xlsx_sha256: str
    frozen_by: str
    frozen_at: str
    sections: list[PackSection]


class PackSection(TypedDict):
    """One table: `columns` are (heading, kind), `rows` hold a cell for each; the first names."""

    key: str
    title: str
    columns: list[list[str]]
    rows: list[list[str | int | None]]


class PaidFor(TypedDict):
    """A customer outside the tree that one of its members pays for."""

    payer_id: int
    payer: str
    customer_id: int
    customer: str
    exposure_minor: int | None


class PaidIn(TypedDict):
    """Which refunds left our account, and when."""

    refund_ids: list[int]
    paid_on: str


class PaperAskIn(TypedDict):
    """A paper that is needed of a customer."""

    kind: Literal['w9', 'vat', 'resale', 'insurance', 'contract', 'other']
    note: NotRequired[str]
    due_on: NotRequired[str | None]


class PaperAsked(TypedDict):
    """A paper we ask for; `is_late`: its day has passed."""

    id: int
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    note: str
    due_on: str | None
    asked_on: str
    is_late: bool


class PaperRow(TypedDict):
    """A paper of one of the disputed items, which can be evidence."""

    id: int
    item: str
    kind_label: str
    name: str
    size_bytes: int


class PaperSent(TypedDict):
    """A paper that came; `is_expired`: accepted once, but no longer valid."""

    id: int
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    expires_on: str | None
    is_expired: bool
    status: str
    status_label: str
    reason: str
    by: str
    recorded_at: str


class PaperToSign(TypedDict):
    """What an applicant declares by a typed name, and the hash of what is stated now."""

    number: str
    statement: str
    sha256: str


class PaperVerdictIn(TypedDict):
    """Whether a paper will do; a no needs the reason."""

    status: Literal['accepted', 'rejected']
    reason: NotRequired[str]


class ParkIn(TypedDict):
    """Whose money it is, and why it stays unapplied."""

    version: int
    customer_id: int
    reason: str
    seconds: NotRequired[int]


class PartLine(TypedDict):
    """A disputed line of an item; quantities in thousandths, amounts in the part's currency."""

    line: str
    description: str
    quantity_milli: int | None
    disputed_quantity_milli: int | None
    price_minor: int | None
    claimed_price_minor: int | None
    amount_minor: int
    currency: str


class PartOfMoney(TypedDict):
    """What one item gets, in minor units, and the criterion that gave it its place."""

    item_id: int
    amount_minor: int
    rule: str


class PartRow(TypedDict):
    """A disputed part of one item; `amounts` say what became of it, None before it was opened."""

    id: int
    item_id: int
    item: str
    currency: str
    item_minor: int
    amount_minor: int
    reason: str
    note: str
    opened_on: str
    closed_on: str | None
    outcome: str
    amounts: CaseAmounts | None
    lines: list[PartLine]


class PastReviewRow(TypedDict):
    """One look at somebody's rights: the roles held before it, and those that it took."""

    id: int
    user_id: int
    username: str
    roles: list[str]
    taken: list[str]
    taken_labels: list[str]
    outcome: str
    outcome_label: str
    note: str
    by: str
    reviewed_on: str
    due_on: str


class PayDay(TypedDict):
    """The day by which an item is paid with a chance, in parts per million."""

    chance_ppm: int
    on: str


class PayeeIn(TypedDict):
    """An account of a customer, and where its number comes from."""

    customer_id: int
    name: str
    account: str
    bic: NotRequired[str]
    evidence: NotRequired[str]


class PayeeRow(TypedDict):
    """One account money may be refunded to; `is_shared`: another customer has the same one."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    name: str
    account: str
    bic: str
    evidence: str
    status: str
    status_label: str
    author: str
    approver: str
    recorded_at: str
    approved_at: str | None
    is_shared: bool


class PaymentCard(TypedDict):
    """A payment, where its money went, and the open items of its customer in its currency."""

    row: PaymentRow
    reverses_id: int | None
    returned_by_id: int | None
    placed: list[Placed]
    targets: list[Target]


class PaymentIn(TypedDict):
    """Money received; `number` is the bank's own reference, and comes once."""

    number: str
    customer_id: NotRequired[int | None]
    currency: str
    amount_minor: int
    value_on: str
    method: NotRequired[str]
    payer: NotRequired[str]
    reference: NotRequired[str]


class PaymentLink(TypedDict):
    """A payment link: the address to send; whoever opens it pays this and sees nothing else."""

    id: int
    number: str
    address: str
    currency: str
    amount_minor: int


class PaymentLinkIn(TypedDict):
    """What a payment link asks for: items with amounts, or an amount that goes on the oldest."""

    customer_id: int
    provider_id: int
    method: Literal['card', 'wallet', 'debit', 'transfer']
    currency: str
    amount_minor: NotRequired[int | None]
    lines: NotRequired[list[LineIn]]
    key: str


class PaymentOffer(TypedDict):
    """A payment an advice may speak of, and what speaks for it."""

    id: int
    number: str
    payer: str
    currency: str
    amount_minor: int
    value_on: str
    has_reference: bool
    has_payer: bool
    has_total: bool


class PaymentProviderEdit(TypedDict):
    """A provider to change; `version` is the one that was read."""

    name: str
    is_live: NotRequired[bool]
    currencies: list[str]
    methods: list[Literal['card', 'wallet', 'debit', 'transfer']]
    account_id: NotRequired[int | None]
    charge_returns: NotRequired[bool]
    version: int


class PaymentProviderIn(TypedDict):
    """A provider to add."""

    name: str
    is_live: NotRequired[bool]
    currencies: list[str]
    methods: list[Literal['card', 'wallet', 'debit', 'transfer']]
    account_id: NotRequired[int | None]
    charge_returns: NotRequired[bool]
    kind: Literal['loopback', 'stripe']


class PaymentProviderRow(TypedDict):
    """One provider with what it is used for and how it is; counts of its checkouts and events."""

    id: int
    name: str
    kind: str
    kind_label: str
    is_live: bool
    currencies: list[str]
    methods: list[str]
    account_id: int | None
    account: str
    settings: dict[str, Any]
    hook_path: str
    version: int
    failures: int
    rest_until: str | None
    last_ok_at: str | None
    told_at: str | None
    error: str
    ended_on: str | None
    checkouts: int
    waiting: int
    dead: int


class PaymentReturnIn(TypedDict):
    """Why a payment came back: an ISO reason code such as AM04, NARR with words of its own."""

    reason_code: str
    reason: NotRequired[str]
    charge_fee: NotRequired[bool]


class PaymentRow(TypedDict):
    """One payment; amounts in minor units of `currency`. A return is below zero."""

    id: int
    number: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    payer: str
    currency: str
    amount_minor: int
    unapplied_minor: int
    value_on: str
    recorded_on: str
    method: str
    reference: str
    is_return: bool
    is_returned: bool


class PayoutFindingRow(TypedDict):
    """Something of payouts that does not fit, in words, with the rows it is about."""

    code: str
    says: str
    payout_id: str
    payout_key: int | None
    line_id: str
    number: str
    currency: str
    off_by_minor: int


class PayoutLineRow(TypedDict):
    """One line of a payout; what went out is below 0."""

    line_id: str
    kind: str
    kind_label: str
    checkout_id: int | None
    number: str
    currency: str
    amount_minor: int
    fee_minor: int


class PayoutOut(TypedDict):
    """A payout with its lines."""

    row: PayoutRow
    lines: list[PayoutLineRow]


class PayoutRow(TypedDict):
    """One payout; gross less fees, refunds and chargebacks, plus others, is net or it is off."""

    id: int
    payout_id: str
    provider: str
    currency: str
    paid_on: str
    lines: int
    gross_minor: int
    fee_minor: int
    refund_minor: int
    chargeback_minor: int
    other_minor: int
    net_minor: int
    off_by_minor: int
    entry_id: int | None
    arrived_minor: int | None


class Period(TypedDict):
    """A week or month."""

    starts_on: str
    ends_on: str


class PersonalFieldRow(TypedDict):
    """One field of the register, as the API shows it."""

    model: str
    field: str
    whose: str
    purpose: str
    basis: str
    years: int
    goes: str
    since: str


class Piece(TypedDict):
    """A piece of text: plain, marked with what was read in it, or a link with its host."""

    text: str
    mark: NotRequired[str]
    href: NotRequired[str]
    host: NotRequired[str]


class Placed(TypedDict):
    """An amount of a payment that was put on an item; `is_live`: not taken back."""

    id: int
    item_id: int
    item: str
    customer_id: int
    currency: str
    amount_minor: int
    paid_minor: int
    applied_on: str
    is_live: bool
    is_reversal: bool


class PlacementBatchRow(TypedDict):
    """One file for an agency, and how far it is."""

    id: int
    number: str
    agency_id: int
    agency_name: str
    status: str
    status_label: str
    placements: int
    sha256: str
    claimed_by: str
    claimed_on: str
    ended_by: str
    ended_on: str | None


class PlacementCollectedIn(TypedDict):
    """Money: gross = net + commission; without a commission it follows from the agreed rate."""

    kind: NotRequired[Literal['remitted', 'direct']]
    reference: str
    gross_minor: int
    commission_minor: NotRequired[int | None]
    reported_on: str


class PlacementDetail(TypedDict):
    """One placement with its checks, items, money and history."""

    row: PlacementRow
    reason: str
    ending: str
    approved_by: str
    approved_on: str | None
    accepted_on: str | None
    transport: str
    batch_id: int | None
    batch_number: str
    batch_status: str
    pack_sha256: str
    checks: list[dict[str, Any]]
    lines: list[PlacementLine]
    reports: list[ReportRow]
    moments: list[PlacementMoment]


class PlacementEndIn(TypedDict):
    """How a placement goes on, and why."""

    status: Literal['settled', 'returned', 'legal']
    reason: str


class PlacementIn(TypedDict):
    """All that is open on the items, for an agency."""

    customer_id: int
    agency_id: int
    item_ids: list[int]
    reason: str


class PlacementLine(TypedDict):
    """An item of a placement: placed, and open now."""

    item_id: int
    number: str
    due_on: str
    amount_minor: int
    open_now_minor: int


class PlacementMoment(TypedDict):
    """Something that happened to a placement; `text` is a reason, reference or note."""

    at: str
    verb: str
    by: str
    text: str


class PlacementNoteIn(TypedDict):
    """A note that both sides read."""

    text: str


class PlacementReferenceIn(TypedDict):
    """The agency's own reference."""

    reference: str


class PlacementRow(TypedDict):
    """One placement; amounts in minor units of `currency`, collected = net + commission."""

    id: int
    number: str
    status: str
    status_label: str
    ended_as: str
    customer_id: int
    customer_number: str
    customer_name: str
    agency_id: int
    agency_name: str
    currency: str
    placed_minor: int
    collected_minor: int
    commission_minor: int
    commission_ppm: int
    age_days: int
    cohort: str
    items: int
    reference: str
    proposed_by: str
    proposed_on: str
    transmitted_on: str | None
    ended_on: str | None


class PlanDetail(TypedDict):
    """One plan with its items, schedule, terms and acceptance."""

    plan: PlanRow
    reason: str
    guarantee: str
    source: str
    rate_ppm: int
    method: str
    rule: dict[str, Any]
    cure_until_on: str | None
    terms: str
    terms_sha256: str
    acceptance: dict[str, Any]
    approved_by: str
    approval: str
    replaces_id: int | None
    replaces: str
    replaced_by_id: int | None
    replaced_by: str
    lines: list[PlanLineRow]
    instalments: list[InstalmentRow]


class PlanIn(TypedDict):
    """A new plan for all that is open on the items; `supersede` ends promises on them."""

    frequency: Literal['weekly', 'fortnightly', 'monthly', 'quarterly']
    number: int
    first_on: str
    deposit_minor: NotRequired[int]
    concession_minor: NotRequired[int]
    reason: NotRequired[str]
    guarantee: NotRequired[str]
    customer_id: int
    item_ids: list[int]
    supersede: NotRequired[bool]


class PlanLineRow(TypedDict):
    """What a plan covers of one item, and what is open on that item now."""

    item_id: int
    number: str
    kind: str
    due_on: str
    amount_minor: int
    open_minor: int


class PlanOffer(TypedDict):
    """An allowed plan in figures: `level_minor` is the largest regular instalment."""

    frequency: str
    number: int
    deposit_minor: int
    level_minor: int
    interest_minor: int
    fee_minor: int
    concession_minor: int
    total_minor: int
    first_on: str
    last_on: str
    is_best: bool


class PlanRow(TypedDict):
    """One plan. `next_on` is the day of the first instalment that is not paid."""

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    status: str
    status_label: str
    frequency: str
    frequency_label: str
    instalments: int
    covered_minor: int
    interest_minor: int
    fee_minor: int
    concession_minor: int
    deposit_minor: int
    total_minor: int
    paid_minor: int
    failed: int
    first_on: str
    last_on: str
    next_on: str | None
    proposed_by: str
    proposed_on: str
    expires_on: str | None
    accepted_on: str | None
    defaulted_on: str | None
    ended_on: str | None


class PlanTermsIn(TypedDict):
    """What is wanted: the rest (interest, fee, calendar) is the policy's."""

    frequency: Literal['weekly', 'fortnightly', 'monthly', 'quarterly']
    number: int
    first_on: str
    deposit_minor: NotRequired[int]
    concession_minor: NotRequired[int]
    reason: NotRequired[str]
    guarantee: NotRequired[str]


class PlannedPaymentIn(TypedDict):
    """A payment out, `repeats` times more every so many months."""

    on: str
    kind: Literal['suppliers', 'wages', 'tax', 'loans', 'investment', 'other']
    label: str
    currency: str
    amount_minor: int
    source: NotRequired[str]
    repeats: NotRequired[int]
    every_months: NotRequired[Literal[1, 3, 6, 12]]


class PlannedRow(TypedDict):
    """A payment out as somebody told it, minor units of `currency`."""

    id: int
    on: str
    kind: str
    label: str
    currency: str
    amount_minor: int
    source: str
    recorded_by: str
    recorded_at: str
    withdrawn_on: str | None
    reason: str


class Point(TypedDict):
    """One month, or several, at one age; shares in ppm of what has reached it."""

    age: int
    observed_minor: int
    amount_minor: int
    share_ppm: int | None
    low_ppm: int
    high_ppm: int
    is_complete: bool


class PointIn(TypedDict):
    """What somebody found out; a value of null says that it is not known any more."""

    name: str
    value: bool | int | str | None
    source: str
    on: str


class PolicyGlance(TypedDict):
    """A kind of policy: the version in force (None: the standard) and the drafts that wait."""

    kind: str
    version_id: int | None
    name: str
    version: int | None
    valid_from: str | None
    drafts: int


class PolicyIn(TypedDict):
    """A new version of a policy: YAML text with its own cases."""

    text: str


class PolicyRow(TypedDict):
    """One version of a policy; `is_in_force`: the one of its name that applies on the day."""

    id: int
    kind: str
    name: str
    version: int
    valid_from: str
    status: str
    status_label: str
    author: str
    approver: str
    recorded_at: str
    published_at: str | None
    is_in_force: bool


class PolicyText(TypedDict):
    """A version of a policy: YAML text with its own cases."""

    text: str


class PoolAging(TypedDict):
    """The ageing of a pool in one currency."""

    currency: str
    open_minor: int
    overdue_minor: int
    buckets: list[BucketFigure]


class PoolChange(TypedDict):
    """A pool as it should be; `seen` is the version that was read, another one is 409."""

    name: str
    rule: dict[str, Any]
    people: NotRequired[list[int]]
    note: NotRequired[str]
    seen: int


class PoolIn(TypedDict):
    """A pool: conditions by fact, all of which hold, such as {"oldest_days": {"from": 30}}."""

    name: str
    rule: dict[str, Any]
    people: NotRequired[list[int]]
    note: NotRequired[str]


class PoolRow(TypedDict):
    """One pool, amounts in home minor units; `rule` as stored, `people` by name."""

    id: int
    name: str
    note: str
    rule: dict[str, Any]
    version: int
    people: list[str]
    customers: int
    owed_minor: int
    overdue_minor: int
    without_rate: int
    by: str
    recorded_at: str


class PortalAccess(TypedDict):
    """Seats, ended ones too, the newest links, and keys of a customer."""

    seats: list[PortalSeatRow]
    links: list[PortalLinkRow]
    keys: list[PortalKeyRow]


class PortalChoices(TypedDict):
    """The choices in force; `version` is 0 where nothing was saved yet."""

    version: int
    shows_limit: str
    shows_orders: bool
    shows_interest: bool
    takes_statements: bool
    welcome: str
    changed_by: str
    changed_at: str | None


class PortalInviteIn(TypedDict):
    """Somebody to be given access; `is_checked` for an address that is no contact's."""

    email: str
    name: NotRequired[str]
    role: Literal['viewer', 'asker', 'payer', 'manager']
    language: NotRequired[Literal['', 'en', 'de', 'fr', 'es']]
    is_checked: NotRequired[bool]


class PortalKeyRow(TypedDict):
    """A key of a program; the key itself is stored nowhere."""

    id: int
    name: str
    person: str
    rights: list[str]
    expires_on: str
    revoked_on: str | None
    last_used_at: str | None
    is_live: bool


class PortalLinkRow(TypedDict):
    """A link that was sent: to whom, what for, and whether it still opens anything."""

    id: int
    email: str
    purpose: str
    purpose_label: str
    sent_at: str
    expires_at: str
    used_at: str | None
    is_live: bool


class PortalRoleIn(TypedDict):
    """The role somebody has from now on."""

    role: Literal['viewer', 'asker', 'payer', 'manager']


class PortalSeatRow(TypedDict):
    """Somebody's access to one customer's account."""

    id: int
    person_id: int
    name: str
    email: str
    masked: str
    role: str
    role_label: str
    invited_by: str
    since: str
    last_seen_at: str | None
    passkeys: int
    is_elsewhere: bool
    ended_on: str | None
    ended_by: str


class PortalSettingsIn(TypedDict):
    """What the portal shows; `version` is that of the settings as read, 0 for none saved yet."""

    version: int
    shows_limit: Literal['nobody', 'payers', 'everyone']
    shows_orders: bool
    shows_interest: bool
    takes_statements: bool
    welcome: NotRequired[str]


class PortfolioDecisionIn(TypedDict):
    """What was decided, who sees to it, until when."""

    text: str
    owner_id: int
    due_on: str
    customer_id: NotRequired[int | None]


class PortfolioDecisionRow(TypedDict):
    """One decision; `is_late`: its day has passed and it is not done."""

    id: int
    review_id: int
    review: str
    text: str
    owner: str
    owner_id: int
    due_on: str
    customer_id: int | None
    customer: str
    task_id: int | None
    done_on: str | None
    done_by: str
    outcome: str
    is_late: bool


class PortfolioOut(TypedDict):
    """The book as of a day: figures, groups that add up to it, spread, gauges, moves of classes."""

    as_of: str
    currency: str
    policy_version: int | None
    customers: int
    unknown: int
    exposure_minor: int
    limit_minor: int
    used_minor: int
    usage_ppm: int
    over: int
    over_minor: int
    loss_minor: int
    largest_minor: int
    rest_minor: int
    largest_share_ppm: int
    hhi_ppm: int
    countries: list[SliceOut]
    segments: list[SliceOut]
    classes: list[SliceOut]
    gauges: list[GaugeOut]
    moves: list[ClassMoveOut]
    desk: CreditDesk


class PortfolioReviewDetail(TypedDict):
    """One review with its pack, decisions, signatures and what changed since the last one."""

    row: PortfolioReviewRow
    pack: PackRow | None
    decisions: list[PortfolioDecisionRow]
    signatures: list[SignatureRow]
    before_on: str | None
    changes: list[PackChange]


class PortfolioReviewIn(TypedDict):
    """A review that somebody asks for."""

    name: str
    due_on: str
    reason: str
    agenda: NotRequired[str]


class PortfolioReviewRow(TypedDict):
    """One review with how many decisions it took and how many of them wait."""

    id: int
    name: str
    cause: str
    cause_text: str
    due_on: str
    status: str
    agenda: str
    attendees: str
    minutes: str
    held_on: str | None
    reason: str
    before_id: int | None
    author: str
    version: int
    decisions: int
    decisions_open: int
    signatures: int
    is_late: bool


class PortfolioRow(TypedDict):
    """One customer of the book, in minor units of `currency`, the company's."""

    customer_id: int
    customer_number: str
    customer_name: str
    country: str
    segment: str
    risk_class: str
    risk: str
    pd_ppm: int
    lgd_ppm: int
    currency: str
    exposure_minor: int | None
    limit_minor: int | None
    over_minor: int
    usage_ppm: int | None
    loss_minor: int
    until_on: str | None
    is_suspended: bool
    is_rated: bool


class PositionIn(TypedDict):
    """What lay on an account at the end of a day."""

    account: str
    on: str
    currency: str
    balance_minor: int
    source: NotRequired[str]


class PositionRow(TypedDict):
    """A balance as somebody told it, minor units of `currency`."""

    id: int
    account: str
    on: str
    currency: str
    balance_minor: int
    source: str
    recorded_by: str
    recorded_at: str
    withdrawn_on: str | None
    reason: str


class PostedLine(TypedDict):
    """One line of the double entry behind the item or one of its movements."""

    source: str
    source_id: int
    account: str
    posted_on: str
    recorded_on: str
    debit_minor: int
    credit_minor: int


class Power(TypedDict):
    """What a comparison would take with today's volumes; `detectable_ppm` in half a year."""

    weekly: int
    days: int
    rows: list[PowerRow]
    detectable_ppm: int | None


class PowerRow(TypedDict):
    """For one effect worth finding: customers of both arms, and weeks until all have come."""

    smallest: float
    customers: int
    weeks: int | None


class PredictionChoice(TypedDict):
    """Which predictions, in which order."""

    customer_id: NotRequired[int | None]
    order: NotRequired[Literal['late', 'loss', 'expected']]


class PredictionRow(TypedDict):
    """What is expected of one open item; chances in ppm, amounts in minor units of `currency`."""

    item_id: int
    item_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    as_of: str
    currency: str
    open_minor: int
    due_on: str
    p_late_ppm: int
    p_late_7_ppm: int
    p_late_30_ppm: int
    p_unpaid_14_ppm: int
    p_loss_ppm: int
    p_dispute_ppm: int | None
    loss_minor: int
    expected_pay_on: str
    q10_on: str
    q50_on: str
    q90_on: str
    model_number: int
    model_kind: str
    model_label: str
    history_items: int
    reasons: list[Reason]
    dispute_reasons: list[dict[str, Any]]


class PrivacyLogRow(TypedDict):
    """One entry of the purpose log; `rows` were handed out, or erased."""

    id: int
    at: str
    by: str
    verb: str
    purpose: str
    customer_id: int | None
    customer_number: str
    contact_id: int | None
    kind: str
    rows: int


class Problem(TypedDict):
    """Why a request was not carried out: a sentence, or a list of fields with what is wrong."""

    detail: str | list[dict[str, Any]]
    merged_into_id: NotRequired[int | None]


class ProcessCase(TypedDict):
    """One invoice that counts in a figure: how often, how long, and how much waited."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    amount_minor: int
    times: int
    days: int | None
    hours: int | None
    money_days: int
    is_waiting: bool


class ProcessCases(TypedDict):
    """The invoices of a figure: their sums are the figure's."""

    kind: str
    name: str
    cases: int
    times: int
    amount_minor: int
    money_days: int
    page: Page[ProcessCase]


class ProcessChoice(TypedDict):
    """Which invoices: issued from the month `first` to the month `last`, one currency."""

    first: str
    last: str
    currency: str
    segment: NotRequired[str | None]


class ProcessFilter(TypedDict):
    """Which invoices: months of issue, each by any of its days, currency and segment."""

    first: NotRequired[str | None]
    last: NotRequired[str | None]
    currency: NotRequired[str | None]
    segment: NotRequired[str | None]


class ProcessPage(TypedDict):
    """The whole course of the invoices chosen, in one currency."""

    choice: ProcessChoice
    invoices: int
    events: int
    amount_minor: int
    waiting: int
    money_days: int
    median_days: int | None
    p90_days: int | None
    fit_ppm: int | None
    deviating: int
    deviating_minor: int
    activities: list[Activity]
    follows: list[Follow]
    stages: list[ProcessRow]
    variants: list[ProcessRow]
    variants_cut: int
    loops: list[ProcessRow]
    repeats: list[ProcessRow]
    deviations: list[ProcessRow]
    handovers: list[ProcessRow]
    rare_handovers: int


class ProcessRow(TypedDict):
    """One stage, loop, repeated activity, deviation, variant or hand-over, with its sums."""

    kind: str
    name: str
    times: int
    cases: int
    share_ppm: int
    amount_minor: int
    money_days: int
    waiting: int
    median_days: int | None
    p90_days: int | None
    median_hours: int | None
    p90_hours: int | None


class ProfileRow(TypedDict):
    """A saved mapping; `fits`: it was saved for files with the same header."""

    id: int
    name: str
    saved_at: str
    fits: bool


class ProfileSaved(TypedDict):
    """A profile to be offered again under a name."""

    name: str
    profile: dict[str, Any]


class ProgressRow(TypedDict):
    """Where a line stood at the end of a week."""

    week_ends_on: str
    value: int | None
    honest: int | None


class PromiseDay(TypedDict):
    """What was promised for one day in one currency, and how many of it are kept or failed."""

    on: str
    currency: str
    count: int
    promised_minor: int
    kept: int
    failed: int
    is_open: bool


class PromiseDetail(TypedDict):
    """What a promise covers: items, or for the level `customer` an amount and no lines."""

    id: int
    level: str
    currency: str
    amount_minor: int | None
    keep_ppm: int | None
    lines: list[PromiseLine]


class PromiseIn(TypedDict):
    """A new promise; `supersede` ends open promises on the same items."""

    customer_id: int
    lines: list[PromiseLineIn]
    due_on: str
    note: NotRequired[str]
    supersede: NotRequired[bool]


class PromiseLine(TypedDict):
    """How much of one item a promise covers, and what is still open of that item now."""

    item_id: int
    number: str
    currency: str
    promised_minor: int
    open_minor: int


class PromiseLineIn(TypedDict):
    """How much of one item is promised."""

    item_id: int
    amount_minor: int


class PromiseRow(TypedDict):
    """One promise; `is_late`: still open and its day has passed, tolerance not counted."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    level: str
    items: int
    promised_minor: int
    currency: str
    keep_ppm: int | None
    made_on: str
    due_on: str
    tolerance_days: int
    outcome: str
    outcome_label: str
    settled_on: str | None
    note: str
    failures_before: int
    forgiven_on: str | None
    is_late: bool
    confirmation_id: int | None
    confirmation: str
    confirmation_label: str
    source: NotRequired[str]


class PromiseSum(TypedDict):
    """Promises of one currency: how many, and their sum."""

    currency: str
    count: int
    promised_minor: int


class PromiseWithdrawIn(TypedDict):
    """Why the promise is taken back."""

    reason: str


class PromotionIn(TypedDict):
    """Why this version should serve; needed where the back-test prefers another model."""

    reason: NotRequired[str]


class Proof(TypedDict):
    """One check's answer: how many rows break the rule, and the first of them as texts."""

    id: str
    proves: str
    broken: int
    columns: NotRequired[list[str]]
    rows: NotRequired[list[list[str]]]


class Proposed(TypedDict):
    """An item with the amount a proposal puts on it; `paid_minor` where currencies differ."""

    item: CardItem
    amount_minor: int
    paid_minor: int | None


class ProposedRate(TypedDict):
    """A rate that waits for a second person; nothing accrues by it."""

    id: int
    name: str
    from_on: str
    rate_ppm: int
    source: str
    author: str


class ProviderEventRow(TypedDict):
    """One fact a provider told, and what became of it."""

    id: int
    event_id: str
    provider: str
    kind: str
    subject_id: str
    checkout_id: int | None
    checkout_number: str
    currency: str
    amount_minor: int
    reason: str
    state: str
    state_label: str
    error: str
    happened_at: str
    told_at: str
    applied_at: str | None


class ProvisionDetail(TypedDict):
    """A run with everything it keeps."""

    row: ProvisionRunRow
    lines: list[ProvisionLineRow]
    moves: list[ProvisionMoveRow]
    postings: list[ProvisionPostingRow]
    tables: dict[str, Any]


class ProvisionItemRow(TypedDict):
    """An open part of an item in a line of a run; `row` is its place in the run."""

    row: int
    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    days_past_due: int
    gross_minor: int
    covered_minor: int
    allowance_minor: int
    home_allowance_minor: int


class ProvisionLineRow(TypedDict):
    """One line of a run; amounts in `currency`, `home_` ones in the run's."""

    place: int
    method: str
    method_label: str
    segment: str
    bucket: str
    customer_id: int | None
    customer_name: str
    currency: str
    items: int
    gross_minor: int
    covered_minor: int
    net_minor: int
    rate_ppm: int
    overlay_ppm: int
    allowance_minor: int
    home_gross_minor: int
    home_allowance_minor: int
    basis: str


class ProvisionMoveRow(TypedDict):
    """The roll-forward of one segment."""

    segment: str
    opening_minor: int
    charge_minor: int
    release_minor: int
    write_off_minor: int
    recovery_minor: int
    fx_minor: int
    transfer_minor: int
    closing_minor: int


class ProvisionPostingRow(TypedDict):
    """One entry line of a run: a debit is above 0."""

    account: str
    account_label: str
    posted_on: str
    amount_minor: int
    source: str


class ProvisionRunRow(TypedDict):
    """One run with its roll-forward, in minor units of `currency`."""

    id: int
    as_of: str
    standard: str
    standard_label: str
    status: str
    status_label: str
    policy: str
    policy_version: int | None
    previous_id: int | None
    currency: str
    items: int
    gross_minor: int
    covered_minor: int
    allowance_minor: int
    opening_minor: int
    charge_minor: int
    release_minor: int
    write_off_minor: int
    recovery_minor: int
    fx_minor: int
    drawn_by: str
    drawn_at: str
    reviewed_by: str
    posted_by: str
    posted_on: str | None
    ended_by: str
    reason: str
    digest: str


class PullFilter(TypedDict):
    """Which questions to list; `only_costed` leaves those whose cost is in the ledger."""

    status: NotRequired[Literal['', 'asked', 'claimed', 'answered', 'unknown', 'failed']]
    bureau_id: NotRequired[int | None]
    customer_id: NotRequired[int | None]
    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]
    only_costed: NotRequired[bool]
    currency: NotRequired[str]
    cursor: NotRequired[str]
    limit: NotRequired[int]


class PullIn(TypedDict):
    """Why a bureau is asked; without a bureau the waterfall is."""

    purpose: Literal['application', 'review', 'collection', 'legal']
    bureau_id: NotRequired[int | None]


class PurposeIn(TypedDict):
    """Why the file is handed out: the person asks or moves, an authority asks, or a check."""

    purpose: Literal['access', 'moving', 'authority', 'checking']


class QualityRow(TypedDict):
    """One week and tier, or a sum of them, by the day the payment was first matched."""

    week_on: str | None
    tier: str
    payments: int
    posted: int
    decided: int
    waiting: int
    seconds: int
    posting: JudgedShare
    proposing: JudgedShare
    matched: dict[str, int]


class QuestionIn(TypedDict):
    """A question to a colleague, or to a guest by name and address."""

    question: str
    user_id: NotRequired[int | None]
    guest_name: NotRequired[str]
    guest_email: NotRequired[str]
    due_on: NotRequired[str | None]


class QuizAnswersIn(TypedDict):
    """The index of the choice taken for each question, in their order."""

    choices: list[int]


class QuizIn(TypedDict):
    """Which quiz."""

    quiz: str


class QuizQuestionRow(TypedDict):
    """One question; `right` and `chosen` are indexes of choices, None until it is handed in."""

    number: int
    rule: str
    source: str
    asks: str
    text: str
    choices: list[str]
    right: int | None
    chosen: int | None


class QuizSittingRow(TypedDict):
    """One sitting with its questions; points 0 to 100 once handed in."""

    id: int
    quiz: str
    points: int | None
    is_passed: bool
    began_on: str
    handed_in_on: str | None
    questions: list[QuizQuestionRow]


class RateIn(TypedDict):
    """From a day on: home minor units per million foreign minor units."""

    currency: str
    from_on: str
    rate_ppm: int
    source: str


class RatePeriod(TypedDict):
    """A yearly rate in ppm from a day on until the next begins."""

    from_on: str
    rate_ppm: int


class RateRow(TypedDict):
    """One rate: `per_unit` home units for one foreign unit; `is_in_force`: it applies."""

    id: int
    currency: str
    from_on: str
    rate_ppm: int
    per_unit: str
    source: str
    recorded_at: str
    is_in_force: bool


class RateTable(TypedDict):
    """One official rate: its values from the newest back, and what of it is missing."""

    name: str
    title: str
    source: str
    evidence: str
    known_until: str | None
    rules: list[str]
    rows: list[ReferenceRateRow]
    missing: list[UnknownHalfYear]


class RatingRow(TypedDict):
    """One entry of the history of ratings."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    as_of: str
    risk_class: str
    risk: str
    outcome: str
    points: int | None
    pd_ppm: int | None
    reasons: list[dict[str, Any]]
    scorecard: str
    policy_version: int | None


class ReadAgain(TypedDict):
    """The currency of the account, for files that tell none."""

    currency: NotRequired[str | None]


class ReaderPage(TypedDict):
    """What serves, its card, and every trained reader, the newest first."""

    serving: str
    serving_id: int
    version: str
    card: dict[str, Any]
    rows: list[ReaderRow]
    read: int
    unsure: int
    accepted: int


class ReaderPromotionIn(TypedDict):
    """Why this reader should serve; needed where what serves now does better."""

    reason: NotRequired[str]


class ReaderRow(TypedDict):
    """One trained reader; status is candidate, serving or retired. Shares are ppm."""

    id: int
    version: str
    status: str
    messages: int
    accepted: int
    macro_f1_ppm: int
    accuracy_ppm: int
    own_accuracy_ppm: int | None
    is_worse: bool
    trained_by: str
    trained_at: str
    promoted_by: str
    promoted_at: str | None
    retired_at: str | None


class ReaderTrainingBegun(TypedDict):
    """Training goes on in the background, and `look_at` says how it stands."""

    is_new: bool
    look_at: str


class ReaderTrainingState(TypedDict):
    """How the last training stands that this server process was asked for."""

    is_running: NotRequired[bool]
    stage: NotRequired[str]
    done_ppm: NotRequired[int]
    started_at: NotRequired[str | None]
    model_id: NotRequired[int]
    refusal: NotRequired[str]


class ReaderWithCard(TypedDict):
    """One trained reader; the figures of its card are parts per million."""

    reader: ReaderRow
    card: dict[str, Any]


class Reading(TypedDict):
    """Everything an experiment shows as of a day."""

    as_of: str
    decisions: int
    judged: int
    shares: list[Share]
    mismatch_ppm: int
    is_divided_as_planned: bool
    outcome: str
    why: str
    seen: int
    planned: int
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    channels: list[ChannelEffect]
    guards: list[Guard]


class Reason(TypedDict):
    """One reason of a prediction: a code of `ml.explain`, the fact it rests on, and its weight."""

    code: str
    value: float | None
    effect_days: float | None


class ReasonCount(TypedDict):
    """How many customers one reason keeps from being contacted, and what they owe overdue."""

    reason: str
    text: str
    customers: int
    gross: list[list[str | int]]


class ReasonIn(TypedDict):
    """Why."""

    reason: str


class RebalancingOut(TypedDict):
    """Steps that bring the book within its appetite; `stuck` limits stay passed."""

    currency: str
    cost_minor: int
    stuck: list[str]
    steps: list[RebalancingStepOut]


class RebalancingStepOut(TypedDict):
    """One lever for one customer: minor units of the company's currency."""

    customer_id: int
    lever: str
    exposure_minor: int
    less_minor: int
    cost_minor: int
    limit: str
    before: int
    after: int
    limit_minor: int | None


class ReceiptIn(TypedDict):
    """The document number in the general ledger."""

    receipt: str


class Received(TypedDict):
    """The keys of the files, those known from before included."""

    ids: list[int]


class RecommendationIn(TypedDict):
    """What should be decided; the limit is in minor units of the company's currency."""

    outcome: Literal['approve', 'decline']
    limit_minor: NotRequired[int]
    terms_days: NotRequired[int]
    conditions: NotRequired[list[ConditionIn]]
    reasons: NotRequired[list[str]]
    note: NotRequired[str]


class ReconcileIn(TypedDict):
    """The reports that a bank payment brought."""

    payment_id: int
    report_ids: list[int]


class RecoveryIn(TypedDict):
    """The payment, and how much of it is for the written-off debt."""

    payment_id: int
    amount_minor: int


class RecoveryRow(TypedDict):
    """A written-off debt. `over` says why it is not asked for any more, empty where it is."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    due_on: str
    written_off_on: str
    written_off_minor: int
    recovered_minor: int
    last_on: str | None
    over: str


class ReferenceRateIn(TypedDict):
    """A yearly rate in ppm of an official series from a day on, and where it was published."""

    name: str
    from_on: str
    rate_ppm: int
    source: str


class ReferenceRateRow(TypedDict):
    """A yearly rate in ppm from a day on; `is_own`: the company entered it."""

    from_on: str
    rate_ppm: int
    source: str
    is_own: bool


class ReferenceRow(TypedDict):
    """Somebody who knows the applicant, how far asking went, and what was answered."""

    id: int
    kind: str
    kind_label: str
    status: str
    status_label: str
    name: str
    person: str
    email: str
    asked_on: str | None
    chased: int
    answered_on: str | None
    answer: dict[str, Any]


class RefundIn(TypedDict):
    """What is given back: of a payment or of a credit item, one of both."""

    payment_id: NotRequired[int | None]
    credit_id: NotRequired[int | None]
    payee_id: int
    amount_minor: int
    reason: str


class RefundRow(TypedDict):
    """One refund. Its source is a payment or a credit item."""

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    payment_id: int | None
    credit_id: int | None
    source: str
    item_id: int | None
    currency: str
    amount_minor: int
    reason: str
    status: str
    status_label: str
    payee_id: int
    payee: str
    account: str
    bic: str
    payee_is_approved: bool
    author: str
    approver: str
    decision: str
    proposed_on: str
    decided_on: str | None
    paid_on: str | None
    recorded_at: str
    is_payable: bool


class RefundTotal(TypedDict):
    """Sums of the refunds of one currency under a filter, in minor units."""

    currency: str
    refunds: int
    amount_minor: int


class RejectionIn(TypedDict):
    """Why the version is turned down."""

    reason: str


class RelationIn(TypedDict):
    """Who pays for a customer; of netting, what we owe it."""

    customer_id: int
    kind: Literal['parent', 'factor', 'agent', 'netting']
    payer: NotRequired[str]
    payer_customer_id: NotRequired[int | None]
    currency: NotRequired[str]
    amount_minor: NotRequired[int | None]


class RelationRow(TypedDict):
    """Who pays for a customer; of netting, what we owe it in minor units of `currency`."""

    id: int
    kind: str
    kind_label: str
    payer: str
    payer_customer_id: int | None
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int | None
    recorded_by: str


class ReleaseIn(TypedDict):
    """What led to the release."""

    note: NotRequired[str]


class ReleaseRow(TypedDict):
    """One way to free an order: pay, prepay, reduce, raise_limit, wait or person."""

    kind: str
    text: str
    amount_minor: int | None
    currency: str
    on: str | None


class ReleaseTry(TypedDict):
    """A release simulated: whether the order passes then, and what holds it still."""

    is_held: bool
    rules: list[RuleOutcomeRow]
    ways: list[ReleaseRow]


class RemarkIn(TypedDict):
    """What is said to colleagues; @name tells one. About the customer, or a record of the case."""

    text: str
    subject: NotRequired[str | None]
    subject_id: NotRequired[int | None]


class RemittanceCard(TypedDict):
    """An advice with its lines, its findings, and the payments it may speak of."""

    row: RemittanceRow
    lines: list[AdvisedLine]
    findings: list[FoundRow]
    offers: list[PaymentOffer]


class RemittanceRow(TypedDict):
    """One advice; amounts in minor units of `currency`, which is empty where none is told."""

    id: int
    name: str
    part: int
    format: str
    payer: str
    reference: str
    currency: str
    total_minor: int | None
    lines_minor: int | None
    lines: int
    paid_on: str | None
    payment_id: int | None
    payment_number: str
    by: str
    recorded_at: str


class RemittedIn(TypedDict):
    """Money the agency collected; without a commission it follows from the agreed rate."""

    reference: str
    gross_minor: int
    commission_minor: NotRequired[int | None]
    reported_on: str


class ReplayAnswer(TypedDict):
    """What a replay found: contacts before and after, by week, channel and step."""

    before: int
    after: int
    customers_changed: int
    days_changed: int
    weeks: list[list[str | int]]
    channels: list[list[str | int]]
    steps: list[list[str | int]]
    customers: list[CustomerChange]
    changes: list[ContactChange]


class ReplayEvent(TypedDict):
    """The `webhook-id` an event was told under, such as evt_3_1841."""

    event_id: str


class ReplayIn(TypedDict):
    """Days to be gone through again under a strategy version."""

    version_id: int
    from_on: str
    to_on: str


class ReplayPeriod(TypedDict):
    """Moments with their offset: from this one until before that one."""

    from_at: str
    until_at: str


class ReplayRow(TypedDict):
    """One replay as lists show it; `done_ppm` says how much of it is done."""

    id: int
    version_id: int
    strategy: str
    version: int
    from_on: str
    to_on: str
    status: str
    status_label: str
    done_ppm: int
    error: str
    by: str
    recorded_at: str
    messages_before: int | None
    messages_after: int | None


class ReplaySpan(TypedDict):
    """Numbers of events, both ends included."""

    from_seq: int
    until_seq: int


class Replayed(TypedDict):
    """How many events wait to be told again."""

    events: int


class ReplyIn(TypedDict):
    """What the customer answered, and by which channel."""

    channel: Literal['email', 'letter', 'call', 'sms', 'portal', 'visit']
    text: str
    contact_id: NotRequired[int | None]


class ReplyOut(TypedDict):
    """Whether the reply opts out; `perhaps` asks for a person."""

    reading: Literal['yes', 'perhaps', 'no']
    restriction_id: int | None


class ReportIn(TypedDict):
    """A pack to make now; without sections it has every one."""

    name: str
    sections: NotRequired[list[str]]
    language: NotRequired[Literal['en', 'de']]
    recipients: NotRequired[list[str]]


class ReportOut(TypedDict):
    """What the report was about and how many debits it refused; ids that are not ours."""

    debit_run_id: int
    refused: int
    unknown: list[str]


class ReportRead(TypedDict):
    """What came of a file: lines read, changes made (0 for a file read before), and refusals."""

    lines: int
    changed: int
    refusals: list[LineRefusal]


class ReportRow(TypedDict):
    """Money of a placement: gross = net + commission; `payment_number` once it is reconciled."""

    id: int
    kind: str
    kind_label: str
    reference: str
    gross_minor: int
    commission_minor: int
    net_minor: int
    reported_on: str
    payment_id: int | None
    payment_number: str
    by: str


class ReportScheduleIn(TypedDict):
    """A report to make again and again."""

    name: str
    sections: NotRequired[list[str]]
    language: NotRequired[Literal['en', 'de']]
    recipients: NotRequired[list[str]]
    kind: Literal['digest', 'pack', 'team']
    every: Literal['day', 'week', 'month']
    from_on: str


class ReportScheduleRow(TypedDict):
    """What makes a report by itself."""

    id: int
    name: str
    kind: str
    every: str
    sections: list[str]
    recipients: list[str]
    language: str
    author: str


class ReportingAgencyIn(TypedDict):
    """The agency a report on a person came from; it stands in a refusal."""

    name: str
    address: str
    phone: NotRequired[str]


class ReportsRead(TypedDict):
    """How many reports of a feed are new, and the rows about nobody we know."""

    added: int
    unmatched: list[str]


class RequestRow(TypedDict):
    """A credit note asked of billing; `note_number` is the credit note that answered it."""

    id: int
    number: str
    case_id: int
    case_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int
    item: str
    amount_minor: int
    currency: str
    reason: str
    is_rebilled: bool
    status: str
    status_label: str
    note_id: int | None
    note_number: str
    note: str
    recorded_at: str
    done_at: str | None
    age_days: int


class ResetIn(TypedDict):
    """Why a second factor is taken away, and how whoever asked was made sure of."""

    reason: str


class ResolutionIn(TypedDict):
    """How a case ends, and why."""

    parts: list[ResolvedPartIn]
    reason: str
    root_cause: NotRequired[str]
    is_rebilled: NotRequired[bool]
    missing_evidence: NotRequired[str]
    letter: NotRequired[str]
    only_proposed: NotRequired[bool]


class ResolutionRow(TypedDict):
    """How the case was to end; `approval` is the request it waits for, None for none."""

    id: int
    kind: str
    kind_label: str
    status: str
    status_label: str
    currency: str
    credit_minor: int
    denied_minor: int
    written_off_minor: int
    reason: str
    missing_evidence: str
    authority_text: str
    letter: str
    proposed_by: str
    proposed_at: str
    decided_by: str
    decided_at: str | None
    note: str
    approval: int | None


class ResolvedIn(TypedDict):
    """What came of it."""

    result: str


class ResolvedPartIn(TypedDict):
    """How an open part ends; the amounts sum to what of it is disputed and open."""

    dispute_id: int
    credit_minor: NotRequired[int]
    denied_minor: NotRequired[int]
    written_off_minor: NotRequired[int]
    currency: str


class ResponseFilter(TypedDict):
    """Which answers to list."""

    item_id: NotRequired[int | None]
    customer_id: NotRequired[int | None]
    scheme: NotRequired[Literal['', 'peppol', 'peppol_mlr', 'fr_pdp', 'other']]
    code: NotRequired[str]
    cursor: NotRequired[str]
    limit: NotRequired[int]


class ResponseOutcome(TypedDict):
    """What one effect of an answer came to."""

    effect: str
    is_done: bool
    text: str


class ResponsesTakenOut(TypedDict):
    """The answers of a file that are kept, how many of them are new, and why others are not."""

    ids: list[int]
    new: int
    refused: list[str]


class RestrictionIn(TypedDict):
    """What limits how the customer may be contacted; empty means every channel or purpose."""

    kind: Literal['opt_out', 'cease', 'attorney', 'validation', 'inconvenient']
    channel: NotRequired[Literal['', 'email', 'letter', 'call', 'sms', 'portal', 'visit']]
    purpose: NotRequired[Literal['', 'collection', 'legal', 'last_notice', 'validation', 'notice', 'service']]
    contact_id: NotRequired[int | None]
    minute_from: NotRequired[int | None]
    minute_until: NotRequired[int | None]
    until_on: NotRequired[str | None]
    note: NotRequired[str]


class RestrictionRow(TypedDict):
    """One restriction; an empty channel or purpose means every one, hours are minutes of a day."""

    id: int
    kind: str
    kind_label: str
    channel: str
    purpose: str
    contact_id: int | None
    contact: str
    minute_from: int | None
    minute_until: int | None
    note: str
    from_on: str
    until_on: str | None
    lifted_on: str | None
    recorded_by: str
    is_active: bool


class RetentionEvidenceIn(TypedDict):
    """What shows that the event has happened."""

    evidence: str


class RetentionIn(TypedDict):
    """A part of an item that is due later, and on what event."""

    item_id: int
    kind: str
    amount_minor: int
    due_on: str
    event: str


class RetentionRow(TypedDict):
    """A part of an item with its own day, in minor units of its currency."""

    id: int
    status: str
    status_label: str
    kind: str
    kind_label: str
    customer_id: int
    customer_name: str
    item_id: int
    number: str
    currency: str
    amount_minor: int
    open_minor: int
    worth_minor: int
    due_on: str
    days: int
    span: str
    event: str
    evidence: str


class RetryIn(TypedDict):
    """Messages that were given up: the named ones, or all of a filter."""

    message_ids: NotRequired[list[int]]
    channel: NotRequired[Literal['', 'email', 'letter', 'call', 'sms', 'whatsapp', 'portal']]
    error: NotRequired[str]


class ReviewBudget(TypedDict):
    """The week's budget: `per_week` of it `taken`, and how many wait behind it."""

    per_week: int
    taken: int
    waiting: int


class ReviewCounts(TypedDict):
    """How many reviews each scope has."""

    week: int
    waiting: int
    working: int
    decide: int
    overdue: int
    closed: int
    all: int


class ReviewDecisionIn(TypedDict):
    """Whether the recommendation is carried out; sending it back needs the reason."""

    is_approved: bool
    reason: NotRequired[str]


class ReviewDetail(TypedDict):
    """One review with what moved since the one before, and what the policy proposed."""

    row: ReviewRow
    has_before: bool
    facts: list[ReviewFact]
    proposal: dict[str, Any]


class ReviewFact(TypedDict):
    """A fact of a review: then and now; `moved` beyond the policy's threshold."""

    name: str
    unit: str
    before: int | str | None
    now: int | str | None
    moved: bool


class ReviewMonth(TypedDict):
    """How many reviews fall due in a month, and of these how many are still open."""

    month: str
    due: int
    still_open: int


class ReviewPack(TypedDict):
    """Everything a pack says; amounts in minor units of `currency`."""

    title: str
    company: str
    language: str
    as_of: str
    currency: str
    sections: list[PackSection]


class ReviewRow(TypedDict):
    """One review; amounts in minor units of `currency`, the company's."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    triggers: list[ReviewTrigger]
    due_on: str
    days_left: int
    is_overdue: bool
    is_queued: bool
    opened_on: str
    currency: str
    exposure_minor: int | None
    limit_minor: int | None
    change_minor: int
    risk_class: str
    reviewer: str
    advice: str
    advice_label: str
    advised_minor: int | None
    advised_until_on: str | None
    advice_reason: str
    advised_by: str
    advised_on: str | None
    limit_id: int | None
    limit_status: str
    decided_by: str
    decided_on: str | None
    decision_reason: str
    outcome: str
    closed_on: str | None


class ReviewStartIn(TypedDict):
    """Whether data is still on its way: then it is started again with what came in."""

    waits_for_data: NotRequired[bool]


class ReviewTrigger(TypedDict):
    """Something that asked for a review, since when, about what."""

    code: str
    on: str
    text: str


class ReviewedIn(TypedDict):
    """What is to be said on taking the case up."""

    note: NotRequired[str]


class RevisionIn(TypedDict):
    """The revision that was read."""

    revision: int


class RevocationIn(TypedDict):
    """Why a certificate is taken back."""

    reason: str


class RhythmIn(TypedDict):
    """How often, when next, and which events ask besides."""

    every_months: Literal[1, 3, 6, 12]
    next_on: str
    on_gauge: NotRequired[bool]
    on_warning: NotRequired[bool]
    warning_minor: int


class RightParty(TypedDict):
    """Calls of one person (all: empty) and how many reached somebody who could speak of the debt."""

    by: str
    calls: int
    reached: int
    share_ppm: int | None
    low_ppm: int
    high_ppm: int


class RiskPartOut(TypedDict):
    """A part of the book; `before_minor` is what it held on the day compared with."""

    dimension: str
    key: str
    label: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int
    before_minor: int | None


class RiskSignalIn(TypedDict):
    """One signal; who it is about by number, VAT number or party, else by where and what."""

    external_id: str
    kind: Literal['insolvency', 'rate', 'currency', 'rule', 'sector', 'country', 'other']
    title: str
    text: NotRequired[str]
    url: NotRequired[str]
    published_on: str
    effective_on: NotRequired[str | None]
    severity: NotRequired[int]
    region: NotRequired[str]
    sector: NotRequired[str]
    currency: NotRequired[str]
    customer_number: NotRequired[str]
    vat_id: NotRequired[str]
    party: NotRequired[str]


class RolePlayDetail(TypedDict):
    """A practised call with its lines; `missing` is what a good call has and this one had not."""

    row: RolePlayRow
    version: int
    turns: list[RolePlayTurnRow]
    missing: list[CallFindingRow]


class RolePlayIn(TypedDict):
    """Whom to practise with, and in which language."""

    persona: str
    language: NotRequired[Literal['en', 'de']]


class RolePlayRow(TypedDict):
    """One practised call; points 0 to 100, None while it runs or where it was given up."""

    id: int
    user: str
    persona: str
    language: str
    status: str
    outcome: str
    compliance_points: int | None
    empathy_points: int | None
    negotiation_points: int | None
    outcome_points: int | None
    total_points: int | None
    is_passed: bool
    began_on: str


class RolePlayTurnRow(TypedDict):
    """What one side said, and what was found in it."""

    number: int
    speaker: str
    text: str
    findings: list[CallFindingRow]


class RolesIn(TypedDict):
    """The person's roles from now on; none takes every access away."""

    roles: list[Literal['admin', 'credit_manager', 'collector', 'clerk', 'read_only']]
    reason: NotRequired[str]
    days: NotRequired[int]


class RollCell(TypedDict):
    """What went from one state to another, in minor units and as a share of its row in ppm."""

    state: str
    amount_minor: int
    share_ppm: int | None


class RollMatrix(TypedDict):
    """One month of rolls, all months there are (last days, oldest first), and column sums."""

    month_end: str
    months: list[str]
    currency: str
    states: list[str]
    rows: list[RollRow]
    totals: list[int]


class RollRow(TypedDict):
    """Where what was in one state at the start is at the end; cells sum to `total_minor`."""

    state: str
    total_minor: int
    cells: list[RollCell]


class RollUp(TypedDict):
    """What one customer comes to with all that hangs on it, in home minor units."""

    customer_id: int
    own_minor: int | None
    below_minor: int | None
    paid_minor: int | None
    total_minor: int | None
    guaranteed_minor: int | None
    payable_minor: int | None
    below_ids: NotRequired[list[int]]
    paid_ids: NotRequired[list[int]]
    guaranteed: NotRequired[list[Guaranteed]]


class RollsOut(TypedDict):
    """The roll matrix of a month; rows sum to what was there."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]
    matrix: RollMatrix | None


class Rule(TypedDict):
    """The buffer rule in force; `kind` is empty where nobody made one."""

    kind: NotRequired[str]
    amount_minor: NotRequired[int]
    days: NotRequired[int]
    miss_ppm: NotRequired[int]
    from_on: NotRequired[str | None]
    recorded_by: NotRequired[str]


class RuleOut(TypedDict):
    """One rule: what it says, since when, where it stands, and how well that is known."""

    id: str
    kind: str
    text: str
    countries: list[str]
    regions: list[str]
    effective_from: str | None
    effective_to: str | None
    source: str
    evidence: str
    last_verified: str
    is_own: bool


class RuleOutcomeRow(TypedDict):
    """What one rule said: passed, warned, held or skipped, why, by which figures, what frees it."""

    rule: str
    result: str
    text: str
    figures: dict[str, Any]
    release: list[ReleaseRow]


class RuleRow(TypedDict):
    """A rule of law as it is kept: for whom, since when, what, and where it stands."""

    id: str
    title: str
    countries: list[str]
    parties: list[str]
    is_in_force: bool
    effective_from: str | None
    effective_until: str | None
    reference: str
    margin_ppm: int
    rate_ppm: int
    year: str
    has_monthly_rests: bool
    has_compensation: bool
    source: str
    evidence: str


class RulesOut(TypedDict):
    """The rules in force, in the order in which they are told, and the policy behind them."""

    pack: str
    policy_version: int | None
    customers_are: str
    acts_as: str
    rules: list[RuleOut]


class RunIn(TypedDict):
    """What is collected: everything due by the day, or of the named customers alone."""

    account_id: int
    scheme: NotRequired[Literal['CORE', 'B2B']]
    collect_on: str
    customer_ids: NotRequired[list[int] | None]


class RunRate(TypedDict):
    """A flow to date and where it ends: at the same pace, and with last year's seasons."""

    to_date: int
    straight: int
    seasonal: int | None


class Sample(TypedDict):
    """The message one customer would get; `trouble` says why it could not be written."""

    customer_id: int
    name: str
    channel: str
    to: str
    language: str
    subject: str
    body: str
    trouble: str


class SanctionListLoaded(TypedDict):
    """The list as it is held now; `is_new` false: these bytes were loaded before."""

    id: int
    source: str
    entries: int
    is_new: bool


class Satisfaction(TypedDict):
    """What `answers` of a kind come to, None without one; the interval holds 95 %."""

    kind: str
    answers: int
    value: int | None
    low: int | None
    high: int | None
    easy_ppm: NotRequired[int | None]


class SavedViewIn(TypedDict):
    """A page with its filter, under a name."""

    name: str
    address: str
    is_shared: NotRequired[bool]


class SavedViewNameIn(TypedDict):
    """Which of one's own views."""

    name: str


class ScenarioIn(TypedDict):
    """A name and assumptions; `version` is the one that was read, of a change alone."""

    name: str
    note: NotRequired[str]
    assumptions: AssumptionsIn
    version: NotRequired[int]


class ScenarioNameIn(TypedDict):
    """What a copy is called."""

    name: str


class ScenarioResult(TypedDict):
    """Cash by quantile and period, and what the last period ends with."""

    cash: dict[str, list[int]]
    later_minor: int
    lost_minor: int
    fx_minor: int
    receivables_minor: int
    dso_x100: int | None


class ScenarioRow(TypedDict):
    """One saved scenario; `customers` are (key, number, name) of those it lets default."""

    id: int
    name: str
    note: str
    assumptions: Assumptions
    customers: list[list[int | str]]
    version: int
    author: str
    archived_on: str | None
    changed_at: str


class ScheduleEndIn(TypedDict):
    """When a schedule ends; `version` is the one that was read."""

    ends_on: str
    version: int


class ScheduleIn(TypedDict):
    """An invoice that comes again."""

    customer_id: int
    name: str
    every: Literal['month', 'quarter', 'year']
    day: NotRequired[int]
    starts_on: str
    ends_on: NotRequired[str | None]
    currency: str
    lines: list[InvoiceLineIn]
    terms: NotRequired[str]
    order_number: NotRequired[str]
    is_auto_issued: NotRequired[bool]


class ScheduleRow(TypedDict):
    """An invoice that comes again, and what of it has been billed."""

    id: int
    name: str
    customer_id: int
    customer_name: str
    every: str
    every_label: str
    day: int
    starts_on: str
    ends_on: str | None
    currency: str
    is_auto_issued: bool
    billed: int
    trouble: str
    version: int


class Score(TypedDict):
    """What placements of one currency, of one cohort or all (name empty), came to."""

    name: str
    currency: str
    placements: int
    running: int
    placed_minor: int
    collected_minor: int
    commission_minor: int
    net_minor: int
    owed_minor: int
    days_to_money: int | None
    returned: int
    returned_minor: int
    recalled: int
    recalled_minor: int


class ScoreCard(TypedDict):
    """An agency's score in one currency, and the same by cohorts of age."""

    total: Score
    cohorts: list[Score]


class ScoreChoice(TypedDict):
    """Which scores."""

    band: NotRequired[Literal['', 'A', 'B', 'C', 'D', 'E']]
    only_alarms: NotRequired[bool]
    only_warned: NotRequired[bool]
    search: NotRequired[str]


class ScoreMoves(TypedDict):
    """Every move, all pairs of bands filled up with 0, and what asks for attention."""

    moves: list[BandMove]
    customers: int
    alarms: int
    warned: int


class ScoreRow(TypedDict):
    """One customer's score; `base` and `points` add up to it, `warnings` are what changed."""

    customer_id: int
    customer_number: str
    customer_name: str
    as_of: str
    score: int
    base: int
    is_thin: bool
    band: str
    band_label: str
    score_before: int | None
    band_before: str
    change: int | None
    is_alarm: bool
    points: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


class ScoreSnapshotRow(TypedDict):
    """One score of a customer, with all it rests on."""

    id: int
    customer_id: int
    scorecard_id: int
    scorecard: str
    as_of: str
    points: int
    pd_ppm: int
    factors: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    counterfactual: list[dict[str, Any]]
    recorded_at: str


class ScorecardIn(TypedDict):
    """A scorecard as a document: {scorecard: {name, valid_from, inputs, …}, cases: […]}."""

    document: dict[str, Any]


class ScorecardMove(TypedDict):
    """Champion decides, challenger scores beside; a card with doubts needs the reason."""

    to: NotRequired[Literal['champion', 'challenger']]
    reason: NotRequired[str]


class ScorecardPage(TypedDict):
    """One scorecard with its document, its report, and the champion of its name beside it."""

    card: ScorecardRow
    document: dict[str, Any]
    report: dict[str, Any]
    champion: ScorecardRow | None
    champion_report: dict[str, Any]
    champion_cut_off: int | None


class ScorecardRow(TypedDict):
    """One version of a scorecard; `auc`, `ks` and `gini` are None for one written by hand."""

    id: int
    name: str
    version: int
    valid_from: str
    origin: str
    origin_label: str
    method: str
    subjects: str
    status: str
    status_label: str
    inputs: int
    rows: int | None
    auc: float | None
    ks: float | None
    gini: float | None
    author: str
    recorded_at: str
    approver: str
    decided_at: str | None
    reason: str
    sha256: str
    can_promote: bool
    can_challenge: bool
    can_retire: bool


class ScorecardTrainingBegun(TypedDict):
    """Training goes on in the background; not new when one was going on already."""

    is_new: bool
    look_at: str


class ScorecardTrainingIn(TypedDict):
    """What is learned from the company's own books: payment habits and what became of them."""

    name: str
    valid_from: str
    method: NotRequired[Literal['', 'woe', 'stumps', 'blend']]


class ScorecardTrainingState(TypedDict):
    """How the last training stands that this server process was asked for."""

    is_running: NotRequired[bool]
    stage: NotRequired[str]
    done_ppm: NotRequired[int]
    started_at: NotRequired[str | None]
    scorecard_id: NotRequired[int]
    refusal: NotRequired[str]


class ScoredAgency(TypedDict):
    """An agency of the list with its score in every currency."""

    row: AgencyRow
    cards: list[ScoreCard]


class ScoringAnswer(TypedDict):
    """One subject scored: points, probability of going bad, every factor, reasons, changes."""

    subject: str
    points: int
    pd_ppm: int
    factors: list[ScoringFactor]
    reasons: list[ScoringReason]
    changes: list[ScoringChange]


class ScoringAnswers(TypedDict):
    """The subjects in the order they were sent."""

    scorecard_id: int
    name: str
    version: int
    cut_off: int | None
    scores: list[ScoringAnswer]


class ScoringChange(TypedDict):
    """One of the fewest changes that together reach the card's cut-off."""

    input: str
    to: int | float | bool | str | None
    told: str
    gain: int


class ScoringFactor(TypedDict):
    """What one input adds, and how many points it lost against the policy's level."""

    input: str
    points: int
    lost: int


class ScoringIn(TypedDict):
    """Subjects to score at once."""

    subjects: list[ScoringSubject]


class ScoringReason(TypedDict):
    """Why no more points: the input, its text, the points lost, and the change that mends it."""

    code: str
    text: str
    lost: int
    to: int | float | bool | str | None
    told: str
    gain: int


class ScoringSubject(TypedDict):
    """One subject: a name of the caller's own, and values by input; left out is missing."""

    subject: str
    values: dict[str, int | float | bool | str | None]


class SeatIn(TypedDict):
    """A person of the agency."""

    username: str
    email: str


class SeatRow(TypedDict):
    """A person of an agency who signs in here."""

    id: int
    user_id: int
    username: str
    email: str
    granted_by: str
    granted_on: str
    last_login_on: str | None


class SegmentBenchmarkRow(TypedDict):
    """A segment beside the company; `is_few` has no figures: too few customers to compare."""

    segment: str
    customers: int
    is_few: bool
    cells: list[SegmentCell]


class SegmentCell(TypedDict):
    """One figure of one segment; `verdict` beside the whole company's."""

    kpi: str
    value: str | None
    verdict: str


class SegmentIn(TypedDict):
    """The segment a customer belongs to, why, and until when."""

    segment: str
    reason: str
    until_on: NotRequired[str | None]
    seen: NotRequired[str | None]


class SegmentMoveRow(TypedDict):
    """One move of a customer from a segment to another; `by` is `rules` or a person."""

    id: int
    customer_id: int
    customer_name: str
    before: str
    after: str
    rule: str
    is_by_hand: bool
    by: str
    moved_on: str


class SegmentRow(TypedDict):
    """One segment, amounts in home minor units."""

    segment: str
    place: int | None
    rules: list[str]
    strategy: str
    strategy_id: int | None
    customers: int
    by_hand: int
    owed_minor: int
    overdue_minor: int
    without_rate: int


class SegmentTable(TypedDict):
    """The company's segments against each other on the last kept day, best to worst by DSO."""

    as_of: str
    currency: str
    kpis: list[str]
    whole: list[str | None]
    rows: list[SegmentBenchmarkRow]
    fewest: int


class SendIn(TypedDict):
    """Which version of the format the bank takes."""

    schema_name: NotRequired[Literal['pain.008.001.08', 'pain.008.001.02']]


class SentenceIn(TypedDict):
    """What is said next; `version` is that of the call when it was read."""

    text: str
    version: int


class SentenceOut(TypedDict):
    """One sentence with its key, which does not change, its words, and its records."""

    key: str
    text: str
    records: list[SourceOut]


class SeriesIn(TypedDict):
    """How numbers look and which comes next."""

    kind: Literal['invoice', 'credit_note']
    pattern: str
    next_number: int


class SeriesRow(TypedDict):
    """A number series: how its numbers look, and the next one as it would be written."""

    kind: str
    kind_label: str
    pattern: str
    year: int
    next_number: int
    shown: str


class SettleIn(TypedDict):
    """A decision: what the payment pays, whose it is, and whether to remember its payer."""

    version: int
    lines: list[CaseLineIn]
    deductions: NotRequired[list[DeductionIn]]
    customer_id: NotRequired[int | None]
    learn: NotRequired[bool]
    seconds: NotRequired[int]


class SettlementDetail(TypedDict):
    """One settlement with its items, what it was worth, and on whose authority it stands."""

    row: SettlementRow
    lines: list[SettlementLine]
    reason: str
    source: str
    approved_by: str
    worth: dict[str, Any]
    authority: dict[str, Any]
    acceptance: dict[str, Any]


class SettlementIn(TypedDict):
    """What is offered: all that is open on the items for `pay_minor`, paid by a day."""

    customer_id: int
    item_ids: list[int]
    pay_minor: int
    pay_by_on: str
    expires_on: NotRequired[str | None]
    reason: str


class SettlementLine(TypedDict):
    """An item of a settlement: open when it was offered, given up of it, open now."""

    item_id: int
    number: str
    due_on: str
    open_minor: int
    concession_minor: int
    open_now_minor: int
    is_given_up: bool


class SettlementRow(TypedDict):
    """One settlement; amounts in minor units of `currency`, open = pay + concession."""

    id: int
    number: str
    status: str
    status_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    open_minor: int
    pay_minor: int
    concession_minor: int
    pay_by_on: str
    expires_on: str
    proposed_by: str
    proposed_on: str
    accepted_on: str | None
    ended_on: str | None
    items: int


class Share(TypedDict):
    """Customers in one part of a random division beside those that its share would give."""

    name: str
    share_ppm: int
    customers: int
    expected: int


class ShareRow(TypedDict):
    """One person's part of the work before and after the moves."""

    name: str
    share: FairShare


class SheetColumn(TypedDict):
    """One column: its place, the field it is taken for (empty: none), some of its cells."""

    place: int
    column: str
    field: str
    samples: list[str]


class SheetEntry(TypedDict):
    """An entry as it would be recorded: in > 0, out < 0, minor units."""

    place: str
    booked_on: str
    amount_minor: int
    currency: str
    counterparty: str
    reference: str
    text: str


class SheetPreview(TypedDict):
    """What a sheet holds and what must still be answered; `trouble` says why it cannot be read."""

    header: NotRequired[str]
    service: NotRequired[str]
    rows: NotRequired[int]
    columns: NotRequired[list[SheetColumn]]
    first_rows: NotRequired[list[list[str]]]
    decisions: NotRequired[list[Decision]]
    totals: NotRequired[list[SheetTotal]]
    entries: NotRequired[list[SheetEntry]]
    findings: NotRequired[list[StatementFinding]]
    trouble: NotRequired[str]
    has_no_account: NotRequired[bool]
    has_no_currency: NotRequired[bool]


class SheetTotal(TypedDict):
    """Control totals of one account and currency, minor units; balances empty where untold."""

    account: str
    currency: str
    entries: int
    first_on: str | None
    last_on: str | None
    opening_minor: int | None
    in_minor: int
    out_minor: int
    closing_minor: int | None
    ties: bool | None


class ShockResultOut(TypedDict):
    """The book under shocks, minor units of `currency`."""

    currency: str
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    carry_minor: int
    stressed_carry_minor: int
    missing_minor: int
    failed: int


class ShocksIn(TypedDict):
    """Shocks of a scenario, kept under a name."""

    name: str
    pd_times_ppm: NotRequired[int]
    sales_ppm: NotRequired[int]
    inflation_ppm: NotRequired[int]
    lgd_add_ppm: NotRequired[int]
    rate_add_ppm: NotRequired[int]
    delay_days: NotRequired[int]
    failing_top: NotRequired[int]


class Short(TypedDict):
    """What a proposal leaves open or gives away of an item, and why, in minor units."""

    item: CardItem
    kind: str
    amount_minor: int


class SignalFollowIn(TypedDict):
    """Make tasks or watches: for these customers, or for all it touches."""

    way: NotRequired[Literal['task', 'watch']]
    customer_ids: NotRequired[list[int] | None]


class SignalMatchOut(TypedDict):
    """A customer a signal touches."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    how: str
    likeness_ppm: int
    currency: str
    exposure_minor: int | None
    relevance_ppm: int
    task_id: int | None
    watch_id: int | None


class SignalRow(TypedDict):
    """One signal with how many customers it touches and the most it matters to one of them."""

    id: int
    source: str
    kind: str
    kind_label: str
    severity: int
    severity_label: str
    title: str
    text: str
    url: str
    published_on: str
    effective_on: str | None
    region: str
    sector: str
    currency: str
    party: str
    status: str
    status_label: str
    reason: str
    decided_by: str
    decided_on: str | None
    customers: int
    relevance_ppm: int


class SignalsIn(TypedDict):
    """Signals of one source; what it told before is known by its own id."""

    source: str
    signals: list[RiskSignalIn]


class SignatureIn(TypedDict):
    """The day of the signature."""

    signed_on: str


class SignatureRow(TypedDict):
    """One person's name under a review."""

    name: str
    at: str
    pack_sha256: str
    minutes_sha256: str


class SliceOut(TypedDict):
    """A part of the book, in minor units of the company's currency."""

    name: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int


class Slices(TypedDict):
    """A slice as well."""

    as_of: NotRequired[str | None]
    since: NotRequired[str | None]
    currency: NotRequired[str]
    by: NotRequired[Literal['all', 'segment', 'country', 'collector', 'strategy']]
    key: NotRequired[str]


class SmallDifference(TypedDict):
    """A small difference given up, or taken back (the other sign), in minor units."""

    id: int
    item_id: int
    item: str
    customer_id: int
    customer_name: str
    currency: str
    amount_minor: int
    given_up_on: str
    reason: str


class SnoozeIn(TypedDict):
    """Until when the customer is put aside, and why."""

    until_on: str
    reason: NotRequired[str]


class SourceOut(TypedDict):
    """A record a sentence rests on: its kind, its key where it has one, and its name."""

    kind: str
    key: str
    name: str


class SpentIn(TypedDict):
    """What was given up in one currency; `home_minor` is empty where there is no rate."""

    currency: str
    count: int
    amount_minor: int
    home_minor: int | None


class SplitTalkIn(TypedDict):
    """The message that gets a conversation of its own."""

    inbound_id: int


class SpreadOut(TypedDict):
    """How the book is spread; amounts are minor units of `currency`."""

    as_of: str
    currency: str
    exposure_minor: int
    loss_minor: int
    covered_minor: int
    unknown: int
    customers: int
    hhi_ppm: int
    equal_names: int
    gini_ppm: int
    before: str | None
    parts: list[RiskPartOut]


class Staffing(TypedDict):
    """People, minutes each has in a day, hours of the day calls may be made, effort by action."""

    people: int
    minutes: int
    hours: int
    efforts: dict[str, int]


class Standing(TypedDict):
    """What was measured beside the threshold; headroom may still go, negative if broken."""

    measured: int | None
    threshold: int
    headroom: int | None
    is_met: bool | None


class StateSum(TypedDict):
    """Items by where they stand, see `engine.dunning.STATES`."""

    state: str
    items: int
    customers: int
    owed: list[list[str | int]]


class StatedLine(TypedDict):
    """One limit of a statement: ppm where `is_share`, else minor units of the company's currency."""

    question: str
    name: str
    measure: str
    most: int
    is_share: bool
    then: str
    of: list[str]
    excluding: list[str]
    steps: list[list[str | int]]
    worth_minor: int | None


class StatementAnswerRow(TypedDict):
    """One answer; `is_newest`: nothing was said to the line after it."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    line_key: str
    line_number: str
    item_id: int | None
    currency: str
    amount_minor: int
    verdict: str
    verdict_label: str
    note: str
    by: str
    answered_on: str
    recorded_at: str
    case_id: int | None
    case: str
    is_newest: bool


class StatementCard(TypedDict):
    """A statement with its sums: opening + listed + told before = closing, where it tells both."""

    row: StatementRow
    account: str
    account_name: str
    file_name: str
    listed: int
    listed_minor: int
    known: int
    known_minor: int
    not_booked: int
    ties: bool | None


class StatementChoice(TypedDict):
    """Which statements."""

    customer_id: NotRequired[int | None]
    search: NotRequired[str]
    to_on: NotRequired[str | None]


class StatementFinding(TypedDict):
    """Something true of a statement that a person should see; it did not stop the reading."""

    code: str
    place: str
    reason: str
    severity: NotRequired[str]


class StatementIn(TypedDict):
    """Whose account, and over which span."""

    from_on: str
    to_on: str
    known_on: NotRequired[str | None]
    language: NotRequired[str]
    customer_id: int


class StatementRow(TypedDict):
    """A statement of an account; amounts in minor units, empty where the file tells none."""

    id: int
    file_id: int
    account_id: int
    kind: str
    number: str
    sequence: str
    currency: str
    opening_on: str | None
    closing_on: str | None
    opening_minor: int | None
    entries_minor: int
    closing_minor: int | None
    entries: int
    findings: list[FoundRow]


class StatementsIn(TypedDict):
    """Whose accounts, and over which span."""

    from_on: str
    to_on: str
    known_on: NotRequired[str | None]
    language: NotRequired[str]
    customer_ids: list[int]


class StatementsRead(TypedDict):
    """The statements a file brought, and its lines that stand for nothing we keep."""

    statement_ids: list[int]
    unread: list[str]
    notes: list[str]


class StepCount(TypedDict):
    """What one step of a strategy would send out."""

    strategy: str
    level: int
    channel: str
    template: str
    needs_approval: bool
    customers: int
    demand: list[list[str | int]]


class StepIn(TypedDict):
    """Why a case is released or taken back."""

    version: int
    reason: str


class StepOut(TypedDict):
    """One step of one day of a cycle; not new when it was done before."""

    as_of: str
    step: str
    changed: int
    is_new: bool


class StopIn(TypedDict):
    """Why the experiment ends."""

    reason: str


class StoryFilter(TypedDict):
    """Which rows of a timeline to list: of a kind, with a text in them, of a span of days."""

    kind: NotRequired[Literal['', 'event', 'promise', 'message', 'note', 'payment', 'signal', 'inbound', 'rating']]
    text: NotRequired[str]
    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]
    cursor: NotRequired[str]
    limit: NotRequired[int]


class StrategyIn(TypedDict):
    """A new strategy document: YAML text with its own cases."""

    text: str


class StrategyOverrideEndIn(TypedDict):
    """Why the strategy is followed again."""

    reason: str


class StrategyOverrideIn(TypedDict):
    """A departure from the strategy of a customer, or of one of its items."""

    customer_id: int
    item_id: NotRequired[int | None]
    kind: Literal['assign', 'skip', 'hold_level', 'channel']
    strategy: NotRequired[str]
    level: NotRequired[int | None]
    channel: NotRequired[Literal['', 'email', 'letter', 'portal']]
    until_on: NotRequired[str | None]
    reason: str


class StrategyText(TypedDict):
    """A strategy document: YAML text with its own cases."""

    text: str


class Stream(TypedDict):
    """Cash of one currency at home value by period and quantile; new: not on the book yet."""

    currency: str
    is_new: bool
    cash: dict[str, list[int]]
    by_customer: NotRequired[dict[str, list[int]]]


class StressOut(TypedDict):
    """The book under shocks, in minor units of `currency`; gauges before and after."""

    currency: str
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    failed_loss_minor: int
    failed: int
    before: list[GaugeOut]
    after: list[GaugeOut]


class StuckItemRow(TypedDict):
    """An item of a point: what of it was stuck, and what is left of that now."""

    item_id: int
    number: str
    due_on: str
    currency: str
    stuck_minor: int
    left_minor: int


class SuggestedOut(TypedDict):
    """What may be done: amounts in `fields` are minor units of the currency beside them."""

    place: int
    action: str
    label: str
    fields: dict[str, Any]
    quotes: dict[str, list[dict[str, Any]]]
    why: str
    decision: DecisionRow | None


class Suggestion(TypedDict):
    """What to do with a customer today, and why, as the last cycle worked it out."""

    action: str
    is_planned: bool
    is_automatic: bool
    is_worth: bool
    effect_ppm: int
    prior_ppm: int
    observed_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    acted_n: int
    alone_n: int
    weight_ppm: int
    options: list[ActionOption]


class SupplierLineRow(TypedDict):
    """One line of a comparison."""

    place: int
    outcome: str
    outcome_label: str
    item_id: int | None
    number: str
    dated_on: str | None
    due_on: str | None
    our_minor: int | None
    their_minor: int | None
    difference_minor: int
    note: str


class SupplierStatementRow(TypedDict):
    """One comparison: our balance less the differences is theirs, in minor units."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    name: str
    sha256: str
    media_type: str
    currency: str
    as_of: str
    our_minor: int
    their_minor: int
    difference_minor: int
    stated_minor: int | None
    counts: list[list[str | int]]
    unread: list[list[int | str]]
    by: str
    recorded_at: str


class SuppressionIn(TypedDict):
    """An address that is to get nothing by a channel; by hand it needs a note."""

    channel: Literal['email', 'sms', 'whatsapp', 'voice']
    address: str
    reason: NotRequired[Literal['bounced', 'soft', 'complained', 'unsubscribed', 'left', 'by_hand']]
    note: NotRequired[str]
    customer_id: NotRequired[int | None]


class SuppressionRow(TypedDict):
    """One address of the list; `lifted_at` is empty while nothing is sent to it."""

    id: int
    channel: str
    address: str
    reason: str
    reason_label: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    message_id: int | None
    note: str
    by: str
    recorded_at: str
    lifted_at: str | None
    lifted_by: str
    lifted_note: str


class SurveyFigure(TypedDict):
    """What a month's questions of a kind come to; `month` is its first day, None for all."""

    month: str | None
    kind: str
    asked: int
    result: Satisfaction


class SurveyFilter(TypedDict):
    """Which questions to list."""

    kind: NotRequired[Literal['', 'csat', 'nps', 'effort']]
    occasion: NotRequired[Literal['', 'payment', 'case', 'conversation']]
    only_answered: NotRequired[bool]
    from_on: NotRequired[str | None]
    until_on: NotRequired[str | None]
    cursor: NotRequired[str]
    limit: NotRequired[int]


class SurveyRow(TypedDict):
    """One question and its answer; `score` None where nobody has answered."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    kind: str
    kind_label: str
    occasion: str
    occasion_label: str
    subject_id: int
    asked_on: str
    until_on: str
    score: int | None
    comment: str
    answered_at: str | None


class TakeEInvoiceIn(TypedDict):
    """Whose it is where that is not plain, and the word that its seller is this company."""

    customer_number: NotRequired[str]
    seller_is_ours: NotRequired[bool]


class TakenOut(TypedDict):
    """The batch, 0 where nothing was left for one, and what became of the other letters."""

    id: int
    letters: int
    withdrawn: int
    waiting: int


class Target(TypedDict):
    """An open item that money or credit can be put on."""

    id: int
    number: str
    kind: str
    item_kind: str
    issued_on: str
    due_on: str
    days_past_due: int
    amount_minor: int
    open_minor: int


class TargetLineRow(TypedDict):
    """One line: what it is, where it stands today, and where it stood by the weeks."""

    id: int
    aspect: str
    measure: str
    goal: int
    currency: str
    is_money: bool
    value: int | None
    honest: int | None
    cases: int
    is_reached: bool
    findings: list[dict[str, Any]]
    weeks: list[ProgressRow]


class TargetSetRow(TypedDict):
    """A set of targets, a team's where `person` is empty; `is_balanced`: all reached honestly."""

    id: int
    name: str
    person: str
    user_id: int | None
    starts_on: str
    ends_on: str
    status: str
    is_balanced: bool
    lines: list[TargetLineRow]


class TargetsEndIn(TypedDict):
    """Why targets end before their time."""

    reason: str


class TargetsIn(TypedDict):
    """Targets with a goal for each of money, quality and satisfaction."""

    name: str
    starts_on: str
    ends_on: str
    goals: list[GoalIn]
    is_own: NotRequired[bool]


class TaskRow(TypedDict):
    """One thing a person is asked to do; `is_late`: open and its day has passed."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    collector: str
    message_id: int | None
    kind: str
    kind_label: str
    status: str
    reason: str
    due_on: str
    done_at: str | None
    done_by: str
    is_late: bool


class TaxRateIn(TypedDict):
    """A tax code from a day on."""

    code: str
    name: str
    country: str
    category: Literal['S', 'Z', 'E', 'AE', 'K', 'G', 'O']
    rate_ppm: NotRequired[int]
    exemption: NotRequired[str]
    exemption_code: NotRequired[str]
    valid_from: str


class TaxRateRow(TypedDict):
    """A tax code from a day on."""

    id: int
    code: str
    name: str
    country: str
    category: str
    category_label: str
    rate_ppm: int
    exemption: str
    exemption_code: str
    valid_from: str


class TeamRow(TypedDict):
    """One collector's day: what there is, what fits, what is done; amounts in home minor units."""

    user_id: int
    name: str
    minutes: int
    is_away: bool
    cover: str
    customers: int
    to_collect_minor: int
    planned: int
    planned_done: int
    planned_minutes: int
    expected_extra_minor: int
    tasks_open: int
    tasks_done: int
    calls: int


class TextInForce(TypedDict):
    """The text of a policy that applies, and its version; None where it is the standard."""

    text: str
    version_id: int | None
    name: NotRequired[str]
    version: NotRequired[int | None]


class TextOut(TypedDict):
    """One text filled for a customer; `form` is its tone or variant, `trouble` why it was not."""

    template: str
    form: str
    subject: str
    body: str
    trouble: str


class ThreadEntry(TypedDict):
    """Something said in a conversation, by the customer (`in`) or by us (`out`)."""

    direction: str
    id: int
    who: str
    to: str
    subject: str
    pieces: list[Piece]
    status: str
    status_label: str
    channel: str
    label: str
    attachments: list[AttachmentRow]
    decisions: list[DecisionRow]
    at: str


class TieRow(TypedDict):
    """What is open of the documents of one currency, in the files and here, minor units."""

    currency: str
    items: int
    told_minor: int
    ours_minor: int
    differences: int


class Tier(TypedDict):
    """The commission from an age in days past due on."""

    from_days: int
    rate_ppm: int


class TierIn(TypedDict):
    """The commission from an age in days past due on."""

    from_days: int
    rate_ppm: int


class TimelineRow(TypedDict):
    """One thing that happened; `amount_minor` and `currency` where money is meant."""

    kind: str
    id: int
    at: str
    title: str
    text: str
    actor: str
    amount_minor: int | None
    currency: str
    data: dict[str, Any]
    is_redacted: NotRequired[bool]


class TimingReading(TypedDict):
    """Everything a timing experiment shows as of a day."""

    as_of: str
    decisions: int
    judged: int
    needed: int
    paid_ppm: int | None
    outcome: str
    gain_ppm: int | None
    gain_low_ppm: int | None
    gain_high_ppm: int | None
    arms: list[ArmReading]
    leaders: list[Leader]
    drifts: list[Drift]
    mismatch_ppm: int
    is_drawn_as_logged: bool


class TiredCustomer(TypedDict):
    """A customer that was contacted often of late, by channel and by how many of us."""

    customer_id: int
    customer_number: str
    customer_name: str
    contacts: int
    calls: int
    written: int
    people: int
    last_at: str


class TokenIn(TypedDict):
    """A new token: its name, its rights, and how many days it lives."""

    name: str
    rights: list[str]
    days: NotRequired[int | None]


class TokenMade(TypedDict):
    """The token itself, shown this once."""

    token: str


class TokenRow(TypedDict):
    """One line of the token list; the token itself is stored nowhere."""

    id: int
    name: str
    owner: str
    rights: list[str]
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class ToldIn(TypedDict):
    """How the applicant was told the decision."""

    how: str


class TraceRow(TypedDict):
    """One page seen, file taken or refusal."""

    id: int
    at: str
    kind: str
    method: str
    path: str
    status: int
    file: str
    sha256: str


class TrainingBegun(TypedDict):
    """Training goes on in the background, and `look_at` says how it stands."""

    is_new: bool
    look_at: str


class TrainingState(TypedDict):
    """How the last training stands that this server process was asked for."""

    is_running: NotRequired[bool]
    stage: NotRequired[str]
    done_ppm: NotRequired[int]
    started_at: NotRequired[str | None]
    number: NotRequired[int]
    refusal: NotRequired[str]


class UnappliedPayment(TypedDict):
    """A payment with unapplied cash; `bucket` is one of AGES."""

    id: int
    number: str
    value_on: str
    age_days: int
    bucket: str
    amount_minor: int
    unapplied_minor: int


class UnappliedRow(TypedDict):
    """Unapplied cash of a customer (or of nobody known) in a currency, by age, in minor units."""

    customer_id: int | None
    customer_number: str
    customer_name: str
    currency: str
    unapplied_minor: int
    buckets: list[int]
    oldest_days: int
    payments: list[UnappliedPayment]


class UnclaimedRow(TypedDict):
    """A payment (`kind` payment) or credit item (credit) with something left, in minor units."""

    kind: str
    id: int
    number: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    payer: str
    currency: str
    left_minor: int
    since_on: str
    age_days: int


class UndoDecisionIn(TypedDict):
    """Which decision is taken back."""

    decision_id: int


class UnheardRow(TypedDict):
    """The words of a customer in the answer to a survey that nobody has put on the list."""

    survey_id: int
    customer_id: int
    customer: str
    kind: str
    score: int | None
    comment: str
    answered_on: str


class UnknownHalfYear(TypedDict):
    """A half-year whose rate is not known, and the day whose value decides it."""

    from_on: str
    fixed_on: str


class UnlockDecisionIn(TypedDict):
    """A second person's answer; a refusal needs its reason."""

    is_granted: bool
    reason: NotRequired[str]


class UnlockIn(TypedDict):
    """The earlier day until which the books stay closed; null opens every day."""

    until_on: NotRequired[str | None]
    reason: str


class UnnamedItemIn(TypedDict):
    """The item that is taken off."""

    item_id: int


class UserIn(TypedDict):
    """A new person; they sign in first by a one-time link."""

    username: str
    email: NotRequired[str]
    roles: list[Literal['admin', 'credit_manager', 'collector', 'clerk', 'read_only']]
    reason: NotRequired[str]
    days: NotRequired[int]


class UserRow(TypedDict):
    """One person with the roles held in the company; `conflicts` say what should be kept apart."""

    id: int
    username: str
    email: str
    is_active: bool
    roles: list[str]
    role_labels: list[str]
    conflicts: list[str]
    has_second_factor: bool
    last_login: str | None
    customers: int


class Variance(TypedDict):
    """Actual less budget, and as a share of the budget (None where nothing was planned)."""

    value: int
    ppm: int | None
    is_good: bool


class VariantRow(TypedDict):
    """How one variant of a template fares; shares in ppm with their 95 % interval (Wilson)."""

    template: str
    variant: str
    sent: int
    replied: int
    matured: int
    paid: int
    replied_ppm: list[int]
    paid_ppm: list[int]


class VatClaimIn(TypedDict):
    """The VAT rate of the invoice, and where the claim stands in the return."""

    rate_ppm: int
    reference: NotRequired[str]


class VatReliefRow(TypedDict):
    """A bad debt and its VAT. `base_minor` is the lost amount with VAT, in the item's currency."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    base_minor: int
    rule: str
    from_on: str
    until_on: str | None
    state: str
    rate_ppm: int | None
    vat_minor: int | None
    claimed_on: str | None
    reference: str
    repaid_minor: int
    to_repay_minor: int


class VerdictIn(TypedDict):
    """What was learned and what follows from it."""

    verdict: str


class Verification(TypedDict):
    """All checks of one company."""

    company: str
    proofs: list[Proof]


class VersionIn(TypedDict):
    """Which version of a draft is meant, and whether its warnings were seen."""

    version: int
    confirm_warnings: NotRequired[bool]


class VersionPage(TypedDict):
    """One version with the back-test it was chosen by and its card."""

    version: VersionRow
    league: LeagueTable | None
    card: dict[str, Any]


class VersionRow(TypedDict):
    """One version of the company's pay-date model."""

    id: int
    number: int
    kind: str
    kind_label: str
    status: str
    status_label: str
    trained_as_of: str
    trained_at: str
    trained_by: str
    seed: int
    learned_from: list[int]
    is_pooled: bool
    paid_items: int
    artifact_sha256: str
    training_sha256: str
    decided_by: str
    decided_at: str | None
    reason: str
    can_promote: bool
    can_reject: bool


class ViewRow(TypedDict):
    """A saved view; `address` is the page with its filter."""

    id: int
    name: str
    address: str
    owner: str
    is_own: bool
    is_shared: bool


class Vintage(TypedDict):
    """The invoices of one month: unpaid at each age, written off, at risk, and open now."""

    month_end: str
    billed_minor: int
    items: int
    points: list[Point]
    lost_minor: int
    risk: Point
    open_minor: int


class VintagesOut(TypedDict):
    """What of each month's invoices is unpaid by age."""

    kind: str
    as_of: str
    since: str
    status: str
    finished_at: str | None
    error: str
    currency: NotRequired[str]
    vintages: list[Vintage]


class VoiceDeclinedIn(TypedDict):
    """Why not."""

    answer: str


class VoiceIn(TypedDict):
    """A suggestion, with or without the name of who makes it."""

    text: str
    is_named: NotRequired[bool]


class VoiceRow(TypedDict):
    """One thing said; `source` is staff or customer, `by` empty where nobody is named."""

    id: int
    source: str
    by: str
    customer_id: int | None
    text: str
    status: str
    answer: str
    answered_by: str
    initiative_id: int | None
    initiative: str
    said_on: str


class VoiceTakenIn(TypedDict):
    """Which improvement answers it, and what is said about it."""

    initiative_id: int
    answer: NotRequired[str]


class WaitClass(TypedDict):
    """Customers whose turn comes in a span of days; `to_day` None: later, or never."""

    from_day: int
    to_day: int | None
    customers: int
    extra_minor: int
    owed_minor: int


class WaitIn(TypedDict):
    """Whom the case waits for; only the customer stops the clock."""

    who: Literal['customer', 'colleagues']
    note: NotRequired[str]


class WaitingLetter(TypedDict):
    """A letter that waits; without a postal address it cannot be printed."""

    message: MessageRow
    has_address: bool


class WaitingMessage(TypedDict):
    """A message that is not sent yet."""

    id: int
    channel: str
    status: str
    template: str
    level: int


class WaitingTask(TypedDict):
    """An open task of the customer; the soonest due comes first."""

    id: int
    kind: str
    kind_label: str
    reason: str
    due_on: str


class Waived(TypedDict):
    """What became of a waiver: done, or put to somebody as a request."""

    status: Literal['waived', 'asked']
    request_id: int | None


class WaiverIn(TypedDict):
    """What a lender waived for a span of test dates."""

    from_on: str
    until_on: str
    granted_by: str
    note: str


class WarningDecisionIn(TypedDict):
    """Accepted, under a watch by `playbook` where one is named, or dismissed with the reason."""

    is_accepted: bool
    reason: NotRequired[str]
    playbook: NotRequired[str]


class WatchCheckRow(TypedDict):
    """One check: when it was due, when and how it was made, by whom, and what it brought."""

    id: int
    way: str
    way_label: str
    due_on: str
    on: str
    by: str
    result: str


class WatchDetail(TypedDict):
    """One watch with its agenda, checks (the newest first), freezes and what is known now."""

    row: WatchRow
    agenda: list[str]
    about: str
    proposes_freeze: bool
    checks: list[WatchCheckRow]
    freezes: list[FreezeRow]
    facts: WatchFigures


class WatchFigures(TypedDict):
    """What the playbook looks at, as it is now; amounts in the company's currency, share ppm."""

    band: str
    open_minor: int | None
    overdue_minor: int | None
    overdue_share_ppm: int | None
    days_late: int
    broken_promises: int
    warnings: int


class WatchIn(TypedDict):
    """Whom to watch, under which playbook, and why."""

    agenda: NotRequired[list[str] | None]
    every_days: NotRequired[int | None]
    way: NotRequired[Literal['call', 'visit'] | None]
    sponsor_id: NotRequired[int | None]
    customer_id: int
    playbook: str
    reason: str


class WatchRow(TypedDict):
    """One watch; `is_due`: its next check is due; `freeze` is empty, pending or standing."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    playbook: str
    reason: str
    sponsor_id: int | None
    sponsor: str
    way: str
    way_label: str
    every_days: int
    next_on: str
    is_due: bool
    is_late: bool
    from_on: str
    may_end_on: str | None
    ended_on: str | None
    ended_by: str
    result: str
    by: str
    checks: int
    last_check_on: str | None
    freeze: str


class WatchTermsIn(TypedDict):
    """How a customer is watched; what is left out is as the playbook says, or stays."""

    agenda: NotRequired[list[str] | None]
    every_days: NotRequired[int | None]
    way: NotRequired[Literal['call', 'visit'] | None]
    sponsor_id: NotRequired[int | None]


class WebhookChange(TypedDict):
    """All settings of a webhook; while it is not active its events wait."""

    name: str
    address: str
    verbs: NotRequired[list[str]]
    is_active: NotRequired[bool]


class WebhookDeliveryFilter(TypedDict):
    """Which deliveries to list."""

    status: NotRequired[Literal['', 'ready', 'claimed', 'done', 'failed', 'dead']]
    verb: NotRequired[str]
    cursor: NotRequired[str]
    limit: NotRequired[int]


class WebhookDeliveryRow(TypedDict):
    """One event on its way to one endpoint."""

    id: int
    endpoint_id: int
    endpoint: str
    event_id: int
    seq: int
    verb: str
    subject: str
    subject_id: int
    happened_at: str
    status: str
    status_label: str
    attempts: int
    code: int | None
    error: str
    retry_at: str | None
    done_at: str | None


class WebhookIn(TypedDict):
    """An address that is told of events; without verbs of every one, dispute.* means many."""

    name: str
    address: str
    verbs: NotRequired[list[str]]


class WebhookRow(TypedDict):
    """One endpoint with how many deliveries wait and how many were given up."""

    id: int
    name: str
    address: str
    verbs: list[str]
    is_active: bool
    is_changing_secret: bool
    told_seq: int
    waiting: int
    dead: int
    failures: int
    rest_until: str | None
    last_ok_at: str | None
    error: str
    by: str
    recorded_at: str


class WebhookSecret(TypedDict):
    """The key that signs; until the old one is dropped both do."""

    id: int
    secret: str


class WeekBalance(TypedDict):
    """What lies in the bank at a week's end; `below_minor` is what P10 lacks of the buffer."""

    starts_on: str
    ends_on: str
    in_minor: int
    out_minor: int
    expected_minor: int
    p5_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int
    p95_minor: int
    below_minor: int


class WeekItem(TypedDict):
    """One item of a week: the chance that it is paid in it, and what it adds to the week's sum."""

    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    due_on: str
    open_minor: int
    chance_ppm: int
    expected_minor: int


class WeekItems(TypedDict):
    """A week of the forecast with its items, the largest share first."""

    currency: str
    week: int
    as_of: str
    starts_on: str
    ends_on: str
    expected_minor: int
    p10_minor: int
    p90_minor: int
    items: int
    open_minor: int
    page: Page[WeekItem]


class Weight(TypedDict):
    """One reason of the chance that the claim is right: what it adds, above 0 for the customer."""

    code: str
    detail: str
    weight_milli: int


class WhatIf(TypedDict):
    """The answer: amounts in the company's currency, days are working days from today on."""

    staffing: Staffing
    currency: str
    customers: int
    is_cut: bool
    extra_minor: int
    days: list[DayReached]
    waits: list[WaitClass]
    headcounts: list[HeadcountRow]
    shares: list[ShareRow]
    moves: list[HandOverRow]


class WhatIfChoice(TypedDict):
    """A payment and a limit in the company's currency, a prepayment in the order's."""

    paid_minor: NotRequired[int]
    prepaid_minor: NotRequired[int]
    limit_minor: NotRequired[int | None]


class WhyIn(TypedDict):
    """Why, or what came of it."""

    reason: str


class WishRow(TypedDict):
    """A change of details a customer asks for: (field, before, after)."""

    id: int
    customer_id: int
    customer_name: str
    contact_id: int | None
    contact: str
    fields: list[list[str]]
    status: str
    status_label: str
    by: str
    asked_on: str
    decided_by: str
    reason: str


class WordingsIn(TypedDict):
    """The texts of a language as YAML, their `valid_from` today or later."""

    text: str


class WordingsOut(TypedDict):
    """The texts of a language in force, filled for a customer, and the drafts that wait."""

    language: str
    version_id: int | None
    customer_id: int | None
    drafts: list[PolicyRow]
    texts: list[TextOut]


class WorkSettingIn(TypedDict):
    """What a person wants of targets; without own figures nothing is shared."""

    has_own_figures: bool
    shares_with_lead: NotRequired[bool]
    shares_milestones: NotRequired[bool]
    sees_feed: NotRequired[bool]


class WorkingCapital(TypedDict):
    """Days in hundredths, amounts in minor units; None where an input is missing."""

    dso_x100: int | None
    inventory_days: int | None
    payables_days: int | None
    cycle_x100: int | None
    receivables_minor: int
    inventory_minor: int | None
    payables_minor: int | None
    need_minor: int | None
    dso_day_minor: int | None


class WorklistCounts(TypedDict):
    """How many customers each view of the worklist shows, and what there is to collect in mine."""

    mine: int
    all: int
    unassigned: int
    snoozed: int
    mine_to_collect_minor: int
    mine_minutes: int


class WorklistRow(TypedDict):
    """One customer to work on, amounts in minor units of the company's `currency`."""

    id: int
    rank: int
    as_of: str
    customer_id: int
    customer_number: str
    customer_name: str
    segment: str
    collector_id: int | None
    collector: str
    currency: str
    due_minor: int
    promised_minor: int
    disputed_minor: int
    dunned_minor: int
    to_collect_minor: int
    expected_extra_minor: int
    score: int
    minutes: int
    oldest_days: int
    reasons: dict[str, Any]
    suggestion: Suggestion | None
    blocked: list[Any]
    tasks: list[WaitingTask]
    messages: list[WaitingMessage]
    last_note_at: str | None
    snoozed_until: str | None
    snooze_reason: str


class WorthOut(TypedDict):
    """A settlement beside waiting, an agency and the courts, and what the authority policy says."""

    currency: str
    open_minor: int
    concession_minor: int
    status: str
    needs_role: str
    text: str
    worth: dict[str, Any]


class YieldRow(TypedDict):
    """A group or one customer (`customer_id`); `yield_ppm` None: nothing was owed."""

    key: str
    customer_id: int | None
    customers: int
    found: CreditYield
    result_minor: int
    yield_ppm: int | None
