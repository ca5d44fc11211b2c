"""The REST interface. Signed-in people use it with their session; every operation declares its permission."""

from ninja import NinjaAPI
from ninja.security import django_auth

api = NinjaAPI(title="OpenInfusion", version="1", urls_namespace="api", auth=django_auth, docs_url=None)
