"""The demo program: what its pages and pumps need of the background patients is there."""

from __future__ import annotations

import pytest
from support.people import NOW

from openinfusion.apps.pharmacy.public import OrderRevision, compiled
from openinfusion.core.orders import Compiled
from openinfusion.platform import clock
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Tenant
from openinfusion.project.demo.build import build


@pytest.mark.django_db
def test_every_order_of_the_demo_can_be_read_and_compiled():
    with clock.frozen(NOW):
        build(patients=20, say=str)
        with scope.every_tenant():
            tenant = Tenant.objects.get()
        with scope.tenant(tenant.pk):
            found = [compiled(one, at=clock.now()) for one in OrderRevision.objects.all()]
    assert len(found) > 10
    assert all(isinstance(one, Compiled) for one in found), found
