package io.kvasir.worker.study;

/**
 * What one codec costs and does to the text, against the same run without a codec.
 *
 * @param codec its name
 * @param ratio bytes of the blocks over their encoded bytes
 * @param encodeMegabytesPerSecond bytes of blocks (10^6) that one thread encodes in a second
 * @param decodeMegabytesPerSecond bytes of blocks (10^6) that one thread decodes in a second
 * @param perplexity of the scored tokens
 * @param perplexityChange relative to that without a codec; 0.01 is one percent more
 * @param agreement share of scored positions whose most probable next token is the same
 * @param equalTokens mean number of greedy tokens until the first that differs
 */
public record CodecFigures(
    String codec,
    double ratio,
    double encodeMegabytesPerSecond,
    double decodeMegabytesPerSecond,
    double perplexity,
    double perplexityChange,
    double agreement,
    double equalTokens) {}
