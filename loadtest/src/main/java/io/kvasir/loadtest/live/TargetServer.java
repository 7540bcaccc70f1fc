package io.kvasir.loadtest.live;

import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.kvasir.v1.GetModelRequest;
import io.kvasir.v1.GetModelResponse;
import io.kvasir.v1.InferenceGrpc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A server to drive: a few connections and what it says about its model. */
public final class TargetServer implements AutoCloseable {
  /** The target cannot be used; the message is one line for people. */
  public static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1;

    UnreachableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static final int CHANNELS = 4;
  private static final int ANSWER_SECONDS = 10;

  private final String address;
  private final List<ManagedChannel> channels;
  private final GetModelResponse model;

  /**
   * Connects.
   *
   * @param address HOST:PORT
   * @throws UnreachableException if nobody answers there
   */
  public TargetServer(String address) throws UnreachableException {
    this.address = address;
    channels =
        IntStream.range(0, CHANNELS)
            .mapToObj(i ->
                Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                    .directExecutor()
                    .build())
            .toList();
    try {
      model =
          InferenceGrpc.newBlockingStub(channels.getFirst())
              .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
              .getModel(GetModelRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      close();
      throw new UnreachableException(
          "No Kvasir server answers at " + address + ": " + e.getStatus().getCode(), e);
    }
  }

  /** Where it is, HOST:PORT. */
  public String address() {
    return address;
  }

  /** Connections to it. */
  public List<? extends Channel> channels() {
    return channels;
  }

  /** Number of token ids of its model. */
  public int vocabularySize() {
    return model.getVocabularySize();
  }

  /** Prompt and output together, tokens. */
  public int contextTokens() {
    return model.getContextLength();
  }

  /** What it says about its model, for a report. */
  public Map<String, String> model() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("name", model.getName());
    facts.put("architecture", model.getArchitecture());
    facts.put("fingerprint", model.getFingerprint());
    facts.put("vocabulary_size", String.valueOf(model.getVocabularySize()));
    facts.put("context_tokens", String.valueOf(model.getContextLength()));
    facts.put("block_tokens", String.valueOf(model.getBlockTokens()));
    facts.put("block_count", String.valueOf(model.getBlockCount()));
    return facts;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    for (ManagedChannel channel : channels) {
      try {
        if (!channel.awaitTermination(ANSWER_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
