package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.runner.cpu.LlamaWeights.Layer;

/**
 * One step of a Llama-family transformer, written as the program of one member of a {@link
 * ThreadTeam}. Rows, panels of output rows and attention heads are divided among the members; each
 * element is computed by one member alone, so the division leaves no trace in the results.
 *
 * <pre>
 * embed ─▶ per layer: norm ─▶ q k v ─▶ rotate, store K V ─▶ attend ─▶ project, add
 *                     norm ─▶ gate up, SwiGLU ─▶ down, add        ─▶ norm, logits of sampled rows
 * </pre>
 *
 * <p>Each arrow is a barrier.
 */
final class ForwardPass implements ThreadTeam.Task {
  private final ModelConfig config;
  private final LlamaWeights weights;
  private final Kernels kernels;
  private final PagedAttention attention;
  private final Rope rope;
  private final ThreadTeam team;
  private final BatchRows batch;
  private final Activations a;
  private final PagedAttention.Scratch[] scratch;
  private float[][] logits = new float[0][];

  ForwardPass(
      ModelConfig config,
      LlamaWeights weights,
      Kernels kernels,
      PagedAttention attention,
      Rope rope,
      ThreadTeam team,
      BatchRows batch,
      Activations activations,
      PagedAttention.Scratch[] scratch) {
    this.config = config;
    this.weights = weights;
    this.kernels = kernels;
    this.attention = attention;
    this.rope = rope;
    this.team = team;
    this.batch = batch;
    this.a = activations;
    this.scratch = scratch;
  }

  /** Runs the rows of the batch; logits go to one row each per sampled sequence. */
  void run(float[][] logits) {
    this.logits = logits;
    team.run(this);
  }

  @Override
  public void run(int member) {
    embed(member);
    for (int l = 0; l < config.layers(); l++) {
      Layer layer = weights.layer(l);
      normRows(layer.attentionNorm(), member);
      team.barrier();
      project(layer.query(), a.normed, a.dimStride, a.query, a.queryStride, member);
      project(layer.key(), a.normed, a.dimStride, a.key, a.kvStride, member);
      project(layer.value(), a.normed, a.dimStride, a.value, a.kvStride, member);
      team.barrier();
      storeKv(layer, l, member);
      team.barrier();
      attend(l, member);
      team.barrier();
      project(layer.attentionOutput(), a.attended, a.queryStride, a.delta, a.dimStride, member);
      addDelta(layer.attentionOutput(), member);
      team.barrier();
      normRows(layer.feedForwardNorm(), member);
      team.barrier();
      project(layer.gate(), a.normed, a.dimStride, a.gate, a.hiddenStride, member);
      project(layer.up(), a.normed, a.dimStride, a.up, a.hiddenStride, member);
      swiGlu(layer.gate(), member);
      team.barrier();
      project(layer.down(), a.gate, a.hiddenStride, a.delta, a.dimStride, member);
      addDelta(layer.down(), member);
      team.barrier();
    }
    for (int first = 0; first < batch.sampled(); first += Activations.LOGIT_ROWS) {
      computeLogits(first, Math.min(Activations.LOGIT_ROWS, batch.sampled() - first), member);
    }
  }

  private void embed(int member) {
    for (int row = firstRow(member); row < firstRow(member + 1); row++) {
      weights.embed(batch.token(row), a.stream, row * a.dimStride);
    }
  }

  private int firstRow(int member) {
    return team.start(batch.rows(), member);
  }

  /** A member's rows are the same here and in {@link #embed}: no barrier between the two. */
  private void normRows(float[] weight, int member) {
    for (int row = firstRow(member); row < firstRow(member + 1); row++) {
      int at = row * a.dimStride;
      norm(weight, at, a.normed, at, member);
    }
  }

  private void norm(float[] weight, int from, float[] out, int to, int member) {
    float[] lanes = scratch[member].lanes;
    kernels.rmsNorm(a.stream, from, weight, config.rmsEpsilon(), out, to, config.dim(), lanes);
  }

  private void project(
      PackedMatrix w, float[] x, int xStride, float[] out, int outStride, int member) {
    int from = team.start(w.panels(), member);
    int to = team.start(w.panels(), member + 1);
    kernels.matMul(w, from, to, x, xStride, batch.rows(), out, outStride);
  }

  /** First of the outputs of {@code w} that a member computes. */
  private int firstOutput(PackedMatrix w, int member) {
    return Math.min(w.rows(), team.start(w.panels(), member) * PackedMatrix.PANEL_ROWS);
  }

  private void addDelta(PackedMatrix w, int member) {
    int from = firstOutput(w, member);
    int to = firstOutput(w, member + 1);
    for (int row = 0; row < batch.rows(); row++) {
      int at = row * a.dimStride;
      for (int i = at + from; i < at + to; i++) {
        a.stream[i] += a.delta[i];
      }
    }
  }

  private void swiGlu(PackedMatrix w, int member) {
    int from = firstOutput(w, member);
    int count = firstOutput(w, member + 1) - from;
    for (int row = 0; row < batch.rows(); row++) {
      int at = row * a.hiddenStride + from;
      kernels.swiGlu(a.gate, at, a.up, at, count);
    }
  }

  private void storeKv(Layer layer, int l, int member) {
    int headDim = config.headDim();
    for (int row = firstRow(member); row < firstRow(member + 1); row++) {
      int position = batch.position(row);
      int q = row * a.queryStride;
      int kv = row * a.kvStride;
      addBias(layer.queryBias(), a.query, q);
      addBias(layer.keyBias(), a.key, kv);
      addBias(layer.valueBias(), a.value, kv);
      for (int head = 0; head < config.heads(); head++) {
        rope.rotate(a.query, q + head * headDim, position);
      }
      for (int head = 0; head < config.kvHeads(); head++) {
        rope.rotate(a.key, kv + head * headDim, position);
      }
      attention.store(batch.blockIds(row), l, position, a.key, kv, a.value, kv);
    }
  }

  private static void addBias(float[] bias, float[] out, int at) {
    for (int i = 0; i < bias.length; i++) {
      out[at + i] += bias[i];
    }
  }

  /** Heads go round the members, so that long and short rows are shared evenly. */
  private void attend(int l, int member) {
    int kvHeads = config.kvHeads();
    int items = batch.rows() * kvHeads;
    for (int item = member; item < items; item += team.size()) {
      int row = item / kvHeads;
      int at = row * a.queryStride;
      attention.attend(
          batch.blockIds(row),
          l,
          item % kvHeads,
          batch.position(row),
          a.query,
          at,
          a.attended,
          at,
          scratch[member]);
    }
  }

  private void computeLogits(int first, int count, int member) {
    for (int i = team.start(count, member); i < team.start(count, member + 1); i++) {
      int row = batch.sampledRow(first + i);
      norm(weights.outputNorm(), row * a.dimStride, a.last, i * a.dimStride, member);
    }
    team.barrier();
    PackedMatrix w = weights.output();
    int from = team.start(w.panels(), member);
    int to = team.start(w.panels(), member + 1);
    kernels.matMul(w, from, to, a.last, a.dimStride, count, a.logits, a.logitStride);
    int start = firstOutput(w, member);
    int length = firstOutput(w, member + 1) - start;
    for (int i = 0; i < count; i++) {
      System.arraycopy(a.logits, i * a.logitStride + start, logits[first + i], start, length);
    }
    team.barrier();
  }
}
