"""A second, independent forward pass: reads the GGUF file, computes in double precision.

    python3 reference.py --model M.gguf --golden bundled.json --tokenizer-golden bundled-tokenizer.json
    python3 reference.py --model M.gguf --sample "It was" --temperature 0.8
    python3 reference.py --model other.gguf --check other-golden.json

Only numpy; shares nothing with train.py and export_gguf.py but the tokenizer module. A golden
file holds prompt ids (with the bos token), the eight highest logits after the prompt and 64
greedy ids; --check compares against one made elsewhere.
"""
import argparse
import json
import os
import struct

import numpy as np

import bpe

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


class Gguf:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.raw = f.read()
        self.at = 0
        if self.raw[:4] != b"GGUF":
            raise ValueError("not a GGUF file")
        self.at = 4
        version = self._scalar("I")
        if version not in (2, 3):
            raise ValueError(f"GGUF version {version}")
        tensor_count, meta_count = self._scalar("Q"), self._scalar("Q")
        self.meta = {}
        for _ in range(meta_count):
            key = self._text()
            self.meta[key] = self._value(self._scalar("I"))
        infos = []
        for _ in range(tensor_count):
            name = self._text()
            dims = [self._scalar("Q") for _ in range(self._scalar("I"))]
            infos.append((name, dims, self._scalar("I"), self._scalar("Q")))
        alignment = self.meta.get("general.alignment", 32)
        base = -(-self.at // alignment) * alignment
        self.tensors = {name: self._tensor(base + offset, dims, kind) for name, dims, kind, offset in infos}

    def _scalar(self, code):
        v = struct.unpack_from("<" + code, self.raw, self.at)[0]
        self.at += struct.calcsize("<" + code)
        return v

    def _text(self):
        n = self._scalar("Q")
        self.at += n
        return self.raw[self.at - n:self.at].decode("utf-8")

    def _value(self, kind):
        if kind == 8:
            return self._text()
        if kind == 9:
            inner, n = self._scalar("I"), self._scalar("Q")
            return [self._value(inner) for _ in range(n)]
        return self._scalar(SCALARS[kind])

    def _tensor(self, at, dims, kind):
        n = int(np.prod(dims))
        shape = dims[::-1]
        if kind == 0:
            return np.frombuffer(self.raw, "<f4", n, at).reshape(shape).astype(np.float64)
        if kind == 1:
            return np.frombuffer(self.raw, "<f2", n, at).reshape(shape).astype(np.float64)
        if kind == 8:
            out = np.empty((n // 32, 32))
            bytes_ = np.frombuffer(self.raw, np.uint8, n // 32 * 34, at).reshape(-1, 34)
            out[:] = bytes_[:, 2:].astype(np.uint8).view(np.int8)
            out *= np.ascontiguousarray(bytes_[:, :2]).view("<f2").astype(np.float64)
            return out.reshape(shape)
        raise ValueError(f"tensor type {kind}")


class Reference:
    """One position at a time, with a key/value cache of plain lists."""

    def __init__(self, g):
        m = g.meta
        self.w = g.tensors
        self.layers = m["llama.block_count"]
        self.heads = m["llama.attention.head_count"]
        self.kv_heads = m.get("llama.attention.head_count_kv", self.heads)
        self.dim = m["llama.embedding_length"]
        self.head_dim = self.dim // self.heads
        self.eps = m["llama.attention.layer_norm_rms_epsilon"]
        self.theta = m.get("llama.rope.freq_base", 10000.0)
        self.out = self.w.get("output.weight", self.w["token_embd.weight"])
        self.reset()

    def reset(self):
        self.keys = [[] for _ in range(self.layers)]
        self.values = [[] for _ in range(self.layers)]

    def norm(self, x, weight):
        return x / np.sqrt(np.mean(x * x) + self.eps) * weight

    def turn(self, heads, pos):
        out = np.empty_like(heads)
        for i in range(0, self.head_dim, 2):
            angle = pos * self.theta ** (-i / self.head_dim)
            c, s = np.cos(angle), np.sin(angle)
            out[:, i] = heads[:, i] * c - heads[:, i + 1] * s
            out[:, i + 1] = heads[:, i] * s + heads[:, i + 1] * c
        return out

    def step(self, token):
        pos = len(self.keys[0])
        x = self.w["token_embd.weight"][token].copy()
        for n in range(self.layers):
            p = f"blk.{n}."
            h = self.norm(x, self.w[p + "attn_norm.weight"])
            q = self.turn((self.w[p + "attn_q.weight"] @ h).reshape(self.heads, -1), pos)
            self.keys[n].append(self.turn((self.w[p + "attn_k.weight"] @ h).reshape(self.kv_heads, -1), pos))
            self.values[n].append((self.w[p + "attn_v.weight"] @ h).reshape(self.kv_heads, -1))
            keys, values = np.array(self.keys[n]), np.array(self.values[n])
            mixed = np.empty((self.heads, self.head_dim))
            for a in range(self.heads):
                g = a // (self.heads // self.kv_heads)
                score = keys[:, g] @ q[a] / np.sqrt(self.head_dim)
                weight = np.exp(score - score.max())
                mixed[a] = weight / weight.sum() @ values[:, g]
            x = x + self.w[p + "attn_output.weight"] @ mixed.reshape(-1)
            h = self.norm(x, self.w[p + "ffn_norm.weight"])
            gate = self.w[p + "ffn_gate.weight"] @ h
            x = x + self.w[p + "ffn_down.weight"] @ (gate / (1 + np.exp(-gate)) * (self.w[p + "ffn_up.weight"] @ h))
        return self.out @ self.norm(x, self.w["output_norm.weight"])

    def prompt(self, ids):
        self.reset()
        for t in ids:
            logits = self.step(t)
        return logits

    def greedy(self, ids, count):
        """(ids, logits after the prompt, smallest lead of a chosen token over the second)"""
        first = logits = self.prompt(ids)
        out, lead = [], np.inf
        for n in range(count):
            two = np.sort(logits)[-2:]
            lead = min(lead, two[1] - two[0])
            out.append(int(np.argmax(logits)))
            if n + 1 < count:
                logits = self.step(out[-1])
        return out, first, float(lead)

    def sample(self, ids, count, temperature, rng, stop):
        logits = self.prompt(ids)
        out = []
        while len(out) < count:
            p = np.exp((logits - logits.max()) / temperature)
            out.append(int(rng.choice(len(p), p=p / p.sum())))
            if out[-1] == stop:
                break
            logits = self.step(out[-1])
        return out


def top8(logits):
    return [[int(i), round(float(logits[i]), 5)] for i in np.argsort(-logits, kind="stable")[:8]]


LONG_PROMPT = (
    "The morning was fine, and the two sisters walked out together to call upon their friends in the "
    "village. They had not gone far before they were met by a gentleman, who had come from the house of "
    "his aunt with a letter in his hand, and who begged that they would stay a moment and hear the news. "
    "\"My aunt,\" said he, \"has been very ill, and she desires to see you both before the end of the week.\" "
    "The elder sister "
    "was very much surprised; she took the letter, thanked him for his kindness, and")
PROMPTS = ["In the beginning", "She was a young woman of good fortune, and", LONG_PROMPT]

TRICKY = [
    "", " ", "  ", "   ", "\n", "\n\n", "\n\n\n", "\t", "\t\t", "\r\n", " \n", "\n ", " \n \n ", "a", " a", "  a", "a ",
    "a  ", "a b", "a  b", "a   b", "a\nb", "a\n\nb", "a \n b", "\ta\t b", "Hello, world!", "hello world", "HELLO WORLD",
    "And God said, Let there be light: and there was light.",
    "It's he'll we've I'm they're you'd don't 's 't", "IT'S HE'LL WE'VE", "it''s '' 'tis 'sister 'real 'd'd", "don\u2019t \u201cquote\u201d \u2014 dash",
    "0", "1234567890", " 42", "3.14159", "1,000,000", "x1y2z3", "a1 b2", "\u00b2\u00b3\u00bd \u2167 \u0661\u0662\u0663", "...", "?!?!", "--", "a--b", "end.--\"Well!\"",
    "_underscore_ __init__", "snake_case camelCase", "<|bos|>", "<|end|> <|user|>hi", "http://example.org/a?b=c&d=%20", "{\"k\": [1, 2.5, null]}",
    "caf\u00e9 na\u00efve \u00c5ngstr\u00f6m", "cafe\u0301", "\u00df\u1e9e \u0130\u0131", "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u043c\u0438\u0440", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8", "\ud55c\uad6d\uc5b4", "\U0001f600", "\U0001f600\U0001f680 ok", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1eb\U0001f1f7 \u2764\ufe0f", "\U0001d49c\U0001d4b7",
    "\u00a0", "a\u00a0b", "\u2003x \u3000y", "a\u2028b\u2029c", "a\u0085b", "a\u001cb\u001fc", "\u200bzero\u200bwidth", "\ufeffbom", "\u0000\u0001\u007f", "\ufffd", "\U0010ffff", "    indented code\n        more\n", "trailing spaces   \n\n  next",
    "supercalifragilisticexpialidocious", "Nebuchadnezzar begat", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "the the  the", "\u00b5 \u00aa \u00ba", "\u3007\u4e00\u4e8c \u2460",
]


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=True, indent=1)
        f.write("\n")


def check(ref, path):
    with open(path, encoding="utf-8") as f:
        golden = json.load(f)
    for case in golden["cases"]:
        ids, first, lead = ref.greedy(case["prompt_ids"], len(case["greedy_ids"]))
        off = max(abs(first[i] - v) for i, v in case["top8_after_prompt"])
        same = sum(a == b for a, b in zip(ids, case["greedy_ids"]))
        print(f"{case['prompt'][:40]!r}: {same} of {len(ids)} greedy ids equal, "
              f"top-8 order {'equal' if [i for i, _ in top8(first)] == [i for i, _ in case['top8_after_prompt']] else 'DIFFERS'}, "
              f"largest logit difference {off:.2e}, smallest lead {lead:.4f}")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--model", required=True)
    ap.add_argument("--golden")
    ap.add_argument("--tokenizer-golden")
    ap.add_argument("--check", help="a golden file to compare with")
    ap.add_argument("--sample", help="a prompt to continue")
    ap.add_argument("--temperature", type=float, default=0.0)
    ap.add_argument("--count", type=int, default=120)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    g = Gguf(args.model)
    ref = Reference(g)
    if args.check:
        check(ref, args.check)
    if not (args.golden or args.tokenizer_golden or args.sample is not None):
        return
    tok = bpe.Tokenizer.from_parts(g.meta["tokenizer.ggml.tokens"], g.meta["tokenizer.ggml.merges"])
    bos, eos = g.meta["tokenizer.ggml.bos_token_id"], g.meta["tokenizer.ggml.eos_token_id"]
    if args.sample is not None:
        ids = [bos] + tok.encode(args.sample)
        if args.temperature:
            new = ref.sample(ids, args.count, args.temperature, np.random.default_rng(args.seed), eos)
        else:
            new = ref.greedy(ids, args.count)[0]
        print(args.sample + tok.decode(new, specials=True))
    if args.golden:
        cases = []
        for prompt in PROMPTS:
            ids = [bos] + tok.encode(prompt)
            new, first, lead = ref.greedy(ids, 64)
            cases.append(dict(prompt=prompt, prompt_ids=ids, greedy_ids=new, top8_after_prompt=top8(first),
                              smallest_lead=round(lead, 5), text=tok.decode(new, specials=True)))
            print(f"{len(ids)} prompt ids, smallest lead {lead:.4f}: {cases[-1]['text']!r}")
        write_json(args.golden, dict(model=os.path.basename(args.model), cases=cases))
    if args.tokenizer_golden:
        plain = [dict(text=s, parse_special=False, ids=tok.encode(s)) for s in TRICKY]
        for c in plain:
            assert tok.decode(c["ids"]) == c["text"], c
        special = [dict(text=s, parse_special=True, ids=tok.encode_with_specials(s)) for s in
                   ("<|bos|>", "<|bos|>In the beginning", "<|user|>Hello there<|end|>\n<|assistant|>", "a <|end|> b", "<|eos |>")]
        write_json(args.tokenizer_golden, plain + special)
        print(f"{len(plain) + len(special)} tokenizer cases")


if __name__ == "__main__":
    main()
