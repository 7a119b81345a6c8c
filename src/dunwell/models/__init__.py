"""The records. One file per noun; import them from here."""

from dunwell.models.companies import Company, Membership, Role, SignInLink, User
from dunwell.models.customers import Contact, Customer
from dunwell.models.disputes import Dispute
from dunwell.models.entries import EntryLine
from dunwell.models.events import ChainHead, Event
from dunwell.models.holds import Hold
from dunwell.models.imports import ImportBatch, ImportFinding, ImportProfile
from dunwell.models.items import Item, OpenItem
from dunwell.models.kpis import Habit, KpiValue
from dunwell.models.messages import Message, MessageItem
from dunwell.models.notes import Note
from dunwell.models.payments import Adjustment, Allocation, Payment
from dunwell.models.policies import PolicyVersion
from dunwell.models.promises import Promise, PromiseItem
from dunwell.models.rates import Feed, FxRate
from dunwell.models.runs import Run
from dunwell.models.tasks import Snooze, Task, WorklistEntry
from dunwell.models.tokens import ApiToken, IdempotencyKey

__all__ = [
    "Adjustment",
    "Allocation",
    "ApiToken",
    "ChainHead",
    "Company",
    "Contact",
    "Customer",
    "Dispute",
    "EntryLine",
    "Event",
    "Feed",
    "FxRate",
    "Habit",
    "Hold",
    "IdempotencyKey",
    "ImportBatch",
    "ImportFinding",
    "ImportProfile",
    "Item",
    "KpiValue",
    "Membership",
    "Message",
    "MessageItem",
    "Note",
    "OpenItem",
    "Payment",
    "PolicyVersion",
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
