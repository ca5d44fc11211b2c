"""People who sign in, and what they are in which program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from openinfusion.platform.access.roles import ROLE_CHOICES
from openinfusion.platform.tenancy.models import Site, TenantRow


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = User(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """One person, known by e-mail address. What the person may do comes from memberships only."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=40, blank=True, help_text="RN, PharmD, CPhT")
    phone = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, help_text="may create programs; sees no charts")
    must_change_password = models.BooleanField(default=False, help_text="the password is a one-time password")
    sessions_ended = models.PositiveIntegerField(default=0, help_text="counts up to end every session of this person")
    created_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    def set_password(self, raw_password: str | None) -> None:
        """A password the person chose ends the duty to choose one; an invitation sets it again afterwards."""
        super().set_password(raw_password)
        self.must_change_password = False

    def get_session_auth_hash(self) -> str:
        """Ties sessions to the password and to ``sessions_ended``: counting up ends them all, in any session store."""
        return f"{super().get_session_auth_hash()}.{self.sessions_ended}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for before in super().get_session_auth_fallback_hash():
            yield f"{before}.{self.sessions_ended}"

    # The library for sign-in asks these of any user model; nobody gets rights through them.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    @property
    def is_staff(self) -> bool:
        return False


class Membership(TenantRow):
    """A person's role in a program, for all its sites or some, until it ends."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=ROLE_CHOICES)
    all_sites = models.BooleanField(default=False)
    sites = models.ManyToManyField(Site, related_name="+", blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "role"], condition=Q(is_active=True), name="membership_role_once"
            )
        ]
