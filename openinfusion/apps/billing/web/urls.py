"""Addresses of billing."""

from django.urls import path

from openinfusion.apps.billing.web import claims, contracts, money

app_name = "billing"
urlpatterns = [
    path("", claims.queue, name="queue"),
    path("unbilled/", claims.unbilled_list, name="unbilled"),
    path("episodes/<int:episode_id>/", claims.episode, name="episode"),
    path("episodes/<int:episode_id>/draft/", claims.draft, name="draft"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/<int:pk>/check/", claims.check_again, name="check"),
    path("claims/<int:pk>/send/", claims.send, name="send"),
    path("claims/<int:pk>/correct/", claims.correct, name="correct"),
    path("claims/<int:pk>/void/", claims.void, name="void"),
    path("claims/<int:pk>/837p/", claims.x12, name="x12"),
    path("claims/<int:pk>/ledger/", money.ledger, name="ledger"),
    path("claims/<int:pk>/demo-payer/", money.demo_payer, name="demo_payer"),
    path("acknowledgements/add/", money.add_ack, name="ack_add"),
    path("acknowledgements/<int:pk>/", money.acknowledgement, name="ack"),
    path("remittances/", money.remittance_list, name="remittances"),
    path("remittances/add/", money.add_remittance, name="remittance_add"),
    path("remittances/<int:pk>/", money.remittance, name="remittance"),
    path("remittances/<int:pk>/file/", money.remittance_file, name="remittance_file"),
    path("contracts/", contracts.payer_list, name="contracts"),
    path("contracts/<int:pk>/", contracts.payer, name="payer"),
    path("contracts/<int:pk>/change/", contracts.change, name="contract_change"),
    path("contracts/<int:pk>/rates/add/", contracts.rate_add, name="rate_add"),
    path("contracts/<int:pk>/rates/import/", contracts.rate_import, name="rate_import"),
    path("contracts/<int:pk>/demo/", contracts.demo, name="demo_rates"),
    path("products/", contracts.product_list, name="products"),
    path("products/<int:pk>/", contracts.product, name="product"),
]
