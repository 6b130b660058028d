from django.conf import settings
from django.urls import path

from portal.pages import outages, public, trail

app_name = "public"
urlpatterns = [
    path("", public.home, name="home"),
    path("prefs/", public.prefs, name="prefs"),
    path("help/", public.help_page, name="help"),
    path("a11y/", public.a11y, name="a11y"),
    path("outages/", outages.outages, name="outages"),
    path("outages/record/", outages.record, name="outage_record"),
    path("privacy/", public.privacy, name="privacy"),
    path("receipts/verify/", trail.verify_receipt, name="verify_receipt"),
    path("trail/roots/", trail.roots, name="roots"),
    path("trail/roots.jsonl", trail.roots_file, name="roots_file"),
    path("trail/roots.atom", trail.roots_feed, name="roots_feed"),
    path("trail/keys.pem", trail.keys_file, name="trail_keys"),
    path("trail/offline.py", trail.verifier, name="verifier"),
]
if settings.PORTAL_MODE != "production":
    from portal.pages import styleguide

    urlpatterns.append(path("styleguide/", styleguide.page, name="styleguide"))
