"""Every permission and event a workflow names is declared by an app, so that no step can fail at the click."""

import pytest

from openinfusion.core.states import ALL
from openinfusion.platform.access.roles import permission
from openinfusion.platform.events import kind


@pytest.mark.parametrize("workflow", ALL.values(), ids=lambda workflow: workflow.name)
def test_permissions_and_events_of_a_workflow_are_declared(workflow):
    for name in workflow.permissions:
        permission(name)
    for name in workflow.events:
        kind(name)
