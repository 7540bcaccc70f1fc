"""Writes a checkpoint of train.py as a GGUF (version 3) file with Q8_0 matrices.

    python3 export_gguf.py --checkpoint RUN/final.pt --data WORK --out kvasir-prose-q8_0.gguf

It also prints the loss on the validation tokens of WORK, once with the trained weights and once
with the weights as the file holds them.
"""
import argparse
import os
import struct

import numpy as np

import bpe

NAME = "Kvasir Prose"
ALIGNMENT = 32
F32, Q8_0 = 0, 8  # ggml tensor types
MOSTLY_Q8_0 = 7  # general.file_type
NORMAL, CONTROL = 1, 3  # tokenizer.ggml.token_type
# A base model: the messages are the text so far, and what follows begins a new paragraph.
CHAT_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{{ '\\n\\n' }}{% endfor %}"


def text(s):
    raw = s.encode("utf-8")
    return struct.pack("<Q", len(raw)) + raw


class Metadata:
    def __init__(self):
        self.count = 0
        self.raw = b""

    def _put(self, key, kind, raw):
        self.count += 1
        self.raw += text(key) + struct.pack("<I", kind) + raw

    def u32(self, key, v):
        self._put(key, 4, struct.pack("<I", v))

    def f32(self, key, v):
        self._put(key, 6, struct.pack("<f", v))

    def flag(self, key, v):
        self._put(key, 7, struct.pack("<?", v))

    def string(self, key, v):
        self._put(key, 8, text(v))

    def strings(self, key, vs):
        self._put(key, 9, struct.pack("<IQ", 8, len(vs)) + b"".join(map(text, vs)))

    def i32s(self, key, vs):
        self._put(key, 9, struct.pack("<IQ", 5, len(vs)) + struct.pack(f"<{len(vs)}i", *vs))


def q8_0(matrix):
    """Blocks of 32 values of a row: a half-precision scale and 32 signed bytes."""
    assert matrix.shape[1] % 32 == 0
    blocks = np.asarray(matrix, dtype=np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / np.float32(127)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    scaled = blocks * inverse
    whole = np.sign(scaled) * np.floor(np.abs(scaled) + np.float32(0.5))
    out = np.empty(len(blocks), dtype=[("d", "<f2"), ("q", "i1", 32)])
    out["d"] = scale[:, 0]
    out["q"] = whole
    return out


def from_q8_0(blocks, shape):
    return (blocks["d"].astype(np.float32)[:, None] * blocks["q"].astype(np.float32)).reshape(shape)


def tensors(state, c):
    """(name, array) in file order, fused matrices parted."""
    w = {k: v.float().numpy() for k, v in state.items()}
    yield "token_embd.weight", w["token_embd.weight"]
    q, kv = c["heads"] * c["head_dim"], c["kv_heads"] * c["head_dim"]
    for n in range(c["layers"]):
        b = f"blk.{n}."
        qkv = w[b + "attn_qkv.weight"]
        gate_up = w[b + "ffn_gate_up.weight"]
        yield b + "attn_norm.weight", w[b + "attn_norm.weight"]
        yield b + "attn_q.weight", qkv[:q]
        yield b + "attn_k.weight", qkv[q:q + kv]
        yield b + "attn_v.weight", qkv[q + kv:]
        yield b + "attn_output.weight", w[b + "attn_output.weight"]
        yield b + "ffn_norm.weight", w[b + "ffn_norm.weight"]
        yield b + "ffn_gate.weight", gate_up[:c["hidden"]]
        yield b + "ffn_up.weight", gate_up[c["hidden"]:]
        yield b + "ffn_down.weight", w[b + "ffn_down.weight"]
    yield "output_norm.weight", w["output_norm.weight"]


def metadata(c, tok, name):
    m = Metadata()
    m.string("general.architecture", "llama")
    m.string("general.name", name)
    m.string("general.license", "CC0-1.0")
    m.u32("general.alignment", ALIGNMENT)
    m.u32("general.file_type", MOSTLY_Q8_0)
    m.u32("general.quantization_version", 2)
    m.u32("llama.context_length", c["context"])
    m.u32("llama.embedding_length", c["dim"])
    m.u32("llama.block_count", c["layers"])
    m.u32("llama.feed_forward_length", c["hidden"])
    m.u32("llama.attention.head_count", c["heads"])
    m.u32("llama.attention.head_count_kv", c["kv_heads"])
    m.f32("llama.attention.layer_norm_rms_epsilon", c["norm_eps"])
    m.u32("llama.rope.dimension_count", c["head_dim"])
    m.f32("llama.rope.freq_base", c["rope_theta"])
    m.u32("llama.vocab_size", c["vocab"])
    m.string("tokenizer.ggml.model", "gpt2")
    m.string("tokenizer.ggml.pre", "gpt-2")
    m.strings("tokenizer.ggml.tokens", tok.tokens)
    m.i32s("tokenizer.ggml.token_type",
           [CONTROL if t in tok.special_ids else NORMAL for t in tok.tokens])
    m.strings("tokenizer.ggml.merges", [a + " " + b for a, b in tok.merges])
    m.u32("tokenizer.ggml.bos_token_id", tok.special_ids["<|bos|>"])
    m.u32("tokenizer.ggml.eos_token_id", tok.special_ids["<|eos|>"])
    m.flag("tokenizer.ggml.add_bos_token", True)
    m.string("tokenizer.chat_template", CHAT_TEMPLATE)
    return m


def padding(size):
    return b"\0" * (-size % ALIGNMENT)


def write(path, meta, items):
    infos, data, offset = b"", [], 0
    for name, array in items:
        kind = F32 if array.ndim == 1 else Q8_0
        raw = (array.astype("<f4") if kind == F32 else q8_0(array)).tobytes()
        infos += text(name) + struct.pack("<I", array.ndim)
        infos += b"".join(struct.pack("<Q", d) for d in reversed(array.shape))  # innermost first
        infos += struct.pack("<IQ", kind, offset)
        data += [raw, padding(len(raw))]
        offset += len(raw) + len(padding(len(raw)))
    head = b"GGUF" + struct.pack("<IQQ", 3, len(items), meta.count) + meta.raw + infos
    with open(path, "wb") as f:
        f.write(head + padding(len(head)))
        for raw in data:
            f.write(raw)


def losses(state, config, data):
    """Validation loss of the trained weights, and of the same after a pass through Q8_0."""
    import torch
    import train
    val = np.fromfile(os.path.join(data, "val.bin"), dtype=np.uint16)
    out = []
    for rounded in (False, True):
        model = train.Model(config)
        model.load_state_dict({
            k: torch.from_numpy(from_q8_0(q8_0(v.numpy()), v.shape)) if rounded and v.dim() == 2 else v
            for k, v in state.items()})
        out.append(train.val_loss(model, val))
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--checkpoint", required=True)
    ap.add_argument("--data", required=True, help="the folder prepare.py wrote")
    ap.add_argument("--out", required=True)
    ap.add_argument("--name", default=NAME)
    ap.add_argument("--no-loss", action="store_true", help="do not measure the loss")
    args = ap.parse_args()
    import torch
    saved = torch.load(args.checkpoint, map_location="cpu")
    config, state = saved["config"], saved["model"]
    tok = bpe.Tokenizer.load(os.path.join(args.data, "tokenizer.json"))
    assert len(tok.tokens) == config["vocab"]
    write(args.out, metadata(config, tok, args.name), list(tensors(state, config)))
    print(f"{args.out}: {os.path.getsize(args.out)} bytes, {saved['step']} steps, "
          f"{saved['tokens']} tokens, {saved['spent'] / 60:.1f} minutes")
    if not args.no_loss:
        print("validation loss: %.4f as trained, %.4f as Q8_0" % tuple(losses(state, config, args.data)))


if __name__ == "__main__":
    main()
