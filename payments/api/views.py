"""``POST /api/v1/fees/quote``: what a case or an application costs, or what comes back."""

from decimal import Decimal

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.api import ERRORS, PublicLookup
from common.errors import InvalidInput
from courts import selectors
from payments import fees
from payments.api import serializers


class FeeQuoteView(PublicLookup):
    """By the rules in force today and, where a court is named, its own base fees."""

    @extend_schema(
        operation_id="fees_quote",
        request=serializers.FeeQuoteInput,
        responses={200: serializers.FeeQuoteAnswer, **ERRORS},
        tags=["lookup"],
    )
    def post(self, request: Request) -> Response:
        asked = {
            key: value
            for key, value in self.read_body(serializers.FeeQuoteInput).items()
            if value is not None
        }
        bases = base_fees_of(asked.pop("court", ""))
        for name in ("halve", "property_amounts"):
            if name in asked:
                asked[name] = tuple(asked[name])
        quote = fees.quote(fees.QuoteInput(**asked), on=clock.today(), bases=bases)
        return Response(serializers.FeeQuoteAnswer(quote).data)


def base_fees_of(court_code: str) -> dict[str, Decimal]:
    """The base fees a court has set within the legal ranges; no court named → none. Unknown court → InvalidInput."""
    if not court_code:
        return {}
    court = selectors.court_by_code(court_code)
    if court is None:
        message = _("没有找到这个法院代字")
        raise InvalidInput(message, court=message)
    return selectors.base_fees(court)
