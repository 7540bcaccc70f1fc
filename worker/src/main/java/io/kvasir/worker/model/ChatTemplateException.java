package io.kvasir.worker.model;

/** A conversation cannot be put into the form the model was trained on. The message says why. */
public final class ChatTemplateException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean refused;

  ChatTemplateException(String message, boolean refused) {
    super(message);
    this.refused = refused;
  }

  /**
   * Whether the template itself refused these messages, for instance for their order, which is the
   * caller's mistake; otherwise the template is at fault.
   */
  public boolean isRefused() {
    return refused;
  }
}
