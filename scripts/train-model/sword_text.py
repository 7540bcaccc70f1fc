"""The plain text of a compressed SWORD module (Debian's sword-text-web), on standard output.

    python3 sword_text.py /usr/share/sword/modules/texts/ztext/engWEB2015eb | gzip > DIR/web_bible.txt.gz

One long line: the books are parted by runs of spaces, the paragraphs by shorter ones.
"""
import os
import re
import struct
import sys
import zlib


def main():
    folder = sys.argv[1]
    out = []
    for part in ("ot", "nt"):
        with open(os.path.join(folder, part + ".bzs"), "rb") as f:
            index = f.read()
        with open(os.path.join(folder, part + ".bzz"), "rb") as f:
            data = f.read()
        for offset, size, _ in struct.iter_unpack("<III", index):
            if size:
                out.append(zlib.decompress(data[offset:offset + size]).decode("utf-8"))
    text = "".join(out)
    text = re.sub(r"<note\b.*?</note>", "", text, flags=re.S)
    text = re.sub(r"<[^>]*>", "", text)
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
