"""The records. One file per noun; import them from here."""

from dunwell.models.anomalies import Anomaly
from dunwell.models.bank import (
    BankAccount,
    BankEntry,
    BankFile,
    BankStatement,
    Remittance,
    RemittanceLine,
)
from dunwell.models.companies import Company, Membership, Role, SignInLink, User
from dunwell.models.customer_scores import CustomerScore
from dunwell.models.customers import Contact, Customer
from dunwell.models.debits import Debit, DebitItem, DebitRun, Mandate
from dunwell.models.disputes import Dispute
from dunwell.models.entries import EntryLine
from dunwell.models.events import ChainHead, Event
from dunwell.models.experiments import ActionChoice, Experiment
from dunwell.models.holds import Hold
from dunwell.models.imports import ImportBatch, ImportFinding, ImportProfile
from dunwell.models.items import Item, OpenItem
from dunwell.models.kpis import Habit, KpiValue
from dunwell.models.matching import (
    CaseView,
    MatchCase,
    MatchOutcome,
    MatchProposal,
    PayerAlias,
    PayerRelation,
)
from dunwell.models.messages import Message, MessageItem
from dunwell.models.model_versions import ModelCheck, ModelVersion
from dunwell.models.notes import Note
from dunwell.models.payments import Adjustment, Allocation, PayerAssignment, Payment
from dunwell.models.periods import Journal, JournalLine, PeriodLock
from dunwell.models.policies import PolicyVersion
from dunwell.models.predictions import CashForecast, ItemPrediction, PredictionLog
from dunwell.models.promises import Promise, PromiseItem
from dunwell.models.rates import Feed, FxRate
from dunwell.models.refunds import Payee, Refund
from dunwell.models.runs import Run
from dunwell.models.statements import AccountStatement
from dunwell.models.tasks import Snooze, Task, WorklistEntry
from dunwell.models.tokens import ApiToken, IdempotencyKey

__all__ = [
    "AccountStatement",
    "ActionChoice",
    "Adjustment",
    "Allocation",
    "Anomaly",
    "ApiToken",
    "BankAccount",
    "BankEntry",
    "BankFile",
    "BankStatement",
    "CaseView",
    "CashForecast",
    "ChainHead",
    "Company",
    "Contact",
    "Customer",
    "CustomerScore",
    "Debit",
    "DebitItem",
    "DebitRun",
    "Dispute",
    "EntryLine",
    "Event",
    "Experiment",
    "Feed",
    "FxRate",
    "Habit",
    "Hold",
    "IdempotencyKey",
    "ImportBatch",
    "ImportFinding",
    "ImportProfile",
    "Item",
    "ItemPrediction",
    "Journal",
    "JournalLine",
    "KpiValue",
    "Mandate",
    "MatchCase",
    "MatchOutcome",
    "MatchProposal",
    "Membership",
    "Message",
    "MessageItem",
    "ModelCheck",
    "ModelVersion",
    "Note",
    "OpenItem",
    "Payee",
    "PayerAlias",
    "PayerAssignment",
    "PayerRelation",
    "Payment",
    "PeriodLock",
    "PolicyVersion",
    "PredictionLog",
    "Promise",
    "PromiseItem",
    "Refund",
    "Remittance",
    "RemittanceLine",
    "Role",
    "Run",
    "SignInLink",
    "Snooze",
    "Task",
    "User",
    "WorklistEntry",
]
