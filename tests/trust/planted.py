"""T24: bugs planted one by one in a module's source as it is imported; a named test must fail.

`python -m tests.trust.planted NAME` runs the named test with the bug in place and exits with
pytest's code: 1 where the test caught it. Nothing on disk is changed; processes the test starts
have the bug too (see `tests/__init__.py`).
"""

import importlib.machinery
import importlib.util
import os
import sys
from dataclasses import dataclass

VARIABLE = "PLANTED_BUG"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bug:
    """A piece of a module's source, what a careless change makes of it, and who must notice."""

    module: str
    was: str
    now: str
    test: str
    is_slow: bool = False
    """Whether the test starts servers or many processes: the long tier alone."""


def _bug(module: str, was: str, now: str, test: str, *, is_slow: bool = False) -> Bug:
    return Bug(module=f"dunwell.{module}", was=was, now=now, test=f"tests/{test}", is_slow=is_slow)


_HISTORY = "trust/test_t1_simulator.py::test_t1_one_seed_is_one_history"
_PAYMENTS = "actions/test_payments.py::test_a_cent_too_much_is_refused_with_the_figures"
_SHARE = "engine/test_money.py::test_a_share_is_exact_and_rounds_half_away_from_zero"
_FRAMES = "trust/test_t21_money.py::test_t21_frames_round_as_whole_numbers_do"
_PARTS = "trust/test_t21_money.py::test_t21_parts_sum_to_the_whole"
_FORGED = "connectors/test_payment_stripe.py::test_five_hundred_bad_signatures_are_all_refused"

BUGS = {
    # what opens
    "cbc_without_a_signature_around_it": _bug(
        "formats.saml_encryption",
        "if cipher in CBC and not is_signed:",
        "if cipher in CBC and is_signed is None:",
        "trust/test_saml_encrypted.py"
        "::test_a6_8_2_aes_cbc_is_not_opened_where_nobody_signed_what_is_encrypted",
    ),
    # the past
    "what_came_later_is_known": _bug(
        "engine.ledger",
        'return frame.filter(nw.col("recorded_day") <= day_number(on))',
        'return frame.filter(nw.col("recorded_day") <= day_number(date.max))',
        "trust/test_t19_history.py::test_t19_every_night_is_worked_out_again_to_the_cent",
        is_slow=True,
    ),
    # money
    "part_rounds_down": _bug(
        "engine.money",
        "whole = (2 * abs(product) + abs(denominator)) // (2 * abs(denominator))",
        "whole = abs(product) // abs(denominator)",
        "trust/test_t21_money.py::test_t21_a_part_is_the_exact_fraction_rounded_once",
    ),
    "share_in_64_bits": _bug(
        "engine.money",
        "doubled = amount.cast(nw.Int128).abs() * numerator.cast(nw.Int128) * 2",
        "doubled = (amount.abs() * numerator * 2).cast(nw.Int128)",
        _SHARE,
    ),
    "share_in_floats": _bug(
        "engine.money",
        "rounded = (doubled + below) // (below * 2)",
        "rounded = (amount.abs() * (numerator / whole)).round().cast(nw.Int128)",
        _FRAMES,
    ),
    "every_currency_has_hundredths": _bug(
        "engine.money",
        "return MINOR_DIGITS.get(currency, 2)",
        "return 2",
        "engine/test_money.py::test_minor_units_follow_the_currency",
    ),
    "finer_amounts_rounded_silently": _bug(
        "engine.money",
        "if amount != from_minor(whole, currency):",
        "if amount < from_minor(whole, currency):",
        "engine/test_money.py::test_an_amount_finer_than_its_currency_is_refused",
    ),
    "settlement_loses_cents": _bug(
        "engine.settlements",
        "for place in order[: total_minor - sum(floors)]:",
        "for place in order[:0]:",
        _PARTS,
    ),
    "allowance_parts_rounded_alone": _bug(
        "engine.provisions",
        "parts.append(upto - before)",
        "parts.append(part(total_minor, weight, whole) if whole else 0)",
        _PARTS,
    ),
    "commission_and_net_rounded_alone": _bug(
        "engine.commissions",
        "net_minor=gross_minor - commission,",
        "net_minor=part(gross_minor, PPM - rate_ppm, PPM),",
        _PARTS,
    ),
    "rate_of_tomorrow": _bug(
        "engine.fx",
        'rates.filter(nw.col("day") <= day_number(as_of))',
        'rates.filter(nw.col("day") <= day_number(as_of) + 999)',
        "engine/test_fx.py::test_the_rate_in_force_is_the_latest_one_not_after_the_day",
    ),
    "year_of_360_days": _bug(
        "engine.charges.interest",
        'below = (nw.col("year_days") * PPM).cast(nw.Int128)',
        'below = (nw.col("year_days") * 0 + 360 * PPM).cast(nw.Int128)',
        "engine/test_charges.py::test_statutory_interest_of_10_000_comes_out_to_the_cent",
    ),
    "interest_without_its_cap": _bug(
        "engine.charges.interest",
        'nw.min_horizontal("running", most)',
        'nw.max_horizontal("running", most)',
        "engine/test_charge_laws.py::test_interest_is_capped_over_the_whole_time",
    ),
    "tier_begins_a_day_late": _bug(
        "engine.commissions",
        "for tier in tiers if tier.from_days <= age][-1]",
        "for tier in tiers if tier.from_days < max(age, 1)][-1]",
        "engine/test_commissions.py::test_the_rate_is_that_of_the_tier_the_age_has_reached",
    ),
    # days
    "month_ends_on_the_28th": _bug(
        "engine.calendars",
        "min(on.day, monthrange(year, month)[1])",
        "min(on.day, 28)",
        "trust/test_t12_time.py::test_t12_months_later",
    ),
    "no_holidays": _bug(
        "engine.calendars",
        "return closed.is_working_day(on)",
        "return on.weekday() < SATURDAY",
        "engine/test_calendars.py::test_business_days_follow_the_country",
    ),
    "today_in_utc": _bug(
        "clock",
        "timezone.now().astimezone(ZoneInfo(zone)).date()",
        "timezone.now().date()",
        "trust/test_t12_time.py::test_t12_the_day_of_a_company",
    ),
    "one_zone_of_a_wide_country": _bug(
        "engine.contact_rules.zones",
        "        return (home_zone,)\n    return found\n",
        "        return (home_zone,)\n    return found[:1]\n",
        "trust/test_t12_time.py::test_t12_every_zone_of_a_person_counts",
    ),
    "bucket_edge_off_by_one": _bug(
        "engine.aging",
        'is_later = nw.col("days_past_due") > edge',
        'is_later = nw.col("days_past_due") >= edge',
        "engine/test_aging.py::test_the_bucket_of_a_due_date",
    ),
    "quiet_hours_ignored": _bug(
        "engine.chase",
        "is_open = (minute >= policy.open_minute) & (minute < policy.close_minute)",
        "is_open = minute >= 0",
        "engine/test_chase.py::test_the_edges",
    ),
    "contact_cap_off_by_one": _bug(
        "engine.chase",
        "cap < policy.contact_cap, cap",
        "cap <= policy.contact_cap, cap",
        "engine/test_chase.py::test_each_reason_stands_alone",
    ),
    "opt_out_ignored": _bug(
        "engine.chase",
        '(~nw.col("is_opted_out"), none, none)',
        '(~nw.col("is_opted_out") | True, none, none)',
        "engine/test_chase.py::test_each_reason_stands_alone",
    ),
    # what comes from outside
    "unsigned_payment_event": _bug(
        "connectors.payment_stripe", "if not any(matches):", "if not matches:", _FORGED
    ),
    "stale_payment_event": _bug(
        "connectors.payment_stripe", "> TOLERANCE_SECONDS:", "> 10**12:", _FORGED
    ),
    "unsigned_carrier_report": _bug(
        "formats.webhook_letters",
        "if not any(fits):",
        "if not fits:",
        "portal/test_delivery_hooks.py",
    ),
    "doctype_in_an_invoice": _bug(
        "formats.einvoice.elements",
        "if root.getroottree().docinfo.doctype:",
        "if False:",
        "formats/einvoice/test_reading.py::test_a_document_type_is_refused_and_nothing_is_fetched",
    ),
    "formula_in_a_table": _bug(
        "formats.exports",
        'RISKY = ("=", "+", "-", "@", "\\t", "\\r", "\\n", "\\0")',
        'RISKY = ("=",)',
        "formats/test_exports.py::test_a_formula_becomes_text_in_both_formats",
    ),
    "webhook_into_the_house": _bug(
        "connectors.webhook_http",
        "return address.is_global and not address.is_multicast",
        "return True",
        "connectors/test_webhook_http.py::"
        "test_an_address_inside_or_of_another_kind_is_refused_for_good_without_a_socket",
    ),
    "mail_id_as_a_path": _bug(
        "connectors.outbox_files",
        "_SAFE.sub('_', message_id.strip('<>'))",
        "message_id.strip('<>')",
        "connectors/test_outbox_files.py::test_no_id_leads_out_of_the_folder",
    ),
    "any_digits_are_a_card": _bug(
        "engine.matching.check_digits",
        "return (sum(map(int, digits[::-2])) + doubled) % 10 == 0",
        "return True",
        "engine/test_card_numbers.py",
    ),
    "wrong_check_digits": _bug(
        "engine.creditor_references",
        "RF{98 - modulo_97(",
        "RF{97 - modulo_97(",
        "engine/test_creditor_references.py::test_the_example_of_the_standard_comes_out",
    ),
    # books
    "no_cap_on_the_item": _bug(
        "actions.allocations",
        "        if amount > open_minor:\n",
        "        if False:\n",
        _PAYMENTS,
    ),
    "no_cap_on_the_payment": _bug(
        "actions.payments", "> locked.unapplied_minor:", "> 10**18:", _PAYMENTS
    ),
    "no_lock_on_the_payment": _bug(
        "actions.allocations",
        "Payment.objects.select_for_update(no_key=True)",
        "Payment.objects.all()",
        "journeys/test_ledger_at_once.py::test_eight_at_once_never_over_allocate",
        is_slow=True,
    ),
    "open_items_not_kept": _bug(
        "actions.allocations",
        "refresh_open_items(company=company, items=sorted({row.item_id for row in written}))",
        "refresh_open_items(company=company, items=[])",
        _HISTORY,
    ),
    "chain_without_its_link": _bug(
        "actions.events",
        "        previous_hash=head.hash,\n        hash=digest,",
        '        previous_hash="0" * 64,\n        hash=digest,',
        _HISTORY,
    ),
    "closed_period_takes_money": _bug(
        "actions.entries",
        "if lock is None or lock.until_on is None:",
        "if True:",
        "actions/test_periods.py::test_a_closed_period_takes_no_payment_and_says_what_to_do",
    ),
    # who may
    "two_eyes": _bug(
        "actions.four_eyes",
        "if person(author) != person(actor.name):",
        "if True:",
        "actions/test_refunds.py::test_who_proposed_does_not_approve",
    ),
    "token_is_somebody_else": _bug(
        "actions.four_eyes",
        'return name.partition(" via ")[0]',
        "return name",
        "trust/test_t24_planted.py::test_t24_a_token_is_its_owner",
    ),
    "refund_to_any_account": _bug(
        "actions.refunds",
        "if payee.status != Payee.Status.APPROVED:",
        "if False:",
        "actions/test_refunds.py::test_the_payee_must_be_approved_and_of_the_customer",
    ),
    "no_company_asked": _bug(
        "actions.gate",
        "if record.company_id != actor.company.pk:",
        "if False:",
        "actions/test_disputes.py::test_another_companys_item_is_refused",
    ),
    "no_right_asked": _bug(
        "actions.gate",
        "if right not in self.rights:",
        "if False:",
        "actions/test_outbox.py::test_who_may_not_send_claims_nothing",
    ),
    "token_above_its_owner": _bug(
        "actions.gate",
        "rights=owner.rights & frozenset(token.rights),",
        "rights=frozenset(token.rights),",
        "actions/test_rights.py::test_a_token_never_has_more_rights_than_its_owner_now",
    ),
    "sign_in_link_works_again": _bug(
        "actions.users",
        "token_hash=hashed(token), used_at=None, expires_at__gt=at,",
        "token_hash=hashed(token), expires_at__gt=at,",
        "actions/test_users.py::test_a_link_works_once_within_its_hour_and_is_stored_as_a_hash",
    ),
    "sign_in_link_never_ends": _bug(
        "actions.users",
        "token_hash=hashed(token), used_at=None, expires_at__gt=at,",
        "token_hash=hashed(token), used_at=None,",
        "actions/test_users.py::test_a_link_works_once_within_its_hour_and_is_stored_as_a_hash",
    ),
    # again and at once
    "key_of_another_request": _bug(
        "actions.answers",
        "if known.request_hash != request_hash:",
        "if False:",
        "actions/test_answers.py::test_a_key_of_another_request_is_refused_and_nothing_is_done",
    ),
    "keys_of_all_callers_meet": _bug(
        "actions.answers",
        'f"{actor.name}\\0{key}"',
        'f"{key}"',
        "actions/test_answers.py::test_callers_and_companies_do_not_meet_in_a_key",
    ),
    "mail_of_another_company": _bug(
        "actions.outbox",
        "Message.objects.filter(company=actor.company, channel__in=channels, id__gt=after)",
        "Message.objects.filter(channel__in=channels, id__gt=after)",
        "actions/test_outbox.py::test_messages_of_another_company_are_never_seen",
    ),
    "mail_not_claimed": _bug(
        "actions.outbox",
        "status=Status.CLAIMED, claimed_at=at",
        "status=status, claimed_at=at",
        "actions/test_outbox.py::test_a_claimed_message_is_not_claimed_again",
    ),
}


class _Loader(importlib.machinery.SourceFileLoader):
    """Reads a module's source, with the bug in it, past every cache."""

    bug: Bug

    def path_stats(self, path: str) -> dict[str, object]:
        raise OSError("never from or into a cache")

    def get_data(self, path: str) -> bytes:
        text = super().get_data(path).decode()
        if text.count(self.bug.was) != 1:
            raise ValueError(f"{self.bug.module} no longer holds once: {self.bug.was}")
        return text.replace(self.bug.was, self.bug.now).encode()


class _Finder:
    """Finds one module before everybody else does."""

    def __init__(self, bug: Bug) -> None:
        self.bug = bug

    def find_spec(self, name, path=None, target=None):
        if name != self.bug.module:
            return None
        found = importlib.machinery.PathFinder.find_spec(name, path)
        loader = _Loader(name, found.origin)
        loader.bug = self.bug
        return importlib.util.spec_from_file_location(name, found.origin, loader=loader)


def plant(name: str) -> None:
    """Put a bug into this process, before its module is imported."""
    bug = BUGS[name]
    if bug.module in sys.modules:
        raise RuntimeError(f"{bug.module} was imported already")
    sys.meta_path.insert(0, _Finder(bug))


def main(name: str) -> int:
    """Run the test that must notice, with the bug; return pytest's exit code."""
    import pytest

    os.environ[VARIABLE] = name
    plant(name)
    return int(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", BUGS[name].test]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
