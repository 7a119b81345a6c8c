"""One settings file; every difference between installations is an environment variable.

Works with none set. A wrong value stops the start with the variable's name. What a
company may tune (strategies, tolerance, feed age) is policy, not a setting.
"""

import os
import secrets
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from django.core.exceptions import ImproperlyConfigured

from dunwell.environment import read_addresses as _networks
from dunwell.environment import read_flag as _flag
from dunwell.environment import read_number as _number
from dunwell.environment import read_roots as _certificates
from dunwell.environment import read_secrets as _secrets
from dunwell.environment import read_text as _text
from dunwell.formats.private_addresses import is_private
from dunwell.formats.redaction import redacted_event

PACKAGE = Path(__file__).parent


DATA_DIR = Path(_text("DATA_DIR", "data")).resolve()
HTTPS = _flag("HTTPS", default=False)
REQUIRE_MFA = _flag("REQUIRE_MFA", default=True)
SESSION_IDLE_MINUTES = _number("SESSION_IDLE_MINUTES", 60)
IMPORT_LIMIT_BYTES = _number("IMPORT_LIMIT_MB", 512) * 1024 * 1024
UPLOAD_DAY_BYTES = _number("UPLOAD_DAY_MB", 4096) * 1024 * 1024
UPLOAD_DAY_FILES = _number("UPLOAD_DAY_FILES", 20_000)
PORTAL_UPLOAD_DAY_BYTES = _number("PORTAL_UPLOAD_DAY_MB", 200) * 1024 * 1024
PORTAL_UPLOAD_DAY_FILES = _number("PORTAL_UPLOAD_DAY_FILES", 500)
"""What one person, or one account of the portal, may store in a day."""
MIRROR = _flag("MIRROR", default=True)
"""Whether history is read from a columnar mirror in the data folder where one stands."""
API_LIMIT = _number("API_LIMIT", 600)
"""Requests a minute to the API by one token or session; 0 is no limit."""
API_ADDRESS_LIMIT = _number("API_ADDRESS_LIMIT", 3_000)
"""Requests a minute to the API from one address, with unknown tokens too; 0 is no limit."""
PROXIES = _networks("PROXIES", "127.0.0.0/8,::1")
"""Peers whose `X-Forwarded-For` is believed behind HTTPS; anybody else's is not read."""
INVOICE_RULES = _text("INVOICE_RULES")
"""Folder of compiled rules for electronic invoices: Peppol, XRechnung."""
ALLOWED_HOSTS = _text("HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in _text("ORIGINS").split(",") if origin]
SITE = (_text("SITE") or next(iter(CSRF_TRUSTED_ORIGINS), "")).rstrip("/")
"""Where the pages are reached from outside; it begins the links in mails that no page began."""
DEBUG = False


def _secret_key() -> str:
    """Return the configured key, or one kept in the data folder so that sessions survive."""
    if given := _text("SECRET_KEY"):
        return given
    path = DATA_DIR / "secret_key"
    if not path.exists() and DATA_DIR.exists():
        # whole or not at all, and the first of several workers wins
        draft = path.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="utf-8") if path.exists() else secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
KEYRING_FILE = Path(_text("KEYRING_FILE") or DATA_DIR / "keyring").resolve()
"""Keys of the sealed columns; made when the first value is sealed, and in no backup."""


CONNECTION_SECONDS = 600
"""How long a thread keeps its connection; `dunwell serve` keeps idle threads as long."""


def _database() -> dict[str, object]:
    url = urlsplit(_text("DATABASE_URL"))
    if not url.scheme:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "dunwell.sqlite3",
            # opening reads the definition of every table, which takes longer than most requests
            "CONN_MAX_AGE": CONNECTION_SECONDS,
            "OPTIONS": {
                # without IMMEDIATE, concurrent writers fail instead of waiting
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
                    "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;"
                ),
            },
            "TEST": {"NAME": _text("TEST_SQLITE") or None},
        }
    if url.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DUNWELL_DATABASE_URL begins with {url.scheme!r}; use postgresql://user@host/name."
        )
    return {
        "ENGINE": "dunwell.walls.postgresql",
        "NAME": url.path.lstrip("/") or "dunwell",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        # a new one plans its first questions of every table for as long as ten requests take
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        # a server that was started again, or a firewall, ends what is kept: ask before a request
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
WALLS = _flag("WALLS", default=False)
"""Whether PostgreSQL is told for which company each request works (`dunwell walls up`)."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "template_partials",
    "django_htmx",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "dunwell",
]
MIDDLEWARE = [
    "dunwell.web.measured.MeasuredMiddleware",
    # the headers of safety stand around whatever answers early
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "dunwell.web.attachments.AttachmentMiddleware",
    "dunwell.api.throttle.ThrottleMiddleware",
    "dunwell.api.deprecation.DeprecationMiddleware",
    "dunwell.web.busy.BusyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dunwell.web.session_times.SessionTimesMiddleware",
    "dunwell.web.staff.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dunwell.web.staff.StaffMiddleware",
    "dunwell.web.fresh.FreshMiddleware",
    "dunwell.web.card_numbers.CardNumberMiddleware",
]
ROOT_URLCONF = "dunwell.urls"
WSGI_APPLICATION = "dunwell.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # why something was refused is shown on nearly every page
            # and each word of a template is looked up once per language
            "builtins": ["dunwell.templatetags.sentences", "dunwell.templatetags.known_texts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dunwell.web.staff.page_context",
            ],
        },
    }
]

AUTH_USER_MODEL = "dunwell.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "dunwell.web.accounts.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {"reauthenticate": "dunwell.web.fresh.ConfirmForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Dunwell"
MFA_ADAPTER = "dunwell.web.second_factor.SealedSecretsAdapter"
MFA_FORMS = {
    "authenticate": "dunwell.web.second_factor.NotedCodeForm",
    "reauthenticate": "dunwell.web.second_factor.NotedCodeAgainForm",
    "authenticate_webauthn": "dunwell.web.second_factor.NotedPasskeyForm",
    "login_webauthn": "dunwell.web.second_factor.NotedPasskeyAloneForm",
    "reauthenticate_webauthn": "dunwell.web.second_factor.NotedPasskeyAgainForm",
}
SOCIALACCOUNT_ADAPTER = "dunwell.web.sign_on.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "dunwell.web.openid.StaffOpenIDProvider"}
}
OIDC_ISSUER = _text("OIDC_ISSUER")
"""Where people of the house sign in; empty is no single sign-on."""
OIDC_CLIENT_ID = _text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = _text("OIDC_CLIENT_SECRET")
OIDC_NAME = _text("OIDC_NAME") or urlsplit(OIDC_ISSUER).hostname or ""
OIDC_MATCH_EMAIL = _flag("OIDC_MATCH_EMAIL", default=False)
OIDC_SECOND_FACTOR = frozenset(_text("OIDC_SECOND_FACTOR").replace(",", " ").split())
"""Values of `amr` or `acr` that stand for our second factor."""
OIDC_ONLY = _flag("OIDC_ONLY", default=False)
if OIDC_ISSUER and not OIDC_CLIENT_ID:
    raise ImproperlyConfigured("DUNWELL_OIDC_ISSUER is set; set DUNWELL_OIDC_CLIENT_ID, too.")
if OIDC_ONLY and not OIDC_ISSUER:
    raise ImproperlyConfigured("DUNWELL_OIDC_ONLY is 1; set DUNWELL_OIDC_ISSUER, too.")
SAML_PROVIDER = _text("SAML_PROVIDER")
"""Entity id of a SAML identity provider; empty is no sign-on by SAML."""
SAML_METADATA = _text("SAML_METADATA")
SAML_METADATA_URL = _text("SAML_METADATA_URL")
SAML_ENTITY_ID = _text("SAML_ENTITY_ID")
"""What the provider calls us; without it, the address of our own metadata."""
SAML_NAME = _text("SAML_NAME") or urlsplit(SAML_PROVIDER).hostname or SAML_PROVIDER
SAML_MATCH_EMAIL = _flag("SAML_MATCH_EMAIL", default=False)
SAML_SECOND_FACTOR = frozenset(_text("SAML_SECOND_FACTOR").replace(",", " ").split())
"""Values of AuthnContextClassRef that stand for our second factor."""
SAML_ENCRYPTED_ONLY = _flag("SAML_ENCRYPTED_ONLY", default=False)
SAML_ONLY = _flag("SAML_ONLY", default=False)
if SAML_PROVIDER and OIDC_ISSUER:
    raise ImproperlyConfigured(
        "DUNWELL_SAML_PROVIDER and DUNWELL_OIDC_ISSUER are both set; say one of them."
    )
if SAML_PROVIDER and bool(SAML_METADATA) == bool(SAML_METADATA_URL):
    raise ImproperlyConfigured(
        "DUNWELL_SAML_PROVIDER is set; set one of DUNWELL_SAML_METADATA_FILE and"
        " DUNWELL_SAML_METADATA_URL, too."
    )
if SAML_METADATA_URL and not is_private(SAML_METADATA_URL):
    raise ImproperlyConfigured("DUNWELL_SAML_METADATA_URL is not reached by https; say another.")
if SAML_ONLY and not SAML_PROVIDER:
    raise ImproperlyConfigured("DUNWELL_SAML_ONLY is 1; set DUNWELL_SAML_PROVIDER, too.")
if SAML_PROVIDER and not (find_spec("onelogin") and find_spec("xmlsec")):
    raise ImproperlyConfigured(
        "DUNWELL_SAML_PROVIDER is set, but SAML is not installed: pip install 'dunwell[saml]'"
    )
if SAML_METADATA:
    # whoever has no SAML does not wait for what reads it
    _parties = import_module("dunwell.formats.saml_parties")
    try:
        _parties.read_provider(SAML_METADATA.encode(), entity_id=SAML_PROVIDER)
    except ValueError as error:
        raise ImproperlyConfigured(f"DUNWELL_SAML_METADATA does not hold: {error}.") from error
# passkeys over plain http are for loopback only; `dunwell serve` refuses other hosts without HTTPS
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    # a balancer beside us asks in the clear, and is told no secret
    SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# a payment beside 400 items is a form of 2,800 fields; Django's 1,000 would refuse it
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [PACKAGE / "locale"]
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

EMAIL_HOST = _text("SMTP_HOST", "127.0.0.1")
EMAIL_PORT = _number("SMTP_PORT", 25)
EMAIL_HOST_USER = _text("SMTP_USER")
EMAIL_HOST_PASSWORD = _text("SMTP_PASSWORD")
EMAIL_USE_TLS = _flag("SMTP_TLS", default=False)
EMAIL_USE_SSL = _flag("SMTP_IMPLICIT_TLS", default=False)
MAIL_ROOT_CERTIFICATE = _certificates("MAIL_ROOT_CERTIFICATE")
BUREAU_SECRETS = _secrets("BUREAU")
PAYMENT_SECRETS = _secrets("PAYMENT")
"""Tokens of credit bureaus by the name of their variable; a bureau names the one it uses."""
METRICS_TOKEN = _text("METRICS_TOKEN")
"""What monitoring sends to read `/metrics/`; without one the page does not exist."""
MCP = _flag("MCP", default=True)
"""Whether programs' models may call tools: `/mcp/` and `dunwell mcp`, by API tokens alone."""
MCP_TOKEN = _text("MCP_TOKEN")
WEBHOOK_HOSTS = [host for host in _text("WEBHOOK_HOSTS").split(",") if host]
CONNECTION_HOSTS = [host for host in _text("CONNECTION_HOSTS").split(",") if host]
CONNECTION_FOLDERS = [
    Path(folder) for folder in _text("CONNECTION_FOLDERS").split(",") if folder.strip()
]
CHANNEL_SECRETS = _secrets("CHANNEL")
"""Secrets of channels by the name of their variable."""
MAILBOX_SECRETS = _secrets("MAILBOX")
"""Passwords of mailboxes by the name of their variable; a mailbox names the one it uses."""
CLAMAV_ADDRESS = _text("CLAMAV_ADDRESS")
DEFAULT_FROM_EMAIL = _text("MAIL_FROM", "credit@dunwell.example")
LANGUAGE_MODEL_ADDRESS = _text("LANGUAGE_MODEL_ADDRESS")
LANGUAGE_MODEL = _text("LANGUAGE_MODEL")
LANGUAGE_MODEL_TOKEN = _text("LANGUAGE_MODEL_TOKEN")
LANGUAGE_MODEL_SECONDS = _number("LANGUAGE_MODEL_SECONDS", 8)
NAME_SERVERS = [place.strip() for place in _text("NAME_SERVERS").split(",") if place.strip()]
"""Asked about the domain we send from; the system's own where none is named."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redacted_event,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": _text("LOG_LEVEL", "WARNING")},
}
