package io.kvasir.worker.cli;

import io.kvasir.worker.model.gguf.GgmlType;

/** How the matrices of a model that is written are stored. */
enum WeightType {
  /** 32-bit floats, computed as such. */
  f32(GgmlType.F32),
  /** 16-bit floats in the file, widened when the model is loaded. */
  f16(GgmlType.F16),
  /** Blocks of 32 8-bit integers with a scale, computed as such. */
  q8_0(GgmlType.Q8_0);

  private final GgmlType type;

  WeightType(GgmlType type) {
    this.type = type;
  }

  /** The same as the file knows it. */
  GgmlType ggml() {
    return type;
  }
}
