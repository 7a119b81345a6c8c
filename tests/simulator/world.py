"""The simulated company: its people, customers and day; clock and chance come from one seed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from dunwell.actions.agencies import add_agency
from dunwell.actions.aliases import add_relation
from dunwell.actions.companies import add_company
from dunwell.actions.gate import staff, system
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.rates import set_rate
from dunwell.models import (
    Allocation,
    Company,
    Customer,
    Item,
    Membership,
    OpenItem,
    Payment,
    PolicyVersion,
    User,
)

BEGIN = date(2026, 1, 7)
PEOPLE = {
    "carla": ("clerk",),
    "chris": ("clerk",),
    "anna": ("collector",),
    "mona": ("credit_manager",),
    "max": ("credit_manager",),
    "nick": ("credit_analyst",),
    "fritz": ("finance_director",),
    "rita": ("resolver",),
}
CHARGES = """\
charges:
  name: ours
  valid_from: 2024-01-01
  groups:
    - {name: all, mode: bill, since: 2024-01-01}
"""


class Nothing(Exception):
    """The step has no row it could be tried on yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One operation: how often it is dealt, and the proofs it could break beside the ledger's."""

    name: str
    weight: int
    proves: tuple[str, ...]
    then: tuple[str, ...]
    """Steps that may follow it: chains of many steps would hardly come about by chance alone."""
    play: Callable[["World"], object]


STEPS: dict[str, Step] = {}


def step(weight: int, *proves: str, then: tuple[str, ...] = ()):
    """Register a function of the world as a step; `proves` are beginnings of the ids of proofs."""

    def keep(play):
        name = play.__name__
        assert name not in STEPS, name
        STEPS[name] = Step(name=name, weight=weight, proves=proves, then=then, play=play)
        return play

    return keep


class World:
    """One company; every moment, number and choice is a function of the seed."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.day, self.count = BEGIN, 0
        self.links: dict[int, object] = {}
        """What lies at the other end of each connection, by its key."""
        self.due: list[str] = []
        """Names of steps that may follow what was done; dealt half of the time."""
        self.company: Company = add_company(
            name=f"Simulated {seed}", zone="Europe/Berlin", country="DE", currency="EUR",
            language="en", at=self.at,
        )  # fmt: skip
        self.system = system(self.company)
        self.people = {name: self._person(name, roles) for name, roles in PEOPLE.items()}
        self.customers = [
            Customer.objects.create(
                company=self.company, number=f"K{n}", name=name, country="DE", party="company",
                address="Street 1\nTown", recorded_at=self.at, credit_limit_minor=limit,
            )
            for n, (name, limit) in enumerate((("Acme", 5_000_00), ("Beta", 800_00)))
        ]  # fmt: skip
        for customer in self.customers:
            add_relation(
                actor=self.system, customer=customer, kind="netting", currency="EUR",
                amount_minor=1_000_00, at=self.at,
            )  # fmt: skip
        load_shipped_policies(company=self.company, at=self.at)
        PolicyVersion.objects.create(
            company=self.company, kind="charges", name="ours", text=CHARGES, document={},
            author="mona", version=1, approver="max", valid_from=date(2024, 1, 1),
            status="published", recorded_at=self.at, published_at=self.at,
        )  # fmt: skip
        set_rate(
            actor=self.system, currency="USD", from_on=BEGIN - timedelta(days=400),
            rate_ppm=920_000, source="simulated", at=self.at,
        )  # fmt: skip
        self.agency = add_agency(
            actor=self.system, name="Collecta", at=self.at,
            commission=[{"from_days": 0, "rate_ppm": 100_000}],
        )  # fmt: skip

    def _person(self, name: str, roles: tuple[str, ...]):
        # the same people may work for several simulated companies
        user, _ = User.objects.get_or_create(
            username=name, defaults={"email": f"{name}@simulated.example"}
        )
        for role in roles:
            Membership.objects.create(company=self.company, user=user, role=role)
        return staff(user, self.company)

    @property
    def at(self) -> datetime:
        """The moment: no two steps share one."""
        return datetime.combine(self.day, time(8), UTC) + timedelta(seconds=self.count)

    @property
    def on(self) -> dict:
        """Day and moment as actions take them."""
        return {"as_of": self.day, "at": self.at}

    def by(self, *names: str) -> dict:
        """One of the people (the system for no name), with day and moment."""
        actor = self.people[self.chance.choice(names)] if names else self.system
        return {"actor": actor, **self.on}

    def number(self, letter: str) -> str:
        """A number no other row has."""
        return f"{letter}{self.count}"

    def later(self, *days: int) -> date:
        """Today, so many days on."""
        return self.day + timedelta(days=self.chance.choice(days))

    def amount(self, most: int) -> int:
        """An amount around what is possible: its edges come often, and one beyond them."""
        most = abs(most)
        return self.chance.choice((1, most // 2 or 1, most, most, max(most - 1, 1), most + 1))

    def one(self, rows):
        """One of the rows; the newest come more often than the others."""
        keys = list(rows.order_by("-pk").values_list("pk", flat=True)[:12])
        if not keys:
            raise Nothing
        key = keys[min(int(self.chance.expovariate(0.5)), len(keys) - 1)]
        return rows.model.objects.get(pk=key)

    def customer(self) -> Customer:
        """One of the customers as its record is now."""
        return Customer.objects.get(pk=self.chance.choice(self.customers).pk)

    def open_item(self, *, is_debit: bool = True) -> tuple[Item, int]:
        """An open item with its open amount."""
        side = {"open_minor__gt" if is_debit else "open_minor__lt": 0}
        found = self.one(OpenItem.objects.filter(company=self.company, **side))
        return found.item, found.open_minor

    def open_items_of(self, customer: Customer, most: int) -> dict[Item, int]:
        """Some open debts of a customer, with what is open of them."""
        rows = OpenItem.objects.filter(
            company=self.company, customer=customer, open_minor__gt=0, currency="EUR"
        )
        found = list(rows.order_by("item").select_related("item")[:6])
        if not found:
            raise Nothing
        chosen = self.chance.sample(found, k=min(len(found), self.chance.randint(1, most)))
        return {row.item: row.open_minor for row in chosen}

    def free_payment(self, **only) -> Payment:
        """A payment that stands and of which nothing was put on an item yet."""
        used = Allocation.objects.filter(company=self.company, reverses=None)
        rows = Payment.objects.filter(company=self.company, reverses=None, amount_minor__gt=0)
        back = Payment.objects.filter(company=self.company).exclude(reverses=None)
        rows = rows.exclude(pk__in=back.values("reverses"))
        return self.one(
            rows.exclude(pk__in=used.exclude(payment=None).values("payment")).filter(**only)
        )

    def other_than(self, name: str, *names: str) -> dict:
        """One of the people, mostly not the one who is named, with day and moment."""
        others = [one for one in names if one != name]
        return self.by(*(names if not others or self.chance.random() < 0.1 else others))

    def payment(self, **only) -> Payment:
        """A payment that was not sent back."""
        rows = Payment.objects.filter(company=self.company, reverses=None, amount_minor__gt=0)
        return self.one(rows.filter(**only))
