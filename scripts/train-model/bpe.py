"""Byte-level BPE in the GPT-2 manner: training, encoding, decoding.

The pre-tokenizer is the GPT-2 pattern. Python's `re` has no \\p{L} or \\p{N}, so the three
character classes are written out from the Unicode database: the result splits text exactly as
the original pattern does (for the Unicode version of this Python).
"""
import collections
import heapq
import json
import re
import sys
import unicodedata

SPECIALS = ["<|bos|>", "<|eos|>", "<|user|>", "<|assistant|>", "<|end|>"]

# The Unicode property White_Space. Python's own \s also takes U+001C to U+001F, so it is not used.
WHITE_SPACE = ("\t\n\x0b\x0c\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
               + "\u2028\u2029\u202f\u205f\u3000")


def _escape(cp):
    return "\\U%08x" % cp


def _ranges(wanted):
    """The inside of a [...] class for the code points for which wanted(category) is true."""
    out = []
    start = None
    for cp in range(sys.maxunicode + 2):
        yes = cp <= sys.maxunicode and wanted(unicodedata.category(chr(cp)))
        if yes and start is None:
            start = cp
        elif not yes and start is not None:
            out.append(_escape(start) + ("-" + _escape(cp - 1) if cp - 1 > start else ""))
            start = None
    return "".join(out)


def _pattern():
    letter = _ranges(lambda c: c[0] == "L")
    number = _ranges(lambda c: c[0] == "N")
    space = "".join(_escape(ord(c)) for c in WHITE_SPACE)
    return re.compile(
        "'s|'t|'re|'ve|'m|'ll|'d"
        f"| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
        f"|[{space}]+(?![^{space}])|[{space}]+")


def byte_symbols():
    """GPT-2's table: one printable character for each of the 256 byte values."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {b: chr(b) for b in printable}
    free = 256
    for b in range(256):
        if b not in table:
            table[b] = chr(free)
            free += 1
    return table


BYTE_TO_SYMBOL = byte_symbols()
SYMBOL_TO_BYTE = {s: b for b, s in BYTE_TO_SYMBOL.items()}


def to_symbols(text):
    return "".join(BYTE_TO_SYMBOL[b] for b in text.encode("utf-8"))


def train_merges(text, count):
    """The `count` most worthwhile merges, kept up to date pair by pair instead of recounted."""
    words = collections.Counter(m.group() for m in _pattern().finditer(text))
    spelled = [list(to_symbols(w)) for w in words]
    freq = list(words.values())
    pairs = collections.Counter()
    where = collections.defaultdict(set)
    for i, w in enumerate(spelled):
        for p in zip(w, w[1:]):
            pairs[p] += freq[i]
            where[p].add(i)
    heap = [(-n, p) for p, n in pairs.items()]
    heapq.heapify(heap)
    merges = []
    while len(merges) < count and heap:
        n, pair = heapq.heappop(heap)
        if pairs.get(pair, 0) != -n:  # stale: its count has changed since it was pushed
            continue
        merges.append(pair)
        touched = set()
        for i in list(where[pair]):
            old = spelled[i]
            new = _merge(old, pair)
            if len(new) == len(old):
                continue
            for p in zip(old, old[1:]):
                pairs[p] -= freq[i]
                touched.add(p)
            for p in zip(new, new[1:]):
                pairs[p] += freq[i]
                where[p].add(i)
                touched.add(p)
            spelled[i] = new
        pairs.pop(pair, None)
        for p in touched:
            if pairs.get(p, 0) > 0:
                heapq.heappush(heap, (-pairs[p], p))
    return merges


def _merge(symbols, pair):
    out = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            out.append(pair[0] + pair[1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


class Tokenizer:
    """Ids: the 256 bytes in GPT-2's symbol order, then the merges in order, then the specials."""

    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.tokens = ([BYTE_TO_SYMBOL[b] for b in sorted(range(256), key=lambda b: BYTE_TO_SYMBOL[b])]
                       + [a + b for a, b in self.merges] + SPECIALS)
        self._finish()

    def _finish(self):
        self.ids = {t: i for i, t in enumerate(self.tokens)}
        self.rank = {m: i for i, m in enumerate(self.merges)}
        self.special_ids = {s: self.ids[s] for s in SPECIALS}
        self.pattern = _pattern()
        self._cache = {}

    @classmethod
    def from_parts(cls, tokens, merges):
        """From the lists as a GGUF file holds them."""
        self = cls.__new__(cls)
        self.merges = [tuple(m.split(" ")) for m in merges]
        self.tokens = list(tokens)
        self._finish()
        return self

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as f:
            return cls([m.split(" ") for m in json.load(f)["merges"]])

    def save(self, path):
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"tokens": self.tokens, "merges": [" ".join(m) for m in self.merges]}, f,
                      ensure_ascii=False, indent=0)

    def _word(self, word):
        known = self._cache.get(word)
        if known is None:
            symbols = list(to_symbols(word))
            while len(symbols) > 1:
                best = min(zip(symbols, symbols[1:]), key=lambda p: self.rank.get(p, 1 << 30))
                if best not in self.rank:
                    break
                symbols = _merge(symbols, best)
            known = self._cache[word] = [self.ids[s] for s in symbols]
        return known

    def encode(self, text):
        """Plain text only: the spelling of a special token is text like any other."""
        out = []
        for m in self.pattern.finditer(text):
            out.extend(self._word(m.group()))
        return out

    def encode_with_specials(self, text):
        parts = re.split("(" + "|".join(map(re.escape, SPECIALS)) + ")", text)
        out = []
        for p in parts:
            out.extend([self.special_ids[p]] if p in self.special_ids else self.encode(p))
        return out

    def decode(self, ids, specials=False):
        out = bytearray()
        for i in ids:
            t = self.tokens[i]
            if t in self.special_ids:
                if specials:
                    out += t.encode()
            else:
                out += bytes(SYMBOL_TO_BYTE[c] for c in t)
        return out.decode("utf-8", errors="replace")
