package io.kvasir.offload.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bytes of one entry of {@link ChronicleBlockIndex}, little endian. Whoever changes them raises
 * {@link #VERSION}; files of another version are set aside.
 *
 * <pre>
 * key    0        8        16
 *        | hashHi | hashLo |
 *
 * value  0              8             16              24     28            32
 *        | extentOffset | fingerprint | lastUseMillis | slot | extentBytes |
 *        32       36      40         44        48       52           56
 *        | length | codec | checksum | saltTag | tokens | generation |
 * </pre>
 *
 * <p>Chronicle Map adds four bytes of checksum over key and value.
 */
final class EntryLayout {
  static final int VERSION = 1;
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 56;

  private static final int EXTENT_OFFSET = 0;
  private static final int FINGERPRINT = 8;
  private static final int LAST_USE_MILLIS = 16;
  private static final int SLOT = 24;
  private static final int EXTENT_BYTES = 28;
  private static final int LENGTH = 32;
  private static final int CODEC = 36;
  private static final int CHECKSUM = 40;
  private static final int SALT_TAG = 44;
  private static final int TOKENS = 48;
  private static final int GENERATION = 52;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private EntryLayout() {}

  static void writeKey(long hashHi, long hashLo, byte[] key) {
    LONG.set(key, 0, hashHi);
    LONG.set(key, 8, hashLo);
  }

  static void writeValue(IndexEntry entry, byte[] value) {
    LONG.set(value, EXTENT_OFFSET, entry.extentOffset());
    LONG.set(value, FINGERPRINT, entry.fingerprint());
    LONG.set(value, LAST_USE_MILLIS, entry.lastUseMillis());
    INT.set(value, SLOT, entry.slot());
    INT.set(value, EXTENT_BYTES, entry.extentBytes());
    INT.set(value, LENGTH, entry.length());
    INT.set(value, CODEC, entry.codec());
    INT.set(value, CHECKSUM, entry.checksum());
    INT.set(value, SALT_TAG, entry.saltTag());
    INT.set(value, TOKENS, entry.tokens());
    INT.set(value, GENERATION, entry.generation());
  }

  static IndexEntry read(byte[] key, byte[] value) {
    return new IndexEntry(
        (long) LONG.get(key, 0),
        (long) LONG.get(key, 8),
        slot(value),
        (long) LONG.get(value, EXTENT_OFFSET),
        (int) INT.get(value, EXTENT_BYTES),
        (int) INT.get(value, LENGTH),
        (int) INT.get(value, CODEC),
        (int) INT.get(value, CHECKSUM),
        (long) LONG.get(value, FINGERPRINT),
        (int) INT.get(value, SALT_TAG),
        (int) INT.get(value, TOKENS),
        (int) INT.get(value, GENERATION),
        lastUseMillis(value));
  }

  static int slot(byte[] value) {
    return (int) INT.get(value, SLOT);
  }

  static long lastUseMillis(byte[] value) {
    return (long) LONG.get(value, LAST_USE_MILLIS);
  }

  static void setLastUseMillis(byte[] value, long millis) {
    LONG.set(value, LAST_USE_MILLIS, millis);
  }
}
