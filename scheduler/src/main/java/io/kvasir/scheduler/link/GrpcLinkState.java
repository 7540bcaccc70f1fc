package io.kvasir.scheduler.link;

/** Where a worker's stream is in its life. */
enum GrpcLinkState {
  /** Nothing heard. Good hello and the listener's consent → CONNECTED, anything else → CLOSED. */
  AWAITING_HELLO,
  /** Sends plans, hears results. Stream's end, close or a broken rule → CLOSED. */
  CONNECTED,
  /** Over; the listener knows if it ever knew the link. Terminal. */
  CLOSED
}
