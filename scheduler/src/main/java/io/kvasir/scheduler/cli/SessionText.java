package io.kvasir.scheduler.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.v1.HintOutcome;
import io.kvasir.v1.KeptBlocks;
import io.kvasir.v1.SessionOutcome;
import java.io.PrintWriter;
import java.util.Locale;

/** What became of a session's hints, for people and as JSON. */
final class SessionText {
  private SessionText() {}

  /** One line per hint. */
  static void print(SessionOutcome outcome, PrintWriter out) {
    for (HintOutcome hint : outcome.getHintsList()) {
      out.printf(
          "session %s: %s %s: %s%n",
          outcome.getSessionId(), hint(hint), result(hint), hint.getReason());
    }
    if (outcome.getRevokedTokens() > 0 || outcome.getLostTokens() > 0) {
      out.printf(
          "session %s: %d tokens were given up for requests, %d lost%n",
          outcome.getSessionId(), outcome.getRevokedTokens(), outcome.getLostTokens());
    }
    out.flush();
  }

  /** The whole outcome. */
  static void write(SessionOutcome outcome, ObjectNode object) {
    object.put("session_id", outcome.getSessionId());
    ArrayNode hints = object.putArray("hints");
    for (HintOutcome hint : outcome.getHintsList()) {
      hints
          .addObject()
          .put("hint", hint(hint))
          .put("result", result(hint))
          .put("reason", hint.getReason());
    }
    object.put("kept_tokens", outcome.getKeptTokens()).put("of_tokens", outcome.getOfTokens());
    ObjectNode places = object.putObject("kept_blocks");
    for (KeptBlocks kept : outcome.getKeptBlocksList()) {
      places.put(kept.getPlace(), kept.getBlocks());
    }
    object
        .put("revoked_tokens", outcome.getRevokedTokens())
        .put("lost_tokens", outcome.getLostTokens())
        .put("quota_used_blocks", outcome.getQuotaUsedBlocks())
        .put("quota_blocks", outcome.getQuotaBlocks());
  }

  private static String hint(HintOutcome hint) {
    return word(hint.getHint(), "SESSION_HINT_");
  }

  private static String result(HintOutcome hint) {
    return word(hint.getResult(), "HINT_RESULT_");
  }

  private static String word(Enum<?> constant, String prefix) {
    String name = constant.name();
    return (name.startsWith(prefix) ? name.substring(prefix.length()) : name)
        .toLowerCase(Locale.ROOT);
  }
}
