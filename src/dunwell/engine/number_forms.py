"""Document numbers and references brought to forms in which two spellings of one meet.

`INV-00123`, `inv 123` and `123/A` share the core `123`. What is compared is data: the
match of two numbers is one of MATCHES, never a bare yes.
"""

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame

ITEM_TEXTS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "number": Column(nw.String, "number of the document, empty text when unknown"),
    "reference": Column(nw.String, "the customer's order number, empty text when unknown"),
}
PAYMENT_TEXTS: Frame = {
    "payment_id": Column(nw.Int64, "key of the payment"),
    "number": Column(nw.String, "the bank's reference, empty text when unknown"),
    "payer": Column(nw.String, "name of the payer on the bank statement, empty when unknown"),
    "reference": Column(nw.String, "remittance text, empty text when unknown"),
}
MATCHES = ("same", "zeros", "prefix", "suffix", "transposed", "part", "other", "unknown")
"""How two numbers compare: equal but for case and marks; but for leading zeros; one lacks the
letters of the series; one has letters or a part behind; two neighbouring digits swapped; both
are parts of one (123-1, 123-2); different; one is empty."""

LONGEST_CORE = 18
"""Digits that fit in 64 bits; a longer core is compared as text only."""

SWAPS = 12
"""So many of the last digits are looked at for a swap."""


def plain_text(text: nw.Expr) -> nw.Expr:
    """Return letters and digits in upper case, nothing else; empty text for null."""
    return text.fill_null("").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")


def letters_and_digits(text: str) -> str:
    """Return a number (VAT, account) as it is compared: letters and digits alone, upper case."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def number_forms(number: nw.Expr) -> dict[str, nw.Expr]:
    """Return what `number_match` compares, as columns by name.

    `plain`: letters and digits; `core`: its digits without the leading zeros of each group
    and without a part behind; `head`, `tail`: letters before and after the digits; `stem`: the
    number without a last group of one or two signs, empty when no digit would be left.
    """
    upper = number.fill_null("").str.to_uppercase()
    plain = plain_text(number)
    stem = upper.str.replace_all(r"[^A-Z0-9]+[A-Z0-9]{1,2}$", "")
    has_stem = (stem != upper) & stem.str.contains("[0-9]")
    return {
        "plain": plain,
        "core": _core(upper),
        "stem_core": nw.when(has_stem).then(_core(stem)).otherwise(nw.lit("")),
        "head": plain.str.replace_all(r"[0-9].*$", ""),
        "tail": nw.when(plain.str.contains("[0-9]"))
        .then(plain.str.replace_all(r"^.*[0-9]", ""))
        .otherwise(nw.lit("")),
    }


FORMS = ("plain", "core", "stem_core", "head", "tail")


def number_match(*, other: str) -> nw.Expr:
    """Return how the number of a row compares with that in the columns ending in `other`.

    Needs the columns FORMS and their twins; the answer is one of MATCHES. Two different
    series (`DE-12`, `AT-12`) do not match.
    """
    mine = {name: nw.col(name) for name in FORMS}
    theirs = {name: nw.col(name + other) for name in FORMS}
    is_unknown = (mine["plain"] == "") | (theirs["plain"] == "")
    heads = (mine["head"] == "") | (theirs["head"] == "") | (mine["head"] == theirs["head"])
    tails = (mine["tail"] == "") | (theirs["tail"] == "") | (mine["tail"] == theirs["tail"])
    has_core = (mine["core"] != "") & (theirs["core"] != "")
    same_core = has_core & (mine["core"] == theirs["core"])
    one_stem = (mine["stem_core"] == theirs["core"]) | (mine["core"] == theirs["stem_core"])
    both_stems = (mine["stem_core"] != "") & (mine["stem_core"] == theirs["stem_core"])
    cases = (
        (is_unknown, "unknown"),
        (mine["plain"] == theirs["plain"], "same"),
        (~heads, "other"),
        (same_core & ~tails, "part"),
        (same_core & (mine["tail"] != theirs["tail"]), "suffix"),
        (same_core & (mine["head"] != theirs["head"]), "prefix"),
        (same_core, "zeros"),
        (has_core & one_stem, "suffix"),
        (both_stems, "part"),
        (has_core & _is_swapped(mine["core"], theirs["core"]), "transposed"),
    )
    answer = nw.lit("other")
    for is_case, name in reversed(cases):
        answer = nw.when(is_case).then(nw.lit(name)).otherwise(answer)
    return answer


def core_number(core: nw.Expr) -> nw.Expr:
    """Return the core as a whole number, empty when there is none or it is too long."""
    fits = (core.str.len_chars() > 0) & (core.str.len_chars() <= LONGEST_CORE)
    return nw.when(fits).then(core).cast(nw.Int64)


def _core(upper: nw.Expr) -> nw.Expr:
    parted = upper.str.replace_all("[^0-9]+", " ")
    return parted.str.replace_all(r"\b0+", "").str.replace_all(" ", "")


def _is_swapped(mine: nw.Expr, theirs: nw.Expr) -> nw.Expr:
    """Return whether two neighbouring digits changed places, and nothing else."""
    left, right = core_number(mine), core_number(theirs)
    swaps = []
    for place in range(SWAPS):
        ten = 10**place
        pair = left // ten % 100
        turned = pair % 10 * 10 + pair // 10
        swaps.append((turned != pair) & (left + (turned - pair) * ten == right))
    return nw.any_horizontal(*swaps, ignore_nulls=True)
