"""A reader of a few messages, for tests that need one quickly."""

from dataclasses import replace
from functools import cache

from dunwell.ml.intents.fit import fit
from dunwell.ml.intents.messages import Labelled

LESSONS = (
    ("paid_already", "terse", "We paid this invoice last week."),
    ("paid_already", "chatty", "Hi, that was already paid by bank transfer!"),
    ("paid_already", "formal", "Payment has been made, please check your account."),
    ("promise", "terse", "We will pay on Friday."),
    ("promise", "chatty", "Sorry, I'll transfer it next Monday, promise!"),
    ("promise", "formal", "The invoice will be paid with our next payment run."),
    ("dispute", "terse", "Wrong price, goods damaged."),
    ("dispute", "chatty", "Hi, half of it was broken, we want a credit note!"),
    ("dispute", "formal", "The quantity charged does not agree with the delivery note."),
    ("other", "terse", "Thank you."),
    ("other", "chatty", "Hi, what are your opening hours at Christmas?"),
    ("other", "formal", "Please send us your current catalogue and price list."),
)


def small_lessons():
    """Twelve messages: four labels in three manners."""
    return tuple(
        Labelled(text=text, labels=(label,), language="en", style=style)
        for label, style, text in LESSONS
    )


@cache
def _fitted():
    return fit(small_lessons())


def small_reader(**changes):
    """A reader of the twelve messages, sure of everything unless told otherwise."""
    return replace(_fitted(), **changes)
