"""Address of the practice bank's page, under /loopback-bank/."""

from django.urls import path

from dunwell.portal import practice_pages

urlpatterns = [path("<slug:session_id>/", practice_pages.practice_page, name="practice-page")]
