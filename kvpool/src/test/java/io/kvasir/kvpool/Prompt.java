package io.kvasir.kvpool;

import io.kvasir.kvpool.prefix.CacheSalt;
import io.kvasir.kvpool.prefix.HashChain;

/** Makes chains of short prompts for tests: one letter is one token. */
final class Prompt {
  private Prompt() {}

  /** The chain of a text's full blocks under a tenant's salt. */
  static HashChain chain(String tenant, String text, int blockTokens) {
    CacheSalt salt = CacheSalt.of(tenant, "");
    HashChain chain = new HashChain(Math.max(1, text.length() / blockTokens));
    chain.reset(salt.hi(), salt.lo());
    chain.extend(text.chars().toArray(), text.length(), blockTokens);
    return chain;
  }
}
