package io.kvasir.offload.store;

/** What checking a record against what was asked for came to. All but GOOD are a MISS. */
public enum RecordVerdict {
  /** It is the block that was asked for, whole. */
  GOOD,
  /** The store has no record in this slot. */
  ABSENT,
  /** There are fewer bytes than the record says, or than any record has. */
  LENGTH,
  /** These bytes are no record. */
  MAGIC,
  /** It is a record of another version of this format. */
  VERSION,
  /** A bit is not what it was when the record was written. */
  CHECKSUM,
  /** It is a block of another shape. */
  GEOMETRY,
  /** Another codec wrote it. */
  CODEC,
  /** It is of another model. */
  FINGERPRINT,
  /** It is another block: of other tokens. */
  HASH,
  /** It is an older or younger life of the slot. */
  GENERATION,
  /** Another number of its tokens counts. */
  TOKENS,
  /** It is of a chain with another salt. */
  SALT_TAG,
  /** The checksum holds, but the codec refuses the bytes. */
  UNDECODABLE
}
