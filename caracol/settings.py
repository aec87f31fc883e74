"""
Caracol's settings, all from the environment (each also as NAME_FILE).

Embedded default: SQLite under `var/`, secrets made once and kept there, no broker.
Grown up: DATABASE_URL, KEYS_DATABASE_URL, REDIS_URL and the secrets are set, and nothing is made up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from caracol import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.read("VAR_DIR", str(BASE_DIR / "var")))

# DEMO relaxes only what plain http on localhost needs; see caracol.checks for what it refuses.
DEMO = env.flag("DEMO")
DEBUG = False
EMBEDDED = not env.read("DATABASE_URL")

_kept_in = VAR_DIR if EMBEDDED else None
SECRET_KEY = env.secret("SECRET_KEY", kept_in=_kept_in)
CONTACT_KEY = env.secret("CONTACT_KEY", kept_in=_kept_in)
LEDGER_KEY = env.secret("LEDGER_KEY", kept_in=_kept_in)

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1" if EMBEDDED else "")
CSRF_TRUSTED_ORIGINS = [] if DEMO else [f"https://{host}" for host in ALLOWED_HOSTS]

INSTALLED_APPS = [
    "caracol.staff.StaffConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "guardian",
    "csp",
    "caracol",
    "caracol.accounts",
    "caracol.letters",
    "caracol.vault",
    "caracol.ledger",
    "caracol.limits",
    "caracol.watch",
    "conduct",
    "grievances",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "caracol.middleware.PrivatePagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "caracol.watch.middleware.WatchMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "caracol.middleware.OwnOriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "caracol.languages.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "caracol.accounts.middleware.MomentsMiddleware",
    "caracol.limits.middleware.LimitsMiddleware",
    "caracol.accounts.middleware.SecondFactorMiddleware",
    "caracol.accounts.middleware.UnlockMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "caracol.urls"
WSGI_APPLICATION = "caracol.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "caracol.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Databases: the main one, and the key store apart from it and from its backups ---------------

# A server that does not answer is away after so many seconds (and milliseconds), and its people are told so.
_POSTGRESQL_OPTIONS: dict[str, Any] = {"connect_timeout": 5, "tcp_user_timeout": 20_000}
_SQLITE_OPTIONS: dict[str, Any] = {"transaction_mode": "IMMEDIATE", "timeout": 20}


def _database(name: str, file: Path, pragmas: str) -> dict[str, Any]:
    url = env.read(name)
    if url:
        config = environ.Env.db_url_config(url)
        options = {**_POSTGRESQL_OPTIONS, **config.get("OPTIONS", {})}
        return {**config, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {**_SQLITE_OPTIONS, "init_command": pragmas},
    }


DATABASES = {
    "default": _database(
        "DATABASE_URL",
        VAR_DIR / "caracol.sqlite3",
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    ),
    # A write-ahead log would keep destroyed keys, so this one has a rollback journal and overwrites what it deletes.
    "keys": _database(
        "KEYS_DATABASE_URL",
        VAR_DIR / "keys.sqlite3",
        "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    ),
}
DATABASE_ROUTERS = ["caracol.vault.routers.KeyStoreRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.read("REDIS_URL")
_redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
CACHES: dict[str, dict[str, Any]] = {
    "default": _redis if REDIS_URL else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Without Redis sessions are read from the database: a cache of each process would not hear that one was ended.
    "sessions": {**_redis, "KEY_PREFIX": "session"}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# --- Who comes in ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["caracol.accounts.backends.HandleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["caracol.accounts.hashers.VerifierHasher"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

# Argon2id: passes and KiB, in one lane. Once for a password: of what it comes to are made the hash that knows it again
# and the key that unlocks. Whoever logs in is brought to another cost then.
ARGON2_PASSES = 3
ARGON2_KIBIBYTES = 64 * 1024
# So many at once in each process, which bounds what a storm of logins can take: see caracol.vault.turns.
ARGON2_AT_ONCE = 2
# How many proxies of our own stand in front: the last of them ends TLS, and says who asked it in X-Forwarded-For.
PROXIES = int(env.read("PROXIES", "0" if DEMO else "1"))

# Guardian: no anonymous user row, no prefetched permissions that outlive a revoke. grievances.access is its only door.
ANONYMOUS_USER_NAME = None
GUARDIAN_AUTO_PREFETCH = False
# Its backend stays out: with it, has_perm would answer for cases, and says yes to every superuser.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

SESSION_ENGINE = "caracol.accounts.session_store"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_NAME = "caracol-session" if DEMO else "__Host-caracol-session"
CSRF_COOKIE_NAME = "caracol-csrf" if DEMO else "__Host-caracol-csrf"
UNLOCK_COOKIE_NAME = "caracol-unlock" if DEMO else "__Host-caracol-unlock"
BROWSER_COOKIE_NAME = "caracol-browser" if DEMO else "__Host-caracol-browser"
LANGUAGE_COOKIE_NAME = "caracol-language" if DEMO else "__Host-caracol-language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEMO
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
# The longest a session lives from its login on, whatever happens in it.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# After this many idle seconds the keys leave the session and the password is asked again.
UNLOCKED_FOR_SECONDS = 30 * 60

# Where "Leave this page now" leads: a public page that shows everybody the same.
EXIT_URL = env.read("EXIT_URL", "https://www.weather.gov/")

# Whoever holds it may collect the counts at /metrics/; without one there is no such address.
METRICS_TOKEN = env.read("METRICS_TOKEN")

# A number of the statistics with fewer matters, or fewer reporters, is hidden. It may be raised, in steps of five.
STATISTICS_THRESHOLD = int(env.read("STATISTICS_THRESHOLD", "5"))

# --- Headers --------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not DEMO
# Asked from within, past the proxy that ends TLS: see caracol.watch.middleware.
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if DEMO else 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
# With it browsers send "Origin: null" with every form: see caracol.middleware.OwnOriginMiddleware.
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        # For static/keep.js, which saves a draft as one types: this site, and no other.
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Where copies of the key store lie, if they are made here; none older than a week stays there.
KEY_BACKUPS = Path(env.read("KEY_BACKUPS") or VAR_DIR / "backups" / "keys")

# --- Words, files, time ---------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each by its own name, so that whoever looks for theirs can read it.
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.read("TIME_ZONE", "America/New_York")

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.read("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Django would spool large files in the clear: see caracol.files.uploads, which seals them where a view takes any.
FILE_UPLOAD_HANDLERS = ["caracol.files.uploads.PassingOver"]
# Sealed files: in a bucket that several hosts share, or in a folder of this one.
_bucket = env.bucket("FILES_URL")
_folder = {"BACKEND": "caracol.files.shelf.PrivateFolder", "OPTIONS": {"location": VAR_DIR / "files"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "files": {"BACKEND": "caracol.files.bucket.Bucket", "OPTIONS": _bucket} if _bucket else _folder,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A statement of 100,000 characters, percent-encoded in several bytes each, and the other fields beside it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

# --- Letters --------------------------------------------------------------------------------------

_host = ALLOWED_HOSTS[0] if ALLOWED_HOSTS else "localhost"
# The one address that letters name, and whom they come from.
SITE_URL = env.read("SITE_URL") or ("http://127.0.0.1:8000/" if DEMO else f"https://{_host}/")
LETTERS_FROM = env.read("LETTERS_FROM") or f"no-reply@{_host}"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = LETTERS_FROM
EMAIL_TIMEOUT = 20
# Without EMAIL_URL no letter leaves; the demo writes its letters into a folder.
SENDS_LETTERS = DEMO or bool(env.read("EMAIL_URL"))
vars().update(environ.Env.email_url_config(env.read("EMAIL_URL", "dummymail://")))
if DEMO and not env.read("EMAIL_URL"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "letters"

LOGGING = logs.configuration("INFO", plain=DEMO)

# --- Work in the background -----------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = TIME_ZONE
