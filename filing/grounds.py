"""Grounds of a ruling 不予受理 and of a hand-over, by law; the clerk chooses one and adds his own words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Ground:
    """One ground: what the clerk picks, the article, and the sentence that stands in the ruling."""

    label: str | Promise
    article: str
    sentence: str


GROUNDS: dict[str, Ground] = {
    "not_interested": Ground(
        _("起诉的人和这件事没有直接利害关系"),
        "《中华人民共和国民事诉讼法》第一百二十二条第一项",
        "起诉人与本案没有直接利害关系，不符合起诉条件",
    ),
    "no_defendant": Ground(
        _("没有明确的被告"),
        "《中华人民共和国民事诉讼法》第一百二十二条第二项",
        "起诉没有明确的被告，不符合起诉条件",
    ),
    "no_claim": Ground(
        _("没有具体的请求和事实理由"),
        "《中华人民共和国民事诉讼法》第一百二十二条第三项",
        "起诉没有具体的诉讼请求和事实、理由，不符合起诉条件",
    ),
    "administrative": Ground(
        _("属于行政诉讼"),
        "《中华人民共和国民事诉讼法》第一百二十七条第一项",
        "本案属于行政诉讼的受案范围，应当提起行政诉讼",
    ),
    "arbitration": Ground(
        _("有书面仲裁协议"),
        "《中华人民共和国民事诉讼法》第一百二十七条第二项",
        "双方达成书面仲裁协议申请仲裁，不得向人民法院起诉，应当向仲裁机构申请仲裁",
    ),
    "other_body": Ground(
        _("应当由其他机关处理"),
        "《中华人民共和国民事诉讼法》第一百二十七条第三项",
        "依照法律规定，本案争议应当由其他机关处理，应当向有关机关申请解决",
    ),
    "other_court": Ground(
        _("不归本院管，当事人坚持在本院起诉"),
        "《中华人民共和国民事诉讼法》第一百二十七条第四项",
        "本案不属于本院管辖，经告知向有管辖权的人民法院起诉，起诉人坚持向本院起诉",
    ),
    "judged_already": Ground(
        _("已经有生效裁判，又起诉"),
        "《中华人民共和国民事诉讼法》第一百二十七条第五项",
        "对判决、裁定、调解书已经发生法律效力的案件又起诉，应当申请再审",
    ),
    "too_early": Ground(
        _("法律规定一定期限内不得起诉"),
        "《中华人民共和国民事诉讼法》第一百二十七条第六项",
        "依照法律规定，在一定期限内不得起诉的案件，在不得起诉的期限内起诉",
    ),
    "divorce_again": Ground(
        _("离婚等案件六个月内又起诉，没有新情况"),
        "《中华人民共和国民事诉讼法》第一百二十七条第七项",
        "判决不准离婚或者调解和好的离婚案件，没有新情况、新理由，原告在六个月内又起诉",
    ),
    "not_corrected": Ground(
        _("补正后仍不符合条件，坚持起诉"),
        "《最高人民法院关于人民法院登记立案若干问题的规定》第七条",
        "经本院一次性告知补正，起诉材料仍不符合要求，起诉人坚持起诉",
    ),
}
