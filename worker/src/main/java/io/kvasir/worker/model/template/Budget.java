package io.kvasir.worker.model.template;

/** What one rendering may still spend. Steps stand for time and for memory. */
final class Budget {

  private static final int CHARS_PER_STEP = 16;
  private static final int PAIRS_PER_STEP = 1024;
  private static final int CALL_DEPTH_MAX = 32;

  private final long stepsMax;
  private final int charsMax;
  private long steps;
  private int callDepth;

  Budget(long stepsMax, int charsMax) {
    this.stepsMax = stepsMax;
    this.charsMax = charsMax;
  }

  void spend(long more) {
    steps += more;
    if (steps > stepsMax) {
      throw new TemplateException("the template takes more than " + stepsMax + " steps");
    }
  }

  /** A text of this length is about to be made. */
  void spendChars(long chars) {
    if (chars > charsMax) {
      throw new TemplateException("a text is longer than " + charsMax + " characters");
    }
    spend(1 + chars / CHARS_PER_STEP);
  }

  /**
   * A part of this length is about to be looked for in a text of that length, which may take a step
   * for every pair of their characters.
   */
  void spendSearch(int textChars, int partChars) {
    spendChars(textChars);
    spend((long) textChars * partChars / PAIRS_PER_STEP);
  }

  void enterCall() {
    if (++callDepth > CALL_DEPTH_MAX) {
      throw new TemplateException("macros call each other more than " + CALL_DEPTH_MAX + " deep");
    }
  }

  void leaveCall() {
    callDepth--;
  }
}
