"""Addresses of the pages of insight: figures, analysis, planning, risk, improvement, reports."""

from django.urls import URLPattern, URLResolver, include, path

from dunwell.web import advisor_links, advisors, duels

urlpatterns: list[URLPattern | URLResolver] = [
    path("analysis/", include("dunwell.web.analysis_urls")),
    path("advisors/", include("dunwell.web.advisor_urls")),
    path("experiments/duel/", duels.duel_add, name="duel-add"),
    path("kpis/", include("dunwell.web.kpi_urls")),
    path("my-access/", advisors.my_access, name="my-access"),
    path("sign-in/access/<str:token>/", advisor_links.advisor_link, name="advisor-link"),
    path("initiatives/", include("dunwell.web.initiative_urls")),
    path("planning/", include("dunwell.web.planning_urls")),
    path("process/", include("dunwell.web.process_urls")),
    path("risk/", include("dunwell.web.risk_urls")),
    path("targets/", include("dunwell.web.target_urls")),
    path("portfolio-reviews/", include("dunwell.web.portfolio_review_urls")),
    path("provisions/", include("dunwell.web.provision_urls")),
    path("financing/", include("dunwell.web.financing_urls")),
    path("", include("dunwell.web.report_urls")),
]
