package io.kvasir.worker.model.template;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The one value that a template can change: attributes set inside loops outlive them. Equal to
 * itself only.
 */
final class Namespace {

  private final Map<String, Object> values;

  Namespace(Map<String, Object> values) {
    this.values = new LinkedHashMap<>(values);
  }

  Map<String, Object> values() {
    return values;
  }
}
