"""Addresses of the pages about portfolio reviews."""

from django.urls import path

from dunwell.web import portfolio_reviews, portfolio_steps

urlpatterns = [
    path("", portfolio_reviews.review_list, name="portfolio-reviews"),
    path("rhythm/", portfolio_reviews.rhythm_edit, name="review-rhythm"),
    path("add/", portfolio_reviews.review_add, name="portfolio-review-add"),
    path(
        "decisions/export.<str:kind>",
        portfolio_reviews.decisions_export,
        name="portfolio-decisions-export",
    ),
    path(
        "decisions/<int:decision_id>/done/",
        portfolio_steps.decision_done,
        name="portfolio-decision-done",
    ),
    path("<int:review_id>/", portfolio_reviews.review_show, name="portfolio-review"),
    path(
        "<int:review_id>/pack.<str:kind>", portfolio_reviews.pack_download, name="portfolio-pack"
    ),
    path("<int:review_id>/freeze/", portfolio_steps.review_freeze, name="portfolio-review-freeze"),
    path("<int:review_id>/agenda/", portfolio_steps.review_agenda, name="portfolio-review-agenda"),
    path("<int:review_id>/hold/", portfolio_steps.review_hold, name="portfolio-review-hold"),
    path("<int:review_id>/decide/", portfolio_steps.review_decide, name="portfolio-review-decide"),
    path("<int:review_id>/sign/", portfolio_steps.review_sign, name="portfolio-review-sign"),
    path("<int:review_id>/cancel/", portfolio_steps.review_cancel, name="portfolio-review-cancel"),
]
