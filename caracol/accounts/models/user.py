from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Never

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import PermissionsMixin
from django.core.management.base import CommandError
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

# Lower case without look-alikes; 16 of these carry 79 random bits.
HANDLE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
HANDLE_LENGTH = 16

# What Django's own permissions never reach, whoever holds them: there the key is the permission.
SEALED_APPS = frozenset({"grievances", "vault", "ledger"})


def new_handle() -> str:
    """Return a fresh random handle, which says nothing about its person."""
    return get_random_string(HANDLE_LENGTH, HANDLE_ALPHABET)


def today() -> dt.date:
    """Return today's date in the site's time zone."""
    return timezone.localdate()


class Kind(models.TextChoices):
    """How somebody came in. Who is no member is a guest: without a name, a role or a place in any list of people."""

    MEMBER = "member", _("member")
    RECEIPT = "receipt", _("guest with a receipt")
    SEAT = "seat", _("guest in one seat of one case")


class UserManager(BaseUserManager["User"]):
    def create_superuser(self, *_args: Any, **_fields: Any) -> Never:
        """Refuse: a person is more than a row, and the one way to make one is people.join."""
        raise CommandError("A person needs keys too: use `python manage.py person LOGIN --name NAME --staff`.")


class User(AbstractBaseUser, PermissionsMixin):
    """
    A person's account: a random handle and their keys, and nothing that names them.

    The name, login name and e-mail address are sealed in `Contact`. The private keys stand here
    locked under the password; the public ones stand in the ledger too, which is what counts
    (`keys.public_keys`).
    """

    # The moment somebody last came in is nobody's business: not kept.
    last_login = None

    handle = models.CharField(_("handle"), max_length=32, unique=True, default=new_handle, editable=False)
    login_tag = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.MEMBER, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    # "" until chosen. Of whoever holds a receipt never: it would say something of who they are.
    language = models.CharField(max_length=2, default="", editable=False)
    joined_on = models.DateField(_("joined on"), default=today)

    # The last day on which a receipt was used, which is kept so that its account can end; of nobody else.
    used_on = models.DateField(null=True, editable=False)

    public_box = models.BinaryField(max_length=32)
    public_sign = models.BinaryField(max_length=32)
    locked_keys = models.BinaryField()
    unlock_salt = models.BinaryField(max_length=16)
    # The cost at which these keys were locked, so that raising the setting locks nobody out.
    unlock_passes = models.PositiveSmallIntegerField()
    unlock_kibibytes = models.PositiveIntegerField()
    # How often all sessions were ended. Each session carries the count of its login, and dies when they differ.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "handle"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="kind_is_known"),
            models.CheckConstraint(
                condition=~models.Q(kind=Kind.RECEIPT) | models.Q(language=""), name="no_language_of_a_receipt"
            ),
        ]

    def __str__(self) -> str:
        return self.handle

    @property
    def is_guest(self) -> bool:
        """Whether this is somebody without membership."""
        return self.kind != Kind.MEMBER

    @property
    def may_keep_language(self) -> bool:
        """Whether the language they choose is kept with their account."""
        return self.kind != Kind.RECEIPT

    @property
    def is_new(self) -> bool:
        """Whether this account was made, and not saved yet."""
        return self._state.adding

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The names of the roles that their rows give them: for menus. What counts is `caracol.accounts.roles`."""
        return frozenset(self.roles.filter(ended_on=None).values_list("role", flat=True))

    def check_password(self, raw_password: str | None) -> bool:
        """Answer as Django does, but write nothing: a hash of a new cost comes with the keys (renewing.keep_up)."""
        return check_password(raw_password, self.password)

    def set_password(self, raw_password: str | None) -> Never:
        """Refuse: a hash without its keys would shut them away. The ways to another password are in `renewing`."""
        raise NotImplementedError("A person needs keys too: a password goes into their row with them, by `renewing`.")

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Answer as Django does, but False for every sealed app, for superusers as well."""
        return not _is_sealed(perm) and super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """Answer as Django does, but False for every sealed app, for superusers as well."""
        return app_label not in SEALED_APPS and super().has_module_perms(app_label)

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """Answer as Django does, without the sealed apps' permissions."""
        return {perm for perm in super().get_all_permissions(obj) if not _is_sealed(perm)}

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares this on every request: a session outlives neither the password nor the ending of all sessions.
        lives = f"{self.sessions_ended} {self.password}"
        return salted_hmac("caracol session of a person", lives, secret=secret, algorithm="sha256").hexdigest()


def _is_sealed(perm: str) -> bool:
    return perm.partition(".")[0] in SEALED_APPS
