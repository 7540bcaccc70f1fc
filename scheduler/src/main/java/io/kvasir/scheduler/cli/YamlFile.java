package io.kvasir.scheduler.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
 * A YAML file that is one mapping. Only nodes are read, never objects constructed. What is wrong is
 * an {@link IllegalArgumentException} with file and line.
 */
final class YamlFile {
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;

  YamlFile(Path file) {
    this.file = file;
  }

  /**
   * The entries of the file; none if it is empty.
   *
   * @param expected what it is to map, for people
   */
  List<NodeTuple> entries(String expected) {
    LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(
            "%s has %d bytes, the limit is %d".formatted(file, Files.size(file), MAX_BYTES));
      }
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        Optional<Node> root = new Compose(settings).composeReader(reader);
        return root.isEmpty() ? List.of() : entries(root.get(), expected);
      }
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + " does not exist", e);
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    } catch (MarkedYamlEngineException e) {
      throw new IllegalArgumentException(
          position(e.getProblemMark()) + ": not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(file + ": not YAML: " + e.getMessage(), e);
    }
  }

  /** The entries of a mapping in the file. */
  List<NodeTuple> entries(Node node, String expected) {
    if (node instanceof MappingNode mapping) {
      return mapping.getValue();
    }
    throw at(node, "a mapping from " + expected + " is expected");
  }

  /** The name of an entry. */
  String name(NodeTuple entry) {
    if (entry.getKeyNode() instanceof ScalarNode key) {
      return key.getValue();
    }
    throw at(entry.getKeyNode(), "a name is expected");
  }

  /** The plain value of an entry. */
  String value(NodeTuple entry) {
    if (entry.getValueNode() instanceof ScalarNode value) {
      return value.getValue();
    }
    throw at(entry.getValueNode(), name(entry) + " takes one value, not a list or a mapping");
  }

  /** What is wrong at a place. */
  IllegalArgumentException at(Node node, String problem) {
    return new IllegalArgumentException(position(node.getStartMark()) + ": " + problem);
  }

  private String position(Optional<Mark> mark) {
    return mark.map(m -> file + ", line " + (m.getLine() + 1)).orElse(file.toString());
  }
}
