package io.kvasir.loadtest.workload.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** One JSON object of a trace, read strictly: what is asked for must be there. */
record JsonLine(JsonNode node) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static JsonLine of(String line) {
    try {
      JsonNode node = MAPPER.readTree(line);
      if (!node.isObject()) {
        throw new IllegalArgumentException("not a JSON object");
      }
      return new JsonLine(node);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  boolean has(String field) {
    return node.has(field);
  }

  JsonNode required(String field) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      throw new IllegalArgumentException("field '" + field + "' is missing");
    }
    return value;
  }

  double number(String field) {
    JsonNode value = required(field);
    if (!value.isNumber()) {
      throw new IllegalArgumentException("field '" + field + "' is not a number: " + value);
    }
    return value.doubleValue();
  }

  /** A length in tokens; a model that answers nothing still counts as one token. */
  int tokens(String field) {
    double value = number(field);
    if (!(value >= 0 && value <= 1 << 30)) {
      throw new IllegalArgumentException("field '" + field + "' is no length: " + value);
    }
    return Math.max(1, (int) value);
  }

  String text(String field) {
    return required(field).asText();
  }

  JsonNode array(String field) {
    JsonNode value = required(field);
    if (!value.isArray()) {
      throw new IllegalArgumentException("field '" + field + "' is not a list");
    }
    return value;
  }
}
