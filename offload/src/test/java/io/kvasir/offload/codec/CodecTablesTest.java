package io.kvasir.offload.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables are the same everywhere, survive a file, and fit better where they were profiled. */
final class CodecTablesTest {
  private static final long SEED = 5;
  private static final BlockGeometry SHAPE = TestBlocks.SHAPES.getFirst();

  @TempDir private Path folder;

  @Test
  void defaultsAreTheSameOnEveryMachine() {
    assertThat(CodecTables.defaults().checksum()).isEqualTo(2118606525);
  }

  @Test
  void classesAreHalfOctaves() {
    assertThat(CodecTables.classOf(0)).isZero();
    assertThat(CodecTables.classOf(0x1p-5f)).isZero();
    assertThat(CodecTables.classOf(0x1.8p-5f)).isEqualTo(1);
    assertThat(CodecTables.classOf(1)).isEqualTo(10);
    assertThat(CodecTables.classOf(1e30f)).isEqualTo(CodecTables.CLASSES - 1);
    for (int k = 0; k < CodecTables.CLASSES; k++) {
      assertThat(CodecTables.classOf((float) CodecTables.meanOf(k))).isEqualTo(k);
    }
  }

  @Test
  void fileGivesTheTablesBackAndDamageIsNamed() throws IOException {
    CodecTables tables = profiled();
    assertThat(tables.checksum()).isNotEqualTo(CodecTables.defaults().checksum());
    Path file = folder.resolve("model.kvct");
    tables.write(file);
    CodecTables read = CodecTables.read(file);
    assertThat(read.checksum()).isEqualTo(tables.checksum());
    assertThat(read.slots()).isEqualTo(tables.slots());
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(SEED);
    for (int round = 0; round < 100; round++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertThatThrownBy(() -> CodecTables.read(file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(file + ": not codec tables: ");
    }
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> CodecTables.read(file)).hasMessageContaining("begin with KVCT");
  }

  @Test
  void profiledTablesMakeTheSameKvSmaller() {
    MemorySegment block = TestBlocks.of(SHAPE, TestBlocks.Kind.LIKE_KV, new Random(SEED + 1));
    CacheGenLevel level = CacheGenLevel.MEDIUM;
    long bytes =
        TestBlocks.encode(new CacheGenCodec(SHAPE, profiled(), level), block, 16).byteSize();
    long byDefault =
        TestBlocks.encode(new CacheGenCodec(SHAPE, CodecTables.defaults(), level), block, 16)
            .byteSize();
    assertThat(bytes).isLessThan(byDefault);
  }

  private static CodecTables profiled() {
    Random random = new Random(SEED);
    CodecProfiler profiler = new CodecProfiler(SHAPE, CacheGenLevel.MEDIUM);
    for (int i = 0; i < 20; i++) {
      profiler.add(TestBlocks.of(SHAPE, TestBlocks.Kind.LIKE_KV, random), 16);
    }
    return profiler.tables();
  }
}
