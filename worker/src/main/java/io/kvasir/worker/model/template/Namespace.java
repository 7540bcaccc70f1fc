package io.kvasir.worker.model.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one value that a template can change: attributes set inside loops outlive them. */
record Namespace(Map<String, Object> values) {

  static Namespace of(Map<String, Object> values) {
    return new Namespace(new LinkedHashMap<>(values));
  }
}
