"""What of payouts does not fit: each kind of break is found with its row, a clean book has none."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dunwell.engine.payout_checks import (
    OurMoney,
    ToldLine,
    ToldPayout,
    payout_findings,
    payout_sums,
)

TODAY = date(2026, 3, 31)
DAYS = 40
BREAKS = 50


def book(source: random.Random) -> tuple[list[ToldPayout], list[OurMoney]]:
    """Return payouts that add up, and the money they hold."""
    payouts, money = [], []
    for number in range(DAYS):
        lines = []
        for place in range(3):
            about, gross = f"payment:{number}-{place}", source.randrange(1_000, 90_000)
            lines.append(
                ToldLine(
                    line_id=f"l{number}-{place}",
                    kind="payment",
                    about=about,
                    currency="EUR",
                    amount_minor=gross,
                    fee_minor=gross // 70 + 25,
                )
            )
        back = lines[0].amount_minor // 3
        lines.append(
            ToldLine(
                line_id=f"l{number}-r",
                kind="refund",
                about=f"refund:{number}",
                currency="EUR",
                amount_minor=-back,
                fee_minor=0,
            )
        )
        net = sum(line.amount_minor - line.fee_minor for line in lines)
        payouts.append(
            ToldPayout(
                payout_id=f"po{number}",
                currency="EUR",
                net_minor=net,
                paid_on=TODAY - timedelta(days=DAYS - number),
                lines=tuple(lines),
                arrived_minor=net,
            )
        )
        money += [
            OurMoney(
                about=line.about,
                number=f"CK-{line.line_id}",
                currency="EUR",
                amount_minor=line.amount_minor,
                moved_on=payouts[-1].paid_on - timedelta(days=2),
            )
            for line in lines
        ]
    return payouts, money


def test_a_payout_that_adds_up_is_gross_less_fees_refunds_and_chargebacks() -> None:
    payouts, money = book(random.Random(1))

    for payout in payouts:
        sums = payout_sums(payout)
        assert sums.gross_minor - sums.fee_minor - sums.refund_minor == sums.net_minor
        assert sums.off_by_minor == 0
    assert payout_findings(payouts, money, as_of=TODAY) == ()


@pytest.mark.parametrize(
    ("flaw", "code"),
    [
        ("missing", "not_paid_out"),
        ("doubled", "twice"),
        ("cent_more", "amount"),
        ("cent_less", "amount"),
        ("currency", "currency"),
        ("late", "not_arrived"),
        ("other_arrived", "arrived_other"),
        ("net", "sum"),
        ("stranger", "unknown"),
    ],
)
def test_every_break_is_found_with_its_row(flaw: str, code: str) -> None:
    source = random.Random(flaw)
    found = 0
    for _ in range(BREAKS):
        payouts, money = book(source)
        number = source.randrange(DAYS - 20)
        place = source.randrange(3)
        payout = payouts[number]
        line = payout.lines[place]
        row = line.line_id
        if flaw == "missing":
            lines = tuple(one for one in payout.lines if one != line)
            net = payout.net_minor - line.amount_minor + line.fee_minor
            payout = replace(payout, lines=lines, net_minor=net, arrived_minor=net)
            row = ""
        elif flaw == "doubled":
            payout, row = add(payout, replace(line, line_id="again")), "again"
        elif flaw in {"cent_more", "cent_less"}:
            off = 1 if flaw == "cent_more" else -1
            payout = changed(payout, place, replace(line, amount_minor=line.amount_minor + off))
        elif flaw == "currency":
            payout = changed(payout, place, replace(line, currency="USD"))
        elif flaw == "late":
            payout, row = replace(payout, arrived_minor=None), ""
        elif flaw == "other_arrived":
            payout, row = replace(payout, arrived_minor=payout.net_minor - 1), ""
        elif flaw == "net":
            payout = replace(
                payout, net_minor=payout.net_minor + 1, arrived_minor=payout.net_minor + 1
            )
            row = ""
        else:
            payout, row = add(payout, replace(line, line_id="new", about="payment:?")), "new"
        payouts[number] = payout
        told = payout_findings(payouts, money, as_of=TODAY)
        found += any((one.code, one.line_id) == (code, row) for one in told)

    assert found == BREAKS


def add(payout: ToldPayout, line: ToldLine) -> ToldPayout:
    net = payout.net_minor + line.amount_minor - line.fee_minor
    return replace(payout, lines=(*payout.lines, line), net_minor=net, arrived_minor=net)


def changed(payout: ToldPayout, place: int, line: ToldLine) -> ToldPayout:
    lines = tuple(line if at == place else one for at, one in enumerate(payout.lines))
    off = line.amount_minor - payout.lines[place].amount_minor
    net = payout.net_minor + off
    return replace(payout, lines=lines, net_minor=net, arrived_minor=net)
