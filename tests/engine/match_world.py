"""Seeded worlds for cash application: books, payments as people write them, and what is true.

The shipped precision of the tiers is counted in these worlds and nowhere else. Run
`python -m tests.engine.match_precision` to write `engine/matching/precision_table.py` again.
Everything that makes a clerk's day is in here, at rates a little worse than usual: numbers
without zeros or with a slip, numbers of other items, order numbers nobody knows, names cut off,
shortened, or shared by sister companies, equal amounts, parts, discounts earned and not,
deductions told and untold, fees, too much, credit notes, advances, repeats, unrelated money.
"""

import random
from dataclasses import dataclass, field

import narwhals.stable.v2 as nw
import polars as pl

_HEADS = (
    "Crest Silver Harbor North Blue Granite Summit Cedar Falcon Atlas Vertex Orion Maple Iron "
    "Copper Titan Prairie Coast Beacon Aurora Zenith Sterling Redwood Willow Quartz Amber Delta "
    "Lotus Raven Solar Union Valley Walnut Yarrow Cobalt Dorset Ember Forge Grove Helix"
)
HEADS = _HEADS.split()
_TAILS = "line gate wood field stone bridge point view brook ridge mark water"
TAILS = _TAILS.split()
_TRADES = (
    "Logistics|Medical Supplies|Foods|Energy Partners|Construction|Electronics|Data Centers|"
    "Packaging|Textiles|Marine Services|Legal Associates|Pharmaceuticals|Consulting|"
    "Manufacturing|Hospitality Group|Telecom|Agricultural|Trading|Software Systems|Tools"
)
TRADES = _TRADES.split("|")
FORMS = ("GmbH", "Inc", "LLC", "Ltd", "Corp", "SARL", "BV", "AG", "", "")
NUMBERS = ("INV-{:05d}", "INV-2025-{:04d}", "{:07d}", "RE{:06d}", "F25/{:04d}", "SI-{:08d}")
TERMS = ("net 30", "2/10 net 30", "net 60", "3/10, 2/20, net 45", "", "", "2% 14 days, net 30")
FREIGHT = ("Freight overcharge", "Damaged goods", "Short shipment", "Pricing difference", "Rebate")
ADVANCES = ("Advance payment", "Deposit for order", "Prepayment", "Anzahlung")
SHORTER = {
    "Manufacturing": "Mfg",
    "Services": "Svcs",
    "Logistics": "Log",
    "Associates": "Assoc",
    "Electronics": "Elec",
    "Construction": "Constr",
    "Technologies": "Tech",
}
_KINDS = (
    "one 28,several 16,part 9,last_part 7,discount 6,late_discount 6,deduction 8,untold 5,fee 5,"
    "over 5,credit 9,balance 3,repeat 3,advance 4,unrelated 3,sister 3,refund 4,fx 2"
)
KINDS = {kind: int(share) for kind, share in (one.split() for one in _KINDS.split(","))}
"""What payments are for, with their shares."""
_DAYS = ("value_day", "issued_day", "due_day")
_AMOUNTS = ("amount_minor", "open_minor")


def columns(*names: str) -> dict[str, type[pl.DataType]]:
    """Return the columns with their types: days, amounts, texts."""
    return {n: pl.Int32 if n in _DAYS else pl.Int64 if n in _AMOUNTS else pl.String for n in names}


PAYMENTS = columns(
    "payment_id", "value_day", "amount_minor", "currency", "payer", "reference", "text"
)
ITEMS = columns(
    *("item_id", "number", "customer_id", "customer", "issued_day", "due_day"),
    *("amount_minor", "open_minor", "currency", "terms"),
)
LINES = columns("remittance_id", "payment_id", "item_ref", "amount_minor", "memo")


@dataclass(slots=True)
class World:
    """One book and its payments; `truth` says per payment which amount belongs on which item."""

    rng: random.Random
    items: list[dict] = field(default_factory=list)
    payments: list[dict] = field(default_factory=list)
    lines: list[dict] = field(default_factory=list)
    truth: dict[str, dict[str, int]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def frames(self) -> tuple[nw.LazyFrame, nw.LazyFrame, nw.LazyFrame]:
        """Return payments, items and remittance lines as frames."""
        made = ((self.payments, PAYMENTS), (self.items, ITEMS), (self.lines, LINES))
        frames = (nw.from_native(pl.DataFrame(r, schema=s).lazy()) for r, s in made)
        return tuple(frames)  # type: ignore[return-value]


def world(seed: int, *, customers: int = 40, payments: int = 120) -> World:
    """Return the world of a seed."""
    rng = random.Random(seed)
    made = World(rng)
    names = _names(rng, customers)
    style, is_round = rng.choice(NUMBERS), rng.random() < 0.5
    pool = [_amount(rng, is_round=True) for _ in range(12)]
    number = rng.choice((1, 1, 90, 4_000))
    for n, name in enumerate(names):
        count = min(1 + int(rng.paretovariate(1.1) * 1.6), 25)
        for _ in range(count):
            made.items.append(_item(rng, style.format(number), n, name, pool, is_round=is_round))
            number += rng.choice((1, 1, 1, 2, 9))
    rng.shuffle(made.items)
    used: set[str] = set()
    for n in range(payments):
        kind = rng.choices([*KINDS], [*KINDS.values()])[0]
        _pay(made, f"P{n:04d}", kind, used, pool)
    made.payments.sort(key=lambda one: one["value_day"])
    return made


def _names(rng: random.Random, count: int) -> list[str]:
    names: list[str] = []
    while len(names) < count:
        if names and rng.random() < 0.25:
            base = rng.choice(names)
            word = rng.choice(("Division {}", "North", "Europe", "Holding", "Plant {}"))
            name = f"{base} {word.format(rng.randint(2, 60))}"
        else:
            head = rng.choice(HEADS) + rng.choice((*TAILS, "", ""))
            name = f"{head} {rng.choice(TRADES)} {rng.choice(FORMS)}".strip()
        if name not in names:
            names.append(name)
    return names


def _amount(rng: random.Random, *, is_round: bool) -> int:
    size = rng.lognormvariate(8.0, 1.3)
    if is_round:
        step = 10 ** max(len(str(int(size))) - 3, 0)
        return max(int(size) // step * step, 50) * 100
    return max(int(size * 100), 500)


def _item(
    rng: random.Random, number: str, n: int, name: str, pool: list[int], *, is_round: bool
) -> dict:
    amount = rng.choice(pool) if rng.random() < (0.3 if is_round else 0.08) else None
    amount = amount or _amount(rng, is_round=is_round)
    if rng.random() < 0.04:
        amount = -max(amount // rng.randint(3, 12) - rng.randint(0, 99), 100)
    issued = 20_000 + rng.randint(0, 90)
    left = amount
    if amount > 0 and rng.random() < 0.04:
        left = amount * rng.randint(2, 8) // 10
    if rng.random() < 0.03:
        left = 0
    return {
        "item_id": number,
        "number": number,
        "customer_id": f"C{n:04d}",
        "customer": name,
        "issued_day": issued,
        "due_day": issued + rng.choice((14, 30, 30, 45, 60)),
        "amount_minor": amount,
        "open_minor": left,
        "currency": "EUR",
        "terms": rng.choice(TERMS),
    }


@dataclass(slots=True)
class Draft:
    """What a payment is meant to pay, before anybody writes it down."""

    chosen: list[dict]
    amounts: list[int]
    day: int
    memo: str = ""
    left: int = 0


def _pay(made: World, key: str, kind: str, used: set[str], pool: list[int]) -> None:
    """Add one payment of the kind with its remittance and its truth."""
    rng = made.rng
    free = [i for i in made.items if i["item_id"] not in used and i["open_minor"] > 0]
    if not free or (kind == "repeat" and not made.payments):
        return
    if kind == "repeat":
        _repeat(made, key)
        return
    one = rng.choice(free)
    draft = _draft(made, kind, one, free, used)
    if not draft.chosen:
        return
    truth = {i["item_id"]: a for i, a in zip(draft.chosen, draft.amounts, strict=True)}
    total = sum(draft.amounts) + draft.left
    numbers = [_written(rng, i["number"], made, kind) for i in draft.chosen]
    if kind in {"advance", "unrelated"}:
        is_common = rng.random() < 0.3
        truth, total = {}, rng.choice(pool) if is_common else rng.randint(1_000, 900_000)
        numbers = [f"INV-{rng.randint(900_000, 999_999)}"] if kind == "advance" else []
        draft.memo = rng.choice((*ADVANCES, "")) if kind == "advance" else ""
        draft.amounts, draft.left = [total], 0
    used |= set(truth)
    made.truth[key], made.kinds[key] = truth, kind
    payer = _payer(rng, one["customer"], made, kind)
    text = _remit(made, key, kind, draft, numbers)
    if kind == "sister" and rng.random() < 0.5:
        text = f"{text} on behalf of {one['customer']}".strip()
    made.payments.append(
        {
            "payment_id": key,
            "value_day": draft.day,
            "amount_minor": total,
            "currency": "EUR",
            "payer": payer,
            "reference": _bank_reference(rng, payer),
            "text": text,
        }
    )


def _repeat(made: World, key: str) -> None:
    """Pay again what was paid already."""
    rng = made.rng
    first = rng.choice(made.payments)
    again = {
        "payment_id": key,
        "value_day": first["value_day"] + rng.randint(1, 12),
        "reference": _bank_reference(rng, first["payer"]),
    }
    copies = [x for x in made.lines if x["payment_id"] == first["payment_id"]]
    made.payments.append({**first, **again})
    made.lines += [
        {**x, "payment_id": key, "remittance_id": key + x["remittance_id"]} for x in copies
    ]
    made.truth[key], made.kinds[key] = {}, "repeat"


def _draft(made: World, kind: str, one: dict, free: list[dict], used: set[str]) -> Draft:
    """Return which items a payment of the kind is meant for, and how much of each."""
    rng = made.rng
    mine = [i for i in free if i["customer_id"] == one["customer_id"] and i is not one]
    chosen = [one]
    if kind in {"several", "last_part"}:
        chosen += rng.sample(mine, min(len(mine), rng.choice((1, 1, 2, 3, 5))))
    if kind == "balance":
        chosen += mine
    draft = Draft(
        chosen, [i["open_minor"] for i in chosen], one["issued_day"] + rng.randint(3, 75)
    )
    credit = next(
        (
            i
            for i in made.items
            if i["customer_id"] == one["customer_id"]
            and i["open_minor"] < 0
            and i["item_id"] not in used
            and -i["open_minor"] < one["open_minor"]
        ),
        None,
    )
    if kind == "credit" and credit:
        draft.chosen.append(credit)
        draft.amounts.append(credit["open_minor"])
    if kind == "refund":
        draft.chosen = [credit] if credit else []
        draft.amounts = [credit["open_minor"]] if credit else []
    if draft.amounts:
        _shorten(rng, kind, one, draft)
    return draft


def _shorten(rng: random.Random, kind: str, one: dict, draft: Draft) -> None:
    """Make the draft pay less or more than is open, as the kind asks."""
    last = draft.amounts[-1]
    if kind in {"part", "last_part"}:
        draft.amounts[-1] = max(last * rng.randint(20, 80) // 100, 1)
        draft.memo = rng.choice(
            ("Partial payment", "Instalment 1 of 3", "Progress payment #2", "", "")
        )
    if kind in {"discount", "late_discount"}:
        rate = rng.choice((1, 2, 2, 3))
        if kind == "discount":
            one["terms"], draft.day = f"{rate}/10 net 30", one["issued_day"] + rng.randint(2, 10)
        draft.amounts = [last - (last * rate + 50) // 100]
        draft.memo = rng.choice((f"{rate}% discount taken", "Skonto", "early pay discount", ""))
    if kind in {"deduction", "untold"}:
        cut = max(last * rng.randint(2, 25) // 100 + rng.randint(0, 99), 1)
        draft.amounts = [max(last - cut, 1)]
        word = rng.choice(FREIGHT)
        told = f"{word} (-${cut / 100:.2f})" if rng.random() < 0.6 else f"less {word.lower()}"
        draft.memo = told if kind == "deduction" else ""
    if kind == "fee":
        draft.amounts = [max(last - rng.choice((500, 1_000, 1_500, 2_500)), 1)]
    if kind == "fx":
        draft.amounts = [last * rng.randint(985, 999) // 1000]
        draft.memo = f"USD {draft.amounts[0] // 90} @ 1.1{rng.randint(10, 99)}"
    if kind == "over":
        draft.left = rng.choice((1, 100, 1_000, 5_000, last // 10))
        draft.memo = rng.choice(("", "Payment on account"))


def _remit(made: World, key: str, kind: str, draft: Draft, numbers: list[str]) -> str:
    """Write the remittance as lines or return it as the bank's text; now and then say nothing."""
    rng = made.rng
    way = rng.choices(("lines", "text", "none"), (50, 32, 18))[0]
    if kind in {"part", "untold", "last_part", "over", "sister"} and way == "none":
        way = "lines"
    if way == "lines" and numbers:
        said = [*draft.amounts[:-1], draft.amounts[-1] + draft.left]
        if kind == "fee" and rng.random() < 0.5:
            said = [i["open_minor"] for i in draft.chosen]
        made.lines += [
            {
                "remittance_id": f"{key}-{n}",
                "payment_id": key,
                "item_ref": number,
                "amount_minor": amount,
                "memo": draft.memo if n == len(numbers) - 1 else "",
            }
            for n, (number, amount) in enumerate(zip(numbers, said, strict=True))
        ]
        return ""
    if way == "text":
        head = rng.choice(("", "PAYMENT", "Inv.", "Rg."))
        return " ".join([head, *numbers, draft.memo]).strip()
    return draft.memo if kind in {"advance", "discount"} else ""


def _payer(rng: random.Random, name: str, made: World, kind: str) -> str:
    """Return the payer's name as a bank would write it."""
    if kind == "sister":
        return rng.choice(made.items)["customer"]
    if kind == "unrelated":
        return rng.choice(("Interest and sundry", "Tax office", "", name))
    words = name.split()
    at = rng.randint(1, max(len(name) - 2, 1))
    initials = "".join(w[0] for w in words if w[0].isalpha()).upper()
    hub = rng.choice(("Treasury Center ", "Payments Hub ", "Factor Bank ")) + rng.choice("ABCDE")
    ways = {
        name: 40,
        name.upper(): 12,
        " ".join(words[: max(2, len(words) - 1)]): 10,
        " ".join(SHORTER.get(w, w) for w in words): 8,
        name[: rng.randint(12, 22)]: 6,
        initials: 8,
        name[:at] + name[at + 1 :]: 6,
        "": 3,
        hub: 7,
    }
    return rng.choices([*ways], [*ways.values()])[0]


def _written(rng: random.Random, number: str, made: World, kind: str) -> str:
    """Return the number as people write it, now and then wrong."""
    digits = "".join(c for c in number if c.isdigit())
    core = digits.lstrip("0") or "0"
    at = len(number) - rng.randint(2, 4)
    other = number if kind == "balance" else rng.choice(made.items)["number"]
    ways = (
        (number, 67),
        (number.replace("-", "").replace("/", ""), 8),
        (rng.choice(("Invoice #", "inv ", "Rechnung ", "No. ")) + core, 7),
        (digits, 4),
        (f"PO-{rng.randint(10_000, 99_999)}", 4),
        (other, 1),
        (number[:-1] + " " + number[-1], 3),
        (number[:at] + number[at + 1] + number[at] + number[at + 2 :], 3),
        (number[:at] + str(rng.randint(0, 9)) + number[at + 1 :], 3),
    )
    return rng.choices([way for way, _ in ways], [weight for _, weight in ways])[0]


def _bank_reference(rng: random.Random, payer: str) -> str:
    """Return what a bank puts into the reference: nothing, its own number, or the name again."""
    letters = "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(10))
    return rng.choice(
        (
            "",
            f"Wire Ref: {letters}",
            f"CK# {rng.randint(1_000, 1_999)}",
            f"ACH {payer}",
            f"EFT-{rng.randint(10_000_000, 99_999_999)}",
        )
    )
