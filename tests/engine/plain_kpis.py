"""The figures of one currency, recomputed row by row in plain Python, without frames."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from dunwell.engine.calendars import day_date, day_number
from tests.engine.ledgers import Rows


class Plain:
    """The figures of one currency, recomputed row by row without frames."""

    def __init__(self, rows: Rows, currency: str, as_of: date, window_days: int) -> None:
        self.day, self.window = day_number(as_of), window_days
        self.as_of = as_of
        self.items = [r for r in rows.items if r["currency"] == currency]
        mine = {r["item_id"] for r in self.items}
        self.booked = defaultdict(list)
        for row in rows.allocations:
            self.booked[row["item_id"]].append(row)
        self.promises = [r for r in rows.promises if r["item_id"] in mine]
        self.disputes = [r for r in rows.disputes if r["item_id"] in mine]

    def open_of(self, item: dict, day: int) -> int:
        if item["issued_day"] > day:
            return 0
        return item["amount_minor"] - sum(
            a["amount_minor"] for a in self.booked[item["item_id"]] if a["applied_day"] <= day
        )

    def owed(self, day: int, low: int = -99_999, high: int = 99_999) -> int:
        return sum(self.open_of(i, day) for i in self.items if low <= day - i["due_day"] <= high)

    def sales(self, first: int, last: int) -> int:
        return sum(
            i["amount_minor"]
            for i in self.items
            if i["kind"] in ("invoice", "credit_note") and first <= i["issued_day"] <= last
        )

    def figures(self) -> dict[str, Fraction | None]:
        day, window = self.day, self.window
        begin, end = self.owed(day - window), self.owed(day)
        current, overdue = self.owed(day, high=0), self.owed(day, low=1)
        sales = self.sales(day - window + 1, day)
        collected = self.settlements(("payment",))
        given_up = self.settlements(("adjustment", "write_off", "small_balance"))
        months = max(1, round(window * 12 / 365))
        monthly = Fraction(sales, months)
        kept, judged = self.judged_promises()
        cycles = sorted(
            d["closed_day"] - d["opened_day"]
            for d in self.disputes
            if d["closed_day"] is not None and day - window < d["closed_day"] <= day
        )
        paid = self.paid()
        weight = sum(a for a, _, _ in paid)
        return {
            "dso": over(end * window, sales),
            "best_possible_dso": over(current * window, sales),
            "average_days_delinquent": over(overdue * window, sales),
            "countback_dso": self.countback(end),
            "cei_period": over(100 * (begin + sales - end), begin + sales - current),
            "cei_monthly": over(100 * (begin + monthly - end), begin + monthly - current),
            "recovery_rate": over(100 * collected, begin + sales),
            "turnover": over(730 * sales, (begin + end) * window),
            "turnover_days": over((begin + end) * window, 2 * sales),
            "current_share": over(100 * current, end),
            "overdue_share": over(100 * overdue, end),
            "bad_debt_to_sales": over(100 * given_up, sales),
            "write_off_rate": over(100 * given_up, end),
            "average_days_to_pay": over(sum(a * pay for a, pay, _ in paid), weight),
            "average_days_to_pay_simple": over(sum(pay for _, pay, _ in paid), len(paid)),
            "average_days_late": over(sum(a * late for a, _, late in paid), weight),
            "average_days_late_floored": over(
                sum(a * max(0, late) for a, _, late in paid), weight
            ),
            "promises_kept_by_count": over(100 * len(kept), len(judged)),
            "promises_kept_by_amount": over(100 * sum(kept), sum(judged)),
            "dispute_days_mean": over(sum(cycles), len(cycles)),
            "dispute_days_median": (
                Fraction(cycles[(len(cycles) - 1) // 2] + cycles[len(cycles) // 2], 2)
                if cycles
                else None
            ),
            "concentration": self.concentration(),
            **self.rolls(),
            **self.undisputed(begin, end, current, sales),
            **self.risks(end),
        }

    def disputed(self, day: int, high: int = 99_999) -> int:
        """What is disputed at the end of a day, per item at most what is open."""
        total = 0
        for item in self.items:
            asked = sum(
                d["amount_minor"]
                for d in self.disputes
                if d["item_id"] == item["item_id"]
                and d["opened_day"] <= day
                and (d["closed_day"] is None or d["closed_day"] > day)
            )
            if asked and day - item["due_day"] <= high:
                total += min(asked, self.open_of(item, day))
        return total

    def undisputed(self, begin: int, end: int, current: int, sales: int) -> dict:
        off, then = self.disputed(self.day), self.disputed(self.day - self.window)
        left = begin - then + sales
        current -= self.disputed(self.day, high=0)
        return {
            "dso_undisputed": over((end - off) * self.window, sales),
            "cei_undisputed": over(100 * (left - end + off), left - current),
        }

    def risks(self, end: int) -> dict[str, Fraction | None]:
        first = self.as_of.replace(day=1)
        while first + timedelta(days=90) > self.as_of + timedelta(days=1):
            first = (first - timedelta(days=1)).replace(day=1)
        low = day_number((first - timedelta(days=1)).replace(day=1))
        high = day_number(first) - 1
        billed = [
            i
            for i in self.items
            if i["kind"] in ("invoice", "credit_note") and low <= i["issued_day"] <= high
        ]
        ever = [
            (a["source"], a["amount_minor"])
            for i in self.items
            if i["issued_day"] <= self.day
            for a in self.booked[i["item_id"]]
            if a["applied_day"] <= self.day and a.get("source") in ("write_off", "recovery")
        ]
        lost = sum(n for source, n in ever if source == "write_off")
        back = -sum(n for source, n in ever if source == "recovery")
        unpaid = sum(self.open_of(i, high + 90) for i in billed)
        return {
            "delinquency_rate": over(100 * self.owed(self.day, low=31), end),
            "at_risk": over(100 * unpaid, sum(i["amount_minor"] for i in billed)),
            "write_off_recovery": over(100 * back, lost),
            "collection_progress": self.progress(),
        }

    def progress(self) -> Fraction | None:
        asked: dict[int, int] = defaultdict(int)
        for item in self.items:
            left = self.open_of(item, self.day)
            if left > 0 and item["due_day"] < self.day:
                off = sum(
                    d["amount_minor"]
                    for d in self.disputes
                    if d["item_id"] == item["item_id"]
                    and d["opened_day"] <= self.day
                    and (d["closed_day"] is None or d["closed_day"] > self.day)
                )
                asked[item["customer_id"]] += max(left - off, 0)
        promised: dict[int, int] = defaultdict(int)
        for customer_id, left in self.still_promised():
            promised[customer_id] += left
        told = sum(max(min(n, asked[key]), 0) for key, n in promised.items())
        return over(100 * told, sum(asked.values()))

    def settlements(self, sources: tuple[str, ...]) -> int:
        return sum(
            a["amount_minor"]
            for i in self.items
            for a in self.booked[i["item_id"]]
            if a.get("source", "payment") in sources
            and self.day - self.window < max(a["applied_day"], i["issued_day"])
            and max(a["applied_day"], i["issued_day"]) <= self.day
        )

    def countback(self, left: int) -> Fraction | None:
        sold = [i["issued_day"] for i in self.items if i["kind"] in ("invoice", "credit_note")]
        days, last = Fraction(0), self.as_of
        if left < 0:
            return None
        while left:
            if not sold or day_number(last) < min(sold):
                return None
            first = last.replace(day=1)
            sales = self.sales(day_number(first), day_number(last))
            if 0 < left < sales:
                return days + Fraction(left * ((last - first).days + 1), sales)
            left, days, last = left - sales, days + (last - first).days + 1, first - timedelta(1)
        return days

    def paid(self) -> list[tuple[int, int, int]]:
        found = []
        for item in self.items:
            booked = [a for a in self.booked[item["item_id"]] if a["applied_day"] <= self.day]
            money = [a for a in booked if a.get("source", "payment") == "payment"]
            if (
                item["issued_day"] <= self.day
                and item["amount_minor"] > 0
                and self.open_of(item, self.day) == 0
                and sum(a["amount_minor"] for a in money) > 0
                and max(a["applied_day"] for a in booked) > self.day - self.window
            ):
                on = max(a["value_day"] for a in money if a["amount_minor"] > 0)
                found.append((item["amount_minor"], on - item["issued_day"], on - item["due_day"]))
        return found

    def judged_promises(self) -> tuple[list[int], list[int]]:
        kept, judged = [], []
        for promise, last, ended, paid, credit in self.promised():
            is_covered = paid + credit >= promise["amount_minor"]
            if not self.day - self.window < last <= self.day:
                continue
            if is_covered and paid:
                kept.append(promise["amount_minor"])
                judged.append(promise["amount_minor"])
            elif not is_covered and (ended is None or ended > last) and last < self.day:
                judged.append(promise["amount_minor"])
        return kept, judged

    def still_promised(self) -> list[tuple[int, int]]:
        """Customer and what is still to come of every promise whose day has not passed."""
        return [
            (promise["customer_id"], promise["amount_minor"] - paid - credit)
            for promise, last, ended, paid, credit in self.promised()
            if last >= self.day
            and (ended is None or ended > last)
            and paid + credit < promise["amount_minor"]
        ]

    def promised(self) -> list[tuple[dict, int, int | None, int, int]]:
        """Every promise by the day: its last day, its end, and money and credit in time."""
        found = []
        for promise in self.promises:
            last = promise["due_day"] + promise["tolerance_days"]
            ended = promise["withdrawn_day"]
            if ended is not None and ended > self.day:
                ended = None
            until = last if ended is None else min(last, ended)
            money, credit, day_of = defaultdict(int), 0, {}
            for a in self.booked[promise["item_id"]]:
                if a["applied_day"] > self.day:
                    continue
                if a.get("source", "payment") == "payment":
                    key = a["payment_id"]
                    money[key] += a["amount_minor"]
                    day_of[key] = min(day_of.get(key, a["value_day"]), a["value_day"])
                elif a["source"] == "credit" and promise["made_day"] <= a["value_day"] <= until:
                    credit += a["amount_minor"]
            paid = sum(m for k, m in money.items() if promise["made_day"] <= day_of[k] <= until)
            paid = min(max(paid, 0), promise["amount_minor"])
            if promise["made_day"] <= self.day:
                found.append((promise, last, ended, paid, credit))
        return found

    def concentration(self) -> Fraction | None:
        owed = defaultdict(int)
        for item in self.items:
            owed[item["customer_id"]] += self.open_of(item, self.day)
        debts = [amount for amount in owed.values() if amount > 0]
        return over(sum(Fraction(100 * d, sum(debts)) ** 2 for d in debts), 1) if debts else None

    def rolls(self) -> dict[str, Fraction | None]:
        lows = [(-99_999, 0), (1, 30), (31, 60), (61, 90), (91, 99_999)]
        then, answers = self.day - 30, {}
        for n, name in enumerate(("not_due", "1_30", "31_60", "61_90")):
            before = [
                i
                for i in self.items
                if lows[n][0] <= then - i["due_day"] <= lows[n][1] and self.open_of(i, then) > 0
            ]
            moved = sum(
                self.open_of(i, self.day)
                for i in before
                if lows[n + 1][0] <= self.day - i["due_day"] <= lows[n + 1][1]
            )
            answers[f"roll_{name}"] = over(100 * moved, sum(self.open_of(i, then) for i in before))
        return answers


def over(above: Fraction | int, below: Fraction | int) -> Fraction | None:
    return Fraction(above) / below if below > 0 else None


def sales_weighted(plain: Plain) -> Fraction | None:
    """The sales-weighted DSO by month of sale."""
    sold, left, months = defaultdict(int), defaultdict(int), set()
    for item in plain.items:
        if item["kind"] in ("invoice", "credit_note") and item["issued_day"] <= plain.day:
            month = day_date(item["issued_day"]).replace(day=1)
            sold[month] += item["amount_minor"]
            left[month] += plain.open_of(item, plain.day)
            months.add(month)
    weighed = [m for m in months if sold[m] > 0]
    ends = {m: min((m + timedelta(31)).replace(day=1) - timedelta(1), plain.as_of) for m in months}
    total = sum(Fraction(left[m] * ((ends[m] - m).days + 1), sold[m]) for m in weighed)
    return Fraction(total) if weighed else None
