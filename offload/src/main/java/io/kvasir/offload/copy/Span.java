package io.kvasir.offload.copy;

import org.jspecify.annotations.Nullable;

/**
 * Neighbouring entries of one job in a piece.
 *
 * @param task whose
 * @param from first entry
 * @param count entries
 * @param chunk where a move's bytes are put or taken from; null for all else
 */
record Span(CopyTask task, int from, int count, @Nullable StagingChunk chunk) {}
