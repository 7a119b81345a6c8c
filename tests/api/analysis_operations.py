"""The operations of analyses and benchmarks, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
FILE = (
    b"kpi,value,industry,region,period,source,published_on\n"
    b"dso,47.5,Wholesale,AT,2025,Trade body,2026-01-15\n"
)
ANALYSIS_OPERATIONS = {
    "list_analyses": (ALL,),
    "new_analysis": ("AMNF", lambda _ids, today: {"kind": "causes", "as_of": str(today)}),
    "show_course": (ALL,),
    "show_bridge": (ALL,),
    "show_bridge_customers": (ALL,),
    "show_causes": (ALL,),
    "show_rolls": (ALL,),
    "show_vintages": (ALL,),
    "show_curves": (ALL,),
    "show_own_benchmarks": (ALL,),
    "list_industry_figures": (ALL,),
    "new_industry_figure": (
        "MF",
        {
            "kpi": "dso",
            "value": "50",
            "industry": "Retail",
            "region": "EU",
            "period": "2025",
            "source": "Study, page 4",
            "published_on": "2026-01-15",
        },
    ),
    "end_industry_figure": ("MF",),
}
ANALYSIS_UPLOADS = {"upload_industry_figures": ("MF", FILE)}
