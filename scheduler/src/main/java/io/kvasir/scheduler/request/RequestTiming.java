package io.kvasir.scheduler.request;

import java.util.List;

/**
 * Where the time of a request went; nanoseconds. 0 where a phase was not reached.
 *
 * @param queueNanos arrival to first scheduling
 * @param ttftNanos arrival to first token
 * @param prefillNanos first scheduling to first token
 * @param decodeNanos first token to last token
 * @param e2eNanos arrival to end
 * @param preemptions how often it was preempted
 * @param stallNanos without tokens because of preemption or a lost worker, from losing its blocks
 *     to the next token
 * @param recomputedTokens tokens computed again because of preemption or a lost worker
 * @param hits where the prompt's cached tokens were found
 */
public record RequestTiming(
    long queueNanos,
    long ttftNanos,
    long prefillNanos,
    long decodeNanos,
    long e2eNanos,
    int preemptions,
    long stallNanos,
    int recomputedTokens,
    List<HitTokens> hits) {}
