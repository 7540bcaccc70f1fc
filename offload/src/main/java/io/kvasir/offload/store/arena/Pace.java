package io.kvasir.offload.store.arena;

/** How fast a memory device is let be. Any thread may call. */
public interface Pace {

  /** As fast as the memory is. */
  Pace FULL =
      new Pace() {
        @Override
        public long begin() {
          return 0;
        }

        @Override
        public void endWrite(long begin, long bytes) {}

        @Override
        public void endRead(long begin, long bytes) {}
      };

  /** Notes when an operation begins. */
  long begin();

  /** Returns when a write of so many bytes, begun then, is over. */
  void endWrite(long begin, long bytes);

  /** Returns when a read of so many bytes, begun then, is over. */
  void endRead(long begin, long bytes);
}
