"""Texts of credit decisions that are kept in English, marked for the catalogs."""

from django.utils.translation import gettext_noop as _

TEXTS = (
    # why a decision came out where no rule of the policy says it
    _("Facts that must be known are missing"),
    _("No automatic rule approves it"),
    _("No rule speaks against it"),
    # reasons of the shipped policy
    _("A bureau reports an insolvency"),
    _("An item is more than 90 days overdue"),
    _("Legal proceedings are known"),
    _("More is asked for than the table of limits gives"),
    _("The risk of default is low"),
    _("The risk of default is medium and the amount small"),
    _("The risk of default is too high for credit"),
    # names of rules and rows of the shipped policy
    _("a bureau's report from 25,000 on"),
    _("a financial statement from 100,000 on"),
    _("insolvent"),
    _("proceedings"),
    _("very old item"),
    _("worst class"),
    _("more than the table"),
    _("low risk"),
    _("medium risk, small amount"),
    _("class A"),
    _("class B"),
    _("class C"),
    _("class D"),
    # facts found on the way to a decision, and what an application adds
    _("Class"),
    _("Risk"),
    _("Points"),
    _("Probability of default"),
    _("Limit of the table"),
    _("Asked for, of the limit of the table"),
    _("Amount asked for"),
    _("Limit asked for"),
    _("Kind of application"),
    _("Country of the application"),
    _("Application complete"),
    _("Sanction lists screened"),
    _("Hit on a sanction list"),
    _("Guarantor named"),
    _("References answered"),
    # risks and severities
    _("low"),
    _("medium"),
    _("high"),
    _("hold"),
    _("warn"),
    _("off"),
)
