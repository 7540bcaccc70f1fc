"""Cleans the texts, splits them, trains the tokenizer and writes token files for train.py.

    python3 prepare.py --corpora DIR --out WORK

DIR holds janeausten.txt.gz, web_bible.txt.gz and kjv.txt.gz (README.md says where they come
from). WORK receives tokenizer.json, train.bin and val.bin (uint16 ids) and the cleaned text.
"""
import argparse
import collections
import gzip
import os
import re

import numpy as np

import bpe

VOCABULARY = 2048
# Held out in both Bible versions, so that no other wording of a validation text is trained on.
HELD_OUT_BOOKS = {"Ruth", "Jonah", "Ecclesiastes", "Philippians", "James"}
HELD_OUT_EVERY = 25  # of the chapters of the novels


def read(folder, name):
    with gzip.open(os.path.join(folder, name + ".txt.gz"), "rt", encoding="utf-8") as f:
        return f.read()


def plain(text):
    """Typewriter punctuation, single spaces."""
    for a, b in (("\u2019", "'"), ("\u2018", "'"), ("\u201c", '"'), ("\u201d", '"'),
                 ("\u2014", "--"), ("\u00a3", "")):
        text = text.replace(a, b)
    text = text.replace("_", "").replace("*", "").replace("[", "").replace("]", "")
    return re.sub(r"\s+", " ", text).strip()


def join_short(paragraphs, least):
    """Runs of very short paragraphs become one."""
    out = []
    for p in paragraphs:
        if out and len(out[-1]) < least:
            out[-1] += " " + p
        else:
            out.append(p)
    return out


# ---- the novels --------------------------------------------------------------------------------

CHAPTER = re.compile(r"\n\s*chapter\s+(?:[ivxlc]+|\d+)\.?\s*\n", re.I)
TITLES = re.compile(r"(?:emma|mansfield park|northanger abbey|persuasion|pride and prejudice|"
                    r"sense and sensibility|finis|the end|the\s+end)\.?|.*by jane austen.*|by|"
                    r"jane austen.*|volume [ivx]+|\(?1\d\d\d\)?|\(?end of.*|\[?end volume.*|"
                    r"\[?at this point in the.*", re.I)


def novels(text):
    """(held out?, chapter text) for every chapter."""
    for n, chapter in enumerate(CHAPTER.split("\n" + text)[1:]):
        paragraphs = []
        for p in re.split(r"\n\s*\n", chapter):
            p = plain(p)
            if not p or TITLES.fullmatch(p) or re.match(r"Vide a letter|At this point in|End volume", p):
                continue
            if not re.search(r"[a-z]", p):  # headings in capitals
                continue
            paragraphs.append(p)
        if paragraphs:
            yield n % HELD_OUT_EVERY == HELD_OUT_EVERY // 2, "\n\n".join(paragraphs)


# ---- King James Version ------------------------------------------------------------------------

KJV_HEADING = re.compile(r"^((?:[123] )?[A-Z][A-Za-z ]+?) (\d+)$", re.M)


def king_james(text):
    """Verses flow; a new paragraph begins at a sentence end once the last has grown long."""
    parts = KJV_HEADING.split(text)
    for i in range(1, len(parts), 3):
        book, body = parts[i], parts[i + 2]
        verses = [plain(v) for v in re.split(r"\n\s*\d+ ", "\n" + body.strip("\n"))]
        paragraphs, now = [], ""
        for v in filter(None, verses):
            v = re.sub(r"[{}<>]", "", v)
            now += (" " if now else "") + v
            if len(now) > 450 and v[-1] in ".?!":
                paragraphs.append(now)
                now = ""
        if now:
            if paragraphs and len(now) < 150:
                paragraphs[-1] += " " + now
            else:
                paragraphs.append(now)
        yield book in HELD_OUT_BOOKS, "\n\n".join(paragraphs)


# ---- World English Bible -----------------------------------------------------------------------

WEB_TITLE = re.compile(
    r"(?:The \w+ Book of Moses, Commonly Called \w+|The (?:First |Second )?Book of (?:the Prophet )?"
    r"(?:Joshua|Judges|Ruth|Samuel|Kings|Chronicles|Ezra|Nehemiah|Esther|Job|Isaiah|Jeremiah|Ezekiel|"
    r"Daniel|Hosea|Joel|Amos|Obadiah|Jonah|Micah|Nahum|Habakkuk|Zephaniah|Haggai|Zechariah|Malachi)|"
    r"The Psalms|The Proverbs|Ecclesiastes or, The Preacher|The Song of Solomon|"
    r"The Lamentations of Jeremiah|The Good News According to \w+|The Acts of the Apostles|"
    r"Paul's (?:First |Second )?Letter to (?:the )?\w+|The Letter to the Hebrews|"
    r"The Letter from (?:James|Jude)|(?:Peter|John)'s (?:First|Second|Third) Letter|"
    r"The Revelation to John|THE PRAYER OF MANASSES[A-Z ,]*?BABYLON|"
    r"[A-Z ,]{5,}(?= {2})|ESTHER translated from the Greek Septuagint|PSALM 151) +(?=\S)")
WEB_DROP = re.compile(
    r"(?:BOOK \d ?)?(?:For the Chief Musician|A Psalm|A Song|A Poem|A Prayer|A song|A poem|"
    r"A contemplation|A meditation|By (?:David|Solomon|Asaph)|A teaching|A Praise|BOOK \d)"
    r"|[A-Z ]{3,}$|Introduction$|Beloved$|Lover$|Friends$")
WEB_SKIP = ("Preface to the World", "World English Bible Glossary",
            "The Book of Daniel with Greek Portions")


def mend_joined_words(text, other_words):
    """Where a footnote mark was taken out, two words run together ("Godcreated"): part them."""
    text = re.sub(r"([a-z]['\u2019]?s?[,;:.!?])(?=[A-Za-z])", r"\1 ", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"([\u2019']s)(?=[a-z]{2})", r"\1 ", text)
    words = collections.Counter(re.findall(r"[A-Za-z]+", text))

    def part(m):
        w = m.group()
        if words[w] > 3 or w in other_words or w.lower() in other_words or words[w.lower()] > 3:
            return w
        best = max(((min(words[w[:i]], words[w[i:]]), i) for i in range(3, len(w) - 2)),
                   default=(0, 0))
        return w[:best[1]] + " " + w[best[1]:] if best[0] >= 40 and len(w) >= 7 else w

    return re.sub(r"[A-Za-z]+", part, text)


def world_english(text, other_words):
    text = mend_joined_words(text, other_words)
    text = text.replace("\u2019", "'")
    for book in re.split(r" {7,}", text):
        book = book.strip()
        if book.startswith(WEB_SKIP):
            continue
        title = WEB_TITLE.match(book)
        name = title.group() if title else ""
        book = book[len(name):]
        # Two spaces or more part paragraphs, but poetry has them inside sentences too.
        paragraphs = []
        for p in re.split(r" {2,}", book):
            p = plain(p)
            if not p or "Deuterocanonical" in p or "Slavonic Bible" in p or "Septuagint" in p:
                continue
            if len(p) < 250 and WEB_DROP.match(p):
                continue
            ended = paragraphs and paragraphs[-1][-1] in ".?!\"'"
            if not paragraphs or (ended and re.match(r"[\"'A-Z]", p)):
                paragraphs.append(p)
            else:
                paragraphs[-1] += " " + p
        paragraphs = join_short(paragraphs, 160)
        cut = []
        for p in paragraphs:  # whole books without a break: part them at sentence ends
            while len(p) > 1200:
                m = re.search(r"[.?!][\"']* (?=[A-Z\"])", p[600:])
                if not m:
                    break
                cut.append(p[:600 + m.end()].rstrip())
                p = p[600 + m.end():]
            cut.append(p)
        held = any(b in name for b in HELD_OUT_BOOKS)
        for i in range(0, len(cut), 12):  # about a chapter
            yield held, "\n\n".join(cut[i:i + 12])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--corpora", required=True)
    ap.add_argument("--out", required=True)
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
    austen, kjv, web = (read(args.corpora, n) for n in ("janeausten", "kjv", "web_bible"))
    other_words = set(re.findall(r"[A-Za-z]+", austen + kjv))
    documents = []
    for name, source in (("austen", novels(austen)), ("kjv", king_james(kjv)),
                         ("web", world_english(web, other_words))):
        mine = list(source)
        print(f"{name}: {len(mine)} documents, {sum(len(t) for _, t in mine)} characters, "
              f"held out {sum(len(t) for h, t in mine if h)}")
        documents += mine
    train = [t for held, t in documents if not held]
    val = [t for held, t in documents if held]
    tok = bpe.Tokenizer(bpe.train_merges("\n\n".join(train), VOCABULARY - 256 - len(bpe.SPECIALS)))
    assert len(tok.tokens) == VOCABULARY and len(set(tok.tokens)) == VOCABULARY
    tok.save(os.path.join(args.out, "tokenizer.json"))
    for name, texts in (("train", train), ("val", val)):
        ids = []
        for t in texts:
            ids += [tok.special_ids["<|bos|>"], *tok.encode(t), tok.special_ids["<|eos|>"]]
        np.array(ids, dtype=np.uint16).tofile(os.path.join(args.out, name + ".bin"))
        with open(os.path.join(args.out, name + ".txt"), "w", encoding="utf-8") as f:
            f.write("\n\n\n".join(texts))
        size = sum(len(t.encode()) for t in texts)
        print(f"{name}: {len(texts)} documents, {len(ids)} tokens, {size / len(ids):.3f} bytes a token")


if __name__ == "__main__":
    main()
