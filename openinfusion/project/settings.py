"""Settings. Every value comes from the environment or has a default that is safe on one machine.

`openinfusion check` explains what is wrong with a configuration and how to mend it.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

from openinfusion.project.options import OPTIONS, read

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(read("OPENINFUSION_DATA_DIR") or Path.cwd() / "var")

DEBUG = False
DEMO = read("OPENINFUSION_DEMO") == "1"
SECRET_KEY = read("OPENINFUSION_SECRET_KEY") or "set-OPENINFUSION_SECRET_KEY-before-real-use"
ALLOWED_HOSTS = [host for host in read("OPENINFUSION_HOSTS").split(",") if host]
PUBLIC_URL = read("OPENINFUSION_PUBLIC_URL")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

PLATFORM_APPS = ["tenancy", "accounts", "audit", "events", "worklist", "rules", "documents", "live", "ui"]
# The order of the journey: an app may use those before it, never those after it.
JOURNEY_APPS = [
    "patients",
    "coverage",
    "intake",
    "homes",
    "workforce",
    "inventory",
    "equipment",
    "pharmacy",
    "delivery",
    "scheduling",
    "readiness",
    "visits",
    "monitoring",
    "emergency",
    "billing",
    "quality",
    "portal",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    *[f"openinfusion.platform.{name}" for name in PLATFORM_APPS],
    *[f"openinfusion.apps.{name}" for name in JOURNEY_APPS],
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "openinfusion.project",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openinfusion.platform.accounts.sessions.SessionTimeOut",
    "openinfusion.platform.access.middleware.AccessMiddleware",
    "openinfusion.platform.access.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "openinfusion.project.urls"
ASGI_APPLICATION = "openinfusion.project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "openinfusion" / "platform" / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openinfusion.platform.access.context.shell",
            ]
        },
    }
]
FORM_RENDERER = "openinfusion.platform.ui.forms.Renderer"

_SQLITE_OPTIONS = {
    # One writer at a time from the first statement on: no deadlock between a read and a later write.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # WAL: readers never wait. FULL: a commit survives a power cut (NORMAL was measured to lose rows).
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
        "PRAGMA foreign_keys=ON; PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;"
    ),
}
DATABASE_URL = read("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'openinfusion.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if IS_SQLITE:
    DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS
    # In-process test databases still use the file settings above.
    DATABASES["default"]["TEST"] = {"NAME": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "openinfusion.platform.accounts.adapters.AccountAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are invited by an administrator; addresses are not self-declared
MFA_TOTP_ISSUER = "OpenInfusion"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_MINUTES = int(read("OPENINFUSION_SESSION_IDLE_MINUTES"))
SESSION_ABSOLUTE_HOURS = int(read("OPENINFUSION_SESSION_ABSOLUTE_HOURS"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
USES_HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USES_HTTPS
SECURE_HSTS_SECONDS = 31536000 if USES_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = USES_HTTPS
SECURE_SSL_REDIRECT = False  # the proxy in front does it
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if USES_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

BREAK_GLASS_MINUTES = int(read("OPENINFUSION_BREAK_GLASS_MINUTES"))
BREAK_GLASS_REVIEW_HOURS = int(read("OPENINFUSION_BREAK_GLASS_REVIEW_HOURS"))
UPLOAD_LIMIT_BYTES = int(read("OPENINFUSION_UPLOAD_LIMIT_MB")) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "openinfusion" / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

GATEWAY_HOST = read("OPENINFUSION_GATEWAY_HOST")
GATEWAY_MLLP_PORT = int(read("OPENINFUSION_MLLP_PORT"))
GATEWAY_HTTP_PORT = int(read("OPENINFUSION_GATEWAY_HTTP_PORT"))
GATEWAY_LOG_DIR = DATA_DIR / "device-log"
AUDIT_ANCHOR_FILE = DATA_DIR / "audit-anchors.jsonl"

# Who may see which charts, beyond role and site: each returns patient ids for a user (portal links, break-glass).
CHART_MODEL = "patients.Patient"
ACCESS_PROVIDER = "openinfusion.apps.patients.public.chart_access_of"

LOGGING_CONFIG = None
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SILENCED_SYSTEM_CHECKS: list[str] = []

os.makedirs(STATIC_ROOT, exist_ok=True)
__all__ = ["OPTIONS"]
