"""Addresses of the pages of insight: figures, analysis, planning, risk, improvement, reports."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
