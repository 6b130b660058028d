"""Home, help, privacy, accessibility, display settings and the error pages over HTTP."""

import re

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse

from common.errors import Conflict, DomainError, NotAllowed, TooManyRequests
from common.middleware import DomainErrorMiddleware
from portal.context import PREFS_COOKIE, Display, read_display

PAGES = ["home", "prefs", "help", "a11y", "privacy", "styleguide"]
pytestmark = pytest.mark.django_db


def h1s(html: str) -> list[str]:
    return re.findall(r"<h1[^>]*>(.*?)</h1>", html, re.S)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("mode", ["standard", "large", "xlarge"])
def test_pages_answer_without_sign_in(client: Client, name: str, mode: str) -> None:
    client.cookies[PREFS_COOKIE] = f"{mode}.normal"
    answer = client.get(reverse(f"public:{name}"))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="zh-CN" class="text-{mode} contrast-normal">' in html
    title = re.search(r"<title>(.*?)</title>", html, re.S)
    assert title and re.fullmatch(rf"\S+ - {settings.SERVICE_NAME} - \S+", " ".join(title[1].split()))
    assert len(h1s(html)) == (
        2 if name == "styleguide" else 1
    )  # the guide shows a confirm page's own heading
    assert html.index('class="skip"') < html.index("<header")


def test_three_doors(client: Client) -> None:
    html = client.get("/").content.decode()
    assert re.findall(r'<a class="door[^"]*" href="([^"]+)"', html) == ["/scan/", "/precheck/", "/my/"]
    for words in ("我有法院的文书", "我要打官司", "查我的案子"):
        assert words in html
    assert "投诉或举报（承办人看不到）" in html


def test_five_buttons_in_elder_mode(client: Client) -> None:
    client.cookies[PREFS_COOKIE] = "large.normal"
    html = client.get("/").content.decode()
    found = re.findall(r"<strong>(.*?)</strong>", html)
    assert found == ["查我的案子", "给法官留言", "交费", "我要立案", "打电话求助"]
    assert f'href="tel:{settings.COURT_HOTLINE}"' in html


def test_help_bar_has_the_same_order_everywhere(client: Client) -> None:
    for name in PAGES[:-1]:
        foot = client.get(reverse(f"public:{name}")).content.decode().split("<footer", 1)[1]
        places = [foot.index(words) for words in ("拨 12368", "请人帮我办", "常见问题")]
        assert places == sorted(places)


def test_display_settings_are_kept_and_lead_back(client: Client) -> None:
    answer = client.post("/prefs/", {"text": "large", "next": "/help/?from=home"})
    assert (answer.status_code, answer["Location"]) == (302, "/help/?from=home")
    cookie = answer.cookies[PREFS_COOKIE]
    assert cookie.value == "large.normal" and cookie["httponly"] and cookie["samesite"] == "Lax"
    client.post("/prefs/", {"contrast": "high"})
    assert 'class="text-large contrast-high"' in client.get("/").content.decode()
    client.post("/prefs/", {"text": "standard"})
    assert 'class="text-standard contrast-high"' in client.get("/").content.decode()


@pytest.mark.req("SEC-68", "B-54")
@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_display_settings_never_lead_away(client: Client, target: str) -> None:
    assert client.post("/prefs/", {"text": "large", "next": target})["Location"] == "/"


def test_nonsense_settings_change_nothing(client: Client) -> None:
    assert (
        client.post("/prefs/", {"text": "huge", "contrast": "<script>"}).cookies[PREFS_COOKIE].value
        == "standard.normal"
    )
    client.cookies[PREFS_COOKIE] = "x" * 3000
    assert 'class="text-standard contrast-normal"' in client.get("/").content.decode()


def test_cookie_round_trip(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES[PREFS_COOKIE] = Display(text="xlarge", contrast="high").cookie
    assert read_display(request) == Display(text="xlarge", contrast="high")


def test_display_settings_need_the_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/prefs/", {"text": "large"})
    assert answer.status_code == 403
    assert "这一页放得太久了" in answer.content.decode()


def test_privacy_says_what_who_and_how_long(client: Client) -> None:
    html = client.get("/privacy/").content.decode()
    for words in ("谁能看到", "存多久", "不满14周岁", "中国境内", "查看和复制", "更正", "删除", "敏感"):
        assert words in html


def test_unknown_address_is_the_same_page_for_everybody(client: Client) -> None:
    one, other = client.get("/nothing/here/"), client.get("/something/else/")
    assert one.status_code == 404
    assert one.content == other.content == Client().get("/third/").content
    html = one.content.decode()
    assert "接下来怎么办" in html and "12368" in html and "<form" not in html


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Conflict("这件申请已经由别人受理。"), 409, "另一个窗口或者另一个人"),
        (NotAllowed("这件案件不由您承办。"), 403, "这件事现在不能由您办"),
        (TooManyRequests("请1分钟后再试。", retry_after_seconds=60), 429, "请稍等再试"),
        (DomainError("<b>金额</b>应大于0"), 409, "&lt;b&gt;金额&lt;/b&gt;应大于0"),
    ],
)
def test_a_refused_act_becomes_a_page(
    rf: RequestFactory, error: DomainError, status: int, words: str
) -> None:
    answer = DomainErrorMiddleware(lambda request: None).process_exception(rf.get("/"), error)  # type: ignore[arg-type]
    assert answer is not None and answer.status_code == status
    html = answer.content.decode()
    assert words in html and error.code in html and "12368" in html


def test_style_guide_is_not_in_production() -> None:
    from launcher.paths import ROOT

    source = (ROOT / "portal/pages/public_urls.py").read_text()
    assert 'if settings.PORTAL_MODE != "production":' in source
