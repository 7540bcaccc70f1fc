package io.kvasir.loadtest.sim.experiment;

import java.util.List;

/**
 * What the FastSwitch experiment rests on. [P]: said by the paper, [S]: said of it or of vLLM's
 * paper by others, [C]: read in vLLM's code of that time, [D]: follows from the others by
 * arithmetic, [A]: assumed.
 */
final class FastSwitchNotes {
  static final List<String> ALL =
      List.of(
          "[S] Llama 8B on an A10 24 GB and Qwen 32B on an A100 80 GB, 60 GB of host memory, PCIe"
              + " 4.0 x16; 1,000 conversations of 5.5 turns on average, Poisson, 1 request per"
              + " second; priorities random or Markov, computed before, 0.04 and 0.02 updates per"
              + " step; vLLM 0.3.3; [A] Llama-3-8B and Qwen2.5-32B, 0.9 of the memory less weights"
              + " and 1 GB for KV",
          "[A] 1 request per second counts turns; whoever reads 1 conversation per second gives"
              + " --rate 5.5; 10 s of thinking",
          "[A] lengths of turns: 145 tokens and 274; [S] vLLM's paper has means of 161 and 338 for"
              + " ShareGPT, by OPT's tokenizer (--answer-tokens 245 gives 330)",
          "[A] an update draws a new priority for everybody (random), or for one in five (Markov);"
              + " the highest run, whoever is lower gives way at each step",
          "[S] KV is reused across the turns of a conversation, and prompts are computed behind a"
              + " prefix; [A] so when a turn ends its KV goes to host memory, all of it without KV"
              + " reuse and what was added with it, and the next turn loads it; rows 'turns anew':"
              + " it is dropped and computed again",
          "[C] vLLM 0.3.3: steps of prompts, whole ones up to 8,192 tokens together, or of"
              + " decoding, never both; a step that swaps out takes nobody in; watermark of 1 %,"
              + " 256 requests, blocks of 16 tokens, K and V of each layer of each block copied by"
              + " themselves, and the step waits for its swaps; [A] new prompts and swapped"
              + " requests come in by priority alone (0.3.3: no new ones while any is swapped), and"
              + " victims are swapped (0.3.3: computed again)",
          "[D] 3 us per piece besides its bytes: 2.3 us on an H20 (FlexKV pull request 193), 5.5 us"
              + " on an MI300X (vLLM pull request 40549), and the 3.11 times that block groups are"
              + " said to gain at most are 2.8 us for pieces of 32 KiB at 25 GB/s",
          "[S] block groups, several threads, copies in host memory that stay valid; [A] groups of"
              + " 60 blocks, a copy costs the host no time beside steps, a copy is given up for"
              + " room, of the lowest priority first, then of the longest idle conversation; where"
              + " host memory is full all the same, victims are computed again",
          "[A] vLLM's planning takes 200 us and 12.7 us per request, one plan at a time; Kvasir has"
              + " up to two plans under way and steps of up to 512 tokens",
          "recompute only: Kvasir's core with vLLM's planning, steps of 2,048 tokens that mix,"
              + " prefix cache in the device's memory, no host memory; FastSwitch + prefix cache:"
              + " the same with FastSwitch's copies; the paper's system is not that",
          "swap GB: what victims and finished turns take out and in, and cached prefixes that a"
              + " request waited for",
          "Kvasir, default: fair slack knows one tenant here, so deadlines decide (TTFT 5 s, 500 ms"
              + " per token) and not the traced priorities; the row above it obeys them");

  private FastSwitchNotes() {}
}
