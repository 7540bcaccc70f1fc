package io.kvasir.loadtest.workload;

import java.util.List;

/** Where a tenant's prompts come from. */
public sealed interface PromptShape {
  /**
   * Random tokens behind a prefix that all requests of the tenant share.
   *
   * @param sharedPrefixTokens length of the shared prefix; 0: none
   * @param tokens what each turn adds
   */
  record Tokens(int sharedPrefixTokens, LengthDistribution tokens) implements PromptShape {
    /** Refuses a negative prefix. */
    public Tokens {
      if (sharedPrefixTokens < 0) {
        throw new IllegalArgumentException("shared prefix of " + sharedPrefixTokens + " tokens");
      }
    }
  }

  /**
   * Real text. Each conversation follows one script, turn by turn, and begins it again when it has
   * more turns than the script.
   *
   * @param sharedPrefix text before every prompt; may be empty
   * @param numbered a word that stands before every conversation's first turn with the number of
   *     the conversation, so that no two share more than the shared prefix; empty: none
   * @param scripts the scripts, each with at least one turn
   */
  record Texts(String sharedPrefix, String numbered, List<List<String>> scripts)
      implements PromptShape {
    /** Keeps the scripts unmodifiable and refuses to have none. */
    public Texts {
      scripts = scripts.stream().map(List::copyOf).toList();
      if (scripts.isEmpty() || scripts.stream().anyMatch(List::isEmpty)) {
        throw new IllegalArgumentException("no text to ask for");
      }
    }
  }
}
