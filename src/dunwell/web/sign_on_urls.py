"""Addresses of single sign-on; they stand before allauth's own, which check less."""

from django.urls import path

from dunwell.web import saml_sign_on, sign_on

urlpatterns = [
    path("oidc/<str:provider_id>/login/", sign_on.leave, name="sign-on-leave"),
    path("oidc/<str:provider_id>/login/callback/", sign_on.come_back, name="sign-on-back"),
    path("saml/answer/", saml_sign_on.answer, name="saml-answer"),
    path("saml/answered/", saml_sign_on.answered, name="saml-answered"),
    path("saml/metadata/", saml_sign_on.metadata, name="saml-metadata"),
    path("sign-on/", sign_on.identity, name="sign-on"),
    path("sign-on/tie/", sign_on.tie, name="sign-on-tie"),
    path("sign-on/untie/", sign_on.untie, name="sign-on-untie"),
]
