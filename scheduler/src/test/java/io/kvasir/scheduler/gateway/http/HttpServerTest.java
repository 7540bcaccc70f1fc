package io.kvasir.scheduler.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.gateway.KvasirServer;
import io.kvasir.scheduler.gateway.TestServer;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpServerTest {
  private static EventLoopGroup loops;
  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            loops,
            Duration.ofMillis(200),
            Map.of(
                "/hello",
                () -> HttpAnswer.text(200, "text/plain", "hello"),
                "/broken",
                () -> {
                  throw new IllegalStateException("secret");
                }));
  }

  @AfterAll
  static void stop() {
    server.close();
    var _ = loops.shutdownGracefully();
  }

  @Test
  void answersByPath() throws Exception {
    assertThat(get("/hello").body()).isEqualTo("hello");
    assertThat(get("/hello?x=1").statusCode()).isEqualTo(200);
  }

  @Test
  void anUnknownPathIs404AsJson() throws Exception {
    HttpResponse<String> answer = get("/nowhere");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.body()).contains("\"code\":404").contains("/hello");
  }

  @Test
  void otherMethodsAre405AsJson() throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(uri("/hello")).POST(BodyPublishers.ofString("x")).build();
    HttpResponse<String> answer = send(post);
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
    assertThat(answer.body()).contains("/hello takes GET and HEAD");
  }

  @Test
  void aRouteThatFailsTellsNothing() throws Exception {
    HttpResponse<String> answer = get("/broken");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  void headHasNoBody() throws Exception {
    assertThat(raw("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .contains("content-length: 5")
        .endsWith("\r\n\r\n");
  }

  @Test
  void tooMuchOfAnythingIsRefused() throws Exception {
    assertThat(raw("GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n")).contains(" 414 ");
    assertThat(raw("GET / HTTP/1.1\r\nX: " + "x".repeat(9000) + "\r\n\r\n")).contains(" 431 ");
    assertThat(raw("POST /hello HTTP/1.1\r\nContent-Length: 100000\r\n\r\n")).contains(" 413 ");
    assertThat(raw("\u0000\u0001\u0002\r\n\r\n")).contains(" 400 ");
  }

  @Test
  void aRequestThatDoesNotEndInTimeIsCutOff() throws Exception {
    assertThat(raw("GET /hello HTTP/1.1\r\nHost:")).isEmpty();
  }

  @Test
  void aClientThatDoesNotReadIsNotHeard() {
    EmbeddedChannel channel =
        new EmbeddedChannel(new HttpConnection(new HttpRoutes(Map.of()), Duration.ofSeconds(1)));
    ChannelOutboundBuffer answers = channel.unsafe().outboundBuffer();
    answers.setUserDefinedWritability(1, false);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isFalse();
    answers.setUserDefinedWritability(1, true);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.finish();
  }

  @Test
  void healthAndMetricsOfAServer() throws Exception {
    try (TestServer kvasir = TestServer.start()) {
      KvasirServer running = kvasir.server();
      HttpResponse<String> health = send(request(running, "/health"));
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).contains("\"status\":\"serving\"").contains("\"model\":\"bytes\"");
      HttpResponse<String> metrics = send(request(running, "/metrics"));
      assertThat(metrics.statusCode()).isEqualTo(200);
      assertThat(metrics.headers().firstValue("content-type").orElseThrow())
          .startsWith("text/plain");
      assertThat(metrics.body()).contains("vllm:num_requests_running{model_name=\"bytes\"} 0.0");
    }
  }

  private static HttpRequest request(KvasirServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + path))
        .build();
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }

  /** Sends bytes and reads until the server closes the connection. */
  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      try (InputStream in = socket.getInputStream()) {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      }
    }
  }
}
