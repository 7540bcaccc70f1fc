package io.kvasir.scheduler.gateway.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP connection. A client has a limited time for each whole request, from the connection's
 * start or the previous answer; a connection that dribbles bytes or idles is closed then.
 */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private final HttpRoutes routes;
  private final Duration requestTimeout;
  private @Nullable Future<?> timer;

  HttpConnection(HttpRoutes routes, Duration requestTimeout) {
    this.routes = routes;
    this.requestTimeout = requestTimeout;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    startTimer(context);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopTimer();
    context.fireChannelInactive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    stopTimer();
    if (request.decoderResult().isFailure()) {
      write(context, malformed(request.decoderResult().cause()), false, false);
      return;
    }
    HttpAnswer answer = routes.answer(request.method().name(), request.uri());
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    write(context, answer, keepAlive, request.method().equals(HttpMethod.HEAD));
    if (keepAlive) {
      startTimer(context);
    }
  }

  /** A client that asks and does not read its answers is not heard until it does. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(context.channel().isWritable());
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A connection that broke concerns its client only.
    var _ = context.close();
  }

  private static HttpAnswer malformed(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return HttpAnswer.error(414, "the request line is longer than " + HttpServer.MAX_LINE_BYTES);
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return HttpAnswer.error(
          431, "the headers are longer than " + HttpServer.MAX_HEADER_BYTES + " bytes");
    }
    return HttpAnswer.error(400, "not an HTTP/1.1 request");
  }

  private static void write(
      ChannelHandlerContext context, HttpAnswer answer, boolean keepAlive, boolean head) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    if (answer.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    HttpUtil.setKeepAlive(response, keepAlive);
    var written = context.writeAndFlush(response);
    if (!keepAlive) {
      var _ = written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void startTimer(ChannelHandlerContext context) {
    timer =
        context
            .executor()
            .schedule(
                () -> {
                  var _ = context.close();
                },
                requestTimeout.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
