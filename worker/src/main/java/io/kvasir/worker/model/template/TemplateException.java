package io.kvasir.worker.model.template;

/** A template that cannot be parsed or rendered, or that refused its input. */
public final class TemplateException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean raised;

  TemplateException(String message) {
    this(message, false);
  }

  private TemplateException(String message, boolean raised) {
    super(message);
    this.raised = raised;
  }

  /** What the template itself said with {@code raise_exception}. */
  static TemplateException raised(String message) {
    return new TemplateException(message, true);
  }

  /** Whether the template itself refused its input. */
  public boolean isRaised() {
    return raised;
  }

  TemplateException atLine(int line) {
    String message = String.valueOf(getMessage());
    return raised || message.startsWith("line ")
        ? this
        : new TemplateException("line " + line + ": " + message);
  }
}
