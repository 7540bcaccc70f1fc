package io.kvasir.loadtest.workload;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** A workload or trace that cannot be used; the message is one line for people. */
public final class WorkloadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * A workload that cannot be used.
   *
   * @param message where and why
   */
  public WorkloadException(String message) {
    super(message);
  }

  /**
   * A workload that cannot be used because of another failure.
   *
   * @param message where and why
   * @param cause the failure
   */
  public WorkloadException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * A file that cannot be read.
   *
   * @param where the file, perhaps with a line
   */
  public static WorkloadException unreadable(String where, IOException cause) {
    String why =
        cause instanceof NoSuchFileException ? "there is no such file" : "cannot be read: " + cause;
    return new WorkloadException(where + ": " + why, cause);
  }
}
