package io.kvasir.loadtest.sim.link;

/**
 * A link between the device arena and a tier. Both directions run at once, each one copy at a time.
 *
 * @param readBytesPerSecond towards the device, above 0
 * @param writeBytesPerSecond towards the tier, above 0
 * @param pieceNanos cost of every contiguous piece before its bytes move, at least 0
 */
public record LinkProfile(double readBytesPerSecond, double writeBytesPerSecond, long pieceNanos) {

  /** Refuses a link that carries nothing. */
  public LinkProfile {
    if (!(readBytesPerSecond >= 1 && writeBytesPerSecond >= 1)) {
      throw new IllegalArgumentException(
          "link of %s and %s bytes/s, at least 1 needed"
              .formatted(readBytesPerSecond, writeBytesPerSecond));
    }
    if (pieceNanos < 0 || pieceNanos > 60_000_000_000L) {
      throw new IllegalArgumentException("piece cost of " + pieceNanos + " ns, 0 to 60 s needed");
    }
  }
}
