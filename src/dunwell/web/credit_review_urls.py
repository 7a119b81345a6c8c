"""Addresses of the pages about credit reviews, under /credit-reviews/."""

from django.urls import path

from dunwell.web import credit_review_steps, credit_reviews

urlpatterns = [
    path("", credit_reviews.review_list, name="credit-reviews"),
    path("export.<str:kind>", credit_reviews.reviews_export, name="credit-reviews-export"),
    path("calendar/", credit_reviews.review_months, name="credit-review-months"),
    path("new/<int:customer_id>/", credit_review_steps.review_ask, name="credit-review-ask"),
    path("<int:review_id>/", credit_reviews.review_show, name="credit-review"),
    path("<int:review_id>/start/", credit_review_steps.review_start, name="credit-review-start"),
    path(
        "<int:review_id>/recommend/",
        credit_review_steps.review_recommend,
        name="credit-review-recommend",
    ),
    path(
        "<int:review_id>/decide/", credit_review_steps.review_decide, name="credit-review-decide"
    ),
]
