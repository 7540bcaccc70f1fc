package io.kvasir.worker.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** What {@code --json} prints. */
final class JsonText {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private JsonText() {}

  /** One object of a record's components, their names in snake case. */
  static String of(Record summary) {
    try {
      return MAPPER.writeValueAsString(summary) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a summary holds plain values only", e);
    }
  }
}
