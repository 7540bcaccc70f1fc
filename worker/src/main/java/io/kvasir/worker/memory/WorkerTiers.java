package io.kvasir.worker.memory;

import io.kvasir.kvpool.layout.BlockGeometry;
import io.kvasir.kvpool.tier.CopyJob;
import io.kvasir.kvpool.tier.StoredBlock;
import io.kvasir.kvpool.tier.TierKind;
import io.kvasir.kvpool.tier.TierSpec;
import io.kvasir.offload.codec.BlockCodec;
import io.kvasir.offload.codec.BlockCodecs;
import io.kvasir.offload.codec.CodecTables;
import io.kvasir.offload.codec.CopyPace;
import io.kvasir.offload.copy.BlockCopier;
import io.kvasir.offload.copy.CopyEngine;
import io.kvasir.offload.copy.CopyEngineConfig;
import io.kvasir.offload.copy.CopyListener;
import io.kvasir.offload.copy.EmulatedLink;
import io.kvasir.offload.copy.LinkSpeed;
import io.kvasir.offload.index.BlockIndex;
import io.kvasir.offload.index.ChronicleBlockIndex;
import io.kvasir.offload.store.BlockStore;
import io.kvasir.offload.store.RecordFormat;
import io.kvasir.offload.store.TierStore;
import io.kvasir.offload.store.TieredBlockStore;
import io.kvasir.offload.store.arena.ArenaStore;
import io.kvasir.offload.store.arena.CxlDevice;
import io.kvasir.offload.store.arena.CxlStores;
import io.kvasir.offload.store.arena.NanoTimer;
import io.kvasir.offload.store.file.FileStore;
import io.kvasir.offload.store.file.FileStoreConfig;
import io.kvasir.offload.store.remote.RemoteConfig;
import io.kvasir.offload.store.remote.RemoteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tiers of one worker, from settings to a running copy engine. A tier has room for as many
 * blocks as fit if each is as large as its codec ever makes one: with a lossy codec a bit more than
 * a quarter of the block. So no block is ever refused for its size. To be closed after the loop
 * that submits copies and before the arena.
 */
public final class WorkerTiers implements BlockCopier {
  private static final Logger log = LoggerFactory.getLogger(WorkerTiers.class);

  /** Bandwidths to plan with until copies were measured, bytes per second. */
  private static final long DRAM_SPEED = 10_000_000_000L;

  private static final long CXL_SPEED = 8_000_000_000L;
  private static final long SSD_SPEED = 1_000_000_000L;
  private static final long REMOTE_SPEED = 500_000_000L;

  /** Neighbouring blocks of one copy above which CXL devices share them. */
  private static final int STRIPE_BLOCKS = 8;

  private static final Duration REMOTE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration REMOTE_LIFE = Duration.ofHours(24);

  private final BlockGeometry geometry;
  private final String fingerprint;
  private final TierSettings settings;
  private final BlockCodecs codecs;
  private final CopyPace pace;
  private final List<BlockStore> stores = new ArrayList<>();
  private final List<TieredBlockStore> tiers = new ArrayList<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CopyEngine engine;
  private @Nullable BlockIndex index;

  private WorkerTiers(TierSettings settings, KvArena arena, String fingerprint) throws IOException {
    this.settings = settings;
    this.geometry = arena.geometry();
    this.fingerprint = fingerprint;
    this.codecs = new BlockCodecs(geometry, CodecTables.defaults());
    this.pace = new CopyPace(settings.copySharePercent());
    try {
      openStores();
      engine =
          new CopyEngine(
              arena.segment(),
              arena.layout(),
              arena.blockCount(),
              stores,
              CopyEngineConfig.forBlockBytes(geometry.blockBytes()));
    } catch (IOException | RuntimeException | Error e) {
      closeAll(opened, e);
      throw e;
    }
  }

  /**
   * Opens the tiers.
   *
   * @param arena what is copied from and to
   * @param fingerprint of the model
   * @throws IOException if a device cannot be had; the message names it
   * @throws IllegalArgumentException if a setting is out of bounds; the message names it
   */
  public static WorkerTiers open(TierSettings settings, KvArena arena, String fingerprint)
      throws IOException {
    return new WorkerTiers(settings, arena, fingerprint);
  }

  private void openStores() throws IOException {
    if (settings.dramBytes() > 0) {
      TierStore dram =
          ArenaStore.dram(
              "dram",
              settings.dramBytes(),
              recordBytes(TierKind.DRAM),
              OptionalInt.empty(),
              ArenaStore.Commit.LAZILY);
      add(dram, null, DRAM_SPEED, DRAM_SPEED);
    }
    if (!settings.cxl().isEmpty()) {
      TierStore cxl =
          CxlStores.open(
              "cxl", settings.cxl(), recordBytes(TierKind.CXL), STRIPE_BLOCKS, NanoTimer.SYSTEM);
      add(cxl, null, cxlSpeed(true), cxlSpeed(false));
    }
    TierSettings.Ssd ssd = settings.ssd();
    if (ssd != null) {
      openSsd(ssd);
    }
    TierSettings.Remote remote = settings.remote();
    if (remote != null) {
      RemoteConfig config =
          new RemoteConfig(
              remote.uri(),
              RecordFormat.fingerprint(fingerprint, geometry) + codec(TierKind.REMOTE).get().id(),
              remote.slots(),
              recordBytes(TierKind.REMOTE),
              REMOTE_TIMEOUT,
              REMOTE_LIFE);
      add(new RemoteStore(config), null, REMOTE_SPEED, REMOTE_SPEED);
    }
  }

  private void openSsd(TierSettings.Ssd ssd) throws IOException {
    Files.createDirectories(ssd.directory());
    Path device = ssd.device();
    int recordBytes = recordBytes(TierKind.SSD);
    FileStoreConfig config =
        new FileStoreConfig(
            "ssd",
            device == null ? ssd.directory().resolve("blocks.kv") : device,
            ssd.bytes(),
            FileStoreConfig.slotsFor(ssd.bytes(), recordBytes),
            recordBytes,
            geometry,
            fingerprint,
            ssd.dailyWriteBytes());
    BlockIndex known =
        ChronicleBlockIndex.open(ssd.directory().resolve("blocks"), config.slotCount());
    index = known;
    opened.push(known);
    FileStore store = FileStore.open(config, known::forEach, System::currentTimeMillis);
    add(store, known, SSD_SPEED, SSD_SPEED);
  }

  private Supplier<BlockCodec> codec(TierKind tier) {
    return codecs.named(settings.codec(tier));
  }

  private int recordBytes(TierKind tier) {
    try {
      return RecordFormat.maxRecordBytes(codec(tier).get().maxEncodedBytes());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "codec of tier %s: %s".formatted(tier.name().toLowerCase(Locale.ROOT), e.getMessage()),
          e);
    }
  }

  private void add(TierStore store, @Nullable BlockIndex known, long readSpeed, long writeSpeed) {
    opened.push(store);
    TieredBlockStore tier =
        new TieredBlockStore(
            store,
            pace.keptBy(codec(store.kind())),
            geometry,
            fingerprint,
            readSpeed,
            writeSpeed,
            known,
            System::currentTimeMillis);
    opened.pop();
    tiers.add(tier);
    report(tier.spec());
    LinkSpeed emulated = settings.emulatedLinks().get(tier.spec().kind());
    BlockStore shown = emulated == null ? tier : new EmulatedLink(tier, emulated, emulated);
    opened.push(shown);
    stores.add(shown);
  }

  private static void report(TierSpec tier) {
    log.info(
        "tier {} has room for {} blocks and stores KV with codec {}, {}",
        tier.name(),
        tier.slotCount(),
        tier.codec(),
        tier.exact() ? "exact" : "lossy: used only for requests that allow it");
  }

  private long cxlSpeed(boolean read) {
    long sum = 0;
    for (CxlDevice device : settings.cxl()) {
      sum +=
          device instanceof CxlDevice.Emulated it
              ? (read ? it.readBytesPerSecond() : it.writeBytesPerSecond())
              : CXL_SPEED;
    }
    return sum;
  }

  @Override
  public List<TierSpec> tiers() {
    return engine.tiers();
  }

  @Override
  public void listen(CopyListener listener) {
    engine.listen(listener);
  }

  @Override
  public void submit(CopyJob job) {
    engine.submit(job);
  }

  @Override
  public void cancel(long jobId) {
    engine.cancel(jobId);
  }

  @Override
  public void stepping(boolean underWay) {
    pace.stepping(underWay);
  }

  @Override
  public void drain() {
    engine.drain();
  }

  @Override
  public void inventory(Consumer<StoredBlock> found) {
    engine.inventory(found);
  }

  @Override
  public void close() {
    try {
      engine.close();
      tiers.forEach(tier -> log.info("tier {}: {}", tier.spec().name(), tier.counters()));
    } finally {
      if (index != null) {
        index.close();
      }
    }
  }

  private static void closeAll(Deque<AutoCloseable> opened, Throwable failure) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
