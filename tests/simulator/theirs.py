"""An outside ledger of plain rows: it tells of what changed page by page, as the real ones do."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from dunwell.formats.connection_rows import (
    ChangeKind,
    OutsideAllocation,
    OutsideCustomer,
    OutsideItem,
    OutsideOpen,
    OutsidePayment,
    OutsideSystem,
    OutsideWrite,
    Pulled,
    WriteVerdict,
)

AMOUNTS = ("0.01", "50.00", "119.00", "800.00")
OLDEST = 20
"""Days before today that a document may be dated."""
WAYS = ("item", "item", "credit", "payment", "pair", "pair", "amount", "void")
"""Changes that our books follow to the cent; what is taken off again, they only tell of."""


@dataclass(slots=True)
class Theirs:
    """Their books of one company, and what we wrote there."""

    letter: str
    customers: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)
    payments: dict = field(default_factory=dict)
    pairs: dict = field(default_factory=dict)
    log: list = field(default_factory=list)
    """What changed, in order; a cursor is a place in it."""
    written: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)

    def system(self):
        return OutsideSystem(product="Plain", version="1", writes=frozenset(ChangeKind))

    def pull(self, cursor, *, most=1_000):
        """The rows that changed since the cursor, as they are by now."""
        begin = int(cursor or 0)
        end = min(begin + most, len(self.log))
        rows = {"customers": {}, "items": {}, "payments": {}, "pairs": {}}
        for table, key in self.log[begin:end]:
            rows[table][key] = getattr(self, table)[key]
        return Pulled(
            customers=tuple(rows["customers"].values()), items=tuple(rows["items"].values()),
            payments=tuple(rows["payments"].values()), allocations=tuple(rows["pairs"].values()),
            cursor=str(end), is_last=end == len(self.log),
        )  # fmt: skip

    def left_of_item(self, item):
        """What is open of an item, signed as its amount is."""
        if item.is_void:
            return Decimal(0)
        side = 0 if item.amount < 0 else 1
        used = sum(one.amount for key, one in self.pairs.items() if key[side] == item.number)
        return item.amount + used if item.amount < 0 else item.amount - used

    def left_of_payment(self, payment):
        used = sum(one.amount for key, one in self.pairs.items() if key[0] == payment.number)
        return payment.amount - used

    def open_now(self):
        """What is open of every document and left of every payment."""
        found = [
            OutsideOpen(number=one.number, customer=one.customer, currency=one.currency, open=left)
            for one in self.items.values()
            if (left := self.left_of_item(one))
        ]
        return found + [
            OutsideOpen(
                number=one.number, customer=one.customer, currency=one.currency, open=-left,
                is_payment=True,
            )
            for one in self.payments.values()
            if (left := self.left_of_payment(one))
        ]  # fmt: skip

    def push(self, changes, *, dry_run):
        """Write limits, holds and notes, each note once by its key."""
        done = []
        for one in changes:
            place = (one.kind, one.customer)
            before = self.written.get(place, "") if one.kind != ChangeKind.NOTE else ""
            is_there = (
                one.key in self.notes if one.kind == ChangeKind.NOTE else before == one.value
            )
            if not dry_run and not is_there:
                if one.kind == ChangeKind.NOTE:
                    self.notes[one.key] = one.value
                else:
                    self.written[place] = one.value
            verdict = WriteVerdict.SAME if is_there else WriteVerdict.CHANGES
            done.append(OutsideWrite(key=one.key, verdict=verdict, before=before))
        return done

    def change(self, world, *, may_take_back=False):
        """One thing that happens there: a document, money, what settles what, a correction."""
        if not self.customers or world.chance.random() < 0.15:
            key = f"{self.letter}{len(self.customers)}"
            self._put("customers", key, OutsideCustomer(key=key, number=key, name=f"Firm {key}"))
        ways = (*WAYS, "off") if may_take_back else WAYS
        getattr(self, f"_{world.chance.choice(ways)}")(world)

    def _put(self, table, key, row):
        getattr(self, table)[key] = row
        self.log.append((table, key))

    def _item(self, world, sign=1):
        number = f"{self.letter}-{world.count}-{len(self.log)}"
        issued = world.day - timedelta(days=world.chance.choice((0, OLDEST)))
        self._put("items", number, OutsideItem(
            number=number, customer=world.chance.choice(list(self.customers)), currency="EUR",
            amount=sign * Decimal(world.chance.choice(AMOUNTS)), issued=issued,
            due=issued + timedelta(days=14),
        ))  # fmt: skip

    def _credit(self, world):
        self._item(world, -1)

    def _payment(self, world):
        number = f"{self.letter}P-{world.count}-{len(self.log)}"
        self._put("payments", number, OutsidePayment(
            number=number, customer=world.chance.choice(list(self.customers)), currency="EUR",
            amount=Decimal(world.chance.choice(AMOUNTS)), received=world.day,
        ))  # fmt: skip

    def _pair(self, world):
        """More of a payment or a credit note goes on an item of the same customer."""
        items = [one for one in self.items.values() if self.left_of_item(one) > 0]
        if not items:
            return
        item = world.chance.choice(items)
        left = [(one.number, self.left_of_payment(one)) for one in self.payments.values()
                if one.customer == item.customer]  # fmt: skip
        left += [(one.number, -self.left_of_item(one)) for one in self.items.values()
                 if one.customer == item.customer and one.amount < 0]  # fmt: skip
        sources = [one for one in left if one[1] > 0]
        if not sources:
            return
        source, most = world.chance.choice(sources)
        most = min(most, self.left_of_item(item))
        amount = world.chance.choice((most, most, Decimal("0.01")))
        had = self.pairs.get((source, item.number))
        self._put("pairs", (source, item.number), OutsideAllocation(
            source=source, item=item.number, amount=amount + (had.amount if had else 0),
            applied=world.day,
        ))  # fmt: skip

    def _untouched(self):
        named = {number for pair in self.pairs for number in pair}
        return [one for one in self.items.values() if not one.is_void and one.number not in named]

    def _amount(self, world):
        if rows := self._untouched():
            one = world.chance.choice(rows)
            amount = Decimal(world.chance.choice(AMOUNTS))
            signed = -amount if one.amount < 0 else amount
            self._put("items", one.number, replace(one, amount=signed))

    def _void(self, world):
        if rows := self._untouched():
            one = world.chance.choice(rows)
            self._put("items", one.number, replace(one, is_void=True))

    def _off(self, world):
        live = [one for one in self.pairs.values() if one.amount]
        if live:
            one = world.chance.choice(live)
            self._put("pairs", (one.source, one.item), replace(one, amount=Decimal(0)))
