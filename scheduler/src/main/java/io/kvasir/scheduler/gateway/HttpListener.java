package io.kvasir.scheduler.gateway;

import io.kvasir.scheduler.gateway.http.HttpAnswer;
import io.kvasir.scheduler.gateway.http.HttpServer;
import io.kvasir.scheduler.ops.MetricsPage;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Starts /health and /metrics as a part of a {@link KvasirServer}. */
final class HttpListener {
  private HttpListener() {}

  /**
   * Starts a server and lets the parts stop it.
   *
   * @param requestTimeout how long a client may take for one request
   * @return the port it listens at
   * @throws IOException if it cannot; the message names the port and its option
   */
  static int start(
      ListenAddress at,
      EventLoopGroup loops,
      Duration requestTimeout,
      Supplier<HttpAnswer> health,
      MetricsPage metrics,
      PartStack parts)
      throws IOException {
    try {
      HttpServer server =
          HttpServer.start(
              at.resolve(),
              loops,
              requestTimeout,
              Map.of(
                  "/health",
                  health,
                  "/metrics",
                  () -> HttpAnswer.text(200, MetricsPage.CONTENT_TYPE, metrics.scrape())));
      parts.push(server);
      return server.port();
    } catch (IOException e) {
      throw at.cannotListen(e);
    }
  }

  /** The page /health. */
  static HttpAnswer health(ServerHealth.State state, String modelName) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", state.serving() ? "serving" : "not_serving");
    answer.put("reason", state.reason());
    answer.put("model", modelName);
    return HttpAnswer.json(state.serving() ? 200 : 503, answer);
  }
}
