"""Who may do what to which row. Default deny, decided in one place.

``Access`` is the person in a program with roles and reach; ``visible`` and ``fetch`` are the only careful ways to
rows of a chart; ``page`` declares the permission of a view. A view without a declared permission answers nobody.
"""

from openinfusion.platform.access.person import Access, system_access
from openinfusion.platform.access.reach import fetch, visible
from openinfusion.platform.access.requests import Request
from openinfusion.platform.access.views import page, public_page

__all__ = ["Access", "Request", "fetch", "page", "public_page", "system_access", "visible"]
