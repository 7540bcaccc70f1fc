package io.kvasir.scheduler.loop;

import io.kvasir.scheduler.request.Request;

/** Hears when a request leaves the queue and when it leaves the system. Scheduler loop. */
interface RequestObserver {

  /** Hears nothing. */
  RequestObserver NONE =
      new RequestObserver() {
        @Override
        public void onFirstScheduled(Request request) {}

        @Override
        public void onLeft(Request request, long now) {}
      };

  /** It was admitted for the first time. */
  void onFirstScheduled(Request request);

  /** It ended; its terminal event has not been delivered yet. */
  void onLeft(Request request, long now);
}
