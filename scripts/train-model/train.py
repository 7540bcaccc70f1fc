"""Trains the model on the token files of prepare.py, for a given number of minutes.

    python3 train.py --data WORK --out RUN --minutes 90

Every worker process computes the gradient of its share of a batch with one thread, and all then
take the same optimizer step on the mean: on a few cores that is much faster than one process
with several threads, which wait for each other at every small matrix.

The learning rate warms up, stays, and falls linearly to zero over the last fifth of the time.
RUN receives log.jsonl, checkpoint.pt every few minutes (start again with the same --out to
resume, the minutes already trained count) and final.pt.
"""
import argparse
import json
import math
import os
import time

# Before numpy and torch load their libraries: every process computes with one thread.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
import torch
import torch.multiprocessing as mp
import torch.nn as nn
import torch.nn.functional as F

CONFIG = dict(vocab=2048, dim=192, layers=6, heads=6, kv_heads=2, head_dim=32, hidden=512,
              context=512, rope_theta=10000.0, norm_eps=1e-5)
BOS = CONFIG["vocab"] - 5


class RmsNorm(nn.Module):
    def __init__(self, dim, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        q, kv = c["heads"] * c["head_dim"], c["kv_heads"] * c["head_dim"]
        self.attn_norm = RmsNorm(c["dim"], c["norm_eps"])
        self.attn_qkv = nn.Linear(c["dim"], q + 2 * kv, bias=False)
        self.attn_output = nn.Linear(q, c["dim"], bias=False)
        self.ffn_norm = RmsNorm(c["dim"], c["norm_eps"])
        self.ffn_gate_up = nn.Linear(c["dim"], 2 * c["hidden"], bias=False)
        self.ffn_down = nn.Linear(c["hidden"], c["dim"], bias=False)

    def forward(self, x, turn, mask):
        c = self.c
        b, t, _ = x.shape
        h, k, d = c["heads"], c["kv_heads"], c["head_dim"]
        qkv = self.attn_qkv(self.attn_norm(x)).view(b, t, h + 2 * k, d)
        # Pairs (2i, 2i+1) are turned by position: what GGUF's "llama" architecture means.
        pairs = torch.view_as_complex(qkv[:, :, :h + k].reshape(b, t, h + k, d // 2, 2))
        turned = torch.view_as_real(pairs * turn).reshape(b, t, h + k, d)
        # Query heads g*h/k .. belong to key head g.
        query = turned[:, :, :h].reshape(b, t, k, h // k, d).permute(0, 2, 3, 1, 4)
        query = query.reshape(b * k, h // k * t, d)
        key = turned[:, :, h:].permute(0, 2, 3, 1).reshape(b * k, d, t)
        value = qkv[:, :, h + k:].permute(0, 2, 1, 3).reshape(b * k, t, d)
        score = torch.baddbmm(mask, query, key, alpha=1 / math.sqrt(d))
        mixed = torch.bmm(score.softmax(-1), value)
        mixed = mixed.view(b, k, h // k, t, d).permute(0, 3, 1, 2, 4).reshape(b, t, h * d)
        x = x + self.attn_output(mixed)
        gate, up = self.ffn_gate_up(self.ffn_norm(x)).chunk(2, -1)
        return x + self.ffn_down(F.silu(gate) * up)


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.token_embd = nn.Embedding(c["vocab"], c["dim"])
        self.blk = nn.ModuleList(Layer(c) for _ in range(c["layers"]))
        self.output_norm = RmsNorm(c["dim"], c["norm_eps"])
        for name, p in self.named_parameters():
            if p.dim() == 2:
                std = 0.02 if "embd" in name else p.shape[1] ** -0.5
                if "output" in name or "down" in name:
                    std /= math.sqrt(2 * c["layers"])
                nn.init.normal_(p, std=std)
        self.tables = {}

    def table(self, t):
        if t not in self.tables:
            half = self.c["head_dim"] // 2
            rate = self.c["rope_theta"] ** (-torch.arange(half, dtype=torch.float64) / half)
            angle = torch.arange(t, dtype=torch.float64)[:, None] * rate
            turn = torch.polar(torch.ones_like(angle), angle).to(torch.complex64)[:, None]
            mask = torch.full((t, t), -math.inf).triu(1)
            mask = mask.repeat(self.c["heads"] // self.c["kv_heads"], 1)[None]
            self.tables[t] = turn, mask
        return self.tables[t]

    def forward(self, ids):
        turn, mask = self.table(ids.shape[1])
        x = self.token_embd(ids)
        for layer in self.blk:
            x = layer(x, turn, mask)
        return F.linear(self.output_norm(x), self.token_embd.weight)


def windows(data, starts, length):
    both = torch.from_numpy(np.stack([data[s:s + length + 1] for s in starts]).astype(np.int64))
    return both[:, :-1].contiguous(), both[:, 1:].contiguous()


def begin_with_bos(data, starts, length):
    """A server puts <|bos|> before every prompt, so windows often are shown that way."""
    x, y = windows(data, starts, length)
    x = torch.cat([torch.full((len(starts), 1), BOS), x[:, :-1]], 1)
    y = torch.cat([x[:, 1:], y[:, -2:-1]], 1)
    return x, y


def val_loss(model, val, most=None):
    length = model.c["context"]
    starts = list(range(0, len(val) - length, length - 1))
    if most:
        starts = starts[::max(1, len(starts) // most)]
    total = 0.0
    with torch.no_grad():
        for i in range(0, len(starts), 8):
            x, y = begin_with_bos(val, starts[i:i + 8], length)
            loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction="sum")
            total += loss.item()
    return total / (len(starts) * length)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--data", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--minutes", type=float, default=90)
    ap.add_argument("--tokens-per-step", type=int, default=8192)
    ap.add_argument("--micro-tokens", type=int, default=1024, help="of one forward and backward pass")
    ap.add_argument("--lr", type=float, default=3e-3)
    ap.add_argument("--weight-decay", type=float, default=0.1)
    ap.add_argument("--warmup", type=int, default=200, help="steps")
    ap.add_argument("--decay-share", type=float, default=0.2, help="of the time, at the end")
    ap.add_argument("--short-share", type=float, default=0.5,
                    help="of the time, at the start, with windows of half the context")
    ap.add_argument("--workers", type=int, default=os.cpu_count())
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--checkpoint-minutes", type=float, default=4)
    ap.add_argument("--set", nargs="*", default=[], help="name=value, changes the architecture")
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
    size = sum(p.numel() for p in Model(configure(args)).parameters())
    # One row of gradient per worker; one number behind it: the loss; one more: the clock.
    shared = torch.zeros(args.workers, size + 2).share_memory_()
    barrier = mp.get_context("spawn").Barrier(args.workers)
    mp.spawn(work, (args, shared, barrier), nprocs=args.workers)


def configure(args):
    config = dict(CONFIG)
    for s in args.set:
        name, value = s.split("=")
        config[name] = type(config[name])(value)
    return config


def work(rank, args, shared, barrier):
    torch.set_num_threads(1)
    config = configure(args)
    train = np.fromfile(os.path.join(args.data, "train.bin"), dtype=np.uint16)
    val = np.fromfile(os.path.join(args.data, "val.bin"), dtype=np.uint16)
    with open(os.path.join(args.data, "tokenizer.json"), encoding="utf-8") as f:
        newline = json.load(f)["tokens"].index("\u010a")
    # Where documents and paragraphs begin.
    begins = np.flatnonzero(((train[:-1] == BOS) | ((train[:-1] == newline) & (train[1:] != newline)))) + 1
    begins = begins[begins < len(train) - config["context"] - 1]

    torch.manual_seed(args.seed)
    model = Model(config)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    norms = [p for p in model.parameters() if p.dim() == 1]
    opt = torch.optim.AdamW([dict(params=matrices, weight_decay=args.weight_decay),
                             dict(params=norms, weight_decay=0.0)],
                            lr=args.lr, betas=(0.9, 0.95), eps=1e-8)
    step = tokens = 0
    spent = 0.0
    path = os.path.join(args.out, "checkpoint.pt")
    if os.path.exists(path):
        saved = torch.load(path)
        model.load_state_dict(saved["model"])
        opt.load_state_dict(saved["opt"])
        step, tokens, spent = saved["step"], saved["tokens"], saved["spent"]
    rng = np.random.default_rng([args.seed, step, rank])
    if rank == 0:
        print(f"{shared.shape[1] - 2} parameters, {len(train)} training tokens, from step {step}",
              flush=True)
    log = open(os.path.join(args.out, "log.jsonl"), "a") if rank == 0 else None
    limit = args.minutes * 60
    began = last_log = last_save = time.time()
    already = spent
    shown = []
    tokens_logged = tokens

    def save(name):
        torch.save(dict(model=model.state_dict(), opt=opt.state_dict(), step=step, tokens=tokens,
                        spent=spent, config=config, args=vars(args)), os.path.join(args.out, "part"))
        os.replace(os.path.join(args.out, "part"), os.path.join(args.out, name))

    while spent < limit:
        left = 1 - spent / limit
        lr = args.lr * min(1, (step + 1) / args.warmup, max(left / args.decay_share, 0.003))
        for group in opt.param_groups:
            group["lr"] = lr
        length = config["context"] // (2 if 1 - left < args.short_share else 1)
        rows = args.micro_tokens // length
        passes = args.tokens_per_step // (args.workers * rows * length)
        opt.zero_grad(set_to_none=True)
        mean = 0.0
        for _ in range(passes):
            anywhere = rng.integers(0, len(train) - length - 1, rows // 2)
            x1, y1 = windows(train, anywhere, length)
            x2, y2 = begin_with_bos(train, rng.choice(begins, rows - rows // 2), length)
            loss = F.cross_entropy(model(torch.cat([x1, x2])).flatten(0, 1),
                                   torch.cat([y1, y2]).flatten())
            (loss / passes).backward()
            mean += loss.item() / passes
        torch.cat([p.grad.flatten() for p in model.parameters()], out=shared[rank, :-2])
        shared[rank, -2] = mean
        shared[rank, -1] = already + time.time() - began
        barrier.wait()
        together = shared.mean(0)
        barrier.wait()
        at = 0
        for p in model.parameters():
            p.grad.copy_(together[at:at + p.numel()].view_as(p))
            at += p.numel()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        step += 1
        tokens += args.workers * passes * rows * length
        shown.append(together[-2].item())
        now = time.time()
        spent = together[-1].item()  # the same in all workers, so all stop at the same step
        if rank == 0 and (now - last_log > 30 or step <= 3):
            line = dict(step=step, minutes=round(spent / 60, 2), tokens=tokens, lr=round(lr, 6),
                        train=round(sum(shown) / len(shown), 4),
                        tokens_per_second=round((tokens - tokens_logged) / (now - last_log)))
            if now - last_save > args.checkpoint_minutes * 60:
                line["val"] = round(val_loss(model, val, 48), 4)
                save("checkpoint.pt")
                last_save = time.time()
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
            shown = []
            tokens_logged = tokens
            last_log = time.time()
    if rank:
        return
    line = dict(step=step, minutes=round(spent / 60, 2), tokens=tokens, final=True,
                val=round(val_loss(model, val), 4))
    print(json.dumps(line), flush=True)
    log.write(json.dumps(line) + "\n")
    save("checkpoint.pt")
    save("final.pt")


if __name__ == "__main__":
    main()
