import pathlib, pytest
from openinfusion.apps.portal.public import send_message
from openinfusion.platform.access.roles import Role
pytestmark=[pytest.mark.django_db(transaction=True)]
def test_shots(live_server, case, at_home, browse, acting, person, at, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE","1")
    import openinfusion.platform.clock as c
    monkeypatch.setattr(c, "now", lambda: at)
    from playwright.sync_api import sync_playwright
    user,link,pc,access=at_home(Role.PATIENT)
    send_message(episode=case.episode, text="My chest hurts", by=access, at=at)
    e=case.episode.pk
    jobs=[(pc,f"/portal/{e}/{x}",390) for x in ("","messages/","call-911/","count/","how-to/","call/")]+[(browse(Role.ADMINISTRATOR),u,w) for u in ("/administration/people/","/administration/people/invite/","/administration/program/") for w in (390,1440)]+[(browse(Role.QUALITY),u,w) for u in ("/administration/rules/","/administration/rules/dosing/","/administration/rules/interactions/rows/","/my-account/") for w in (390,1440)]+[(browse(Role.NURSE),u,w) for u in ("/portal/inbox/",f"/portal/inbox/{e}/",f"/portal/people/{case.patient.pk}/") for w in (390,1440)]+[(browse(Role.PRIVACY),"/administration/audit/",w) for w in (390,1440)]+[(at_home(Role.PHYSICIAN)[2],f"/portal/physician/{e}/",w) for w in (390,1440)]
    axe=pathlib.Path("tests/browser/vendor/axe.min.js"); out=[f"axe {axe.exists()}"]
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox","--disable-gpu"])
        for cl,url,w in jobs:
            ctx=b.new_context(viewport={"width":w,"height":900}, bypass_csp=True)
            ctx.add_cookies([{"name":"sessionid","value":cl.cookies["sessionid"].value,"url":live_server.url}])
            page=ctx.new_page(); r0=page.goto(live_server.url+url)
            wide=page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            v=[]
            if axe.exists():
                page.evaluate(axe.read_text()); r=page.evaluate("()=>axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21aa','wcag22aa']})")
                v=[(x["id"],[n["target"] for n in x["nodes"]][:2]) for x in r["violations"]]
            if wide or v or r0.status!=200: out.append(f"{url} {w} {r0.status} overflow {wide} {v}")
            ctx.close()
        b.close()
    out.append(f"{len(jobs)} pages")
    pathlib.Path("/tmp/portal_axe.txt").write_text("\n".join(out))
