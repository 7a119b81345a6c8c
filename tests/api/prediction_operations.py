"""The operations of models, predictions, anomalies and experiments, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
PREDICTION_OPERATIONS = {
    "show_model": (ALL,),
    "start_training": ("AM",),
    "show_training": (ALL,),
    "list_checks": (ALL,),
    "list_versions": (ALL,),
    "show_version": (ALL,),
    "promote_version": ("M", {"reason": "knows the new customers"}),
    "reject_version": ("M", WHY),
    "list_predictions": (ALL,),
    "show_prediction": (ALL,),
    "show_logged_prediction": (ALL,),
    "show_outlook": (ALL,),
    "export_predictions": (ALL,),
    "show_forecast": (ALL,),
    "show_forecast_week": (ALL,),
    "show_cash_outlook": (ALL,),
    "show_cash_accuracy": (ALL,),
    "show_cash_levers": (ALL,),
    "show_cash_period": (ALL, None, {"kind": "cash_kind", "number": "cash_number"}),
    "show_process": (ALL,),
    "list_process_invoices": (ALL,),
    "show_invoice_course": (ALL,),
    "export_process_log": (ALL,),
    "list_scores": (ALL,),
    "count_bands": (ALL,),
    "show_score_moves": (ALL,),
    "show_score": (ALL,),
    "export_scores": (ALL,),
    "list_anomalies": (ALL,),
    "count_anomalies": (ALL,),
    "decide_on_anomaly": ("MK", {"status": "dismissed", "reason": "a yearly invoice"}),
    "export_anomalies": (ALL,),
    "list_experiments": (ALL,),
    "show_experiment": (ALL,),
    "new_experiment": (
        "M",
        lambda ids, today: {
            "name": "second",
            "kind": "holdout",
            "arms": [{"name": "chance", "share_ppm": 100_000}],
            "starts_on": str(today),
            "ends_on": str(today + timedelta(days=60)),
            "question": "What does a reminder bring?",
        },
    ),
    "begin_experiment": ("M",),
    "end_experiment": ("M", WHY, {"experiment_id": "running_id"}),
    "decide_on_experiment": (
        "M",
        {"verdict": "A call brings more."},
        {"experiment_id": "stopped_id"},
    ),
    "list_choices": (ALL,),
    "count_choices": (ALL,),
    "export_choices": (ALL,),
}
