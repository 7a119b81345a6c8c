"""What the steps of the cycle that can be handed to another engine have written."""


def _columns():
    from dunwell.models import Habit, KeptSlice, KpiValue

    return {
        KpiValue: ("as_of", "currency", "kpi", "value", "unit", "formula", "inputs"),
        KeptSlice: ("as_of", "dimension", "key", "currency", "values", "inputs"),
        Habit: ("customer__number", "label", "n_settled", "expected_days_late", "median_days_late",
                "share_late_ppm", "trend_days", "broken_promises", "last_payment_on", "details"),
    }  # fmt: skip


def kept(company):
    """The rows by model, without keys."""
    return {
        model.__name__: sorted(
            map(repr, model.objects.filter(company=company).values_list(*names))
        )
        for model, names in _columns().items()
    }


def forget(company):
    """Remove the rows, and the notes that the steps are done."""
    from dunwell.models import Run

    for model in (*_columns(), Run):
        model.objects.filter(company=company).delete()
