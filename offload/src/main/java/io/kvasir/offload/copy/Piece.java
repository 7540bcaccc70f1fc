package io.kvasir.offload.copy;

import java.util.List;

/**
 * What one store call carries: spans of one or several jobs of one urgency.
 *
 * @param spans in order
 * @param blocks of all spans
 */
record Piece(List<Span> spans, int blocks) {}
