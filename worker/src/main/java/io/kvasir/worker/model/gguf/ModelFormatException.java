package io.kvasir.worker.model.gguf;

import java.nio.file.Path;

/**
 * A model file cannot be used. The message is one line for the operator: the file, what is wrong,
 * the value found and the value or limit expected.
 */
public final class ModelFormatException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A file that cannot be used, and why. */
  public ModelFormatException(Path file, String problem) {
    super(file + ": " + problem);
  }

  /** A file that cannot be used, why, and the failure underneath. */
  public ModelFormatException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
