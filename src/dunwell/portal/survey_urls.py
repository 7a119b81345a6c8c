"""Addresses of the questions customers answer, under /feedback-link/."""

from django.urls import path

from dunwell.portal import surveys

urlpatterns = [path("<str:token>/", surveys.survey_answer, name="survey")]
