package io.kvasir.scheduler.request;

/** A request in one line, for reports of what went wrong. */
final class RequestText {
  private RequestText() {}

  static String of(Request request) {
    RequestBlocks blocks = request.blocks();
    return "%s %s arrival %d slot %d tokens %d/%d/%d+%d/%d preemptions %d blocks %s"
        .formatted(
            request.spec().requestId(),
            request.state(),
            request.arrival(),
            request.slot(),
            request.computedTokens(),
            request.plannedTokens(),
            request.tokenCount(),
            request.samplesInFlight(),
            request.tokenLimit(),
            request.times().preemptions(),
            blocks == null ? "none" : blocks.table());
  }
}
