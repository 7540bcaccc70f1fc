package io.kvasir.worker.model.tokenizer;

import java.util.HashMap;
import java.util.Map;

/**
 * Finds tokens that are spelled out in a text: the leftmost match, and of several at one place the
 * longest. A trie of characters. Immutable; any thread.
 */
final class SpecialTokenMatcher {

  private static final int ROOT = 0;

  private final Map<Long, Integer> children = new HashMap<>();
  private final Map<Integer, Integer> idsByNode = new HashMap<>();
  private int nodes = 1;

  private SpecialTokenMatcher() {}

  /** Matches user-defined tokens and, if asked for, control and unknown tokens too. */
  static SpecialTokenMatcher of(Vocabulary vocabulary, boolean withControl) {
    SpecialTokenMatcher matcher = new SpecialTokenMatcher();
    for (int id = 0; id < vocabulary.size(); id++) {
      boolean wanted =
          vocabulary.type(id) == TokenType.USER_DEFINED
              || (withControl && vocabulary.isSpecial(id));
      if (wanted && !vocabulary.text(id).isEmpty()) {
        matcher.add(vocabulary.text(id), id);
      }
    }
    return matcher;
  }

  private void add(String text, int id) {
    int node = ROOT;
    for (int i = 0; i < text.length(); i++) {
      int next = nodes;
      node = children.computeIfAbsent(edge(node, text.charAt(i)), _ -> next);
      nodes = Math.max(nodes, node + 1);
    }
    idsByNode.putIfAbsent(node, id);
  }

  /** The longest token that begins at {@code start}, or {@link Vocabulary#NONE}. */
  int matchAt(String text, int start) {
    int match = Vocabulary.NONE;
    Integer node = ROOT;
    for (int i = start; i < text.length(); i++) {
      node = children.get(edge(node, text.charAt(i)));
      if (node == null) {
        break;
      }
      match = idsByNode.getOrDefault(node, match);
    }
    return match;
  }

  /** Whether there is nothing to find. */
  boolean isEmpty() {
    return idsByNode.isEmpty();
  }

  private static long edge(int node, char next) {
    return (long) node << 16 | next;
  }
}
