package io.kvasir.scheduler.request;

/** Hears of every request that changes queues, before its new queue does. */
public interface QueueListener {

  /** Hears nothing. */
  QueueListener NONE =
      new QueueListener() {
        @Override
        public void waits(Request request) {}

        @Override
        public void runs(Request request) {}

        @Override
        public void left(Request request) {}
      };

  /** It begins to wait: for the first time, or because it lost its blocks. */
  void waits(Request request);

  /** It waits no longer and is about to run. */
  void runs(Request request);

  /** It is no longer in the system; its state says where it was. */
  void left(Request request);
}
