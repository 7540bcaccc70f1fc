package io.kvasir.loadtest.workload.yaml;

import io.kvasir.loadtest.workload.WorkloadException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The values of a YAML file, and the line of every key. */
final class YamlFile {
  private final String source;
  private final Object root;
  private final IdentityHashMap<Object, Map<String, Integer>> lines = new IdentityHashMap<>();

  private YamlFile(String source, Object root) {
    this.source = source;
    this.root = root;
  }

  static YamlFile parse(String source, String yaml) {
    LoadSettings settings = LoadSettings.builder().setLabel(source).build();
    try {
      Optional<Node> node = new Compose(settings).composeString(yaml);
      Object root = new StandardConstructor(settings).constructSingleDocument(node);
      YamlFile file = new YamlFile(source, root == null ? "" : root);
      node.ifPresent(top -> file.note(top, root));
      return file;
    } catch (YamlEngineException e) {
      throw new WorkloadException(
          source + ": " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "), e);
    }
  }

  Object root() {
    return root;
  }

  /** How messages about a line begin. */
  String place(int line, String path) {
    return source + ":" + line + ": " + path;
  }

  /** The line of a key of a mapping, or of the mapping's first key if it has no such key. */
  int line(Map<?, ?> mapping, String key) {
    Map<String, Integer> known = lines.getOrDefault(mapping, Map.of());
    Integer line = known.get(key);
    return line == null ? firstLine(mapping, 1) : line;
  }

  /** The line of a mapping's first key. */
  int firstLine(Object mapping, int otherwise) {
    return lines.getOrDefault(mapping, Map.of()).values().stream()
        .mapToInt(Integer::intValue)
        .min()
        .orElse(otherwise);
  }

  /* Walks the nodes and the values that were made of them side by side. */
  private void note(Node node, @Nullable Object value) {
    if (node instanceof MappingNode mapping && value instanceof Map<?, ?> map) {
      Map<String, Integer> known = new HashMap<>();
      if (lines.putIfAbsent(map, known) == null) {
        for (NodeTuple tuple : mapping.getValue()) {
          if (tuple.getKeyNode() instanceof ScalarNode key) {
            known.put(key.getValue(), key.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
            note(tuple.getValueNode(), map.get(key.getValue()));
          }
        }
      }
    } else if (node instanceof SequenceNode sequence && value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        note(sequence.getValue().get(i), list.get(i));
      }
    }
  }
}
