"""The acting person: identity, program, roles and reach. Passed to every service as ``by``."""

from __future__ import annotations

from dataclasses import dataclass, field

from openinfusion.core.controls import control_is_on
from openinfusion.platform.access.roles import Role, permission
from openinfusion.platform.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Access:
    """``site_ids`` None means all sites; ``patient_ids`` None means not limited to linked charts.

    ``opened_ids`` are charts opened by break-glass. ``reads`` collects what this request read, for the audit.
    """

    user_id: int | None
    name: str
    tenant_id: int
    roles: frozenset[Role]
    site_ids: frozenset[int] | None = None
    patient_ids: frozenset[int] | None = None
    opened_ids: frozenset[int] = frozenset()
    time_zone: str = "UTC"
    is_demo: bool = False
    is_system: bool = False
    reads: set[tuple[str, int | None]] = field(default_factory=set, compare=False, repr=False)

    def may(self, name: str) -> bool:
        if self.is_system or not control_is_on("HZ-087"):
            return True
        return bool(self.roles & permission(name).roles)

    def require(self, name: str) -> None:
        """Raise ``NotAllowed`` with a sentence when this person lacks the permission."""
        if not self.may(name):
            raise NotAllowed("not_allowed", f"Your role may not do this: {permission(name).meaning}.")

    @property
    def role_values(self) -> list[str]:
        return sorted(role.value for role in self.roles)


def system_access(tenant_id: int, *, name: str = "OpenInfusion") -> Access:
    """The product itself acting: imports at start-up, workers, the device gateway. Audited under its own name."""
    return Access(user_id=None, name=name, tenant_id=tenant_id, roles=frozenset(), is_system=True)
