package io.kvasir.scheduler.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** A file of options: one mapping from option names, without dashes in front, to plain values. */
final class ConfigFile {
  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @param known names that may occur
   * @return values by name, in the file's order
   * @throws IllegalArgumentException with file and line, if it is not such a file
   */
  static Map<String, String> read(Path file, SortedSet<String> known) {
    YamlFile yaml = new YamlFile(file);
    Map<String, String> values = new LinkedHashMap<>();
    for (NodeTuple entry : yaml.entries("option names to values")) {
      String name = yaml.name(entry);
      if (!known.contains(name)) {
        throw yaml.at(
            entry.getKeyNode(),
            "unknown option '" + name + "'; there are " + String.join(", ", known));
      }
      if (values.put(name, yaml.value(entry)) != null) {
        throw yaml.at(entry.getKeyNode(), name + " is there twice");
      }
    }
    return values;
  }
}
