"""Addresses of the pages about levels and of the preview of contacts."""

from django.urls import path

from dunwell.web import campaigns, levels

LEVELS = [
    path("levels/", levels.level_list, name="levels"),
    path("levels/export.<str:kind>", levels.levels_export, name="levels-export"),
    path("campaign/", campaigns.campaign_preview, name="campaign"),
    path("campaign/export.<str:kind>", campaigns.campaign_export, name="campaign-export"),
    path("campaign/review/", campaigns.campaign_review, name="campaign-review"),
]
"""Levels and campaigns; part of `web.urls`."""
