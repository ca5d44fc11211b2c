"""The site that takes a referral in: the one named, or the only one there is."""

from __future__ import annotations

from openinfusion.platform.access import Access
from openinfusion.platform.errors import BadInput
from openinfusion.platform.tenancy.models import Site


def sites_of(by: Access) -> list[Site]:
    """The sites this person works for, by name."""
    rows = Site.objects.filter(tenant_id=by.tenant_id)
    if by.site_ids is not None:
        rows = rows.filter(pk__in=by.site_ids)
    return list(rows.order_by("name", "pk"))


def choose_site(*, name: str = "", by: Access) -> Site:
    """The site of this name, or the only one. ``BadInput`` lists the names to choose from."""
    sites = sites_of(by)
    wanted = [one for one in sites if one.name.casefold() == name.strip().casefold()] if name.strip() else sites
    if len(wanted) == 1:
        return wanted[0]
    names = ", ".join(one.name for one in sites) or "none yet; set up a site first"
    raise BadInput({"site": f"Name the site that takes this referral: {names}."})
