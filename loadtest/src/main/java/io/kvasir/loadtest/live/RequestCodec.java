package io.kvasir.loadtest.live;

import io.kvasir.loadtest.workload.Arrival;
import io.kvasir.loadtest.workload.Prompt;
import io.kvasir.loadtest.workload.TokenSource;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.SamplingParameters;
import io.kvasir.v1.SloTargets;
import io.kvasir.v1.StopConditions;
import io.kvasir.v1.TokenIds;

/** Turns arrivals into messages of the client API. */
public final class RequestCodec {
  private final TokenSource tokens;
  private final boolean allowLossyKv;

  /**
   * A codec for one model.
   *
   * @param tokens makes token ids of synthetic prompts
   * @param allowLossyKv whether the requests allow KV that went through a lossy codec
   */
  public RequestCodec(TokenSource tokens, boolean allowLossyKv) {
    this.tokens = tokens;
    this.allowLossyKv = allowLossyKv;
  }

  /** The message that asks for what {@code arrival} wants. */
  public GenerateRequest encode(Arrival arrival) {
    GenerateRequest.Builder request =
        GenerateRequest.newBuilder()
            .setTenantId(arrival.tenant())
            .setSessionId(arrival.session())
            .setPriority(arrival.priority())
            .setAllowLossyKv(allowLossyKv)
            .setSlo(
                SloTargets.newBuilder()
                    .setTtftMs(arrival.slo().ttftMillis())
                    .setTbtMs(arrival.slo().tbtMillis()))
            .setSampling(
                SamplingParameters.newBuilder()
                    .setTemperature((float) arrival.sampling().temperature())
                    .setTopK(arrival.sampling().topK())
                    .setTopP((float) arrival.sampling().topP())
                    .setSeed(arrival.samplingSeed()))
            .setStop(
                StopConditions.newBuilder()
                    .setMaxTokens(arrival.maxTokens())
                    .setIgnoreEos(arrival.ignoreEos()));
    switch (arrival.prompt()) {
      case Prompt.Text prompt -> request.setText(prompt.text());
      case Prompt.Synthetic prompt -> {
        TokenIds.Builder ids = TokenIds.newBuilder();
        for (int id : tokens.ids(prompt)) {
          ids.addIds(id);
        }
        request.setTokenIds(ids);
      }
    }
    return request.build();
  }
}
