package io.kvasir.scheduler.gateway;

import static io.kvasir.proto.WireLimits.MAX_STOP_STRINGS;
import static io.kvasir.proto.WireLimits.MAX_STOP_STRING_BYTES;
import static io.kvasir.proto.WireLimits.MAX_STOP_TOKEN_IDS;

import io.kvasir.v1.StopConditions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Reads when a generation ends. */
final class StopReader {
  private StopReader() {}

  /**
   * Most tokens to generate: what was asked for, but never past the context.
   *
   * @param room tokens that fit the context after the prompt, at least 1
   */
  static int maxTokens(StopConditions stop, int room) {
    if (!stop.hasMaxTokens()) {
      return room;
    }
    int maxTokens = stop.getMaxTokens();
    if (maxTokens == 0) {
      throw InvalidArgument.of("stop.max_tokens is 0; it must be at least 1, or absent");
    }
    return Integer.compareUnsigned(maxTokens, room) > 0 ? room : maxTokens;
  }

  static StopPatterns patterns(StopConditions stop) {
    Limits.count("stop.stop_strings", stop.getStopStringsCount(), MAX_STOP_STRINGS);
    List<String> strings = new ArrayList<>(stop.getStopStringsCount());
    for (int i = 0; i < stop.getStopStringsCount(); i++) {
      String field = "stop.stop_strings[" + i + "]";
      String string = Limits.bytes(field, stop.getStopStrings(i), MAX_STOP_STRING_BYTES);
      if (string.isEmpty()) {
        throw InvalidArgument.of("%s is empty; it must have at least 1 byte", field);
      }
      strings.add(string);
    }
    return StopPatterns.of(strings);
  }

  /** The ids that end the generation: the caller's, and the model's unless they are ignored. */
  static int[] tokenIds(StopConditions stop, ServedModel model) {
    Limits.count("stop.stop_token_ids", stop.getStopTokenIdsCount(), MAX_STOP_TOKEN_IDS);
    int[] own = new int[stop.getStopTokenIdsCount()];
    for (int i = 0; i < own.length; i++) {
      own[i] =
          Limits.tokenId("stop.stop_token_ids", i, stop.getStopTokenIds(i), model.vocabularySize());
    }
    IntStream ends =
        stop.getIgnoreEos()
            ? IntStream.empty()
            : model.endOfTextIds().stream().mapToInt(Integer::intValue);
    return IntStream.concat(IntStream.of(own), ends).distinct().toArray();
  }
}
