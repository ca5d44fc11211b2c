"""Home page, choice of program, work list, administration, own account, and the operator's page."""

from django.urls import path

from openinfusion.platform.accounts.web import account, audit_log, operator, people, program, rule_packs, views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("programs/", views.programs, name="programs"),
    path("work-list/", views.work, name="work"),
    path("work-list/<int:pk>/", views.task, name="task"),
    path("my-account/", account.account, name="account"),
    path("administration/people/", people.people, name="people"),
    path("administration/people/invite/", people.invite, name="invite"),
    path("administration/people/<int:pk>/", people.change, name="person"),
    path("administration/people/<int:pk>/end/", people.end, name="person_end"),
    path("administration/people/<int:pk>/password/", people.password, name="person_password"),
    path("administration/program/", program.program, name="program"),
    path("administration/program/sites/add/", program.add_site, name="site_add"),
    path("administration/program/sites/<int:pk>/", program.site, name="site"),
    path("administration/rules/", rule_packs.packs, name="rules"),
    path("administration/rules/<slug:pack_id>/", rule_packs.pack, name="rule_pack"),
    path("administration/rules/<slug:pack_id>/rows/", rule_packs.rows, name="rule_rows"),
    path("administration/rules/<slug:pack_id>/propose/", rule_packs.propose, name="rule_propose"),
    path("administration/rules/<slug:pack_id>/<int:pk>/approve/", rule_packs.approve, name="rule_approve"),
    path("administration/rules/<slug:pack_id>/<int:pk>/reject/", rule_packs.reject, name="rule_reject"),
    path("administration/audit/", audit_log.audit_log, name="audit"),
    path("operator/programs/", operator.programs, name="operator"),
]
