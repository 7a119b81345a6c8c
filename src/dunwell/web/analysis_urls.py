"""Addresses of the pages of analyses and benchmarks."""

from django.urls import URLPattern, path

from dunwell.web import analyses, analysis_exports, benchmarks, vintages

urlpatterns: list[URLPattern] = [
    path("", analyses.analysis_home, name="analysis-home"),
    path("order/", analyses.analysis_order, name="analysis-order"),
    path("course/", analyses.analysis_course, name="analysis-course"),
    path("bridge/", analyses.analysis_bridge, name="analysis-bridge"),
    path(
        "bridge/customers/", analyses.analysis_bridge_customers, name="analysis-bridge-customers"
    ),
    path("causes/", analyses.analysis_causes, name="analysis-causes"),
    path("causes/items/", analyses.analysis_cause_items, name="analysis-cause-items"),
    path("rolls/", vintages.analysis_rolls, name="analysis-rolls"),
    path("rolls/items/", vintages.analysis_roll_items, name="analysis-roll-items"),
    path("vintages/", vintages.analysis_vintages, name="analysis-vintages"),
    path("vintages/items/", vintages.analysis_vintage_items, name="analysis-vintage-items"),
    path("curves/", vintages.analysis_curves, name="analysis-curves"),
    path("export/<str:what>.<str:kind>", analysis_exports.analysis_export, name="analysis-export"),
    path("benchmarks/", benchmarks.benchmarks, name="benchmarks"),
    path("benchmarks/add/", benchmarks.industry_figure_add, name="industry-figure-add"),
    path("benchmarks/import/", benchmarks.industry_figure_import, name="industry-figure-import"),
    path(
        "benchmarks/<int:figure_id>/withdraw/",
        benchmarks.industry_figure_withdraw,
        name="industry-figure-withdraw",
    ),
]
