package io.kvasir.scheduler.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A file of options in YAML: one mapping from option names, without dashes in front, to plain
 * values. Only nodes are read, never objects constructed.
 */
final class ConfigFile {
  private static final int MAX_BYTES = 1 << 20;

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @param known names that may occur
   * @return values by name, in the file's order
   * @throws IllegalArgumentException with file and line, if it is not such a file
   */
  static Map<String, String> read(Path file, SortedSet<String> known) {
    Map<String, String> values = new LinkedHashMap<>();
    for (NodeTuple entry : mapping(file)) {
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        throw at(file, entry.getKeyNode(), "a name is expected");
      }
      String name = key.getValue();
      if (!known.contains(name)) {
        throw at(file, key, "unknown option '" + name + "'; there are " + String.join(", ", known));
      }
      if (!(entry.getValueNode() instanceof ScalarNode value)) {
        throw at(file, entry.getValueNode(), name + " takes one value, not a list or a mapping");
      }
      if (values.put(name, value.getValue()) != null) {
        throw at(file, key, name + " is there twice");
      }
    }
    return values;
  }

  private static Iterable<NodeTuple> mapping(Path file) {
    LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(
            "%s has %d bytes, the limit is %d".formatted(file, Files.size(file), MAX_BYTES));
      }
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        Optional<Node> root = new Compose(settings).composeReader(reader);
        if (root.isEmpty()) {
          return List.of();
        }
        if (root.get() instanceof MappingNode mapping) {
          return mapping.getValue();
        }
        throw at(file, root.get(), "a mapping from option names to values is expected");
      }
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + " does not exist", e);
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    } catch (MarkedYamlEngineException e) {
      throw new IllegalArgumentException(
          position(file, e.getProblemMark()) + ": not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(file + ": not YAML: " + e.getMessage(), e);
    }
  }

  private static IllegalArgumentException at(Path file, Node node, String problem) {
    return new IllegalArgumentException(position(file, node.getStartMark()) + ": " + problem);
  }

  private static String position(Path file, Optional<Mark> mark) {
    return mark.map(m -> file + ", line " + (m.getLine() + 1)).orElse(file.toString());
  }
}
