package io.kvasir.scheduler.request;

import org.jspecify.annotations.Nullable;

/**
 * The end of a request.
 *
 * @param reason why it ended
 * @param text text that was held back until now; may be empty
 * @param promptTokens tokens of the prompt
 * @param cachedTokens of these, found in the cache at first admission
 * @param completionTokens tokens generated
 * @param timing where its time went
 * @param error set when the reason is {@link FinishReason#ERROR}
 * @param session what became of its session's hints; null without any
 */
public record FinishedEvent(
    FinishReason reason,
    String text,
    int promptTokens,
    int cachedTokens,
    int completionTokens,
    RequestTiming timing,
    @Nullable RequestError error,
    @Nullable SessionOutcome session) {}
