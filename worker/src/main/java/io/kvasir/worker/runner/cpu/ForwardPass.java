package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.runner.cpu.LlamaWeights.Layer;

/**
 * One step of a Llama-family transformer. The caller walks through the phases; the chunks of each
 * are shared out to the team. A chunk is a range of rows, of output panels or of attention heads;
 * each element is computed by one member alone and in one order, so the sharing leaves no trace in
 * the results.
 *
 * <pre>
 * embed ─▶ per layer: norm ─▶ q k v ─▶ rotate, store K V ─▶ attend ─▶ project, add
 *                     norm ─▶ gate up, SwiGLU ─▶ down, add        ─▶ norm, logits of sampled rows
 * </pre>
 */
final class ForwardPass {
  /** Weights times rows that are worth another member: about 0.1 ms of work. */
  private static final long PARAMETERS_PER_MEMBER = 8_000_000;

  private static final int ROWS_PER_CHUNK = 8;
  private static final int PANELS_PER_CHUNK = 2;

  /** More chunks than members, so that a slow member holds up little. */
  private static final int CHUNKS_PER_MEMBER = 4;

  private final ModelConfig config;
  private final LlamaWeights weights;
  private final Kernels kernels;
  private final PagedAttention attention;
  private final Rope rope;
  private final ThreadTeam team;
  private final BatchRows batch;
  private final Activations a;
  private final PagedAttention.Scratch[] scratch;

  private final ThreadTeam.Work embed = this::embed;
  private final ThreadTeam.Work normRows = this::normRows;
  private final ThreadTeam.Work projectQkv = this::projectQkv;
  private final ThreadTeam.Work storeKv = this::storeKv;
  private final ThreadTeam.Work attend = this::attend;
  private final ThreadTeam.Work projectAttended = this::projectAttended;
  private final ThreadTeam.Work gateUp = this::gateUp;
  private final ThreadTeam.Work down = this::down;
  private final ThreadTeam.Work projectLogits = this::projectLogits;

  // What the phase at hand works on; the team publishes it to its members.
  private int layerIndex;
  private Layer layer;
  private float[] norm;
  private int chunks;
  private int firstSampled;
  private int sampledRows;
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
    this.layer = weights.layer(0);
    this.norm = weights.outputNorm();
  }

  /** Runs the rows of the batch; logits go to one row each per sampled sequence. */
  void run(float[][] logits) {
    long members = batch.rows() * weights.parameters() / PARAMETERS_PER_MEMBER;
    team.limit(Math.clamp(members, 1, team.size()));
    byRows(embed);
    for (int l = 0; l < config.layers(); l++) {
      layerIndex = l;
      layer = weights.layer(l);
      norm = layer.attentionNorm();
      byRows(normRows);
      byPanels(layer.query(), projectQkv);
      byRows(storeKv);
      share(batch.rows() * config.kvHeads(), attend);
      byPanels(layer.attentionOutput(), projectAttended);
      norm = layer.feedForwardNorm();
      byRows(normRows);
      byPanels(layer.gate(), gateUp);
      byPanels(layer.down(), down);
    }
    this.logits = logits;
    for (int first = 0; first < batch.sampled(); first += Activations.LOGIT_ROWS) {
      firstSampled = first;
      sampledRows = Math.min(Activations.LOGIT_ROWS, batch.sampled() - first);
      normSampled();
      byPanels(weights.output(), projectLogits);
    }
  }

  private void byRows(ThreadTeam.Work work) {
    team.run(Math.ceilDiv(batch.rows(), ROWS_PER_CHUNK), work);
  }

  private void byPanels(PackedMatrix w, ThreadTeam.Work work) {
    share(Math.ceilDiv(w.panels(), PANELS_PER_CHUNK), work);
  }

  private void share(int most, ThreadTeam.Work work) {
    chunks = Math.min(most, CHUNKS_PER_MEMBER * team.members());
    team.run(chunks, work);
  }

  /** The first of so many items that belongs to a chunk; the next chunk's is its end. */
  private int start(int items, int chunk) {
    return (int) ((long) items * chunk / chunks);
  }

  private int endRow(int chunk) {
    return Math.min(batch.rows(), (chunk + 1) * ROWS_PER_CHUNK);
  }

  private void embed(int chunk, int member) {
    for (int row = chunk * ROWS_PER_CHUNK; row < endRow(chunk); row++) {
      weights.embed(batch.token(row), a.stream, row * a.dimStride);
    }
  }

  private void normRows(int chunk, int member) {
    for (int row = chunk * ROWS_PER_CHUNK; row < endRow(chunk); row++) {
      int at = row * a.dimStride;
      normRow(norm, at, a.normed, at, member);
    }
  }

  private void normRow(float[] weight, int from, float[] out, int to, int member) {
    float[] lanes = scratch[member].lanes;
    kernels.rmsNorm(a.stream, from, weight, config.rmsEpsilon(), out, to, config.dim(), lanes);
  }

  private void project(
      PackedMatrix w, float[] x, int xStride, float[] out, int outStride, int chunk) {
    int from = start(w.panels(), chunk);
    int to = start(w.panels(), chunk + 1);
    kernels.matMul(w, from, to, x, xStride, batch.rows(), out, outStride);
  }

  /** First of the outputs of {@code w} that belongs to a chunk. */
  private int firstOutput(PackedMatrix w, int chunk) {
    return Math.min(w.rows(), start(w.panels(), chunk) * PackedMatrix.PANEL_ROWS);
  }

  private void projectQkv(int chunk, int member) {
    project(layer.query(), a.normed, a.dimStride, a.query, a.queryStride, chunk);
    project(layer.key(), a.normed, a.dimStride, a.key, a.kvStride, chunk);
    project(layer.value(), a.normed, a.dimStride, a.value, a.kvStride, chunk);
  }

  private void storeKv(int chunk, int member) {
    int headDim = config.headDim();
    for (int row = chunk * ROWS_PER_CHUNK; row < endRow(chunk); row++) {
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
      attention.store(batch.blockIds(row), layerIndex, position, a.key, kv, a.value, kv);
    }
  }

  private static void addBias(float[] bias, float[] out, int at) {
    for (int i = 0; i < bias.length; i++) {
      out[at + i] += bias[i];
    }
  }

  private void attend(int chunk, int member) {
    int kvHeads = config.kvHeads();
    int items = batch.rows() * kvHeads;
    for (int item = start(items, chunk); item < start(items, chunk + 1); item++) {
      int row = item / kvHeads;
      int head = item % kvHeads;
      int[] blockIds = batch.blockIds(row);
      int position = batch.position(row);
      int at = row * a.queryStride;
      attention.attend(
          blockIds, layerIndex, head, position, a.query, at, a.attended, at, scratch[member]);
    }
  }

  private void projectAttended(int chunk, int member) {
    PackedMatrix w = layer.attentionOutput();
    project(w, a.attended, a.queryStride, a.delta, a.dimStride, chunk);
    addDelta(w, chunk);
  }

  private void addDelta(PackedMatrix w, int chunk) {
    int from = firstOutput(w, chunk);
    int to = firstOutput(w, chunk + 1);
    for (int row = 0; row < batch.rows(); row++) {
      int at = row * a.dimStride;
      for (int i = at + from; i < at + to; i++) {
        a.stream[i] += a.delta[i];
      }
    }
  }

  private void gateUp(int chunk, int member) {
    project(layer.gate(), a.normed, a.dimStride, a.gate, a.hiddenStride, chunk);
    project(layer.up(), a.normed, a.dimStride, a.up, a.hiddenStride, chunk);
    int from = firstOutput(layer.gate(), chunk);
    int count = firstOutput(layer.gate(), chunk + 1) - from;
    for (int row = 0; row < batch.rows(); row++) {
      int at = row * a.hiddenStride + from;
      kernels.swiGlu(a.gate, at, a.up, at, count);
    }
  }

  private void down(int chunk, int member) {
    project(layer.down(), a.gate, a.hiddenStride, a.delta, a.dimStride, chunk);
    addDelta(layer.down(), chunk);
  }

  private void normSampled() {
    for (int i = 0; i < sampledRows; i++) {
      int from = batch.sampledRow(firstSampled + i) * a.dimStride;
      normRow(weights.outputNorm(), from, a.last, i * a.dimStride, 0);
    }
  }

  private void projectLogits(int chunk, int member) {
    PackedMatrix w = weights.output();
    int from = start(w.panels(), chunk);
    int to = start(w.panels(), chunk + 1);
    kernels.matMul(w, from, to, a.last, a.dimStride, sampledRows, a.logits, a.logitStride);
    int first = firstOutput(w, chunk);
    int length = firstOutput(w, chunk + 1) - first;
    for (int i = 0; i < sampledRows; i++) {
      System.arraycopy(
          a.logits, i * a.logitStride + first, logits[firstSampled + i], first, length);
    }
  }
}
