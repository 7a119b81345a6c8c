"""The operations of credit data and bureaus, for the table of all of them.

(roles that may, body, keys to use instead, is an upload, its file), as `operations.Call` takes.
"""

ALL = "AMCKDRNF"
SHEET = b"Line;2023\nRevenue;10\nTotal assets;5\n"
FEED = b"customer_number,score,reported_on\nBUREAU,5,2026-01-01\n"
BUREAU = {"name": "Gamma", "kind": "hand", "currency": "EUR", "cost_minor": 5_00}
CREDIT_DATA_OPERATIONS = {
    "show_credit_file": (ALL,),
    "new_credit_point": (
        "MN",
        lambda ids, today: {
            "name": "years_in_business", "value": 7, "source": "register", "on": str(today),
        },
    ),
    "new_financial_statement": (
        "MN",
        {
            "period_from": "2024-01-01", "period_to": "2024-12-31", "currency": "EUR",
            "lines": {"revenue": 1_000_00, "total_assets": 500_00},
        },
    ),
    "upload_financial_statements": ("MN", None, {}, True, SHEET),
    "new_bureau_pull": ("MN", {"purpose": "review"}),
    "new_bureau_consent": (
        "MN", lambda ids, today: {"given_on": str(today), "evidence": "signed form"},
    ),
    "drop_bureau_consent": ("MN",),
    "new_bureau_report": (
        "MN",
        lambda ids, today: {
            "bureau_id": ids["bureau_id"], "reported_on": str(today), "pd_ppm": 20_000,
        },
    ),
    "list_bureaus": (ALL,),
    "new_bureau": ("AM", BUREAU),
    "change_bureau": ("AM", {**BUREAU, "name": "Delta", "version": 1, "is_active": False}),
    "upload_bureau_reports": ("MN", None, {}, True, FEED),
    "list_bureau_pulls": (ALL,),
    "run_bureau_pulls": ("MN",),
    "list_bureau_costs": (ALL,),
}  # fmt: skip
