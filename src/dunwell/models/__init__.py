"""The records. One file per noun; import them from here."""

from dunwell.models.access_reviews import AccessReview
from dunwell.models.advisors import AdvisorAccess, AdvisorExtension, AdvisorTrace
from dunwell.models.agencies import (
    Agency,
    AgencyFileLine,
    AgencyReport,
    AgencySeat,
    EvidencePack,
    Placement,
    PlacementBatch,
    PlacementItem,
    PlacementNote,
)
from dunwell.models.analyses import Analysis, AnalysisPart
from dunwell.models.anomalies import Anomaly
from dunwell.models.appetite_statements import AppetiteStatement
from dunwell.models.application_mails import ApplicationDeadline, ApplicationMail
from dunwell.models.application_signatures import ApplicationSignature
from dunwell.models.assistant import (
    AssistantConversation,
    AssistantSetting,
    AssistantTurn,
)
from dunwell.models.autopay import Autopay, AutopayCharge, AutopayLine, SavedMethod
from dunwell.models.bank import (
    BankAccount,
    BankEntry,
    BankFile,
    BankLayout,
    BankStatement,
    Remittance,
    RemittanceLine,
)
from dunwell.models.budgets import Budget, BudgetLine, MonthActual
from dunwell.models.case_comments import CaseComment
from dunwell.models.cash_outlooks import CashBasis, CashPeriod
from dunwell.models.certificates import Certificate, CurriculumAssignment
from dunwell.models.channels import Channel, DomainCheck, Suppression
from dunwell.models.charges import Charge, ReferenceRate
from dunwell.models.checkout_returns import Chargeback, CheckoutRefund
from dunwell.models.checkouts import (
    CHECKOUT,
    Checkout,
    CheckoutLine,
    PaymentProvider,
    ProviderEvent,
)
from dunwell.models.collection_costs import CollectionCost
from dunwell.models.companies import Company, Membership, Role, SignInLink, User
from dunwell.models.connections import (
    Connection,
    ConnectionChange,
    ConnectionCustomer,
    ConnectionDifference,
    ConnectionFile,
    ConnectionSync,
)
from dunwell.models.contact_rules import Consent, ContactAttempt, ContactRestriction, Signal
from dunwell.models.conversations import (
    Conversation,
    ConversationItem,
    InboundAttachment,
    InboundDecision,
    InboundMessage,
    InboundReading,
    IntentModel,
    Mailbox,
)
from dunwell.models.covenants import Covenant, CovenantTest, CovenantWaiver
from dunwell.models.covers import Cover, CoverClaim, CoverNotice
from dunwell.models.credit_applications import (
    ApplicationCheck,
    ApplicationCondition,
    ApplicationDocument,
    ApplicationReference,
    CreditApplication,
)
from dunwell.models.credit_data import (
    BureauAccount,
    BureauConsent,
    BureauPull,
    BureauReport,
    CreditDataPoint,
    FinancialStatement,
    StatementLine,
)
from dunwell.models.credit_ratings import CreditRating
from dunwell.models.credit_reviews import CreditReview
from dunwell.models.customer_documents import CustomerDocument, CustomerPaper, DocumentRequest
from dunwell.models.customer_links import CustomerLink
from dunwell.models.customer_merges import CustomerMerge, CustomerMove, DistinctCustomers
from dunwell.models.customer_scores import CustomerScore
from dunwell.models.customers import Contact, Customer
from dunwell.models.debits import Debit, DebitItem, DebitRun, Mandate
from dunwell.models.deliveries import DeliveryNote, InvoiceResponse
from dunwell.models.detail_changes import DetailChange
from dunwell.models.disputes import (
    CauseAction,
    CreditRequest,
    Dispute,
    DisputeCase,
    DisputeEvidence,
    DisputeLine,
    DisputeResolution,
    DisputeTask,
)
from dunwell.models.duties import Duty
from dunwell.models.duty_overrides import DutyOverride
from dunwell.models.early_payment import EarlyPaymentOffer
from dunwell.models.early_warnings import EarlyWarning
from dunwell.models.einvoices import EInvoiceFile
from dunwell.models.entries import EntryLine
from dunwell.models.escalations import Escalation, ExposureFreeze, Watch, WatchCheck
from dunwell.models.events import ChainHead, Event
from dunwell.models.experiments import ActionChoice, Experiment
from dunwell.models.feedback import Survey
from dunwell.models.financing import (
    FinancingDraw,
    FinancingFacility,
    FinancingItem,
    FinancingMove,
    FinancingTerms,
)
from dunwell.models.gap_alerts import GapAlert
from dunwell.models.hand_offs import HandOff
from dunwell.models.holds import Hold
from dunwell.models.imports import ImportBatch, ImportFinding, ImportProfile
from dunwell.models.industry_figures import IndustryFigure
from dunwell.models.initiatives import Duel, DuelCustomer, DuelLook, Initiative
from dunwell.models.invoice_platforms import InvoicePlatform
from dunwell.models.invoices import (
    CustomerInvoicing,
    Invoice,
    InvoiceFile,
    InvoiceLine,
    InvoiceSchedule,
    InvoicingProfile,
    NumberSeries,
    TaxRate,
)
from dunwell.models.items import Item, OpenItem
from dunwell.models.kept_slices import KeptSlice
from dunwell.models.kpis import Habit, KpiValue
from dunwell.models.legal import (
    LegalEntry,
    LegalMatter,
    LegalMatterItem,
    LimitationEvent,
    VatRelief,
)
from dunwell.models.limits import CreditGroup, CreditGroupMember, CreditLimit
from dunwell.models.liquidity import (
    CashPosition,
    LiquidityRule,
    PlannedPayment,
    WorkingCapitalRow,
)
from dunwell.models.mandate_consents import MandateConsent
from dunwell.models.matching import (
    CaseView,
    MatchCase,
    MatchOutcome,
    MatchProposal,
    PayerAlias,
    PayerRelation,
)
from dunwell.models.meetings import Meeting, MeetingDecision, MeetingPoint
from dunwell.models.mentions import Mention
from dunwell.models.messages import ItemDocument, Message, MessageAttachment, MessageItem
from dunwell.models.model_versions import ModelCheck, ModelVersion
from dunwell.models.notes import Note
from dunwell.models.orders import CreditCheck, CreditHold, Order
from dunwell.models.payments import Adjustment, Allocation, PayerAssignment, Payment
from dunwell.models.periods import Journal, JournalLine, PeriodLock
from dunwell.models.plans import PaymentPlan, PlanInstalment, PlanItem
from dunwell.models.policies import PolicyVersion
from dunwell.models.portal import (
    PortalKey,
    PortalLink,
    PortalPasskey,
    PortalPerson,
    PortalSeat,
)
from dunwell.models.portal_calendars import PortalCalendar
from dunwell.models.portal_mails import PortalCode, PortalKnock, PortalMail
from dunwell.models.portal_requests import DisputeComment, PortalRequest, PortalSeen
from dunwell.models.portal_settings import PortalSetting
from dunwell.models.portal_views import PortalView
from dunwell.models.portfolio_measures import PortfolioMeasure
from dunwell.models.portfolio_reviews import (
    PortfolioDecision,
    PortfolioPack,
    PortfolioReview,
    PortfolioSignature,
    ReviewRhythm,
)
from dunwell.models.predictions import CashForecast, ItemPrediction, PredictionLog
from dunwell.models.privacy import Erasure
from dunwell.models.process import ProcessMonth
from dunwell.models.promises import Promise, PromiseConsequence, PromiseItem
from dunwell.models.provider_payouts import ProviderPayout, ProviderPayoutLine
from dunwell.models.provisions import (
    LossAssessment,
    ProvisionLine,
    ProvisionMove,
    ProvisionRun,
)
from dunwell.models.quizzes import QuizAnswer, QuizSitting
from dunwell.models.rates import Feed, FxRate
from dunwell.models.receipts import Receipt
from dunwell.models.refunds import Payee, Refund
from dunwell.models.reports import Report, ReportMail, ReportSchedule, SavedView
from dunwell.models.retentions import Retention
from dunwell.models.risk_signals import RiskSignal, SignalFeed, SignalMatch
from dunwell.models.role_plays import RolePlay, RolePlayTurn
from dunwell.models.runs import Run
from dunwell.models.saml_answers import SamlAnswer
from dunwell.models.saml_keys import SamlKey
from dunwell.models.sanctions import SanctionEntry, SanctionList, ScreeningHit
from dunwell.models.scenarios import Scenario
from dunwell.models.scorecards import Scorecard, ScoreSnapshot
from dunwell.models.segments import (
    Absence,
    Pool,
    PoolMember,
    SegmentByHand,
    SegmentMembership,
    SegmentMove,
    WorkCapacity,
)
from dunwell.models.settlements import (
    ApprovalRequest,
    Incentive,
    IncentiveGrant,
    Settlement,
    SettlementItem,
)
from dunwell.models.statement_answers import StatementAnswer
from dunwell.models.statements import AccountStatement
from dunwell.models.strategies import Replay, StrategyOverride
from dunwell.models.stress_scenarios import StressScenario
from dunwell.models.supplier_statements import SupplierStatement, SupplierStatementLine
from dunwell.models.targets import Milestone, TargetLine, TargetProgress, TargetSet, WorkSetting
from dunwell.models.tasks import Snooze, Task, WorklistEntry
from dunwell.models.team_mails import TeamMail
from dunwell.models.tokens import ApiToken, IdempotencyKey
from dunwell.models.transfers import Transfer, TransferItem
from dunwell.models.voices import Voice
from dunwell.models.webhooks import WebhookDelivery, WebhookEndpoint

# fmt: off
__all__ = [
    "CHECKOUT", "Absence", "AccessReview", "AccountStatement", "ActionChoice", "Adjustment",
    "AdvisorAccess", "AdvisorExtension", "AdvisorTrace", "Agency", "AgencyFileLine",
    "AgencyReport", "AgencySeat", "Allocation", "Analysis", "AnalysisPart", "Anomaly", "ApiToken",
    "AppetiteStatement", "ApplicationCheck", "ApplicationCondition", "ApplicationDeadline",
    "ApplicationDocument", "ApplicationMail", "ApplicationReference", "ApplicationSignature",
    "ApprovalRequest",
    "AssistantConversation", "AssistantSetting", "AssistantTurn", "Autopay", "AutopayCharge",
    "AutopayLine", "BankAccount", "BankEntry", "BankFile", "BankLayout", "BankStatement",
    "Budget", "BudgetLine", "BureauAccount", "BureauConsent", "BureauPull", "BureauReport",
    "CaseComment", "CaseView", "CashBasis", "CashForecast", "CashPeriod", "CashPosition",
    "CauseAction", "Certificate", "ChainHead", "Channel", "Charge", "Chargeback", "Checkout",
    "CheckoutLine", "CheckoutRefund", "CollectionCost", "Company", "Connection",
    "ConnectionChange", "ConnectionCustomer", "ConnectionDifference", "ConnectionFile",
    "ConnectionSync", "Consent",
    "Contact", "ContactAttempt", "ContactRestriction", "Conversation", "ConversationItem",
    "Covenant", "CovenantTest", "CovenantWaiver", "Cover", "CoverClaim", "CoverNotice",
    "CreditApplication", "CreditCheck", "CreditDataPoint", "CreditGroup", "CreditGroupMember",
    "CreditHold", "CreditLimit", "CreditRating", "CreditRequest", "CreditReview",
    "CurriculumAssignment", "Customer", "CustomerDocument", "CustomerInvoicing", "CustomerLink",
    "CustomerMerge", "CustomerMove", "CustomerPaper", "CustomerScore",
    "Debit", "DebitItem", "DebitRun", "DeliveryNote",
    "DetailChange", "Dispute", "DisputeCase", "DisputeComment", "DisputeEvidence", "DisputeLine",
    "DisputeResolution", "DisputeTask", "DistinctCustomers", "DocumentRequest", "DomainCheck",
    "Duel", "DuelCustomer",
    "DuelLook", "Duty", "DutyOverride", "EInvoiceFile", "EarlyPaymentOffer", "EarlyWarning",
    "EntryLine", "Erasure", "Escalation", "Event", "EvidencePack", "Experiment", "ExposureFreeze",
    "Feed", "FinancialStatement", "FinancingDraw", "FinancingFacility", "FinancingItem",
    "FinancingMove", "FinancingTerms", "FxRate", "GapAlert", "Habit", "HandOff", "Hold",
    "IdempotencyKey", "ImportBatch", "ImportFinding", "ImportProfile", "InboundAttachment",
    "InboundDecision", "InboundMessage", "InboundReading", "Incentive", "IncentiveGrant",
    "IndustryFigure", "Initiative", "IntentModel", "Invoice", "InvoiceFile", "InvoiceLine",
    "InvoicePlatform", "InvoiceResponse", "InvoiceSchedule", "InvoicingProfile", "Item",
    "ItemDocument", "ItemPrediction", "Journal", "JournalLine", "KeptSlice", "KpiValue",
    "LegalEntry", "LegalMatter", "LegalMatterItem", "LimitationEvent", "LiquidityRule",
    "LossAssessment", "Mailbox", "Mandate", "MandateConsent", "MatchCase", "MatchOutcome",
    "MatchProposal", "Meeting", "MeetingDecision", "MeetingPoint", "Membership", "Mention",
    "Message", "MessageAttachment", "MessageItem", "Milestone", "ModelCheck", "ModelVersion",
    "MonthActual", "Note", "NumberSeries", "OpenItem", "Order", "Payee", "PayerAlias",
    "PayerAssignment", "PayerRelation", "Payment", "PaymentPlan", "PaymentProvider", "PeriodLock",
    "Placement", "PlacementBatch", "PlacementItem", "PlacementNote", "PlanInstalment", "PlanItem",
    "PlannedPayment", "PolicyVersion", "Pool", "PoolMember", "PortalCalendar", "PortalCode",
    "PortalKey", "PortalKnock", "PortalLink", "PortalMail", "PortalPasskey", "PortalPerson",
    "PortalRequest", "PortalSeat", "PortalSeen", "PortalSetting", "PortalView",
    "PortfolioDecision", "PortfolioMeasure", "PortfolioPack", "PortfolioReview",
    "PortfolioSignature", "PredictionLog", "ProcessMonth", "Promise", "PromiseConsequence",
    "PromiseItem", "ProviderEvent", "ProviderPayout", "ProviderPayoutLine", "ProvisionLine",
    "ProvisionMove", "ProvisionRun", "QuizAnswer", "QuizSitting", "Receipt", "ReferenceRate",
    "Refund", "Remittance", "RemittanceLine", "Replay", "Report", "ReportMail", "ReportSchedule",
    "Retention", "ReviewRhythm", "RiskSignal", "Role", "RolePlay", "RolePlayTurn", "Run",
    "SamlAnswer", "SamlKey", "SanctionEntry", "SanctionList", "SavedMethod", "SavedView",
    "Scenario", "ScoreSnapshot",
    "Scorecard", "ScreeningHit", "SegmentByHand", "SegmentMembership", "SegmentMove",
    "Settlement", "SettlementItem", "SignInLink", "Signal", "SignalFeed", "SignalMatch", "Snooze",
    "StatementAnswer", "StatementLine", "StrategyOverride", "StressScenario", "SupplierStatement",
    "SupplierStatementLine", "Suppression", "Survey", "TargetLine", "TargetProgress", "TargetSet",
    "Task", "TaxRate", "TeamMail", "Transfer", "TransferItem", "User", "VatRelief", "Voice",
    "Watch", "WatchCheck", "WebhookDelivery", "WebhookEndpoint", "WorkCapacity", "WorkSetting",
    "WorkingCapitalRow", "WorklistEntry",
]
# fmt: on
