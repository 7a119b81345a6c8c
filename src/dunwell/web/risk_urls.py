"""Addresses of portfolio risk, under /risk/."""

from django.urls import path

from dunwell.web import (
    concentrations,
    customer_sectors,
    rebalancing,
    risk_appetite,
    risk_signals,
    risk_stress,
)

urlpatterns = [
    path("", concentrations.risk_home, name="risk"),
    path("export.<str:kind>", concentrations.risk_export, name="risk-export"),
    path("by/<str:dimension>/", concentrations.risk_dimension, name="risk-dimension"),
    path("by/<str:dimension>/customers/", concentrations.risk_part, name="risk-part"),
    path(
        "by/<str:dimension>/customers/export.<str:kind>",
        concentrations.risk_part_export,
        name="risk-part-export",
    ),
    path("sector/<int:customer_id>/", customer_sectors.customer_sector, name="risk-sector"),
    path("appetite/", risk_appetite.appetite_home, name="risk-appetite"),
    path("appetite/new/", risk_appetite.appetite_new, name="risk-appetite-new"),
    path("appetite/<int:statement_id>/", risk_appetite.appetite_statement, name="risk-statement"),
    path(
        "appetite/<int:statement_id>/statement.pdf",
        risk_appetite.appetite_statement_pdf,
        name="risk-statement-pdf",
    ),
    path("stress/", risk_stress.risk_stress, name="risk-stress"),
    path("stress/save/", risk_stress.risk_stress_save, name="risk-stress-save"),
    path("stress/export.<str:kind>", risk_stress.risk_stress_export, name="risk-stress-export"),
    path("stress/<int:scenario_id>/end/", risk_stress.risk_stress_end, name="risk-stress-end"),
    path("rebalancing/", rebalancing.risk_rebalancing, name="risk-rebalancing"),
    path(
        "rebalancing/export.<str:kind>",
        rebalancing.risk_rebalancing_export,
        name="risk-rebalancing-export",
    ),
    path("signals/", risk_signals.signal_list, name="risk-signals"),
    path("signals/export.<str:kind>", risk_signals.signals_export, name="risk-signals-export"),
    path("signals/upload/", risk_signals.signal_upload, name="risk-signal-upload"),
    path("signals/template.<str:kind>", risk_signals.signal_template, name="risk-signal-template"),
    path("signals/feeds/new/", risk_signals.feed_add, name="risk-feed-add"),
    path("signals/feeds/<int:feed_id>/", risk_signals.feed_change, name="risk-feed"),
    path("signals/<int:signal_id>/", risk_signals.signal_show, name="risk-signal"),
    path("signals/<int:signal_id>/follow/", risk_signals.signal_follow, name="risk-signal-follow"),
    path(
        "signals/<int:signal_id>/dismiss/",
        risk_signals.signal_dismiss,
        name="risk-signal-dismiss",
    ),
]
