package io.kvasir.worker.study;

import java.util.List;

/**
 * The outcome of a {@link CodecStudy}.
 *
 * @param model name of the model
 * @param windows pieces of text
 * @param prefixTokens tokens of each piece whose KV went through the codec
 * @param scoredTokens tokens of each piece that were scored behind the prefix
 * @param greedyTokens tokens that were generated behind each prefix
 * @param blockBytes bytes of one block
 * @param perplexity of the scored tokens without a codec
 * @param codecs figures, one codec each
 */
public record CodecReport(
    String model,
    int windows,
    int prefixTokens,
    int scoredTokens,
    int greedyTokens,
    long blockBytes,
    double perplexity,
    List<CodecFigures> codecs) {}
