"""Where money comes from, as finance says it."""

from django.utils.translation import gettext_lazy

GATEWAY_WORDS = {
    "counter": gettext_lazy("窗口"),
    "bank": gettext_lazy("银行转账"),
    "sandbox": gettext_lazy("演示收银台"),
    "wechat": gettext_lazy("微信支付"),
    "alipay": gettext_lazy("支付宝"),
}


def gateway_words(code: str) -> str:
    """A gateway, the counter or the bank as finance says it."""
    return str(GATEWAY_WORDS.get(code, code))
