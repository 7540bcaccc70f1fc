package io.kvasir.scheduler.gateway.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests by path; every path here is read with GET or HEAD. */
final class HttpRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(HttpRoutes.class);

  private final Map<String, Supplier<HttpAnswer>> routes;

  HttpRoutes(Map<String, Supplier<HttpAnswer>> routes) {
    this.routes = new TreeMap<>(routes);
  }

  HttpAnswer answer(String method, String uri) {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    Supplier<HttpAnswer> route = routes.get(path);
    if (route == null) {
      return HttpAnswer.error(404, "no such path; there are " + routes.keySet());
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return HttpAnswer.error(405, path + " takes GET and HEAD");
    }
    try {
      return route.get();
    } catch (RuntimeException e) {
      LOG.error("Internal error at {}", path, e);
      return HttpAnswer.error(500, "internal error; see the server's log");
    }
  }
}
