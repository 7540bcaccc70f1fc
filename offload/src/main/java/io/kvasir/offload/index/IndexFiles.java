package io.kvasir.offload.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The files of a {@link ChronicleBlockIndex} named {@code blocks}, in one folder, and what is done
 * with them while the map is closed. Confined to the thread that opens or closes the index.
 *
 * <pre>
 * blocks            the map
 * blocks.lock       locked by the process that uses it; see IndexLock
 * blocks.state      how to open it; see IndexState
 * blocks.new        a map that is being made or recovered; worthless
 * blocks.broken-3   a map that could not be used, for people; only the last one is kept
 * </pre>
 */
final class IndexFiles {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final String BROKEN = ".broken-";

  private final Path map;

  IndexFiles(Path map) {
    this.map = map.toAbsolutePath();
  }

  Path map() {
    return map;
  }

  Path lock() {
    return beside(".lock");
  }

  Path fresh() {
    return beside(".new");
  }

  private Path state() {
    return beside(".state");
  }

  private Path folder() {
    return map.resolveSibling("");
  }

  private Path beside(String suffix) {
    return map.resolveSibling(map.getFileName() + suffix);
  }

  boolean exists() {
    return Files.exists(map);
  }

  void makeFolder() throws IOException {
    Files.createDirectories(folder());
  }

  /** What was written last; empty if that is nothing, or nothing that this version understands. */
  Optional<IndexState> readState() throws IOException {
    try {
      // Any byte is a character here, so that garbage is no error.
      return IndexState.parse(Files.readString(state(), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes it so that it survives a loss of power: wholly, or not at all. On a disk that is full it
   * is written over the state before, which takes no room; a state that was half written then is
   * none, and the map is set aside.
   */
  void writeState(IndexState state) throws IOException {
    Path next = beside(".state.new");
    try {
      Files.writeString(next, state.text());
      force(next);
    } catch (IOException e) {
      Files.deleteIfExists(next);
      if (!Files.exists(state())) {
        throw e;
      }
      overwriteState(state);
      return;
    }
    Files.move(next, state(), StandardCopyOption.ATOMIC_MOVE);
    force(folder());
  }

  private void overwriteState(IndexState state) throws IOException {
    ByteBuffer text = ByteBuffer.wrap(state.text().getBytes(StandardCharsets.ISO_8859_1));
    int length = text.remaining();
    try (FileChannel channel = FileChannel.open(state(), StandardOpenOption.WRITE)) {
      while (text.hasRemaining()) {
        channel.write(text);
      }
      channel.truncate(length);
      channel.force(true);
    }
  }

  /** Whether the disk has room for a second map. */
  boolean hasRoomForCopy() throws IOException {
    return Files.getFileStore(folder()).getUsableSpace() >= Files.size(map);
  }

  /** Makes room for a new map; a process that died may have left something there. */
  void dropFresh() throws IOException {
    Files.deleteIfExists(fresh());
  }

  /** Begins a recovery: the map as it is stays until what comes of it is good. */
  void copyToFresh() throws IOException {
    Files.copy(map, fresh(), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Puts the new map in the place of the map. */
  void publishFresh() throws IOException {
    force(fresh());
    Files.move(fresh(), map, StandardCopyOption.ATOMIC_MOVE);
    force(folder());
  }

  /**
   * Writes every page of the new map once. It is made with holes; a disk that is full would
   * otherwise be met when a mapped page is first written, which the JVM does not survive in order.
   */
  void fillFresh() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (FileChannel channel =
        FileChannel.open(fresh(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long position = 0;
      while (channel.read(buffer.clear(), position) > 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          position += channel.write(buffer, position);
        }
      }
    }
  }

  /** CRC-32C of the map, as unsigned hexadecimal. */
  String checksum() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    CRC32C crc = new CRC32C();
    try (FileChannel channel = FileChannel.open(map)) {
      while (channel.read(buffer.clear()) > 0) {
        crc.update(buffer.flip());
      }
    }
    return "%08x".formatted(crc.getValue());
  }

  void forceMap() throws IOException {
    force(map);
  }

  /** Moves the map out of the way; deletes the one that was there before. Where it is now. */
  Path setAside() throws IOException {
    List<Path> older = new ArrayList<>();
    int next = 1;
    String prefix = map.getFileName() + BROKEN;
    try (var stream = Files.newDirectoryStream(folder())) {
      for (Path path : stream) {
        String name = path.getFileName().toString();
        if (name.startsWith(prefix) && name.substring(prefix.length()).matches("[0-9]{1,8}")) {
          older.add(path);
          next = Math.max(next, Integer.parseInt(name.substring(prefix.length())) + 1);
        }
      }
    }
    Path aside = beside(BROKEN + next);
    Files.move(map, aside, StandardCopyOption.ATOMIC_MOVE);
    for (Path path : older) {
      Files.delete(path);
    }
    return aside;
  }

  /** Reaches the disk; of a folder, its names do. */
  private static void force(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
