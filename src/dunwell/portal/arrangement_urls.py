"""Addresses of promises, plans, settlements, queries and messages, under /portal/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
