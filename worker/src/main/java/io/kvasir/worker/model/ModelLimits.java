package io.kvasir.worker.model;

/** The largest shapes that are read from a model file, or written to one. */
public final class ModelLimits {
  public static final int LAYERS_MAX = 1024;
  public static final int DIM_MAX = 1 << 17;
  public static final int HIDDEN_DIM_MAX = 1 << 20;
  public static final int HEADS_MAX = 1 << 12;
  public static final int HEAD_DIM_MAX = 1 << 12;
  public static final int CONTEXT_LENGTH_MAX = 1 << 24;

  private ModelLimits() {}
}
