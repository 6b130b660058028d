"""Where money comes from besides the gateways, and how every source is called on screens and papers."""

from django.utils.translation import gettext_lazy

COUNTER, BANK = "counter", "bank"
"""What stands in place of a gateway's code for money at the window and on the bank account."""
GATEWAY_WORDS = {
    COUNTER: gettext_lazy("法院窗口"),
    BANK: gettext_lazy("银行转账"),
    "sandbox": gettext_lazy("演示收银台"),
    "wechat": gettext_lazy("微信支付"),
    "alipay": gettext_lazy("支付宝"),
}


def gateway_words(code: str) -> str:
    """A gateway, the counter or the bank in words."""
    return str(GATEWAY_WORDS.get(code, code))
