package io.kvasir.offload.index;

import io.kvasir.offload.index.IndexOpening.How;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.map.ChronicleMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the map of a {@link ChronicleBlockIndex}: as it is if it was closed, recovered if not, anew
 * if it is of no use. The caller holds the index's lock.
 *
 * <p>A new or recovered map is made beside the old one and takes its place when it is whole, so
 * that a process which is killed in the middle leaves things as they were. (A Chronicle Map that
 * was killed while it was made or recovered keeps whoever opens it waiting for a minute.)
 */
final class IndexOpener {
  /** An open map. */
  record Opened(ChronicleMap<byte[], byte[]> map, IndexState state, IndexOpening opening) {}

  private static final Logger log = LoggerFactory.getLogger(IndexOpener.class);

  private final IndexFiles files;
  private final long capacity;
  private final long startNanos = System.nanoTime();
  private final AtomicLong repairs = new AtomicLong();

  IndexOpener(IndexFiles files, long capacity) {
    this.files = files;
    this.capacity = capacity;
  }

  /**
   * Opens it.
   *
   * @throws IOException if the files cannot be read or written
   */
  Opened open() throws IOException {
    if (!files.exists()) {
      return create(How.CREATED);
    }
    Optional<IndexState> state = files.readState();
    String problem = state.map(this::mismatch).orElse("nothing tells its layout");
    if (state.isPresent() && problem.isEmpty()) {
      try {
        return reuse(state.get());
      } catch (Unusable e) {
        problem = "it cannot be recovered";
        log.debug("{}: {}", files.map(), problem, e);
      }
    }
    Path aside = files.setAside();
    log.warn(
        "block index {}: {}; it is set aside as {} and a new one begins",
        files.map(),
        problem,
        aside.getFileName());
    return create(How.REPLACED);
  }

  /** Why a file of this state is not the file to open; empty if it is. */
  private String mismatch(IndexState state) {
    if (state.capacity() != capacity) {
      return "it is made for %d entries, not for %d".formatted(state.capacity(), capacity);
    }
    long bytes = files.map().toFile().length();
    return bytes == state.bytes()
        ? ""
        : "it has %d bytes instead of %d".formatted(bytes, state.bytes());
  }

  private Opened create(How how) throws IOException {
    files.dropFresh();
    try {
      ChronicleMaps.open(files.fresh(), capacity).close();
      files.fillFresh();
    } catch (IOException e) {
      files.dropFresh();
      throw new IOException(
          "the index %s of %d blocks cannot be made: %s"
              .formatted(files.map(), capacity, e.getMessage()),
          e);
    }
    long bytes = Files.size(files.fresh());
    IndexState state = new IndexState(capacity, bytes, "");
    // First the state: without a map it means nothing, while a map without its state is broken.
    files.writeState(state);
    files.publishFresh();
    Opened opened = opened(ChronicleMaps.open(files.map(), capacity), state, how);
    log.info("block index {}: new, {} entries in {} bytes", files.map(), capacity, bytes);
    return opened;
  }

  private Opened reuse(IndexState state) throws IOException, Unusable {
    boolean intact = !state.dirty() && files.checksum().equals(state.content());
    if (!intact) {
      recover();
    }
    files.writeState(state.opened());
    ChronicleMap<byte[], byte[]> map;
    try {
      map = ChronicleMaps.open(files.map(), capacity);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new Unusable(e);
    }
    Opened opened = opened(map, state.opened(), intact ? How.REUSED : How.RECOVERED);
    IndexOpening opening = opened.opening();
    long millis = TimeUnit.NANOSECONDS.toMillis(opening.nanos());
    if (intact) {
      log.info("block index {}: {} entries, opened in {} ms", files.map(), opening.kept(), millis);
    } else {
      log.warn(
          "block index {}: {}; recovered in {} ms, {} entries kept, {} repairs",
          files.map(),
          state.dirty() ? "its last user did not close it" : "its content has changed",
          millis,
          opening.kept(),
          opening.repairs());
    }
    return opened;
  }

  /** On a copy, so that whatever ends it leaves the map as it was; or where it is if it must be. */
  private void recover() throws IOException, Unusable {
    boolean copies = files.hasRoomForCopy();
    if (copies) {
      files.copyToFresh();
    } else {
      log.warn("block index {}: the disk is full, it is recovered where it is", files.map());
    }
    try {
      ChronicleMaps.recover(copies ? files.fresh() : files.map(), capacity, repairs);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new Unusable(e);
    }
    if (copies) {
      files.publishFresh();
    }
  }

  private Opened opened(ChronicleMap<byte[], byte[]> map, IndexState state, How how) {
    long nanos = System.nanoTime() - startNanos;
    return new Opened(map, state, new IndexOpening(how, map.longSize(), repairs.get(), nanos));
  }

  /** The map cannot be opened, whatever is done. */
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(Throwable cause) {
      super(cause);
    }
  }
}
