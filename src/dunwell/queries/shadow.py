"""What was decided in a span of days, as deeds that can be laid beside another process."""

from datetime import date

from dunwell.engine.shadow import Deed
from dunwell.models import Company, CreditHold, Message, Task


def our_deeds(company: Company, *, first: date, last: date) -> tuple[Deed, ...]:
    """Return what the strategies and the credit policy decided from `first` to `last`.

    Reminders and letters they wrote and did not take back, calls and letters they asked for,
    orders they held. What a person composed or held by hand is not theirs.
    """
    told = (
        Message.objects.filter(company=company, author="", as_of__range=(first, last))
        .exclude(status=Message.Status.CANCELLED)
        .values_list("customer__number", "channel", "as_of")
    )
    asked = (
        Task.objects.filter(
            company=company,
            as_of__range=(first, last),
            kind__in=(Task.Kind.CALL, Task.Kind.LETTER),
        )
        .exclude(status=Task.Status.CANCELLED)
        .values_list("customer__number", "kind", "as_of")
    )
    held = CreditHold.objects.filter(
        company=company, kind=CreditHold.Kind.AUTO, raised_on__range=(first, last)
    ).values_list("customer__number", "raised_on")
    return (
        *(
            Deed(customer=number, kind="letter" if channel == "letter" else "reminder", on=on)
            for number, channel, on in told
        ),
        *(Deed(customer=number, kind=kind, on=on) for number, kind, on in asked),
        *(Deed(customer=number, kind="hold", on=on) for number, on in held),
    )


def customers_by_number(company: Company) -> dict[str, tuple[int, str]]:
    """Return number -> (id, name) of the company's customers."""
    rows = company.customers.values_list("number", "id", "name")
    return {number: (key, name) for number, key, name in rows}
