"""Letters for the calls about them: one that waits, and a batch that was printed."""

from datetime import timedelta

from dunwell.queries.letters import letter_batches
from tests.actions.letter_rows import letter_to
from tests.conftest import add_customer


def keep_letters(company, tag="", *, today, at):
    """Add a letter that was taken and one that waits; return path parameter -> key.

    The second says another amount than is open: taking it withdraws it, whatever else holds
    letters back in these books.
    """
    on = {"as_of": today, "at": at}
    for name in ("taken", "waits"):
        customer = add_customer(
            company, f"POST{tag}{name}", country="DE", address="Weg 1, 10115 Berlin"
        )
        letter = letter_to(customer, f"POST{name}", **on)
        if name == "taken":
            type(letter).objects.filter(pk=letter.pk).update(
                status="claimed", claimed_at=at - timedelta(minutes=10), attempts=1
            )
    letter.decision["demand_minor"] = {"EUR": 1}
    letter.save(update_fields=["decision"])
    batch = letter_batches(company)[0]
    gone = letter_to(
        add_customer(company, f"POST{tag}gone", country="DE", address="Weg 1, 10115 Berlin"),
        "POSTgone",
        **on,
    )
    type(gone).objects.filter(pk=gone.pk).update(
        status="sent", claimed_at=at - timedelta(days=1), sent_at=at, attempts=1
    )
    return {"letter_batch_id": batch.id, "posted_letter_id": gone.pk}
