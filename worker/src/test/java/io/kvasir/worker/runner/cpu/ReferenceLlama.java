package io.kvasir.worker.runner.cpu;

import io.kvasir.worker.model.ModelConfig;
import io.kvasir.worker.model.RopeLayout;
import io.kvasir.worker.model.gguf.Dequantizer;
import io.kvasir.worker.runner.cpu.TinyModels.Model;

/**
 * The forward pass in double precision, written down plainly: no cache, no batch, no kernels. The
 * oracle of the runner's numbers.
 */
final class ReferenceLlama {
  private final ModelConfig config;
  private final Model model;

  ReferenceLlama(Model model) {
    this.model = model;
    this.config = model.config();
  }

  /** Logits after the last token. */
  double[] logits(int[] tokens) {
    int n = tokens.length;
    double[][] x = new double[n][config.dim()];
    float[] embedding = weights("token_embd.weight");
    for (int p = 0; p < n; p++) {
      for (int i = 0; i < config.dim(); i++) {
        x[p][i] = embedding[tokens[p] * config.dim() + i];
      }
    }
    for (int l = 0; l < config.layers(); l++) {
      layer("blk." + l + ".", x);
    }
    String output = config.tiedOutput() ? "token_embd.weight" : "output.weight";
    return multiply(output, norm(x[n - 1], "output_norm.weight"), config.vocabularySize());
  }

  private void layer(String name, double[][] x) {
    int n = x.length;
    double[][] q = new double[n][];
    double[][] k = new double[n][];
    double[][] v = new double[n][];
    for (int p = 0; p < n; p++) {
      double[] h = norm(x[p], name + "attn_norm.weight");
      q[p] = biased(multiply(name + "attn_q.weight", h, config.queryDim()), name + "attn_q.bias");
      k[p] = biased(multiply(name + "attn_k.weight", h, config.kvDim()), name + "attn_k.bias");
      v[p] = biased(multiply(name + "attn_v.weight", h, config.kvDim()), name + "attn_v.bias");
      rotate(q[p], config.heads(), p);
      rotate(k[p], config.kvHeads(), p);
    }
    for (int p = 0; p < n; p++) {
      add(x[p], multiply(name + "attn_output.weight", attend(q[p], k, v, p), config.dim()));
    }
    for (int p = 0; p < n; p++) {
      double[] h = norm(x[p], name + "ffn_norm.weight");
      double[] gate = multiply(name + "ffn_gate.weight", h, config.hiddenDim());
      double[] up = multiply(name + "ffn_up.weight", h, config.hiddenDim());
      for (int i = 0; i < gate.length; i++) {
        gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
      }
      add(x[p], multiply(name + "ffn_down.weight", gate, config.dim()));
    }
  }

  private double[] attend(double[] q, double[][] k, double[][] v, int position) {
    int headDim = config.headDim();
    double[] out = new double[config.queryDim()];
    for (int head = 0; head < config.heads(); head++) {
      int kv = head / (config.heads() / config.kvHeads()) * headDim;
      double[] weight = new double[position + 1];
      double max = Double.NEGATIVE_INFINITY;
      for (int p = 0; p <= position; p++) {
        for (int d = 0; d < headDim; d++) {
          weight[p] += q[head * headDim + d] * k[p][kv + d] / Math.sqrt(headDim);
        }
        max = Math.max(max, weight[p]);
      }
      double sum = 0;
      for (int p = 0; p <= position; p++) {
        weight[p] = Math.exp(weight[p] - max);
        sum += weight[p];
      }
      for (int p = 0; p <= position; p++) {
        for (int d = 0; d < headDim; d++) {
          out[head * headDim + d] += weight[p] / sum * v[p][kv + d];
        }
      }
    }
    return out;
  }

  private void rotate(double[] heads, int count, int position) {
    double[] angles = config.rope().anglesPerPosition();
    boolean interleaved = config.rope().layout() == RopeLayout.INTERLEAVED;
    for (int head = 0; head < count; head++) {
      for (int i = 0; i < angles.length; i++) {
        int a = head * config.headDim() + (interleaved ? 2 * i : i);
        int b = interleaved ? a + 1 : a + angles.length;
        double cos = Math.cos(position * angles[i]);
        double sin = Math.sin(position * angles[i]);
        double first = heads[a];
        heads[a] = first * cos - heads[b] * sin;
        heads[b] = first * sin + heads[b] * cos;
      }
    }
  }

  private double[] norm(double[] x, String name) {
    float[] weight = weights(name);
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] / Math.sqrt(squares / x.length + config.rmsEpsilon()) * weight[i];
    }
    return out;
  }

  private double[] biased(double[] x, String name) {
    if (config.qkvBias()) {
      float[] bias = weights(name);
      for (int i = 0; i < x.length; i++) {
        x[i] += bias[i];
      }
    }
    return x;
  }

  private double[] multiply(String name, double[] x, int rows) {
    float[] w = weights(name);
    double[] out = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < x.length; c++) {
        out[r] += w[r * x.length + c] * x[c];
      }
    }
    return out;
  }

  private static void add(double[] x, double[] delta) {
    for (int i = 0; i < x.length; i++) {
      x[i] += delta[i];
    }
  }

  private float[] weights(String name) {
    return Dequantizer.all(model.tensor(name));
  }
}
