/** Tier stores: where the bytes of lower tiers lie. */
@NullMarked
package io.kvasir.offload.store;

import org.jspecify.annotations.NullMarked;
