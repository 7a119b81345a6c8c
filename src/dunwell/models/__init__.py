"""The records. One file per noun; import them from here."""

from dunwell.models.anomalies import Anomaly
from dunwell.models.companies import Company, Membership, Role, SignInLink, User
from dunwell.models.customer_scores import CustomerScore
from dunwell.models.customers import Contact, Customer
from dunwell.models.disputes import Dispute
from dunwell.models.entries import EntryLine
from dunwell.models.events import ChainHead, Event
from dunwell.models.experiments import ActionChoice, Experiment
from dunwell.models.holds import Hold
from dunwell.models.imports import ImportBatch, ImportFinding, ImportProfile
from dunwell.models.items import Item, OpenItem
from dunwell.models.kpis import Habit, KpiValue
from dunwell.models.messages import Message, MessageItem
from dunwell.models.model_versions import ModelCheck, ModelVersion
from dunwell.models.notes import Note
from dunwell.models.payments import Adjustment, Allocation, Payment
from dunwell.models.policies import PolicyVersion
from dunwell.models.predictions import CashForecast, ItemPrediction, PredictionLog
from dunwell.models.promises import Promise, PromiseItem
from dunwell.models.rates import Feed, FxRate
from dunwell.models.runs import Run
from dunwell.models.tasks import Snooze, Task, WorklistEntry
from dunwell.models.tokens import ApiToken, IdempotencyKey

__all__ = [
    "ActionChoice",
    "Adjustment",
    "Allocation",
    "Anomaly",
    "ApiToken",
    "CashForecast",
    "ChainHead",
    "Company",
    "Contact",
    "Customer",
    "CustomerScore",
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
    "KpiValue",
    "Membership",
    "Message",
    "MessageItem",
    "ModelCheck",
    "ModelVersion",
    "Note",
    "OpenItem",
    "Payment",
    "PolicyVersion",
    "PredictionLog",
    "Promise",
    "PromiseItem",
    "Role",
    "Run",
    "SignInLink",
    "Snooze",
    "Task",
    "User",
    "WorklistEntry",
]
