package io.kvasir.loadtest.disk;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/**
 * The SSD tier's store against plain calls, of one size and direction.
 *
 * @param write whether batches were written, else read
 * @param batchBytes size of a batch
 * @param storeNanos median time of a batch through the store
 * @param plainNanos median time of as many bytes in one plain call
 * @param share median over the pairs of plain time over the store's: 1 means nothing is lost
 * @param shareLow a quarter of the pairs has a smaller one
 * @param shareHigh a quarter of the pairs has a larger one
 */
record DiskShare(
    @JsonProperty("write") boolean write,
    @JsonProperty("batch_bytes") int batchBytes,
    @JsonProperty("store_ns") double storeNanos,
    @JsonProperty("plain_ns") double plainNanos,
    @JsonProperty("share") double share,
    @JsonProperty("share_low") double shareLow,
    @JsonProperty("share_high") double shareHigh) {

  static DiskShare of(boolean write, int batchBytes, double[] store, double[] plain) {
    double[] shares = new double[store.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = plain[i] / store[i];
    }
    return new DiskShare(
        write,
        batchBytes,
        quantile(store, 0.5),
        quantile(plain, 0.5),
        quantile(shares, 0.5),
        quantile(shares, 0.25),
        quantile(shares, 0.75));
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
