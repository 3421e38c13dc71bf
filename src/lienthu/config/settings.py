"""Django settings of Liên Thư. What can be set from outside is in env.py."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lienthu.config import env as environment
from lienthu.config.database import database_settings

ENV = environment.read()
BASE_DIR = environment.CHECKOUT
DATA_DIR: Path = ENV.data_dir
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
FILES_DIR = DATA_DIR / "files"
INDEX_DIR = DATA_DIR / "index"
DIGITAL_DIR = DATA_DIR / "digital"
FIXITY_NIGHTLY_BYTES = ENV.fixity_nightly_bytes

SECRET_KEY = environment.secret_key(DATA_DIR)
DEBUG = ENV.debug
ALLOWED_HOSTS = list(ENV.allowed_hosts)
PUBLIC_URL = ENV.public_url
ADMIN_EMAIL = ENV.admin_email
TRUSTED_PROXIES = ENV.trusted_proxies

# Without a mail server what would be sent stands in the log of the worker.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENV.mail else 'console'}.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.admin_email or "lienthu@localhost"
if ENV.mail:
    EMAIL_HOST, EMAIL_PORT = ENV.mail.host, ENV.mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENV.mail.user, ENV.mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = ENV.mail.security == "starttls", ENV.mail.security == "tls"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "axes",
    "procrastinate.contrib.django",
    "lienthu.platform",
    "lienthu.domain.network",
    "lienthu.domain.catalog",
    "lienthu.domain.digital",
    "lienthu.domain.union",
    "lienthu.domain.discovery",
    "lienthu.faces.web.ui",
    "lienthu.faces.web.accounts",
    "lienthu.faces.web.portal",
    "lienthu.faces.web.reader",
    "lienthu.faces.web.staff",
    "lienthu.faces.web.staff.network",
    "lienthu.faces.web.staff.harvesting",
    "lienthu.faces.web.staff.union",
    "lienthu.faces.web.staff.authorities",
    "lienthu.faces.web.staff.premises",
    "lienthu.faces.web.staff.digital",
    "lienthu.faces.protocols.rest",
    "lienthu.faces.protocols.oai",
    "lienthu.faces.protocols.iiif",
    "lienthu.config.apps.ConfigApp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "lienthu.faces.web.ui.uploads.UploadLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lienthu.config.urls"
WSGI_APPLICATION = "lienthu.config.wsgi.application"
FORM_RENDERER = "lienthu.faces.web.ui.forms.UiRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lienthu.faces.web.accounts.context.signed_in",
                "lienthu.faces.web.staff.navigation.staff_desk",
            ],
        },
    },
]

DATABASES = {"default": database_settings(ENV)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "platform.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
TOO_LARGE_VIEW = "lienthu.faces.web.portal.views.errors.too_large"
CSRF_FAILURE_VIEW = "lienthu.faces.web.portal.views.errors.csrf_failure"
COST_LIMITS = ENV.cost_limits
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "staff:home"
LOGOUT_REDIRECT_URL = "portal:home"

# Guessing is stopped per account and address: a thief who tries names from one address does not lock out their owners.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "lienthu.faces.web.accounts.lockout.client_ip"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = ENV.secure
CSRF_COOKIE_SECURE = ENV.secure
SECURE_HSTS_SECONDS = 31536000 if ENV.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [ENV.public_url] if ENV.public_url else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["lienthu.config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" / "served"
STATIC_ROOT.mkdir(exist_ok=True, parents=True)
STATICFILES_DIRS = [
    ("npm/openseadragon", BASE_DIR / "node_modules" / "openseadragon" / "build" / "openseadragon"),
    ("npm/htmx.org", BASE_DIR / "node_modules" / "htmx.org" / "dist"),
    ("npm/tus-js-client", BASE_DIR / "node_modules" / "tus-js-client" / "dist"),
    ("npm/@fontsource", BASE_DIR / "node_modules" / "@fontsource"),
    ("npm/@fontsource-variable", BASE_DIR / "node_modules" / "@fontsource-variable"),
]
STATICFILES_DIRS = [(prefix, path) for prefix, path in STATICFILES_DIRS if path.is_dir()]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FILES_DIR)},
    },
    "staticfiles": {"BACKEND": "lienthu.platform.static_files.ServedFiles"},
}
# Of the packages only what browsers are sent is collected (platform/static_files.py).
STATIC_LEFT_OUT = (
    "*.map", "*.md", "*.scss", "*.ts", "*.py", "*.json", "*.woff", "*.esm.*", "LICENSE", "openseadragon.js", "tus.js",
    "htmax*", "editors", "ext", "scripts", "skills", "be-vietnam-pro/*.css", "noto-serif/*.css",
)  # fmt: skip
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = True  # plain names too: before anything is collected, and for what is not
WHITENOISE_MAX_AGE = 3600

# Uploads stream to disk; a file that a library hands over may be hundreds of megabytes.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True, mode=0o700)
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
MAX_IMPORT_FILE_BYTES = 4 * 1024**3

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"refusals": {"()": "lienthu.platform.log_lines.Refusals"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "lienthu": {"level": "INFO"},
        "axes": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Imported by the worker alone: to find them at every start would load all of the domain for every command.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    "lienthu.domain.network.jobs",
    "lienthu.domain.catalog.jobs",
    "lienthu.domain.union.jobs",
    "lienthu.domain.union.harvesting.jobs",
    "lienthu.domain.digital.jobs",
    "lienthu.faces.cli.jobs",
]
