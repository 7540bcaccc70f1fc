package io.kvasir.offload.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.layout.BlockGeometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
  private static final int PAYLOAD = 1000;

  private final RecordFormat format = new RecordFormat(Blocks.GEOMETRY, Blocks.MODEL, 0, false);
  private final MemorySegment record = Arena.ofAuto().allocate(4096, 4096);
  private final CRC32C crc = new CRC32C();

  private BlockTransfer sealed() {
    BlockTransfer block = Blocks.room(3, 5, 7);
    byte[] payload = new byte[PAYLOAD];
    new Random(1).nextBytes(payload);
    MemorySegment.copy(payload, 0, record, ValueLayout.JAVA_BYTE, 128, PAYLOAD);
    assertThat(format.seal(record, block, PAYLOAD, crc)).isEqualTo(128 + PAYLOAD);
    return block;
  }

  @Test
  void bytesLieWhereTheyAreDrawn() {
    sealed();
    assertThat(record.asSlice(0, 8).toArray(ValueLayout.JAVA_BYTE))
        .isEqualTo("KVASIRRB".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    int[] ints = {1, 0, 2, 2, 16, 4, 16, 16};
    for (int i = 0; i < ints.length; i++) {
      assertThat(RecordHeader.getInt(record, 8 + 4 * i)).as("int %d", i).isEqualTo(ints[i]);
    }
    assertThat(RecordHeader.getLong(record, 40))
        .isEqualTo(RecordFormat.fingerprint(Blocks.MODEL, Blocks.GEOMETRY));
    assertThat(RecordHeader.getLong(record, 56)).isEqualTo(5);
    assertThat(RecordHeader.getInt(record, 64)).isEqualTo(7);
    assertThat(RecordHeader.getInt(record, 68)).isEqualTo(77);
    assertThat(RecordHeader.getInt(record, 72)).isEqualTo(PAYLOAD);
  }

  @Test
  void everyFlippedBitIsSeen() {
    BlockTransfer block = sealed();
    assertThat(verify(block)).isEqualTo(RecordVerdict.GOOD);
    for (long bit = 0; bit < (128L + PAYLOAD) * Byte.SIZE; bit++) {
      flip(bit);
      assertThat(verify(block)).as("bit %d", bit).isNotEqualTo(RecordVerdict.GOOD);
      flip(bit);
    }
    assertThat(verify(block)).isEqualTo(RecordVerdict.GOOD);
  }

  @Test
  void everyShorterLengthIsSeen() {
    BlockTransfer block = sealed();
    for (int length = 0; length < 128 + PAYLOAD; length++) {
      assertThat(format.verify(record, length, block, crc)).isEqualTo(RecordVerdict.LENGTH);
    }
  }

  @Test
  void everyFieldThatDiffersIsNamed() {
    expect(RecordVerdict.HASH, b -> b.hashHi++);
    expect(RecordVerdict.HASH, b -> b.hashLo++);
    expect(RecordVerdict.GENERATION, b -> b.generation++);
    expect(RecordVerdict.TOKENS, b -> b.tokens--);
    expect(RecordVerdict.SALT_TAG, b -> b.saltTag++);
    BlockTransfer block = sealed();
    assertThat(verify(new RecordFormat(Blocks.GEOMETRY, "model b", 0, false), block))
        .isEqualTo(RecordVerdict.FINGERPRINT);
    assertThat(verify(new RecordFormat(Blocks.GEOMETRY, Blocks.MODEL, 1, false), block))
        .isEqualTo(RecordVerdict.CODEC);
    assertThat(
            verify(
                new RecordFormat(new BlockGeometry(2, 2, 16, 2, 16), Blocks.MODEL, 0, false),
                block))
        .isEqualTo(RecordVerdict.GEOMETRY);
    block.generation++;
    assertThat(verify(new RecordFormat(Blocks.GEOMETRY, Blocks.MODEL, 0, true), block))
        .isEqualTo(RecordVerdict.GOOD);
    RecordHeader.setInt(record, RecordHeader.VERSION_AT, 2);
    assertThat(verify(block)).isEqualTo(RecordVerdict.VERSION);
    assertThat(format.verify(record.fill((byte) 0), 128 + PAYLOAD, block, crc))
        .isEqualTo(RecordVerdict.MAGIC);
  }

  private void expect(RecordVerdict verdict, Consumer<BlockTransfer> change) {
    BlockTransfer block = sealed();
    change.accept(block);
    assertThat(verify(block)).isEqualTo(verdict);
  }

  private RecordVerdict verify(BlockTransfer block) {
    return verify(format, block);
  }

  private RecordVerdict verify(RecordFormat by, BlockTransfer block) {
    return by.verify(record, 128 + PAYLOAD, block, crc);
  }

  private void flip(long bit) {
    byte value = record.get(ValueLayout.JAVA_BYTE, bit / Byte.SIZE);
    record.set(
        ValueLayout.JAVA_BYTE, bit / Byte.SIZE, (byte) (value ^ 1 << (int) (bit % Byte.SIZE)));
  }
}
