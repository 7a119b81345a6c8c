"""Addresses of the pages about feedback."""

from django.urls import path

from dunwell.web import feedback

urlpatterns = [
    path("", feedback.feedback_show, name="feedback"),
    path("answers/", feedback.answer_list, name="feedback-answers"),
    path("answers/export.<str:kind>", feedback.answers_export, name="feedback-answers-export"),
    path("fatigue/", feedback.tired_list, name="feedback-fatigue"),
    path("fatigue/export.<str:kind>", feedback.tired_export, name="feedback-fatigue-export"),
]
