package io.kvasir.offload.index;

/**
 * Where one block of a persistent tier lies.
 *
 * @param hashHi upper half of the block's hash
 * @param hashLo lower half
 * @param slot of the tier
 * @param extentOffset first byte of its extent in the file
 * @param extentBytes size of its extent: a size class, a multiple of 4096
 * @param length bytes of the record in it
 * @param codec id of the codec the record is written with
 * @param checksum of the record
 * @param fingerprint 64 bits of the model's fingerprint
 * @param saltTag of the chain, see {@link io.kvasir.kvpool.prefix.SaltTag}
 * @param tokens leading tokens whose KV counts
 * @param generation of the record
 * @param lastUseMillis last store or load, Unix milliseconds
 */
public record IndexEntry(
    long hashHi,
    long hashLo,
    int slot,
    long extentOffset,
    int extentBytes,
    int length,
    int codec,
    int checksum,
    long fingerprint,
    int saltTag,
    int tokens,
    int generation,
    long lastUseMillis) {

  /** The same with another last use. */
  IndexEntry usedAt(long millis) {
    return new IndexEntry(
        hashHi,
        hashLo,
        slot,
        extentOffset,
        extentBytes,
        length,
        codec,
        checksum,
        fingerprint,
        saltTag,
        tokens,
        generation,
        millis);
  }
}
