package io.kvasir.proto;

/**
 * Every maximum on the wire, in one place. A message beyond a limit is refused with an error that
 * names the field and the limit.
 */
public final class WireLimits {
  /** Version of the scheduler-worker protocol. */
  public static final int WORKER_PROTOCOL_VERSION = 1;

  /** Largest message of the client API, bytes. */
  public static final int MAX_CLIENT_MESSAGE_BYTES = 8 << 20;

  /** Largest message between scheduler and worker, bytes. */
  public static final int MAX_WORKER_MESSAGE_BYTES = 64 << 20;

  /** Largest message from worker to scheduler that is looked at, bytes. */
  public static final int MAX_WORKER_REPLY_BYTES = 4 << 20;

  /** Longest prompt text, or all chat contents together, UTF-16 code units. */
  public static final int MAX_PROMPT_CHARS = 2 << 20;

  /** Longest id (request, tenant, session, worker) and cache salt, bytes. */
  public static final int MAX_ID_BYTES = 128;

  /** Most turns of a conversation. */
  public static final int MAX_CHAT_MESSAGES = 1024;

  /** Longest chat role, bytes. */
  public static final int MAX_ROLE_BYTES = 64;

  /** Most stop strings. */
  public static final int MAX_STOP_STRINGS = 16;

  /** Longest stop string, bytes of UTF-8. */
  public static final int MAX_STOP_STRING_BYTES = 256;

  /** Most stop token ids. */
  public static final int MAX_STOP_TOKEN_IDS = 64;

  /** Most candidates returned with a token. */
  public static final int MAX_TOP_CANDIDATES = 20;

  /** Largest absolute priority. */
  public static final int MAX_PRIORITY = 1000;

  /** Longest deadline or latency target, milliseconds: one day. */
  public static final int MAX_DURATION_MILLIS = 86_400_000;

  /** Highest temperature. */
  public static final float MAX_TEMPERATURE = 100f;

  /** Highest repetition penalty. */
  public static final float MAX_REPETITION_PENALTY = 10f;

  /** Longest model name, bytes of UTF-8. */
  public static final int MAX_MODEL_NAME_BYTES = 256;

  /** Most requests a worker holds at once. */
  public static final int MAX_WORKER_REQUESTS = 4096;

  /** Longest request, tokens; also the most tokens of one step. */
  public static final int MAX_CONTEXT_TOKENS = 1 << 22;

  /** Most token ids of a vocabulary. */
  public static final int MAX_VOCABULARY = 1 << 21;

  /** Most KV blocks of a worker. */
  public static final int MAX_KV_BLOCKS = 1 << 24;

  /** Largest single dimension of a KV block: layers, heads, elements of a head, tokens. */
  public static final int MAX_BLOCK_DIMENSION = 1 << 14;

  /** Most tiers of a worker. */
  public static final int MAX_TIERS = 8;

  /** Most slots of a tier. */
  public static final int MAX_TIER_SLOTS = 1 << 27;

  /** Most blocks of one copy job. */
  public static final int MAX_COPY_BLOCKS = 1 << 20;

  /** Most copy jobs of one step plan. */
  public static final int MAX_COPY_JOBS = 1 << 16;

  /** Most blocks of one part of a tier inventory. */
  public static final int MAX_INVENTORY_BLOCKS = 1 << 15;

  /** Longest reason why a step failed, UTF-16 code units; a longer one is cut. */
  public static final int MAX_FAILURE_CHARS = 4096;

  private WireLimits() {}
}
