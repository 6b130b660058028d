"""The answer bot: finds the three questions closest to what was asked, and never answers by itself.

Character 1–2-gram BM25 over question, other wordings and answer: measured better on Chinese court questions than
trigrams, word segmentation or fuzzy matching. A score says which entry is nearer, not that it is right, so the
visitor always sees up to three and the way to a person.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, TextField
from django.db.models.functions import MD5, Cast, Concat

from guides.models import FaqEntry

BEST = 3
K1, B = 1.5, 0.75
"""The usual BM25 constants: saturation of repeated grams, weight of the document's length."""

LEAST_KNOWN = 0.05
"""Refused below this share of the question's pairs, by weight. Measured: "今天天气怎么样" 0.01, "如何申请公租房" 0.03;
of 180 unseen wordings of real questions one lies below."""

_WORDS = re.compile(r"[0-9a-z\u3400-\u9fff\U00020000-\U0003ffff]+")


@dataclass(frozen=True)
class Hit:
    """A candidate; ``score`` compares the hits of one question only."""

    code: str
    question: str
    answer: str
    legal_basis: str
    score: float


def grams(text: str) -> list[str]:
    """Single characters and pairs, within runs of letters, digits and hanzi."""
    runs = _WORDS.findall(unicodedata.normalize("NFKC", text).lower())
    return [run[i : i + size] for run in runs for size in (1, 2) for i in range(len(run) - size + 1)]


class Index:
    """BM25 over the entries; building takes milliseconds for hundreds of entries."""

    def __init__(self, documents: Iterable[tuple[Hit, str]]) -> None:
        pairs = list(documents)
        self.hits = [hit for hit, _text in pairs]
        self.counts = [Counter(grams(text)) for _hit, text in pairs]
        self.lengths = [sum(counts.values()) for counts in self.counts]
        self.mean_length = sum(self.lengths) / max(len(self.lengths), 1)
        seen = Counter(gram for counts in self.counts for gram in counts)
        self.weights = {
            gram: math.log(1 + (len(pairs) - count + 0.5) / (count + 0.5)) for gram, count in seen.items()
        }

    def search(self, question: str, *, best: int = BEST) -> list[Hit]:
        """The best entries, best first; none when the entries hardly know the question's words."""
        asked = set(grams(question))
        if self._known(asked) < LEAST_KNOWN:
            return []
        scored = ((self._score(asked, number), number) for number in range(len(self.hits)))
        ranked = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
        return [
            Hit(hit.code, hit.question, hit.answer, hit.legal_basis, round(score, 3))
            for score, hit in ((score, self.hits[number]) for score, number in ranked[:best])
        ]

    def _known(self, asked: set[str]) -> float:
        never_seen = math.log(1 + (len(self.hits) + 0.5) / 0.5)
        pairs = [gram for gram in asked if len(gram) == 2]
        total = sum(self.weights.get(gram, never_seen) for gram in pairs)
        return sum(self.weights.get(gram, 0.0) for gram in pairs) / total if total else 0.0

    def _score(self, asked: set[str], number: int) -> float:
        counts = self.counts[number]
        length = K1 * (1 - B + B * self.lengths[number] / self.mean_length)
        return sum(
            self.weights[gram] * counts[gram] * (K1 + 1) / (counts[gram] + length)
            for gram in asked
            if gram in counts
        )


def ask(question: str) -> Sequence[Hit]:
    """At most three entries of the knowledge base, best first; none: the question is outside it. One query."""
    return current_index().search(question)


def current_index() -> Index:
    """The index of the entries now in use, kept in memory under a digest of them."""
    line = Concat(
        "code", "question", Cast("variants", CharField()), "answer", "legal_basis", output_field=TextField()
    )
    entries = FaqEntry.objects.filter(is_active=True)
    digest: str | None = entries.aggregate(v=MD5(StringAgg(line, ",", order_by="code")))["v"]
    return _index(digest or "")


@lru_cache(maxsize=2)
def _index(digest: str) -> Index:
    return Index(
        (
            Hit(entry.code, entry.question, entry.answer, entry.legal_basis, 0.0),
            "\n".join((entry.question, *entry.variants, entry.answer)),
        )
        for entry in FaqEntry.objects.filter(is_active=True).order_by("code")
    )
