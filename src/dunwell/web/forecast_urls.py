"""Addresses of the cash forecast."""

from django.urls import path

from dunwell.web import forecast_accuracy, forecast_levers, forecasts

urlpatterns = [
    path("", forecasts.forecast, name="forecast"),
    path("export.<str:kind>", forecasts.forecast_export, name="forecast-export"),
    path("accuracy/", forecast_accuracy.forecast_accuracy, name="forecast-accuracy"),
    path(
        "accuracy/export.<str:kind>",
        forecast_accuracy.forecast_accuracy_export,
        name="forecast-accuracy-export",
    ),
    path("accuracy/<int:ahead>/", forecast_accuracy.forecast_judged, name="forecast-judged"),
    path("levers/", forecast_levers.forecast_levers, name="forecast-levers"),
    path(
        "levers/export.<str:kind>",
        forecast_levers.forecast_levers_export,
        name="forecast-levers-export",
    ),
    path(
        "together/<str:period>/<int:number>/",
        forecasts.forecast_together,
        name="forecast-together",
    ),
    path("<str:currency>/<int:week>/", forecasts.forecast_week, name="forecast-week"),
    path(
        "<str:currency>/<int:week>/export.<str:kind>",
        forecasts.forecast_week_export,
        name="forecast-week-export",
    ),
    path("<str:currency>/month/<int:month>/", forecasts.forecast_month, name="forecast-month"),
    path(
        "<str:currency>/month/<int:month>/export.<str:kind>",
        forecasts.forecast_month_export,
        name="forecast-month-export",
    ),
]
