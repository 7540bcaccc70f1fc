package io.kvasir.scheduler.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer to one HTTP request. The body belongs to the record.
 *
 * @param status HTTP status code
 * @param contentType of the body
 * @param body may be empty
 */
public record HttpAnswer(int status, String contentType, byte[] body) {
  private static final JsonMapper JSON = new JsonMapper();

  /** A JSON object. */
  public static HttpAnswer json(int status, Map<String, ?> object) {
    try {
      return new HttpAnswer(status, "application/json", JSON.writeValueAsBytes(object));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not writable as JSON", e);
    }
  }

  /** Text in UTF-8. */
  public static HttpAnswer text(int status, String contentType, String text) {
    return new HttpAnswer(status, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  /** An error, as the object {@code {"error": {"code", "message"}}}. */
  public static HttpAnswer error(int status, String message) {
    return json(status, Map.of("error", Map.of("code", status, "message", message)));
  }
}
